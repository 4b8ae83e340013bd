package dev.sallyport.edge.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sallyport.core.recording.Event.Kind;
import dev.sallyport.core.session.Outcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The door's everyday life, with the real `ssh`.
final class SshDoorTest {

    @TempDir
    private static Path folder;

    private static TestingDoor door;

    @BeforeAll
    static void open() {
        door = TestingDoor.open(folder);
    }

    @AfterAll
    static void close() {
        door.close();
    }

    @AfterEach
    void nothingIsLeft() {
        await().untilAsserted(() -> {
            assertThat(door.sessions.live()).isZero();
            assertThat(door.agents.carried()).isZero();
        });
    }

    @Test
    void aCommandRunsAndItsStatusComesBack() {
        var result = door.alice("alice@127.0.0.1", "bash", "echo out; echo err >&2; exit 7");
        assertThat(result.output()).isEqualTo("out\n");
        assertThat(result.error()).isEqualTo("err\n");
        assertThat(result.status()).isEqualTo(7);
        var tape = door.recorder.last();
        assertThat(tape.events.getFirst().text()).isEqualTo("exec echo out; echo err >&2; exit 7");
        assertThat(tape.text(Kind.OUTPUT)).isEqualTo("out\n");
        assertThat(tape.text(Kind.ERROR)).isEqualTo("err\n");
        assertThat(tape.text(Kind.EXIT)).isEqualTo("status 7");
        await().untilAsserted(() -> assertThat(tape.sealed).contains(new Outcome.Exited(7)));
        await().untilAsserted(() -> assertThat(door.admission.last().outcome).contains(new Outcome.Exited(7)));
    }

    @Test
    void aSignalThatEndsTheTargetIsTold() {
        var result = door.alice("alice@127.0.0.1", "bash", "kill -TERM $$; sleep 9");
        assertThat(result.status()).isEqualTo(255);
        await().untilAsserted(
                        () -> assertThat(door.admission.last().outcome).contains(new Outcome.Signalled("TERM", false)));
    }

    @Test
    void stdinIsStreamedBothWaysAtAnySize() {
        var data = new byte[20 << 20];
        new Random(1).nextBytes(data);
        try (var client = Client.start(door.ssh("alice", "alice@127.0.0.1", "bash", "cat"))) {
            client.type(data);
            client.endInput();
            var result = client.result();
            assertThat(result.status()).isZero();
            assertThat(result.bytes()).isEqualTo(data);
        }
        var tape = door.recorder.last();
        assertThat(tape.bytes(Kind.INPUT)).isEqualTo(data);
        assertThat(tape.bytes(Kind.OUTPUT)).isEqualTo(data);
        assertThat(tape.kinds()).contains(Kind.END_OF_INPUT);
    }

    @Test
    void aConnectionNamedByTheLoginTakesTheWholeCommand() {
        var result = door.alice("alice+bash@127.0.0.1", "echo", "bash");
        assertThat(result.output()).isEqualTo("bash\n");
        assertThat(result.error()).isEmpty();
    }

    @Test
    void aTerminalWorks() {
        try (var client = Client.start(door.ssh("alice", "-tt", "alice@127.0.0.1", "bash"))) {
            await().untilAsserted(() -> assertThat(client.outputText()).contains("$ "));
            client.type("echo $((6*7))\n");
            await().untilAsserted(() -> assertThat(client.outputText()).contains("42"));
            client.type("exit 3\n");
            var result = client.result();
            assertThat(result.status()).isEqualTo(3);
            assertThat(result.error())
                    .contains("sally: session " + door.admission.last().order.session())
                    .contains("sally sessions replay");
        }
        var tape = door.recorder.last();
        assertThat(tape.text(Kind.REQUEST)).isEqualTo("shell");
        assertThat(tape.text(Kind.INPUT)).contains("echo $((6*7))");
        assertThat(tape.text(Kind.MESSAGE)).contains("sally sessions replay");
    }

    @Test
    void whatIsNotThereAndWhatIsNotYoursIsRefusedAlike() {
        var result = door.alice("alice@127.0.0.1", "nothere", "ls");
        assertThat(result.status()).isEqualTo(253);
        assertThat(result.output()).isEmpty();
        assertThat(result.error()).startsWith("sally: there is no connection nothere that you may open");
    }

