package dev.sallyport.edge.ssh;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;

/// Does the arithmetic of handshakes on threads of its own, one processor fewer than there are: however many log in at
/// once, what others type is read by threads that have nothing else to do.
///
/// Every connection that is in a handshake has one buffer here at most, for it is not read meanwhile; how many there
/// are
/// of them is the door's limit.
final class Handshakes implements AutoCloseable {

    static final int THREADS = Math.max(1, Runtime.getRuntime().availableProcessors() - 1);

    private final ExecutorService threads = Executors.newFixedThreadPool(
            THREADS, Thread.ofPlatform().daemon().name("handshakes-", 0).factory());

    /// Does this when it is its turn; not at all when the door is closed.
    void inTurn(Runnable step) {
        try {
            threads.execute(step);
        } catch (RejectedExecutionException closed) {
            // every connection is being ended
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
