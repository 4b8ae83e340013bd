package dev.sallyport.edge.ssh;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A real client program, started by a test, and what it printed.
final class Client implements AutoCloseable {

    /// What a finished program left.
    record Result(int status, byte[] bytes, String output, String error) {}

    private static final int PATIENCE_SECONDS = 60;

    private final Process process;
    private final Collector output;
    private final Collector error;

    private static final class Collector {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final Thread thread;

        Collector(InputStream in) {
            thread = Thread.ofVirtual().start(() -> {
                var buffer = new byte[65_536];
                try (in) {
                    int length;
                    while ((length = in.read(buffer)) >= 0) {
                        synchronized (bytes) {
                            bytes.write(buffer, 0, length);
                        }
                    }
                } catch (IOException closed) {
                    // the program is gone
                }
            });
        }

        byte[] bytes() {
            synchronized (bytes) {
                return bytes.toByteArray();
            }
        }
    }

    private Client(List<String> command) throws IOException {
        var builder = new ProcessBuilder(command);
        builder.environment().remove("SSH_AUTH_SOCK");
        process = builder.start();
        output = new Collector(process.getInputStream());
        error = new Collector(process.getErrorStream());
    }

    static Client start(List<String> command) {
        try {
            return new Client(command);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Runs a program to its end, with nothing on its stdin.
    static Result run(List<String> command) {
        try (var client = start(command)) {
            client.endInput();
            return client.result();
        }
    }

    void type(String text) {
        type(text.getBytes(StandardCharsets.UTF_8));
    }

    void type(byte[] bytes) {
        try {
            process.getOutputStream().write(bytes);
            process.getOutputStream().flush();
        } catch (IOException e) {
            throw new UncheckedIOException("the client is gone; it said: " + errorText(), e);
        }
    }

    Client endInput() {
        try {
            process.getOutputStream().close();
        } catch (IOException ended) {
            // the client is gone
        }
        return this;
    }

    String outputText() {
        return new String(output.bytes(), StandardCharsets.UTF_8);
    }

    String errorText() {
        return new String(error.bytes(), StandardCharsets.UTF_8);
    }

    boolean running() {
        return process.isAlive();
    }

    long pid() {
        return process.pid();
    }

    /// Waits for the end.
    Result result() {
        try {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError("still running: " + process.info() + "; it printed: " + outputText()
                        + "; and on stderr: " + errorText());
            }
            output.thread.join();
            error.thread.join();
            return new Result(process.exitValue(), output.bytes(), outputText(), errorText());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
