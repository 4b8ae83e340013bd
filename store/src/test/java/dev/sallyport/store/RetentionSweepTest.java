package dev.sallyport.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.access.AccessMode;
import dev.sallyport.core.audit.Actor;
import dev.sallyport.core.audit.AuditEntry;
import dev.sallyport.core.connection.ConnectionDefinition;
import dev.sallyport.core.connection.SignedDefinition;
import dev.sallyport.core.edge.EdgeAddress;
import dev.sallyport.core.id.EdgeId;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.recording.ChunkStore;
import dev.sallyport.core.recording.Deletion;
import dev.sallyport.core.recording.FolderChunkStore;
import dev.sallyport.core.recording.RecordingLevel;
import dev.sallyport.core.recording.RecordingRow;
import dev.sallyport.core.recording.RecordingState;
import dev.sallyport.core.recording.Retention;
import dev.sallyport.core.session.Outcome;
import dev.sallyport.core.session.Session;
import dev.sallyport.core.tenant.TenantSettings;
import dev.sallyport.store.Written.Reason;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Deletion, by hand and by retention, and what keeps a recording from it.
class RetentionSweepTest {

    private static final Actor ADMIN = ExampleTenant.ADMIN;

    private final MutableClock clock = new MutableClock(Instant.parse("2026-11-30T10:00:00Z"));
    private final Store store = LocalDynamo.store(clock);
    private final ExampleTenant acme = new ExampleTenant(store, "acme");
    private final EdgeId edge = EdgeId.next(clock);

    @TempDir
    private Path folder;

    private ChunkStore chunks = new FolderChunkStore(Path.of("unused"));
    private boolean chunksFail;

    @BeforeEach
    void open() {
        var there = new FolderChunkStore(folder);
        chunks = new ChunkStore() {
            @Override
            public void put(TenantId tenant, SessionId session, int number, byte[] chunk) throws IOException {
                there.put(tenant, session, number, chunk);
            }

            @Override
            public Optional<byte[]> get(TenantId tenant, SessionId session, int number) throws IOException {
                return there.get(tenant, session, number);
            }

            @Override
            public List<Integer> numbers(TenantId tenant, SessionId session) throws IOException {
                return there.numbers(tenant, session);
            }

            @Override
            public boolean delete(TenantId tenant, SessionId session, int most) throws IOException {
                if (chunksFail) {
                    throw new IOException("the object store is away");
                }
                return there.delete(tenant, session, most);
            }
        };
    }

    private int sweep() {
        return new RetentionSweep(store, chunks, clock).run();
    }

    private void keep(int days) {
        var now = store.settings().get(acme.id());
        store.settings()
                .update(ADMIN, acme.id(), new TenantSettings(Optional.of(new Retention(days)), now.version()))
                .orThrow();
    }

    private boolean deleted(SessionId session) {
        return deletion(session).isPresent();
    }

    private Optional<Deletion> deletion(SessionId session) {
        return store.recordings().get(acme.id(), session).orElseThrow().deletion();
    }

    @Test
    void withoutARetentionEverythingIsKept() {
        var session = ended(acme.bash());
        clock.advance(Duration.ofDays(5_000));
        assertThat(sweep()).isZero();
        assertThat(deleted(session)).isFalse();
    }

    @Test
    void aRecordingIsDeletedWhenItsTimeIsOverAndNotBefore() throws IOException {
        keep(30);
        var session = ended(acme.bash());
        clock.advance(Duration.ofDays(30).minusSeconds(1));
        assertThat(sweep()).isZero();

        clock.advance(Duration.ofSeconds(1));
        assertThat(sweep()).isEqualTo(1);

        var row = store.recordings().get(acme.id(), session).orElseThrow();
        assertThat(row.wrappedDataKey()).isEmpty();
        assertThat(row.state()).isEqualTo(RecordingState.COMPLETE);
        assertThat(row.lastHash()).containsExactly(7);
        assertThat(row.deletion()).contains(new Deletion(clock.instant(), "retention", reason(30, "tenant")));
        assertThat(chunks.numbers(acme.id(), session)).isEmpty();
        var entry = audit("recording.deleted").getFirst();
        assertThat(entry.actor()).isEqualTo("retention");
        assertThat(entry.object()).isEqualTo(session.value());
        assertThat(entry.details()).containsEntry("chunks", "2").containsEntry("last_hash", "07");

        assertThat(sweep()).isZero();
        assertThat(audit("recording.deleted")).hasSize(1);
    }

    private static String reason(int days, String whose) {
        return "kept for " + days + " days, as is set for its " + whose;
    }

    @Test
    void aConnectionsOwnRetentionCountsForItsRecordingsAlsoAfterItIsDeleted() {
        keep(10);
        var longer = connection("longer", 100);
        var shorter = connection("shorter", 2);
        var plain = ended(acme.bash());
        var kept = ended(longer);
        var gone = ended(shorter);

        clock.advance(Duration.ofDays(2));
        sweep();
        assertThat(List.of(deleted(plain), deleted(kept), deleted(gone))).containsExactly(false, false, true);
        assertThat(deletion(gone).orElseThrow().reason()).isEqualTo(reason(2, "connection"));

        store.connections().delete(ADMIN, acme.id(), longer.id()).orThrow();
        clock.advance(Duration.ofDays(97));
        sweep();
        assertThat(List.of(deleted(plain), deleted(kept))).containsExactly(true, false);
        clock.advance(Duration.ofDays(1));
        sweep();
        assertThat(deleted(kept)).isTrue();
    }

