package dev.sallyport.inspect.sql.postgres;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// Whether a condition chooses among the rows of a table, or lets all of them through.
///
/// What is constant is worked out as far as that is simple; a constant whose value is not known counts as letting
/// through. So does what holds for every row that has a value at all, as `id = id`.
final class Conditions {

    /// What a condition is asked about.
    ///
    /// @param alias the name by which columns of the table that is changed are qualified
    /// @param own whether a column without a table is that table's
    /// @param isTable whether a table in `from` has all of that table's rows
    /// @param copies names of sources beside it that have all of its rows
    /// @param steps of the statement
    record Target(
            String alias, Predicate<String> own, Predicate<JsonObject> isTable, Set<String> copies, Steps steps) {}

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

    private static final Set<String> TRUE_WORDS = Set.of("t", "true", "y", "yes", "on", "1");
    private static final Set<String> FALSE_WORDS = Set.of("f", "false", "n", "no", "off", "0");

    /// Columns that every row has, and that are never null.
    private static final Set<String> SYSTEM_COLUMNS = Set.of("ctid", "xmin", "xmax", "cmin", "cmax", "tableoid");

    private static final Set<String> NEVER_NEGATIVE = Set.of(
            "abs", "length", "char_length", "character_length", "octet_length", "bit_length", "cardinality", "sqrt");

    private final Target target;
    private final Shapes shapes;

    /// Copies that are joined to the table row by row: their columns are the row's.
    private final Set<String> joined = new HashSet<>();

    private Conditions(Target target) {
        this.target = target;
        this.shapes = new Shapes(target.alias(), target.steps());
    }

    /// Whether a condition depends on the rows of the table that is changed, or is never true.
    static boolean chooses(JsonElement condition, Target target) {
        return switch (new Conditions(target).truth(condition)) {
            case FALSE, ROW -> true;
            case TRUE, CONSTANT -> false;
        };
    }

    /// Whether a query gives all rows of the table.
    static boolean isWhole(JsonObject select, Predicate<JsonObject> isTable, Steps steps) {
        steps.one();
        var from = Tree.list(select, "fromClause");
        if (from.size() != 1
                || Stream.of("groupClause", "havingClause", "limitCount", "limitOffset", "larg", "valuesLists")
                        .anyMatch(select::has)) {
            return false;
        }
        var source = Tree.node(from.getFirst());
        boolean whole = source.filter(node -> isCopy(node, isTable, steps)).isPresent();
        return whole
                && Tree.get(select, "whereClause")
                        .map(where -> !chooses(
                                where, new Target(alias(source.orElseThrow()), _ -> true, isTable, Set.of(), steps)))
                        .orElse(true);
    }

    private static boolean isCopy(Tree.Node source, Predicate<JsonObject> isTable, Steps steps) {
        return switch (source.kind()) {
            case "RangeVar" -> isTable.test(source.fields());
            case "RangeSubselect" ->
                Tree.node(source.fields(), "subquery")
                        .filter(query -> isWhole(query.fields(), isTable, steps))
                        .isPresent();
            default -> false;
        };
    }

    private static String alias(Tree.Node source) {
        return Tree.object(source.fields(), "alias")
                .flatMap(alias -> Tree.text(alias, "aliasname"))
                .or(() -> Tree.text(source.fields(), "relname"))
                .orElse("");
    }

    private Truth truth(JsonElement element) {
        target.steps().one();
        var node = Tree.node(element);
        if (node.isEmpty()) {
            return Truth.CONSTANT;
        }
        var fields = node.get().fields();
        return switch (node.get().kind()) {
            case "A_Const" -> ofConstant(fields);
            case "TypeCast", "CollateClause" ->
                Tree.get(fields, "arg").map(this::truth).orElse(Truth.CONSTANT);
            case "BoolExpr" -> ofBool(fields, false);
            case "A_Expr" -> ofOperator(element, fields);
            case "NullTest" -> ofNullTest(element, fields);
            case "BooleanTest" -> ofBooleanTest(element, fields);
            case "CaseExpr" -> ofCase(fields);
            case "CoalesceExpr" -> ofCoalesce(element, fields);
            case "FuncCall" -> ofCall(element, fields);
            case "SubLink" -> ofSubquery(element, fields);
            case "CurrentOfExpr" -> Truth.ROW;
            default -> byMention(element);
        };
    }

