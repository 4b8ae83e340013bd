package dev.sallyport.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.access.AccessMode;
import dev.sallyport.core.audit.Actor;
import dev.sallyport.core.edge.EdgeAddress;
import dev.sallyport.core.edge.Mail;
import dev.sallyport.core.id.EdgeId;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.recording.RecordingLevel;
import dev.sallyport.core.recording.RecordingRow;
import dev.sallyport.core.recording.RecordingState;
import dev.sallyport.core.session.Outcome;
import dev.sallyport.core.session.Session;
import dev.sallyport.core.user.User;
import dev.sallyport.store.Sessions.Filter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

class SessionsTest {

    private final MutableClock clock = new MutableClock(Instant.parse("2026-11-29T22:00:00Z"));
    private final Store store = LocalDynamo.store(clock);
    private final ExampleTenant acme = new ExampleTenant(store, "acme");
    private final EdgeId edge = EdgeId.next(clock);

    @Test
    void aSessionIsReadBackAsItWasWritten() {
        var session = start(acme.alice());

        assertThat(store.sessions().get(acme.id(), session.id())).contains(session);
        assertThat(store.edges().sessions(edge)).containsExactly(new Edges.Held(acme.id(), session.id()));
        assertThat(store.recordings().get(acme.id(), session.id()).orElseThrow().wrappedDataKey())
                .containsExactly(9);
    }

    @Test
    void aSessionEndsOnceWhoeverSaysSo() throws Exception {
        var session = start(acme.alice());
        var ends = new ArrayList<Callable<Boolean>>();
        for (int i = 0; i < 8; i++) {
            int status = i;
            ends.add(() -> store.sessions()
                    .end(Actor.SYSTEM, acme.id(), session.id(), new Outcome.Exited(status), clock.instant()));
        }

        var results = AtOnce.run(ends);

        assertThat(results).filteredOn(first -> first).hasSize(1);
        assertThat(store.sessions()
                        .get(acme.id(), session.id())
                        .orElseThrow()
                        .end()
                        .orElseThrow()
                        .exitStatus())
                .contains(results.indexOf(true));
        assertThat(store.edges().sessions(edge)).isEmpty();
        assertThat(store.auditLog()
                        .list(acme.id(), Instant.EPOCH, clock.instant().plusSeconds(60), Optional.empty(), 100)
                        .items())
                .filteredOn(entry -> entry.action().equals("session.ended"))
                .hasSize(1);
        assertThat(list(Filter.all(), 10).getFirst().end()).isPresent();
    }

    @Test
    void listsAreNewestFirstInPagesAcrossDays() {
        var random = new Random(2);
        var ids = new ArrayList<SessionId>();
        for (int i = 0; i < 30; i++) {
            ids.addFirst(start(acme.alice()).id());
            clock.advance(Duration.ofMinutes(1 + random.nextInt(400)));
        }

        assertThat(list(Filter.all(), 4)).extracting(Session::id).isEqualTo(ids);
        assertThat(list(Filter.all(), 100)).extracting(Session::id).isEqualTo(ids);
    }

    @Test
    void aFilterShowsWhatItNames() {
        var first = start(acme.alice());
        clock.advance(Duration.ofHours(5));
        var second = start(acme.bob());
        clock.advance(Duration.ofHours(5));
        var third = start(acme.alice());
        store.sessions().end(Actor.SYSTEM, acme.id(), first.id(), new Outcome.UserLeft(), clock.instant());

        assertThat(ids(new Filter(
                        Optional.of(acme.alice().id()),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty())))
                .containsExactly(third.id(), first.id());
        assertThat(ids(new Filter(
                        Optional.empty(), Optional.empty(), Optional.of(true), Optional.empty(), Optional.empty())))
                .containsExactly(third.id(), second.id());
        assertThat(ids(new Filter(
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(second.started()),
                        Optional.of(third.started()))))
                .containsExactly(second.id());
        assertThat(ids(new Filter(
                        Optional.empty(),
                        Optional.of(acme.bash().name()),
                        Optional.of(false),
                        Optional.empty(),
                        Optional.empty())))
                .containsExactly(first.id());
    }

    @Test
    void aKillIsMailForTheSessionsEdgeAlone() {
        var other = EdgeId.next(clock);
        store.edges().register(new EdgeAddress(edge, "", clock.instant()));
        store.edges().register(new EdgeAddress(other, "", clock.instant()));
        var session = start(acme.alice());

        store.sessions().kill(ExampleTenant.ADMIN, acme.id(), session.id()).orThrow();

        assertThat(store.mailboxes().read(edge))
                .extracting(Mailboxes.Letter::mail)
                .containsExactly(new Mail.KillSession(acme.id(), session.id(), "admin"));
        assertThat(store.mailboxes().read(other)).isEmpty();
        store.sessions().end(Actor.SYSTEM, acme.id(), session.id(), new Outcome.Killed("admin"), clock.instant());
        assertThat(store.sessions().kill(ExampleTenant.ADMIN, acme.id(), session.id()))
                .isEqualTo(new Written.Refused<>(Written.Reason.STALE, "The session has ended already."));
    }

