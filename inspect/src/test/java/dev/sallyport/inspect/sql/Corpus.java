package dev.sallyport.inspect.sql;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// Statements with what should become of them, from a file beside the tests.
public final class Corpus {

    private Corpus() {}

    /// @param presets in order
    /// @param expected as `block safe-writes/every-row`
    public record Entry(int line, List<String> presets, String expected, String text) {}

    /// @param beside the test that the file is of
    public static List<Entry> read(Class<?> beside, String file) {
        var entries = new ArrayList<Entry>();
        var presets = List.<String>of();
        int number = 0;
        for (var line : text(beside, file).split("\n", -1)) {
            number++;
            if (line.startsWith("@")) {
                presets = List.of(line.substring(1).strip().split(" "));
            } else if (!line.isBlank() && !line.startsWith("#")) {
                int bar = line.indexOf(" | ");
                if (bar < 0) {
                    throw new IllegalStateException(file + ", line " + number + ": there is no bar");
                }
                entries.add(new Entry(
                        number,
                        presets,
                        line.substring(0, bar).strip(),
                        line.substring(bar + 3).replace("\\n", "\n")));
            }
        }
        return List.copyOf(entries);
    }

    private static String text(Class<?> beside, String file) {
        try (var in = Objects.requireNonNull(beside.getResourceAsStream(file), file)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
