package dev.sallyport.inspect.sql.postgres;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Whether of some conditions one always holds (`id < 5 or id >= 5`), or they never hold together.
final class Alternatives {

    private static final Map<String, String> OPPOSITES = Map.ofEntries(
            Map.entry("=", "<>"),
            Map.entry("<>", "="),
            Map.entry("!=", "="),
            Map.entry("<", ">="),
            Map.entry(">=", "<"),
            Map.entry(">", "<="),
            Map.entry("<=", ">"),
            Map.entry("~~", "!~~"),
            Map.entry("!~~", "~~"),
            Map.entry("~~*", "!~~*"),
            Map.entry("!~~*", "~~*"),
            Map.entry("~", "!~"),
            Map.entry("!~", "~"),
            Map.entry("~*", "!~*"),
            Map.entry("!~*", "~*"));

    private static final Set<String> ORDER = Set.of("=", "<>", "!=", "<", ">", "<=", ">=");

    private static final Map<String, String> OPPOSITE_KINDS = Map.of(
            "AEXPR_BETWEEN", "AEXPR_NOT_BETWEEN",
            "AEXPR_NOT_BETWEEN", "AEXPR_BETWEEN",
            "AEXPR_BETWEEN_SYM", "AEXPR_NOT_BETWEEN_SYM",
            "AEXPR_NOT_BETWEEN_SYM", "AEXPR_BETWEEN_SYM",
            "AEXPR_DISTINCT", "AEXPR_NOT_DISTINCT",
            "AEXPR_NOT_DISTINCT", "AEXPR_DISTINCT");

    private static final Map<String, String> OPPOSITE_TESTS = Map.of(
            "IS_TRUE", "IS_NOT_TRUE",
            "IS_NOT_TRUE", "IS_TRUE",
            "IS_FALSE", "IS_NOT_FALSE",
            "IS_NOT_FALSE", "IS_FALSE",
            "IS_UNKNOWN", "IS_NOT_UNKNOWN",
            "IS_NOT_UNKNOWN", "IS_UNKNOWN");

    private Alternatives() {}

    /// A comparison with something that is written down.
    private record Bound(String thing, String operator, Object value) {}

    static boolean isOrder(String operator) {
        return ORDER.contains(operator);
    }

    /// `<` for `>`: the same with its sides exchanged.
    static String turned(String operator) {
        return switch (operator) {
            case "<" -> ">";
            case ">" -> "<";
            case "<=" -> ">=";
            case ">=" -> "<=";
            default -> operator;
        };
    }

    /// Whether an expression is a truth by its form.
    static boolean isTruth(JsonElement element) {
        return Tree.node(element)
                .filter(node -> switch (node.kind()) {
                    case "BoolExpr", "NullTest", "BooleanTest" -> true;
                    case "A_Expr" ->
                        !Tree.text(node.fields(), "kind").orElse("").equals("AEXPR_NULLIF")
                                && (OPPOSITES.containsKey(Shapes.operator(node.fields()))
                                        || !Tree.text(node.fields(), "kind")
                                                .orElse("")
                                                .equals("AEXPR_OP"));
                    default -> false;
                })
                .isPresent();
    }

    /// Whether one of them always holds: then what denies them all contradicts itself.
    static boolean areComplete(List<JsonElement> alternatives, Shapes shapes) {
        return oppose(alternatives, shapes) || contradict(bounds(alternatives, shapes, true));
    }

    /// Whether they never hold together.
    static boolean contradict(List<JsonElement> conditions, Shapes shapes) {
        return oppose(conditions, shapes) || contradict(bounds(conditions, shapes, false));
    }

    private static boolean oppose(List<JsonElement> conditions, Shapes shapes) {
        var all = new HashSet<String>();
        conditions.forEach(each -> all.add(shapes.of(each)));
        return conditions.stream()
                .anyMatch(each -> opposite(each, shapes).filter(all::contains).isPresent());
    }

    /// The shape of a condition's opposite, where it has one of the same form.
    static Optional<String> opposite(JsonElement element, Shapes shapes) {
        return Tree.node(element).flatMap(node -> switch (node.kind()) {
            case "BoolExpr" ->
                Tree.text(node.fields(), "boolop")
                        .filter("NOT_EXPR"::equals)
                        .flatMap(_ -> Tree.list(node.fields(), "args").stream().findFirst())
                        .map(shapes::of);
            case "NullTest" ->
                Optional.of(with(
                        node,
                        "nulltesttype",
                        Tree.text(node.fields(), "nulltesttype").orElse("").equals("IS_NULL")
                                ? "IS_NOT_NULL"
                                : "IS_NULL",
                        shapes));
            case "BooleanTest" ->
                Optional.ofNullable(OPPOSITE_TESTS.get(
                                Tree.text(node.fields(), "booltesttype").orElse("IS_TRUE")))
                        .map(test -> with(node, "booltesttype", test, shapes));
            case "A_Expr" -> ofOperator(node, shapes);
            default -> Optional.<String>empty();
        });
    }

