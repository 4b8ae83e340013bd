package dev.sallyport.edge.recorder;

import dev.sallyport.core.recording.Event;
import dev.sallyport.edge.recorder.Recorder.RecordingFailed;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The segmented file below all recordings of an edge. Any thread may append; one write each.
///
/// What was appended outlives the process at once, and the machine within [SpoolLimits#SYNC]. A segment goes
/// away when all its events are released. A disk that is nearly full is a full spool ([SpoolLimits#RESERVE]):
/// whoever appends waits, and what is stored makes room. When the disk fails, everything that follows fails: a
/// journal that may have lost something takes nothing more.
///
/// Appends go through [RandomAccessFile], not a channel: a channel closes for all when one thread is
/// interrupted.
final class Journal implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Journal.class);

    /// Name of a segment, with its number.
    static final String SEGMENT = "%08d.segment";

    private final Path folder;
    private final SpoolLimits limits;
    private final FileStore disk;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition room = lock.newCondition();
    private final Condition work = lock.newCondition();

    // all guarded by the lock
    private final byte[] buffer = new byte[SpoolRecord.LONGEST];
    private final TreeMap<Integer, Segment> segments = new TreeMap<>();
    private final Map<Integer, OpenRecord> open = new HashMap<>();
    private Segment current;
    private long total;

    /// Bytes that were ever written.
    private long written;

    /// Of these, how many there may be until the disk is as full as it may be; as it looked last.
    private long mostWritten;

    private boolean broken;
    private boolean closed;

    private final Thread keeper;

    private static final class Segment {
        final int number;
        final Path file;
        final RandomAccessFile out;
        final FileChannel in;
        int length;
        long pending;
        boolean dirty;

        Segment(int number, Path file) throws IOException {
            this.number = number;
            this.file = file;
            var ownerOnly = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
            // One may be there from an attempt that failed: nothing was appended to it.
            Files.deleteIfExists(file);
            Files.createFile(file, ownerOnly);
            this.out = new RandomAccessFile(file.toFile(), "rw");
            this.in = FileChannel.open(file, StandardOpenOption.READ);
        }

        void close() throws IOException {
            in.close();
            out.close();
        }
    }

    private static final class OpenRecord {
        final byte[] bytes;
        int segment;

        OpenRecord(byte[] bytes, int segment) {
            this.bytes = bytes;
            this.segment = segment;
        }
    }

    /// @param folder exists and is empty but for its lock
    Journal(Path folder, SpoolLimits limits) throws IOException {
        this.folder = folder;
        this.limits = limits;
        this.disk = Files.getFileStore(folder);
        this.mostWritten = disk.getUsableSpace() - SpoolLimits.RESERVE;
        this.current = new Segment(0, folder.resolve(SEGMENT.formatted(0)));
        segments.put(0, current);
        syncFolder();
        keeper = Thread.ofPlatform().daemon().name("spool-keeper").start(this::keepOrBreak);
    }

    /// Writes that a recording is open.
    void open(SpoolRecord.Opened opened) throws RecordingFailed {
        var bytes = opened.write();
        lock.lock();
        try {
            write(bytes, bytes.length);
            open.put(opened.recording(), new OpenRecord(bytes, current.number));
        } finally {
            lock.unlock();
        }
    }

    /// Writes that nothing is to be done any more about a recording. Failing to is no harm: it is found done.
    void close(SpoolRecord.Closed closedRecord) {
        var bytes = closedRecord.write();
        lock.lock();
        try {
            open.remove(closedRecord.recording());
            write(bytes, bytes.length);
        } catch (RecordingFailed e) {
            LOG.warn("could not note in the spool that a recording is done", e);
        } finally {
            lock.unlock();
        }
    }

    /// Waits until there is room for an event, for a bounded time.
    void awaitRoom() throws RecordingFailed {
        lock.lock();
        try {
            long left = limits.patience().toNanos();
            while (full() && !broken && !closed) {
                if (left <= 0) {
                    throw new RecordingFailed("the spool is full");
                }
                left = room.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RecordingFailed("interrupted while the spool was full", e);
        } finally {
            lock.unlock();
        }
    }

    /// Under the lock.
    private boolean full() {
        return total > limits.longest() || written > mostWritten;
    }

    /// Appends an event, and returns where it is.
    long append(
            int recording,
            Event.Kind kind,
            long number,
            long offset,
            long time,
            byte[] bytes,
            int from,
            int length,
            long agentNumber,
            long edgeNumber,
            long previous)
            throws RecordingFailed {
        lock.lock();
        try {
            int bodyLength = SpoolRecord.Appended.HEAD + length;
            var out = ByteBuffer.wrap(buffer);
            out.position(SpoolRecord.PREFIX);
            out.put(SpoolRecord.Appended.TYPE).putInt(recording).put((byte) kind.code());
            out.putLong(number)
                    .putLong(offset)
                    .putLong(time)
                    .putLong(agentNumber)
                    .putLong(edgeNumber);
            out.putLong(previous).put(bytes, from, length);
            out.putInt(0, bodyLength).putInt(4, SpoolRecord.crc(buffer, SpoolRecord.PREFIX, bodyLength));
            long where = write(buffer, SpoolRecord.PREFIX + bodyLength);
            current.pending++;
            return where;
        } finally {
            lock.unlock();
        }
    }

    /// Returns where the record is: the segment's number and the position in it.
    private long write(byte[] record, int length) throws RecordingFailed {
        if (broken || closed) {
            throw new RecordingFailed("the spool takes nothing more");
        }
        try {
            if (current.length + length > limits.segment()) {
                nextSegment();
                work.signal();
            }
            try {
                current.out.write(record, 0, length);
            } catch (IOException e) {
                current.out.seek(current.length);
                throw e;
            }
        } catch (IOException e) {
            throw new RecordingFailed("could not write to the spool", e);
        }
        long where = (long) current.number << 32 | current.length;
        current.length += length;
        current.dirty = true;
        total += length;
        written += length;
        return where;
    }

    private void nextSegment() throws IOException {
        var next = new Segment(current.number + 1, folder.resolve(SEGMENT.formatted(current.number + 1)));
        segments.put(next.number, next);
        current = next;
    }

    /// Says that `events` of a segment are stored.
    void release(int segment, long events) {
        lock.lock();
        try {
            var released = segments.get(segment);
            if (released == null || released.pending < events) {
                throw new IllegalStateException("more was released from the spool than was in it");
            }
            released.pending -= events;
            if (released.pending == 0 && released != current) {
                work.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    /// Reads events that are not released yet, best backwards. For one thread.
    final class Reader {

        private static final int WINDOW = 2 * SpoolRecord.LONGEST;

        private final byte[] window = new byte[WINDOW];
        private int segment = -1;
        private int start;
        private int end;

        SpoolRecord.Appended read(long where) throws IOException {
            int number = (int) (where >>> 32);
            int position = (int) where;
            var record = number == segment && position >= start && position < end
                    ? at(position)
                    : Optional.<SpoolRecord>empty();
            if (record.isEmpty()) {
                load(number, position);
                record = at(position);
            }
            if (record.isPresent() && record.get() instanceof SpoolRecord.Appended appended) {
                return appended;
            }
            throw new IOException("the spool does not give back what was written to it");
        }

        private Optional<SpoolRecord> at(int position) {
            return SpoolRecord.read(ByteBuffer.wrap(window, position - start, end - position));
        }

        /// Fills the window so that the record at `position` is in it, and as much before it as fits.
        private void load(int number, int position) throws IOException {
            var channel = channel(number);
            segment = -1;
            start = Math.max(0, position + SpoolRecord.LONGEST - WINDOW);
            var into = ByteBuffer.wrap(window);
            while (into.hasRemaining()) {
                if (channel.read(into, start + into.position()) < 0) {
                    break;
                }
            }
            end = start + into.position();
            segment = number;
            if (position >= end) {
                throw new IOException("the spool is shorter than what was written to it");
            }
        }

        private FileChannel channel(int number) throws IOException {
            lock.lock();
            try {
                var from = segments.get(number);
                if (from == null) {
                    throw new IOException("a segment of the spool is gone");
                }
                return from.in;
            } finally {
                lock.unlock();
            }
        }
    }

    /// How many segments there are.
    int segments() {
        lock.lock();
        try {
            return segments.size();
        } finally {
            lock.unlock();
        }
    }

    /// Bytes in the spool.
    long bytes() {
        lock.lock();
        try {
            return total;
        } finally {
            lock.unlock();
        }
    }

    private void keepOrBreak() {
        try {
            keep();
        } catch (RuntimeException e) {
            LOG.error("the spool is no longer kept: it takes nothing more", e);
            breakDown();
        }
    }

    private void breakDown() {
        lock.lock();
        try {
            broken = true;
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Syncs what was written, and removes segments that nobody needs.
    private void keep() {
        while (true) {
            List<Segment> dirty = new ArrayList<>();
            List<Segment> done = new ArrayList<>();
            lookAtDisk();
            lock.lock();
            try {
                if (closed) {
                    return;
                }
                leaveFullSegment();
                moveOpenRecords();
                for (var segment : segments.values()) {
                    if (segment.dirty) {
                        segment.dirty = false;
                        dirty.add(segment);
                    }
                    if (segment != current && segment.pending == 0 && !hasOpenRecord(segment)) {
                        done.add(segment);
                    }
                }
            } finally {
                lock.unlock();
            }
            sync(dirty);
            remove(done);
            lock.lock();
            try {
                if (closed) {
                    return;
                }
                var _ = work.await(SpoolLimits.SYNC.toMillis(), TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                return;
            } finally {
                lock.unlock();
            }
        }
    }

    private void lookAtDisk() {
        long before = written();
        long usable;
        try {
            usable = disk.getUsableSpace();
        } catch (IOException e) {
            LOG.warn("could not see how full the disk of the spool is", e);
            return;
        }
        lock.lock();
        try {
            mostWritten = before + usable - SpoolLimits.RESERVE;
            if (!full()) {
                room.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    private long written() {
        lock.lock();
        try {
            return written;
        } finally {
            lock.unlock();
        }
    }

    /// While the disk is full nothing is appended that would fill the current segment, and so it would never go
    /// away: when all of it is stored, it is left early.
    private void leaveFullSegment() {
        if (written > mostWritten && current.pending == 0 && current.length > SpoolLimits.WORTH_LEAVING) {
            try {
                nextSegment();
            } catch (IOException e) {
                LOG.warn("could not begin a segment of the spool", e);
            }
        }
    }

    /// Recordings whose opening is in a segment that is otherwise done are written down again.
    private void moveOpenRecords() {
        for (var record : open.values()) {
            var segment = segments.get(record.segment);
            if (segment != null && segment != current && segment.pending == 0) {
                try {
                    write(record.bytes, record.bytes.length);
                    record.segment = current.number;
                } catch (RecordingFailed e) {
                    LOG.warn("could not tidy the spool", e);
                    return;
                }
            }
        }
    }

    private boolean hasOpenRecord(Segment segment) {
        return open.values().stream().anyMatch(record -> record.segment == segment.number);
    }

    private void sync(List<Segment> dirty) {
        try {
            for (var segment : dirty) {
                segment.out.getFD().sync();
            }
            if (!dirty.isEmpty()) {
                syncFolder();
            }
        } catch (IOException e) {
            LOG.error("the spool could not be synced: it takes nothing more", e);
            breakDown();
        }
    }

    private void remove(List<Segment> done) {
        for (var segment : done) {
            try {
                segment.close();
                Files.deleteIfExists(segment.file);
            } catch (IOException e) {
                LOG.warn("could not remove a segment of the spool", e);
            }
            lock.lock();
            try {
                segments.remove(segment.number);
                total -= segment.length;
                room.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    private void syncFolder() throws IOException {
        try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /// Stops; what is in the files stays there.
    @Override
    public void close() throws IOException {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            work.signalAll();
            room.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            keeper.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (var segment : segments.values()) {
            segment.out.getFD().sync();
            segment.close();
        }
    }
}
