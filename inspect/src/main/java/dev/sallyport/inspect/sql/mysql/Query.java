package dev.sallyport.inspect.sql.mysql;

import dev.sallyport.inspect.sql.SqlName;
import java.util.List;
import java.util.Optional;

/// A query as it was written: `select`, `values`, `table`, their set operations, with what stands before and after.
///
/// @param with its common table expressions
/// @param order what orders its rows
/// @param limit how many rows it gives at most, if it says so in a way that holds
/// @param locks whether it locks the rows it reads
/// @param into where its rows go instead of to the client
record Query(
        List<CommonTable> with,
        Body body,
        List<Expression> order,
        Optional<Expression> limit,
        boolean locks,
        Into into) {

    /// Where rows go.
    enum Into {
        CLIENT,
        VARIABLES,
        /// a file of the server's
        FILE
    }

    /// @param recursive whether it, or any of its list, may name itself
    record CommonTable(String name, List<String> columns, Query query, boolean recursive) {}

    sealed interface Body {}

    /// @param windows what orders and groups in named windows
    record Select(
            List<Item> items,
            List<From> from,
            Optional<Expression> where,
            List<Expression> groups,
            Optional<Expression> having,
            List<Expression> windows,
            Optional<Into> into)
            implements Body {}

    /// @param alias as written
    /// @param name by which the server calls it without an alias, empty when it makes one up
    record Item(Expression value, Optional<String> alias, String name) {}

    record Values(List<List<Expression>> rows) implements Body {}

    record Table(Named table) implements Body {}

    /// A query in parentheses.
    record Within(Query query) implements Body {}

    /// `union`, `except`, `intersect`.
    record Both(Body left, Body right) implements Body {}

    /// What stands in a `from`.
    sealed interface From {}

    /// @param table with the default database, where that is known
    /// @param written the name as it stands there
    /// @param qualified whether a database stands before it
    record Named(SqlName table, String written, boolean qualified, Optional<String> alias, List<Expression> times)
            implements From {}

    record Derived(Query query, Optional<String> alias, List<String> columns, boolean lateral) implements From {}

    /// `json_table`.
    record Made(Expression document, List<String> columns, Optional<String> alias) implements From {}

    /// @param left not empty; several with commas
    /// @param on empty for `using`, `natural` and products
    /// @param using the columns that both have; with `natural` not told
    record Join(Kind kind, From left, From right, Optional<Expression> on, Using using, List<String> columns)
            implements From {
        enum Kind {
            INNER,
            LEFT,
            RIGHT
        }

        enum Using {
            NO,
            COLUMNS,
            NATURAL
        }
    }

    /// Tables in parentheses, with commas.
    record Several(List<From> all) implements From {}
}
