package dev.sallyport.inspect.sql.postgres;

import dev.sallyport.inspect.sql.ColumnUse;
import dev.sallyport.inspect.sql.ResultColumn;
import dev.sallyport.inspect.sql.SqlName;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// The rows that a query gives.
///
/// @param columns in order; one of the name `*` stands for any number of them
/// @param bounded whether their number is limited by the query's form
/// @param whole the table of which they are all rows there are
record Rows(List<ResultColumn> columns, boolean bounded, Optional<SqlName> whole) {

    Rows(List<ResultColumn> columns, boolean bounded) {
        this(columns, bounded, Optional.empty());
    }

    static final Rows NONE = new Rows(List.of(), true);

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

    /// The same under these names, as far as they go; without the rest of the old ones where a `*` hides which is
    /// which.
    Rows named(List<String> names) {
        if (names.isEmpty()) {
            return this;
        }
        if (!exact()) {
            var any = new ResultColumn(ResultColumn.STAR, false, origins());
            return new Rows(List.of(any), bounded, whole);
        }
        var renamed = Stream.iterate(0, i -> i < columns.size(), i -> i + 1)
                .map(i -> i < names.size()
                        ? new ResultColumn(
                                names.get(i),
                                columns.get(i).known(),
                                columns.get(i).origins())
                        : columns.get(i))
                .toList();
        return new Rows(renamed, bounded, whole);
    }

    /// Those of a set operation: what can be in either.
    Rows with(Rows other, boolean limited) {
        if (!exact() || !other.exact() || columns.size() != other.columns.size()) {
            var origins = origins();
            origins.addAll(other.origins());
            return new Rows(List.of(new ResultColumn(ResultColumn.STAR, false, origins)), limited);
        }
        var both = Stream.iterate(0, i -> i < columns.size(), i -> i + 1)
                .map(i -> {
                    var left = columns.get(i);
                    var right = other.columns.get(i);
                    var origins = new LinkedHashSet<>(left.origins());
                    origins.addAll(right.origins());
                    return new ResultColumn(left.name(), left.known() && right.known(), origins);
                })
                .toList();
        return new Rows(both, limited);
    }
}
