package dev.sallyport.edge.admission;

import dev.sallyport.core.audit.Actor;
import dev.sallyport.core.id.EdgeId;
import dev.sallyport.core.session.Outcome;
import dev.sallyport.core.session.Session;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes how sessions ended, however long the store takes, within a bound.
final class Outcomes {

    /// Longest time for which the outcome of a session is tried to be written. What was never written is closed
    /// as [Outcome.EdgeLost] when this edge's lease ends.
    static final Duration TRIED = Duration.ofMinutes(15);

    /// Outcomes that are written at once: nobody waits for them, and the store shall have time for those who
    /// do.
    static final int AT_ONCE = 16;

    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    private static final Logger LOG = LoggerFactory.getLogger(Outcomes.class);

    private final Ledger ledger;
    private final Actor edge;
    private final Semaphore turns = new Semaphore(AT_ONCE, true);

    Outcomes(Ledger ledger, EdgeId edge) {
        this.ledger = ledger;
        this.edge = new Actor(edge.value(), "");
    }

    /// Blocks until it is written, the bound is reached, or the thread is interrupted.
    ///
    /// @param unrecorded no recording was ever opened: its row becomes *incomplete*
    void write(Session session, Outcome outcome, Instant at, boolean unrecorded) {
        long giveUp = System.nanoTime() + TRIED.toNanos();
        for (var pause = SHORTEST_PAUSE; ; pause = longer(pause)) {
            try {
                writeInTurn(session, outcome, at, unrecorded);
                return;
            } catch (RuntimeException e) {
                if (System.nanoTime() - giveUp > 0) {
                    LOG.error("the outcome {} of {} was never written", outcome.name(), session.id(), e);
                    return;
                }
                LOG.warn("the outcome {} of {} is not written yet", outcome.name(), session.id(), e);
            }
            try {
                Thread.sleep(pause);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                LOG.warn("the outcome {} of {} was not written", outcome.name(), session.id());
                return;
            }
        }
    }

    /// Whoever is interrupted, because the edge stops, still tries once.
    private void writeInTurn(Session session, Outcome outcome, Instant at, boolean unrecorded) {
        turns.acquireUninterruptibly();
        try {
            if (unrecorded) {
                ledger.unrecorded(session);
            }
            ledger.end(edge, session, outcome, at);
        } finally {
            turns.release();
        }
    }

    private static Duration longer(Duration pause) {
        var twice = pause.multipliedBy(2);
        return twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
    }
}
