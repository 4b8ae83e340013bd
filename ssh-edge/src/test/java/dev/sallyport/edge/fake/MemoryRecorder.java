package dev.sallyport.edge.fake;

import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.recording.Event;
import dev.sallyport.core.session.Outcome;
import dev.sallyport.edge.recorder.Recorder;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;

/// Keeps recordings in memory, and fails when it is told to.
public final class MemoryRecorder implements Recorder {

    /// One thing that was appended.
    public record Appended(Event.Kind kind, byte[] bytes, long agentNumber, long edgeNumber) {
        public String text() {
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    /// One recording.
    public static final class Tape implements Recording {
        public final Head head;
        public final CopyOnWriteArrayList<Appended> events = new CopyOnWriteArrayList<>();
        public volatile Optional<Outcome> sealed = Optional.empty();
        private final MemoryRecorder recorder;

        Tape(Head head, MemoryRecorder recorder) {
            this.head = head;
            this.recorder = recorder;
        }

        @Override
        public void append(Event.Kind kind, byte[] bytes, long agentNumber, long edgeNumber) throws RecordingFailed {
            if (recorder.broken) {
                throw new RecordingFailed("the spool is full", new java.io.IOException("no space"));
            }
            if (recorder.kept || kind != Event.Kind.OUTPUT) {
                events.add(new Appended(kind, bytes.clone(), agentNumber, edgeNumber));
            }
        }

        @Override
        public void seal(Outcome outcome) {
            sealed = Optional.of(outcome);
        }

        /// All bytes of one kind, put together.
        public byte[] bytes(Event.Kind kind) {
            var all = new ByteArrayOutputStream();
            events.stream().filter(event -> event.kind() == kind).forEach(event -> all.writeBytes(event.bytes()));
            return all.toByteArray();
        }

        public String text(Event.Kind kind) {
            return new String(bytes(kind), StandardCharsets.UTF_8);
        }

        public List<Event.Kind> kinds() {
            return events.stream().map(Appended::kind).toList();
        }
    }

    private final Map<SessionId, Tape> tapes = new ConcurrentHashMap<>();

    /// The recordings, in the order in which they were opened.
    public final CopyOnWriteArrayList<Tape> all = new CopyOnWriteArrayList<>();

    /// Whether every append fails.
    public volatile boolean broken;

    /// Whether output is kept (not, for a gigabyte).
    public volatile boolean kept = true;

    @Override
    public Recording open(Head head, byte[] wrappedDataKey, BiConsumer<Long, Long> stored) throws RecordingFailed {
        if (broken) {
            throw new RecordingFailed("the spool is full", new java.io.IOException("no space"));
        }
        var tape = new Tape(head, this);
        tapes.put(head.session(), tape);
        all.add(tape);
        return tape;
    }

    public Tape last() {
        return all.getLast();
    }
}
