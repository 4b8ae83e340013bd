package dev.sallyport.inspect.sql.mysql;

import dev.sallyport.inspect.sql.ColumnUse;
import dev.sallyport.inspect.sql.ResultColumn;
import dev.sallyport.inspect.sql.SqlName;
import dev.sallyport.inspect.sql.mysql.Expression.Column;
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

    /// What can be in a value.
    ///
    /// @param origins columns of tables
    /// @param known whether these are all there are
    record Value(Set<ColumnUse> origins, boolean known) {
        static final Value NONE = new Value(Set.of(), true);
        static final Value UNKNOWN = new Value(Set.of(), false);

        Value with(Value other) {
            if (other.origins.isEmpty() && other.known) {
                return this;
            }
            var both = new LinkedHashSet<>(origins);
            both.addAll(other.origins);
            return new Value(both, known && other.known);
        }
    }

    private final Optional<Scope> outer;
    private final Map<String, Rows> commonTables = new HashMap<>();
    private final List<Source> sources = new ArrayList<>();
    private boolean merged;

    private Scope(Optional<Scope> outer) {
        this.outer = outer;
    }

    static Scope outermost() {
        return new Scope(Optional.empty());
    }

    /// That of a query within this one.
    Scope inner() {
        return new Scope(Optional.of(this));
    }

    /// That around it, with its common table expressions and without its sources.
    Scope around() {
        return outer.orElseThrow(() -> new IllegalStateException("nothing is around the outermost"));
    }

    void add(Source source) {
        sources.add(source);
    }

    /// Columns of the same name were made one, by `using` or `natural`.
    void merge() {
        merged = true;
    }

    void commonTable(String name, Rows rows) {
        commonTables.put(name, rows);
    }

    List<Source> sources() {
        return sources;
    }

    /// @throws NotUnderstood if it is the server's setting (`lower_case_table_names`) whether it is one or a table
    Optional<Rows> commonTable(String name) {
        var found = Optional.ofNullable(commonTables.get(name));
        if (found.isEmpty() && commonTables.keySet().stream().anyMatch(name::equalsIgnoreCase)) {
            throw new NotUnderstood("a common table expression is named in another case of letters than its own");
        }
        return found.or(() -> outer.flatMap(scope -> scope.commonTable(name)));
    }

    /// What a reference means.
    Value column(Column column, ColumnUse.Where where) {
        if (column.schema().isPresent()) {
            var table = SqlName.of(column.schema().get(), column.table().orElse(""));
            return new Value(Set.of(new ColumnUse(Optional.of(table), column.name(), where)), true);
        }
        return column.table()
                .map(table -> source(table)
                        .map(source -> of(source, column.name(), where))
                        .orElseGet(() -> anyTable(column.name(), where)))
                .orElseGet(() -> unqualified(column.name(), where));
    }

    private static Value anyTable(String column, ColumnUse.Where where) {
        return new Value(Set.of(new ColumnUse(Optional.empty(), column, where)), false);
    }

    /// A name without a table is the nearest query's that can have it; a source whose columns are known has it or
    /// has it not, a table may.
    private Value unqualified(String column, ColumnUse.Where where) {
        var value = Value.NONE;
        int candidates = 0;
        for (Optional<Scope> at = Optional.of(this); at.isPresent(); at = at.get().outer) {
            boolean sure = false;
            for (var source : at.get().sources) {
                if (!(source instanceof Source.Derived derived) || has(derived, column)) {
                    value = value.with(of(source, column, where));
                    candidates++;
                }
                sure |= source instanceof Source.Derived derived
                        && derived.columns().stream()
                                .anyMatch(each -> each.name().equalsIgnoreCase(column));
            }
            if (sure) {
                break;
            }
        }
        if (candidates == 0) {
            return anyTable(column, where);
        }
        return new Value(value.origins(), value.known() && candidates == 1);
    }

    static boolean has(Source.Derived derived, String column) {
        return derived.columns().stream()
                .anyMatch(each ->
                        each.name().equalsIgnoreCase(column) || each.name().equals(ResultColumn.STAR));
    }

    /// The source of this name. Some servers tell names in another case of letters apart, so that the same goes first.
    Optional<Source> source(String alias) {
        return sources.stream()
                .filter(source -> source.alias().equals(alias))
                .findFirst()
                .or(() -> sources.stream()
                        .filter(source -> source.alias().equalsIgnoreCase(alias))
                        .findFirst())
                .or(() -> outer.flatMap(scope -> scope.source(alias)));
    }

    /// What a column of a source is.
    static Value of(Source source, String column, ColumnUse.Where where) {
        return switch (source) {
            case Source.Table(var _, var table) ->
                new Value(Set.of(new ColumnUse(Optional.of(table), column, where)), !column.equals("*"));
            case Source.Derived(var _, var columns, var _, var _) -> {
                var uses = new LinkedHashSet<ColumnUse>();
                boolean known = !column.equals("*");
                for (var each : columns) {
                    boolean star = each.name().equals(ResultColumn.STAR);
                    if (column.equals("*") || star || each.name().equalsIgnoreCase(column)) {
                        each.origins().forEach(use -> uses.add(named(use, star ? column : "*", where)));
                        known &= each.known() && (!star || columns.size() == 1);
                    }
                }
                yield new Value(uses, known);
            }
        };
    }

    /// Of all columns of a table, the one of this name.
    private static ColumnUse named(ColumnUse use, String column, ColumnUse.Where where) {
        return new ColumnUse(use.table(), use.column().equals("*") ? column : use.column(), where);
    }

    /// The columns that `*` or `t.*` stands for.
    List<ResultColumn> star(Expression.Star star) {
        if (star.table().isPresent()) {
            return source(star.table().get()).map(Scope::star).orElseGet(() -> List.of(unknown(Set.of())));
        }
        var columns = new ArrayList<ResultColumn>();
        sources.forEach(source -> columns.addAll(star(source)));
        if (!merged) {
            return columns;
        }
        // columns of the same name come first, and once
        var origins = new Rows(columns, true).origins();
        boolean byOwnNames =
                columns.stream().allMatch(column -> column.name().equals(ResultColumn.STAR) && column.known());
        return List.of(byOwnNames ? new ResultColumn(ResultColumn.STAR, true, origins) : unknown(origins));
    }

    private static ResultColumn unknown(Set<ColumnUse> origins) {
        return new ResultColumn(ResultColumn.STAR, false, origins);
    }

    private static List<ResultColumn> star(Source source) {
        return switch (source) {
            case Source.Table(var _, var table) ->
                List.of(new ResultColumn(
                        ResultColumn.STAR,
                        true,
                        Set.of(new ColumnUse(Optional.of(table), "*", ColumnUse.Where.RESULT))));
            case Source.Derived(var _, var columns, var _, var _) -> columns;
        };
    }
}