    @Test
    void aConnectionWhoseRetentionIsTakenAwayHasTheTenants() {
        keep(10);
        var once = connection("once", 100);
        var session = ended(once);
        store.connections()
                .update(ADMIN, SignedDefinition.sign(acme.definition(once.id(), "once", 2), acme.signer()))
                .orThrow();
        assertThat(audit("connection.updated").getFirst().details())
                .containsEntry("before.recordingRetentionDays", "100");
        clock.advance(Duration.ofDays(10));
        sweep();
        assertThat(deleted(session)).isTrue();
    }

    @Test
    void whatIsOnHoldIsNotDeletedNeitherByRetentionNorByHand() {
        keep(1);
        var session = ended(acme.bash());
        store.holds().put(ADMIN, acme.id(), session, "case 12").orThrow();
        clock.advance(Duration.ofDays(400));
        assertThat(sweep()).isZero();
        assertThat(refusal(session)).isEqualTo(Reason.IN_USE);
        assertThat(deleted(session)).isFalse();
        assertThat(store.holds().list(acme.id())).singleElement().satisfies(hold -> {
            assertThat(hold.session()).isEqualTo(session);
            assertThat(hold.reason()).isEqualTo("case 12");
        });

        store.holds().release(ADMIN, acme.id(), session, "case closed").orThrow();
        assertThat(sweep()).isEqualTo(1);
        assertThat(store.holds().put(ADMIN, acme.id(), session, "too late")).isInstanceOf(Written.Refused.class);
        assertThat(store.holds().release(ADMIN, acme.id(), session, "again")).isInstanceOf(Written.Refused.class);
        assertThat(audit("session.held"))
                .singleElement()
                .satisfies(entry -> assertThat(entry.details()).containsEntry("reason", "case 12"));
        assertThat(audit("session.released"))
                .singleElement()
                .satisfies(entry -> assertThat(entry.details()).containsEntry("reason", "case closed"));
    }

    @Test
    void ofAHoldAndADeletionAtOnceOneIsRefused() throws Exception {
        for (int i = 0; i < 10; i++) {
            var session = ended(acme.bash());
            List<Callable<Boolean>> both = List.of(
                    () -> store.holds().put(ADMIN, acme.id(), session, "x") instanceof Written.Done,
                    () -> store.deletions().delete(ADMIN, acme.id(), session, "y") instanceof Written.Done);
            assertThat(AtOnce.run(both)).containsExactlyInAnyOrder(true, false);
        }
    }

    @Test
    void aLiveRecordingIsNotDeleted() {
        keep(1);
        var session = start(acme.bash()).id();
        clock.advance(Duration.ofDays(50));
        assertThat(sweep()).isZero();
        assertThat(refusal(session)).isEqualTo(Reason.IN_USE);

        // the session is over, and its edge still stores the end of the recording
        store.edges().register(new EdgeAddress(edge, "", clock.instant()));
        store.sessions().end(Actor.SYSTEM, acme.id(), session, new Outcome.Exited(0), clock.instant());
        assertThat(refusal(session)).isEqualTo(Reason.IN_USE);

        store.edges().forget(edge);
        assertThat(store.deletions().delete(ADMIN, acme.id(), session, "")).isInstanceOf(Written.Done.class);
    }

    @Test
    void whoeverDeletedARecordingFirstHasDeletedIt() throws Exception {
        var session = ended(acme.bash());
        var deletions = new ArrayList<Callable<String>>();
        for (int i = 0; i < 4; i++) {
            var actor = new Actor("usr_" + i, "192.0.2.1");
            deletions.add(() -> store.deletions()
                    .delete(actor, acme.id(), session, "mistake")
                    .orThrow()
                    .deletion()
                    .orElseThrow()
                    .by());
        }
        assertThat(AtOnce.run(deletions).stream().distinct()).hasSize(1);
        assertThat(audit("recording.deleted")).hasSize(1);
    }

    @Test
    void nothingBringsADeletedRecordingBack() {
        var session = ended(acme.bash());
        store.deletions().delete(ADMIN, acme.id(), session, "mistake").orThrow();
        var deleted = store.recordings().get(acme.id(), session).orElseThrow();
        store.recordings()
                .change(
                        acme.id(),
                        session,
                        row -> new RecordingRow(
                                row.tenant(),
                                row.session(),
                                new byte[] {1},
                                row.level(),
                                RecordingState.RECOVERED,
                                9,
                                new byte[] {1},
                                row.version()))
                .orThrow();
        assertThat(store.recordings().get(acme.id(), session)).contains(deleted);
    }

