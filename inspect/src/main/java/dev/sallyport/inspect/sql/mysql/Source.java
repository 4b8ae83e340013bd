package dev.sallyport.inspect.sql.mysql;

import dev.sallyport.inspect.sql.ResultColumn;
import dev.sallyport.inspect.sql.SqlName;
import java.util.List;
import java.util.Optional;

/// Something that a query takes rows from.
sealed interface Source {

    /// The name by which columns are qualified; empty where there is none.
    String alias();

    /// Whether the rows it gives are few by its form: limited, written down, made of one row.
    boolean bounded();

    /// The table of which it gives all rows, if there is one.
    Optional<SqlName> whole();

    /// A table or view of the database: any column can be its.
    record Table(String alias, SqlName table) implements Source {
        @Override
        public boolean bounded() {
            return false;
        }

        @Override
        public Optional<SqlName> whole() {
            return Optional.of(table);
        }
    }

    /// A subquery or common table expression. One with a column of the name `*` can have any.
    record Derived(String alias, List<ResultColumn> columns, boolean bounded, Optional<SqlName> whole)
            implements Source {}
}