    private static Optional<String> ofOperator(Tree.Node node, Shapes shapes) {
        var kind = Tree.text(node.fields(), "kind").orElse("");
        var operator = Shapes.operator(node.fields());
        var other = node.fields().deepCopy();
        if (OPPOSITE_KINDS.containsKey(kind)) {
            other.addProperty("kind", OPPOSITE_KINDS.get(kind));
            if (kind.contains("BETWEEN")) {
                other.add(
                        "name",
                        named(operator.startsWith("NOT ") ? operator.substring("NOT ".length()) : "NOT " + operator));
            }
            return Optional.of(shape(node.kind(), other, shapes));
        }
        if (!OPPOSITES.containsKey(operator)) {
            return Optional.empty();
        }
        other.add("name", named(OPPOSITES.get(operator)));
        return Optional.of(shape(node.kind(), other, shapes));
    }

    private static JsonArray named(String operator) {
        var name = new JsonObject();
        name.addProperty("sval", operator);
        var string = new JsonObject();
        string.add("String", name);
        var names = new JsonArray();
        names.add(string);
        return names;
    }

    private static String with(Tree.Node node, String field, String value, Shapes shapes) {
        var other = node.fields().deepCopy();
        other.addProperty(field, value);
        return shape(node.kind(), other, shapes);
    }

    private static String shape(String kind, JsonObject fields, Shapes shapes) {
        var node = new JsonObject();
        node.add(kind, fields);
        return shapes.of(node);
    }

    private static List<Bound> bounds(List<JsonElement> conditions, Shapes shapes, boolean opposite) {
        var bounds = new ArrayList<Bound>();
        for (var each : conditions) {
            bound(each, shapes, opposite).ifPresent(bounds::add);
        }
        return bounds;
    }

    private static Optional<Bound> bound(JsonElement element, Shapes shapes, boolean opposite) {
        var node = Tree.node(element);
        if (node.isEmpty()) {
            return Optional.empty();
        }
        var fields = node.get().fields();
        if (node.get().kind().equals("BoolExpr")
                && Tree.text(fields, "boolop").orElse("").equals("NOT_EXPR")) {
            return Tree.list(fields, "args").stream().findFirst().flatMap(each -> bound(each, shapes, !opposite));
        }
        var operator = Shapes.operator(fields);
        if (!node.get().kind().equals("A_Expr")
                || !Tree.text(fields, "kind").orElse("").equals("AEXPR_OP")
                || !ORDER.contains(operator)
                || !fields.has("lexpr")
                || !fields.has("rexpr")) {
            return Optional.empty();
        }
        var left = Constants.of(fields.get("lexpr"));
        var right = Constants.of(fields.get("rexpr"));
        if (left.isPresent() == right.isPresent()) {
            return Optional.empty();
        }
        var way = right.isPresent() ? operator : turned(operator);
        var thing = shapes.of(fields.get(right.isPresent() ? "lexpr" : "rexpr"));
        return Optional.of(new Bound(
                thing,
                opposite ? OPPOSITES.getOrDefault(way, way) : way,
                right.or(() -> left).orElseThrow()));
    }

    private static boolean contradict(List<Bound> bounds) {
        var byThing = new HashMap<String, List<Bound>>();
        bounds.forEach(each ->
                byThing.computeIfAbsent(each.thing(), _ -> new ArrayList<>()).add(each));
        return byThing.values().stream().anyMatch(Alternatives::isEmpty);
    }

    /// Whether nothing is within all of these bounds. Texts are in no known order.
    private static boolean isEmpty(List<Bound> bounds) {
        var equal = new HashSet<Object>();
        var unequal = new HashSet<Object>();
        Optional<Bound> low = Optional.empty();
        Optional<Bound> high = Optional.empty();
        for (var bound : bounds) {
            switch (bound.operator()) {
                case "=" -> equal.add(bound.value());
                case "<>", "!=" -> unequal.add(bound.value());
                default -> {
                    if (bound.value() instanceof BigDecimal number) {
                        boolean upper = bound.operator().startsWith("<");
                        var before = upper ? high : low;
                        int sign = before.map(each -> number.compareTo((BigDecimal) each.value()))
                                .orElse(upper ? -1 : 1);
                        boolean tighter = upper ? sign < 0 : sign > 0;
                        if (tighter || (sign == 0 && !bound.operator().contains("="))) {
                            if (upper) {
                                high = Optional.of(bound);
                            } else {
                                low = Optional.of(bound);
                            }
                        }
                    }
                }
            }
        }
        if (equal.size() > 1 || equal.stream().anyMatch(unequal::contains)) {
            return true;
        }
        var lowest = low;
        var highest = high;
        if (equal.stream()
                .anyMatch(value -> value instanceof BigDecimal number
                        && (lowest.filter(each -> !holds(number, each)).isPresent()
                                || highest.filter(each -> !holds(number, each)).isPresent()))) {
            return true;
        }
        if (low.isEmpty() || high.isEmpty()) {
            return false;
        }
        int sign = ((BigDecimal) low.get().value())
                .compareTo((BigDecimal) high.get().value());
        boolean touch =
                low.get().operator().contains("=") && high.get().operator().contains("=");
        return sign > 0 || (sign == 0 && (!touch || unequal.contains(low.get().value())));
    }

    private static boolean holds(BigDecimal number, Bound bound) {
        return Constants.compared(bound.operator(), number, bound.value()).orElse(true);
    }
}
