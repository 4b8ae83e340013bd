package dev.sallyport.core.id;

import java.time.Clock;

/// Names an agent.
public record AgentId(String value) implements Identifier {

    private static final String PREFIX = "agt";

    public AgentId {
        Identifier.check(PREFIX, value);
    }

    /// A new one, made now.
    public static AgentId next(Clock clock) {
        return new AgentId(PREFIX + "_" + Ulid.next(clock.millis()));
    }

    @Override
    public String toString() {
        return value;
    }
}
