package dev.sallyport.inspect.sql.mysql;

import dev.sallyport.inspect.sql.ColumnUse;
import dev.sallyport.inspect.sql.ResultColumn;
import dev.sallyport.inspect.sql.SqlName;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The rows that a query gives.
///
/// @param columns in order; one of the name `*` stands for any number of them
/// @param bounded whether their number is limited by the query's form
/// @param whole the table of which they are all rows there are
record Rows(List<ResultColumn> columns, boolean bounded, Optional<SqlName> whole) {

    static final Rows NONE = new Rows(List.of(), true);

    Rows(List<ResultColumn> columns, boolean bounded) {
        this(columns, bounded, Optional.empty());
    }

    /// Whether the columns are as many as they seem.
    boolean exact() {
        return columns.stream().noneMatch(column -> column.name().equals(ResultColumn.STAR));
    }

    /// Everything that can be in any of them.
    Set<ColumnUse> origins() {
        var origins = new LinkedHashSet<ColumnUse>();
        columns.forEach(column -> origins.addAll(column.origins()));
        return origins;
    }

    /// Each column made of any of these, and perhaps of others.
    Rows mixed(Set<ColumnUse> origins) {
        return new Rows(
                columns.stream()
                        .map(column -> new ResultColumn(column.name(), false, origins))
                        .toList(),
                bounded);
    }

    /// The same under these names, where it is known which is which.
    Rows named(List<String> names) {
        if (names.isEmpty()) {
            return this;
        }
        boolean apart = exact() && names.size() == columns.size();
        var renamed = new ArrayList<ResultColumn>();
        for (int i = 0; i < names.size(); i++) {
            renamed.add(
                    apart
                            ? new ResultColumn(
                                    names.get(i),
                                    columns.get(i).known(),
                                    columns.get(i).origins())
                            : new ResultColumn(names.get(i), false, origins()));
        }
        return new Rows(renamed, bounded, whole);
    }

    /// Those of a set operation: what can be in either.
    Rows with(Rows other) {
        boolean few = bounded && other.bounded;
        if (!exact() || !other.exact() || columns.size() != other.columns.size()) {
            var origins = origins();
            origins.addAll(other.origins());
            return new Rows(List.of(new ResultColumn(ResultColumn.STAR, false, origins)), few);
        }
        var both = new ArrayList<ResultColumn>();
        for (int i = 0; i < columns.size(); i++) {
            var left = columns.get(i);
            var right = other.columns.get(i);
            var origins = new LinkedHashSet<>(left.origins());
            origins.addAll(right.origins());
            both.add(new ResultColumn(left.name(), left.known() && right.known(), origins));
        }
        return new Rows(both, few);
    }
}
