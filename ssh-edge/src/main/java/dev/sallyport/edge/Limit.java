package dev.sallyport.edge;

import dev.sallyport.core.recording.ChunkWriter;
import dev.sallyport.core.session.SessionRequest;
import dev.sallyport.edge.admission.LiveSessions;
import dev.sallyport.edge.recorder.SpoolLimits;
import dev.sallyport.edge.relay.RelayLimits;
import dev.sallyport.edge.ssh.DoorLimits;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// The limits of an edge that its operator may set, each with its name, what it is by itself, and how far it
/// goes. `docs/operations.md` says what each one does.
public enum Limit {
    HANDSHAKE(time(DoorLimits.DEFAULTS.handshake()), time(1), time(600)),
    AUTHENTICATION_ATTEMPTS(count(DoorLimits.DEFAULTS.authenticationAttempts()), count(1), count(100)),
    UNAUTHENTICATED_PER_ADDRESS(count(DoorLimits.DEFAULTS.unauthenticatedPerAddress()), count(1), count(10_000)),
    UNAUTHENTICATED(count(DoorLimits.DEFAULTS.unauthenticated()), count(1), count(10_000)),
    CONNECTIONS_PER_USER(count(DoorLimits.DEFAULTS.connectionsPerUser()), count(1), count(100_000)),
    SESSIONS_PER_USER(count(LiveSessions.MOST_OF_USER), count(1), count(10_000)),
    CHANNELS(count(DoorLimits.DEFAULTS.channels()), count(1), count(10_000)),
    DECISION(time(RelayLimits.DEFAULTS.decision()), time(1), time(600)),
    MENU(time(DoorLimits.DEFAULTS.menu()), time(1), time(3_600)),
    KEEP_ALIVE(time(DoorLimits.DEFAULTS.keepAlive()), time(1), time(3_600)),
    WRITING(time(DoorLimits.DEFAULTS.writing()), time(1), time(86_400)),
    WARNING(time(RelayLimits.DEFAULTS.warning()), time(1), time(3_600)),
    DRAIN(time(0), time(0), time(86_400)),
    WINDOW(bytes(DoorLimits.DEFAULTS.window()), bytes(65_536), bytes(16 << 20)),
    BUFFERED(bytes(DoorLimits.DEFAULTS.buffered()), bytes(65_536), bytes(64 << 20)),
    UNREAD(bytes(LiveSessions.MOST_UNREAD), bytes(4 << 20), bytes(1L << 40)),
    COMMAND(bytes(DoorLimits.DEFAULTS.command()), bytes(1_024), bytes(SessionRequest.Exec.LONGEST)),
    CHUNK(bytes(SpoolLimits.DEFAULT.chunk()), bytes(4_096), bytes(ChunkWriter.CHUNK)),
    CHUNK_AGE(time(SpoolLimits.DEFAULT.chunkAge()), new Amount(Unit.TIME, 100), time(60)),
    SPOOL(bytes(SpoolLimits.DEFAULT.longest()), bytes(SpoolLimits.DEFAULT.segment()), bytes(1L << 40));

    private static final Pattern WITH_UNIT = Pattern.compile("([0-9]{1,12}) ?([A-Za-z]{1,3})");

    /// What a limit counts.
    private enum Unit {
        /// In milliseconds.
        TIME,
        BYTES,
        COUNT
    }

    private record Amount(Unit unit, long value) {

        @Override
        public String toString() {
            return switch (unit) {
                case COUNT -> Long.toString(value);
                case TIME -> in(new String[] {"ms", "s", "min", "h"}, new long[] {1, 1_000, 60_000, 3_600_000});
                case BYTES -> in(new String[] {"B", "KiB", "MiB", "GiB"}, new long[] {1, 1 << 10, 1 << 20, 1 << 30});
            };
        }

        /// In the largest unit that leaves nothing over.
        private String in(String[] units, long[] sizes) {
            // nothing is written in the unit that one counts in
            int largest = value == 0 ? 1 : units.length - 1;
            while (value % sizes[largest] != 0) {
                largest--;
            }
            return value / sizes[largest] + units[largest];
        }
    }

    private final Unit unit;
    private final long standard;
    private final long least;
    private final long most;

    Limit(Amount standard, Amount least, Amount most) {
        this.unit = standard.unit();
        this.standard = standard.value();
        this.least = least.value();
        this.most = most.value();
    }

    /// Its name in configuration and documents, such as `chunk_age`.
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// What holds unless it is set, as it would be written.
    public String standard() {
        return written(standard);
    }

    /// The limit of that name.
    public static Optional<Limit> of(String key) {
        return Arrays.stream(values()).filter(limit -> limit.key().equals(key)).findFirst();
    }

    /// What `value` says, in this limit's own unit (milliseconds, bytes, or a number).
    ///
    /// @param value a whole number, or a text with a unit such as `30s` or `256KiB`
    /// @throws IllegalArgumentException when it says nothing that this limit can be; the message is a sentence
    public long read(Object value) {
        var read = unit == Unit.COUNT
                ? Optional.of(value)
                        .filter(one -> one instanceof Integer || one instanceof Long)
                        .map(one -> ((Number) one).longValue())
                : Optional.of(value)
                        .filter(String.class::isInstance)
                        .map(String.class::cast)
                        .flatMap(this::withUnit);
        return read.filter(number -> number >= least && number <= most)
                .orElseThrow(() -> new IllegalArgumentException("is " + kind() + " from " + written(least) + " to "
                        + written(most) + ", such as "
                        + (unit == Unit.COUNT ? standard() : "\"" + standard() + "\"")));
    }

    long standardValue() {
        return standard;
    }

    private Optional<Long> withUnit(String text) {
        var matcher = WITH_UNIT.matcher(text.strip());
        if (!matcher.matches()) {
            return Optional.empty();
        }
        long number = Long.parseLong(matcher.group(1));
        return switch (unit) {
            case COUNT -> Optional.empty();
            case TIME ->
                switch (matcher.group(2)) {
                    case "ms" -> Optional.of(number);
                    case "s" -> Optional.of(number * 1_000);
                    case "min" -> Optional.of(number * 60_000);
                    case "h" -> Optional.of(number * 3_600_000);
                    default -> Optional.empty();
                };
            case BYTES ->
                switch (matcher.group(2)) {
                    case "B" -> Optional.of(number);
                    case "KiB" -> Optional.of(number << 10);
                    case "MiB" -> Optional.of(number << 20);
                    case "GiB" -> Optional.of(number << 30);
                    default -> Optional.empty();
                };
        };
    }

    private String written(long value) {
        return new Amount(unit, value).toString();
    }

    private String kind() {
        return switch (unit) {
            case TIME -> "a time";
            case BYTES -> "a size";
            case COUNT -> "a number";
        };
    }

    private static Amount time(Duration time) {
        return new Amount(Unit.TIME, time.toMillis());
    }

    private static Amount time(long seconds) {
        return time(Duration.ofSeconds(seconds));
    }

    private static Amount count(long count) {
        return new Amount(Unit.COUNT, count);
    }

    private static Amount bytes(long bytes) {
        return new Amount(Unit.BYTES, bytes);
    }
}
