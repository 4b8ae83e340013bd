package dev.sallyport.edge.relay;

import dev.sallyport.core.session.Outcome;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// A channel between what its client asks for and the decision: a target that is open, or a refusal. When that
/// takes too long, the client is told so and the session ends, wherever it is held up.
///
/// What comes first counts, the decision or the end of its time; later ones change nothing.
public final class Opening implements AutoCloseable {

    private enum State {
        WAITING,
        DECIDED,
        LATE
    }

    private final ClientChannel client;
    private final Duration longest;
    private final Ending ending = new Ending();
    private final CountDownLatch over = new CountDownLatch(1);
    private State state = State.WAITING;
    private volatile boolean left;

    /// Starts the clock.
    Opening(ClientChannel client, Duration longest) {
        this.client = client;
        this.longest = longest;
        Thread.ofVirtual().name("opening").start(this::watch);
    }

    /// How the session will end, or has.
    Ending ending() {
        return ending;
    }

    /// The client is gone.
    void left() {
        left = true;
    }

    /// How the session ends that has not come to its target yet; empty when it may go there.
    Optional<Outcome> early() {
        if (left) {
            ending.end(new Outcome.UserLeft());
        }
        return ending.outcome();
    }

    /// The target is open.
    ///
    /// @throws IOException when it came too late, or the client has left
    void opened() throws IOException {
        if (!decides()) {
            throw new IOException("the decision came too late");
        }
        client.opened();
    }

    /// Whether this is the decision; false when the time for one is over.
    private synchronized boolean decides() {
        if (state == State.WAITING) {
            state = State.DECIDED;
        }
        over.countDown();
        return state == State.DECIDED;
    }

    /// There is a decision, or nobody waits for one any more.
    @Override
    public void close() {
        decides();
    }

    private void watch() {
        try {
            if (over.await(longest.toNanos(), TimeUnit.NANOSECONDS)) {
                return;
            }
        } catch (InterruptedException nobodyDoesThat) {
            Thread.currentThread().interrupt();
        }
        Runnable told;
        synchronized (this) {
            if (state != State.WAITING) {
                return;
            }
            state = State.LATE;
            told = ending.settle(new Outcome.TimedOut(Pulse.words(longest) + " without a decision"));
        }
        var reason = "it was not decided within " + Pulse.words(longest) + " whether this session may begin;"
                + " please try again";
        client.refuse(reason, true);
        told.run();
    }
}
