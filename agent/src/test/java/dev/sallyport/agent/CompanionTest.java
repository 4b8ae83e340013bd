package dev.sallyport.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The agent's program with a command, as a process of its own, with an edge that is not there.
final class CompanionTest {

    private static final Duration LONGEST = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private Process start(String... command) throws Exception {
        var words = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                AgentMain.class.getName(),
                "run",
                "--connection",
                "app",
                "--type",
                "ssh",
                "--drain",
                "0",
                "--state",
                folder.resolve("state").toString(),
                "--"));
        words.addAll(List.of(command));
        var builder = new ProcessBuilder(words)
                .redirectInput(folder.resolve("in").toFile())
                .redirectOutput(folder.resolve("out").toFile())
                .redirectError(folder.resolve("err").toFile());
        if (!Files.exists(folder.resolve("in"))) {
            Files.createFile(folder.resolve("in"));
        }
        builder.environment()
                .put("SALLYPORT_KEY", TestingEdge.key(1, new byte[32]).text());
        builder.environment().put("OF_THE_COMMAND", "yes");
        return builder.start();
    }

    private int ended(Process process) throws InterruptedException {
        assertThat(process.waitFor(LONGEST)).as("it ends").isTrue();
        return process.exitValue();
    }

    private String out() throws Exception {
        return Files.readString(folder.resolve("out"));
    }

    private void awaitSaid(String text) {
        await(text).atMost(LONGEST).until(() -> out().contains(text));
    }

    @Test
    void theCommandsInputOutputEnvironmentAndStatusAreItsOwn() throws Exception {
        Files.writeString(folder.resolve("in"), "hello\n");
        var process = start("/bin/sh", "-c", "cat; echo key:$SALLYPORT_KEY of:$OF_THE_COMMAND; exit 5", "--help");
        assertThat(ended(process)).isEqualTo(5);
        assertThat(out()).as("and nothing of the agent").isEqualTo("hello\nkey: of:yes\n");
        assertThat(folder.resolve("err"))
                .content()
                .contains("beside /bin/sh: this agent opens the connection app only", "has ended with 5");
    }

    @Test
    void signalsArePassedOnAndTheCommandDecides() throws Exception {
        var process = start(
                "/bin/sh", "-c", "trap 'echo hangup' HUP; trap 'exit 7' TERM; echo ready; while :; do sleep 0.1; done");
        awaitSaid("ready");
        hangUp(process);
        awaitSaid("hangup");
        assertThat(process.isAlive()).isTrue();
        process.destroy();
        assertThat(ended(process)).isEqualTo(7);
    }

    private static void hangUp(Process process) throws Exception {
        assertThat(new ProcessBuilder("kill", "-HUP", Long.toString(process.pid()))
                        .start()
                        .waitFor())
                .isZero();
    }

    @Test
    void aCommandThatASignalEndsIsToldAsShellsDo() throws Exception {
        assertThat(ended(start("/bin/sh", "-c", "kill -KILL $$"))).isEqualTo(128 + 9);
    }

    @Test
    void aCommandThatCannotBeStartedIsSaid() throws Exception {
        assertThat(ended(start("/nowhere/app"))).isEqualTo(127);
        assertThat(folder.resolve("err")).content().contains("/nowhere/app cannot be started");
        assertThat(out()).isEmpty();
    }

    @Test
    void withoutAConnectionACommandOrAKeyNothingIsRun() {
        var key = TestingEdge.key(1, new byte[32]).text();
        var mark = folder.resolve("mark");
        var touch = List.of("--", "/usr/bin/touch", mark.toString());
        for (var words : List.of(
                List.<String>of("run"),
                List.of("run", "--connection", "not a name"),
                List.of("run", "--connection", "app", "--drain", "long"),
                List.of("--connection", "app", "--key-file", "/nowhere"))) {
            var all = new ArrayList<>(words);
            all.addAll(touch);
            var err = new ByteArrayOutputStream();
            var said = new PrintStream(err, true, StandardCharsets.UTF_8);
            assertThat(AgentMain.run(all, Map.of("SALLYPORT_KEY", key), System.out, said))
                    .as(words.toString())
                    .isEqualTo(2);
            assertThat(err.toString(StandardCharsets.UTF_8)).startsWith("sallyport-agent: ");
            assertThat(mark).doesNotExist();
        }
        var out = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
        assertThat(AgentMain.run(List.of("run", "--connection", "app", "--"), Map.of(), out, out))
                .isEqualTo(2);
    }
}
