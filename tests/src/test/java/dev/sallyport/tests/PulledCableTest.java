package dev.sallyport.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sallyport.tests.bed.AfterEachCase;
import dev.sallyport.tests.bed.Client;
import dev.sallyport.tests.bed.Namespace;
import dev.sallyport.tests.bed.NumberedLines;
import dev.sallyport.tests.bed.Processes;
import dev.sallyport.tests.bed.Recorded;
import dev.sallyport.tests.bed.Split;
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

/// The agent is in a network of its own and its cable is pulled: packets are lost and neither side is told, which
/// is not what a connection that breaks looks like ([LostAgentTest]).
@Tag("fault")
@Order(3)
@ExtendWith(AfterEachCase.class)
@Execution(ExecutionMode.CONCURRENT)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PulledCableTest {

    private static final Duration WIDE = Duration.ofSeconds(90);
    private static final Duration SHORT = Duration.ofSeconds(5);
    private static final Duration LONG = Duration.ofMinutes(2);

    private final Namespace network;
    private final Split split;

    PulledCableTest() throws Exception {
        network = Namespace.create();
        split = new Split.Setup().agentIn(network).start();
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
        network.close();
    }

    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void fiveSecondsCostNoByteAndDoubleNone() throws Exception {
        try (var numbered = split.control().open("alice", "bash", NumberedLines.SCRIPT);
                var echoed = split.control().open("alice", "bash", "cat")) {
            numbered.awaitOut("line 50\n");
            echoed.type("input 0\n");
            echoed.awaitOut("input 0\n");
            network.pull();
            var typed = new StringBuilder("input 0\n");
            for (int i = 1; i <= 5_000; i++) {
                typed.append("input ").append(i).append('\n');
            }
            echoed.type(typed.substring("input 0\n".length()));
            await().pollDelay(SHORT).atMost(WIDE).until(() -> true);
            assertThat(echoed.out())
                    .as("nothing came back by a cable that is pulled")
                    .doesNotContain("input 5000\n");
            network.plug();
            echoed.awaitOut("input 5000\n");
            echoed.endInput();
            numbered.type("enough\n");
            assertThat(numbered.ended().status()).isZero();
            NumberedLines.check("line ", numbered.out().replace("end\n", ""));
            NumberedLines.check("error ", numbered.err());
            assertThat(echoed.ended().status()).isZero();
            assertThat(echoed.out()).isEqualTo(typed.toString());
            for (var client : Map.of("read -t", numbered, "cat", echoed).entrySet()) {
                assertRecorded(client.getKey(), client.getValue());
            }
        } finally {
            network.plug();
        }
    }

    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void twoMinutesEndTheSessionWithAWordAndTheAgentComesBackByItself() throws Exception {
        var mark = "sleep 907." + ProcessHandle.current().pid();
        try (var client = split.control().open("alice", "bash", "echo up; " + mark)) {
            client.awaitOut("up\n");
            network.pull();
            long began = System.nanoTime();
            var ended = client.ended();
            System.out.println("the cable was pulled: the session ended after "
                    + Duration.ofNanos(System.nanoTime() - began).toSeconds() + " s");
            assertThat(ended.status()).as("%s", ended).isEqualTo(254);
            assertThat(ended.err()).isEqualTo("sally: the agent was lost\n");
            var refused = split.control().ssh("alice", "bash", "true").now();
            assertThat(refused.status()).as("%s", refused).isEqualTo(254);
            assertThat(refused.err()).endsWith("the agent of bash is not connected\n");
            await("the agent, too, gives up")
                    .atMost(WIDE)
                    .untilAsserted(() -> assertThat(Processes.living(command -> command.startsWith(mark)))
                            .isEmpty());
            var left = LONG.minusNanos(System.nanoTime() - began);
            await().pollDelay(left.isNegative() ? Duration.ZERO : left)
                    .atMost(LONG)
                    .until(() -> true);
            network.plug();
            split.awaitWorking();
            assertRecorded("sleep 907", client);
        } finally {
            network.plug();
        }
    }

    // ----

    private void assertRecorded(String command, Client client) throws Exception {
        try (var admin = split.control().admin()) {
            var recorded = admin.sessions(Map.of("limit", "20")).items().stream()
                    .filter(session ->
                            session.command() != null && session.command().contains(command))
                    .findFirst()
                    .map(session -> new Recorded(split.control(), session.id()))
                    .orElseThrow();
            recorded.awaitState("complete");
            assertThat(recorded.output()).isEqualTo(client.outBytes());
            assertThat(recorded.verify().status()).isZero();
        }
    }
}
