package dev.sallyport.inspect.sql.mysql;

import dev.sallyport.inspect.sql.mysql.Expression.Operation;
import dev.sallyport.inspect.sql.mysql.Expression.Subquery;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Parses expressions, by the precedence of their operators (MySQL's manual, 14.4.1).
final class Expressions {
    private static final int NOT = 5;
    private static final int COMPARISON = 7;
    private static final int BITS = 8;
    private static final int CONCAT = 14;
    private static final int SIGN = 15;
    private static final int TIGHTEST = 16;

    /// Most operators in a row: each makes the tree deeper by one, but for those that stand side by side.
    private static final int LONGEST_CHAIN = 400;

    private record Binary(int binding, String name) {}

    private static final Map<String, Binary> BINARY = Map.ofEntries(
            binary("OR", 2, "or"),
            binary("||", 2, "or"),
            binary("XOR", 3, "xor"),
            binary("AND", 4, "and"),
            binary("&&", 4, "and"),
            binary("=", COMPARISON, "="),
            binary("<=>", COMPARISON, "<=>"),
            binary(">=", COMPARISON, ">="),
            binary(">", COMPARISON, ">"),
            binary("<=", COMPARISON, "<="),
            binary("<", COMPARISON, "<"),
            binary("<>", COMPARISON, "<>"),
            binary("!=", COMPARISON, "<>"),
            binary("|", BITS, "|"),
            binary("&", 9, "&"),
            binary("<<", 10, "<<"),
            binary(">>", 10, ">>"),
            binary("+", 11, "+"),
            binary("-", 11, "-"),
            binary("*", 12, "*"),
            binary("/", 12, "/"),
            binary("%", 12, "mod"),
            binary("DIV", 12, "div"),
            binary("MOD", 12, "mod"),
            binary("^", 13, "^"));

    private static final Binary PIPES = new Binary(CONCAT, "concat");
    private static final Set<String> SIDE_BY_SIDE = Set.of("or", "and", "+", "concat");

    private final Parser parser;

    Expressions(Parser parser) {
        this.parser = parser;
    }

    private static Map.Entry<String, Binary> binary(String operator, int binding, String name) {
        return Map.entry(operator, new Binary(binding, name));
    }

    Expression expression() {
        return expression(0);
    }

    /// Several, with commas.
    List<Expression> list() {
        var all = new ArrayList<Expression>();
        do {
            all.add(expression());
        } while (parser.tokens.take(","));
        return all;
    }

    /// As [#expression], of operators that bind more tightly than a comparison.
    Expression operand() {
        return expression(BITS);
    }

    /// What orders or groups.
    List<Expression> ordered() {
        var all = new ArrayList<Expression>();
        do {
            all.add(expression());
            parser.tokens.takeOneOf("ASC", "DESC");
        } while (parser.tokens.take(","));
        return all;
    }

    private Expression expression(int least) {
        if (least > NOT && parser.tokens.is("NOT") && !parser.modes.highNot()) {
            throw NotUnderstood.at(parser.tokens.peek());
        }
        return parser.deeper(() -> rest(prefix(), least));
    }

    private Optional<Binary> operator() {
        var word = parser.tokens.peek().word();
        if (word.isEmpty()) {
            return Optional.empty();
        }
        if (word.equals("||") && parser.modes.pipesAsConcat()) {
            return Optional.of(PIPES);
        }
        return Optional.ofNullable(BINARY.get(word));
    }

    private Expression rest(Expression first, int least) {
        var tokens = parser.tokens;
        var left = first;
        boolean compared = false;
        for (int length = 0; ; length++) {
            if (length > LONGEST_CHAIN) {
                throw new NotUnderstood("it is nested too deeply");
            }
            var operator = operator();
            if (operator.isPresent() && operator.get().binding() < least) {
                return left;
            } else if (operator.isPresent()) {
                int binding = operator.get().binding();
                if (compared && binding > COMPARISON) {
                    throw NotUnderstood.at(tokens.peek());
                }
                compared = binding <= COMPARISON;
                left = binding == COMPARISON ? comparison(left) : joined(operator.get(), left);
            } else if (least <= COMPARISON && atTest()) {
                if (compared && !tokens.is("IS")) {
                    // servers differ in what belongs together
                    throw NotUnderstood.at(tokens.peek());
                }
                left = test(left);
                compared = true;
            } else if (tokens.take("COLLATE")) {
                parser.types.characterSet();
                left = Expression.of("cast", left);
            } else {
                return left;
            }
        }
    }

    /// What does the same in a row stands side by side: a text of thousands of `or`s is not deep.
    private Expression joined(Binary operator, Expression left) {
        var operands = new ArrayList<Expression>();
        operands.add(left);
        boolean again = SIDE_BY_SIDE.contains(operator.name());
        do {
            parser.tokens.next();
            operands.add(expression(operator.binding() + 1));
        } while (again && operator().filter(operator::equals).isPresent());
        return new Operation(operator.name(), operands);
    }

    private Expression comparison(Expression left) {
        var tokens = parser.tokens;
        var operator = operator().orElseThrow().name();
        tokens.next();
        if (tokens.isOneOf("ALL", "ANY", "SOME") && tokens.peek(1).is("(")) {
            var quantifier = tokens.next().is("ALL") ? " all" : " any";
            return Expression.of(operator + quantifier, left, new Subquery(parser.queries.inParentheses()));
        }
        var right = operand();
        return Expression.of(operator, left, !tokens.is("IS") && atTest() ? test(right) : right);
    }

    private boolean atTest() {
        var next = parser.tokens.peek(1);
        return switch (parser.tokens.peek().word()) {
            case "IS", "BETWEEN", "IN", "LIKE", "REGEXP", "RLIKE" -> true;
            case "NOT" ->
                switch (next.word()) {
                    case "BETWEEN", "IN", "LIKE", "REGEXP", "RLIKE" -> true;
                    default -> false;
                };
            case "MEMBER" -> next.is("OF") || next.is("(");
            case "SOUNDS" -> next.is("LIKE");
            default -> false;
        };
    }

    private Expression test(Expression left) {
        var tokens = parser.tokens;
        if (tokens.take("IS")) {
            boolean negated = tokens.take("NOT");
            var tested = Expression.of(truth(), left);
            return negated ? Expression.not(tested) : tested;
        }
        boolean negated = tokens.take("NOT");
        var tested = positive(left);
        return negated ? Expression.not(tested) : tested;
    }

    private String truth() {
        var tokens = parser.tokens;
        if (tokens.takeOneOf("NULL", "UNKNOWN")) {
            return "is null";
        }
        if (tokens.take("TRUE")) {
            return "is true";
        }
        if (tokens.take("FALSE")) {
            return "is false";
        }
        tokens.expect("JSON");
        tokens.takeOneOf("VALUE", "ARRAY", "OBJECT", "SCALAR");
        return "is json";
    }

    private Expression positive(Expression left) {
        var tokens = parser.tokens;
        if (tokens.take("BETWEEN")) {
            var low = operand();
            tokens.expect("AND");
            var high = operand();
            return Expression.of("and", Expression.of(">=", left, low), Expression.of("<=", left, high));
        }
        if (tokens.take("IN")) {
            return in(left);
        }
        if (tokens.takeOneOf("REGEXP", "RLIKE")) {
            return Expression.of("regexp", left, operand());
        }
        if (tokens.take("SOUNDS", "LIKE")) {
            return Expression.of("=", soundex(left), soundex(operand()));
        }
        if (tokens.take("MEMBER")) {
            tokens.take("OF");
            tokens.expect("(");
            var document = expression();
            tokens.expect(")");
            return Expression.of("member of", left, document);
        }
        tokens.expect("LIKE");
        var pattern = operand();
        return tokens.take("ESCAPE")
                ? Expression.of("like", left, pattern, operand())
                : Expression.of("like", left, pattern);
    }

    private static Expression soundex(Expression of) {
        return new Expression.Call(Optional.empty(), "soundex", List.of(of), List.of(), Expression.Call.Form.PLAIN);
    }

    private Expression in(Expression left) {
        var tokens = parser.tokens;
        var operands = new ArrayList<Expression>();
        operands.add(left);
        if (parser.queries.begins()) {
            operands.add(parenthesised());
        } else {
            tokens.expect("(");
            operands.addAll(list());
            tokens.expect(")");
        }
        return new Operation("in", operands);
    }

    private Expression prefix() {
        var tokens = parser.tokens;
        switch (tokens.peek().word()) {
            case "(" -> {
                return parenthesised();
            }
            case "NOT" -> {
                tokens.next();
                return Expression.not(expression(parser.modes.highNot() ? TIGHTEST : NOT));
            }
            case "!" -> {
                tokens.next();
                return Expression.not(expression(TIGHTEST));
            }
            case "-", "~" -> {
                return Expression.of(tokens.next().word(), expression(SIGN));
            }
            case "+" -> {
                tokens.next();
                return expression(SIGN);
            }
            case "BINARY" -> {
                tokens.next();
                return Expression.of("cast", expression(TIGHTEST));
            }
            case "EXISTS" -> {
                tokens.next();
                return Expression.of("exists", new Subquery(parser.queries.inParentheses()));
            }
            default -> {
                return parser.calls.primary();
            }
        }
    }

    /// A query, a row, or an expression. `((select 1) + 2)` is an expression, `((select 1) union select 2)` a query:
    /// which one is known behind the inner query.
    private Expression parenthesised() {
        return parser.deeper(() -> {
            var tokens = parser.tokens;
            if (parser.queries.begins() && !tokens.peek(1).is("(")) {
                return new Subquery(parser.queries.inParentheses());
            }
            tokens.expect("(");
            var first = tokens.is("(") && parser.queries.begins() ? inner() : expression();
            if (!tokens.is(",")) {
                tokens.expect(")");
                return first;
            }
            var row = new ArrayList<Expression>();
            row.add(first);
            while (tokens.take(",")) {
                row.add(expression());
            }
            tokens.expect(")");
            return new Operation("row", row);
        });
    }

    private Expression inner() {
        var first = parenthesised();
        if (first instanceof Subquery(var query) && parser.queries.goesOn()) {
            return new Subquery(parser.queries.goOn(List.of(), new Query.Within(query)));
        }
        return rest(first, 0);
    }
}
