package dev.sallyport.core.id;

import java.time.Clock;

/// Names a review: a question that waits for a person's decision.
public record ReviewId(String value) implements Identifier {

    private static final String PREFIX = "rev";

    public ReviewId {
        Identifier.check(PREFIX, value);
    }

    /// A new one, made now.
    public static ReviewId next(Clock clock) {
        return new ReviewId(PREFIX + "_" + Ulid.next(clock.millis()));
    }

    @Override
    public String toString() {
        return value;
    }
}
