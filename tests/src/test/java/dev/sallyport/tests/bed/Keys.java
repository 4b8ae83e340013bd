package dev.sallyport.tests.bed;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;

/// An open shell with a terminal, and how long its keys take to come back.
public final class Keys implements AutoCloseable {

    /// Keys before a new line, so that the terminal's line buffer never fills.
    private static final int LINE = 50;

    private static final Duration REPEAT = Duration.ofMillis(20);

    private final Process process;
    private int typed;

    private Keys(Process process) {
        this.process = process;
    }

    /// How long keys took, in milliseconds.
    public record Echoes(List<Double> sorted) {

        public double quantile(double share) {
            return sorted.get((int) Math.min(sorted.size() - 1L, Math.round(share * (sorted.size() - 1))));
        }

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "p50 %.2f p99 %.2f", quantile(0.5), quantile(0.99));
        }
    }

    public static Keys open(Instance instance) throws IOException {
        var builder = new ProcessBuilder(
                        "ssh",
                        "-F",
                        instance.folder().resolve("ssh_config").toString(),
                        "-tt",
                        "alice",
                        "bash",
                        "echo ready; exec cat >/dev/null")
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().remove("SSH_AUTH_SOCK");
        var keys = new Keys(builder.start());
        while (!readLine(keys.process.getInputStream()).contains("ready")) {
            // a banner may come first
        }
        return keys;
    }

    /// Types that many keys, each when the one before has come back.
    public Echoes type(int count) throws IOException {
        var millis = new ArrayList<Double>();
        while (millis.size() < count) {
            millis.add(key());
        }
        return new Echoes(millis.stream().sorted().toList());
    }

    /// Types as long as that is so, at the speed of somebody who holds a key down.
    public Echoes typeWhile(BooleanSupplier goesOn) throws IOException, InterruptedException {
        var millis = new ArrayList<Double>();
        while (goesOn.getAsBoolean()) {
            millis.add(key());
            Thread.sleep(REPEAT);
        }
        return new Echoes(millis.stream().sorted().toList());
    }

    private double key() throws IOException {
        if (typed == LINE) {
            write('\n');
            var _ = readLine(process.getInputStream());
            typed = 0;
        }
        typed++;
        long start = System.nanoTime();
        write('k');
        if (process.getInputStream().read() != 'k') {
            throw new IOException("the echo is another key");
        }
        return (System.nanoTime() - start) / 1e6;
    }

    private void write(char key) throws IOException {
        process.getOutputStream().write(key);
        process.getOutputStream().flush();
    }

    private static String readLine(InputStream in) throws IOException {
        var line = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new IOException("the stream ended after: " + line);
            }
            line.append((char) b);
        }
        return line.toString();
    }

    @Override
    public void close() {
        process.destroy();
    }
}
