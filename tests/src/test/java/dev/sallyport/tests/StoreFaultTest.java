package dev.sallyport.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sallyport.api.Users.UserWrite;
import dev.sallyport.tests.bed.AfterEachCase;
import dev.sallyport.tests.bed.Client;
import dev.sallyport.tests.bed.NewConnections;
import dev.sallyport.tests.bed.NumberedLines;
import dev.sallyport.tests.bed.Recorded;
import dev.sallyport.tests.bed.Split;
import dev.sallyport.tests.bed.StoreRelay.Store;
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

/// A store that is slow, or fails, with the real `ssh` and every part a process of its own: what an edge that
/// cannot learn what is decided does and does not do, and that nothing is lost by it.
@Tag("fault")
@Order(1)
@ExtendWith(AfterEachCase.class)
@Execution(ExecutionMode.CONCURRENT)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StoreFaultTest {

    private static final Duration WIDE = Duration.ofSeconds(90);
    private static final Duration SLOW = Duration.ofSeconds(2);

    /// No new session without a look into the mailbox for so long, and strict connections stand still.
    private static final Duration BLIND = Duration.ofSeconds(5);

    /// All sessions stand still after so long.
    private static final Duration FREEZES = Duration.ofSeconds(30);

    private static final Duration SHORT_FAILURE = Duration.ofSeconds(20);
    private static final Duration LONG_FAILURE = Duration.ofSeconds(90);

    private static final String CANNOT_BEGIN = "sally: sessions cannot begin at the moment, because this edge cannot"
            + " learn what is decided elsewhere; please try again\n";

    /// Echoes the first line, and never ends by itself.
    private static final String ECHO = "echo up; exec cat";

    private final Split split;

    StoreFaultTest() throws Exception {
        split = new Split.Setup().store().start();
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
    void aStoreThatIsSlowByTwoSecondsDelaysWhatAsksItAndNothingElse() throws Exception {
        var before = split.census();
        try (var numbered = numbered();
                var echoed = echo("bash")) {
            var recorded = newest();
            split.store().slow(SLOW);
            try {
                for (int i = 1; i <= 50; i++) {
                    var key = "key " + i + "\n";
                    echoed.type(key);
                    echoed.awaitOut(key);
                }
                awaitBegins();

                putAliceInto(List.of());
                for (var client : List.of(numbered, echoed)) {
                    var ended = client.ended();
                    assertThat(ended.status()).as("%s", ended).isEqualTo(253);
                    assertThat(ended.err()).contains("sally: access was revoked by an administrator");
                }
                await().atMost(WIDE).untilAsserted(() -> {
                    var refused = split.control().ssh("alice", "bash", "true").now();
                    assertThat(refused.status()).as("%s", refused).isEqualTo(253);
                    assertThat(refused.err()).contains("there is no connection bash that you may use");
                });
            } finally {
                split.store().slow(Duration.ZERO);
                putAliceInto(List.of("engineers"));
            }
            recorded.awaitState("complete");
            assertThat(recorded.output()).isEqualTo(echoed.outBytes());
            NumberedLines.check("line ", numbered.out());
        }
        split.awaitWorking();
        split.awaitAsBefore(before);
    }

    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void aStoreThatFailsForTwentySecondsEndsNoSessionAndBeginsNone() throws Exception {
        var before = split.census();
        try (var numbered = numbered();
                var echoed = echo("bash")) {
            var recorded = newest();
            long began = System.nanoTime();
            fails(Store.ERRS);
            try {
                awaitRefusesToBegin();
                for (int i = 1; passed(began).compareTo(SHORT_FAILURE) < 0; i++) {
                    var key = "key " + i + "\n";
                    echoed.type(key);
                    echoed.awaitOut(key);
                }
            } finally {
                worksAgain();
            }
            awaitBegins();
            goneOn(numbered, echoed, recorded);
        }
        split.awaitAsBefore(before);
    }

    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void aStoreThatFailsForNinetySecondsFreezesSessionsAndEndsOnlyStrictOnes() throws Exception {
        var strictShell = NewConnections.strictShell(split.control());
        var before = split.census();
        try (var numbered = numbered();
                var strict = echo(strictShell)) {
            var ofStrict = newest();
            try (var echoed = echo("bash")) {
                var recorded = newest();
                long began = System.nanoTime();
                fails(Store.RESETS);
                try {
                    awaitRefusesToBegin();
                    await().until(() -> passed(began).compareTo(BLIND.plusSeconds(2)) > 0);
                    strict.type("strict and frozen\n");
                    echoed.type("not strict\n");
                    echoed.awaitOut("not strict\n");

                    await().atMost(WIDE).until(() -> passed(began).compareTo(FREEZES.plusSeconds(2)) > 0);
                    echoed.type("frozen\n");
                    var shown = numbered.out();
                    var ended = strict.ended();
                    assertThat(ended.status()).as("%s", ended).isEqualTo(253);
                    assertThat(ended.out()).isEqualTo("up\n");
                    assertThat(ended.err())
                            .isEqualTo("sally: the session reached its limit: the edge could not learn what was"
                                    + " decided elsewhere, for longer than this connection allows\n");
                    await().atMost(WIDE).until(() -> passed(began).compareTo(LONG_FAILURE) > 0);
                    assertThat(numbered.out())
                            .as("nothing passes while it is frozen")
                            .isEqualTo(shown);
                    assertThat(echoed.out()).doesNotContain("\nfrozen");
                } finally {
                    worksAgain();
                }
                echoed.awaitOut("\nfrozen\n");
                awaitBegins();
                goneOn(numbered, echoed, recorded);
            }
            ofStrict.awaitState("complete");
            assertThat(ofStrict.output()).isEqualTo(strict.outBytes());
            await().atMost(WIDE).untilAsserted(() -> assertThat(ofStrict.show()).contains("TimedOut"));
        }
        split.awaitAsBefore(before);
    }

    /// The store works, and others see that this edge is gone: what it held is theirs to close.
    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void anEdgeThatAloneIsCutOffFromItsStoreLosesItsLeaseAndEndsWhatItHeld() throws Exception {
        var before = split.census();
        try (var echoed = echo("bash")) {
            var recorded = newest();
            split.store().is(Store.RESETS);
            try {
                await().atMost(WIDE)
                        .untilAsserted(() -> assertThat(recorded.show()).contains("EdgeLost"));
                assertThat(echoed.process().isAlive()).isTrue();
            } finally {
                split.store().is(Store.WORKS);
            }
            var ended = echoed.ended();
            assertThat(ended.status()).as("%s", ended).isEqualTo(254);
            assertThat(ended.err()).isEqualTo("sally: the edge was lost\n");
            recorded.awaitState("complete");
            assertThat(recorded.output()).isEqualTo(ended.outBytes());
            assertThat(recorded.verify().status()).isZero();
        }
        split.awaitWorking();
        split.awaitAsBefore(before);
    }

    // ----

    private Client numbered() throws Exception {
        var client = split.control().open("alice", "bash", NumberedLines.SCRIPT);
        client.awaitOut("line 20\n");
        return client;
    }

    private Client echo(String connection) throws Exception {
        var client = split.control().open("alice", connection, ECHO);
        client.awaitOut("up\n");
        return client;
    }

    /// Fails for everybody: the process that serves it stands still as well.
    private void fails(Store how) throws Exception {
        split.store().is(how);
        Split.stopped(split.control(), true);
    }

    private void worksAgain() throws Exception {
        Split.stopped(split.control(), false);
        split.store().is(Store.WORKS);
    }

    /// Sessions begin, and one that does not is told why.
    private void awaitBegins() {
        await().atMost(WIDE).until(() -> {
            var ran = split.control().ssh("alice", "bash", "echo began").now();
            if (ran.status() != 0) {
                assertThat(ran.err()).isEqualTo(CANNOT_BEGIN);
                assertThat(ran.status()).isEqualTo(254);
                return false;
            }
            assertThat(ran.out()).isEqualTo("began\n");
            return true;
        });
    }

    /// Until the edge knows that it is blind, a session fails for want of the store.
    private void awaitRefusesToBegin() {
        await().atMost(WIDE).until(() -> {
            var ran = split.control().ssh("alice", "bash", "echo began").now();
            assertThat(ran.status()).as("%s", ran).isEqualTo(254);
            assertThat(ran.out()).isEmpty();
            assertThat(ran.err()).startsWith("sally: ").endsWith("; please try again\n");
            return ran.err().equals(CANNOT_BEGIN);
        });
    }

    /// Both end as their users want, and nothing is missing or there twice.
    private static void goneOn(Client numbered, Client echoed, Recorded recorded) throws Exception {
        numbered.type("enough\n");
        var ended = numbered.ended();
        assertThat(ended.status()).as("%s", ended).isZero();
        NumberedLines.check("line ", numbered.out().replace("end\n", ""));
        NumberedLines.check("error ", numbered.err());
        echoed.endInput();
        assertThat(echoed.ended().status()).isZero();
        recorded.awaitState("complete");
        assertThat(recorded.output()).isEqualTo(echoed.outBytes());
        assertThat(recorded.show()).contains("Exited");
        assertThat(recorded.verify().status()).isZero();
    }

    private static Duration passed(long since) {
        return Duration.ofNanos(System.nanoTime() - since);
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
