package dev.sallyport.inspect.sql.mysql;

import dev.sallyport.inspect.sql.SqlName;
import dev.sallyport.inspect.sql.mysql.Expression.Call;
import dev.sallyport.inspect.sql.mysql.Expression.Column;
import dev.sallyport.inspect.sql.mysql.Expression.Constant;
import dev.sallyport.inspect.sql.mysql.Expression.Operation;
import dev.sallyport.inspect.sql.mysql.Expression.Subquery;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// Whether a condition chooses among the rows of a table, or lets all of them through.
///
/// What is constant is worked out as far as that is simple; a constant whose value is not known counts as letting
/// through. So does what holds for every row that has a value at all, as `id = id`.
final class Conditions {

    /// What a condition is asked about.
    ///
    /// @param alias the name by which columns of the table that is changed are qualified; lower case
    /// @param own whether a column without a table is that table's
    /// @param copies names of sources beside it that have all of its rows; lower case
    /// @param linked names of sources whose rows are chosen for the table's by an outer join; lower case
    /// @param scope where common table expressions are found
    record Target(
            String alias,
            SqlName table,
            Predicate<String> own,
            Set<String> copies,
            Set<String> linked,
            Scope scope,
            Steps steps) {

        /// Of a table that stands alone.
        static Target of(String alias, SqlName table, Scope scope, Steps steps) {
            return new Target(alias.toLowerCase(Locale.ROOT), table, _ -> true, Set.of(), Set.of(), scope, steps);
        }

        /// A name without a database can be that of any.
        boolean isTable(SqlName other) {
            return table.name().equalsIgnoreCase(other.name())
                    && (table.schema().isEmpty()
                            || other.schema().isEmpty()
                            || table.schema()
                                    .get()
                                    .equalsIgnoreCase(other.schema().get()));
        }
    }

    private enum Truth {
        TRUE,
        /// false or null: no row
        FALSE,
        /// the same for all rows, and not known
        CONSTANT,
        /// depends on the row
        ROW;

        static Truth of(boolean holds) {
            return holds ? TRUE : FALSE;
        }

        Truth not() {
            return switch (this) {
                case TRUE -> FALSE;
                case FALSE -> TRUE;
                case CONSTANT, ROW -> this;
            };
        }
    }

    private static final Set<String> NEVER_NEGATIVE = Set.of(
            "abs",
            "length",
            "char_length",
            "character_length",
            "octet_length",
            "bit_length",
            "sqrt",
            "unix_timestamp",
            "crc32",
            "ascii",
            "ord",
            "locate",
            "instr",
            "find_in_set",
            "field");

    private final Target target;
    private final Shapes shapes;

    /// Copies that are joined to the table row by row: their columns are the row's.
    private final Set<String> joined = new HashSet<>();

    private Conditions(Target target) {
        this.target = target;
        this.shapes = new Shapes(column -> isOwn(column, false), target.steps());
    }

    /// Whether a condition depends on the rows of the table that is changed, or is never true.
    static boolean chooses(Expression condition, Target target) {
        return switch (new Conditions(target).truth(condition)) {
            case FALSE, ROW -> true;
            case TRUE, CONSTANT -> false;
        };
    }

    private Truth truth(Expression expression) {
        target.steps().one();
        var value = Constants.of(expression);
        if (value.isPresent()) {
            return Truth.of(Constants.truth(value.get()));
        }
        return switch (expression) {
            case Constant(var kind, var _) -> kind == Constant.Kind.NULL ? Truth.FALSE : Truth.CONSTANT;
            case Operation operation -> ofOperation(operation);
            case Call call -> ofCall(call);
            case Subquery(var query) -> ofSubquery(query);
            case Expression.Fixed _, Column _, Expression.Star _ -> byMention(expression);
        };
    }

