package dev.sallyport.agent.process;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/// A descriptor of the operating system, read or written (not both) by one virtual thread at a time.
///
/// Blocks without holding a carrier thread. Any thread may close it: whoever waits comes back as at the end of
/// the stream. No call goes to a number that has been closed, which may be another's by then.
final class Descriptor implements AutoCloseable {

    /// What [#read] returns when nothing came in time.
    static final int NOTHING = -2;

    /// What [#read] returns at the end of the stream.
    static final int END = -1;

    private final ReentrantLock lock = new ReentrantLock();
    private final int fd;
    private final Poller.Watch watch;
    private boolean closed;

    private Descriptor(int fd, boolean forWriting) throws IOException {
        this.fd = fd;
        this.watch = Poller.shared().watch(fd, forWriting);
    }

    /// For reading. Takes `fd` over; closes it when it cannot be used.
    static Descriptor reading(int fd) throws IOException {
        return make(fd, false);
    }

    /// For writing. Takes `fd` over; closes it when it cannot be used.
    static Descriptor writing(int fd) throws IOException {
        return make(fd, true);
    }

    private static Descriptor make(int fd, boolean forWriting) throws IOException {
        try {
            return new Descriptor(fd, forWriting);
        } catch (IOException e) {
            Posix.close(fd);
            throw e;
        }
    }

    /// What is done with the number while it is certain to be open.
    interface Use<T> {
        T with(int fd) throws IOException;
    }

    /// Hands the number to `use`, which must be quick.
    ///
    /// @throws IOException when it is closed
    <T> T with(Use<T> use) throws IOException {
        lock.lock();
        try {
            if (closed) {
                throw new IOException("closed");
            }
            return use.with(fd);
        } finally {
            lock.unlock();
        }
    }

    /// Reads what is there, waiting for it at most `longest`: a count of at least 1, [#END] or [#NOTHING].
    int read(byte[] into, Duration longest) throws IOException, InterruptedException {
        long until = System.nanoTime() + longest.toNanos();
        while (true) {
            lock.lock();
            try {
                if (closed) {
                    return END;
                }
                int count = Posix.read(fd, into, 0, into.length);
                if (count > 0) {
                    return count;
                }
                // EIO: a terminal that no program has open any longer
                if (count == 0 || count == -Posix.EIO) {
                    return END;
                }
                if (count == -Posix.EINTR) {
                    continue;
                }
                if (count != -Posix.EAGAIN) {
                    throw Posix.failed("read", -count);
                }
                watch.arm();
            } finally {
                lock.unlock();
            }
            if (!watch.ready().tryAcquire(until - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                return NOTHING;
            }
        }
    }

    /// Whether there is something to read (or the end) within `longest`.
    boolean awaitReadable(Duration longest) throws IOException, InterruptedException {
        lock.lock();
        try {
            if (closed) {
                return true;
            }
            watch.arm();
        } finally {
            lock.unlock();
        }
        return watch.ready().tryAcquire(longest.toNanos(), TimeUnit.NANOSECONDS);
    }

    /// Writes all of it, however long the other side takes. False when nobody reads it any longer.
    boolean write(byte[] bytes, int from, int length) throws IOException, InterruptedException {
        int at = from;
        while (at < from + length) {
            lock.lock();
            try {
                if (closed) {
                    return false;
                }
                int count = Posix.write(fd, bytes, at, from + length - at);
                if (count > 0) {
                    at += count;
                    continue;
                }
                if (count == -Posix.EPIPE || count == -Posix.EIO) {
                    return false;
                }
                if (count == -Posix.EINTR) {
                    continue;
                }
                if (count != -Posix.EAGAIN) {
                    throw Posix.failed("write", -count);
                }
                watch.arm();
            } finally {
                lock.unlock();
            }
            watch.ready().acquire();
        }
        return true;
    }

    /// Writes what goes without waiting; returns how many bytes that were. What keeps it from writing is for
    /// [#write] to find out.
    int writeNow(byte[] bytes) {
        lock.lock();
        try {
            return closed ? 0 : Math.max(0, Posix.write(fd, bytes, 0, bytes.length));
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            if (!closed) {
                closed = true;
                watch.remove();
                Posix.close(fd);
            }
        } finally {
            lock.unlock();
        }
    }
}
