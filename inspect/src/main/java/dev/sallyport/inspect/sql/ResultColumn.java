package dev.sallyport.inspect.sql;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Where a column of a result comes from.
///
/// @param name its name in the result, empty when the server makes one up, [#STAR] for any number of columns that the
///     text does not name
/// @param known whether `origins` are all there are; if not, its values are looked at, too. Of a [#STAR]: whether the
///     columns go by the names that they have in their tables
/// @param origins the columns of tables whose values can be in it, followed through aliases, casts, expressions, common
///     table expressions and subqueries; a [ColumnUse] without a table could be of any table
public record ResultColumn(String name, boolean known, Set<ColumnUse> origins) {

    /// As in `select *`.
    public static final String STAR = "*";

    public ResultColumn {
        origins = Set.copyOf(origins);
    }

    /// The columns of a text beside those that the server describes: a `*` becomes as many as are missing, each the
    /// column
    /// of its name of the tables that the `*` is of. Several are told apart only where they follow one another.
    ///
    /// @param names the server's
    /// @return one for each of `names`; empty when they do not fit
    public static Optional<List<ResultColumn>> beside(List<ResultColumn> columns, List<String> names) {
        int first = -1;
        int last = -1;
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).name().equals(STAR)) {
                first = first < 0 ? i : first;
                last = i;
            }
        }
        if (first < 0) {
            return columns.size() == names.size() ? Optional.of(columns) : Optional.empty();
        }
        int after = columns.size() - 1 - last;
        if (first + after > names.size()) {
            return Optional.empty();
        }
        var origins = new LinkedHashSet<ColumnUse>();
        columns.subList(first, last + 1).forEach(column -> origins.addAll(column.origins()));
        boolean byOwnNames = columns.subList(first, last + 1).stream().allMatch(ResultColumn::known);
        var beside = new ArrayList<>(columns.subList(0, first));
        for (var name : names.subList(first, names.size() - after)) {
            beside.add(new ResultColumn(name, false, byOwnNames ? named(origins, name) : origins));
        }
        beside.addAll(columns.subList(last + 1, columns.size()));
        return Optional.of(beside);
    }

    private static Set<ColumnUse> named(Set<ColumnUse> origins, String name) {
        var named = new LinkedHashSet<ColumnUse>();
        origins.forEach(
                use -> named.add(use.column().equals(STAR) ? new ColumnUse(use.table(), name, use.where()) : use));
        return named;
    }
}
