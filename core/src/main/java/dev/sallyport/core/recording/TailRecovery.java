package dev.sallyport.core.recording;

import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.secret.Secret;
import dev.sallyport.core.session.Outcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Continues a recording, whose edge and spool are lost, with what the session's agent kept, and seals it.
///
/// Works from the stored chunks and the data key alone. Bytes are matched by stream and offset: none is added
/// that is stored already, and one that is in neither is told as missing (the recording is then *incomplete*).
/// What has no offset (sizes, signals, files, the exit) is placed by the bytes around it; of two equal ones in
/// a row, one may be lost where stored chunks and tail meet. May be interrupted anywhere and run again with the
/// same tail.
///
/// Only for a session that no edge serves any more: a recording that was sealed takes nothing more.
public final class TailRecovery {

    /// Most events without an offset that are compared at the place where stored chunks and tail meet.
    private static final int MOST_HELD = 4096;

    /// Most events of the tail that wait for a decision; past it, what is undecided counts as not stored.
    private static final int MOST_WAITING = 4096;

    /// Most bytes of them.
    private static final int LONGEST_WAITING = 4 << 20;

    /// The events that the agent kept, in its order; their numbers mean nothing.
    public interface Tail {

        /// The next event; empty after the last.
        Optional<Event> next() throws IOException, InterruptedException;
    }

    /// Which side an event comes from; each side's events are stored in the order in which the agent has them.
    private enum Side {
        USER,
        TARGET
    }

    private final ChunkStore chunks;
    private final TenantId tenant;
    private final SessionId session;
    private final ChunkWriter writer;
    private final long now;

    private final StreamOffsets stored;
    private final Map<Side, List<Event>> storedLast;
    private final Set<Side> beyond = EnumSet.noneOf(Side.class);

    /// What waits until it is known which of the events without an offset are stored, in the tail's order.
    private final Deque<Waiting> waiting = new ArrayDeque<>();

    private int waitingBytes;
    private long time;
    private long added;
    private boolean missing;

    private TailRecovery(
            ChunkStore chunks, TenantId tenant, SessionId session, ChunkWriter writer, Stored stored, long now) {
        this.chunks = chunks;
        this.tenant = tenant;
        this.session = session;
        this.writer = writer;
        this.stored = stored.offsets;
        this.storedLast = stored.last;
        this.time = stored.time;
        this.now = now;
        for (var side : Side.values()) {
            if (!stored.seen.contains(side)) {
                beyond.add(side);
            }
        }
    }

    /// An event of the tail.
    private static final class Waiting {
        final Event event;
        boolean undecided;
        boolean stored;

        Waiting(Event event, boolean undecided) {
            this.event = event;
            this.undecided = undecided;
        }
    }

    /// What is in the chunks that are stored.
    private static final class Stored {
        final StreamOffsets offsets = new StreamOffsets();
        /// Events without an offset after each side's last bytes.
        final Map<Side, List<Event>> last = new EnumMap<>(Side.class);

        /// Sides of which there is anything.
        final Set<Side> seen = EnumSet.noneOf(Side.class);

        long time;

        Stored(RecordingReader reader, long start) throws IOException {
            time = start;
            for (var side : Side.values()) {
                last.put(side, new ArrayList<>());
            }
            for (var next = reader.next(); next.isPresent(); next = reader.next()) {
                var event = next.get();
                time = event.time();
                offsets.passed(event);
                side(event.kind()).ifPresent(side -> {
                    seen.add(side);
                    var controls = of(last, side);
                    if (onStream(event.kind()) || controls.size() == MOST_HELD) {
                        controls.clear();
                    }
                    if (!onStream(event.kind())) {
                        controls.add(event);
                    }
                });
            }
        }
    }

