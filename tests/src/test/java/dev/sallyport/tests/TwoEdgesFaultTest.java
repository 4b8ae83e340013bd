package dev.sallyport.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sallyport.tests.bed.AfterEachCase;
import dev.sallyport.tests.bed.Client;
import dev.sallyport.tests.bed.NumberedLines;
import dev.sallyport.tests.bed.Ran;
import dev.sallyport.tests.bed.Recorded;
import dev.sallyport.tests.bed.Split;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
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

/// Two edges, each a process of its own, and one of them dies, stops or drains while sessions go by way of it:
/// no byte twice or missing where the agent can go on by the other, else a named outcome.
@Tag("fault")
@Order(1)
@ExtendWith(AfterEachCase.class)
@Execution(ExecutionMode.CONCURRENT)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TwoEdgesFaultTest {

    private static final Duration WIDE = Duration.ofSeconds(90);

    /// `drain` in these edges' configuration.
    private static final Duration DRAIN = Duration.ofSeconds(20);

    private final Split split;

    TwoEdgesFaultTest() throws Exception {
        split = new Split.Setup()
                .twoEdges()
                .limit("drain = \"" + DRAIN.toSeconds() + "s\"")
                .start();
    }

    @BeforeAll
    void outlivesEachCase() {
        split.keep();
    }

    @BeforeEach
    void theAgentIsAtTheSecondEdgeOnly() throws Exception {
        split.network().target(split.secondAgentsPort());
        if (!split.second().process().isAlive()) {
            split.second().restart();
        }
        if (!split.edge().process().isAlive()) {
            split.edge().restart();
        }
        split.network().cut();
        awaitAgentAt("edge-2");
        split.awaitWorking();
    }

    @AfterAll
    void stop() throws Exception {
        split.close();
    }

    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void whenTheAgentsEdgeIsKilledItsSessionsGoOnByTheUsersOwn() throws Exception {
        goesOn(() -> {
            split.network().target(split.agentsPort());
            split.second().kill();
        });
        awaitAgentAt("edge");
    }

    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void whenTheAgentsEdgeIsAnotherAfterAKillItsSessionsGoOnByThat() throws Exception {
        goesOn(() -> {
            split.second().kill();
            split.second().restart();
        });
        awaitAgentAt("edge-2");
    }

    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void anEdgeThatStandsStillPassesNothingAndItsSessionsGoOnByTheOther() throws Exception {
        goesOn(() -> {
            split.network().target(split.agentsPort());
            signal("STOP");
            // the network to it is gone as well: nobody waits for what it holds
            split.network().cut();
            await().pollDelay(Duration.ofSeconds(5)).atMost(WIDE).until(() -> true);
            signal("CONT");
        });
        awaitAgentAt("edge");
    }

    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void theUsersEdgeIsKilledAndTheOtherClosesItsSessionsAndStoresWhatWasShown() throws Exception {
        try (var client = split.control().open("alice", "bash", NumberedLines.SCRIPT)) {
            client.awaitOut("line 300\n");
            var recorded = newest();
            split.edge().kill();
            assertThat(client.ended().status()).isEqualTo(255);
            split.deleteSpool();
            recorded.awaitState("incomplete");
            assertThat(recorded.show()).contains("EdgeLost");
            // the agent waits out its 60 s, and hands what it kept to the edge where it is
            recorded.awaitState(Duration.ofSeconds(60).plus(WIDE), "recovered");
            var output = new String(recorded.output(), StandardCharsets.UTF_8);
            assertThat(output).startsWith(client.out());
            NumberedLines.check("line ", output);
            var verified = recorded.verify();
            assertThat(verified.status()).as("%s", verified).isZero();
            // and who comes to the other edge is served
            assertThat(atTheSecond("true").status()).isZero();
        }
    }

    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void anEdgeThatDrainsTakesNothingNewAndDropsNothing() throws Exception {
        try (var own = openAtTheSecond(NumberedLines.SCRIPT);
                var borrowed = split.control().open("alice", "bash", NumberedLines.SCRIPT)) {
            own.awaitOut("line 50\n");
            borrowed.awaitOut("line 50\n");
            split.network().target(split.agentsPort());
            split.second().process().destroy();
            awaitAgentAt("edge");
            var refused = atTheSecond("true");
            assertThat(refused.status()).as("%s", refused).isEqualTo(255);
            assertThat(refused.err()).contains("this edge is stopping");
            var elsewhere = split.control().ssh("alice", "bash", "echo here").now();
            assertThat(elsewhere.out()).as("%s", elsewhere).isEqualTo("here\n");
            assertThat(split.second().process().isAlive()).isTrue();
            own.type("enough\n");
            assertThat(own.ended().status()).isZero();
            NumberedLines.check("line ", own.out().replace("end\n", ""));
            borrowed.type("enough\n");
            assertThat(borrowed.ended().status()).isZero();
            NumberedLines.check("line ", borrowed.out().replace("end\n", ""));
            await("it stops when nothing is left")
                    .atMost(WIDE)
                    .until(() -> !split.second().process().isAlive());
        }
    }

    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void whatStillGoesOnAfterTheDrainEndsWithAWordOrGoesOnElsewhere() throws Exception {
        try (var own = openAtTheSecond(NumberedLines.SCRIPT);
                var borrowed = split.control().open("alice", "bash", NumberedLines.SCRIPT)) {
            own.awaitOut("line 50\n");
            var recorded = newest();
            borrowed.awaitOut("line 50\n");
            split.network().target(split.agentsPort());
            long began = System.nanoTime();
            split.second().process().destroy();
            var ended = own.ended();
            assertThat(Duration.ofNanos(System.nanoTime() - began))
                    .as("nobody is dropped within the time")
                    .isGreaterThanOrEqualTo(DRAIN);
            assertThat(ended.status()).as("%s", ended.err()).isEqualTo(254);
            assertThat(ended.err()).endsWith("sally: the edge was lost\n");
            await().atMost(WIDE).until(() -> !split.second().process().isAlive());
            var shown = borrowed.out().lines().count();
            await("it goes on by the other edge")
                    .atMost(WIDE)
                    .until(() -> borrowed.out().lines().count() > shown + 50);
            borrowed.type("enough\n");
            assertThat(borrowed.ended().status()).isZero();
            NumberedLines.check("line ", borrowed.out().replace("end\n", ""));
            NumberedLines.check("error ", borrowed.err());
            recorded.awaitState("complete");
            assertThat(recorded.show()).contains("EdgeLost");
        }
    }

    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void whereTheAgentHasNoOtherWayTheSessionEndsWithAWord() throws Exception {
        try (var client = split.control().open("alice", "bash", NumberedLines.SCRIPT)) {
            client.awaitOut("line 50\n");
            var recorded = newest();
            split.network().refuse(true);
            split.second().kill();
            var ended = client.ended();
            assertThat(ended.status()).as("%s", ended.err()).isEqualTo(254);
            assertThat(ended.err()).endsWith("sally: the agent was lost\n");
            recorded.awaitState("complete");
            assertThat(recorded.output()).isEqualTo(ended.outBytes());
            assertThat(recorded.show()).contains("AgentLost");
        } finally {
            split.network().refuse(false);
        }
    }

    // ----

    private interface Fault {
        void happens() throws Exception;
    }

    /// Three sessions by way of the second edge, each with a stream in which a byte that is missing or doubled
    /// shows.
    private void goesOn(Fault fault) throws Exception {
        int last = 3_000_000;
        try (var numbered = split.control().open("alice", "bash", NumberedLines.SCRIPT);
                var echoed = split.control().open("alice", "bash", "cat");
                var bulk = split.control().open("alice", "bash", "read go; seq 1 " + last)) {
            numbered.awaitOut("line 50\n");
            echoed.type("input 0\n");
            echoed.awaitOut("input 0\n");
            bulk.type("go\n");
            bulk.awaitOut("\n1000\n");
            var clients = Map.of("read -t", numbered, "cat", echoed, "seq", bulk);
            fault.happens();
            var typed = new StringBuilder("input 0\n");
            for (int i = 1; i <= 5_000; i++) {
                typed.append("input ").append(i).append('\n');
            }
            echoed.type(typed.substring("input 0\n".length()));
            echoed.awaitOut("input 5000\n");
            echoed.endInput();
            numbered.type("enough\n");
            assertThat(numbered.ended().status()).isZero();
            assertThat(numbered.out()).endsWith("end\n");
            NumberedLines.check("line ", numbered.out().replace("end\n", ""));
            NumberedLines.check("error ", numbered.err());
            assertThat(echoed.ended().status()).isZero();
            assertThat(echoed.out()).isEqualTo(typed.toString());
            var counted = bulk.ended();
            assertThat(counted.status()).as("%s", counted.err()).isZero();
            assertThat(counted.out()).isEqualTo(numbers(last));
            for (var client : clients.entrySet()) {
                var recorded = newestOf(client.getKey());
                recorded.awaitState("complete");
                assertThat(recorded.output()).isEqualTo(client.getValue().outBytes());
            }
        }
    }

    private static String numbers(int last) {
        var text = new StringBuilder();
        for (int i = 1; i <= last; i++) {
            text.append(i).append('\n');
        }
        return text.toString();
    }

    private void awaitAgentAt(String part) {
        await().atMost(WIDE)
                .pollInterval(Duration.ofMillis(100))
                .ignoreExceptions()
                .until(() -> split.control().metric(part, "sallyport_edge_agents") == 1);
    }

    private void signal(String name) throws Exception {
        var pid = Long.toString(split.second().process().pid());
        assertThat(new ProcessBuilder("kill", "-" + name, pid).start().waitFor())
                .isZero();
    }

    private Ran atTheSecond(String command) throws Exception {
        return split.control()
                .sshWith(split.toSecond(), "alice", "bash", command)
                .now();
    }

    private Client openAtTheSecond(String command) throws Exception {
        return split.control().openWith(split.toSecond(), "alice", "bash", command);
    }

    private Recorded newest() throws Exception {
        return Recorded.newest(split.control(), "alice@example.com");
    }

    private Recorded newestOf(String command) throws Exception {
        try (var admin = split.control().admin()) {
            return admin.sessions(Map.of("user", "alice@example.com", "limit", "20")).items().stream()
                    .filter(session ->
                            session.command() != null && session.command().contains(command))
                    .findFirst()
                    .map(session -> new Recorded(split.control(), session.id()))
                    .orElseThrow();
        }
    }
}
