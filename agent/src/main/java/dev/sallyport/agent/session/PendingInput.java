package dev.sallyport.agent.session;

import dev.sallyport.core.link.SessionLink;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Input that came over the link and is not yet written to the target, so that a signal or a close is not held
/// up by a target that reads nothing.
///
/// Bounded by the link's window, which is given back only after the write. Small pieces are joined.
final class PendingInput {

    /// Most bytes that may wait: more than an edge within its window can send.
    static final int MOST = 2 * SessionLink.WINDOW;

    private static final int JOINED = 65_536;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Piece> pieces = new ArrayDeque<>();
    private long bytes;
    private boolean ended;
    private boolean closed;
    private Optional<Piece> writing = Optional.empty();

    /// Joined input, up to and with message `number`. No bytes: the end of input.
    static final class Piece {
        private byte[] bytes;
        private int length;
        private long number;

        private Piece(byte[] bytes, long number) {
            this.bytes = bytes;
            this.length = bytes.length;
            this.number = number;
        }

        byte[] bytes() {
            return length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
        }

        /// Whether this is no message's, but the end of all.
        boolean closed() {
            return number == 0;
        }

        boolean end() {
            return length == 0;
        }
    }

    /// Adds input. False when the edge sends more than the window allows.
    boolean add(byte[] more, long number) {
        lock.lock();
        try {
            if (bytes + more.length > MOST || ended) {
                return false;
            }
            bytes += more.length;
            var last = pieces.peekLast();
            if (last != null && last.length + more.length <= JOINED) {
                if (last.bytes.length < last.length + more.length) {
                    last.bytes = Arrays.copyOf(last.bytes, Math.min(JOINED, 2 * (last.length + more.length)));
                }
                System.arraycopy(more, 0, last.bytes, last.length, more.length);
                last.length += more.length;
                last.number = number;
            } else {
                pieces.add(new Piece(more, number));
            }
            changed.signalAll();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// Whether nothing waits, nothing is being written, and more may come.
    boolean idle() {
        lock.lock();
        try {
            return pieces.isEmpty() && writing.isEmpty() && !ended && !closed;
        } finally {
            lock.unlock();
        }
    }

    /// The end of input came.
    void end(long number) {
        lock.lock();
        try {
            if (!ended) {
                ended = true;
                pieces.add(new Piece(new byte[0], number));
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /// A message that is no input was dealt with; true when everything before it was, too. Else it counts with
    /// the input before it.
    boolean passed(long number) {
        lock.lock();
        try {
            var before = Optional.ofNullable(pieces.peekLast()).or(() -> writing);
            before.ifPresent(piece -> piece.number = number);
            return before.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /// The next piece, once there is one; it counts as waiting until [#written]. One that is
    /// [closed][Piece#closed] when it is closed.
    Piece take() throws InterruptedException {
        lock.lock();
        try {
            while (pieces.isEmpty() && !closed) {
                changed.await();
            }
            if (pieces.isEmpty()) {
                return new Piece(new byte[0], 0);
            }
            var piece = pieces.remove();
            writing = Optional.of(piece);
            return piece;
        } finally {
            lock.unlock();
        }
    }

    /// The piece was written, or will never be. Returns the number up to which everything is dealt with.
    long written(Piece piece) {
        lock.lock();
        try {
            bytes -= piece.length;
            writing = Optional.empty();
            return piece.number;
        } finally {
            lock.unlock();
        }
    }

    /// Nobody takes any longer.
    void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
