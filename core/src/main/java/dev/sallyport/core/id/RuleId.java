package dev.sallyport.core.id;

import java.time.Clock;

/// Names an access rule.
public record RuleId(String value) implements Identifier {

    private static final String PREFIX = "rul";

    public RuleId {
        Identifier.check(PREFIX, value);
    }

    /// A new one, made now.
    public static RuleId next(Clock clock) {
        return new RuleId(PREFIX + "_" + Ulid.next(clock.millis()));
    }

    @Override
    public String toString() {
        return value;
    }
}