    @Test
    void withoutATerminalTheListComesOnStderr() {
        var result = door.alice("-T", "alice@127.0.0.1");
        assertThat(result.status()).isEqualTo(253);
        assertThat(result.output()).isEmpty();
        assertThat(result.error()).contains("   1  bash  custom\n").contains("sally: say which connection");
    }

    @Test
    void whoMayOpenNothingIsToldSoInsteadOfAnEmptyList() {
        door.key("mallory");
        door.sign("mallory", "ca", "-I", "mallory@example", "-n", "mallory", "-V", "-5m:+1h");
        for (var terminal : List.of("-T", "-tt")) {
            var result = Client.run(door.ssh("mallory", terminal, "mallory@127.0.0.1"));
            assertThat(result.status()).as(terminal).isEqualTo(253);
            assertThat(result.output() + result.error())
                    .as(terminal)
                    .contains("sally: there is no connection that you may open");
        }
    }

    @Test
    void atATerminalOnePicksFromTheList() {
        try (var client = Client.start(door.ssh("alice", "-tt", "alice@127.0.0.1"))) {
            await().untilAsserted(() -> assertThat(client.outputText()).contains("number or name): "));
            client.type("nonsense\r1\rexit 5\r");
            assertThat(client.result().status()).isEqualTo(5);
            assertThat(client.outputText()).contains("there is none of that number or name");
        }
    }

    @Test
    void aLostAgentEndsTheSessionAndSaysSo() {
        try (var client = Client.start(door.ssh("alice", "alice@127.0.0.1", "bash", "echo up; sleep 60"))) {
            await().untilAsserted(() -> assertThat(client.outputText()).isEqualTo("up\n"));
            door.agents.link(door.admission.last().order.session()).lose();
            var result = client.result();
            assertThat(result.status()).isEqualTo(254);
            assertThat(result.error()).isEqualTo("sally: the agent was lost\n");
        }
    }

    @Test
    void aKilledSessionEndsAtOnceEvenWhenNobodyReads() {
        try (var client = Client.start(door.ssh("alice", "alice@127.0.0.1", "bash", "yes"))) {
            await().untilAsserted(() -> assertThat(client.outputText()).isNotEmpty());
            TestingDoor.check(java.util.List.of("kill", "-STOP", Long.toString(client.pid())));
            var admitted = door.admission.last();
            var seen = new AtomicInteger(-1);
            await("the windows are full: nothing moves any longer")
                    .during(Duration.ofMillis(500))
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> {
                        int events = door.recorder.last().events.size();
                        return seen.getAndSet(events) == events;
                    });
            admitted.end(new Outcome.Killed("admin@example.com"));
            await().untilAsserted(() -> assertThat(admitted.outcome).contains(new Outcome.Killed("admin@example.com")));
            TestingDoor.check(java.util.List.of("kill", "-CONT", Long.toString(client.pid())));
        }
    }

    @Test
    void aUserWhoLeavesEndsTheTarget() {
        try (var client = Client.start(door.ssh("alice", "alice@127.0.0.1", "bash", "echo up; sleep 600"))) {
            await().untilAsserted(() -> assertThat(client.outputText()).isEqualTo("up\n"));
        }
        await().untilAsserted(() -> assertThat(door.admission.last().outcome).contains(new Outcome.UserLeft()));
        await().untilAsserted(() -> assertThat(door.recorder.last().kinds()).contains(Kind.EXIT));
    }

    @Test
    void noRecordingNoSession() {
        door.recorder.broken = true;
        try {
            int orders = door.agents.orders.size();
            var result = door.alice("alice@127.0.0.1", "bash", "true");
            assertThat(result.status()).isEqualTo(254);
            assertThat(result.error()).startsWith("sally: this session cannot be recorded");
            assertThat(door.agents.orders).hasSize(orders);
        } finally {
            door.recorder.broken = false;
        }
    }

    @Test
    void aRecordingThatFailsEndsTheSession() {
        try (var client = Client.start(door.ssh("alice", "alice@127.0.0.1", "bash", "echo up; read x; echo $x"))) {
            await().untilAsserted(() -> assertThat(client.outputText()).isEqualTo("up\n"));
            door.recorder.broken = true;
            client.type("secret\n");
            var result = client.result();
            assertThat(result.status()).isEqualTo(254);
            assertThat(result.output()).isEqualTo("up\n");
            assertThat(result.error()).isEqualTo("sally: the session could not be recorded\n");
        } finally {
            door.recorder.broken = false;
        }
    }
}
