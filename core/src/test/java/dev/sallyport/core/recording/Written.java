package dev.sallyport.core.recording;

import dev.sallyport.core.id.ConnectionId;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.secret.Secret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/// A recording in a folder, written by a test.
final class Written {

    static final long START = 1_700_000_000_000_000L;

    final TenantId tenant;
    final SessionId session = SessionId.next(Clock.systemUTC());
    final RecordingHead head = new RecordingHead(ConnectionId.next(Clock.systemUTC()), RecordingLevel.FULL, START);
    final Secret key;
    final FolderChunkStore chunks;
    final ChunkWriter writer;
    final StreamOffsets offsets = new StreamOffsets();
    long time = START;

    Written(Path folder) {
        this(folder, TenantId.next(Clock.systemUTC()));
    }

    Written(Path folder, TenantId tenant) {
        this.tenant = tenant;
        var bytes = new byte[32];
        new java.util.Random(session.hashCode()).nextBytes(bytes);
        key = Secret.of(bytes);
        chunks = new FolderChunkStore(folder);
        writer = new ChunkWriter(tenant, session, head, key, RecordingPosition.START);
    }

    Written add(Event.Kind kind, String text) {
        return add(kind, text.getBytes(StandardCharsets.UTF_8));
    }

    Written add(Event.Kind kind, byte[] bytes) {
        time += 1000;
        var event = new Event(writer.next(), kind, offsets.next(kind), time, bytes);
        offsets.passed(event);
        writer.add(event);
        return this;
    }

    Written cut(RecordingState state) throws IOException {
        int number = writer.position().chunks();
        chunks.put(tenant, session, number, writer.cut(state));
        return this;
    }

    /// Three chunks: `one`, `two`, and the end.
    Written complete() throws IOException {
        add(Event.Kind.REQUEST, "shell").add(Event.Kind.OUTPUT, "one").cut(RecordingState.LIVE);
        add(Event.Kind.INPUT, "in").add(Event.Kind.OUTPUT, "two").cut(RecordingState.LIVE);
        return add(Event.Kind.EXIT, "status 0")
                .add(Event.Kind.END, "Exited: the target ended with exit status 0")
                .cut(RecordingState.COMPLETE);
    }

    RecordingReader reader() {
        return new RecordingReader(chunks, tenant, session, key);
    }

    List<Event> read() throws IOException {
        return all(reader());
    }

    static List<Event> all(RecordingReader reader) throws IOException {
        var events = new ArrayList<Event>();
        for (var next = reader.next(); next.isPresent(); next = reader.next()) {
            events.add(next.get());
        }
        return events;
    }

    /// `KIND text` of every event.
    static List<String> lines(List<Event> events) {
        return events.stream().map(event -> event.kind() + " " + event.text()).toList();
    }
}
