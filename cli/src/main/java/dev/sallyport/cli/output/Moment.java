package dev.sallyport.cli.output;

import dev.sallyport.cli.run.Failure;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.regex.Pattern;

/// Times as people write and read them.
public final class Moment {

    private static final Pattern LENGTH = Pattern.compile("([0-9]{1,9})(s|m|min|h|d|w)");

    private Moment() {}

    /// A time in the past: so long ago, a day, or an instant.
    public static Instant parse(String text, Clock clock) throws Failure {
        if (LENGTH.matcher(text).matches()) {
            return clock.instant().minus(length(text));
        }
        return instant(text);
    }

    /// A time in the future: from now on so long, a day, or an instant.
    public static Instant future(String text, Clock clock) throws Failure {
        if (LENGTH.matcher(text).matches()) {
            return clock.instant().plus(length(text));
        }
        return instant(text);
    }

    /// A length of time, such as `90s` or `2h`.
    public static Duration length(String text) throws Failure {
        var matcher = LENGTH.matcher(text);
        if (!matcher.matches()) {
            throw Failure.usage("a length of time is a number with a unit, as in 90s, 30m, 2h, 3d or 1w.");
        }
        long count = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "s" -> Duration.ofSeconds(count);
            case "m", "min" -> Duration.ofMinutes(count);
            case "h" -> Duration.ofHours(count);
            case "d" -> Duration.ofDays(count);
            default -> Duration.ofDays(Math.multiplyExact(count, 7));
        };
    }

    private static Instant instant(String text) throws Failure {
        try {
            return text.length() == 10
                    ? LocalDate.parse(text).atStartOfDay(ZoneId.systemDefault()).toInstant()
                    : Instant.parse(text);
        } catch (DateTimeException e) {
            throw Failure.usage("a time is so long ago (30m, 2h, 3d), a day (2026-11-22),"
                    + " or an instant (2026-11-22T10:00:00Z).");
        }
    }

    /// In the user's zone, to the second.
    public static String local(Instant instant) {
        var time = instant.atZone(ZoneId.systemDefault());
        return "%s %02d:%02d:%02d".formatted(time.toLocalDate(), time.getHour(), time.getMinute(), time.getSecond());
    }

    /// A length of time in the two units that matter, or in one where the other is zero.
    public static String words(Duration length) {
        long seconds = Math.max(0, length.toSeconds());
        if (seconds >= 86_400) {
            return words(seconds / 86_400, "d", seconds % 86_400 / 3_600, "h");
        }
        if (seconds >= 3_600) {
            return words(seconds / 3_600, "h", seconds % 3_600 / 60, "min");
        }
        if (seconds >= 60) {
            return words(seconds / 60, "min", seconds % 60, "s");
        }
        return seconds + "." + length.toMillisPart() / 100 + " s";
    }

    private static String words(long many, String unit, long rest, String smaller) {
        return many + " " + unit + (rest == 0 ? "" : " " + rest + " " + smaller);
    }
}
