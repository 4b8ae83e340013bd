package dev.sallyport.core.id;

import java.time.Clock;

/// Names an API key.
public record KeyId(String value) implements Identifier {

    private static final String PREFIX = "key";

    public KeyId {
        Identifier.check(PREFIX, value);
    }

    /// A new one, made now.
    public static KeyId next(Clock clock) {
        return new KeyId(PREFIX + "_" + Ulid.next(clock.millis()));
    }

    @Override
    public String toString() {
        return value;
    }
}
