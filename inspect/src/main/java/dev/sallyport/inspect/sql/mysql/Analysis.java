package dev.sallyport.inspect.sql.mysql;

import dev.sallyport.core.policy.Operation;
import dev.sallyport.inspect.sql.ColumnUse;
import dev.sallyport.inspect.sql.ColumnUse.Where;
import dev.sallyport.inspect.sql.ResultColumn;
import dev.sallyport.inspect.sql.SqlName;
import dev.sallyport.inspect.sql.mysql.Expression.Call;
import dev.sallyport.inspect.sql.mysql.Scope.Value;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// Finds out what queries and expressions use, and where their values come from.
final class Analysis {

    /// More rows than that are no limit: the most that a spreadsheet takes.
    private static final BigDecimal MOST_LIMITED = BigDecimal.valueOf(1 << 20);

    /// Operators whose value is a truth about their operands, and not made of them.
    private static final Set<String> TRUTHS = Set.of(
            "=",
            "<=>",
            "<>",
            "<",
            ">",
            "<=",
            ">=",
            "and",
            "or",
            "xor",
            "not",
            "in",
            "like",
            "regexp",
            "is null",
            "is true",
            "is false",
            "is json",
            "member of",
            "match",
            "exists");

    private final Facts facts;
    private final Steps steps;

    /// Whether a common table expression was named while it was being read.
    private boolean recursed;

    /// Where the tables of a change stand.
    private Optional<Scope> changing = Optional.empty();

    Analysis(Facts facts, Steps steps) {
        this.facts = facts;
        this.steps = steps;
    }

    Steps steps() {
        return steps;
    }

    Facts facts() {
        return facts;
    }

    Value all(List<Expression> expressions, Scope scope, Where where) {
        var value = Value.NONE;
        for (var expression : expressions) {
            value = value.with(walk(expression, scope, where));
        }
        return value;
    }

    void conditions(List<Expression> expressions, Scope scope) {
        all(expressions, scope, Where.CONDITION);
    }

    Value walk(Expression expression, Scope scope, Where where) {
        steps.one();
        return switch (expression) {
            case Expression.Constant _ -> Value.NONE;
            case Expression.Fixed(var _, var told) -> told ? Value.NONE : Value.UNKNOWN;
            case Expression.Column column -> {
                steps.some(scope.sources().size());
                var value = scope.column(column, where);
                facts.columns(value.origins());
                yield value;
            }
            case Expression.Star star -> {
                new Rows(scope.star(star), true).origins().forEach(use -> facts.columns(Set.of(use)));
                yield Value.UNKNOWN;
            }
            case Expression.Operation operation -> operation(operation, scope, where);
            case Call call -> call(call, scope, where);
            case Expression.Subquery(var query) -> {
                var rows = query(query, scope);
                yield new Value(rows.origins(), rows.columns().stream().allMatch(ResultColumn::known));
            }
        };
    }

    private Value operation(Expression.Operation operation, Scope scope, Where where) {
        var operands = operation.operands();
        if (TRUTHS.contains(operation.operator())
                || operation.operator().endsWith(" any")
                || operation.operator().endsWith(" all")) {
            all(operands, scope, where == Where.RESULT ? Where.CONDITION : where);
            return Value.NONE;
        }
        if (!operation.is("case")) {
            return all(operands, scope, where);
        }
        var value = Value.NONE;
        for (int i = 0; i < operands.size(); i++) {
            boolean condition = i % 2 == 0 && i < operands.size() - 1;
            var part = walk(operands.get(i), scope, condition && where == Where.RESULT ? Where.CONDITION : where);
            value = condition ? value : value.with(part);
        }
        return value;
    }

    private Value call(Call call, Scope scope, Where where) {
        facts.function(new SqlName(call.schema(), call.name()));
        conditions(call.beside(), scope);
        if (call.builtIn() && call.name().equals("count")) {
            all(
                    call.arguments().stream()
                            .filter(each -> !(each instanceof Expression.Star))
                            .toList(),
                    scope,
                    where);
            return Value.NONE;
        }
        if (BuiltIns.ofSequence(call.name()) && call.arguments().getFirst() instanceof Expression.Star sequence) {
            facts.read(new SqlName(sequence.schema(), sequence.table().orElse("")));
            all(call.arguments().subList(1, call.arguments().size()), scope, where);
            return Value.NONE;
        }
        var value = all(call.arguments(), scope, where);
        return new Value(value.origins(), value.known() && call.schema().isEmpty() && BuiltIns.has(call.name()));
    }

