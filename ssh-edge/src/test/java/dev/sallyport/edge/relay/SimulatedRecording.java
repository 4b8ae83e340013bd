package dev.sallyport.edge.relay;

import dev.sallyport.core.id.ConnectionId;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.link.TailEvent;
import dev.sallyport.core.recording.Chunk;
import dev.sallyport.core.recording.ChunkWriter;
import dev.sallyport.core.recording.Event;
import dev.sallyport.core.recording.RecordingHead;
import dev.sallyport.core.recording.RecordingLevel;
import dev.sallyport.core.recording.RecordingPosition;
import dev.sallyport.core.recording.RecordingState;
import dev.sallyport.core.recording.StreamOffsets;
import dev.sallyport.core.recording.TailRecovery;
import dev.sallyport.core.secret.Secret;
import dev.sallyport.core.session.Outcome;
import dev.sallyport.edge.recorder.Recorder.RecordingFailed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// One session's recording as its edge has it: events in the spool, of which the first are in the object store,
/// too.
final class SimulatedRecording {

    static final Secret KEY = Secret.of(new byte[32]);
    private static final RecordingHead HEAD =
            new RecordingHead(new ConnectionId("con_" + "1".repeat(26)), RecordingLevel.FULL, 1);

    /// What the object store has of a recording, for the agent and for tests.
    interface StoredListener {
        void stored(long agentNumber, long edgeNumber);
    }

    private record Spooled(Event event, long agentNumber, long edgeNumber) {}

    private final World world;
    private final SessionId session;
    private final List<Spooled> spool = new ArrayList<>();
    private final StreamOffsets offsets = new StreamOffsets();
    private RecordingPosition position = RecordingPosition.START;
    private Optional<Outcome> ended = Optional.empty();
    private boolean failed;
    private boolean done;

    SimulatedRecording(World world, SessionId session) {
        this.world = world;
        this.session = session;
    }

    /// How far a stream is recorded.
    long recorded(Event.Kind kind) {
        return offsets.next(kind);
    }

    boolean failed() {
        return failed;
    }

    boolean done() {
        return done;
    }

    SessionId session() {
        return session;
    }

    void append(Event.Kind kind, byte[] bytes, long agentNumber, long edgeNumber, boolean room) throws RecordingFailed {
        if (failed || ended.isPresent() || !room) {
            failed = true;
            throw new RecordingFailed("simulated");
        }
        put(kind, bytes, agentNumber, edgeNumber);
    }

    private void put(Event.Kind kind, byte[] bytes, long agentNumber, long edgeNumber) {
        var event = new Event(spool.size(), kind, offsets.next(kind), 1 + spool.size(), bytes);
        offsets.passed(event);
        spool.add(new Spooled(event, agentNumber, edgeNumber));
    }

    void seal(Outcome outcome) {
        if (ended.isEmpty()) {
            put(Event.Kind.END, text(outcome.name()), 0, 0);
            ended = Optional.of(outcome);
        }
    }

    /// Stores what is not stored yet.
    void upload(StoredListener listener) {
        boolean last = ended.isPresent();
        if (done || (spool.size() == position.events() && !last)) {
            return;
        }
        if (world.chunks.count(session) > position.chunks()) {
            // somebody else has continued it
            done = true;
            return;
        }
        var writer = new ChunkWriter(SimulatedStore.TENANT, session, HEAD, KEY, position);
        long agentNumber = 0;
        long edgeNumber = 0;
        for (var spooled : spool.subList((int) position.events(), spool.size())) {
            if (writer.full()) {
                cut(world, session, writer, RecordingState.LIVE);
            }
            writer.add(spooled.event());
            agentNumber = Math.max(agentNumber, spooled.agentNumber());
            edgeNumber = Math.max(edgeNumber, spooled.edgeNumber());
        }
        var state = RecordingState.LIVE;
        if (last) {
            boolean whole = !failed && !(ended.get() instanceof Outcome.RecordingFailed);
            state = whole || world.plants(Bug.LOSS_NOT_TOLD) ? RecordingState.COMPLETE : RecordingState.INCOMPLETE;
        }
        cut(world, session, writer, state);
        position = writer.position();
        listener.stored(agentNumber, edgeNumber);
        if (last) {
            done = true;
            world.store.sealed(session, state);
        }
    }

