package dev.sallyport.edge.admission;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

/// Calls the store on a thread that ends with the call.
///
/// The store's client keeps buffers for each thread that ever called it, 24 KiB, for as long as the thread
/// lives; a session's thread lives as long as the session.
final class Apart {

    private Apart() {}

    /// Waits for the answer, interrupted or not: what was asked for may have happened.
    ///
    /// @throws RuntimeException what the call threw
    static <T> T call(Supplier<T> call) {
        var task = new FutureTask<>(call::get);
        Thread.ofVirtual().name("store-call").start(task);
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    throw thrown(e);
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static RuntimeException thrown(ExecutionException e) {
        if (e.getCause() instanceof Error error) {
            throw error;
        }
        return e.getCause() instanceof RuntimeException cause
                ? cause
                : new IllegalStateException("a call of the store throws nothing else", e);
    }
}
