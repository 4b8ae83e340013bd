package dev.sallyport.core.id;

import java.time.Clock;

/// Names a tenant.
public record TenantId(String value) implements Identifier {

    private static final String PREFIX = "ten";

    public TenantId {
        Identifier.check(PREFIX, value);
    }

    /// A new one, made now.
    public static TenantId next(Clock clock) {
        return new TenantId(PREFIX + "_" + Ulid.next(clock.millis()));
    }

    @Override
    public String toString() {
        return value;
    }
}
