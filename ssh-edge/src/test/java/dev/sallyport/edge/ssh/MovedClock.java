package dev.sallyport.edge.ssh;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/// The system's clock, moved by as much as a test wants.
final class MovedClock extends Clock {

    volatile Duration by = Duration.ZERO;

    @Override
    public Instant instant() {
        return Clock.systemUTC().instant().plus(by);
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }
}
