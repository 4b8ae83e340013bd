package dev.sallyport.inspect.sql.postgres;

import dev.sallyport.core.policy.Operation;
import dev.sallyport.inspect.sql.Act;
import dev.sallyport.inspect.sql.ColumnUse;
import dev.sallyport.inspect.sql.SqlName;
import dev.sallyport.inspect.sql.SqlStatement;
import dev.sallyport.inspect.sql.TableUse;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// What is found out of one statement while it is read.
final class Facts {

    private final List<Act> acts = new ArrayList<>();
    private final Set<TableUse> tables = new LinkedHashSet<>();
    private final Set<ColumnUse> columns = new LinkedHashSet<>();
    private final Set<SqlName> functions = new LinkedHashSet<>();
    private final Set<String> opaque = new LinkedHashSet<>();
    private boolean everyRow;
    private boolean manyInOne;
    private boolean unseenRows;

    void act(Operation operation) {
        acts.add(Act.of(operation));
    }

    void act(Operation operation, String object) {
        acts.add(new Act(operation, object));
    }

    void table(SqlName table, TableUse.Use use) {
        tables.add(new TableUse(table, use));
    }

    void columns(Set<ColumnUse> uses) {
        columns.addAll(uses);
    }

    void function(SqlName function) {
        functions.add(function);
    }

    void opaque(String why) {
        opaque.add(why);
    }

    void everyRow() {
        everyRow = true;
    }

    /// A value of it is made of the rows of a table, however many: `array(select …)`, `string_agg`.
    void manyInOne() {
        manyInOne = true;
    }

    /// Rows come from a function that can read any table.
    void unseenRows() {
        unseenRows = true;
    }

    /// What another statement, which this one holds but does not run, uses; not what it does.
    void uses(Facts held) {
        held.tables.forEach(each -> table(each.table(), TableUse.Use.READ));
        columns.addAll(held.columns);
        functions.addAll(held.functions);
    }

    /// The statement, read to its end.
    SqlStatement statement(int start, int end, Rows rows) {
        boolean ofTables = unseenRows || !tables.isEmpty();
        boolean unlimited =
                ofTables && (!rows.bounded() || (manyInOne && !rows.columns().isEmpty()));
        return new SqlStatement(
                start, end, acts, tables, columns, functions, everyRow, unlimited, opaque, rows.columns());
    }
}