    private Truth ofOperation(Operation operation) {
        var operands = operation.operands();
        var first = operands.getFirst();
        return switch (operation.operator()) {
            case "and", "or" -> ofAll(operation, false);
            case "not" -> negated(first);
            case "xor" -> ofXor(first, operands.getLast());
            case "cast", ":=" -> truth(operands.getLast());
            case "=", "<=>", "<>", "<", ">", "<=", ">=" -> compared(operation.operator(), first, operands.getLast());
            case "in" -> in(operands);
            case "like" -> matched(first, operands.get(1), Patterns::likeTakesAll);
            case "regexp" -> matched(first, operands.get(1), Patterns::expressionTakesAll);
            case "is null" -> ofNullTest(first);
            case "is true" -> truth(first);
            case "is false" -> negated(first);
            case "case" -> ofCase(operands);
            case "exists" -> first instanceof Subquery(var query) ? rows(query) : Truth.CONSTANT;
            case "= any" ->
                operands.getLast() instanceof Subquery(var query) && givesOwn(first, query)
                        ? Truth.CONSTANT
                        : byMention(operation);
            default -> {
                var sum = Linear.of(operation, shapes);
                yield sum.isNumber() ? Truth.of(sum.number().signum() != 0) : byMention(operation);
            }
        };
    }

    /// The truth of its opposite: where a constant decides over rows, it does so the other way round.
    private Truth negated(Expression expression) {
        if (!(expression instanceof Operation operation)) {
            return truth(expression).not();
        }
        var operands = operation.operands();
        return switch (operation.operator()) {
            case "and", "or" -> ofAll(operation, true);
            case "not" -> truth(operands.getFirst());
            case "=", "<=>", "<>", "<", ">", "<=", ">=" ->
                compared(Shapes.opposite(operation.operator()).orElseThrow(), operands.getFirst(), operands.getLast());
            // `(id = 5) is not null` says little of a row
            case "is null" ->
                Shapes.isTruth(operands.getFirst())
                        ? Truth.CONSTANT
                        : truth(expression).not();
            case "is true", "is false" -> {
                var truth = operation.is("is true") ? negated(operands.getFirst()) : truth(operands.getFirst());
                // of what is never true it is not told whether it is false or null
                yield truth == Truth.FALSE ? Truth.CONSTANT : truth;
            }
            default -> truth(expression).not();
        };
    }

    private Truth byMention(Expression expression) {
        return mentions(expression, false) ? Truth.ROW : Truth.CONSTANT;
    }

    private Truth ofAll(Operation operation, boolean negated) {
        var arguments = flat(operation);
        boolean all = operation.is("and") != negated;
        var before = Set.copyOf(joined);
        if (all && !negated) {
            arguments.forEach(each -> joinedCopy(each).ifPresent(joined::add));
        }
        var truths = new ArrayList<Truth>();
        arguments.forEach(each -> truths.add(negated ? negated(each) : truth(each)));
        joined.retainAll(before);
        if (truths.contains(all ? Truth.FALSE : Truth.TRUE)) {
            return all ? Truth.FALSE : Truth.TRUE;
        }
        var looks = arguments.stream()
                .map(shapes::of)
                .map(each -> negated ? Shapes.opposite(each) : each)
                .toList();
        if (all) {
            return Alternatives.contradict(looks)
                    ? Truth.FALSE
                    : truths.contains(Truth.ROW)
                            ? Truth.ROW
                            : truths.contains(Truth.CONSTANT) ? Truth.CONSTANT : Truth.TRUE;
        }
        return truths.contains(Truth.CONSTANT) || Alternatives.areComplete(looks)
                ? Truth.CONSTANT
                : truths.contains(Truth.ROW) ? Truth.ROW : Truth.FALSE;
    }

    /// `a or (b or c)` is `a or b or c`.
    private static List<Expression> flat(Operation operation) {
        var flat = new ArrayList<Expression>();
        for (var each : operation.operands()) {
            if (each instanceof Operation inner && inner.is(operation.operator())) {
                flat.addAll(flat(inner));
            } else {
                flat.add(each);
            }
        }
        return flat;
    }

    private Truth ofXor(Expression left, Expression right) {
        var one = truth(left);
        var other = truth(right);
        if (one == Truth.FALSE || other == Truth.FALSE) {
            return one == Truth.FALSE ? other : one;
        }
        if (one == Truth.TRUE || other == Truth.TRUE) {
            return one == Truth.TRUE ? negated(right) : negated(left);
        }
        boolean opposites = shapes.of(Expression.not(left)).equals(shapes.of(right));
        return opposites || (one == Truth.CONSTANT && other == Truth.CONSTANT) ? Truth.CONSTANT : Truth.ROW;
    }

