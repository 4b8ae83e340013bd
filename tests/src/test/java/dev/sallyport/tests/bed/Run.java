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
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// Runs a real program to its end, feeding its stdin and keeping what it writes.
public final class Run {

    /// Wide bound on every run; a program that takes longer is ended and fails the test.
    private static final Duration LONGEST = Duration.ofMinutes(3);

    private final List<String> command;
    private final Map<String, String> environment;
    private byte[] input = {};
    private boolean closeInput = true;
    private Optional<Instance> clientOf = Optional.empty();

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

    /// What it writes is a [Transcript] of a client of that instance.
    public Run asClientOf(Instance instance) {
        clientOf = Optional.of(instance);
        return this;
    }

    /// Keeps stdin open until the program ends, as a terminal would.
    public Run keepInputOpen() {
        closeInput = false;
        return this;
    }

    public Ran now() throws IOException, InterruptedException {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        int status = run(out, err);
        var ran = new Ran(status, out.toByteArray(), err.toByteArray());
        clientOf.ifPresent(instance -> Transcript.add(instance, command, ran, true));
        return ran;
    }

    /// For output that is too long to keep: only what stdout adds up to. Nothing may come on stderr, nor another
    /// status than 0.
    public Shown added() throws IOException, InterruptedException {
        var out = new Shown.Sum();
        var err = new ByteArrayOutputStream();
        int status = run(out, err);
        if (status != 0 || err.size() > 0) {
            throw new AssertionError(new Ran(status, new byte[0], err.toByteArray()).toString());
        }
        var shown = out.shown();
        clientOf.ifPresent(instance -> Transcript.add(instance, command, shown));
        return shown;
    }

    private int run(OutputStream keptOut, OutputStream keptErr) throws IOException, InterruptedException {
        var builder = new ProcessBuilder(command)
                .directory(Path.of("").toAbsolutePath().toFile());
        builder.environment().putAll(environment);
        builder.environment().remove("SSH_AUTH_SOCK");
        var process = builder.start();
        var out = collect(process.getInputStream(), keptOut);
        var err = collect(process.getErrorStream(), keptErr);
        var feeding = Thread.ofVirtual().start(() -> feed(process.getOutputStream()));
        if (!process.waitFor(LONGEST.toSeconds(), TimeUnit.SECONDS)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            out.join();
            err.join();
            throw new AssertionError(String.join(" ", command) + " did not end within " + LONGEST + "\n" + keptErr);
        }
        feeding.interrupt();
        out.join();
        err.join();
        return process.exitValue();
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

    private static Thread collect(InputStream stream, OutputStream kept) {
        return Thread.ofVirtual().start(() -> {
            try (stream) {
                stream.transferTo(kept);
            } catch (IOException closed) {
                // The process was ended; what came until then counts.
            }
        });
    }
}
