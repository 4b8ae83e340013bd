package dev.sallyport.inspect.sql;

import java.util.List;
import java.util.Set;

/// What one statement does, with everything that it holds: common table expressions, subqueries, what `EXPLAIN`,
/// `PREPARE`, `DECLARE` and the like carry inside.
///
/// @param start where its text begins within the text that was read, in characters
/// @param end where it ends, exclusive
/// @param acts everything it does, its own act first, then those inside it
/// @param tables each table or view that it reads or writes, by the names that stand there; names of common table
///     expressions are not among them
/// @param columns each column that it reads or writes, resolved to a table where the text alone says which one
/// @param functions every function that it calls, lower case unless quoted, operators not among them
/// @param everyRow it (or what it holds) updates or deletes without a `where` that depends on a row: none at all,
///     or one that is constant and not false (`true`, `1=1`, `'a'='a'`, `not false`, `x = x or true`)
/// @param unlimited it returns rows of a table without an outer `limit`/`fetch first`; never for a statement
///     whose outer result is one row by its form (an aggregate without `group by`)
/// @param opaque it runs something that the text does not show: `DO`, `EXECUTE` of a name that is not known,
///     `CALL`, dynamic SQL; in words, one per reason
/// @param results its result's columns in order; empty when they cannot be told from the text
public record SqlStatement(
        int start,
        int end,
        List<Act> acts,
        Set<TableUse> tables,
        Set<ColumnUse> columns,
        Set<SqlName> functions,
        boolean everyRow,
        boolean unlimited,
        Set<String> opaque,
        List<ResultColumn> results) {

    public SqlStatement {
        if (acts.isEmpty() || start < 0 || end < start) {
            throw new IllegalArgumentException("a statement does something, somewhere");
        }
        acts = List.copyOf(acts);
        tables = Set.copyOf(tables);
        columns = Set.copyOf(columns);
        functions = Set.copyOf(functions);
        opaque = Set.copyOf(opaque);
        results = List.copyOf(results);
    }

    /// Its own act.
    public Act act() {
        return acts.getFirst();
    }
}
