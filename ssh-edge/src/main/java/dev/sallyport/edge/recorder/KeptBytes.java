package dev.sallyport.edge.recorder;

import dev.sallyport.core.recording.Event;
import java.util.concurrent.atomic.AtomicLong;

/// The memory in which an edge keeps events of all its recordings between spool and chunk store. Where it is
/// used up the spool is read instead.
final class KeptBytes {

    /// What an event takes besides its bytes, about.
    private static final int OVERHEAD = 96;

    private final long most;
    private final AtomicLong taken = new AtomicLong();

    KeptBytes(long most) {
        this.most = most;
    }

    static long of(Event event) {
        return (long) OVERHEAD + event.bytes().length;
    }

    /// Takes so much, if it is there.
    boolean take(long bytes) {
        if (taken.addAndGet(bytes) <= most) {
            return true;
        }
        taken.addAndGet(-bytes);
        return false;
    }

    void give(long bytes) {
        taken.addAndGet(-bytes);
    }

    long taken() {
        return taken.get();
    }
}
