package dev.sallyport.core.id;

import java.time.Clock;

/// Names a guardrail.
public record GuardrailId(String value) implements Identifier {

    private static final String PREFIX = "grd";

    public GuardrailId {
        Identifier.check(PREFIX, value);
    }

    /// A new one, made now.
    public static GuardrailId next(Clock clock) {
        return new GuardrailId(PREFIX + "_" + Ulid.next(clock.millis()));
    }

    @Override
    public String toString() {
        return value;
    }
}
