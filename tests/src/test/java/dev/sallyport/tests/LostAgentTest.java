package dev.sallyport.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sallyport.tests.bed.AfterEachCase;
import dev.sallyport.tests.bed.NumberedLines;
import dev.sallyport.tests.bed.Processes;
import dev.sallyport.tests.bed.Recorded;
import dev.sallyport.tests.bed.Split;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
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

/// Agents that die and a network that is cut, each part of the instance a process of its own, with the real `ssh`:
/// what goes on costs no byte, and who is lost is named.
@Tag("fault")
@Order(4)
@ExtendWith(AfterEachCase.class)
@Execution(ExecutionMode.CONCURRENT)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LostAgentTest {

    private static final Duration WIDE = Duration.ofSeconds(90);

    /// How long the network is cut where sessions go on.
    private static final Duration CUT = Duration.ofSeconds(5);

    private final Split split;

    LostAgentTest() throws Exception {
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
    void aNetworkThatIsCutForFiveSecondsCostsNoByteAndDoublesNone() throws Exception {
        int last = 4_000_000;
        try (var numbered = split.control().open("alice", "bash", NumberedLines.SCRIPT);
                var echoed = split.control().open("alice", "bash", "cat");
                var bulk = split.control().open("alice", "bash", "read go; seq 1 " + last)) {
            numbered.awaitOut("line 50\n");
            echoed.type("input 0\n");
            echoed.awaitOut("input 0\n");
            bulk.type("go\n");
            bulk.awaitOut("\n100000\n");
            var clients = Map.of("read -t", numbered, "cat", echoed, "seq", bulk);

            split.network().refuse(true);
            split.network().cut();
            var typed = new StringBuilder("input 0\n");
            for (int i = 1; i <= 5_000; i++) {
                typed.append("input ").append(i).append('\n');
            }
            echoed.type(typed.substring("input 0\n".length()));
            await().pollDelay(CUT).atMost(WIDE).until(() -> true);
            split.network().refuse(false);

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
            assertThat(counted.outBytes()).isEqualTo(numbers(last));

            for (var client : clients.entrySet()) {
                var recorded = newestOf(client.getKey());
                recorded.awaitState("complete");
                assertThat(recorded.output()).isEqualTo(client.getValue().outBytes());
            }
        }
    }

    /// Two ways to lose an agent, at the same time for they take as long: its process is killed, and the network to it
    /// stays cut.
    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void aLostAgentEndsTheSessionAndSaysSo() throws Exception {
        var token = token();
        try (var killed = split.control().open("alice", "bash", stubborn(token))) {
            killed.awaitOut("all run\n");
            assertThat(living(token)).hasSizeGreaterThanOrEqualTo(6);
            var children = childrenOf(split.agent().process().pid());
            assertThat(children).as("the session's shell").isNotEmpty();

            split.agent().kill();
            long killedAt = System.nanoTime();
            await("direct children die with the agent")
                    .atMost(WIDE)
                    .until(() -> Processes.all().keySet().stream().noneMatch(children::contains));
            said("children were gone", killedAt);
            split.agent().restart();
            long backAt = System.nanoTime();
            await("no descendant is left soon after the agent is back (5 s on a quiet machine)")
                    .atMost(WIDE)
                    .untilAsserted(() -> assertThat(living(token)).isEmpty());
            said("descendants were gone", backAt);

            split.awaitWorking();
            var other = token();
            try (var cut = split.control().open("alice", "bash", stubborn(other))) {
                cut.awaitOut("all run\n");
                split.network().refuse(true);
                split.network().cut();
                for (var client : Map.of(token, killed, other, cut).entrySet()) {
                    var ended = client.getValue().ended();
                    assertThat(ended.status()).as("%s", ended).isEqualTo(254);
                    assertThat(ended.err()).isEqualTo("sally: the agent was lost\n");
                    assertThat(ended.out()).isEqualTo("all run\n");
                    var recorded = newestOf(client.getKey());
                    recorded.awaitState("complete");
                    assertThat(recorded.output()).isEqualTo(ended.outBytes());
                    assertThat(recorded.show()).contains("AgentLost").contains("the agent was lost");
                }
                await("the agent, too, gives up")
                        .atMost(WIDE)
                        .untilAsserted(() -> assertThat(living(other)).isEmpty());
            } finally {
                split.network().refuse(false);
            }
        }
        split.awaitWorking();
    }

    // ----

    private static void said(String what, long since) {
        System.out.println(what + " after " + (System.nanoTime() - since) / 1_000_000 + " ms");
    }

    /// The newest session whose command has that text.
    private Recorded newestOf(String text) throws Exception {
        try (var admin = split.control().admin()) {
            return admin.sessions(Map.of("limit", "20")).items().stream()
                    .filter(session ->
                            session.command() != null && session.command().contains(text))
                    .findFirst()
                    .map(session -> new Recorded(split.control(), session.id()))
                    .orElseThrow();
        }
    }

    private static byte[] numbers(int last) {
        var all = new ByteArrayOutputStream();
        for (int i = 1; i <= last; i++) {
            all.writeBytes((i + "\n").getBytes(StandardCharsets.US_ASCII));
        }
        return all.toByteArray();
    }

    /// Processes that do their best to stay: each has the token in its command line.
    private static String stubborn(String token) {
        return """
                sleep 900.%1$s &
                setsid sleep 901.%1$s &
                nohup sleep 902.%1$s >/dev/null 2>&1 &
                (setsid bash -c 'trap "" TERM HUP; sleep 903.%1$s & wait' >/dev/null 2>&1 &)
                (bash -c 'trap "" TERM HUP INT; (sleep 904.%1$s &) ; sleep 905.%1$s; true' >/dev/null 2>&1 &)
                until [ $(ps -eo args | grep -c '^sleep 90.\\.%1$s') = 6 ]; do sleep 0.1; done
                echo all run
                wait
                """.formatted(token);
    }

    private static String token() {
        return Integer.toString(ThreadLocalRandom.current().nextInt(100_000_000, 1_000_000_000));
    }

    private static List<String> living(String token) throws Exception {
        return Processes.living(command -> command.contains(token)).entrySet().stream()
                .filter(entry -> !entry.getValue().command().startsWith("ssh "))
                .map(Object::toString)
                .collect(Collectors.toList());
    }

    private static List<Integer> childrenOf(long pid) throws Exception {
        return Processes.all().entrySet().stream()
                .filter(entry -> entry.getValue().parent() == pid)
                .map(Map.Entry::getKey)
                .toList();
    }
}
