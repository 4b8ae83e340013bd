package dev.sallyport.inspect.sql.mysql;

import dev.sallyport.core.policy.Operation;
import dev.sallyport.inspect.sql.Act;
import dev.sallyport.inspect.sql.ColumnUse;
import dev.sallyport.inspect.sql.SqlName;
import dev.sallyport.inspect.sql.SqlStatement;
import dev.sallyport.inspect.sql.TableUse;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;

/// What is found out of one statement while it is read.
final class Facts {

    private final Set<Act> acts = new LinkedHashSet<>();
    private final Set<TableUse> tables = new LinkedHashSet<>();
    private final Set<ColumnUse> columns = new LinkedHashSet<>();
    private final Set<SqlName> functions = new LinkedHashSet<>();
    private final Set<String> opaque = new LinkedHashSet<>();
    private boolean everyRow;
    private boolean manyInOne;
    private boolean unlimited;
    private boolean unsettles;
    private Rows rows = Rows.NONE;

    void act(Operation operation) {
        acts.add(Act.of(operation));
    }

    void act(Operation operation, String object) {
        acts.add(new Act(operation, object));
    }

    void read(SqlName table) {
        tables.add(new TableUse(table, TableUse.Use.READ));
    }

    void written(SqlName table) {
        tables.add(new TableUse(table, TableUse.Use.WRITTEN));
    }

    void columns(Set<ColumnUse> uses) {
        columns.addAll(uses);
    }

    void function(SqlName function) {
        functions.add(new SqlName(function.schema(), function.name().toLowerCase(Locale.ROOT)));
    }

    void opaque(String why) {
        opaque.add(why);
    }

    void everyRow() {
        everyRow = true;
    }

    /// A value of it is made of the rows of a table, however many: `group_concat`.
    void manyInOne() {
        manyInOne = true;
    }

    /// What follows it in the text may mean something else because of it.
    void unsettles() {
        unsettles = true;
    }

    boolean isUnsettling() {
        return unsettles;
    }

    void gives(Rows given) {
        rows = given;
    }

    /// What another statement, which this one runs, does.
    void runs(SqlStatement inner) {
        acts.addAll(inner.acts());
        tables.addAll(inner.tables());
        columns.addAll(inner.columns());
        functions.addAll(inner.functions());
        opaque.addAll(inner.opaque());
        everyRow |= inner.everyRow();
        unlimited |= inner.unlimited();
    }

    /// What another statement, which this one holds but does not run, uses; not what it does.
    void uses(SqlStatement held) {
        held.tables().forEach(each -> read(each.table()));
        columns.addAll(held.columns());
        functions.addAll(held.functions());
    }

    /// The statement, read to its end.
    SqlStatement statement(int start, int end) {
        boolean many = !rows.bounded() || (manyInOne && !rows.columns().isEmpty());
        return new SqlStatement(
                start,
                end,
                new ArrayList<>(acts),
                tables,
                columns,
                functions,
                everyRow,
                unlimited || (many && !tables.isEmpty()),
                opaque,
                rows.columns());
    }
}
