package dev.sallyport.edge.recorder;

import dev.sallyport.core.id.ConnectionId;
import dev.sallyport.core.id.EdgeId;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.recording.Event;
import dev.sallyport.core.recording.FileDataKeys;
import dev.sallyport.core.recording.RecordingLevel;
import dev.sallyport.core.recording.RecordingReader;
import dev.sallyport.core.recording.SealedRecording;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;

/// A recorder over folders, and what a test wants to know of what it wrote.
final class TestRecorder {

    static final SpoolLimits QUICK =
            new SpoolLimits(1 << 20, 64 << 20, Duration.ofMillis(100), Duration.ofMillis(50), 256 * 1024, 4);

    final Path spool;
    final EdgeId edge = EdgeId.next(Clock.systemUTC());
    final UnreliableChunkStore chunks;
    final FileDataKeys keys;
    final Map<SessionId, SealedRecording> sealed = new ConcurrentHashMap<>();
    final Map<SessionId, byte[]> wrapped = new ConcurrentHashMap<>();
    final AtomicInteger inListener = new AtomicInteger();
    final AtomicInteger mostInListener = new AtomicInteger();
    final TenantId tenant;
    final SpoolRecorder recorder;

    /// Who is told of a sealed recording waits for it.
    volatile CountDownLatch listening = new CountDownLatch(0);

    TestRecorder(Path folder) throws IOException {
        this(folder, QUICK, TenantId.next(Clock.systemUTC()));
    }

    TestRecorder(Path folder, SpoolLimits limits, TenantId tenant) throws IOException {
        this.tenant = tenant;
        spool = folder.resolve("spool");
        chunks = new UnreliableChunkStore(folder.resolve("recordings"));
        keys = FileDataKeys.readOrCreate(folder.resolve("master"));
        recorder = new SpoolRecorder(spool, edge, chunks, keys, this::sealed, Clock.systemUTC(), limits);
    }

    void sealed(SealedRecording recording) {
        int now = inListener.incrementAndGet();
        mostInListener.accumulateAndGet(now, Math::max);
        try {
            listening.await();
            sealed.put(recording.session(), recording);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        } finally {
            inListener.decrementAndGet();
        }
    }

    SealedRecording sealedAs(SessionId session) {
        return Optional.ofNullable(sealed.get(session)).orElseThrow();
    }

    Recorder.Recording open(SessionId session) throws Recorder.RecordingFailed {
        return open(session, (agent, edgeNumber) -> {});
    }

    Recorder.Recording open(SessionId session, BiConsumer<Long, Long> stored) throws Recorder.RecordingFailed {
        var key = keys.next(tenant);
        wrapped.put(session, key.wrapped());
        var head = new Recorder.Head(
                session, tenant, ConnectionId.next(Clock.systemUTC()), RecordingLevel.FULL, 1_700_000_000_000_000L);
        return recorder.open(head, key.wrapped(), stored);
    }

    SpoolRecovery recovery() {
        return new SpoolRecovery(chunks, keys, this::sealed, Clock.systemUTC());
    }

    RecordingReader reader(SessionId session) {
        return new RecordingReader(
                chunks, tenant, session, keys.unwrap(tenant, wrapped.getOrDefault(session, new byte[0])));
    }

    List<Event> events(SessionId session) throws IOException {
        var reader = reader(session);
        var events = new ArrayList<Event>();
        for (var next = reader.next(); next.isPresent(); next = reader.next()) {
            events.add(next.get());
        }
        return events;
    }

    byte[] output(SessionId session) throws IOException {
        var out = new ByteArrayOutputStream();
        for (var event : events(session)) {
            if (event.kind() == Event.Kind.OUTPUT) {
                out.writeBytes(event.bytes());
            }
        }
        return out.toByteArray();
    }

    /// What a kill leaves: the spool's files as they are now, under another edge's name and without its lock
    /// held.
    Path copyOfSpool() throws IOException {
        var from = spool.resolve(edge.value());
        var to = spool.resolve(EdgeId.next(Clock.systemUTC()).value());
        Files.createDirectory(to);
        try (var files = Files.list(from)) {
            for (var file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
        return to;
    }

    static SessionId session() {
        return SessionId.next(Clock.systemUTC());
    }

    static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /// Stops at once, as a crash does.
    void close() throws Exception {
        recorder.close(Duration.ZERO);
    }
}