    private Truth compared(String operator, Expression left, Expression right) {
        var a = Constants.of(left);
        var b = Constants.of(right);
        if (a.isPresent() && b.isPresent()) {
            return Constants.compared(operator, a.get(), b.get()).map(Truth::of).orElse(Truth.CONSTANT);
        }
        if (left.equals(Expression.Constant.NULL) || right.equals(Expression.Constant.NULL)) {
            return operator.equals("<=>")
                    ? truth(Expression.of("is null", left.equals(Expression.Constant.NULL) ? right : left))
                    : Truth.FALSE;
        }
        var difference = Linear.of(left, shapes).minus(Linear.of(right, shapes));
        if (difference.isNumber()) {
            // what calls something need not be the same twice
            return Shapes.calls(left) || Shapes.calls(right)
                    ? Truth.CONSTANT
                    : Truth.of(Constants.holds(operator, difference.number().signum()));
        }
        if (joinedCopy(operator, left, right).isPresent()
                || neverNegative(operator, left, b)
                || neverNegative(Shapes.turned(operator), right, a)) {
            return Truth.CONSTANT;
        }
        if (Shapes.isTruth(left) && b.isPresent()) {
            return ofTruth(operator, left, b.get());
        }
        if (Shapes.isTruth(right) && a.isPresent()) {
            return ofTruth(Shapes.turned(operator), right, a.get());
        }
        var opposite = Shapes.isTruth(left) && shapes.of(Expression.not(left)).equals(shapes.of(right));
        return opposite ? Truth.CONSTANT : byMention(Expression.of(operator, left, right));
    }

    /// A truth is 0 or 1.
    private Truth ofTruth(String operator, Expression truth, Object value) {
        boolean ofOne = Constants.compared(operator, BigDecimal.ONE, value).orElse(true);
        boolean ofZero = Constants.compared(operator, BigDecimal.ZERO, value).orElse(true);
        if (ofOne == ofZero) {
            return ofOne ? Truth.CONSTANT : Truth.FALSE;
        }
        return ofOne ? truth(truth) : negated(truth);
    }

    private static boolean neverNegative(String operator, Expression value, Optional<Object> bound) {
        if (!(value instanceof Call call)
                || !NEVER_NEGATIVE.contains(call.name())
                || !(bound.orElse("") instanceof BigDecimal number)) {
            return false;
        }
        return switch (operator) {
            case ">=" -> number.signum() <= 0;
            case ">", "<>" -> number.signum() < 0;
            default -> false;
        };
    }

    private Truth in(List<Expression> operands) {
        var left = operands.getFirst();
        var values = operands.subList(1, operands.size());
        if (values.size() == 1 && values.getFirst() instanceof Subquery(var query)) {
            return givesOwn(left, query) ? Truth.CONSTANT : byMention(new Operation("in", operands));
        }
        if (Shapes.isTruth(left) && values.size() > 1) {
            return Truth.CONSTANT;
        }
        var truths = new HashSet<Truth>();
        values.forEach(each -> truths.add(compared("=", left, each)));
        return truths.contains(Truth.TRUE)
                ? Truth.TRUE
                : truths.contains(Truth.CONSTANT)
                        ? Truth.CONSTANT
                        : truths.contains(Truth.ROW) ? Truth.ROW : Truth.FALSE;
    }

    private Truth matched(Expression left, Expression pattern, Predicate<String> takesAll) {
        if (shapes.of(left).equals(shapes.of(pattern))) {
            return Truth.CONSTANT;
        }
        var mentions = byMention(Expression.of("like", left, pattern));
        boolean all = Constants.of(pattern)
                .filter(String.class::isInstance)
                .filter(text -> takesAll.test((String) text))
                .isPresent();
        return mentions == Truth.ROW && all ? Truth.TRUE : mentions;
    }

    private Truth ofNullTest(Expression tested) {
        if (tested.equals(Expression.Constant.NULL)) {
            return Truth.TRUE;
        }
        boolean never = Constants.of(tested).isPresent()
                || (tested instanceof Operation operation
                        && operation.operator().startsWith("is "));
        return never ? Truth.FALSE : byMention(tested);
    }

    /// What decides which branch it is may be the same for all rows; then that branch is all there is.
    private Truth ofCase(List<Expression> operands) {
        var results = new LinkedHashSet<Truth>();
        for (int i = 0; i + 1 < operands.size(); i += 2) {
            var condition = truth(operands.get(i));
            if (condition == Truth.FALSE) {
                continue;
            }
            var result = truth(operands.get(i + 1));
            if (condition == Truth.CONSTANT && (result == Truth.TRUE || result == Truth.CONSTANT)) {
                return Truth.CONSTANT;
            }
            results.add(result);
            if (condition == Truth.TRUE) {
                return one(results);
            }
        }
        results.add(truth(operands.getLast()));
        return one(results);
    }

