package dev.sallyport.edge.recorder;

import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.recording.ChunkConflict;
import dev.sallyport.core.recording.ChunkHeader;
import dev.sallyport.core.recording.ChunkWriter;
import dev.sallyport.core.recording.Event;
import dev.sallyport.core.recording.RecordingHead;
import dev.sallyport.core.recording.RecordingPosition;
import dev.sallyport.core.recording.RecordingState;
import dev.sallyport.core.recording.SealedRecording;
import dev.sallyport.core.recording.StreamOffsets;
import dev.sallyport.core.secret.Secret;
import dev.sallyport.core.session.Outcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One session's recording while it is written: events go to the spool, and from there, in chunks, to the chunk
/// store.
///
/// Events that are not stored yet are held as [Cut]s: a cut knows where its last event is in the spool and how
/// many there are, and each event knows where the one before is. While there is memory for it ([KeptBytes]) a
/// cut holds the events themselves as well, so that storing it need not read the spool. A virtual thread stores
/// cuts, one after the other, as long as there are any; an idle recording has neither thread nor cut.
final class SpoolRecording implements Recorder.Recording {

    private static final Logger LOG = LoggerFactory.getLogger(SpoolRecording.class);

    /// A cut has at most this many events.
    private static final int MOST_EVENTS = 16_384;

    /// What reaches the size of a chunk sooner grows for so long: fewer and larger chunks cost the store, and us,
    /// less.
    private static final Duration SETTLING = Duration.ofMillis(250);

    /// What an event takes in a chunk besides its bytes, at most.
    private static final int LONGEST_HEAD = 22;

    private static final long NOWHERE = -1;

    /// Consecutive events that become one chunk.
    private static final class Cut {
        final long since = System.nanoTime();
        final Map<Integer, Long> perSegment = new HashMap<>(2);
        final List<Event> kept = new ArrayList<>();
        long keptBytes;
        boolean whole = true;
        long lastEvent = NOWHERE;
        int events;
        int bytes;
        long agentNumber;
        long edgeNumber;
        Optional<Cut> next = Optional.empty();

        /// Whether another event may not fit.
        boolean full() {
            return events >= MOST_EVENTS
                    || bytes + LONGEST_HEAD * (events + 1) + Event.LONGEST > ChunkHeader.LONGEST_PLAIN;
        }

        /// How long this is not to be stored yet, in nanoseconds; zero or less when it is time.
        long unripe(SpoolLimits limits) {
            if (full()) {
                return 0;
            }
            long age = System.nanoTime() - since;
            return (bytes >= limits.chunk() ? SETTLING : limits.chunkAge()).toNanos() - age;
        }
    }

    private final SpoolRecorder recorder;
    private final int number;
    private final TenantId tenant;
    private final SessionId session;
    private final RecordingHead head;
    private final byte[] wrappedDataKey;
    private final BiConsumer<Long, Long> stored;

    // guarded by this
    private final StreamOffsets offsets = new StreamOffsets();
    private long events;
    private long time;
    private long lastEvent = NOWHERE;
    private Optional<Cut> oldest = Optional.empty();
    private Optional<Cut> newest = Optional.empty();
    private boolean storing;
    private boolean failed;
    private boolean abandoned;
    private Optional<Outcome> ended = Optional.empty();
    private boolean endSpooled;
    private RecordingPosition position = RecordingPosition.START;

    // of the storing thread
    private Optional<Secret> key = Optional.empty();
    private long agentStored;
    private long edgeStored;

    SpoolRecording(
            SpoolRecorder recorder,
            int number,
            TenantId tenant,
            SessionId session,
            RecordingHead head,
            byte[] wrappedDataKey,
            BiConsumer<Long, Long> stored) {
        this.recorder = recorder;
        this.number = number;
        this.tenant = tenant;
        this.session = session;
        this.head = head;
        this.wrappedDataKey = wrappedDataKey;
        this.stored = stored;
        this.time = head.start();
    }

    private int chunk() {
        return recorder.limits().chunk();
    }

    @Override
    public void append(Event.Kind kind, byte[] bytes, long agentNumber, long edgeNumber)
            throws Recorder.RecordingFailed {
        recorder.journal().awaitRoom();
        synchronized (this) {
            if (failed || ended.isPresent()) {
                throw new Recorder.RecordingFailed("the recording of " + session + " takes nothing more");
            }
            try {
                int from = 0;
                while (bytes.length - from > Event.LONGEST) {
                    put(kind, bytes, from, Event.LONGEST, 0, 0);
                    from += Event.LONGEST;
                }
                put(kind, bytes, from, bytes.length - from, agentNumber, edgeNumber);
            } catch (Recorder.RecordingFailed e) {
                failed = true;
                throw e;
            }
        }
    }

