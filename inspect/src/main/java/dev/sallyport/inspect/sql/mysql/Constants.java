package dev.sallyport.inspect.sql.mysql;

import dev.sallyport.inspect.sql.mysql.Expression.Constant;
import dev.sallyport.inspect.sql.mysql.Expression.Operation;
import java.math.BigDecimal;
import java.util.Optional;
import java.util.regex.Pattern;

/// Works out constants of the simple kinds: numbers, their sums and products, strings.
final class Constants {

    private static final int MOST_DIGITS = 40;

    /// What of a text is a number, where a number is wanted: `'5 apples'` is 5, `'apples'` is 0.
    private static final Pattern BEGINNING =
            Pattern.compile("\\s*([+-]?(?:\\d+(?:\\.\\d*)?|\\.\\d+)(?:[eE][+-]?\\d+)?)");

    private static final Pattern WORD = Pattern.compile("[a-z0-9]*");

    private Constants() {}

    /// The value of an expression: a [BigDecimal] or a [String]; empty when it is none, null, or not simple.
    static Optional<Object> of(Expression expression) {
        return switch (expression) {
            case Constant(var kind, var text) ->
                switch (kind) {
                    case NUMBER -> number(text).map(Object.class::cast);
                    case TEXT -> Optional.of(text);
                    case NULL -> Optional.empty();
                };
            case Operation(var operator, var operands)
            when operator.equals("cast") -> of(operands.getFirst()).filter(BigDecimal.class::isInstance);
            case Operation operation -> calculated(operation).map(Object.class::cast);
            default -> Optional.empty();
        };
    }

    private static Optional<BigDecimal> number(String text) {
        if (text.length() > MOST_DIGITS) {
            return Optional.empty();
        }
        var number = new BigDecimal(text);
        return Math.abs(number.scale()) > MOST_DIGITS ? Optional.empty() : Optional.of(number.stripTrailingZeros());
    }

    private static Optional<BigDecimal> calculated(Operation operation) {
        var result = Optional.<BigDecimal>empty();
        boolean minus = operation.is("-") && operation.operands().size() == 1;
        if (!minus && !operation.is("+") && !operation.is("-") && !operation.is("*")) {
            return Optional.empty();
        }
        for (var each : operation.operands()) {
            var operand = of(each).filter(BigDecimal.class::isInstance).map(BigDecimal.class::cast);
            if (operand.isEmpty()) {
                return Optional.empty();
            }
            var b = operand.get();
            result = Optional.of(
                    minus
                            ? b.negate()
                            : result.map(a -> calculated(operation, a, b)).orElse(b));
            if (result.get().precision() > MOST_DIGITS) {
                return Optional.empty();
            }
        }
        return result.map(BigDecimal::stripTrailingZeros);
    }

    private static BigDecimal calculated(Operation operation, BigDecimal a, BigDecimal b) {
        return operation.is("+") ? a.add(b) : operation.is("-") ? a.subtract(b) : a.multiply(b);
    }

    /// A value as a condition: false is what is the number 0.
    static boolean truth(Object value) {
        return numeric(value).map(number -> number.signum() != 0).orElse(true);
    }

    /// A value as a number; empty where its text has more digits than are computed with.
    private static Optional<BigDecimal> numeric(Object value) {
        if (value instanceof BigDecimal number) {
            return Optional.of(number);
        }
        var matcher = BEGINNING.matcher((String) value);
        return matcher.lookingAt() ? number(matcher.group(1)) : Optional.of(BigDecimal.ZERO);
    }

    /// Whether a difference of this sign is one by which a comparison holds.
    static boolean holds(String operator, int sign) {
        return switch (operator) {
            case "=", "<=>" -> sign == 0;
            case "<>" -> sign != 0;
            case "<" -> sign < 0;
            case ">" -> sign > 0;
            case "<=" -> sign <= 0;
            case ">=" -> sign >= 0;
            default -> throw new IllegalStateException("no comparison: " + operator);
        };
    }

    /// Whether a comparison holds; empty when the two cannot be compared here. Texts are in the order of a collation,
    /// which is not known; but none takes different words of plain letters for the same.
    static Optional<Boolean> compared(String operator, Object a, Object b) {
        if (a instanceof String x && b instanceof String y) {
            if (x.equals(y)) {
                return Optional.of(holds(operator, 0));
            }
            boolean differ = WORD.matcher(x).matches() && WORD.matcher(y).matches();
            return differ && (operator.equals("=") || operator.equals("<=>") || operator.equals("<>"))
                    ? Optional.of(operator.equals("<>"))
                    : Optional.empty();
        }
        var x = numeric(a);
        var y = numeric(b);
        return x.isPresent() && y.isPresent()
                ? Optional.of(holds(operator, x.get().compareTo(y.get())))
                : Optional.empty();
    }
}
