package dev.sallyport.inspect.sql.mysql;

import dev.sallyport.inspect.sql.mysql.Expression.Operation;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Map;

/// A sum of things, each so many times, and a number: what `2 * id + 1` and `id + id + 1` have in common.
///
/// @param times by the things' [Shapes]; none that is there zero times
record Linear(Map<Expression, BigDecimal> times, BigDecimal number) {

    private static final int MOST_DIGITS = 40;
    private static final Linear ZERO = new Linear(Map.of(), BigDecimal.ZERO);

    static Linear of(Expression whole, Shapes shapes) {
        var expression = Shapes.bare(whole);
        if (Constants.of(expression).orElse("") instanceof BigDecimal number) {
            return new Linear(Map.of(), number);
        }
        if (expression instanceof Operation(var operator, var operands)) {
            switch (operator) {
                case "+" -> {
                    var sum = ZERO;
                    for (var operand : operands) {
                        sum = sum.plus(of(operand, shapes), BigDecimal.ONE);
                    }
                    return sum;
                }
                case "-" -> {
                    var first = of(operands.getFirst(), shapes);
                    return operands.size() == 1 ? ZERO.minus(first) : first.minus(of(operands.getLast(), shapes));
                }
                case "*" -> {
                    var left = of(operands.getFirst(), shapes);
                    var right = of(operands.getLast(), shapes);
                    if (right.isNumber()) {
                        return ZERO.plus(left, right.number);
                    }
                    if (left.isNumber()) {
                        return ZERO.plus(right, left.number);
                    }
                }
                default -> {
                    // a thing of its own
                }
            }
        }
        return new Linear(Map.of(shapes.of(expression), BigDecimal.ONE), BigDecimal.ZERO);
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
