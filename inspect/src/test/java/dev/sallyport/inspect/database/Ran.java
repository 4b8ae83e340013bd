package dev.sallyport.inspect.database;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/// What a client printed, and how it ended.
public record Ran(int status, String out, String err) {

    private static final int LONGEST_SECONDS = 120;

    /// Runs a program to its end, with nothing on its stdin but this.
    public static Ran of(List<String> command, Map<String, String> environment, String input)
            throws IOException, InterruptedException {
        // files: what comes first of the two is the client's buffers' business
        var in = Files.createTempFile("sallyport-in", ".txt");
        var out = Files.createTempFile("sallyport-out", ".txt");
        var err = Files.createTempFile("sallyport-err", ".txt");
        try {
            Files.writeString(in, input);
            var builder = new ProcessBuilder(command)
                    .redirectInput(in.toFile())
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile());
            builder.environment().putAll(environment);
            var process = builder.start();
            if (!process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().onExit().join();
                throw new AssertionError(command.getFirst() + " did not end: " + text(err));
            }
            return new Ran(process.exitValue(), text(out), text(err));
        } finally {
            for (var file : List.of(in, out, err)) {
                Files.delete(file);
            }
        }
    }

    /// Bytes that are no text stay different from each other.
    private static String text(Path file) throws IOException {
        var bytes = Files.readAllBytes(file);
        var text = new String(bytes, UTF_8);
        return Arrays.equals(text.getBytes(UTF_8), bytes) ? text : new String(bytes, ISO_8859_1);
    }

    /// The same without what is never the same twice.
    public Ran without(UnaryOperator<String> change) {
        return new Ran(status, change.apply(out), change.apply(err));
    }

    /// The cells of both outputs in order, where `separator` stands between the cells of a line.
    private static List<String> cells(String text, String separator) {
        var cells = new ArrayList<String>();
        for (var line : text.split("\n", -1)) {
            cells.addAll(List.of(line.split(separator, -1)));
        }
        return cells;
    }

    /// The cells that are not the same in another run, as `this => that`, in order. A run with more cells, or with
    /// fewer, is an error.
    public List<String> differences(Ran other, String separator) {
        var different = new ArrayList<String>();
        compare(cells(out, separator), cells(other.out, separator), different);
        compare(cells(err, "\n"), cells(other.err, "\n"), different);
        return different;
    }

    private static void compare(List<String> these, List<String> those, List<String> different) {
        if (these.size() != those.size()) {
            throw new AssertionError("there are " + those.size() + " cells, not " + these.size());
        }
        for (int i = 0; i < these.size(); i++) {
            if (!these.get(i).equals(those.get(i))) {
                different.add(these.get(i) + " => " + those.get(i));
            }
        }
    }
}
