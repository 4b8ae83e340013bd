package dev.sallyport.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sallyport.tests.bed.EndToEnd;
import dev.sallyport.tests.bed.Instance;
import dev.sallyport.tests.bed.Laptop;
import dev.sallyport.tests.bed.LastSession;
import dev.sallyport.tests.bed.NotCompared;
import dev.sallyport.tests.bed.Processes;
import dev.sallyport.tests.bed.Shared;
import dev.sallyport.tests.bed.Terminal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What an engineer does at a terminal in the first five minutes, on a program and on a machine: keys that
/// interrupt, a window that changes its size, a program that fills it, one connection for several windows, a
/// pipe behind the command.
@EndToEnd
@NotCompared("a terminal shows both streams as one, which these cases compare themselves")
class TerminalTest {

    private static final String ALICE = "alice@example.com";

    private final Instance instance = Shared.instance();

    private Terminal open(String... words) throws Exception {
        var command = new ArrayList<>(List.of(
                "ssh", "-q", "-t", "-F", instance.folder().resolve("ssh_config").toString()));
        command.addAll(List.of(words));
        return Terminal.of(command);
    }

    @ParameterizedTest
    @ValueSource(strings = {"alice bash", "alice+demo-host"})
    void theProgramIsToldWhenTheWindowChangesItsSize(String where) throws Exception {
        try (var terminal = open(where.split(" "))) {
            terminal.awaitScreen("\\$\\s*$");
            terminal.type("trap 'echo now $(stty size)' WINCH; echo first $(stty size)");
            terminal.awaitScreen("first 24 80\n");
            terminal.resize(120, 40);
            terminal.type("");
            terminal.awaitScreen("now 40 120\n");
            terminal.resize(70, 20);
            terminal.type("");
            terminal.awaitScreen("now 20 70\n");
            terminal.type("exit 4");
            assertThat(terminal.status()).isEqualTo(4);
            assertRecorded(terminal);
        }
        var cast = instance.sally(
                        "sessions",
                        "download",
                        LastSession.sealed(instance, ALICE).session(),
                        "--format",
                        "asciicast",
                        "-o",
                        "-")
                .now();
        assertThat(cast.out()).contains("\"r\", \"120x40\"").contains("\"r\", \"70x20\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"alice bash", "alice+demo-host"})
    void keysInterruptTheProgramAndNotTheSession(String where) throws Exception {
        try (var terminal = open(where.split(" "))) {
            terminal.awaitScreen("\\$\\s*$");
            terminal.type("sleep 300; echo ended with $?");
            terminal.awaitScreen("sleep 300");
            awaitRunning("sleep 300");
            terminal.press("C-c");
            terminal.awaitScreen("\\^C");
            terminal.type("echo still here $?");
            terminal.awaitScreen("\nstill here 130\n");
            terminal.type("cat > /dev/null");
            awaitRunning("cat");
            terminal.press("C-d");
            terminal.type("echo after the end of input");
            terminal.awaitScreen("\nafter the end of input\n");
            terminal.press("C-d");
            assertThat(terminal.status()).isZero();
            assertRecorded(terminal);
        }
        var show = LastSession.sealed(instance, ALICE).show();
        assertThat(show).contains("  ~ sleep 300; echo ended with $?\n").contains("  ~ echo after the end of input\n");
    }

    /// Keys that come before the program runs would go to the shell.
    private void awaitRunning(String command) {
        int root = (int) instance.process().pid();
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(50))
                .untilAsserted(() -> {
                    var all = Processes.all();
                    assertThat(all.entrySet().stream()
                                    .filter(process -> Processes.descends(all, process.getKey(), root))
                                    .map(process -> process.getValue().command()))
                            .contains(command);
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"alice bash", "alice+demo-host"})
    void aProgramThatFillsTheScreenLooksAsAnywhere(String where) throws Exception {
        try (var terminal = open(where.split(" "))) {
            terminal.awaitScreen("\\$\\s*$");
            terminal.type(
                    "D=$(mktemp -d); tmux -f /dev/null -S $D/s new-session 'stty size; read line; echo got $line; read'");
            terminal.awaitScreen("^23 80\n");
            terminal.type("typed");
            terminal.awaitScreen("\ngot typed\n");
            terminal.resize(100, 30);
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(terminal.screen().lines().toList())
                            .hasSize(30)
                            .last()
                            .asString()
                            .startsWith("[0]"));
            terminal.type("");
            terminal.awaitScreen("\\[exited\\]");
            terminal.type("rm -r $D; exit 5");
            assertThat(terminal.status()).isEqualTo(5);
            assertRecorded(terminal);
        }
        var text = instance.sally(
                        "sessions",
                        "download",
                        LastSession.sealed(instance, ALICE).session(),
                        "--format",
                        "text",
                        "-o",
                        "-")
                .now();
        assertThat(text.out()).contains("[a program that fills the screen]").doesNotContain("\u001b");
    }

    @Test
    void aPipeBehindTheCommandGetsItsOutput() throws Exception {
        var laptop = Laptop.of(instance);
        var ssh = "ssh -F ssh_config -i certs/alice -p " + laptop.port() + " alice@edge bash ";
        var read = laptop.bash(ssh + "'echo {\\\"a\\\": [1, 2]}; echo noise >&2' | python3 -c "
                        + "'import json, sys; print(json.load(sys.stdin)[\"a\"][1])'")
                .now();
        assertThat(read.out()).as("%s", read).isEqualTo("2\n");
        assertThat(read.err()).isEqualTo("noise\n");
        var status = laptop.bash(ssh + "'exit 9' | cat; echo ${PIPESTATUS[0]}").now();
        assertThat(status.out()).isEqualTo("9\n");
    }

    @Test
    void severalWindowsShareOneConnection() throws Exception {
        var control = Files.createTempDirectory("sallyport-control").resolve("c");
        var share = new String[] {"-o", "ControlMaster=auto", "-o", "ControlPath=" + control};
        try (var first = open(share[0], share[1], share[2], share[3], "alice", "bash")) {
            first.awaitScreen("\\$\\s*$");
            try (var second = open(share[0], share[1], share[2], share[3], "alice+demo-host");
                    var third = open(share[0], share[1], share[2], share[3], "alice", "python")) {
                // the login name of the first counts: a shared connection has one user name
                third.awaitScreen(">>>\\s*$");
                third.type("print(6 * 7)");
                third.awaitScreen("\n42\n");
                first.type("echo $SALLYPORT_CONNECTION");
                first.awaitScreen("\nbash\n");
                third.press("C-d");
                assertThat(third.status()).isZero();
                second.awaitScreen("\\S");
                second.press("C-c");
                second.press("C-d");
            }
            first.type("exit 6");
            assertThat(first.status()).isEqualTo(6);
        }
        try (var admin = instance.admin()) {
            assertThat(admin.sessions(Map.of("user", ALICE, "limit", "2")).items().stream()
                            .map(session -> session.connectionName()))
                    .contains("bash", "python");
        }
    }

    /// The terminal showed what the recording has, then our message.
    private void assertRecorded(Terminal terminal) throws Exception {
        var recorded = LastSession.sealed(instance, ALICE);
        var output = new String(recorded.output(), StandardCharsets.UTF_8);
        assertThat(terminal.shown())
                .startsWith(output)
                .isEqualTo(output
                        + (output.endsWith("\n") ? "" : "\r\n")
                        + "sally: session " + recorded.session() + " is over; replay it with: sally sessions replay "
                        + recorded.session() + "\r\n");
    }
}
