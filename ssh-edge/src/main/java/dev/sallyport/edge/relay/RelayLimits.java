package dev.sallyport.edge.relay;

import java.time.Duration;

/// The named limits of a relayed session that no connection sets for itself.
///
/// @param decision from what a channel asks for to a target that is open, or a refusal
/// @param farewell how long the target has to end after the user left, before the link is cut
/// @param ending how long the target has to end when the session must end, before the link is cut
/// @param warning how long before a session's deadline its user is told
/// @param passed bytes after which a stream at level `metadata` gets its next event
public record RelayLimits(Duration decision, Duration farewell, Duration ending, Duration warning, int passed) {

    public static final RelayLimits DEFAULTS = new RelayLimits(
            Duration.ofSeconds(30), Duration.ofSeconds(5), Duration.ofMillis(500), Duration.ofMinutes(5), 1 << 20);
}