    private void put(Event.Kind kind, byte[] bytes, int from, int length, long agentNumber, long edgeNumber)
            throws Recorder.RecordingFailed {
        long offset = offsets.next(kind);
        long covers = kind == Event.Kind.HIDDEN_INPUT ? new Event(events, kind, offset, 0, bytes).covers() : length;
        time = Math.max(time, recorder.micros());
        lastEvent = recorder.journal()
                .append(number, kind, events, offset, time, bytes, from, length, agentNumber, edgeNumber, lastEvent);
        events++;
        offsets.reached(kind, offset + covers);
        var cut = newest.filter(last -> !last.full()).orElseGet(this::anotherCut);
        int before = cut.bytes;
        keep(cut, new Event(events - 1, kind, offset, time, whole(bytes, from, length)));
        cut.perSegment.merge((int) (lastEvent >>> 32), 1L, Long::sum);
        cut.lastEvent = lastEvent;
        cut.events++;
        cut.bytes += length;
        cut.agentNumber = Math.max(cut.agentNumber, agentNumber);
        cut.edgeNumber = Math.max(cut.edgeNumber, edgeNumber);
        if (!storing) {
            storing = true;
            recorder.start(this::store);
        } else if (cut.full() || (before < chunk() && cut.bytes >= chunk())) {
            notifyAll();
        }
    }

    private static byte[] whole(byte[] bytes, int from, int length) {
        return length == bytes.length ? bytes : Arrays.copyOfRange(bytes, from, from + length);
    }

    private void keep(Cut cut, Event event) {
        if (!cut.whole) {
            return;
        }
        long size = KeptBytes.of(event);
        if (recorder.kept().take(size)) {
            cut.kept.add(event);
            cut.keptBytes += size;
        } else {
            letGo(cut);
        }
    }

    private void letGo(Cut cut) {
        cut.whole = false;
        cut.kept.clear();
        recorder.kept().give(cut.keptBytes);
        cut.keptBytes = 0;
    }

    private Cut anotherCut() {
        var cut = new Cut();
        newest.ifPresentOrElse(last -> last.next = Optional.of(cut), () -> oldest = Optional.of(cut));
        newest = Optional.of(cut);
        return cut;
    }

    @Override
    public synchronized void seal(Outcome outcome) {
        if (ended.isPresent() || abandoned) {
            return;
        }
        try {
            var text = end(outcome);
            put(Event.Kind.END, text, 0, text.length, 0, 0);
            endSpooled = true;
        } catch (Recorder.RecordingFailed e) {
            LOG.warn("the end of the recording of {} does not fit into the spool", session, e);
            failed = true;
        }
        ended = Optional.of(outcome);
        notifyAll();
        if (!storing) {
            storing = true;
            recorder.start(this::store);
        }
    }

    static byte[] end(Outcome outcome) {
        return (outcome.name() + ": " + outcome.sentence()).getBytes(StandardCharsets.UTF_8);
    }

    /// Where the stored chunks end.
    synchronized RecordingPosition position() {
        return position;
    }

    synchronized boolean ended() {
        return ended.isPresent();
    }

    /// Wakes a thread that waits for a cut to grow old or to try again: the recorder stops.
    synchronized void hurry() {
        notifyAll();
    }

    // ---- the storing thread

    /// One turn of the storing thread: a cut, or the end of a recording without one.
    ///
    /// @param more whether another cut waits already
    private record Turn(Optional<Cut> cut, boolean last, boolean more) {}

    private void store() {
        var turn = Optional.<Turn>empty();
        try {
            do {
                turn = nextTurn();
                if (turn.isPresent()) {
                    storeChunk(turn.get());
                }
            } while (turn.isPresent() && !turn.get().last());
        } catch (ChunkConflict e) {
            LOG.error("another edge continued the recording of {}: it is given up here", session, e);
            giveUp(turn.flatMap(Turn::cut));
        } catch (InterruptedException e) {
            // the recorder stops; what is not stored stays in the spool
        }
    }

    /// Waits until there is something to store; empty when there is nothing, and this thread ends.
    private synchronized Optional<Turn> nextTurn() throws InterruptedException {
        while (oldest.isPresent() && ended.isEmpty() && !recorder.stopping()) {
            long unripe = oldest.get().unripe(recorder.limits());
            if (unripe <= 0) {
                break;
            }
            TimeUnit.NANOSECONDS.timedWait(this, unripe);
        }
        if (oldest.isEmpty() && ended.isEmpty()) {
            storing = false;
            return Optional.empty();
        }
        var cut = oldest;
        oldest = cut.flatMap(taken -> taken.next);
        if (oldest.isEmpty()) {
            newest = Optional.empty();
        }
        return Optional.of(new Turn(cut, ended.isPresent() && oldest.isEmpty(), oldest.isPresent()));
    }

