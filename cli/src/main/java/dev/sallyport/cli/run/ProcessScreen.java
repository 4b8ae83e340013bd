package dev.sallyport.cli.run;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/// The process's own terminal.
final class ProcessScreen implements Screen {

    /// What a shell ends with when the program is not there, or is none.
    private static final List<Integer> NOT_THERE = List.of(126, 127);

    private static final Pattern SIZE = Pattern.compile("([0-9]{1,5}) ([0-9]{1,5})\\s*");

    @Override
    public Optional<Size> size() {
        try {
            var stty = new ProcessBuilder("stty", "size")
                    .redirectInput(Path.of("/dev/tty").toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            var said = new String(stty.getInputStream().readNBytes(64), StandardCharsets.US_ASCII);
            if (!stty.waitFor(1, TimeUnit.SECONDS)) {
                stty.destroyForcibly();
                return Optional.empty();
            }
            var matcher = SIZE.matcher(said);
            return matcher.matches()
                    ? Optional.of(new Size(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2))))
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    @Override
    public boolean page(String command, Map<String, String> variables, byte[] text) {
        var builder = new ProcessBuilder("/bin/sh", "-c", command)
                .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(variables);
        try {
            var pager = builder.start();
            // Ctrl-C goes to both: whoever looks at the pager is not done because of it.
            var waiting = new Thread(() -> ended(pager));
            Runtime.getRuntime().addShutdownHook(waiting);
            feed(pager, text);
            int status = ended(pager);
            Runtime.getRuntime().removeShutdownHook(waiting);
            return !NOT_THERE.contains(status);
        } catch (IOException e) {
            return false;
        } catch (IllegalStateException e) {
            // The program is ending: the thread that ends it has waited.
            return true;
        }
    }

    private static void feed(Process pager, byte[] text) {
        try (var in = pager.getOutputStream()) {
            in.write(text);
        } catch (IOException e) {
            // Who looked has seen enough.
        }
    }

    private static int ended(Process pager) {
        try {
            return pager.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }
}
