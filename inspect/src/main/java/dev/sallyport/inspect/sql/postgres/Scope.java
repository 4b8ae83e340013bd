package dev.sallyport.inspect.sql.postgres;

import dev.sallyport.inspect.sql.ColumnUse;
import dev.sallyport.inspect.sql.SqlName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What names mean at some place of a query: sources of rows and common table expressions, those of the queries around
/// it last.
final class Scope {

    /// What a reference to a column can mean.
    ///
    /// @param uses columns of tables that its value can be of
    /// @param known whether it is one column of one table for sure
    record Resolved(Set<ColumnUse> uses, boolean known) {}

    private final Optional<Scope> outer;
    private final Map<String, Rows> commonTables;
    private final List<Source> sources = new ArrayList<>();

    private Scope(Optional<Scope> outer, Map<String, Rows> commonTables) {
        this.outer = outer;
        this.commonTables = commonTables;
    }

    static Scope outermost() {
        return new Scope(Optional.empty(), new HashMap<>());
    }

    /// That of a query within this one.
    Scope inner() {
        return new Scope(Optional.of(this), new HashMap<>());
    }

    void add(Source source) {
        sources.add(source);
    }

    void commonTable(String name, Rows rows) {
        commonTables.put(name, rows);
    }

    List<Source> sources() {
        return List.copyOf(sources);
    }

    Optional<Rows> commonTable(String name) {
        return Optional.ofNullable(commonTables.get(name)).or(() -> outer.flatMap(scope -> scope.commonTable(name)));
    }

    /// What a reference means.
    ///
    /// @param names its parts, the column last
    Resolved column(List<String> names, ColumnUse.Where where) {
        var column = names.getLast();
        if (names.size() > 2) {
            var table = SqlName.of(names.get(names.size() - 3), names.get(names.size() - 2));
            return new Resolved(Set.of(new ColumnUse(Optional.of(table), column, where)), true);
        }
        if (names.size() == 2) {
            return source(names.getFirst())
                    .map(source -> of(source, column, where))
                    .orElseGet(() -> new Resolved(Set.of(new ColumnUse(Optional.empty(), column, where)), false));
        }
        return unqualified(column, where);
    }

    /// A name without a table is the nearest query's that can have it; a source whose columns are known has it or
    /// has it not, a table may.
    private Resolved unqualified(String column, ColumnUse.Where where) {
        var uses = new LinkedHashSet<ColumnUse>();
        int candidates = 0;
        boolean known = true;
        for (Optional<Scope> at = Optional.of(this); at.isPresent(); at = at.get().outer) {
            for (var source : at.get().sources) {
                if (source.alias().equals(column)) {
                    // a whole row, as a value
                    uses.addAll(of(source, "*", where).uses());
                    known = false;
                    candidates++;
                }
                if (!(source instanceof Source.Rows rows) || has(rows, column)) {
                    var resolved = of(source, column, where);
                    uses.addAll(resolved.uses());
                    known &= resolved.known();
                    candidates++;
                }
            }
            var sure = at.get().sources.stream()
                    .filter(source -> source instanceof Source.Rows rows && has(rows, column))
                    .findFirst();
            if (sure.isPresent()) {
                break;
            }
        }
        if (candidates == 0) {
            return new Resolved(Set.of(new ColumnUse(Optional.empty(), column, where)), false);
        }
        return new Resolved(uses, known && candidates == 1);
    }

    private static boolean has(Source.Rows rows, String column) {
        return rows.columns().stream().anyMatch(each -> each.name().equals(column));
    }

    /// The source of this name.
    Optional<Source> source(String alias) {
        return sources.stream()
                .filter(source -> source.alias().equals(alias))
                .findFirst()
                .or(() -> outer.flatMap(scope -> scope.source(alias)));
    }

    /// What a column of a source is; `*` for all of them.
    static Resolved of(Source source, String column, ColumnUse.Where where) {
        return switch (source) {
            case Source.Table(var _, var table, var renamed) ->
                new Resolved(
                        Set.of(new ColumnUse(Optional.of(table), renamed ? "*" : column, where)),
                        !renamed && !column.equals("*"));
            case Source.Rows(var _, var columns, var _, var _) -> {
                var uses = new LinkedHashSet<ColumnUse>();
                boolean known = true;
                for (var each : columns) {
                    if (column.equals("*") || each.name().equals(column)) {
                        each.origins().forEach(use -> uses.add(new ColumnUse(use.table(), use.column(), where)));
                        known &= each.known();
                    }
                }
                yield new Resolved(uses, known && !column.equals("*"));
            }
            case Source.Mixed(var _, var origins, var _, var _) -> {
                var uses = new LinkedHashSet<ColumnUse>();
                origins.forEach(use -> uses.add(new ColumnUse(use.table(), use.column(), where)));
                yield new Resolved(uses, false);
            }
        };
    }
}
