package dev.sallyport.edge;

import dev.sallyport.edge.recorder.SpoolLimits;
import dev.sallyport.edge.relay.RelayLimits;
import dev.sallyport.edge.ssh.DoorLimits;
import java.time.Duration;
import java.util.Map;

/// The limits of an edge, as its parts take them.
///
/// @param sessionsPerUser live sessions of one user on this edge
/// @param unread bytes that all sessions together may hold because somebody does not read
/// @param drain how long sessions may go on when the edge is to stop
public record EdgeLimits(
        DoorLimits door, RelayLimits relay, SpoolLimits spool, int sessionsPerUser, long unread, Duration drain) {

    public static final EdgeLimits DEFAULTS = of(Map.of());

    /// The limits with those that an operator has set, as [Limit#read] has read them.
    public static EdgeLimits of(Map<Limit, Long> set) {
        var values = new Values(set);
        var door = DoorLimits.DEFAULTS;
        var relay = RelayLimits.DEFAULTS;
        var spool = SpoolLimits.DEFAULT;
        return new EdgeLimits(
                new DoorLimits(
                        values.time(Limit.HANDSHAKE),
                        values.number(Limit.AUTHENTICATION_ATTEMPTS),
                        values.number(Limit.UNAUTHENTICATED_PER_ADDRESS),
                        values.number(Limit.UNAUTHENTICATED),
                        values.number(Limit.CONNECTIONS_PER_USER),
                        values.time(Limit.KEEP_ALIVE),
                        values.time(Limit.WRITING),
                        values.number(Limit.WINDOW),
                        values.number(Limit.BUFFERED),
                        values.number(Limit.COMMAND),
                        values.number(Limit.CHANNELS),
                        door.variables(),
                        door.variable(),
                        door.controls(),
                        door.answers(),
                        door.farewell(),
                        values.time(Limit.MENU)),
                new RelayLimits(
                        values.time(Limit.DECISION),
                        relay.farewell(),
                        relay.ending(),
                        values.time(Limit.WARNING),
                        relay.passed()),
                new SpoolLimits(
                        spool.segment(),
                        values.value(Limit.SPOOL),
                        spool.patience(),
                        values.time(Limit.CHUNK_AGE),
                        values.number(Limit.CHUNK),
                        spool.uploads()),
                values.number(Limit.SESSIONS_PER_USER),
                values.value(Limit.UNREAD),
                values.time(Limit.DRAIN));
    }

    private record Values(Map<Limit, Long> set) {

        long value(Limit limit) {
            return set.getOrDefault(limit, limit.standardValue());
        }

        int number(Limit limit) {
            return Math.toIntExact(value(limit));
        }

        Duration time(Limit limit) {
            return Duration.ofMillis(value(limit));
        }
    }
}
