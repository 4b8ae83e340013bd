package dev.sallyport.edge.mailbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sallyport.core.connection.ConnectionName;
import dev.sallyport.core.id.AgentId;
import dev.sallyport.core.id.EdgeId;
import dev.sallyport.core.recording.RecordingState;
import dev.sallyport.core.revocation.Revocation;
import dev.sallyport.core.session.Outcome;
import dev.sallyport.core.session.SessionRequest;
import dev.sallyport.core.user.User;
import dev.sallyport.edge.admission.Admission;
import dev.sallyport.edge.admission.Admission.Decision;
import dev.sallyport.edge.admission.Certificates;
import dev.sallyport.edge.admission.LiveSessions;
import dev.sallyport.edge.admission.TestDataKeys;
import dev.sallyport.store.Edges;
import dev.sallyport.store.ExampleTenant;
import dev.sallyport.store.LocalDynamo;
import dev.sallyport.store.LostEdges;
import dev.sallyport.store.Store;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CellMemberTest {

    private static final Clock CLOCK = Clock.systemUTC();

    private final Store store = LocalDynamo.store();
    private final ExampleTenant acme = new ExampleTenant(store, "acme");
    private final List<AgentId> revokedAgents = new CopyOnWriteArrayList<>();
    private final CellMember cell = member();
    private final List<Outcome> outcomes = new CopyOnWriteArrayList<>();

    @BeforeEach
    void join() {
        cell.start();
    }

    @AfterEach
    void leave() {
        cell.close();
    }

    @Test
    void aKilledSessionEnds() {
        var session = open(cell);

        store.sessions()
                .kill(ExampleTenant.ADMIN, acme.id(), session.order().session())
                .orThrow();

        await().untilAsserted(() -> assertThat(outcomes).containsExactly(new Outcome.Killed("admin")));
        await().untilAsserted(
                        () -> assertThat(store.mailboxes().read(cell.edge())).isEmpty());
    }

    @Test
    void aUserWhoBecomesInactiveLosesTheSessions() {
        open(cell);
        var alice = acme.alice();

        store.users()
                .update(
                        ExampleTenant.ADMIN,
                        new User(
                                alice.tenant(),
                                alice.id(),
                                alice.email(),
                                alice.subject(),
                                alice.name(),
                                alice.groups(),
                                User.Status.INACTIVE,
                                alice.version()))
                .orThrow();

        revoked();
    }

    @Test
    void aUserWhoLeavesTheGroupLosesTheSessions() {
        open(cell);
        var alice = acme.alice();

        store.users()
                .update(
                        ExampleTenant.ADMIN,
                        new User(
                                alice.tenant(),
                                alice.id(),
                                alice.email(),
                                alice.subject(),
                                alice.name(),
                                Set.of(),
                                User.Status.ACTIVE,
                                alice.version()))
                .orThrow();

        revoked();
    }

    @Test
    void aRevokedCertificateEndsItsSessionsWithinASecond() {
        var session = open(cell);
        var key = cell.live()
                .get(session.order().session())
                .orElseThrow()
                .credential()
                .certificate();

        store.revocations()
                .revoke(
                        ExampleTenant.ADMIN,
                        new Revocation(
                                acme.id(),
                                new Revocation.Key(key.keyFingerprint()),
                                "lost laptop",
                                Instant.now(),
                                Optional.empty()))
                .orThrow();

        revoked();
    }

    @Test
    void aDeletedRuleEndsTheSessionsThatItAllowed() {
        open(cell);

        var rule = store.rules().list(acme.id()).getFirst();
        store.rules().delete(ExampleTenant.ADMIN, acme.id(), rule.id()).orThrow();

        revoked();
    }

    @Test
    void aCaThatIsNoLongerTrustedEndsItsSessionsAndLeavesTheSnapshot() {
        open(cell);

        store.trustedCas()
                .delete(ExampleTenant.ADMIN, acme.id(), acme.ca().fingerprint())
                .orThrow();

        revoked();
        await().untilAsserted(() ->
                assertThat(cell.trust().get().ca(acme.ca().fingerprint())).isEmpty());
    }

    @Test
    void aChangeThatTouchesNobodyEndsNothing() {
        var session = open(cell);

        acme.connection("another");

        await().untilAsserted(
                        () -> assertThat(store.mailboxes().read(cell.edge())).isEmpty());
        assertThat(outcomes).isEmpty();
        assertThat(cell.live().get(session.order().session())).isPresent();
    }

    @Test
    void anAgentWhoseTokensAreRevokedIsNamed() {
        store.agents()
                .revokeTokens(ExampleTenant.ADMIN, acme.id(), acme.agent().id())
                .orThrow();

        await().untilAsserted(
                        () -> assertThat(revokedAgents).contains(acme.agent().id()));
    }

    @Test
    void theSessionsOfALostEdgeAreClosedOnce() {
        var lost = member();
        lost.start();
        var session = open(lost);
        var found = new LostEdges(store, cell.edge(), CLOCK, System::nanoTime);

        found.closeOthers();

        var row = store.sessions().get(acme.id(), session.order().session()).orElseThrow();
        assertThat(row.end())
                .hasValueSatisfying(end -> assertThat(end.outcome()).isEqualTo("EdgeLost"));
        assertThat(store.recordings().get(acme.id(), row.id()).orElseThrow().state())
                .isEqualTo(RecordingState.INCOMPLETE);
        // the edge that comes back finds that it lost its lease, and ends what it holds
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(outcomes).containsExactly(new Outcome.EdgeLost()));
        session.live().ended(new Outcome.EdgeLost());
        await().atMost(Duration.ofSeconds(20)).until(() -> lost.sight().admits());
        lost.close();
        assertThat(store.edges().registered()).extracting(edge -> edge.id()).containsExactly(cell.edge());
    }

    @Test
    void aBeatThatStandsStillIsALostEdge() {
        var nanos = new AtomicLong();
        var watcher = new LostEdges(store, EdgeId.next(CLOCK), CLOCK, nanos::get);
        var silent = EdgeId.next(CLOCK);
        store.edges().register(new dev.sallyport.core.edge.EdgeAddress(silent, "", CLOCK.instant()));

        watcher.look();
        watch(watcher, nanos, LostEdges.LOST.toNanos() - 1);
        assertThat(store.edges().registered()).extracting(edge -> edge.id()).contains(silent);

        watch(watcher, nanos, 1);
        assertThat(store.edges().beat(silent)).as("its lease is taken").isFalse();

        watch(watcher, nanos, LostEdges.LINGERS.toNanos());
        assertThat(store.edges().registered()).extracting(edge -> edge.id()).containsExactly(cell.edge());
    }

    /// Looks often for that long, while the other edge beats.
    private void watch(LostEdges watcher, AtomicLong nanos, long longest) {
        for (long left = longest; left > 0; left -= LostEdges.LONGEST_GAP.toNanos()) {
            nanos.addAndGet(Math.min(left, LostEdges.LONGEST_GAP.toNanos()));
            store.edges().beat(cell.edge());
            watcher.look();
        }
    }

    @Test
    void anEdgeWhoseBeatNobodyCouldSeeIsNotLost() {
        var nanos = new AtomicLong();
        var watcher = new LostEdges(store, CLOCK, nanos::get);
        var silent = EdgeId.next(CLOCK);
        store.edges().register(new dev.sallyport.core.edge.EdgeAddress(silent, "", CLOCK.instant()));

        // the store was away: the watcher comes back before the edge does
        watcher.look();
        nanos.addAndGet(LostEdges.LOST.toNanos() * 10);
        watcher.look();
        assertThat(store.edges().beat(silent)).as("it has its lease").isTrue();

        watch(watcher, nanos, 1);
        watch(watcher, nanos, LostEdges.LOST.toNanos());
        assertThat(store.edges().beat(silent)).as("its lease is taken").isFalse();
    }

    @Test
    void aSessionThatALostEdgeWasStillAdmittingIsClosedToo() {
        var nanos = new AtomicLong();
        var watcher = new LostEdges(store, EdgeId.next(CLOCK), CLOCK, nanos::get);
        var lost = member();
        lost.start();
        watcher.look();
        // its lease goes while it does not know, and it admits once more
        await().until(() ->
                store.edges().takeOver(lost.edge(), store.edges().beats().getOrDefault(lost.edge(), Edges.NO_LEASE)));
        var decision = lost.admission()
                .admit(new Admission.Request(
                        Certificates.of(acme.ca(), "alice@example.com"),
                        new ConnectionName("bash"),
                        new SessionRequest.Shell(Optional.empty()),
                        Map.of()));

        watcher.look();
        watcher.look();

        if (decision instanceof Decision.Granted granted) {
            assertThat(store.sessions()
                            .get(acme.id(), granted.order().session())
                            .orElseThrow()
                            .live())
                    .isFalse();
            granted.live().ended(new Outcome.EdgeLost());
        }
        await().untilAsserted(
                        () -> assertThat(store.edges().sessions(lost.edge())).isEmpty());
        lost.close();
    }

    @Test
    void mailThatADyingWriterLeftIsDeliveredByTheSweep() {
        // an outbox item that nobody delivered: what a writer leaves that dies right after its transaction
        assertThat(store.outbox().sweep()).isZero();
        assertThat(store.edges().hold("sweep", cell.edge())).isTrue();
        assertThat(store.edges().hold("sweep", EdgeId.next(CLOCK))).isFalse();
    }

    private void revoked() {
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(outcomes).singleElement().isInstanceOf(Outcome.Revoked.class));
    }

    private CellMember member() {
        return new CellMember(
                store,
                EdgeId.next(CLOCK),
                () -> "",
                new LiveSessions(),
                new TestDataKeys(),
                CLOCK,
                revokedAgents::add,
                mail -> {},
                () -> {});
    }

    private Decision.Granted open(CellMember edge) {
        var decision = edge.admission()
                .admit(new Admission.Request(
                        Certificates.of(acme.ca(), "alice@example.com"),
                        new ConnectionName("bash"),
                        new SessionRequest.Shell(Optional.empty()),
                        Map.of()));
        assertThat(decision).isInstanceOf(Decision.Granted.class);
        var granted = (Decision.Granted) decision;
        granted.live().onEnd(outcomes::add);
        return granted;
    }
}