    /// Continues and seals; when the recording was sealed before, it only says how.
    ///
    /// @param head what the first chunk says, for the case that there is none
    /// @param why one sentence for the [Event.Kind#RECOVERED] event
    /// @param outcome how the session ended, as far as is known
    /// @throws BrokenRecording when the stored chunks are not whole
    /// @throws ChunkConflict when someone else continues it at the same time
    public static SealedRecording recover(
            ChunkStore chunks,
            TenantId tenant,
            SessionId session,
            RecordingHead head,
            Secret key,
            Tail tail,
            String why,
            Outcome outcome,
            InstantSource clock)
            throws IOException, InterruptedException {
        var reader = new RecordingReader(chunks, tenant, session, key);
        var stored = new Stored(reader, head.start());
        if (reader.sealed()) {
            return new SealedRecording(tenant, session, reader.position(), reader.state(false));
        }
        var writer = new ChunkWriter(tenant, session, reader.head().orElse(head), key, reader.position());
        long now = ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant());
        return new TailRecovery(chunks, tenant, session, writer, stored, now).run(tail, why, outcome);
    }

    private SealedRecording run(Tail tail, String why, Outcome outcome) throws IOException, InterruptedException {
        for (var next = tail.next(); next.isPresent(); next = tail.next()) {
            var event = next.get();
            var side = side(event.kind());
            if (side.isEmpty() || (onStream(event.kind()) && event.covers() == 0)) {
                continue;
            }
            if (onStream(event.kind())) {
                bytes(side.get(), event);
            } else {
                control(side.get(), event);
            }
        }
        for (var side : Side.values()) {
            passBoundary(side);
        }
        add(Event.Kind.RECOVERED, why + "; " + added + " events came from the agent");
        time = Math.max(time, now);
        add(Event.Kind.END, outcome.name() + ": " + outcome.sentence());
        var state = missing ? RecordingState.INCOMPLETE : RecordingState.RECOVERED;
        store(state);
        return new SealedRecording(tenant, session, writer.position(), state);
    }

    private void bytes(Side side, Event event) throws IOException {
        long have = stored.next(event.kind());
        long end = event.offset() + event.covers();
        if (end <= have) {
            decide(side, undecided(side).size());
            return;
        }
        passBoundary(side);
        if (event.offset() > have) {
            missing = true;
            var text = (event.offset() - have) + " bytes of " + event.kind().name() + " are missing here";
            append(Event.Kind.RECOVERED, 0, event.time(), text.getBytes(StandardCharsets.UTF_8));
            append(event.kind(), event.offset(), event.time(), event.bytes());
        } else if (event.kind() == Event.Kind.HIDDEN_INPUT) {
            var rest = Long.toString(end - have).getBytes(StandardCharsets.US_ASCII);
            append(event.kind(), have, event.time(), rest);
        } else {
            int from = (int) (have - event.offset());
            append(event.kind(), have, event.time(), Arrays.copyOfRange(event.bytes(), from, event.bytes().length));
        }
        stored.reached(event.kind(), end);
    }

    private void control(Side side, Event event) throws IOException {
        waitFor(new Waiting(event, !beyond.contains(side)));
    }

    /// The tail goes past what is stored of a side: of its events that wait, those that are the last stored
    /// ones are left out.
    private void passBoundary(Side side) throws IOException {
        if (!beyond.add(side)) {
            return;
        }
        var have = of(storedLast, side);
        var controls = undecided(side);
        int common = Math.min(have.size(), controls.size());
        while (common > 0 && !same(have.subList(have.size() - common, have.size()), controls.subList(0, common))) {
            common--;
        }
        decide(side, common);
    }

    private List<Event> undecided(Side side) {
        return waiting.stream()
                .filter(one -> one.undecided && side(one.event.kind()).equals(Optional.of(side)))
                .map(one -> one.event)
                .toList();
    }

    /// The first `known` undecided events of a side are stored, the others are not.
    private void decide(Side side, int known) throws IOException {
        int left = known;
        for (var one : waiting) {
            if (one.undecided && side(one.event.kind()).equals(Optional.of(side))) {
                one.undecided = false;
                one.stored = left > 0;
                left--;
            }
        }
        while (!waiting.isEmpty() && !waiting.element().undecided) {
            var one = waiting.remove();
            waitingBytes -= one.event.bytes().length;
            if (!one.stored) {
                write(one.event);
            }
        }
    }

    private static boolean same(List<Event> some, List<Event> others) {
        for (int i = 0; i < some.size(); i++) {
            if (some.get(i).kind() != others.get(i).kind()
                    || !Arrays.equals(some.get(i).bytes(), others.get(i).bytes())) {
                return false;
            }
        }
        return true;
    }

    private void append(Event.Kind kind, long offset, long when, byte[] bytes) throws IOException {
        waitFor(new Waiting(new Event(0, kind, offset, when, bytes), false));
    }

    private void waitFor(Waiting one) throws IOException {
        if (waiting.isEmpty() && !one.undecided) {
            write(one.event);
            return;
        }
        waiting.add(one);
        waitingBytes += one.event.bytes().length;
        if (waiting.size() > MOST_WAITING || waitingBytes > LONGEST_WAITING) {
            for (var side : Side.values()) {
                passBoundary(side);
            }
        }
    }

    private void write(Event event) throws IOException {
        time = Math.max(time, Math.min(event.time(), now));
        writer.add(new Event(writer.next(), event.kind(), event.offset(), time, event.bytes()));
        added++;
        if (writer.full()) {
            store(RecordingState.LIVE);
        }
    }

    private void add(Event.Kind kind, String text) {
        writer.add(new Event(writer.next(), kind, 0, time, text.getBytes(StandardCharsets.UTF_8)));
    }

    private void store(RecordingState state) throws IOException {
        int number = writer.position().chunks();
        chunks.put(tenant, session, number, writer.cut(state));
    }

    /// Of which side an event of an agent's tail may be; empty for what only an edge writes.
    private static Optional<Side> side(Event.Kind kind) {
        return switch (kind) {
            case INPUT, HIDDEN_INPUT, END_OF_INPUT, RESIZE, SIGNAL -> Optional.of(Side.USER);
            case OUTPUT, ERROR, FILE, STATEMENT, ANSWER, EXIT, PASSED -> Optional.of(Side.TARGET);
            case REQUEST, MESSAGE, END, RECOVERED -> Optional.empty();
        };
    }

    private static boolean onStream(Event.Kind kind) {
        return switch (kind) {
            case OUTPUT, ERROR, INPUT, HIDDEN_INPUT -> true;
            case END_OF_INPUT,
                    RESIZE,
                    SIGNAL,
                    REQUEST,
                    MESSAGE,
                    FILE,
                    STATEMENT,
                    ANSWER,
                    EXIT,
                    PASSED,
                    END,
                    RECOVERED -> false;
        };
    }

    private static List<Event> of(Map<Side, List<Event>> events, Side side) {
        return events.computeIfAbsent(side, any -> new ArrayList<>());
    }
}