    /// The truth of its opposite: where a constant decides over rows, it does so the other way round.
    private Truth negated(JsonElement element) {
        var node = Tree.node(element);
        return node.isPresent() && node.get().kind().equals("BoolExpr")
                ? ofBool(node.get().fields(), true)
                : truth(element).not();
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

    private Truth ofBool(JsonObject fields, boolean negated) {
        var kind = Tree.text(fields, "boolop").orElse("");
        if (kind.equals("NOT_EXPR")) {
            var only = Tree.list(fields, "args").stream().findFirst();
            return only.map(each -> negated ? truth(each) : negated(each)).orElse(Truth.CONSTANT);
        }
        var arguments = flat(fields, kind);
        boolean all = kind.equals("AND_EXPR") != negated;
        var before = Set.copyOf(joined);
        if (all) {
            arguments.forEach(each -> joinedCopy(each).ifPresent(joined::add));
        }
        var truths = arguments.stream()
                .map(each -> negated ? negated(each) : truth(each))
                .toList();
        joined.retainAll(before);
        return all ? allOf(truths, arguments, negated) : anyOf(truths, arguments, negated);
    }

    private Truth allOf(List<Truth> truths, List<JsonElement> arguments, boolean negated) {
        if (truths.contains(Truth.FALSE) || (!negated && Alternatives.contradict(arguments, shapes))) {
            return Truth.FALSE;
        }
        return truths.contains(Truth.ROW) ? Truth.ROW : truths.contains(Truth.CONSTANT) ? Truth.CONSTANT : Truth.TRUE;
    }

    private Truth anyOf(List<Truth> truths, List<JsonElement> arguments, boolean negated) {
        if (truths.contains(Truth.TRUE)) {
            return Truth.TRUE;
        }
        boolean complete =
                negated ? Alternatives.contradict(arguments, shapes) : Alternatives.areComplete(arguments, shapes);
        return complete || truths.contains(Truth.CONSTANT)
                ? Truth.CONSTANT
                : truths.contains(Truth.ROW) ? Truth.ROW : Truth.FALSE;
    }

    /// `a or (b or c)` is `a or b or c`.
    private static List<JsonElement> flat(JsonObject fields, String kind) {
        var flat = new ArrayList<JsonElement>();
        for (var each : Tree.list(fields, "args")) {
            var inner = Tree.node(each)
                    .filter(node -> node.kind().equals("BoolExpr")
                            && Tree.text(node.fields(), "boolop").orElse("").equals(kind));
            inner.ifPresentOrElse(node -> flat.addAll(flat(node.fields(), kind)), () -> flat.add(each));
        }
        return flat;
    }

    private Truth ofOperator(JsonElement element, JsonObject fields) {
        var left = Tree.get(fields, "lexpr");
        var right = Tree.get(fields, "rexpr");
        if (left.isEmpty() || right.isEmpty()) {
            return byMention(element);
        }
        var operator = Shapes.operator(fields);
        var known = switch (Tree.text(fields, "kind").orElse("")) {
            case "AEXPR_OP" -> compared(operator, left.get(), right.get());
            case "AEXPR_NOT_DISTINCT" -> compared("=", left.get(), right.get());
            case "AEXPR_DISTINCT" -> compared("<>", left.get(), right.get());
            case "AEXPR_IN" -> in(operator, left.get(), Tree.items(right.get()));
            case "AEXPR_BETWEEN", "AEXPR_BETWEEN_SYM" ->
                Tree.items(right.get()).stream().allMatch(each -> equal(left.get(), each))
                        ? Optional.of(Truth.CONSTANT)
                        : Optional.<Truth>empty();
            case "AEXPR_OP_ANY" -> any(operator, left.get(), right.get());
            case "AEXPR_LIKE", "AEXPR_ILIKE", "AEXPR_SIMILAR" -> matched(operator, left.get(), right.get(), true);
            default -> Optional.<Truth>empty();
        };
        return known.orElseGet(() -> byMention(element));
    }

    private boolean equal(JsonElement a, JsonElement b) {
        return shapes.of(a).equals(shapes.of(b));
    }

    private Optional<Truth> in(String operator, JsonElement left, List<JsonElement> values) {
        if (!operator.equals("=")) {
            return Optional.empty();
        }
        boolean itself = values.stream().anyMatch(each -> equal(left, each));
        boolean eitherTruth = Alternatives.isTruth(left) && values.size() > 1;
        return itself || eitherTruth ? Optional.of(Truth.CONSTANT) : Optional.empty();
    }

    private Optional<Truth> any(String operator, JsonElement left, JsonElement right) {
        var elements = Tree.node(right)
                .filter(node -> node.kind().equals("A_ArrayExpr"))
                .map(node -> Tree.list(node.fields(), "elements"))
                .orElse(List.of());
        boolean every = elements.stream()
                .anyMatch(each -> operator.equals("=")
                        ? equal(left, each)
                        : compared(operator, left, each)
                                .filter(Truth.TRUE::equals)
                                .isPresent());
        boolean ownRows = operator.equals("=")
                && Tree.node(right)
                        .filter(node -> node.kind().equals("SubLink"))
                        .flatMap(node -> Tree.node(node.fields(), "subselect"))
                        .filter(query -> givesOwn(left, query.fields()))
                        .isPresent();
        return every || ownRows ? Optional.of(Truth.CONSTANT) : Optional.empty();
    }

    private Optional<Truth> compared(String operator, JsonElement left, JsonElement right) {
        var a = Constants.of(left);
        var b = Constants.of(right);
        if (a.isPresent() && b.isPresent()) {
            var known = Constants.compared(operator, a.get(), b.get());
            if (known.isPresent()) {
                return Optional.of(known.get() ? Truth.TRUE : Truth.FALSE);
            }
        }
        if (Alternatives.isOrder(operator)) {
            var difference = Linear.of(left, shapes).minus(Linear.of(right, shapes));
            if (difference.isNumber()) {
                // what calls something need not be the same twice
                return Optional.of(
                        Shapes.calls(left) || Shapes.calls(right)
                                ? Truth.CONSTANT
                                : Constants.holds(operator, difference.number()) ? Truth.TRUE : Truth.FALSE);
            }
            if (joinedCopy(operator, left, right).isPresent()
                    || neverNegative(operator, left, b)
                    || neverNegative(Alternatives.turned(operator), right, a)
                    || anyPlace(operator, left)) {
                return Optional.of(Truth.CONSTANT);
            }
            return truths(operator, left, right, a, b);
        }
        if (List.of("~~", "~~*", "@>", "<@").contains(operator) && equal(left, right)) {
            return Optional.of(Shapes.calls(left) ? Truth.CONSTANT : Truth.TRUE);
        }
        return matched(operator, left, right, false);
    }

    /// Two truths: of which one is written down, or the other's opposite.
    private Optional<Truth> truths(
            String operator, JsonElement left, JsonElement right, Optional<Object> a, Optional<Object> b) {
        boolean same = operator.equals("=");
        if (!same && !operator.equals("<>") && !operator.equals("!=")) {
            return Optional.empty();
        }
        if (b.isPresent() && b.get() instanceof Boolean holds) {
            return Optional.of(holds == same ? truth(left) : negated(left));
        }
        if (a.isPresent() && a.get() instanceof Boolean holds) {
            return Optional.of(holds == same ? truth(right) : negated(right));
        }
        boolean opposites = Alternatives.opposite(left, shapes)
                .filter(shapes.of(right)::equals)
                .isPresent();
        return opposites ? Optional.of(same ? Truth.FALSE : Truth.TRUE) : Optional.empty();
    }

    private static boolean neverNegative(String operator, JsonElement value, Optional<Object> bound) {
        boolean call = Tree.node(value)
                .filter(node -> node.kind().equals("FuncCall"))
                .flatMap(node -> Tree.strings(Tree.list(node.fields(), "funcname")).stream()
                        .reduce((_, last) -> last))
                .filter(NEVER_NEGATIVE::contains)
                .isPresent();
        if (!call || bound.isEmpty() || !(bound.get() instanceof java.math.BigDecimal number)) {
            return false;
        }
        return switch (operator) {
            case ">=" -> number.signum() <= 0;
            case ">", "<>", "!=" -> number.signum() < 0;
            default -> false;
        };
    }

    /// Rows are somewhere: from some place on, which can be the first.
    private static boolean anyPlace(String operator, JsonElement left) {
        return isSystemColumn(left, "ctid") && Set.of(">", ">=", "<>", "!=").contains(operator);
    }

    private static boolean isSystemColumn(JsonElement element, String name) {
        return Tree.node(element)
                .filter(node -> node.kind().equals("ColumnRef"))
                .map(node -> Tree.strings(Tree.list(node.fields(), "fields")))
                .filter(names -> !names.isEmpty() && names.getLast().equals(name))
                .isPresent();
    }

    private Optional<String> joinedCopy(JsonElement element) {
        return Tree.node(element)
                .filter(node -> node.kind().equals("A_Expr")
                        && Tree.text(node.fields(), "kind").orElse("").equals("AEXPR_OP"))
                .flatMap(node -> Tree.get(node.fields(), "lexpr")
                        .flatMap(left -> Tree.get(node.fields(), "rexpr")
                                .flatMap(right -> joinedCopy(Shapes.operator(node.fields()), left, right))));
    }

    /// The copy whose column is compared with the same column of the table.
    private Optional<String> joinedCopy(String operator, JsonElement left, JsonElement right) {
        if (!operator.equals("=") && !operator.equals("<=") && !operator.equals(">=")) {
            return Optional.empty();
        }
        return joinedCopyOf(left, right).or(() -> joinedCopyOf(right, left));
    }

    private Optional<String> joinedCopyOf(JsonElement own, JsonElement other) {
        var a = names(own);
        var b = names(other);
        boolean same = b.size() == 2
                && !a.isEmpty()
                && a.getLast().equals(b.getLast())
                && target.copies().contains(b.getFirst())
                && (a.size() == 1
                        ? target.own().test(a.getFirst())
                        : a.get(a.size() - 2).equals(target.alias()));
        return same ? Optional.of(b.getFirst()) : Optional.empty();
    }

    private static List<String> names(JsonElement element) {
        return Tree.node(Shapes.bare(element))
                .filter(node -> node.kind().equals("ColumnRef"))
                .map(node -> Tree.strings(Tree.list(node.fields(), "fields")))
                .orElse(List.of());
    }

    /// @param written as `like`, `ilike` or `similar to`: its operators mean other patterns
    private Optional<Truth> matched(String operator, JsonElement left, JsonElement right, boolean written) {
        boolean not = operator.startsWith("!");
        var positive = not ? operator.substring(1) : operator;
        var pattern = Constants.of(unescaped(right)).filter(String.class::isInstance);
        if (pattern.isEmpty() || !mentions(left, false)) {
            return Optional.empty();
        }
        var text = (String) pattern.get();
        boolean all = switch (positive) {
            case "~~", "~~*" -> Patterns.likeTakesAll(text);
            case "~", "~*" -> written ? Patterns.likeTakesAll(text) : Patterns.expressionTakesAll(text);
            default -> false;
        };
        return all ? Optional.of(not ? Truth.FALSE : Truth.TRUE) : Optional.empty();
    }

    /// The pattern of `like … escape …` and `similar to`, which stand as calls.
    private static JsonElement unescaped(JsonElement pattern) {
        return Tree.node(pattern)
                .filter(node -> node.kind().equals("FuncCall"))
                .filter(node -> Tree.strings(Tree.list(node.fields(), "funcname")).stream()
                        .anyMatch(name -> name.equals("like_escape") || name.equals("similar_to_escape")))
                .flatMap(node -> Tree.list(node.fields(), "args").stream().findFirst())
                .orElse(pattern);
    }

    private Truth ofNullTest(JsonElement element, JsonObject fields) {
        boolean isNull = Tree.text(fields, "nulltesttype").orElse("").equals("IS_NULL");
        var tested = Tree.get(fields, "arg");
        var node = tested.flatMap(Tree::node);
        if (node.isEmpty()) {
            return Truth.CONSTANT;
        }
        if (SYSTEM_COLUMNS.stream().anyMatch(name -> isSystemColumn(tested.get(), name))) {
            return isNull ? Truth.FALSE : Truth.TRUE;
        }
        if (!isNull && Alternatives.isTruth(tested.get())) {
            return Truth.CONSTANT;
        }
        return switch (node.get().kind()) {
            case "A_Const" -> Tree.flag(node.get().fields(), "isnull") == isNull ? Truth.TRUE : Truth.FALSE;
            // never null themselves
            case "NullTest", "BooleanTest", "A_ArrayExpr" -> isNull ? Truth.FALSE : Truth.TRUE;
            default -> byMention(element);
        };
    }

    private Truth ofBooleanTest(JsonElement element, JsonObject fields) {
        var tested = Tree.get(fields, "arg");
        if (tested.isEmpty()) {
            return Truth.CONSTANT;
        }
        boolean neverNull = Tree.node(tested.get())
                .filter(node -> node.kind().equals("NullTest") || node.kind().equals("BooleanTest"))
                .isPresent();
        return switch (Tree.text(fields, "booltesttype").orElse("IS_TRUE")) {
            case "IS_TRUE" -> truth(tested.get());
            case "IS_NOT_TRUE", "IS_FALSE" -> negated(tested.get());
            case "IS_NOT_FALSE" -> {
                // of what is never true it is not told whether it is false or null
                var truth = truth(tested.get());
                yield truth == Truth.FALSE ? Truth.CONSTANT : truth;
            }
            case "IS_NOT_UNKNOWN" ->
                neverNull ? Truth.TRUE : Alternatives.isTruth(tested.get()) ? Truth.CONSTANT : byMention(element);
            default -> neverNull ? Truth.FALSE : byMention(element);
        };
    }

    /// What decides which branch it is may be the same for all rows; then that branch is all there is.
    private Truth ofCase(JsonObject fields) {
        var argument = Tree.get(fields, "arg");
        var results = new LinkedHashSet<Truth>();
        for (var each : Tree.list(fields, "args")) {
            var when = Tree.node(each).map(Tree.Node::fields).orElseGet(JsonObject::new);
            var expression = Tree.get(when, "expr");
            var result = Tree.get(when, "result").map(this::truth).orElse(Truth.CONSTANT);
            var condition = expression
                    .map(it -> argument.map(value -> compared("=", value, it)
                                    .orElseGet(() -> mentions(value, false) ? Truth.ROW : byMention(it)))
                            .orElseGet(() -> truth(it)))
                    .orElse(Truth.CONSTANT);
            if (condition == Truth.FALSE) {
                continue;
            }
            if (condition == Truth.CONSTANT && (result == Truth.TRUE || result == Truth.CONSTANT)) {
                return Truth.CONSTANT;
            }
            results.add(result);
            if (condition == Truth.TRUE) {
                return one(results);
            }
        }
        results.add(Tree.get(fields, "defresult").map(this::truth).orElse(Truth.FALSE));
        return one(results);
    }

    private static Truth one(Set<Truth> results) {
        boolean none = Set.of(Truth.FALSE).containsAll(results);
        boolean every = Set.of(Truth.TRUE, Truth.CONSTANT).containsAll(results);
        return none ? Truth.FALSE : every ? Truth.CONSTANT : Truth.ROW;
    }

    private Truth ofCoalesce(JsonElement element, JsonObject fields) {
        for (var each : Tree.list(fields, "args")) {
            var constant = Tree.node(each).filter(node -> node.kind().equals("A_Const"));
            if (constant.isEmpty()) {
                break;
            }
            if (!Tree.flag(constant.get().fields(), "isnull")) {
                return truth(each);
            }
        }
        return byMention(element);
    }

    /// A function that is asked about a thing and the same thing, or about nothing at all of it, says nothing of a row.
    private Truth ofCall(JsonElement element, JsonObject fields) {
        var arguments = Tree.list(fields, "args");
        var seen = new HashSet<String>();
        boolean twice = arguments.stream()
                .filter(each -> mentions(each, false))
                .map(shapes::of)
                .anyMatch(shape -> !seen.add(shape));
        boolean begins = Tree.strings(Tree.list(fields, "funcname")).contains("starts_with")
                && arguments.size() == 2
                && Constants.of(arguments.get(1)).filter(""::equals).isPresent();
        return twice || begins ? Truth.CONSTANT : byMention(element);
    }

    private Truth ofSubquery(JsonElement element, JsonObject fields) {
        var query = Tree.node(fields, "subselect").filter(node -> node.kind().equals("SelectStmt"));
        if (query.isEmpty()) {
            return byMention(element);
        }
        var select = query.get().fields();
        return switch (Tree.text(fields, "subLinkType").orElse("")) {
            case "EXISTS_SUBLINK" -> rows(select);
            case "EXPR_SUBLINK" -> {
                var values = Tree.list(select, "targetList");
                var rows = rows(select);
                yield values.size() != 1 || rows == Truth.ROW || select.has("larg")
                        ? byMention(element)
                        : Tree.node(values.getFirst())
                                .flatMap(node -> Tree.get(node.fields(), "val"))
                                .map(within(select)::truth)
                                .orElse(Truth.CONSTANT);
            }
            case "ANY_SUBLINK" -> {
                var operator = Tree.strings(Tree.list(fields, "operName"));
                boolean equal = operator.isEmpty() || operator.getLast().equals("=");
                boolean own = equal
                        && Tree.get(fields, "testexpr")
                                .filter(tested -> givesOwn(tested, select))
                                .isPresent();
                yield own ? Truth.CONSTANT : byMention(element);
            }
            default -> byMention(element);
        };
    }

    /// Whether a query has a row at all, for a row of the table.
    private Truth rows(JsonObject select) {
        if (select.has("larg")) {
            return mentions(select, false) ? Truth.ROW : Truth.CONSTANT;
        }
        var within = within(select);
        boolean elsewhere = Stream.of("fromClause", "havingClause", "limitCount", "limitOffset", "withClause")
                .flatMap(name -> Tree.get(select, name).stream())
                .anyMatch(each -> mentions(each, true));
        if (elsewhere) {
            return Truth.ROW;
        }
        var chosen = Tree.get(select, "whereClause").map(within::truth).orElse(Truth.CONSTANT);
        return chosen == Truth.TRUE ? Truth.CONSTANT : chosen;
    }

    /// The same question inside a subquery, where a column without a table is the subquery's, if it has tables.
    private Conditions within(JsonObject select) {
        var from = Tree.list(select, "fromClause");
        if (from.isEmpty()) {
            return this;
        }
        var copies = new HashSet<>(target.copies());
        for (var each : from) {
            var source = Tree.node(each);
            source.ifPresent(node -> {
                if (isCopy(node, target.isTable(), target.steps())
                        && !alias(node).equals(target.alias())) {
                    copies.add(alias(node));
                } else {
                    copies.remove(alias(node));
                }
            });
        }
        boolean hidden = from.stream()
                .anyMatch(each -> Tree.node(each)
                        .filter(node -> alias(node).equals(target.alias()))
                        .isPresent());
        return new Conditions(
                new Target(hidden ? "" : target.alias(), _ -> false, target.isTable(), copies, target.steps()));
    }

    /// Whether a query gives what is looked for from each row of the table itself.
    private boolean givesOwn(JsonElement looked, JsonObject select) {
        if (!isWhole(select, target.isTable(), target.steps())) {
            return false;
        }
        var names = Tree.node(looked)
                .filter(node -> node.kind().equals("RowExpr"))
                .map(node -> Tree.list(node.fields(), "args"))
                .orElse(List.of(looked))
                .stream()
                .map(Conditions::last)
                .toList();
        var given = Tree.list(select, "targetList").stream()
                .map(each -> Tree.node(each)
                        .flatMap(node -> Tree.get(node.fields(), "val"))
                        .map(Conditions::last)
                        .orElse(""))
                .toList();
        // of `*` no name is told
        return given.contains("") || names.equals(given);
    }

    private static String last(JsonElement element) {
        var names = names(element);
        var parts = Tree.node(Shapes.bare(element))
                .map(node -> Tree.list(node.fields(), "fields"))
                .orElse(List.of());
        return names.isEmpty() || names.size() < parts.size() ? "" : names.getLast();
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
        target.steps().one();
        var node = Tree.node(element);
        if (node.isPresent() && node.get().kind().equals("ColumnRef")) {
            return isOwn(Tree.list(node.get().fields(), "fields"), inSubquery);
        }
        var fields = element.getAsJsonObject();
        boolean within = inSubquery || fields.has("fromClause") || fields.has("usingClause");
        return fields.asMap().values().stream().anyMatch(each -> mentions(each, within));
    }

    private boolean isOwn(List<JsonElement> parts, boolean inSubquery) {
        var names = Tree.strings(parts);
        if (names.isEmpty() || names.getLast().equals("tableoid")) {
            return false;
        }
        var first = names.getFirst();
        boolean qualified = names.size() > 1 || parts.size() > names.size();
        if (!qualified) {
            return first.equals(target.alias()) || (!inSubquery && target.own().test(first));
        }
        var table = names.get(Math.max(0, names.size() - 2));
        return Objects.equals(table, target.alias())
                || first.equals(target.alias())
                || joined.contains(table)
                || joined.contains(first);
    }
}
