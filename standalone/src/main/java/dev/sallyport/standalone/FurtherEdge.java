package dev.sallyport.standalone;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// One more edge of an instance, in a process of its own: it holds the other end of that process' stdin, so
/// that it stops when this one is gone, however that came.
final class FurtherEdge implements AutoCloseable {

    private static final Duration STARTING = Duration.ofSeconds(60);

    /// Beyond the time to drain, which the other process measures for itself.
    private static final Duration STOPPING = Duration.ofMinutes(2);

    private final Process process;

    private FurtherEdge(Process process) {
        this.process = process;
    }

    /// Starts it, with this process' own Java and options, and waits until it is open.
    static FurtherEdge start(InstanceFolder folder, int edges, int number)
            throws IOException, CannotStart, InterruptedException {
        var suffix = Part.EDGE.suffix() + "-" + number;
        var ready = folder.resolve("ready" + suffix);
        Files.deleteIfExists(ready);
        var output = folder.resolve("out" + suffix);
        var process = new ProcessBuilder(command(folder.root(), edges, number))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        long until = System.nanoTime() + STARTING.toNanos();
        while (!Files.exists(ready)) {
            if (process.waitFor(20, TimeUnit.MILLISECONDS) || System.nanoTime() > until) {
                process.destroyForcibly().waitFor();
                throw new CannotStart("edge " + number + " did not start: "
                        + Files.readString(output).strip());
            }
        }
        return new FurtherEdge(process);
    }

    private static List<String> command(Path folder, int edges, int number) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Standalone.class.getName()));
        command.addAll(List.of("up", "--folder", folder.toString(), "--part", "edge", "--with-parent"));
        command.addAll(List.of("--edges", Integer.toString(edges), "--number", Integer.toString(number)));
        return command;
    }

    /// Tells it to stop, and returns.
    void stop() {
        process.destroy();
    }

    @Override
    public void close() {
        stop();
        try {
            if (process.waitFor(STOPPING.toSeconds(), TimeUnit.SECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
    }
}
