package dev.sallyport.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LogTest {

    @TempDir
    Path folder;

    private static LogRecord event(String message) {
        var event = new LogRecord(Level.WARNING, message);
        event.setLoggerName("dev.sallyport.Test");
        event.setInstant(Instant.parse("2026-11-23T05:06:07.089Z"));
        return event;
    }

    @Test
    void anEventIsALineOfJsonWhateverItsMessageHolds() {
        assertThat(Log.formatter(Log.Form.JSON).format(event("a \"b\"\nc\u001b[0m {}")))
                .isEqualTo(
                        "{\"time\":\"2026-11-23T05:06:07.089Z\",\"level\":\"WARNING\",\"logger\":\"dev.sallyport.Test\","
                                + "\"message\":\"a \\\"b\\\"\\nc\\u001b[0m {}\"}\n");
    }

    @Test
    void whatWasThrownStandsInTheSameLine() {
        var event = event("it broke");
        event.setThrown(new IOException("said", new IllegalStateException("cause")));
        assertThat(Log.formatter(Log.Form.JSON).format(event))
                .endsWith("\"}\n")
                .contains("\"message\":\"it broke\",\"thrown\":\"java.io.IOException: said\\n\\tat ")
                .contains("\\nCaused by: java.lang.IllegalStateException: cause\\n")
                .satisfies(text -> assertThat(text.lines()).hasSize(1));
    }

    @Test
    void theFormIsChecked() {
        var key = Map.of("SALLYPORT_KEY", TestingEdge.key(1, new byte[32]).text());
        assertThatThrownBy(() -> AgentMain.read(List.of("--log", "xml"), key))
                .isInstanceOf(Usage.class)
                .hasMessage("--log is json or text");
    }

    @Test
    void aRunningAgentLogsToStdoutOnly() throws Exception {
        for (var form : List.of("json", "text")) {
            var agent = RunningAgent.start(folder.resolve(form), List.of("--log", form));
            agent.awaitSaid("agent testing opens");
            agent.stop();
            assertThat(Files.readString(agent.err())).isEmpty();
            assertThat(Files.readAllLines(agent.out()))
                    .isNotEmpty()
                    .allMatch(line -> form.equals("json")
                            ? line.matches(
                                    "\\{\"time\":\"[^\"]+Z\",\"level\":\"[A-Z]+\",\"logger\":\"[^\"]+\",\"message\":.*}")
                            : line.matches("[0-9-]+T[0-9:.]+ [A-Z]+ [a-z].*"));
        }
    }

    @Test
    void whereThereIsNoTerminalTheLogIsJson() throws Exception {
        var agent = RunningAgent.start(folder, List.of());
        agent.awaitSaid("\"message\":\"agent testing opens");
        agent.stop();
        assertThat(agent.process().waitFor(1, TimeUnit.SECONDS)).isTrue();
    }
}
