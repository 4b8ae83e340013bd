package dev.sallyport.edge.fake;

import dev.sallyport.core.link.LinkLost;
import dev.sallyport.core.link.Message;
import dev.sallyport.core.link.SessionLink;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;

/// A session's link without a network: two ends in one process, with the window of the real one.
public final class MemoryLink {

    private static final class Direction {
        final ArrayDeque<SessionLink.Received> queue = new ArrayDeque<>();
        final ArrayDeque<long[]> unconsumed = new ArrayDeque<>();
        long number;
        long bytes;
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Direction up = new Direction();
    private final Direction down = new Direction();
    private Optional<LinkLost.Why> lost = Optional.empty();
    private boolean endedByEdge;
    private long mostUnconsumed;
    private BiConsumer<Long, Long> tail = (agent, edge) -> {};

    public SessionLink edge() {
        return new End(up, down, true);
    }

    public SessionLink agent() {
        return new End(down, up, false);
    }

    /// Breaks the link for good, as when it is not resumed.
    public void lose() {
        end(LinkLost.Why.NOT_RESUMED, false);
    }

    /// Most bytes that ever were under way in one direction.
    public long mostUnconsumed() {
        return mostUnconsumed;
    }

    private void end(LinkLost.Why why, boolean byEdge) {
        lock.lock();
        try {
            if (lost.isEmpty()) {
                lost = Optional.of(why);
                endedByEdge = byEdge;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    private final class End implements SessionLink {
        private final Direction out;
        private final Direction in;
        private final boolean edge;

        End(Direction out, Direction in, boolean edge) {
            this.out = out;
            this.in = in;
            this.edge = edge;
        }

        private void check() throws LinkLost {
            if (lost.isPresent()) {
                throw new LinkLost(
                        lost.get() == LinkLost.Why.ENDED_HERE && endedByEdge != edge
                                ? LinkLost.Why.ENDED_THERE
                                : lost.get());
            }
        }

        @Override
        public long send(Message message) throws LinkLost, InterruptedException {
            lock.lockInterruptibly();
            try {
                int length = message instanceof Message.Data data ? data.bytes().length : 0;
                check();
                while (length > 0 && out.bytes + length > WINDOW) {
                    changed.await();
                    check();
                }
                out.bytes += length;
                mostUnconsumed = Math.max(mostUnconsumed, out.bytes);
                out.number++;
                out.unconsumed.add(new long[] {out.number, length});
                out.queue.add(new Received(out.number, message));
                changed.signalAll();
                return out.number;
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void awaitConsumed(long number) throws LinkLost, InterruptedException {
            lock.lockInterruptibly();
            try {
                while (!out.unconsumed.isEmpty() && out.unconsumed.peek()[0] <= number) {
                    check();
                    changed.await();
                }
            } finally {
                lock.unlock();
            }
        }

        @Override
        public Received receive() throws LinkLost, InterruptedException {
            lock.lockInterruptibly();
            try {
                while (in.queue.isEmpty()) {
                    check();
                    changed.await();
                }
                return in.queue.remove();
            } finally {
                lock.unlock();
            }
        }

        @Override
        public Optional<Received> receive(Duration longest) throws LinkLost, InterruptedException {
            lock.lockInterruptibly();
            try {
                long nanos = longest.toNanos();
                while (in.queue.isEmpty() && nanos > 0) {
                    check();
                    nanos = changed.awaitNanos(nanos);
                }
                return Optional.ofNullable(in.queue.poll());
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void consumed(long number) {
            lock.lock();
            try {
                while (!in.unconsumed.isEmpty() && in.unconsumed.peek()[0] <= number) {
                    in.bytes -= in.unconsumed.remove()[1];
                }
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void stored(long agentNumber, long edgeNumber) {
            tail.accept(agentNumber, edgeNumber);
        }

        @Override
        public void onStored(BiConsumer<Long, Long> told) {
            tail = told;
        }

        @Override
        public boolean broken() {
            return false;
        }

        @Override
        public void end() {
            MemoryLink.this.end(LinkLost.Why.ENDED_HERE, edge);
        }
    }
}
