package dev.sallyport.core.id;

import java.time.Clock;

/// Names a masking rule.
public record MaskingRuleId(String value) implements Identifier {

    private static final String PREFIX = "msk";

    public MaskingRuleId {
        Identifier.check(PREFIX, value);
    }

    /// A new one, made now.
    public static MaskingRuleId next(Clock clock) {
        return new MaskingRuleId(PREFIX + "_" + Ulid.next(clock.millis()));
    }

    @Override
    public String toString() {
        return value;
    }
}
