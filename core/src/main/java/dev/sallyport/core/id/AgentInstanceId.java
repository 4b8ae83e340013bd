package dev.sallyport.core.id;

import java.time.Clock;

/// Names one running process of an agent.
public record AgentInstanceId(String value) implements Identifier {

    private static final String PREFIX = "ins";

    public AgentInstanceId {
        Identifier.check(PREFIX, value);
    }

    /// A new one, made now.
    public static AgentInstanceId next(Clock clock) {
        return new AgentInstanceId(PREFIX + "_" + Ulid.next(clock.millis()));
    }

    @Override
    public String toString() {
        return value;
    }
}
