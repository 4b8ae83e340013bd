package dev.sallyport.inspect.sql;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// What a text does, on one line, for tests: `delete! w:orders | select! r:a,b f:lower`. `!` after all acts: every row;
/// `*`: without a limit.
public final class Telling {

    private Telling() {}

    public static String of(Reading reading) {
        return switch (reading) {
            case Reading.Unread _ -> "unread";
            case Reading.Read(var statements) ->
                statements.isEmpty()
                        ? "nothing"
                        : statements.stream().map(Telling::of).collect(Collectors.joining(" | "));
        };
    }

    private static String of(SqlStatement statement) {
        var out = new StringBuilder();
        out.append(statement.acts().stream().map(Telling::of).collect(Collectors.joining("+")));
        out.append(statement.everyRow() ? "!" : "").append(statement.unlimited() ? "*" : "");
        append(out, " w:", tables(statement, TableUse.Use.WRITTEN));
        append(out, " r:", tables(statement, TableUse.Use.READ));
        append(
                out,
                " f:",
                sorted(statement.functions().stream().map(SqlName::toString).toList()));
        out.append(statement.opaque().isEmpty() ? "" : " opaque");
        return out.toString();
    }

    private static String of(Act act) {
        return act.operation().word() + (act.object().isEmpty() ? "" : "(" + act.object() + ")");
    }

    private static List<String> tables(SqlStatement statement, TableUse.Use use) {
        return sorted(statement.tables().stream()
                .filter(table -> table.use() == use)
                .map(table -> table.table().toString())
                .toList());
    }

    private static List<String> sorted(Collection<String> names) {
        return names.stream().sorted().toList();
    }

    private static void append(StringBuilder out, String what, List<String> names) {
        if (!names.isEmpty()) {
            out.append(what).append(String.join(",", names));
        }
    }

    /// The results with their origins: `name<customers.name, ?<customers.email+phone`.
    public static String results(SqlStatement statement) {
        return results(statement.results());
    }

    public static String results(List<ResultColumn> columns) {
        return columns.stream()
                .map(column -> (column.name().isEmpty() ? "?" : column.name())
                        + (column.origins().isEmpty() ? "" : "<")
                        + sorted(column.origins().stream()
                                        .map(use -> use.table()
                                                        .map(table -> table + ".")
                                                        .orElse("?.")
                                                + use.column())
                                        .toList())
                                .stream()
                                .collect(Collectors.joining("+"))
                        + (column.known() ? "" : "~"))
                .collect(Collectors.joining(", "))
                .toLowerCase(Locale.ROOT);
    }
}
