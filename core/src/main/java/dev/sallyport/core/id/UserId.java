package dev.sallyport.core.id;

import java.time.Clock;

/// Names a user.
public record UserId(String value) implements Identifier {

    private static final String PREFIX = "usr";

    public UserId {
        Identifier.check(PREFIX, value);
    }

    /// A new one, made now.
    public static UserId next(Clock clock) {
        return new UserId(PREFIX + "_" + Ulid.next(clock.millis()));
    }

    @Override
    public String toString() {
        return value;
    }
}
