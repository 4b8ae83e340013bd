package dev.sallyport.agent.ssh;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Bytes that a target sent and that were not read yet. Bounded by the channel's window, which is opened again
/// as they are read.
final class ReceivedStream {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<byte[]> pieces = new ArrayDeque<>();
    private boolean ended;

    void add(byte[] piece) {
        lock.lock();
        try {
            if (!ended) {
                pieces.add(piece);
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    void end() {
        lock.lock();
        try {
            ended = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Blocks for the next piece; empty after the last.
    Optional<byte[]> next() throws InterruptedException {
        lock.lock();
        try {
            while (pieces.isEmpty() && !ended) {
                changed.await();
            }
            return Optional.ofNullable(pieces.poll());
        } finally {
            lock.unlock();
        }
    }
}
