package dev.sallyport.tests.bed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A real client that runs while the test goes on: what it writes is kept as it comes, and is a [Transcript] once it
/// has ended.
public final class Client implements AutoCloseable {

    private static final Duration LONGEST = Duration.ofMinutes(2);

    private final Instance instance;
    private final List<String> command;
    private final Process process;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Thread readingOut;
    private final Thread readingErr;
    private boolean killed;
    private boolean told;

    private Client(Instance instance, List<String> command, Process process) {
        this.instance = instance;
        this.command = command;
        this.process = process;
        this.readingOut = Thread.ofVirtual().start(() -> keep(process.getInputStream(), out));
        this.readingErr = Thread.ofVirtual().start(() -> keep(process.getErrorStream(), err));
    }

    static Client start(Instance instance, List<String> command) throws IOException {
        var builder = new ProcessBuilder(command);
        builder.environment().remove("SSH_AUTH_SOCK");
        return new Client(instance, List.copyOf(command), builder.start());
    }

    private static void keep(InputStream from, ByteArrayOutputStream into) {
        try (from) {
            from.transferTo(into);
        } catch (IOException ended) {
            // what came until then counts
        }
    }

    public Process process() {
        return process;
    }

    public String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    public byte[] outBytes() {
        return out.toByteArray();
    }

    public String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    /// Writes to its stdin.
    public void type(String text) throws IOException {
        process.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
    }

    public void endInput() throws IOException {
        process.getOutputStream().close();
    }

    /// Waits until stdout has that text.
    public void awaitOut(String text) {
        await().atMost(LONGEST)
                .pollInterval(Duration.ofMillis(50))
                .untilAsserted(() ->
                        assertThat(out()).as("stdout; stderr is: %s", err()).contains(text));
    }

    /// Waits until it has ended by itself, and returns what it did.
    public Ran ended() throws InterruptedException {
        assertThat(process.waitFor(LONGEST.toSeconds(), TimeUnit.SECONDS))
                .as("still there after %s:\n%s\n%s", LONGEST, out(), err())
                .isTrue();
        return ran();
    }

    /// `kill -9`, and what it had written by then.
    public Ran kill() throws InterruptedException {
        killed = process.isAlive();
        process.destroyForcibly().waitFor();
        return ran();
    }

    private Ran ran() throws InterruptedException {
        readingOut.join();
        readingErr.join();
        var ran = new Ran(process.exitValue(), out.toByteArray(), err.toByteArray());
        if (!told) {
            told = true;
            Transcript.add(instance, command, ran, !killed);
        }
        return ran;
    }

    @Override
    public void close() {
        try {
            var _ = kill();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
