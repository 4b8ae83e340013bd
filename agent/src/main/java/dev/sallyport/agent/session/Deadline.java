package dev.sallyport.agent.session;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/// A point in time that comes by whichever clock gets there first: the wall's, or the one that only goes
/// forward. A clock that steps back extends nothing.
final class Deadline {

    private final Clock clock;
    private final Instant wall;
    private final long monotonic;

    Deadline(Instant at, Clock clock) {
        this.clock = clock;
        this.wall = at;
        var left = Duration.between(clock.instant(), at);
        // far enough is as good as never, and does not overflow
        this.monotonic = System.nanoTime()
                + Math.min(left.toSeconds(), Duration.ofDays(365).toSeconds()) * 1_000_000_000L;
    }

    boolean passed() {
        return !clock.instant().isBefore(wall) || System.nanoTime() - monotonic >= 1_000_000_000L;
    }
}
