package dev.sallyport.inspect.sql;

import java.util.Set;

/// Where a column of a result comes from.
///
/// @param name its name in the result, empty when the server makes one up
/// @param known whether `origins` are all there are; if not, its values are looked at, too
/// @param origins the columns of tables whose values can be in it, followed through aliases, casts, expressions, common
///     table expressions and subqueries; a [ColumnUse] without a table could be of any table
public record ResultColumn(String name, boolean known, Set<ColumnUse> origins) {

    public ResultColumn {
        origins = Set.copyOf(origins);
    }
}
