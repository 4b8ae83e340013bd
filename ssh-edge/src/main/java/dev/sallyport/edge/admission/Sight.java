package dev.sallyport.edge.admission;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// How well an edge sees what is decided elsewhere, and what it may do accordingly.
///
/// An edge sees while it reads its mailbox, acts on it, and keeps its lease. Times are monotonic:
///
/// | not seen for | connections | strict connections |
/// |---|---|---|
/// | [#ADMITS] | no new session | no new session, and live ones are frozen |
/// | [#FREEZES] | live sessions are frozen: no byte either way | |
/// | [#ENDS_STRICT] | | live sessions end |
/// | [#ENDS] | live sessions end | |
///
/// A stall (the whole process stopped: no [#pulse] for [#STALL]) freezes everything until a read of the mailbox
/// that began after it is acted upon; whoever is about to pass a byte notices a stall by itself, before
/// anything else has run.
public final class Sight {

    /// Longest time without a read of the mailbox in which sessions are admitted.
    public static final Duration ADMITS = Duration.ofSeconds(5);

    /// Time after which live sessions are frozen.
    public static final Duration FREEZES = Duration.ofSeconds(30);

    /// Time after which live sessions end.
    public static final Duration ENDS = Duration.ofMinutes(10);

    /// Time after which live sessions of strict connections are frozen.
    public static final Duration FREEZES_STRICT = ADMITS;

    /// Time after which live sessions of strict connections end.
    public static final Duration ENDS_STRICT = Duration.ofSeconds(60);

    /// Longest time without a beat of the lease in which sessions are admitted.
    public static final Duration BEATS = Duration.ofSeconds(10);

    /// Time without a pulse that counts as a stall.
    public static final Duration STALL = Duration.ofSeconds(2);

    private final LongSupplier nanos;
    private volatile boolean leased;
    private volatile long lastRead;
    private volatile long lastBeat;
    private volatile long lastPulse;
    private volatile boolean stalled = true;
    private volatile long stallEnded;

    /// Blind until the mailbox is read for the first time.
    ///
    /// @param nanos monotonic time, such as `System::nanoTime`
    public Sight(LongSupplier nanos) {
        this.nanos = nanos;
        long now = nanos.getAsLong();
        lastRead = now;
        lastBeat = now;
        lastPulse = now;
        stallEnded = now;
    }

    /// Called several times a second by a thread that does nothing else.
    public void pulse() {
        long now = nanos.getAsLong();
        if (now - lastPulse > STALL.toNanos()) {
            stalled = true;
            stallEnded = now;
        }
        lastPulse = now;
    }

    /// The time to give to [#acted] later: called before the mailbox is read.
    public long reading() {
        return nanos.getAsLong();
    }

    /// Everything that was in the mailbox at the time `readFrom` is done.
    public void acted(long readFrom) {
        // a stall that nobody has noticed yet counts as well
        pulse();
        lastRead = readFrom;
        if (readFrom - stallEnded >= 0) {
            stalled = false;
        }
    }

    /// The lease was raised (or made); called with the time before it was.
    public void beat(long from) {
        lastBeat = from;
        leased = true;
    }

    /// The lease is gone: others have closed this edge's sessions.
    public void leaseLost() {
        leased = false;
    }

    /// Whether sessions may be admitted.
    public boolean admits() {
        long now = nanos.getAsLong();
        return leased && !stalls(now) && now - lastRead < ADMITS.toNanos() && now - lastBeat < BEATS.toNanos();
    }

    /// Whether no byte may pass.
    public boolean frozen(boolean strict) {
        long now = nanos.getAsLong();
        return !leased || stalls(now) || now - lastRead >= (strict ? FREEZES_STRICT : FREEZES).toNanos();
    }

    /// Whether live sessions must end.
    public boolean ends(boolean strict) {
        return nanos.getAsLong() - lastRead >= (strict ? ENDS_STRICT : ENDS).toNanos();
    }

    /// How long the edge has not seen its mailbox, for metrics.
    public Duration blindFor() {
        return Duration.of(nanos.getAsLong() - lastRead, TimeUnit.NANOSECONDS.toChronoUnit());
    }

    private boolean stalls(long now) {
        return stalled || now - lastPulse > STALL.toNanos();
    }
}
