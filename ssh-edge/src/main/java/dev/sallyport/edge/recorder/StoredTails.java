package dev.sallyport.edge.recorder;

import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.link.Ticket;
import dev.sallyport.core.recording.ChunkConflict;
import dev.sallyport.core.recording.ChunkStore;
import dev.sallyport.core.recording.DataKeys;
import dev.sallyport.core.recording.Event;
import dev.sallyport.core.recording.RecordingHead;
import dev.sallyport.core.recording.RecordingState;
import dev.sallyport.core.recording.TailRecovery;
import dev.sallyport.core.session.Outcome;
import dev.sallyport.edge.agents.AgentDirectory.KnownAgent;
import dev.sallyport.edge.agents.TailReceiver;
import dev.sallyport.store.Store;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Completes recordings, whose edge was lost before everything was stored, with what their agents kept.
///
/// Only the agent that carried a session may: its row names it. Only once the session is over, for no edge
/// serves it then.
public final class StoredTails implements TailReceiver {

    private static final Logger LOG = LoggerFactory.getLogger(StoredTails.class);
    private static final String WHY = "continued from what the agent kept";

    private final Store store;
    private final ChunkStore chunks;
    private final DataKeys dataKeys;
    private final SealedListener rows;
    private final Clock clock;

    public StoredTails(Store store, ChunkStore chunks, DataKeys dataKeys, SealedListener rows, Clock clock) {
        this.store = store;
        this.chunks = chunks;
        this.dataKeys = dataKeys;
        this.rows = rows;
        this.clock = clock;
    }

    @Override
    public Answer receive(KnownAgent agent, TenantId tenant, SessionId session, Ticket ticket, Tail tail)
            throws Broken, InterruptedException {
        var row = store.sessions()
                .get(tenant, session)
                .filter(found -> agent.tenant().equals(tenant) && found.agent().equals(agent.agent()));
        var recording = row.flatMap(found -> store.recordings().get(tenant, session));
        if (row.isEmpty() || recording.isEmpty()) {
            return new Answer.Refused("there is no such session of this agent");
        }
        if (row.get().end().isEmpty()) {
            return new Answer.Later("the session's edge may still live");
        }
        if (recording.get().deletion().isPresent()) {
            return new Answer.Refused("the recording was deleted");
        }
        if (recording.get().state() == RecordingState.COMPLETE
                || recording.get().state() == RecordingState.RECOVERED) {
            return new Answer.Stored();
        }
        if (recording.get().state() == RecordingState.LIVE
                && store.edges().hasLease(row.get().edge())) {
            // it has all of it in its spool, and stores it when the object store lets it
            return new Answer.Later("the session's edge still stores the recording");
        }
        var head = new RecordingHead(
                row.get().connection(),
                recording.get().level(),
                ChronoUnit.MICROS.between(Instant.EPOCH, row.get().started()));
        try (var key = dataKeys.unwrap(tenant, recording.get().wrappedDataKey())) {
            var sealed = TailRecovery.recover(
                    chunks, tenant, session, head, key, tail(tail), WHY, new Outcome.EdgeLost(), clock);
            rows.sealed(sealed);
            LOG.info("recording {} is {}, with what agent {} kept", session, sealed.state(), agent.name());
            return new Answer.Stored();
        } catch (TailEnded e) {
            throw e.broken;
        } catch (ChunkConflict e) {
            return new Answer.Later("another edge continues the recording");
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            LOG.warn("recording {} could not be continued with the agent's tail", session, e);
            return new Answer.Later("the recording could not be continued now");
        }
    }

    /// Carries [Broken] through a reader that knows only I/O errors.
    private static final class TailEnded extends IOException {

        private static final long serialVersionUID = 1;

        private final transient Broken broken;

        TailEnded(Broken broken) {
            super(broken);
            this.broken = broken;
        }
    }

    private static TailRecovery.Tail tail(Tail tail) {
        return () -> {
            try {
                return tail.next()
                        .map(event -> new Event(0, event.kind(), event.offset(), event.time(), event.bytes()));
            } catch (Broken e) {
                throw new TailEnded(e);
            }
        };
    }
}
