package dev.sallyport.inspect.sql.postgres;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Whether a condition chooses among the rows of a table, or lets all of them through.
///
/// What is constant is worked out as far as that is simple; a constant whose value is not known counts as letting
/// through.
final class Conditions {

    private enum Truth {
        TRUE,
        /// false or null: no row
        FALSE,
        /// the same for all rows, and not known
        CONSTANT,
        /// depends on the row
        ROW;

        Truth not() {
            return switch (this) {
                case TRUE -> FALSE;
                case FALSE -> TRUE;
                case CONSTANT, ROW -> this;
            };
        }
    }

    private static final Map<String, String> OPPOSITES =
            Map.of("=", "<>", "<>", "=", "!=", "=", "<", ">=", ">=", "<", ">", "<=", "<=", ">");

    private static final Set<String> TRUE_WORDS = Set.of("t", "true", "y", "yes", "on", "1");
    private static final Set<String> FALSE_WORDS = Set.of("f", "false", "n", "no", "off", "0");

    private final String target;
    private final boolean alone;

    private Conditions(String target, boolean alone) {
        this.target = target;
        this.alone = alone;
    }

    /// Whether a condition depends on the rows of the table that is changed, or is never true.
    ///
    /// @param target the name by which the table's columns are qualified
    /// @param alone whether a column without a table is the target's: nothing else gives rows
    static boolean chooses(JsonElement condition, String target, boolean alone) {
        return switch (new Conditions(target, alone).truth(condition)) {
            case FALSE, ROW -> true;
            case TRUE, CONSTANT -> false;
        };
    }

    private Truth truth(JsonElement element) {
        var node = Tree.node(element);
        if (node.isEmpty()) {
            return Truth.CONSTANT;
        }
        var fields = node.get().fields();
        return switch (node.get().kind()) {
            case "A_Const" -> ofConstant(fields);
            case "TypeCast" -> Tree.get(fields, "arg").map(this::truth).orElse(Truth.CONSTANT);
            case "BoolExpr" -> ofBool(fields);
            case "A_Expr" -> ofOperator(element, fields);
            case "NullTest" -> ofNullTest(element, fields);
            case "BooleanTest" -> ofBooleanTest(element, fields);
            case "CaseExpr" -> ofCase(element, fields);
            case "CurrentOfExpr" -> Truth.ROW;
            default -> byMention(element);
        };
    }

    private Truth byMention(JsonElement element) {
        return mentions(element, false) ? Truth.ROW : Truth.CONSTANT;
    }

    private static Truth ofConstant(JsonObject fields) {
        if (Tree.flag(fields, "isnull")) {
            return Truth.FALSE;
        }
        var bool = Tree.object(fields, "boolval");
        if (bool.isPresent()) {
            return Tree.flag(bool.get(), "boolval") ? Truth.TRUE : Truth.FALSE;
        }
        var word = Tree.object(fields, "sval")
                .flatMap(value -> Tree.text(value, "sval"))
                .orElse("")
                .strip()
                .toLowerCase(Locale.ROOT);
        return TRUE_WORDS.contains(word) ? Truth.TRUE : FALSE_WORDS.contains(word) ? Truth.FALSE : Truth.CONSTANT;
    }

    private Truth ofBool(JsonObject fields) {
        var arguments = Tree.list(fields, "args");
        var truths = arguments.stream().map(this::truth).toList();
        return switch (Tree.text(fields, "boolop").orElse("")) {
            case "AND_EXPR" ->
                truths.contains(Truth.FALSE)
                        ? Truth.FALSE
                        : truths.contains(Truth.ROW)
                                ? Truth.ROW
                                : truths.contains(Truth.CONSTANT) ? Truth.CONSTANT : Truth.TRUE;
            case "OR_EXPR" ->
                truths.contains(Truth.TRUE)
                        ? Truth.TRUE
                        : truths.contains(Truth.CONSTANT) || complete(arguments)
                                ? Truth.CONSTANT
                                : truths.contains(Truth.ROW) ? Truth.ROW : Truth.FALSE;
            case "NOT_EXPR" ->
                truths.isEmpty() ? Truth.CONSTANT : truths.getFirst().not();
            default -> Truth.CONSTANT;
        };
    }

    /// Whether one of some alternatives always holds, because it is another's opposite.
    private static boolean complete(List<JsonElement> alternatives) {
        var shapes = new HashSet<String>();
        alternatives.forEach(each -> shapes.add(Tree.shape(each)));
        return alternatives.stream()
                .anyMatch(each -> opposite(each).filter(shapes::contains).isPresent());
    }

