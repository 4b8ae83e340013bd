package dev.sallyport.edge.relay;

import dev.sallyport.core.session.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// When a session must end for want of life or of time.
///
/// Deadlines are kept by the wall clock and by the monotonic one, whichever is first: a clock that steps back
/// extends nothing.
final class Pulse {

    private final Duration idle;
    private final Instant expires;
    private final Instant deadline;
    private final Outcome atDeadline;
    private final Duration warning;
    private final long expiresNanos;
    private final long deadlineNanos;

    private volatile long lastBeat;
    private boolean warned;

    /// @param idle longest time without a byte; zero: no limit
    /// @param expires when the credential stops counting
    /// @param deadline when the session ends at the latest
    /// @param atDeadline with what it ends then
    Pulse(
            Duration idle,
            Instant expires,
            Instant deadline,
            Outcome atDeadline,
            Duration warning,
            Instant now,
            long nanos) {
        this.idle = idle;
        this.expires = expires;
        this.deadline = deadline;
        this.atDeadline = atDeadline;
        this.warning = warning;
        this.expiresNanos = nanos + nanosUntil(expires, now);
        this.deadlineNanos = nanos + nanosUntil(deadline, now);
        this.lastBeat = nanos;
        this.warned = left(now, nanos).compareTo(warning) <= 0;
    }

    /// A byte passed.
    void beat() {
        lastBeat = System.nanoTime();
    }

    /// What must become of the session now.
    Optional<Outcome> check(Instant now, long nanos) {
        if (!now.isBefore(expires) || nanos - expiresNanos >= 0) {
            return Optional.of(new Outcome.Expired());
        }
        if (!now.isBefore(deadline) || nanos - deadlineNanos >= 0) {
            return Optional.of(atDeadline);
        }
        if (idle.isPositive() && nanos - lastBeat >= idle.toNanos()) {
            return Optional.of(new Outcome.TimedOut("idle for " + words(idle)));
        }
        return Optional.empty();
    }

    /// Whether the user must be told, now and only once, that the credential soon expires.
    boolean warns(Instant now, long nanos) {
        if (warned || left(now, nanos).compareTo(warning) > 0) {
            return false;
        }
        warned = true;
        return true;
    }

    private Duration left(Instant now, long nanos) {
        return Duration.ofNanos(Math.min(nanosUntil(expires, now), expiresNanos - nanos));
    }

    /// A duration as people say it: its largest unit that fits.
    static String words(Duration duration) {
        if (duration.toHours() > 0 && duration.toMinutesPart() == 0) {
            return duration.toHours() + " h";
        }
        return duration.toMinutes() > 0 ? duration.toMinutes() + " min" : duration.toSeconds() + " s";
    }

    /// At most a hundred years, so that sums do not overflow.
    private static long nanosUntil(Instant then, Instant now) {
        var most = Duration.ofDays(36_500);
        return then.isAfter(now.plus(most))
                ? most.toNanos()
                : Duration.between(now, then).toNanos();
    }
}
