package dev.sallyport.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sallyport.api.Users.UserWrite;
import dev.sallyport.tests.bed.AfterEachCase;
import dev.sallyport.tests.bed.Client;
import dev.sallyport.tests.bed.NumberedLines;
import dev.sallyport.tests.bed.Recorded;
import dev.sallyport.tests.bed.Split;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// Edges that die, stop or stall, each part of the instance a process of its own, with the real `ssh`: what the client
/// had been shown is in the recording, nothing twice and nothing missing, and nothing goes on that must not.
@Tag("fault")
@Order(2)
@ExtendWith(AfterEachCase.class)
@Execution(ExecutionMode.CONCURRENT)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EdgeFaultTest {

    private static final Duration WIDE = Duration.ofSeconds(90);

    /// `session.resume`: so long the agent waits for its session's edge.
    private static final Duration RESUME = Duration.ofSeconds(60);

    /// How long an edge stands still.
    private static final Duration STALL = Duration.ofSeconds(30);

    private final Split split;

    EdgeFaultTest() throws Exception {
        split = Split.startApart();
    }

    @BeforeAll
    void outlivesEachCase() {
        split.keep();
    }

    @BeforeEach
    void works() {
        split.awaitWorking();
    }

    @AfterAll
    void stop() throws Exception {
        split.close();
    }

    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void aKilledEdgesSessionsAreRecoveredFromItsSpoolOrElseFromTheAgent() throws Exception {
        // the disk is lost, too
        var first = split.control().open("alice", "bash", NumberedLines.SCRIPT);
        first.awaitOut("line 300\n");
        var fromAgent = newest();
        split.edge().kill();
        assertThat(first.ended().status()).isEqualTo(255);
        split.deleteSpool();
        // nobody but the control plane is left to notice
        fromAgent.awaitState("incomplete");
        assertThat(fromAgent.show()).containsPattern("recording +incomplete").contains("EdgeLost");
        assertThat(split.control().sally("sessions", "ls").now().out())
                .containsPattern(fromAgent.session() + ".*EdgeLost +incomplete");
        split.edge().restart();
        split.awaitWorking();

        // meanwhile another one, whose spool is there
        var second = split.control().open("alice", "bash", NumberedLines.SCRIPT);
        second.awaitOut("line 300\n");
        var fromSpool = newest();
        assertThat(fromSpool.session()).isNotEqualTo(fromAgent.session());
        split.edge().kill();
        assertThat(second.ended().status()).isEqualTo(255);
        split.edge().restart();

        assertRecovered(fromSpool, second);
        fromAgent.awaitState(RESUME.plus(WIDE), "recovered");
        assertRecovered(fromAgent, first);
        split.awaitWorking();
    }

    private static void assertRecovered(Recorded recorded, Client client) throws Exception {
        recorded.awaitState("recovered");
        assertThat(recorded.show()).contains("EdgeLost");
        var output = new String(recorded.output(), StandardCharsets.UTF_8);
        assertThat(output).startsWith(client.out());
        NumberedLines.check("line ", output);
        // of the client's own lines only the first ones are of the session
        var errors =
                client.err().lines().filter(line -> line.startsWith("error ")).toList();
        var recordedErrors = recorded.errors()
                .lines()
                .filter(line -> line.startsWith("error "))
                .toList();
        assertThat(recordedErrors).startsWith(errors.toArray(String[]::new));
        NumberedLines.check("error ", String.join("\n", recordedErrors) + "\n");
        var verified = recorded.verify();
        assertThat(verified.status()).as("%s", verified).isZero();
    }

    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void anEdgeThatStopsSaysSoAndTheAgentComesBackByItself() throws Exception {
        try (var client = split.control().open("alice", "bash", NumberedLines.SCRIPT)) {
            client.awaitOut("line 20\n");
            var recorded = newest();
            split.edge().close();
            var ended = client.ended();
            assertThat(ended.status()).as("%s", ended).isEqualTo(254);
            // the client may add that the connection was closed
            assertThat(ended.err()).contains("\nsally: the edge was lost\n");
            split.edge().restart();
            split.awaitWorking();
            recorded.awaitState("complete");
            assertThat(recorded.output()).isEqualTo(ended.outBytes());
            NumberedLines.check("line ", ended.out());
            assertThat(recorded.show()).contains("EdgeLost");
        }
    }

    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void class41AnEdgeThatStalledAcrossARevocationRelaysNothingOfWhatItHeld() throws Exception {
        // slow, so that nothing is on its way inside of the edge when it stops
        var script = "i=0; while true; do i=$((i+1)); echo line $i; sleep 1; done";
        try (var client = split.control().open("alice", "bash", script)) {
            client.awaitOut("line 3\n");
            signal("STOP");
            try {
                var recorded = newest();
                var shown = client.out();
                putAliceInto(List.of());
                await().pollDelay(STALL).atMost(WIDE).until(() -> true);
                signal("CONT");
                var ended = client.ended();
                assertThat(ended.out()).as("nothing after the stall").isEqualTo(shown);
                assertThat(ended.status()).as("%s", ended).isIn(253, 254);
                assertThat(ended.err()).contains("sally: ");
                recorded.awaitState(WIDE, "complete", "recovered");
                assertThat(recorded.output()).asString().startsWith(ended.out());
                assertThat(split.control().ssh("alice", "bash", "true").now().status())
                        .isNotZero();
            } finally {
                signal("CONT");
                putAliceInto(List.of("engineers"));
            }
        }
    }

    // ----

    private void signal(String name) throws Exception {
        var pid = Long.toString(split.edge().process().pid());
        assertThat(new ProcessBuilder("kill", "-" + name, pid).start().waitFor())
                .isZero();
    }

    private void putAliceInto(List<String> groups) throws Exception {
        try (var admin = split.control().admin()) {
            admin.updateUser("alice@example.com", new UserWrite("alice@example.com", null, "Alice", groups, null));
        }
    }

    private Recorded newest() throws Exception {
        return Recorded.newest(split.control(), "alice@example.com");
    }
}
