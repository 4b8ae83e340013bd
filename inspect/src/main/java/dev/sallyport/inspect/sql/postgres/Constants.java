package dev.sallyport.inspect.sql.postgres;

import com.google.gson.JsonElement;
import java.math.BigDecimal;
import java.util.Optional;

/// Works out constants of the simple kinds: numbers, their sums and products, strings, truths.
final class Constants {

    private static final int MOST_DIGITS = 40;
    private static final int LONGEST_TEXT = 1_000;

    private Constants() {}

    /// The value of an expression: a [BigDecimal], a [String] or a [Boolean]; empty when it is none, null, or not
    /// simple.
    static Optional<Object> of(JsonElement element) {
        return Tree.node(element).flatMap(node -> {
            var fields = node.fields();
            return switch (node.kind()) {
                case "A_Const" -> constant(fields);
                // what a text becomes by a cast is the type's business: '01'::int = '1'::int
                case "TypeCast" ->
                    Tree.get(fields, "arg").flatMap(Constants::of).filter(value -> !(value instanceof String));
                case "A_Expr" -> calculated(fields);
                default -> Optional.<Object>empty();
            };
        });
    }

    private static Optional<Object> constant(com.google.gson.JsonObject fields) {
        if (fields.has("ival")) {
            return Optional.of(number(Tree.object(fields, "ival")
                    .flatMap(value -> Tree.text(value, "ival"))
                    .orElse("0")));
        }
        if (fields.has("fval")) {
            var text = Tree.object(fields, "fval")
                    .flatMap(value -> Tree.text(value, "fval"))
                    .orElse("0");
            return text.length() <= MOST_DIGITS && text.matches("[0-9.]+")
                    ? Optional.of(number(text))
                    : Optional.empty();
        }
        if (fields.has("boolval")) {
            return Optional.of(Tree.object(fields, "boolval")
                    .map(value -> Tree.flag(value, "boolval"))
                    .orElse(false));
        }
        if (fields.has("sval")) {
            return Optional.of(Tree.object(fields, "sval")
                    .flatMap(value -> Tree.text(value, "sval"))
                    .orElse(""));
        }
        return Optional.empty();
    }

    private static BigDecimal number(String text) {
        return new BigDecimal(text).stripTrailingZeros();
    }

    private static Optional<Object> calculated(com.google.gson.JsonObject fields) {
        var names = Tree.strings(Tree.list(fields, "name"));
        var right = Tree.get(fields, "rexpr").flatMap(Constants::of);
        if (names.size() == 1 && names.getFirst().equals("||")) {
            var first = Tree.get(fields, "lexpr").flatMap(Constants::of);
            return first.isPresent()
                            && right.isPresent()
                            && first.get() instanceof String a
                            && right.get() instanceof String b
                            && a.length() + b.length() <= LONGEST_TEXT
                    ? Optional.of(a + b)
                    : Optional.empty();
        }
        if (names.size() != 1 || right.isEmpty() || !(right.get() instanceof BigDecimal b)) {
            return Optional.empty();
        }
        if (Tree.get(fields, "lexpr").isEmpty()) {
            return names.getFirst().equals("-")
                    ? Optional.of(b.negate())
                    : names.getFirst().equals("+") ? Optional.of(b) : Optional.empty();
        }
        var left = Tree.get(fields, "lexpr").flatMap(Constants::of);
        if (left.isEmpty() || !(left.get() instanceof BigDecimal a) || a.precision() + b.precision() > MOST_DIGITS) {
            return Optional.empty();
        }
        return switch (names.getFirst()) {
            case "+" -> Optional.of(a.add(b).stripTrailingZeros());
            case "-" -> Optional.of(a.subtract(b).stripTrailingZeros());
            case "*" -> Optional.of(a.multiply(b).stripTrailingZeros());
            default -> Optional.empty();
        };
    }

    /// Whether a difference of this sign is one by which a comparison holds.
    static boolean holds(String operator, BigDecimal difference) {
        return compared(operator, difference, BigDecimal.ZERO).orElse(false);
    }

    /// Whether a comparison holds; empty when the two cannot be compared here.
    static Optional<Boolean> compared(String operator, Object a, Object b) {
        var order = order(a, b);
        return order.flatMap(sign -> switch (operator) {
            case "=" -> Optional.of(sign == 0);
            case "<>", "!=" -> Optional.of(sign != 0);
            case "<" -> ofOrder(a, sign < 0);
            case "<=" -> sign == 0 ? Optional.of(true) : ofOrder(a, sign < 0);
            case ">" -> ofOrder(a, sign > 0);
            case ">=" -> sign == 0 ? Optional.of(true) : ofOrder(a, sign > 0);
            default -> Optional.<Boolean>empty();
        });
    }

    /// Texts are in the order of a collation, which is not known.
    private static Optional<Boolean> ofOrder(Object value, boolean holds) {
        return value instanceof String ? Optional.empty() : Optional.of(holds);
    }

    private static Optional<Integer> order(Object a, Object b) {
        if (a instanceof BigDecimal x && b instanceof BigDecimal y) {
            return Optional.of(x.compareTo(y));
        }
        if (a instanceof Boolean x && b instanceof Boolean y) {
            return Optional.of(x.compareTo(y));
        }
        if (a instanceof String x && b instanceof String y) {
            // blanks at the end count in text and not in char(n)
            return x.equals(y)
                    ? Optional.of(0)
                    : x.stripTrailing().equals(y.stripTrailing()) ? Optional.empty() : Optional.of(x.compareTo(y));
        }
        if (a instanceof String x && b instanceof BigDecimal y) {
            return x.matches("[0-9]{1,20}") ? Optional.of(new BigDecimal(x).compareTo(y)) : Optional.empty();
        }
        if (a instanceof BigDecimal && b instanceof String) {
            return order(b, a).map(sign -> -sign);
        }
        return Optional.empty();
    }
}