    private void storeChunk(Turn turn) throws ChunkConflict, InterruptedException {
        var dataKey = dataKey();
        RecordingState state;
        recorder.uploads().acquire();
        try {
            var writer = new ChunkWriter(tenant, session, head, dataKey, position());
            if (turn.cut().isPresent()) {
                var cut = turn.cut().get();
                var events = cut.whole ? cut.kept : retried("could not read the spool", () -> read(cut));
                writer.expect(cut.bytes + LONGEST_HEAD * cut.events);
                events.forEach(writer::add);
            }
            state = turn.last() ? lastState(writer) : RecordingState.LIVE;
            int chunkNumber = position().chunks();
            var chunk = writer.cut(state, turn.more());
            retried("could not store a chunk", () -> {
                recorder.chunks().put(tenant, session, chunkNumber, chunk);
                return chunk;
            });
            synchronized (this) {
                position = writer.position();
            }
            turn.cut().ifPresent(this::release);
        } finally {
            recorder.uploads().release();
        }
        turn.cut().ifPresent(this::tellStored);
        if (turn.last()) {
            var sealed = new SealedRecording(tenant, session, position(), state);
            retried("could not note that the recording is sealed", () -> recorder.noted(sealed));
            recorder.done(session, number);
        }
    }

    private Secret dataKey() throws ChunkConflict, InterruptedException {
        if (key.isEmpty()) {
            key = Optional.of(retried(
                    "could not open the data key", () -> recorder.dataKeys().unwrap(tenant, wrappedDataKey)));
        }
        return key.get();
    }

    /// What of a cut is in the spool or in memory is needed no longer.
    private void release(Cut cut) {
        letGo(cut);
        cut.perSegment.forEach((segment, count) -> recorder.journal().release(segment, count));
    }

    /// The events of a cut, read from the last one to the first.
    private List<Event> read(Cut cut) throws IOException {
        var reader = recorder.journal().new Reader();
        var newestFirst = new ArrayList<Event>(cut.events);
        long where = cut.lastEvent;
        for (int i = 0; i < cut.events; i++) {
            var appended = reader.read(where);
            newestFirst.add(appended.event());
            where = appended.previous();
        }
        return newestFirst.reversed();
    }

    /// How the recording ends; adds the end itself where the spool did not take it.
    private synchronized RecordingState lastState(ChunkWriter writer) {
        var outcome = ended.orElseThrow();
        if (!endSpooled) {
            time = Math.max(time, recorder.micros());
            writer.add(new Event(writer.next(), Event.Kind.END, 0, time, end(outcome)));
        }
        boolean whole = !failed && !(outcome instanceof Outcome.RecordingFailed);
        return whole ? RecordingState.COMPLETE : RecordingState.INCOMPLETE;
    }

    private void tellStored(Cut cut) {
        agentStored = Math.max(agentStored, cut.agentNumber);
        edgeStored = Math.max(edgeStored, cut.edgeNumber);
        try {
            stored.accept(agentStored, edgeStored);
        } catch (RuntimeException e) {
            LOG.warn("could not say what is stored of {}", session, e);
        }
    }

    /// Lets go of the spooled events: the recording is another edge's now, and whoever appends here is refused.
    private void giveUp(Optional<Cut> first) {
        var cuts = new ArrayList<Cut>();
        synchronized (this) {
            failed = true;
            abandoned = true;
            first.ifPresent(cuts::add);
            for (var cut = oldest; cut.isPresent(); cut = cut.get().next) {
                cuts.add(cut.get());
            }
            oldest = Optional.empty();
            newest = Optional.empty();
        }
        cuts.forEach(this::release);
        recorder.done(session, number);
    }

    /// Something that may fail for a while.
    private interface Attempt<T> {
        T run() throws Exception;
    }

    /// Tries until it works; gives up only for a [ChunkConflict], or because the recorder stops.
    private <T> T retried(String complaint, Attempt<T> attempt) throws ChunkConflict, InterruptedException {
        long pause = 100;
        while (true) {
            if (recorder.stopping()) {
                throw new InterruptedException("the recorder stops");
            }
            try {
                return attempt.run();
            } catch (ChunkConflict | InterruptedException e) {
                throw e;
            } catch (Exception e) {
                LOG.warn("{} of {}; trying again in {} ms", complaint, session, pause, e);
            }
            pause(pause);
            pause = Math.min(2 * pause, SpoolRecorder.LONGEST_PAUSE.toMillis());
        }
    }

    private synchronized void pause(long millis) throws InterruptedException {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        for (long left = millis; left > 0; left = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime())) {
            if (recorder.stopping()) {
                throw new InterruptedException("the recorder stops");
            }
            wait(left);
        }
    }
}