    private static Truth one(Set<Truth> results) {
        if (Set.of(Truth.FALSE).containsAll(results)) {
            return Truth.FALSE;
        }
        return Set.of(Truth.TRUE, Truth.CONSTANT).containsAll(results) ? Truth.CONSTANT : Truth.ROW;
    }

    /// A function that is asked about a thing and the same thing says nothing of a row.
    private Truth ofCall(Call call) {
        var arguments = call.arguments();
        switch (call.name()) {
            case "if" -> {
                if (arguments.size() == 3) {
                    return ofCase(arguments);
                }
            }
            case "isnull" -> {
                if (arguments.size() == 1) {
                    return ofNullTest(arguments.getFirst());
                }
            }
            case "ifnull", "coalesce", "nvl" -> {
                for (var each : arguments) {
                    if (!each.equals(Expression.Constant.NULL)) {
                        return Constants.of(each).isPresent() ? truth(each) : byMention(call);
                    }
                }
            }
            default -> {
                // by its arguments
            }
        }
        var seen = new HashSet<Expression>();
        boolean twice = arguments.stream()
                .filter(each -> mentions(each, false))
                .map(shapes::of)
                .anyMatch(shape -> !seen.add(shape));
        return twice ? Truth.CONSTANT : byMention(call);
    }

    private Truth ofSubquery(Query query) {
        var select = plain(query);
        if (select.isEmpty() || select.get().items().size() != 1 || rows(query) == Truth.ROW) {
            return byMention(new Subquery(query));
        }
        return within(select.get()).truth(select.get().items().getFirst().value());
    }

    /// The one block of a query that is nothing else.
    private static Optional<Query.Select> plain(Query query) {
        return switch (query.body()) {
            case Query.Select select -> Optional.of(select);
            case Query.Within(var inner) -> plain(inner);
            case Query.Values _, Query.Table _, Query.Both _ -> Optional.empty();
        };
    }

    /// Whether a query has a row at all, for a row of the table.
    private Truth rows(Query query) {
        var select = plain(query);
        if (select.isEmpty()) {
            return byMention(new Subquery(query));
        }
        var block = select.get();
        boolean elsewhere = block.having().filter(each -> mentions(each, true)).isPresent()
                || block.from().stream().anyMatch(this::mentions);
        if (elsewhere) {
            return Truth.ROW;
        }
        var within = within(block);
        var chosen = block.where().map(within::truth).orElse(Truth.CONSTANT);
        return chosen == Truth.TRUE ? Truth.CONSTANT : chosen;
    }

    /// The same question inside a subquery, where a column without a table is the subquery's, if it has tables.
    private Conditions within(Query.Select select) {
        if (select.from().isEmpty()) {
            return this;
        }
        var copies = new HashSet<>(target.copies());
        boolean hidden = false;
        for (var each : Sources.of(select.from())) {
            var alias = Sources.alias(each);
            hidden |= alias.equals(target.alias());
            if (isCopy(each) && !alias.equals(target.alias())) {
                copies.add(alias);
            } else {
                copies.remove(alias);
            }
        }
        return new Conditions(new Target(
                hidden ? "" : target.alias(),
                target.table(),
                _ -> false,
                copies,
                target.linked(),
                target.scope(),
                target.steps()));
    }

    private boolean isCopy(Query.From from) {
        return whole(from).filter(target::isTable).isPresent();
    }

    private Optional<SqlName> whole(Query.From from) {
        return switch (from) {
            case Query.Named named -> {
                var common = named.qualified()
                        ? Optional.<Rows>empty()
                        : target.scope().commonTable(named.written());
                yield common.isPresent() ? common.get().whole() : Optional.of(named.table());
            }
            case Query.Derived derived -> whole(derived.query());
            case Query.Made _, Query.Join _, Query.Several _ -> Optional.empty();
        };
    }

    /// The table of which a query gives all rows.
    private Optional<SqlName> whole(Query query) {
        target.steps().one();
        if (query.limit().isPresent() || !query.with().isEmpty()) {
            return Optional.empty();
        }
        return switch (query.body()) {
            case Query.Select select -> {
                if (select.from().size() != 1
                        || !select.groups().isEmpty()
                        || select.having().isPresent()) {
                    yield Optional.empty();
                }
                var only = select.from().getFirst();
                yield whole(only)
                        .filter(table -> select.where()
                                .map(where -> !chooses(
                                        where, Target.of(Sources.alias(only), table, target.scope(), target.steps())))
                                .orElse(true));
            }
            case Query.Within(var inner) -> whole(inner);
            case Query.Table(var named) -> whole(named);
            case Query.Values _, Query.Both _ -> Optional.empty();
        };
    }

