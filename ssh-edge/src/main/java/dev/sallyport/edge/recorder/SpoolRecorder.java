package dev.sallyport.edge.recorder;

import dev.sallyport.core.id.EdgeId;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.recording.ChunkStore;
import dev.sallyport.core.recording.DataKeys;
import dev.sallyport.core.recording.RecordingHead;
import dev.sallyport.core.recording.RecordingPosition;
import dev.sallyport.core.recording.SealedRecording;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The recorder of an edge: appends to a spool on the edge's disk, and stores chunks from there.
///
/// An event is in the recording when it is in the spool: the spool outlives the process, and what of it is not
/// stored when the edge dies, [SpoolRecovery] stores at the next start. While the chunk store fails, recordings
/// go on until the spool is full; what waits is in memory up to a bound only.
public final class SpoolRecorder implements Recorder, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SpoolRecorder.class);

    /// Longest pause before trying again to store a chunk.
    static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

    /// How long the chunks that are on their way are waited for when the recorder stops.
    private static final Duration LAST_CHUNKS = Duration.ofSeconds(5);

    /// Recordings that are noted as sealed at once: after an outage of the chunk store hundreds may end
    /// together, and the database shall have time for those who wait for it.
    static final int NOTED_AT_ONCE = 16;

    /// Most bytes of events that are in the spool and in memory as well.
    private static final long KEPT = 32L << 20;

    static final FileAttribute<?> FOLDER =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final FileAttribute<?> FILE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final Path folder;
    private final SpoolLock lock;
    private final Journal journal;
    private final ChunkStore chunks;
    private final DataKeys dataKeys;
    private final SealedListener listener;
    private final InstantSource clock;
    private final SpoolLimits limits;
    private final Semaphore uploads;
    private final Semaphore notes = new Semaphore(NOTED_AT_ONCE, true);
    private final KeptBytes kept = new KeptBytes(KEPT);

    private final Map<SessionId, SpoolRecording> recordings = new ConcurrentHashMap<>();
    private final AtomicInteger atWork = new AtomicInteger();
    private final AtomicInteger numbers = new AtomicInteger();
    private volatile boolean stopping;

    /// Starts recording into `<spool>/<edge>`.
    ///
    /// @param spool folder of the spools of all edges on this disk; made when it is not there
    /// @param listener learns of each recording that is sealed and stored
    public SpoolRecorder(
            Path spool,
            EdgeId edge,
            ChunkStore chunks,
            DataKeys dataKeys,
            SealedListener listener,
            InstantSource clock,
            SpoolLimits limits)
            throws IOException {
        this.chunks = chunks;
        this.dataKeys = dataKeys;
        this.listener = listener;
        this.clock = clock;
        this.limits = limits;
        this.uploads = new Semaphore(limits.uploads());
        Files.createDirectories(spool, FOLDER);
        // Locked before it has its name: a recovery that runs at the same time never takes it for a dead edge's.
        var beside = Files.createTempDirectory(spool, ".new", FOLDER);
        Files.createFile(beside.resolve(SpoolLock.FILE), FILE);
        this.lock = SpoolLock.tryTake(beside).orElseThrow(() -> new IOException("could not lock the spool"));
        this.folder = Files.move(beside, spool.resolve(edge.value()));
        this.journal = new Journal(folder, limits);
    }

    @Override
    public Recording open(Head head, byte[] wrappedDataKey, BiConsumer<Long, Long> stored) throws RecordingFailed {
        if (stopping) {
            throw new RecordingFailed("the recorder is stopping");
        }
        int number = numbers.incrementAndGet();
        var facts = new RecordingHead(head.connection(), head.level(), head.startMicros());
        var recording = new SpoolRecording(this, number, head.tenant(), head.session(), facts, wrappedDataKey, stored);
        if (recordings.putIfAbsent(head.session(), recording) != null) {
            throw new IllegalStateException("the session has a recording already");
        }
        try {
            journal.awaitRoom();
            journal.open(new SpoolRecord.Opened(number, head.tenant(), head.session(), facts, wrappedDataKey));
            return recording;
        } catch (RecordingFailed e) {
            recordings.remove(head.session());
            throw e;
        }
    }

    /// Where the stored chunks of each recording end that this edge writes now, for the next checkpoint.
    public Map<SessionId, RecordingPosition> live() {
        var positions = new HashMap<SessionId, RecordingPosition>();
        recordings.forEach((session, recording) -> positions.put(session, recording.position()));
        return positions;
    }

    /// Where the stored chunks of one recording end; empty when this edge does not write it, or is done with
    /// it.
    public Optional<RecordingPosition> live(SessionId session) {
        return Optional.ofNullable(recordings.get(session)).map(SpoolRecording::position);
    }

    /// How many segments the spool has, for tests and metrics: one when nothing waits.
    public int segments() {
        return journal.segments();
    }

    /// Bytes in the spool, for metrics.
    public long spooledBytes() {
        return journal.bytes();
    }

    /// Stops: gives sealed recordings 10 seconds to be stored, and then leaves what remains to [SpoolRecovery].
    @Override
    public void close() throws IOException {
        try {
            close(Duration.ofSeconds(10));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// As [#close()], with another patience.
    public void close(Duration patience) throws IOException, InterruptedException {
        long until = System.nanoTime() + patience.toNanos();
        synchronized (recordings) {
            while (recordings.values().stream().anyMatch(SpoolRecording::ended)) {
                long left = (until - System.nanoTime()) / 1_000_000;
                if (left <= 0) {
                    LOG.warn("recordings are left in the spool; the next start stores them");
                    break;
                }
                recordings.wait(left);
            }
        }
        stopping = true;
        recordings.values().forEach(SpoolRecording::hurry);
        awaitStoring();
        journal.close();
        if (recordings.isEmpty()) {
            SpoolRecovery.delete(folder);
        }
        lock.close();
    }

    /// Waits for the chunks that are on their way, for a while: what a slow store has taken by then is found
    /// taken by the recovery.
    private void awaitStoring() throws InterruptedException {
        long until = System.nanoTime() + LAST_CHUNKS.toNanos();
        synchronized (recordings) {
            while (atWork.get() > 0 && System.nanoTime() < until) {
                recordings.wait(100);
            }
        }
    }

    // ---- for the recordings

    void start(Runnable storing) {
        atWork.incrementAndGet();
        var _ = Thread.ofVirtual().name("store-recording").start(() -> {
            try {
                storing.run();
            } finally {
                atWork.decrementAndGet();
                synchronized (recordings) {
                    recordings.notifyAll();
                }
            }
        });
    }

    void done(SessionId session, int number) {
        journal.close(new SpoolRecord.Closed(number));
        recordings.remove(session);
        synchronized (recordings) {
            recordings.notifyAll();
        }
    }

    Journal journal() {
        return journal;
    }

    ChunkStore chunks() {
        return chunks;
    }

    DataKeys dataKeys() {
        return dataKeys;
    }

    /// Tells the listener, in turn.
    SealedRecording noted(SealedRecording recording) throws Exception {
        notes.acquire();
        try {
            listener.sealed(recording);
            return recording;
        } finally {
            notes.release();
        }
    }

    SpoolLimits limits() {
        return limits;
    }

    KeptBytes kept() {
        return kept;
    }

    Semaphore uploads() {
        return uploads;
    }

    boolean stopping() {
        return stopping;
    }

    /// The time now, in microseconds since 1970.
    long micros() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant());
    }
}
