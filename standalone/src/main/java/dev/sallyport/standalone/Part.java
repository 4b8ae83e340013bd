package dev.sallyport.standalone;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/// What of an instance runs in this process.
enum Part {
    /// Everything: what `make up` runs.
    ALL,
    /// Store (on loopback, for the others) and API.
    CONTROL,
    /// The edge.
    EDGE,
    /// The agent.
    AGENT;

    static Optional<Part> of(String name) {
        return Stream.of(values())
                .filter(part ->
                        part != ALL && part.name().toLowerCase(Locale.ROOT).equals(name))
                .findFirst();
    }

    boolean control() {
        return this == ALL || this == CONTROL;
    }

    boolean edge() {
        return this == ALL || this == EDGE;
    }

    boolean agent() {
        return this == ALL || this == AGENT;
    }

    /// What ends the names of this part's files; nothing for all of it.
    String suffix() {
        return this == ALL ? "" : "." + name().toLowerCase(Locale.ROOT);
    }
}
