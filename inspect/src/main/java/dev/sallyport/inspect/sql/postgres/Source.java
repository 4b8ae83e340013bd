package dev.sallyport.inspect.sql.postgres;

import dev.sallyport.inspect.sql.ColumnUse;
import dev.sallyport.inspect.sql.ResultColumn;
import dev.sallyport.inspect.sql.SqlName;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Something that a query takes rows from.
sealed interface Source {

    /// The name by which columns are qualified; empty where there is none.
    String alias();

    /// Whether the rows it gives are few by its form: limited, written down, made of one row.
    boolean bounded();

    /// The table of which it gives all rows, if there is one.
    Optional<SqlName> whole();

    /// A table or view of the database: any column can be its.
    ///
    /// @param renamed its columns have got other names (`as t(a, b)`), so that a name tells no column
    record Table(String alias, SqlName table, boolean renamed) implements Source {
        @Override
        public boolean bounded() {
            return false;
        }

        @Override
        public Optional<SqlName> whole() {
            return Optional.of(table);
        }
    }

    /// A subquery or common table expression whose columns are known by name.
    record Rows(String alias, List<ResultColumn> columns, boolean bounded, Optional<SqlName> whole) implements Source {}

    /// Anything else: any column can be its, and comes from any of `origins`.
    record Mixed(String alias, Set<ColumnUse> origins, boolean bounded, Optional<SqlName> whole) implements Source {
        Mixed(String alias, Set<ColumnUse> origins, boolean bounded) {
            this(alias, origins, bounded, Optional.empty());
        }
    }
}
