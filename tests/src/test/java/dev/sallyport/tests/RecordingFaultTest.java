package dev.sallyport.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sallyport.tests.bed.AfterEachCase;
import dev.sallyport.tests.bed.Client;
import dev.sallyport.tests.bed.NumberedLines;
import dev.sallyport.tests.bed.ObjectStore;
import dev.sallyport.tests.bed.Recorded;
import dev.sallyport.tests.bed.Split;
import java.io.ByteArrayOutputStream;
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

/// What recordings are kept in fails or is full, with the real `ssh` and every part a process of its own:
/// sessions go on as long as what passes can be kept, and no longer.
@Tag("fault")
@Order(2)
@ExtendWith(AfterEachCase.class)
@Execution(ExecutionMode.CONCURRENT)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RecordingFaultTest {

    private static final Duration WIDE = Duration.ofMinutes(2);

    /// How long the object store fails here. That nothing depends on how long it is shows `make soak`, where it
    /// is five minutes.
    private static final Duration OUTAGE = Duration.ofSeconds(20);

    /// The least that the setting allows.
    private static final long SPOOL = 64 << 20;

    private final Split split;

    RecordingFaultTest() throws Exception {
        split = new Split.Setup().limit("spool = \"64MiB\"").start();
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
    void anObjectStoreThatFailsIsNotNoticedByUsersAndGetsEverythingAfterwards() throws Exception {
        var before = split.census();
        try (var numbered = split.control().open("alice", "bash", NumberedLines.SCRIPT);
                var echoed = split.control().open("alice", "bash", "echo up; exec cat")) {
            numbered.awaitOut("line 20\n");
            echoed.awaitOut("up\n");
            Recorded endedMeanwhile;
            Recorded begunMeanwhile;
            try (var _ = ObjectStore.fails(split.control())) {
                long began = System.nanoTime();
                for (int i = 1; Duration.ofNanos(System.nanoTime() - began).compareTo(OUTAGE) < 0; i++) {
                    echoed.type("key " + i + "\n");
                    echoed.awaitOut("key " + i + "\n");
                }
                var meanwhile = split.control()
                        .ssh("alice", "bash", "echo meanwhile; exit 7")
                        .now();
                assertThat(meanwhile.status()).as("%s", meanwhile).isEqualTo(7);
                assertThat(meanwhile.err()).isEmpty();
                begunMeanwhile = newestOf("exit 7");
                numbered.type("enough\n");
                assertThat(numbered.ended().status()).isZero();
                endedMeanwhile = newestOf("read -t");
                assertThat(begunMeanwhile.show()).containsPattern("recording +live");
            }
            echoed.endInput();
            assertThat(echoed.ended().status()).isZero();
            NumberedLines.check("line ", numbered.out().replace("end\n", ""));
            assertWhole(endedMeanwhile, numbered);
            assertWhole(newestOf("exec cat"), echoed);
            begunMeanwhile.awaitState("complete");
            assertThat(begunMeanwhile.output()).asString().isEqualTo("meanwhile\n");
        }
        split.awaitAsBefore(before);
    }

    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void aFullSpoolEndsWhoCannotBeRecordedAndOthersGoOnAfterwards() throws Exception {
        var before = split.census();
        try (var idle = split.control().open("alice", "bash", "echo up; cat");
                var bulk = split.control().open("alice", "bash", "read go; exec cat /dev/urandom")) {
            idle.awaitOut("up\n");
            Recorded recorded;
            try (var _ = ObjectStore.fails(split.control())) {
                bulk.type("go\n");
                var ended = bulk.ended();
                assertThat(ended.err()).isEqualTo("sally: the session could not be recorded\n");
                assertThat(ended.status()).isEqualTo(254);
                assertThat(ended.outBytes()).hasSizeBetween((int) SPOOL / 2, (int) SPOOL + (8 << 20));
                recorded = newestOf("urandom");
                var refused = split.control().ssh("alice", "bash", "true").now();
                assertThat(refused.status()).as("%s", refused).isEqualTo(254);
                assertThat(refused.err())
                        .isEqualTo("sally: this session cannot be recorded now, and so it cannot begin; please try"
                                + " again\n");
                assertThat(idle.process().isAlive()).isTrue();
            }
            split.awaitWorking();
            idle.type("still here\n");
            idle.awaitOut("still here\n");
            idle.endInput();
            assertThat(idle.ended().status()).isZero();
            assertWhole(newestOf("up; cat"), idle);
            // the agent kept what was not stored: with that nothing is missing
            recorded.awaitState(WIDE, "incomplete", "recovered");
            assertThat(recorded.show()).contains("RecordingFailed");
            var replayed = split.control()
                    .sally("sessions", "replay", recorded.session(), "--no-wait")
                    .now();
            assertThat(startsWith(replayed.outBytes(), bulk.outBytes()))
                    .as(
                            "all that was shown is recorded: %d of %d bytes",
                            replayed.outBytes().length, bulk.outBytes().length)
                    .isTrue();
            assertThat(recorded.verify().status()).isZero();
        }
        split.awaitAsBefore(before);
    }

    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void aFullTailOfTheAgentMakesSessionsWaitAndLosesNothing() throws Exception {
        int last = 2_000_000;
        split.agentWith("--tails", "1");
        split.awaitWorking();
        var before = split.census();
        try (var bulk = split.control().open("alice", "bash", "read go; seq 1 " + last)) {
            try (var _ = ObjectStore.fails(split.control())) {
                bulk.type("go\n");
                await().atMost(WIDE).untilAsserted(() -> {
                    var refused = split.control().ssh("alice", "bash", "true").now();
                    assertThat(refused.status()).as("%s", refused).isEqualTo(254);
                    assertThat(refused.err())
                            .isEqualTo("sally: the agent holds as much as it may of what no edge has stored yet;"
                                    + " please try again later\n");
                });
                assertThat(bulk.process().isAlive()).isTrue();
                assertThat(bulk.outBytes().length).isLessThan(8 << 20);
            }
            assertThat(bulk.ended().status()).isZero();
            assertThat(bulk.outBytes()).isEqualTo(numbers(last));
            assertWhole(newestOf("seq 1"), bulk);
        }
        split.awaitWorking();
        split.awaitAsBefore(before);
    }

    // ----

    private static void assertWhole(Recorded recorded, Client client) throws Exception {
        recorded.awaitState(WIDE, "complete");
        assertThat(recorded.output()).isEqualTo(client.outBytes());
        var verified = recorded.verify();
        assertThat(verified.status()).as("%s", verified).isZero();
    }

    private static boolean startsWith(byte[] whole, byte[] begin) {
        return whole.length >= begin.length && java.util.Arrays.equals(whole, 0, begin.length, begin, 0, begin.length);
    }

    private static byte[] numbers(int last) {
        var all = new ByteArrayOutputStream();
        for (int i = 1; i <= last; i++) {
            all.writeBytes((i + "\n").getBytes(StandardCharsets.US_ASCII));
        }
        return all.toByteArray();
    }

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
}
