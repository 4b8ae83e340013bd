package dev.sallyport.inspect.sql.postgres;

import com.google.gson.JsonElement;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Map;

/// A sum of things, each so many times, and a number: what `2 * id + 1` and `id + id + 1` have in common.
///
/// @param times by the [Shapes] of the things; none that is there zero times
record Linear(Map<String, BigDecimal> times, BigDecimal number) {

    private static final int MOST_DIGITS = 40;
    private static final int MOST_DEPTH = 64;

    static Linear of(JsonElement element, Shapes shapes) {
        return of(element, shapes, 0);
    }

    private static Linear of(JsonElement whole, Shapes shapes, int depth) {
        var element = Shapes.bare(whole);
        var constant = Constants.of(element);
        if (constant.isPresent() && constant.get() instanceof BigDecimal number) {
            return new Linear(Map.of(), number);
        }
        var node = Tree.node(element)
                .filter(each -> each.kind().equals("A_Expr")
                        && depth < MOST_DEPTH
                        && Tree.text(each.fields(), "kind").orElse("").equals("AEXPR_OP"));
        if (node.isPresent() && node.get().fields().has("rexpr")) {
            var fields = node.get().fields();
            var right = of(fields.get("rexpr"), shapes, depth + 1);
            var left = fields.has("lexpr")
                    ? of(fields.get("lexpr"), shapes, depth + 1)
                    : new Linear(Map.of(), BigDecimal.ZERO);
            switch (Shapes.operator(fields)) {
                case "+" -> {
                    return left.plus(right, BigDecimal.ONE);
                }
                case "-" -> {
                    return left.minus(right);
                }
                case "*" -> {
                    if (right.isNumber()) {
                        return new Linear(Map.of(), BigDecimal.ZERO).plus(left, right.number);
                    }
                    if (left.isNumber()) {
                        return new Linear(Map.of(), BigDecimal.ZERO).plus(right, left.number);
                    }
                }
                default -> {
                    // a thing of its own
                }
            }
        }
        return new Linear(Map.of(shapes.of(element), BigDecimal.ONE), BigDecimal.ZERO);
    }

    boolean isNumber() {
        return times.isEmpty();
    }

    Linear minus(Linear other) {
        return plus(other, BigDecimal.ONE.negate());
    }

    private Linear plus(Linear other, BigDecimal factor) {
        var sum = new HashMap<>(times);
        other.times.forEach(
                (thing, count) -> sum.merge(thing, bounded(count.multiply(factor)), (a, b) -> bounded(a.add(b))));
        sum.values().removeIf(count -> count.signum() == 0);
        return new Linear(Map.copyOf(sum), bounded(number.add(other.number.multiply(factor))));
    }

    private static BigDecimal bounded(BigDecimal number) {
        if (number.precision() > MOST_DIGITS || Math.abs(number.scale()) > MOST_DIGITS) {
            throw new NotUnderstood("a condition has a number that is too long");
        }
        return number;
    }
}