    /// A query, of which every part is noted.
    Rows query(Query query, Scope outer) {
        facts.act(Operation.SELECT);
        if (query.into() == Query.Into.FILE) {
            facts.act(Operation.COPY_FILE);
        }
        if (query.locks()) {
            facts.act(Operation.LOCK, "row");
        }
        var around = outer.inner();
        with(query.with(), around);
        var scope = around.inner();
        var rows = body(query.body(), scope, query.order());
        conditions(query.order(), scope);
        boolean limited = query.limit().filter(Analysis::limits).isPresent();
        return new Rows(
                rows.columns(), rows.bounded() || limited, query.limit().isEmpty() ? rows.whole() : Optional.empty());
    }

    /// Of what gives one row if it does not say how many.
    static boolean few(Optional<Expression> limit) {
        return limit.map(Analysis::limits).orElse(true);
    }

    /// A number that is not too high, or a parameter, whose value no text tells.
    private static boolean limits(Expression count) {
        return !(count instanceof Expression.Constant(var _, var text))
                || (text.length() <= 10 && new BigDecimal(text).compareTo(MOST_LIMITED) <= 0);
    }

    /// Common table expressions, which may name those before them, and with `recursive` any.
    void with(List<Query.CommonTable> tables, Scope scope) {
        var before = recursed;
        recursed = false;
        for (var table : tables) {
            if (table.recursive()) {
                scope.commonTable(table.name(), RECURSION);
            }
        }
        var all = new LinkedHashSet<ColumnUse>();
        var read = new ArrayList<Rows>();
        for (var table : tables) {
            var rows = query(table.query(), scope).named(table.columns());
            read.add(rows);
            all.addAll(rows.origins());
            scope.commonTable(table.name(), rows);
        }
        if (recursed) {
            // what a recursion makes of its columns is not followed: any can be in any
            for (int i = 0; i < tables.size(); i++) {
                scope.commonTable(
                        tables.get(i).name(), new Rows(read.get(i).mixed(all).columns(), false));
            }
        }
        recursed |= before;
    }

    private static final Rows RECURSION =
            new Rows(List.of(new ResultColumn(ResultColumn.STAR, false, Set.of())), false);

    private Rows body(Query.Body body, Scope scope, List<Expression> order) {
        return switch (body) {
            case Query.Select select -> select(select, scope, order);
            case Query.Values(var lists) -> values(lists, scope);
            case Query.Table(var table) -> {
                from(table, scope);
                yield starred(scope);
            }
            case Query.Within(var query) -> query(query, scope.around());
            case Query.Both(var left, var right) -> {
                var first = body(left, scope.around().inner(), List.of());
                yield first.with(body(right, scope.around().inner(), List.of()));
            }
        };
    }

    private Rows starred(Scope scope) {
        var star = new Expression.Star(Optional.empty(), Optional.empty());
        var columns = scope.star(star);
        new Rows(columns, true).origins().forEach(use -> facts.columns(Set.of(use)));
        var only = scope.sources().getFirst();
        return new Rows(columns, only.bounded(), only.whole());
    }

    private Rows values(List<List<Expression>> lists, Scope scope) {
        var rows = Optional.<Rows>empty();
        for (var list : lists) {
            var columns = new ArrayList<ResultColumn>();
            for (var each : list) {
                var value = walk(each, scope, Where.RESULT);
                columns.add(new ResultColumn("column_" + columns.size(), value.known(), value.origins()));
            }
            var row = new Rows(columns, true);
            rows = Optional.of(rows.map(before -> before.with(row)).orElse(row));
        }
        return rows.orElse(Rows.NONE);
    }

