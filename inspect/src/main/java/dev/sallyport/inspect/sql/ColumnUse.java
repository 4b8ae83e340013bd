package dev.sallyport.inspect.sql;

import java.util.Optional;

/// A column that a statement uses.
///
/// @param table its table where the text alone says which; empty when it could be of any table of the statement
/// @param column its name, or `*` for all columns of the table
public record ColumnUse(Optional<SqlName> table, String column, Where where) {

    /// What the statement does with it.
    public enum Where {
        /// its value can reach the result, unchanged or within an expression
        RESULT,
        /// it decides which rows, in which order or groups: `where`, `on`, `order by`, `group by`, `having`
        CONDITION,
        /// it is written
        WRITTEN
    }
}
