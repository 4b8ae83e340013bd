package dev.sallyport.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sallyport.core.agent.JoinLine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The agent's program as a process of its own, with an edge that is not there, and what it says in files.
///
/// It opens connections of type `ssh` only, so that it is no matter whether programs can be run here.
record RunningAgent(Process process, Path out, Path err) {

    private static final Duration LONGEST = Duration.ofSeconds(30);

    static RunningAgent start(Path folder, List<String> more) throws Exception {
        return start(
                folder, Map.of("SALLYPORT_KEY", TestingEdge.key(1, new byte[32]).text()), more);
    }

    /// One that is given a line to join with.
    static RunningAgent joining(Path folder, JoinLine line) throws Exception {
        return start(folder, Map.of("SALLYPORT_JOIN", line.text()), List.of());
    }

    private static RunningAgent start(Path folder, Map<String, String> environment, List<String> more)
            throws Exception {
        Files.createDirectories(folder);
        var out = folder.resolve("out");
        var err = folder.resolve("err");
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                AgentMain.class.getName(),
                "run"));
        command.addAll(List.of("--health-port", "0", "--drain", "0", "--type", "ssh"));
        command.addAll(List.of("--state", folder.resolve("state").toString()));
        command.addAll(more);
        var builder = new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().putAll(environment);
        return new RunningAgent(builder.start(), out, err);
    }

    void awaitSaid(String text) {
        await("the agent says: " + text)
                .atMost(LONGEST)
                .until(() -> !process.isAlive() || Files.readString(out).contains(text));
        assertThat(out).content().contains(text);
    }

    void stop() throws InterruptedException {
        process.destroy();
        assertThat(process.waitFor(LONGEST)).as("it ends").isTrue();
    }
}
