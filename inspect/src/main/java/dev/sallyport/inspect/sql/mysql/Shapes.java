package dev.sallyport.inspect.sql.mysql;

import dev.sallyport.inspect.sql.mysql.Expression.Call;
import dev.sallyport.inspect.sql.mysql.Expression.Column;
import dev.sallyport.inspect.sql.mysql.Expression.Operation;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// What expressions look like without what makes no difference: casts, the table's own name before its columns, the
/// order of what is compared, `not` before a comparison.
final class Shapes {

    private static final Map<String, String> OPPOSITES =
            Map.of("=", "<>", "<>", "=", "<", ">=", ">=", "<", ">", "<=", "<=", ">", "<=>", "<>");

    private static final Set<String> TRUTHS =
            Set.of("and", "or", "xor", "not", "in", "like", "regexp", "is null", "is true", "is false", "exists");

    private final Predicate<Column> own;
    private final Steps steps;

    /// @param own whether a column is one of the table that is changed
    Shapes(Predicate<Column> own, Steps steps) {
        this.own = own;
        this.steps = steps;
    }

    static Expression bare(Expression expression) {
        var bare = expression;
        while (bare instanceof Operation(var operator, var operands) && operator.equals("cast")) {
            bare = operands.getFirst();
        }
        return bare;
    }

    /// What holds where a comparison does not; empty: it is none.
    static Optional<String> opposite(String operator) {
        return Optional.ofNullable(OPPOSITES.get(operator));
    }

    /// Whether a value is 0 or 1 (or null) by its form.
    static boolean isTruth(Expression expression) {
        return bare(expression) instanceof Operation(var operator, var _)
                && (OPPOSITES.containsKey(operator) || TRUTHS.contains(operator));
    }

    /// Whether it calls anything: that need not give the same twice.
    static boolean calls(Expression expression) {
        return switch (expression) {
            case Call _, Expression.Subquery _ -> true;
            case Expression.Fixed _ -> true;
            default -> expression.parts().stream().anyMatch(Shapes::calls);
        };
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

    Expression of(Expression expression) {
        steps.one();
        return switch (expression) {
            case Column column -> column(column);
            case Operation operation -> operation(operation);
            case Call call
            when call.name().equals("isnull") && call.arguments().size() == 1 ->
                Expression.of("is null", of(call.arguments().getFirst()));
            case Call call ->
                new Call(call.schema(), call.name(), all(call.arguments()), all(call.beside()), call.form());
            case Expression.Constant _, Expression.Fixed _, Expression.Star _, Expression.Subquery _ -> expression;
        };
    }

    private Expression operation(Operation operation) {
        var operands = all(operation.operands());
        return switch (operation.operator()) {
            case "cast" -> operands.getFirst();
            case "not" -> opposite(operands.getFirst());
            case "=", "<=>", "<>", "<", ">", "<=", ">=" ->
                comparison(operation.operator(), operands.getFirst(), operands.getLast());
            default -> new Operation(operation.operator(), operands);
        };
    }

    private List<Expression> all(List<Expression> expressions) {
        return expressions.stream().map(this::of).toList();
    }

    private Expression column(Column column) {
        if (own.test(column)) {
            return new Column(Optional.empty(), Optional.empty(), column.name());
        }
        return new Column(Optional.empty(), column.table().map(table -> table.toLowerCase(Locale.ROOT)), column.name());
    }

    private static Expression comparison(String operator, Expression left, Expression right) {
        var plain = operator.equals("<=>") ? "=" : operator;
        boolean symmetric = plain.equals("=") || plain.equals("<>");
        boolean turn = Constants.of(right).isEmpty()
                && (Constants.of(left).isPresent() || (symmetric && left.hashCode() > right.hashCode()));
        return turn ? Expression.of(turned(plain), right, left) : Expression.of(plain, left, right);
    }

    /// The opposite of a shape, as a shape.
    static Expression opposite(Expression shape) {
        if (shape instanceof Operation(var operator, var operands)) {
            if (operator.equals("not")) {
                return operands.getFirst();
            }
            return opposite(operator)
                    .<Expression>map(other -> new Operation(other, operands))
                    .orElseGet(() -> Expression.not(shape));
        }
        return Expression.not(shape);
    }
}
