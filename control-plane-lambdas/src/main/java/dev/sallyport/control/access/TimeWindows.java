package dev.sallyport.control.access;

import dev.sallyport.api.Rules.Window;
import dev.sallyport.control.http.Fields;
import dev.sallyport.core.access.TimeWindow;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The time windows of an access rule as the API writes them.
final class TimeWindows {

    private static final Map<String, DayOfWeek> DAYS =
            Stream.of(DayOfWeek.values()).collect(Collectors.toUnmodifiableMap(TimeWindows::word, day -> day));

    private TimeWindows() {}

    static List<TimeWindow> read(Fields fields, String field, @Nullable List<Window> windows) {
        var read = new ArrayList<TimeWindow>();
        for (int i = 0; windows != null && i < windows.size(); i++) {
            // The types cannot say it, but JSON may hold null here.
            @Nullable Window window = windows.get(i);
            if (window == null) {
                fields.wrong(field + "[" + i + "]", "is needed");
            } else {
                one(fields, field + "[" + i + "]", window).ifPresent(read::add);
            }
        }
        return read;
    }

    private static Optional<TimeWindow> one(Fields fields, String field, Window window) {
        var days = days(fields, field + ".days", window.days());
        var from = time(fields, field + ".from", window.from());
        var to = time(fields, field + ".to", window.to());
        var zone = zone(fields, field + ".zone", window.zone());
        return days.isEmpty() || from.isEmpty() || to.isEmpty() || zone.isEmpty()
                ? Optional.empty()
                : Optional.of(new TimeWindow(days, from.get(), to.get(), zone.get()));
    }

    private static Set<DayOfWeek> days(Fields fields, String field, @Nullable List<String> words) {
        var named = fields.list(field, words);
        if (named.isEmpty()) {
            return TimeWindow.everyDay();
        }
        var days = EnumSet.noneOf(DayOfWeek.class);
        for (int i = 0; i < named.size(); i++) {
            fields.choice(field + "[" + i + "]", named.get(i), DAYS).ifPresent(days::add);
        }
        return days;
    }

    private static Optional<LocalTime> time(Fields fields, String field, @Nullable String text) {
        var needed = fields.needed(field, text);
        if (needed.matches("([01][0-9]|2[0-3]):[0-5][0-9]")) {
            return Optional.of(LocalTime.parse(needed));
        }
        if (!needed.isEmpty()) {
            fields.wrong(field, "is a time of the day, from 00:00 to 23:59");
        }
        return Optional.empty();
    }

    /// Names of places only: what a fixed offset means changes twice a year for whoever reads a clock.
    private static Optional<ZoneId> zone(Fields fields, String field, @Nullable String text) {
        var needed = fields.needed(field, text);
        try {
            if (ZoneId.getAvailableZoneIds().contains(needed)) {
                return Optional.of(ZoneId.of(needed));
            }
        } catch (DateTimeException unknown) {
            // said below
        }
        if (!needed.isEmpty()) {
            fields.wrong(field, "is not a zone of the IANA time zone database, such as Europe/Berlin or UTC");
        }
        return Optional.empty();
    }

    static Window shown(TimeWindow window) {
        return new Window(
                window.days().stream().sorted().map(TimeWindows::word).toList(),
                window.from().toString(),
                window.to().toString(),
                window.zone().getId());
    }

    private static String word(DayOfWeek day) {
        return day.name().substring(0, 3).toLowerCase(Locale.ROOT);
    }
}
