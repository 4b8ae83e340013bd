package dev.sallyport.core.id;

import java.time.Clock;

/// Names a test of a connection.
public record TestId(String value) implements Identifier {

    private static final String PREFIX = "tst";

    public TestId {
        Identifier.check(PREFIX, value);
    }

    /// A new one, made now.
    public static TestId next(Clock clock) {
        return new TestId(PREFIX + "_" + Ulid.next(clock.millis()));
    }

    @Override
    public String toString() {
        return value;
    }
}
