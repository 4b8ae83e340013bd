package dev.sallyport.core.id;

import java.time.Clock;

/// Names one boot of an edge.
public record EdgeId(String value) implements Identifier {

    private static final String PREFIX = "edg";

    public EdgeId {
        Identifier.check(PREFIX, value);
    }

    /// A new one, made now.
    public static EdgeId next(Clock clock) {
        return new EdgeId(PREFIX + "_" + Ulid.next(clock.millis()));
    }

    @Override
    public String toString() {
        return value;
    }
}