    private static Optional<String> opposite(JsonElement element) {
        return Tree.node(element).flatMap(node -> switch (node.kind()) {
            case "BoolExpr" ->
                Tree.text(node.fields(), "boolop")
                        .filter("NOT_EXPR"::equals)
                        .map(_ -> Tree.shape(Tree.list(node.fields(), "args").getFirst()));
            case "NullTest" -> {
                var other = node.fields().deepCopy();
                other.addProperty(
                        "nulltesttype",
                        Tree.text(other, "nulltesttype").orElse("").equals("IS_NULL") ? "IS_NOT_NULL" : "IS_NULL");
                yield Optional.of(shape("NullTest", other));
            }
            case "A_Expr" -> {
                var operator = operator(node.fields());
                if (!OPPOSITES.containsKey(operator)) {
                    yield Optional.empty();
                }
                var other = node.fields().deepCopy();
                var name = new JsonObject();
                name.addProperty("sval", OPPOSITES.get(operator));
                var string = new JsonObject();
                string.add("String", name);
                var names = new com.google.gson.JsonArray();
                names.add(string);
                other.add("name", names);
                yield Optional.of(shape("A_Expr", other));
            }
            default -> Optional.empty();
        });
    }

    private static String shape(String kind, JsonObject fields) {
        var node = new JsonObject();
        node.add(kind, fields);
        return Tree.shape(node);
    }

    /// The operator, if it is PostgreSQL's own; one of another schema can mean anything.
    private static String operator(JsonObject fields) {
        var name = Tree.strings(Tree.list(fields, "name"));
        boolean own = name.size() == 1 || (name.size() == 2 && name.getFirst().equals("pg_catalog"));
        return own ? name.getLast() : "";
    }

    private Truth ofOperator(JsonElement element, JsonObject fields) {
        var left = Tree.get(fields, "lexpr");
        var right = Tree.get(fields, "rexpr");
        if (left.isEmpty() || right.isEmpty()) {
            return byMention(element);
        }
        var operator = operator(fields);
        var known = switch (Tree.text(fields, "kind").orElse("")) {
            case "AEXPR_OP" -> compared(operator, left.get(), right.get());
            case "AEXPR_NOT_DISTINCT" -> compared("=", left.get(), right.get());
            case "AEXPR_DISTINCT" -> compared("<>", left.get(), right.get());
            case "AEXPR_IN" ->
                operator.equals("=") && Tree.items(right.get()).stream().anyMatch(each -> equal(left.get(), each))
                        ? Optional.of(Truth.CONSTANT)
                        : Optional.<Truth>empty();
            case "AEXPR_BETWEEN", "AEXPR_BETWEEN_SYM" ->
                Tree.items(right.get()).stream().allMatch(each -> equal(left.get(), each))
                        ? Optional.of(Truth.CONSTANT)
                        : Optional.<Truth>empty();
            case "AEXPR_OP_ANY" -> inArray(left.get(), right.get());
            case "AEXPR_LIKE", "AEXPR_ILIKE", "AEXPR_SIMILAR" -> matched(operator, right.get());
            default -> Optional.<Truth>empty();
        };
        return known.orElseGet(() -> byMention(element));
    }

    private static boolean calls(JsonElement element) {
        if (element.isJsonArray()) {
            return element.getAsJsonArray().asList().stream().anyMatch(Conditions::calls);
        }
        return element.isJsonObject()
                && (element.getAsJsonObject().has("funcname")
                        || element.getAsJsonObject().has("subLinkType")
                        || element.getAsJsonObject().asMap().values().stream().anyMatch(Conditions::calls));
    }

    private static Optional<Truth> inArray(JsonElement left, JsonElement right) {
        return Tree.node(right)
                .filter(node -> node.kind().equals("A_ArrayExpr"))
                .filter(node -> Tree.list(node.fields(), "elements").stream().anyMatch(each -> equal(left, each)))
                .map(_ -> Truth.CONSTANT);
    }

    private static boolean equal(JsonElement a, JsonElement b) {
        return Tree.shape(a).equals(Tree.shape(b));
    }

