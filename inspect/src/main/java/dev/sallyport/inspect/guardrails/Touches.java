package dev.sallyport.inspect.guardrails;

import dev.sallyport.inspect.sql.Act;
import dev.sallyport.inspect.sql.SqlStatement;
import dev.sallyport.inspect.sql.TableUse;
import java.util.stream.Collectors;

/// What a statement would do, in words for whoever has to decide.
final class Touches {

    private Touches() {}

    static String of(SqlStatement statement) {
        var acts = statement.acts().stream().map(Touches::words).distinct().collect(Collectors.joining(", "));
        var written = tables(statement, TableUse.Use.WRITTEN);
        var read = tables(statement, TableUse.Use.READ);
        return acts
                + (written.isEmpty() ? "" : "; changes " + written)
                + (read.isEmpty() ? "" : "; reads " + read)
                + (statement.everyRow() ? "; every row" : "");
    }

    private static String words(Act act) {
        return act.operation().word() + (act.object().isEmpty() ? "" : " " + act.object());
    }

    private static String tables(SqlStatement statement, TableUse.Use use) {
        return statement.tables().stream()
                .filter(table -> table.use() == use)
                .map(table -> table.table().toString())
                .sorted()
                .collect(Collectors.joining(", "));
    }
}