    /// Whether a query gives what is looked for from each row of the table itself.
    private boolean givesOwn(Expression looked, Query query) {
        if (whole(query).filter(target::isTable).isEmpty()) {
            return false;
        }
        var select = plain(query);
        if (select.isEmpty()) {
            return true;
        }
        var wanted = looked instanceof Operation(var operator, var parts) && operator.equals("row")
                ? parts
                : List.of(looked);
        var names = wanted.stream().map(Conditions::last).toList();
        var given =
                select.get().items().stream().map(item -> last(item.value())).toList();
        // of `*` no name is told
        return given.contains("") || names.equals(given);
    }

    private static String last(Expression expression) {
        return Shapes.bare(expression) instanceof Column column ? column.name() : "";
    }

    private Optional<String> joinedCopy(Expression expression) {
        return expression instanceof Operation(var operator, var operands)
                        && Shapes.opposite(operator).isPresent()
                ? joinedCopy(operator, operands.getFirst(), operands.getLast())
                : Optional.empty();
    }

    /// The copy whose column is compared with the same column of the table.
    private Optional<String> joinedCopy(String operator, Expression left, Expression right) {
        return Set.of("=", "<=>", "<=", ">=").contains(operator)
                ? joinedCopyOf(left, right).or(() -> joinedCopyOf(right, left))
                : Optional.empty();
    }

    private Optional<String> joinedCopyOf(Expression own, Expression other) {
        return Shapes.bare(own) instanceof Column a
                        && Shapes.bare(other) instanceof Column b
                        && a.name().equals(b.name())
                        && isOwn(a, false)
                ? b.table().map(table -> table.toLowerCase(Locale.ROOT)).filter(target.copies()::contains)
                : Optional.empty();
    }

    /// Whether a column of the target is used. In a subquery with sources of its own a column without a table is the
    /// subquery's.
    private boolean mentions(Expression expression, boolean inSubquery) {
        target.steps().one();
        return switch (expression) {
            case Column column -> isOwn(column, inSubquery);
            case Subquery(var query) -> mentions(query);
            default -> expression.parts().stream().anyMatch(each -> mentions(each, inSubquery));
        };
    }

    private boolean mentions(Query query) {
        return query.with().stream().anyMatch(table -> mentions(table.query()))
                || query.order().stream().anyMatch(each -> mentions(each, true))
                || mentions(query.body());
    }

    private boolean mentions(Query.Body body) {
        return switch (body) {
            case Query.Within(var query) -> mentions(query);
            case Query.Both(var left, var right) -> mentions(left) || mentions(right);
            case Query.Table _ -> false;
            case Query.Values(var lists) ->
                lists.stream().flatMap(List::stream).anyMatch(each -> mentions(each, false));
            case Query.Select select -> {
                boolean within = !select.from().isEmpty();
                yield select.items().stream().anyMatch(item -> mentions(item.value(), within))
                        || select.from().stream().anyMatch(this::mentions)
                        || select.where().filter(each -> mentions(each, within)).isPresent()
                        || select.groups().stream().anyMatch(each -> mentions(each, within))
                        || select.having()
                                .filter(each -> mentions(each, within))
                                .isPresent();
            }
        };
    }

    private boolean mentions(Query.From from) {
        return switch (from) {
            case Query.Named _ -> false;
            case Query.Derived derived -> mentions(derived.query());
            case Query.Made made -> mentions(made.document(), true);
            case Query.Several(var all) -> all.stream().anyMatch(this::mentions);
            case Query.Join join ->
                mentions(join.left())
                        || mentions(join.right())
                        || join.on().filter(each -> mentions(each, true)).isPresent();
        };
    }

    private boolean isOwn(Column column, boolean inSubquery) {
        if (column.table().isEmpty()) {
            return !inSubquery && target.own().test(column.name());
        }
        var table = column.table().get().toLowerCase(Locale.ROOT);
        return table.equals(target.alias())
                || joined.contains(table)
                || target.linked().contains(table);
    }
}
