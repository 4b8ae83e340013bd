package dev.sallyport.edge.ssh;

import java.time.Duration;

/// The limits of the SSH door, all in one place.
///
/// @param handshake from the TCP connection to a finished authentication; so long, too, may a later key
///     exchange last
/// @param authenticationAttempts requests for authentication on one connection
/// @param unauthenticatedPerAddress connections from one source address that have not authenticated
/// @param unauthenticated such connections in all
/// @param connectionsPerUser connections of one user that have authenticated
/// @param keepAlive how often a silent client hears from us
/// @param writing how long a write to a client's socket may make no progress
/// @param window bytes per channel that a client may send ahead
/// @param buffered bytes per channel that wait to be written to a client
/// @param command longest exec command, in bytes
/// @param channels open channels of one client
/// @param variables `env` requests of one channel
/// @param variable longest name and value of one, in bytes; and the longest modes of a terminal
/// @param controls resizes and signals of one channel that wait to be sent on
/// @param answers answers of ours to one client that wait to be written; past it the client is cut off
/// @param farewell how long a sentence of ours waits for room in a client's window
/// @param menu how long the list of connections waits for a choice
public record DoorLimits(
        Duration handshake,
        int authenticationAttempts,
        int unauthenticatedPerAddress,
        int unauthenticated,
        int connectionsPerUser,
        Duration keepAlive,
        Duration writing,
        int window,
        int buffered,
        int command,
        int channels,
        int variables,
        int variable,
        int controls,
        int answers,
        Duration farewell,
        Duration menu) {

    public static final DoorLimits DEFAULTS = new DoorLimits(
            Duration.ofSeconds(30),
            6,
            20,
            500,
            100,
            Duration.ofSeconds(60),
            Duration.ofMinutes(15),
            1 << 20,
            1 << 20,
            65_536,
            256,
            64,
            4_096,
            64,
            1_024,
            Duration.ofMillis(250),
            Duration.ofMinutes(5));

    public DoorLimits {
        if (command > dev.sallyport.core.session.SessionRequest.Exec.LONGEST) {
            throw new IllegalArgumentException("a command is never longer than an order can carry");
        }
    }
}
