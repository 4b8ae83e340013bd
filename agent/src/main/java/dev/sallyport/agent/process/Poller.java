package dev.sallyport.agent.process;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/// Waits for descriptors on behalf of virtual threads: one platform thread in `epoll_wait`.
///
/// A virtual thread that blocked in a foreign call would hold its carrier; so descriptors are non-blocking, and
/// whoever finds one not ready parks here.
final class Poller {

    private static final int BATCH = 256;

    private static final class Shared {
        static final Poller POLLER = start();
    }

    private final int poll;
    private final AtomicInteger tokens = new AtomicInteger();
    private final Map<Integer, Semaphore> waiting = new ConcurrentHashMap<>();

    private Poller(int poll) {
        this.poll = poll;
    }

    /// The one of this process.
    static Poller shared() {
        return Shared.POLLER;
    }

    private static Poller start() {
        try {
            var poller = new Poller(Posix.newPoll());
            Thread.ofPlatform().name("descriptors").daemon().start(poller::run);
            return poller;
        } catch (IOException e) {
            throw new IllegalStateException("cannot wait for descriptors", e);
        }
    }

    /// One descriptor's place in the poll.
    final class Watch {

        private final int fd;
        private final int events;
        private final int token;
        private final Semaphore ready = new Semaphore(0);

        private Watch(int fd, int events) throws IOException {
            this.fd = fd;
            this.events = events;
            this.token = tokens.incrementAndGet();
            waiting.put(token, ready);
            Posix.poll(poll, Posix.PollChange.ADD, fd, 0, token);
        }

        /// Asks to be told once when the descriptor is ready. Under the descriptor's lock.
        void arm() throws IOException {
            ready.drainPermits();
            Posix.poll(poll, Posix.PollChange.ARM, fd, events, token);
        }

        /// Told; wakes whoever waits.
        void wake() {
            ready.release();
        }

        Semaphore ready() {
            return ready;
        }

        /// Before the descriptor is closed.
        void remove() {
            waiting.remove(token);
            try {
                Posix.poll(poll, Posix.PollChange.REMOVE, fd, 0, token);
            } catch (IOException e) {
                throw new IllegalStateException("a descriptor was closed by somebody else", e);
            } finally {
                ready.release();
            }
        }
    }

    Watch watch(int fd, boolean forWriting) throws IOException {
        return new Watch(fd, forWriting ? Posix.EPOLLOUT : Posix.EPOLLIN);
    }

    private void run() {
        try (var arena = Arena.ofConfined()) {
            var events = arena.allocate(BATCH * 16L, 8);
            var ready = new int[BATCH];
            while (true) {
                int count = Posix.poll(poll, events, ready);
                for (int i = 0; i < count; i++) {
                    var waiter = waiting.get(ready[i]);
                    if (waiter != null) {
                        waiter.release();
                    }
                }
            }
        }
    }
}
