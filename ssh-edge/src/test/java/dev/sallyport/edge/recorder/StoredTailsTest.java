package dev.sallyport.edge.recorder;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.access.AccessMode;
import dev.sallyport.core.audit.Actor;
import dev.sallyport.core.id.EdgeId;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.link.Ticket;
import dev.sallyport.core.recording.FileDataKeys;
import dev.sallyport.core.recording.FolderChunkStore;
import dev.sallyport.core.recording.RecordingLevel;
import dev.sallyport.core.recording.RecordingRow;
import dev.sallyport.core.recording.RecordingState;
import dev.sallyport.core.session.Outcome;
import dev.sallyport.core.session.Session;
import dev.sallyport.edge.agents.AgentDirectory.KnownAgent;
import dev.sallyport.edge.agents.TailReceiver.Answer;
import dev.sallyport.store.ExampleTenant;
import dev.sallyport.store.LocalDynamo;
import dev.sallyport.store.Store;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What agents bring of recordings that somebody deleted meanwhile.
class StoredTailsTest {

    private static final Clock CLOCK = Clock.systemUTC();

    @TempDir
    private Path folder;

    private final Store store = LocalDynamo.store();
    private final ExampleTenant acme = new ExampleTenant(store, "acme");

    @Test
    void ofADeletedRecordingNoTailIsRead() throws Exception {
        var keys = FileDataKeys.readOrCreate(folder.resolve("master"));
        var chunks = new FolderChunkStore(folder.resolve("recordings"));
        var rows = new StoredRecordings(store.recordings());
        var tails = new StoredTails(store, chunks, keys, rows, CLOCK);
        var agent = new KnownAgent(acme.id(), acme.agent().id(), acme.agent().name());
        var lost = lost(keys);
        store.deletions()
                .delete(ExampleTenant.ADMIN, acme.id(), lost, "private")
                .orThrow();
        assertThat(rows.deleted(acme.id(), lost)).isTrue();
        var read = new AtomicBoolean();

        var answer = tails.receive(agent, acme.id(), lost, Ticket.next(), () -> {
            read.set(true);
            return Optional.empty();
        });

        assertThat(answer).isInstanceOf(Answer.Refused.class);
        assertThat(read).isFalse();
        assertThat(chunks.numbers(acme.id(), lost)).isEmpty();

        var other = lost(keys);
        assertThat(rows.deleted(acme.id(), other)).isFalse();
        assertThat(tails.receive(agent, acme.id(), other, Ticket.next(), Optional::empty))
                .as("of one that is there")
                .isEqualTo(new Answer.Stored());
        assertThat(chunks.numbers(acme.id(), other)).hasSize(1);
    }

    /// A session whose edge was lost.
    private SessionId lost(FileDataKeys keys) throws IOException {
        var id = SessionId.next(CLOCK);
        var now = CLOCK.instant();
        var session = new Session(
                acme.id(),
                id,
                acme.alice().id(),
                acme.alice().email(),
                acme.bash().id(),
                acme.bash().name(),
                1,
                acme.agent().id(),
                EdgeId.next(CLOCK),
                AccessMode.EXEC,
                "exec",
                Optional.of("ls"),
                "192.0.2.9",
                new Session.ShownCertificate(acme.ca().fingerprint(), 7, "id", ExampleTenant.fingerprint("k")),
                RecordingLevel.FULL,
                true,
                now,
                now.plusSeconds(60),
                Optional.empty());
        store.sessions()
                .start(
                        Actor.SYSTEM,
                        session,
                        new RecordingRow(
                                acme.id(),
                                id,
                                keys.next(acme.id()).wrapped(),
                                RecordingLevel.FULL,
                                RecordingState.INCOMPLETE,
                                0,
                                new byte[0],
                                1))
                .orThrow();
        assertThat(store.sessions().end(Actor.SYSTEM, acme.id(), id, new Outcome.EdgeLost(), now))
                .isTrue();
        return id;
    }
}
