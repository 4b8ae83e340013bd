package dev.sallyport.core.recording;

import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.secret.Secret;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;

/// Reads a recording's events in order, while it is written or afterwards. Not for several threads at once.
///
/// Every chunk is checked to be the next one of this very recording. What is read was written by who had the
/// data key; whether it is *all* that was written, only [Verifier] can say.
public final class RecordingReader implements Events {

    private final ChunkStore chunks;
    private final TenantId tenant;
    private final SessionId session;
    private final Secret key;

    private RecordingPosition position = RecordingPosition.START;
    private final Queue<Event> read = new ArrayDeque<>();
    private Optional<RecordingHead> head = Optional.empty();
    private RecordingState state = RecordingState.LIVE;
    private long time;

    public RecordingReader(ChunkStore chunks, TenantId tenant, SessionId session, Secret key) {
        this.chunks = chunks;
        this.tenant = tenant;
        this.session = session;
        this.key = key;
    }

    /// The next event; empty when there is none, or none *yet*: when the recording is not sealed ([#sealed]),
    /// ask again later.
    ///
    /// @throws BrokenRecording when what comes next is not this recording's next chunk
    @Override
    public Optional<Event> next() throws IOException {
        while (read.isEmpty()) {
            if (sealed()) {
                return Optional.empty();
            }
            var stored = chunks.get(tenant, session, position.chunks());
            if (stored.isEmpty()) {
                return Optional.empty();
            }
            take(stored.get());
        }
        return Optional.of(read.remove());
    }

    private void take(byte[] stored) throws BrokenRecording {
        try {
            var chunk = Chunk.parse(stored);
            follows(chunk.header(), tenant, session, position);
            var events = chunk.events(key);
            for (var event : events) {
                if (event.time() < time) {
                    throw new BrokenRecording(event.number(), "time goes backwards at event " + event.number());
                }
                time = event.time();
            }
            chunk.header().head().ifPresent(facts -> head = Optional.of(facts));
            state = chunk.header().state();
            position = chunk.after();
            read.addAll(events);
        } catch (BadChunk e) {
            var broken = new BrokenRecording(position.events(), "chunk " + position.chunks() + ": " + e.getMessage());
            broken.initCause(e);
            throw broken;
        }
    }

    /// Checks that a chunk continues a recording where it stands.
    static void follows(ChunkHeader header, TenantId tenant, SessionId session, RecordingPosition position)
            throws BrokenRecording {
        String problem;
        if (!header.tenant().equals(tenant) || !header.session().equals(session)) {
            problem = "belongs to another session";
        } else if (header.number() != position.chunks()) {
            problem = "is chunk " + header.number() + " of the recording, in the wrong place";
        } else if (!header.previous().equals(position.hash())) {
            problem = "does not follow the chunk before it";
        } else if (header.firstEvent() != position.events() || header.bytesBefore() != position.bytes()) {
            problem = "does not begin where the chunk before it ends";
        } else {
            return;
        }
        throw new BrokenRecording(position.events(), "chunk " + position.chunks() + " " + problem);
    }

    /// What the first chunk says; empty until it was read.
    public Optional<RecordingHead> head() {
        return head;
    }

    /// Whether the last chunk was read: no event comes after those that [#next] still gives.
    public boolean sealed() {
        return state != RecordingState.LIVE;
    }

    /// The state as far as was read. A recording that is not sealed is live while its session is, and that only
    /// the session's row knows.
    public RecordingState state(boolean sessionLives) {
        return sealed() || sessionLives ? state : RecordingState.INCOMPLETE;
    }

    /// Where the chunks that were read end.
    public RecordingPosition position() {
        return position;
    }
}
