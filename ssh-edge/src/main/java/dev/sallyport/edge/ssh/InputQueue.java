package dev.sallyport.edge.ssh;

import dev.sallyport.core.link.Message;
import dev.sallyport.edge.relay.ClientChannel.Input;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// What a client sent on one channel and nobody took yet, in order.
///
/// Putting never waits (it is done on MINA's threads); how many bytes can be in it is bounded by the channel's
/// window, how many of everything else by `mostControls`, beyond which a control is forgotten. Small pieces are
/// put together, so that a byte costs a byte.
final class InputQueue {

    /// Pieces up to this size are put together when they come.
    private static final int SMALL = 4_096;

    private static final class Piece {
        private byte[] array;
        private int length;

        Piece(byte[] array, int length) {
            this.array = array;
            this.length = length;
        }
    }

    private sealed interface Entry {

        record Bytes(Piece piece) implements Entry {}

        record Control(Message message) implements Entry {}
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<Entry> entries = new ArrayDeque<>();
    private final int mostControls;

    private int controls;
    private long bytes;
    private boolean ended;
    private boolean endTaken;
    private boolean left;

    InputQueue(int mostControls) {
        this.mostControls = mostControls;
    }

    /// Puts bytes, which are copied. What comes after the end is forgotten.
    void put(byte[] bytes, int offset, int length) {
        lock.lock();
        try {
            if (ended || left || length == 0) {
                return;
            }
            this.bytes += length;
            if (length <= SMALL
                    && entries.peekLast() instanceof Entry.Bytes(var last)
                    && last.length + length <= SMALL) {
                if (last.array.length < last.length + length) {
                    last.array = Arrays.copyOf(last.array, Math.min(SMALL, 2 * (last.length + length)));
                }
                System.arraycopy(bytes, offset, last.array, last.length, length);
                last.length += length;
            } else {
                entries.add(new Entry.Bytes(new Piece(Arrays.copyOfRange(bytes, offset, offset + length), length)));
            }
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /// Puts a control; false when there were too many. A resize takes the place of one right before it.
    boolean put(Message control) {
        lock.lock();
        try {
            if (control instanceof Message.Resize
                    && entries.peekLast() instanceof Entry.Control(var last)
                    && last instanceof Message.Resize) {
                entries.removeLast();
                controls--;
            }
            if (left || controls >= mostControls) {
                return false;
            }
            entries.add(new Entry.Control(control));
            controls++;
            changed.signal();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// Puts bytes back to the front: the taker took more than it needed.
    void putBack(byte[] bytes) {
        lock.lock();
        try {
            // a channel that is gone holds nothing
            if (bytes.length > 0 && !left) {
                this.bytes += bytes.length;
                entries.addFirst(new Entry.Bytes(new Piece(bytes, bytes.length)));
                changed.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    /// Bytes that nobody took yet.
    long bytes() {
        lock.lock();
        try {
            return bytes;
        } finally {
            lock.unlock();
        }
    }

    /// The client sent the end of input.
    void end() {
        lock.lock();
        try {
            ended = true;
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /// The channel is gone; so is what was not taken.
    void left() {
        lock.lock();
        try {
            left = true;
            entries.clear();
            bytes = 0;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// The next input: as many bytes as fit into one message, a control, the end (once), or that the channel is
    /// gone (from then on always).
    Input next() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (true) {
                if (left) {
                    return new Input.Left();
                }
                switch (entries.pollFirst()) {
                    case Entry.Bytes(var piece) -> {
                        var taken = joined(piece);
                        bytes -= taken.length;
                        return new Input.Bytes(taken);
                    }
                    case Entry.Control(var message) -> {
                        controls--;
                        return new Input.Control(message);
                    }
                    case null -> {
                        if (ended && !endTaken) {
                            endTaken = true;
                            return new Input.End();
                        }
                        changed.await();
                    }
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /// The piece and those after it that still fit into one message.
    private byte[] joined(Piece first) {
        int total = first.length;
        int count = 0;
        for (var entry : entries) {
            if (!(entry instanceof Entry.Bytes(var piece)) || total + piece.length > Message.Data.LONGEST) {
                break;
            }
            total += piece.length;
            count++;
        }
        if (count == 0 && first.array.length == first.length) {
            return first.array;
        }
        var bytes = Arrays.copyOf(first.array, total);
        int length = first.length;
        for (; count > 0; count--) {
            if (entries.removeFirst() instanceof Entry.Bytes(var piece)) {
                System.arraycopy(piece.array, 0, bytes, length, piece.length);
                length += piece.length;
            }
        }
        return bytes;
    }
}
