package dev.sallyport.agent.database;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Writes results as text: for a terminal as a table, else tab-separated with the names first, as `COPY` writes values
/// (`\N` for null, `\t`, `\n`, `\r`, `\\`).
final class SqlPrinter {

    /// Rows that decide how wide the columns of a table are; those that follow are written as they come.
    private static final int MEASURED = 500;

    private static final int WIDEST = 200;

    private final boolean table;
    private final List<List<Optional<String>>> waiting = new ArrayList<>();
    private List<String> names = List.of();
    private int[] widths = {};
    private boolean headed;
    private long rows;
    private boolean open;

    SqlPrinter(boolean table) {
        this.table = table;
    }

    /// A result begins.
    String columns(List<String> columnNames) {
        names = List.copyOf(columnNames);
        waiting.clear();
        headed = false;
        rows = 0;
        open = true;
        return table ? "" : line(names.stream().map(Optional::of).toList());
    }

    String row(List<Optional<byte[]>> values) {
        rows++;
        var row = values.stream()
                .map(value -> value.map(bytes -> new String(bytes, StandardCharsets.UTF_8)))
                .toList();
        if (!table) {
            return line(row);
        }
        if (headed) {
            return cells(row);
        }
        waiting.add(row);
        return waiting.size() < MEASURED ? "" : head();
    }

    /// The result is over.
    String end() {
        if (!open) {
            return "";
        }
        open = false;
        return table ? head() + "(" + rows + (rows == 1 ? " row)" : " rows)") + "\r\n\r\n" : "";
    }

    private String head() {
        if (headed) {
            return "";
        }
        headed = true;
        widths = new int[names.size()];
        for (int i = 0; i < widths.length; i++) {
            int column = i;
            widths[i] = Math.min(
                    WIDEST,
                    Math.max(
                            length(shown(names.get(i))),
                            waiting.stream()
                                    .mapToInt(row -> row.size() > column
                                            ? length(row.get(column)
                                                    .map(SqlPrinter::shown)
                                                    .orElse(""))
                                            : 0)
                                    .max()
                                    .orElse(0)));
        }
        var out = new StringBuilder(cells(names.stream().map(Optional::of).toList()));
        for (int i = 0; i < widths.length; i++) {
            out.append(i == 0 ? "" : "+").append("-".repeat(widths[i] + 2));
        }
        out.append("\r\n");
        waiting.forEach(row -> out.append(cells(row)));
        waiting.clear();
        return out.toString();
    }

    private String cells(List<Optional<String>> row) {
        var out = new StringBuilder();
        for (int i = 0; i < row.size(); i++) {
            var text = row.get(i).map(SqlPrinter::shown).orElse("");
            boolean last = i == row.size() - 1;
            int width = i < widths.length ? widths[i] : 0;
            out.append(i == 0 ? " " : " | ").append(text);
            out.append(last ? "" : " ".repeat(Math.max(0, width - length(text))));
        }
        return out.append("\r\n").toString();
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }

    /// For a terminal: what would steer it is written out.
    private static String shown(String text) {
        var out = new StringBuilder(text.length());
        text.codePoints().forEach(code -> {
            if (Character.isISOControl(code) || Character.getType(code) == Character.FORMAT) {
                out.append(String.format("\\u%04x", code));
            } else {
                out.appendCodePoint(code);
            }
        });
        return out.toString();
    }

    private static String line(List<Optional<String>> values) {
        var out = new StringBuilder();
        for (int i = 0; i < values.size(); i++) {
            out.append(i == 0 ? "" : "\t");
            out.append(values.get(i).map(SqlPrinter::escaped).orElse("\\N"));
        }
        return out.append('\n').toString();
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\\\")
                .replace("\t", "\\t")
                .replace("\n", "\\n")
                .replace("\r", "\\r");
    }
}
