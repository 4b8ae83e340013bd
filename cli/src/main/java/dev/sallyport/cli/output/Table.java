package dev.sallyport.cli.output;

import dev.sallyport.core.text.Escaped;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/// Rows under headings, columns aligned. Cells may hold text of others.
public final class Table {

    private static final String GAP = "  ";

    private final List<String> headings;
    private final List<List<String>> rows = new ArrayList<>();

    public Table(String... headings) {
        this.headings = List.of(headings);
    }

    public void row(String... cells) {
        if (cells.length != headings.size()) {
            throw new IllegalArgumentException("a row has a cell for each heading");
        }
        rows.add(List.of(cells).stream().map(Escaped::of).toList());
    }

    public void print(PrintStream out, boolean colours) {
        var widths = new int[headings.size()];
        for (int column = 0; column < widths.length; column++) {
            widths[column] = width(headings.get(column));
            for (var row : rows) {
                widths[column] = Math.max(widths[column], width(row.get(column)));
            }
        }
        out.println(colours ? "\u001b[1m" + line(headings, widths) + "\u001b[0m" : line(headings, widths));
        for (var row : rows) {
            out.println(line(row, widths));
        }
    }

    private static String line(List<String> cells, int[] widths) {
        var line = new StringBuilder();
        for (int column = 0; column < widths.length; column++) {
            var cell = cells.get(column);
            line.append(cell);
            if (column < widths.length - 1) {
                line.repeat(' ', widths[column] - width(cell)).append(GAP);
            }
        }
        return line.toString().stripTrailing();
    }

    private static int width(String text) {
        return text.codePointCount(0, text.length());
    }
}
