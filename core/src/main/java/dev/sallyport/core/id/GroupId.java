package dev.sallyport.core.id;

import java.time.Clock;

/// Names a group.
public record GroupId(String value) implements Identifier {

    private static final String PREFIX = "grp";

    public GroupId {
        Identifier.check(PREFIX, value);
    }

    /// A new one, made now.
    public static GroupId next(Clock clock) {
        return new GroupId(PREFIX + "_" + Ulid.next(clock.millis()));
    }

    @Override
    public String toString() {
        return value;
    }
}
