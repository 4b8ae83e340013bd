package dev.sallyport.core.id;

import java.time.Clock;

/// Names a connection.
public record ConnectionId(String value) implements Identifier {

    private static final String PREFIX = "con";

    public ConnectionId {
        Identifier.check(PREFIX, value);
    }

    /// A new one, made now.
    public static ConnectionId next(Clock clock) {
        return new ConnectionId(PREFIX + "_" + Ulid.next(clock.millis()));
    }

    @Override
    public String toString() {
        return value;
    }
}