    /// What the next edge does with it, when the spool is still there.
    void recover() throws IOException {
        if (done) {
            return;
        }
        var from = RecordingPosition.START;
        var numbers = world.chunks.numbers(SimulatedStore.TENANT, session);
        if (!numbers.isEmpty()) {
            try {
                var chunk = Chunk.parse(world.chunks
                        .get(SimulatedStore.TENANT, session, numbers.getLast())
                        .orElseThrow());
                if (chunk.header().last()) {
                    return;
                }
                from = chunk.after();
            } catch (dev.sallyport.core.recording.BadChunk e) {
                throw new AssertionError("P7: a stored chunk is none", e);
            }
        }
        var writer = new ChunkWriter(SimulatedStore.TENANT, session, HEAD, KEY, from);
        for (var spooled : spool) {
            var event = spooled.event();
            if (event.number() >= from.events() && event.kind() != Event.Kind.END) {
                if (writer.full()) {
                    cut(world, session, writer, RecordingState.LIVE);
                }
                writer.add(event);
            }
        }
        long time = 2L + spool.size();
        writer.add(new Event(writer.next(), Event.Kind.RECOVERED, 0, time, text("spool")));
        writer.add(new Event(writer.next(), Event.Kind.END, 0, time, text("EdgeLost")));
        cut(world, session, writer, RecordingState.RECOVERED);
        world.store.sealed(session, RecordingState.RECOVERED);
    }

    /// What an edge does with what an agent kept of a session whose edge is lost.
    static RecordingState recover(World world, SessionId session, List<TailEvent> tail, int breaksAfter)
            throws IOException, InterruptedException {
        var left = tail.iterator();
        var read = new int[1];
        TailRecovery.Tail events = () -> {
            if (read[0]++ == breaksAfter) {
                throw new IOException("simulated: the agent is gone in mid-tail");
            }
            return left.hasNext()
                    ? Optional.of(left.next())
                            .map(kept -> new Event(0, kept.kind(), kept.offset(), kept.time(), kept.bytes()))
                    : Optional.empty();
        };
        if (world.plants(Bug.TAIL_TWICE)) {
            return appended(world, session, tail);
        }
        var sealed = TailRecovery.recover(
                world.chunks,
                SimulatedStore.TENANT,
                session,
                HEAD,
                KEY,
                events,
                "simulated",
                new Outcome.EdgeLost(),
                () -> Instant.ofEpochSecond(1_900_000_000));
        world.store.sealed(session, sealed.state());
        return sealed.state();
    }

    private static RecordingState appended(World world, SessionId session, List<TailEvent> tail) throws IOException {
        var numbers = world.chunks.numbers(SimulatedStore.TENANT, session);
        var from = RecordingPosition.START;
        if (!numbers.isEmpty()) {
            try {
                from = Chunk.parse(world.chunks
                                .get(SimulatedStore.TENANT, session, numbers.getLast())
                                .orElseThrow())
                        .after();
            } catch (dev.sallyport.core.recording.BadChunk e) {
                throw new AssertionError("P7: a stored chunk is none", e);
            }
        }
        var writer = new ChunkWriter(SimulatedStore.TENANT, session, HEAD, KEY, from);
        long time = 1L << 50;
        for (var kept : tail) {
            writer.add(new Event(writer.next(), kept.kind(), kept.offset(), time, kept.bytes()));
        }
        writer.add(new Event(writer.next(), Event.Kind.END, 0, time, text("EdgeLost")));
        cut(world, session, writer, RecordingState.RECOVERED);
        world.store.sealed(session, RecordingState.RECOVERED);
        return RecordingState.RECOVERED;
    }

    private static void cut(World world, SessionId session, ChunkWriter writer, RecordingState state) {
        try {
            world.chunks.put(SimulatedStore.TENANT, session, writer.position().chunks(), writer.cut(state));
        } catch (IOException e) {
            throw new AssertionError("P7: two wrote one recording", e);
        }
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
