package dev.sallyport.core.id;

import java.time.Clock;

/// Names a user or a service account: the prefix says which.
public record UserId(String value) implements Identifier {

    private static final String PREFIX = "usr";
    private static final String SERVICE = "svc";

    public UserId {
        Identifier.check(value.startsWith(SERVICE) ? SERVICE : PREFIX, value);
    }

    /// A new one, made now.
    public static UserId next(Clock clock) {
        return new UserId(PREFIX + "_" + Ulid.next(clock.millis()));
    }

    /// A new one of a service account, made now.
    public static UserId nextServiceAccount(Clock clock) {
        return new UserId(SERVICE + "_" + Ulid.next(clock.millis()));
    }

    /// Whether it names a service account.
    public boolean isServiceAccount() {
        return value.startsWith(SERVICE);
    }

    @Override
    public String toString() {
        return value;
    }
}