    private static Optional<Truth> compared(String operator, JsonElement left, JsonElement right) {
        if (equal(left, right)) {
            return switch (operator) {
                // what calls something need not be the same twice
                case "=", "<=", ">=", "~~", "~~*", "@>", "<@" -> Optional.of(calls(left) ? Truth.CONSTANT : Truth.TRUE);
                case "<>", "!=", "<", ">" -> Optional.of(calls(left) ? Truth.CONSTANT : Truth.FALSE);
                default -> Optional.empty();
            };
        }
        if (operator.equals("~") || operator.equals("~*")) {
            return string(right)
                    .filter(pattern -> pattern.replaceAll("[\\^$.*()?]", "").isEmpty())
                    .map(_ -> Truth.TRUE);
        }
        var a = Constants.of(left);
        var b = Constants.of(right);
        return a.isPresent() && b.isPresent()
                ? Constants.compared(operator, a.get(), b.get()).map(holds -> holds ? Truth.TRUE : Truth.FALSE)
                : Optional.empty();
    }

    private static Optional<Truth> matched(String operator, JsonElement pattern) {
        boolean all = string(pattern)
                .filter(text -> !text.isEmpty() && text.replace("%", "").isEmpty())
                .isPresent();
        return all && !operator.startsWith("!") ? Optional.of(Truth.TRUE) : Optional.empty();
    }

    private static Optional<String> string(JsonElement element) {
        return Tree.node(element)
                .filter(node -> node.kind().equals("A_Const"))
                .flatMap(node -> Tree.object(node.fields(), "sval"))
                .map(value -> Tree.text(value, "sval").orElse(""));
    }

    private Truth ofNullTest(JsonElement element, JsonObject fields) {
        boolean isNull = Tree.text(fields, "nulltesttype").orElse("").equals("IS_NULL");
        var tested = Tree.get(fields, "arg").flatMap(Tree::node);
        if (tested.isEmpty()) {
            return Truth.CONSTANT;
        }
        return switch (tested.get().kind()) {
            case "A_Const" -> Tree.flag(tested.get().fields(), "isnull") == isNull ? Truth.TRUE : Truth.FALSE;
            // never null themselves
            case "NullTest", "BooleanTest", "A_ArrayExpr" -> isNull ? Truth.FALSE : Truth.TRUE;
            default -> byMention(element);
        };
    }

    private Truth ofBooleanTest(JsonElement element, JsonObject fields) {
        var tested = Tree.get(fields, "arg");
        var truth = tested.map(this::truth).orElse(Truth.CONSTANT);
        boolean neverNull = tested.flatMap(Tree::node)
                .filter(node -> node.kind().equals("NullTest") || node.kind().equals("BooleanTest"))
                .isPresent();
        return switch (Tree.text(fields, "booltesttype").orElse("IS_TRUE")) {
            case "IS_TRUE" -> truth;
            case "IS_NOT_TRUE", "IS_FALSE" -> truth.not();
            // of what is never true it is not told whether it is false or null
            case "IS_NOT_FALSE" -> truth == Truth.FALSE ? Truth.CONSTANT : truth;
            case "IS_NOT_UNKNOWN" -> neverNull ? Truth.TRUE : byMention(element);
            default -> neverNull ? Truth.FALSE : byMention(element);
        };
    }

    private Truth ofCase(JsonElement element, JsonObject fields) {
        var results = new HashSet<Truth>();
        results.add(Tree.get(fields, "defresult").map(this::truth).orElse(Truth.FALSE));
        for (var each : Tree.list(fields, "args")) {
            results.add(Tree.node(each)
                    .flatMap(when -> Tree.get(when.fields(), "result"))
                    .map(this::truth)
                    .orElse(Truth.CONSTANT));
        }
        return results.size() == 1 && !results.contains(Truth.ROW)
                ? results.iterator().next()
                : byMention(element);
    }

    /// Whether a column of the target is used. In a subquery with sources of its own a column without a table is the
    /// subquery's.
    private boolean mentions(JsonElement element, boolean inSubquery) {
        if (element.isJsonArray()) {
            return element.getAsJsonArray().asList().stream().anyMatch(each -> mentions(each, inSubquery));
        }
        if (!element.isJsonObject()) {
            return false;
        }
        var node = Tree.node(element);
        if (node.isPresent() && node.get().kind().equals("ColumnRef")) {
            var names = Tree.strings(Tree.list(node.get().fields(), "fields"));
            if (names.isEmpty()) {
                return false;
            }
            boolean qualified =
                    names.size() > 1 || Tree.list(node.get().fields(), "fields").size() > names.size();
            return qualified
                    ? names.get(Math.max(0, names.size() - 2)).equals(target)
                            || names.getFirst().equals(target)
                    : names.getFirst().equals(target) || (alone && !inSubquery);
        }
        var fields = element.getAsJsonObject();
        boolean within = inSubquery || fields.has("fromClause") || fields.has("usingClause");
        return fields.asMap().values().stream().anyMatch(each -> mentions(each, within));
    }
}