    private Rows select(Query.Select select, Scope scope, List<Expression> order) {
        select.from().forEach(each -> from(each, scope));
        select.where().ifPresent(where -> walk(where, scope, Where.CONDITION));
        conditions(select.groups(), scope);
        select.having().ifPresent(having -> walk(having, scope, Where.CONDITION));
        conditions(select.windows(), scope);
        var columns = items(select.items(), scope);
        if (select.into().isPresent() && select.into().get() == Query.Into.FILE) {
            facts.act(Operation.COPY_FILE);
        }
        boolean few = scope.sources().stream().allMatch(Source::bounded);
        if (!few && select.items().stream().anyMatch(item -> calls(item.value(), BuiltIns::gathers))) {
            facts.manyInOne();
        }
        boolean one = select.groups().isEmpty()
                && (select.items().stream().anyMatch(item -> calls(item.value(), Analysis::aggregates))
                        || select.having()
                                .filter(having -> calls(having, Analysis::aggregates))
                                .isPresent()
                        || order.stream().anyMatch(each -> calls(each, Analysis::aggregates)));
        return new Rows(columns, one || few, one ? Optional.empty() : whole(select, scope));
    }

    /// The table of which it gives all rows, if there is one.
    private Optional<SqlName> whole(Query.Select select, Scope scope) {
        if (scope.sources().size() != 1
                || !select.groups().isEmpty()
                || select.having().isPresent()) {
            return Optional.empty();
        }
        var only = scope.sources().getFirst();
        return only.whole()
                .filter(table -> select.where()
                        .map(where ->
                                !Conditions.chooses(where, Conditions.Target.of(only.alias(), table, scope, steps)))
                        .orElse(true));
    }

    private static boolean aggregates(Call call) {
        return call.form() == Call.Form.PLAIN && call.schema().isEmpty() && BuiltIns.aggregates(call.name());
    }

    private static boolean calls(Expression expression, Predicate<Call> wanted) {
        return (expression instanceof Call call && wanted.test(call))
                || expression.parts().stream().anyMatch(part -> calls(part, wanted));
    }

    /// The columns of a list of results: of `select`, of `returning`.
    List<ResultColumn> items(List<Query.Item> items, Scope scope) {
        var columns = new ArrayList<ResultColumn>();
        for (var item : items) {
            var value = walk(item.value(), scope, Where.RESULT);
            if (item.value() instanceof Expression.Star star) {
                steps.some(scope.sources().size());
                columns.addAll(scope.star(star));
            } else {
                columns.add(new ResultColumn(item.name(), value.known(), value.origins()));
            }
            steps.some(columns.size());
        }
        return columns;
    }

    /// The tables of a change, as sources of a scope; which of them are read is told later.
    void sources(List<Query.From> from, Scope scope) {
        changing = Optional.of(scope);
        from.forEach(each -> from(each, scope));
        changing = Optional.empty();
    }

    /// Tables that are read, as sources of a scope.
    void from(Query.From from, Scope scope) {
        steps.one();
        switch (from) {
            case Query.Named named -> named(named, scope);
            case Query.Derived(var query, var alias, var columns, var lateral) -> {
                var rows = query(query, lateral ? scope : scope.around()).named(columns);
                scope.add(new Source.Derived(alias.orElse(""), rows.columns(), rows.bounded(), rows.whole()));
            }
            case Query.Made(var document, var names, var alias) -> {
                facts.function(SqlName.of("json_table"));
                var value = walk(document, scope, Where.RESULT);
                var columns = names.stream()
                        .map(name -> new ResultColumn(name, false, value.origins()))
                        .toList();
                scope.add(new Source.Derived(alias.orElse(""), columns, true, Optional.empty()));
            }
            case Query.Several(var all) -> all.forEach(each -> from(each, scope));
            case Query.Join join -> {
                from(join.left(), scope);
                from(join.right(), scope);
                join.on().ifPresent(on -> walk(on, scope, Where.CONDITION));
                for (var column : join.columns()) {
                    walk(
                            new Expression.Column(Optional.empty(), Optional.empty(), column.toLowerCase(Locale.ROOT)),
                            scope,
                            Where.CONDITION);
                }
                if (join.using() != Query.Join.Using.NO) {
                    scope.merge();
                }
            }
        }
    }

    private void named(Query.Named named, Scope scope) {
        var alias = named.alias().orElse(named.written());
        conditions(named.times(), scope);
        var common = named.qualified() ? Optional.<Rows>empty() : scope.commonTable(named.written());
        if (common.isEmpty()) {
            if (changing.filter(changed -> changed == scope).isEmpty()) {
                facts.read(named.table());
            }
            scope.add(new Source.Table(alias, named.table()));
            return;
        }
        var rows = common.get();
        recursed |= rows.equals(RECURSION);
        scope.add(new Source.Derived(alias, rows.columns(), rows.bounded(), rows.whole()));
    }
}
