package dev.sallyport.tests.bed;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// Runs a real program to its end, feeding its stdin and keeping what it writes.
public final class Run {

    /// Wide bound on every run; a program that takes longer is ended and fails the test.
    private static final Duration LONGEST = Duration.ofMinutes(3);

    private final List<String> command;
    private final Map<String, String> environment;
    private byte[] input = {};
    private boolean closeInput = true;

    private Run(List<String> command, Map<String, String> environment) {
        this.command = List.copyOf(command);
        this.environment = environment;
    }

    public static Run of(List<String> command) {
        return new Run(command, Map.of());
    }

    public static Run of(List<String> command, Map<String, String> environment) {
        return new Run(command, environment);
    }

    public Run input(String text) {
        return input(text.getBytes(StandardCharsets.UTF_8));
    }

    public Run input(byte[] bytes) {
        input = bytes;
        return this;
    }

    /// Keeps stdin open until the program ends, as a terminal would.
    public Run keepInputOpen() {
        closeInput = false;
        return this;
    }

    public Ran now() throws IOException, InterruptedException {
        var builder = new ProcessBuilder(command)
                .directory(Path.of("").toAbsolutePath().toFile());
        builder.environment().putAll(environment);
        builder.environment().remove("SSH_AUTH_SOCK");
        var process = builder.start();
        var out = collect(process.getInputStream());
        var err = collect(process.getErrorStream());
        var feeding = Thread.ofVirtual().start(() -> feed(process.getOutputStream()));
        if (!process.waitFor(LONGEST.toSeconds(), TimeUnit.SECONDS)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            throw new AssertionError(String.join(" ", command) + " did not end within " + LONGEST + "\n"
                    + new Ran(-1, out.join(), err.join()));
        }
        feeding.interrupt();
        return new Ran(process.exitValue(), out.join(), err.join());
    }

    private void feed(OutputStream stdin) {
        try {
            stdin.write(input);
            stdin.flush();
            if (closeInput) {
                stdin.close();
            }
        } catch (IOException programEndedFirst) {
            // A program need not read all of its input; what it did read shows in what it wrote.
        }
    }

    private static CompletableFuture<byte[]> collect(InputStream stream) {
        var future = new CompletableFuture<byte[]>();
        Thread.ofVirtual().start(() -> {
            var bytes = new ByteArrayOutputStream();
            try (stream) {
                stream.transferTo(bytes);
            } catch (IOException closed) {
                // The process was ended; what came until then counts.
            }
            future.complete(bytes.toByteArray());
        });
        return future;
    }
}
