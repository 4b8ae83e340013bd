package dev.sallyport.inspect.sql.mysql;

import dev.sallyport.inspect.sql.SqlName;
import dev.sallyport.inspect.sql.mysql.Conditions.Target;
import dev.sallyport.inspect.sql.mysql.Expression.Column;
import dev.sallyport.inspect.sql.mysql.Query.From;
import dev.sallyport.inspect.sql.mysql.Query.Join;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// Whether the rows of one of several joined tables are chosen, by `where` and by what joins them.
///
/// The condition of an outer join chooses rows of its optional side only; but what it names of that side says something
/// of a row of the other: `… left join c on c.id = o.customer_id where c.id is null`.
final class Joined {
    private final Source.Table table;
    private final Scope scope;
    private final Steps steps;
    private final List<Expression> conditions = new ArrayList<>();
    private final Set<String> linked = new HashSet<>();
    private final Set<String> copies = new HashSet<>();
    private final String alias;

    private Joined(Source.Table table, Scope scope, Steps steps) {
        this.table = table;
        this.scope = scope;
        this.steps = steps;
        this.alias = table.alias().toLowerCase(Locale.ROOT);
    }

    static boolean chooses(Optional<Expression> where, List<From> from, Source.Table table, Scope scope, Steps steps) {
        var joined = new Joined(table, scope, steps);
        for (var source : scope.sources()) {
            if (source != table && source.whole().filter(joined::isTable).isPresent()) {
                joined.copies.add(source.alias().toLowerCase(Locale.ROOT));
            }
        }
        where.ifPresent(joined.conditions::add);
        from.forEach(joined::add);
        return !joined.conditions.isEmpty()
                && Conditions.chooses(
                        joined.conditions.size() == 1
                                ? joined.conditions.getFirst()
                                : new Expression.Operation("and", joined.conditions),
                        joined.target());
    }

    private boolean isTable(SqlName other) {
        return Target.of(alias, table.table(), scope, steps).isTable(other);
    }

    private Target target() {
        return new Target(alias, table.table(), this::own, copies, linked, scope, steps);
    }

    private boolean own(String column) {
        return scope.sources().stream()
                .noneMatch(source ->
                        source != table && (!(source instanceof Source.Derived derived) || Scope.has(derived, column)));
    }

    private void add(From from) {
        switch (from) {
            case Query.Named _, Query.Derived _, Query.Made _ -> {
                // no condition
            }
            case Query.Several(var all) -> all.forEach(this::add);
            case Join join -> {
                boolean optionalRight = join.kind() == Join.Kind.LEFT;
                boolean optionalLeft = join.kind() == Join.Kind.RIGHT;
                boolean left = has(join.left());
                if ((left && optionalRight) || (!left && has(join.right()) && optionalLeft)) {
                    link(join, left ? join.right() : join.left());
                    add(left ? join.left() : join.right());
                } else {
                    condition(join).ifPresent(conditions::add);
                    add(join.left());
                    add(join.right());
                }
            }
        }
    }

    private boolean has(From from) {
        return Sources.of(from).stream().anyMatch(each -> Sources.alias(each).equals(alias));
    }

    private void link(Join join, From other) {
        if (condition(join).filter(on -> Conditions.chooses(on, target())).isPresent()) {
            Sources.of(other).forEach(each -> linked.add(Sources.alias(each)));
        }
    }

    private Optional<Expression> condition(Join join) {
        boolean left = has(join.left());
        var others = Sources.of(left ? join.right() : join.left());
        if ((!left && !has(join.right())) || others.isEmpty()) {
            return join.on();
        }
        return switch (join.using()) {
            case NO -> join.on();
            case COLUMNS -> {
                var equal = join.columns().stream()
                        .map(column -> Expression.of(
                                "=", column(alias, column), column(Sources.alias(others.getFirst()), column)))
                        .toList();
                yield Optional.of(new Expression.Operation("and", equal));
            }
            // by columns that no text names; with itself by all
            case NATURAL ->
                others.stream().map(Sources::alias).anyMatch(copies::contains)
                        ? Optional.empty()
                        : Optional.of(Expression.of("natural", column(alias, "*")));
        };
    }

    private static Column column(String table, String name) {
        return new Column(Optional.empty(), Optional.of(table), name.toLowerCase(Locale.ROOT));
    }
}