    @Test
    void chunksThatCouldNotBeDeletedAreDeletedByALaterRun() throws IOException {
        keep(1);
        var session = ended(acme.bash());
        clock.advance(Duration.ofDays(1));
        chunksFail = true;
        assertThat(sweep()).isEqualTo(1);
        assertThat(chunks.numbers(acme.id(), session)).hasSize(2);
        assertThat(store.recordings().get(acme.id(), session).orElseThrow().wrappedDataKey())
                .isEmpty();

        chunksFail = false;
        assertThat(sweep()).isZero();
        assertThat(chunks.numbers(acme.id(), session)).isEmpty();
        assertThat(store.deletions().unfinished(acme.id(), 10)).isEmpty();
    }

    @Test
    void aRunDoesABoundedPartAndTheNextOnesGoOnFromThere() {
        keep(1);
        var all = new ArrayList<SessionId>();
        for (int i = 0; i < RetentionSweep.MOST_DELETED + 120; i++) {
            all.add(ended(acme.bash()));
            clock.advance(Duration.ofMinutes(10));
        }
        var held = all.get(1);
        store.holds().put(ADMIN, acme.id(), held, "case").orThrow();
        clock.advance(Duration.ofDays(10));

        int first = sweep();
        assertThat(first).isBetween(RetentionSweep.MOST_DELETED, RetentionSweep.MOST_DELETED + 100);
        assertThat(store.sessions().sweptTo(acme.id())).isPresent();
        assertThat(sweep()).isEqualTo(all.size() - 1 - first);
        assertThat(sweep()).isZero();
        assertThat(all).filteredOn(session -> !deleted(session)).containsExactly(held);
        assertThat(store.sessions().daysToSweep(acme.id(), Optional.empty(), clock.instant()))
                .as("of all days, only that of the hold is looked at again")
                .hasSize(1);

        store.holds().release(ADMIN, acme.id(), held, "closed").orThrow();
        assertThat(sweep()).isEqualTo(1);
        assertThat(store.sessions().daysToSweep(acme.id(), Optional.empty(), clock.instant()))
                .isEmpty();
    }

    @Test
    void oneTenantsRetentionIsNoneOfAnothers() {
        var other = new ExampleTenant(store, "other");
        store.settings()
                .update(ADMIN, other.id(), new TenantSettings(Optional.of(new Retention(1)), 0))
                .orThrow();
        var session = ended(acme.bash());
        clock.advance(Duration.ofDays(100));
        assertThat(sweep()).isZero();
        assertThat(deleted(session)).isFalse();
    }

    private Reason refusal(SessionId session) {
        return store.deletions().delete(ADMIN, acme.id(), session, "by hand")
                        instanceof Written.Refused<?>(var why, var _)
                ? why
                : Reason.TAKEN;
    }

    private List<AuditEntry> audit(String action) {
        return store
                .auditLog()
                .list(acme.id(), Instant.EPOCH, clock.instant().plusSeconds(60), Optional.empty(), 200)
                .items()
                .stream()
                .filter(entry -> entry.action().equals(action))
                .toList();
    }

    private ConnectionDefinition connection(String name, int days) {
        var definition = acme.definition(dev.sallyport.core.id.ConnectionId.next(clock), name, 1);
        return store.connections()
                .create(ADMIN, SignedDefinition.sign(definition, acme.signer()), Optional.of(new Retention(days)))
                .orThrow()
                .definition();
    }

    /// A session that is over, with a recording of two chunks.
    private SessionId ended(ConnectionDefinition connection) {
        var session = start(connection);
        try {
            chunks.put(acme.id(), session.id(), 0, new byte[] {1});
            chunks.put(acme.id(), session.id(), 1, new byte[] {2});
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        store.recordings()
                .change(
                        acme.id(),
                        session.id(),
                        row -> new RecordingRow(
                                row.tenant(),
                                row.session(),
                                row.wrappedDataKey(),
                                row.level(),
                                RecordingState.COMPLETE,
                                2,
                                new byte[] {7},
                                row.version()))
                .orThrow();
        assertThat(store.sessions().end(Actor.SYSTEM, acme.id(), session.id(), new Outcome.Exited(0), clock.instant()))
                .isTrue();
        return session.id();
    }

    private Session start(ConnectionDefinition connection) {
        var session = new Session(
                acme.id(),
                SessionId.next(clock),
                acme.alice().id(),
                acme.alice().email(),
                connection.id(),
                connection.name(),
                1,
                acme.agent().id(),
                edge,
                AccessMode.EXEC,
                "exec",
                Optional.of("ls"),
                "192.0.2.9",
                new Session.ShownCertificate(acme.ca().fingerprint(), 7, "id", ExampleTenant.fingerprint("k")),
                RecordingLevel.FULL,
                true,
                clock.instant(),
                clock.instant().plusSeconds(60),
                Optional.empty());
        return store.sessions()
                .start(
                        new Actor(acme.alice().id().value(), "192.0.2.9"),
                        session,
                        new RecordingRow(
                                acme.id(),
                                session.id(),
                                new byte[] {9},
                                RecordingLevel.FULL,
                                RecordingState.LIVE,
                                0,
                                new byte[0],
                                1))
                .orThrow();
    }
}