    @Test
    void aRecordingsRowChangesByWhatStandsThere() throws Exception {
        var session = start(acme.alice());
        var changes = new ArrayList<Callable<Written<RecordingRow>>>();
        for (int i = 0; i < 5; i++) {
            changes.add(() -> store.recordings()
                    .change(acme.id(), session.id(), row -> with(row, RecordingState.LIVE, row.chunks() + 1)));
        }

        AtOnce.run(changes);
        store.recordings()
                .change(acme.id(), session.id(), row -> with(row, RecordingState.COMPLETE, row.chunks()))
                .orThrow();

        var row = store.recordings().get(acme.id(), session.id()).orElseThrow();
        assertThat(row.chunks()).isEqualTo(5);
        assertThat(row.version()).isEqualTo(7);
        assertThat(store.auditLog().recordingsEnded(acme.id(), clock.instant())).containsExactly(session.id());
    }

    @Test
    void mailThatSaysTheSameIsOneLetterAndANewOneSurvivesTheDeletionOfTheOld() {
        store.mailboxes().put(edge, new Mail.ConfigChanged(acme.id()));
        var old = store.mailboxes().read(edge).getFirst();
        clock.advance(Duration.ofMillis(1));
        store.mailboxes().put(edge, new Mail.ConfigChanged(acme.id()));
        store.mailboxes()
                .put(edge, new Mail.AgentRevoked(acme.id(), acme.agent().id()));

        store.mailboxes().delete(edge, old);

        assertThat(store.mailboxes().read(edge))
                .extracting(Mailboxes.Letter::mail)
                .containsExactlyInAnyOrder(
                        new Mail.ConfigChanged(acme.id()),
                        new Mail.AgentRevoked(acme.id(), acme.agent().id()));
    }

    @Test
    void anEdgeThatBeatsIsNotTakenOver() {
        store.edges().register(new EdgeAddress(edge, "10.0.0.1:8443", clock.instant()));
        assertThat(store.edges().beat(edge)).isTrue();
        assertThat(store.edges().beats()).containsEntry(edge, 1L);

        assertThat(store.edges().takeOver(edge, 0)).isFalse();
        assertThat(store.edges().takeOver(edge, 1)).isTrue();

        assertThat(store.edges().beat(edge)).isFalse();
        assertThat(store.edges().beats()).containsEntry(edge, -1L);
        store.edges().forget(edge);
        assertThat(store.edges().registered()).isEmpty();
    }

    @Test
    void aDutyGoesToOneEdgeUntilThatIsGone() {
        var other = EdgeId.next(clock);
        store.edges().register(new EdgeAddress(edge, "", clock.instant()));
        store.edges().register(new EdgeAddress(other, "", clock.instant()));

        assertThat(store.edges().hold("seal", edge)).isTrue();
        assertThat(store.edges().hold("seal", other)).isFalse();
        assertThat(store.edges().hold("sweep", other)).isTrue();
        store.edges().forget(edge);
        assertThat(store.edges().hold("seal", other)).isTrue();
    }

    @Test
    void checkpointsAreARowWithoutGapsOrTwins() {
        var first = new Checkpoints.Stored(acme.id(), 1, new byte[] {1}, new byte[] {2});
        var second = new Checkpoints.Stored(acme.id(), 2, new byte[] {3}, new byte[] {4});

        assertThat(store.checkpoints().last(acme.id())).isEmpty();
        assertThat(store.checkpoints().append(first)).isTrue();
        assertThat(store.checkpoints().append(new Checkpoints.Stored(acme.id(), 1, new byte[] {9}, new byte[] {9})))
                .isFalse();
        assertThat(store.checkpoints().append(second)).isTrue();

        assertThat(store.checkpoints().last(acme.id())).contains(second);
        assertThat(store.checkpoints().list(acme.id(), 1, 10)).containsExactly(first, second);
        assertThat(store.checkpoints().list(acme.id(), 2, 10)).containsExactly(second);
    }

    private List<SessionId> ids(Filter filter) {
        return list(filter, 100).stream().map(Session::id).toList();
    }

    private List<Session> list(Filter filter, int limit) {
        var found = new ArrayList<Session>();
        Optional<String> cursor = Optional.empty();
        int pages = 0;
        do {
            var page = store.sessions().list(acme.id(), filter, cursor, limit);
            found.addAll(page.items());
            cursor = page.cursor();
            pages++;
        } while (cursor.isPresent() && pages < 100);
        return found;
    }

    private static RecordingRow with(RecordingRow row, RecordingState state, int chunks) {
        return new RecordingRow(
                row.tenant(),
                row.session(),
                row.wrappedDataKey(),
                row.level(),
                state,
                chunks,
                row.lastHash(),
                row.version());
    }

    private Session start(User user) {
        var session = new Session(
                acme.id(),
                SessionId.next(clock),
                user.id(),
                user.email(),
                acme.bash().id(),
                acme.bash().name(),
                1,
                acme.agent().id(),
                edge,
                AccessMode.EXEC,
                "exec",
                Optional.of("ls"),
                "192.0.2.9",
                new Session.ShownCertificate(acme.ca().fingerprint(), -2, "id", ExampleTenant.fingerprint("k")),
                RecordingLevel.FULL,
                true,
                clock.instant(),
                clock.instant().plusSeconds(60),
                Optional.empty());
        return store.sessions()
                .start(
                        new Actor(user.id().value(), "192.0.2.9"),
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
