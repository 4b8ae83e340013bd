package dev.sallyport.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sallyport.tests.bed.AfterEachCase;
import dev.sallyport.tests.bed.Certificates;
import dev.sallyport.tests.bed.Client;
import dev.sallyport.tests.bed.NumberedLines;
import dev.sallyport.tests.bed.OpenSession;
import dev.sallyport.tests.bed.Recorded;
import dev.sallyport.tests.bed.Split;
import dev.sallyport.tests.bed.SteppedClock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// The clock of an edge's or an agent's machine is set by an hour while sessions run, with the real `ssh` and
/// every part a process of its own: a step ends what is over by it, extends nothing, and breaks nothing else.
@Tag("fault")
@Order(4)
@ExtendWith(AfterEachCase.class)
@Execution(ExecutionMode.CONCURRENT)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClockFaultTest {

    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration WIDE = Duration.ofSeconds(90);

    private final SteppedClock edgesClock;
    private final SteppedClock agentsClock;
    private final Split split;

    ClockFaultTest() throws Exception {
        edgesClock = SteppedClock.create();
        agentsClock = SteppedClock.create();
        split = new Split.Setup()
                .network()
                .environment(edgesClock.environment(), agentsClock.environment())
                .start();
    }

    @BeforeAll
    void outlivesEachCase() {
        split.keep();
    }

    @BeforeEach
    void works() {
        split.awaitWorking();
    }

    @AfterEach
    void isRightAgain() throws Exception {
        edgesClock.step(Duration.ZERO);
        agentsClock.step(Duration.ZERO);
    }

    @AfterAll
    void stop() throws Exception {
        split.close();
    }

    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void anEdgesClockThatStepsForwardEndsWhatIsOverByItAndNothingElse() throws Exception {
        var before = split.census();
        try (var numbered = numbered();
                var brief = OpenSession.startWith(split.control(), certificate("-2h:+30m"))) {
            var recorded = newestOf("read -t");
            edgesClock.step(HOUR);
            var ended = brief.ended();
            assertThat(ended.status()).as("%s", ended).isEqualTo(253);
            assertThat(ended.err()).isEqualTo("sally: the certificate expired\n");
            begins();
            goneOn(numbered, recorded);
            assertThat(brief.recorded().verify().status()).isZero();
        }
        split.awaitAsBefore(before);
    }

    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void anEdgesClockThatStepsBackExtendsNothing() throws Exception {
        var before = split.census();
        long began = System.nanoTime();
        try (var numbered = numbered();
                var brief = OpenSession.startWith(split.control(), certificate("-2h:+45s"))) {
            var recorded = newestOf("read -t");
            edgesClock.step(HOUR.negated());
            var ended = brief.ended();
            assertThat(Duration.ofNanos(System.nanoTime() - began))
                    .as("by the monotonic clock, and not before")
                    .isBetween(Duration.ofSeconds(35), WIDE);
            assertThat(ended.status()).as("%s", ended).isEqualTo(253);
            assertThat(ended.err()).isEqualTo("sally: the certificate expired\n");
            var early = split.control().ssh("alice", "bash", "true").now();
            assertThat(early.status())
                    .as("a certificate that is not valid yet by that clock")
                    .isEqualTo(255);
            goneOn(numbered, recorded);
        }
        edgesClock.step(Duration.ZERO);
        split.awaitWorking();
        split.awaitAsBefore(before);
    }

    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void anAgentsClockThatStepsEitherWayCostsNothingAndExtendsNothing() throws Exception {
        for (var step : new Duration[] {HOUR, HOUR.negated()}) {
            var before = split.census();
            try (var numbered = numbered();
                    var brief = OpenSession.startWith(split.control(), certificate("-2h:+45s"))) {
                var recorded = newestOf("read -t");
                agentsClock.step(step);
                // and attaches anew with that clock
                split.network().cut();
                split.awaitWorking();
                var ended = brief.ended();
                assertThat(ended.status()).as("%s", ended).isIn(253, 255);
                begins();
                goneOn(numbered, recorded);
            }
            agentsClock.step(Duration.ZERO);
            split.awaitWorking();
            split.awaitAsBefore(before);
        }
    }

    /// The rule's window, by the edge's clock: it is over with the step, and so is what it allowed, and nothing begins.
    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void aWindowThatIsOverByAStepEndsWhatItAllowed() throws Exception {
        var before = split.census();
        try (var admin = split.control().admin()) {
            var rule = admin.rules(null).items().getFirst().id();
            var now = ZonedDateTime.now(ZoneOffset.UTC);
            var time = DateTimeFormatter.ofPattern("HH:mm", Locale.ROOT);
            rules(rule, "mon-sun " + time.format(now.minusHours(1)) + "-" + time.format(now.plusMinutes(30)) + " UTC");
            try (var within = OpenSession.startWith(split.control(), certificate("-2h:+3h"))) {
                edgesClock.step(HOUR);
                var ended = within.ended();
                assertThat(ended.status()).as("%s", ended).isEqualTo(253);
                assertThat(ended.err())
                        .as("its end by the rules, or what they say when it is judged again: whichever is first")
                        .containsAnyOf("the time that the access rules allow for it", "the rules no longer allow");
                var late = split.control().ssh("alice", "bash", "true").now();
                assertThat(late.status()).as("%s", late).isEqualTo(253);
                assertThat(within.recorded().verify().status()).isZero();
                edgesClock.step(Duration.ZERO);
                await().atMost(WIDE)
                        .until(() -> split.control()
                                        .ssh("alice", "bash", "true")
                                        .now()
                                        .status()
                                == 0);
            } finally {
                rules(rule, "");
            }
        }
        split.awaitWorking();
        split.awaitAsBefore(before);
    }

    private void rules(String rule, String window) throws Exception {
        var ran = split.control()
                .sally("admin", "rules", "update", rule, "--window", window)
                .now();
        assertThat(ran.status()).as("%s", ran).isZero();
    }

    // ----

    private Client numbered() throws Exception {
        var client = split.control().open("alice", "bash", NumberedLines.SCRIPT);
        client.awaitOut("line 20\n");
        return client;
    }

    private void begins() throws Exception {
        var ran = split.control().ssh("alice", "bash", "echo began").now();
        assertThat(ran.status()).as("%s", ran).isZero();
        assertThat(ran.out()).isEqualTo("began\n");
    }

    private static void goneOn(Client numbered, Recorded recorded) throws Exception {
        var shown = numbered.out().length();
        await().atMost(WIDE).until(() -> numbered.out().length() > shown);
        numbered.type("enough\n");
        var ended = numbered.ended();
        assertThat(ended.status()).as("%s", ended).isZero();
        NumberedLines.check("line ", numbered.out().replace("end\n", ""));
        recorded.awaitState("complete");
        assertThat(recorded.output()).isEqualTo(numbered.outBytes());
        assertThat(recorded.verify().status()).isZero();
    }

    private java.nio.file.Path certificate(String validity) throws Exception {
        var certificates = Certificates.of(split.control());
        return certificates.certify(certificates.ca(), certificates.key("ed25519"), "-V", validity);
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
