package dev.sallyport.agent.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An agent that is killed takes its programs with it.
final class KilledAgentTest {

    @TempDir
    Path state;

    private static long running(String seconds) {
        return ProcessTable.all().stream()
                .filter(process -> !process.zombie())
                .filter(process -> {
                    try {
                        return Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"))
                                .equals("sleep\0" + seconds + "\0");
                    } catch (java.io.IOException e) {
                        return false;
                    }
                })
                .count();
    }

    @Test
    void theProgramDiesAtOnceAndTheRestWhenTheAgentIsBack() throws Exception {
        var direct = "81" + ProcessHandle.current().pid();
        var escaped = "82" + ProcessHandle.current().pid();
        var agent = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        SpawningMain.class.getName(),
                        state.toString(),
                        "setsid nohup sleep " + escaped + " >/dev/null 2>&1 & exec sleep " + direct)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (var out = new BufferedReader(new InputStreamReader(agent.getInputStream(), StandardCharsets.UTF_8))) {
            assertThat(out.readLine()).isEqualTo("started");
            await().until(() -> running(direct) == 1 && running(escaped) == 1);
            agent.destroyForcibly().waitFor();
            await().atMost(Duration.ofSeconds(1)).until(() -> running(direct) == 0);
            assertThat(running(escaped)).isEqualTo(1);
            Programs.open(state, Set.of()).close();
            assertThat(running(escaped)).isZero();
        }
    }
}
