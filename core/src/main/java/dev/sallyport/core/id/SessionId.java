package dev.sallyport.core.id;

import java.time.Clock;

/// Names a session.
public record SessionId(String value) implements Identifier {

    private static final String PREFIX = "ses";

    public SessionId {
        Identifier.check(PREFIX, value);
    }

    /// A new one, made now.
    public static SessionId next(Clock clock) {
        return new SessionId(PREFIX + "_" + Ulid.next(clock.millis()));
    }

    @Override
    public String toString() {
        return value;
    }
}
