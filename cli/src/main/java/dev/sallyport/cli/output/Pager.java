package dev.sallyport.cli.output;

import dev.sallyport.cli.run.Run;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// Shows what is longer than the screen through the user's pager: `SALLY_PAGER`, else `PAGER`, else `less`. What goes
/// to a file or to another program never passes it.
public final class Pager {

    /// Lines that are on any screen: for so few nobody is asked how large it is.
    private static final int FEW = 15;

    // Without less there is nothing to say about it.
    private static final String LESS = "command -v less >/dev/null 2>&1 || exit 127; exec less";

    /// Quits when all is on one screen, lets colours through, and leaves it there.
    private static final Map<String, String> LESS_OPTIONS = Map.of("LESS", "FRX");

    private Pager() {}

    /// Prints what `printing` prints, screen by screen where it is long.
    public static void print(Run run, Consumer<PrintStream> printing) {
        var command = command(run);
        if (command.isEmpty()) {
            printing.accept(run.out());
            return;
        }
        var bytes = new ByteArrayOutputStream();
        try (var stream = new PrintStream(bytes, false, StandardCharsets.UTF_8)) {
            printing.accept(stream);
        }
        run.out().flush();
        if (fits(run, bytes) || !paged(run, command.get(), bytes)) {
            run.out().writeBytes(bytes.toByteArray());
        }
    }

    private static Optional<String> command(Run run) {
        var variables = run.surroundings().variables();
        if (!run.paging()
                || !run.surroundings().outIsTerminal()
                || variables.getOrDefault("TERM", "").equals("dumb")) {
            return Optional.empty();
        }
        var command = variables.getOrDefault("SALLY_PAGER", variables.getOrDefault("PAGER", LESS));
        return command.isBlank() || command.equals("cat") ? Optional.empty() : Optional.of(command);
    }

    private static boolean fits(Run run, ByteArrayOutputStream bytes) {
        var lines = bytes.toString(StandardCharsets.UTF_8).lines().toList();
        if (lines.size() <= FEW) {
            return true;
        }
        var size = run.surroundings().screen().size();
        if (size.isEmpty() || size.get().columns() == 0) {
            return false;
        }
        int columns = size.get().columns();
        long rows = lines.stream()
                .mapToLong(line -> Math.max(1, Math.ceilDiv(line.length(), columns)))
                .sum();
        return rows < size.get().rows();
    }

    private static boolean paged(Run run, String command, ByteArrayOutputStream bytes) {
        var options = run.surroundings().variables().containsKey("LESS") ? Map.<String, String>of() : LESS_OPTIONS;
        return run.surroundings().screen().page(command, options, bytes.toByteArray());
    }
}
