package dev.sallyport.store;

import dev.sallyport.core.access.TimeWindow;
import java.time.DayOfWeek;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.stream.Collectors;

/// A time window as it is stored, and as the audit log says it: `MONDAY,FRIDAY 09:00 18:00 Europe/Berlin`.
final class WindowText {

    private WindowText() {}

    static String of(TimeWindow window) {
        var days = window.days().stream().sorted().map(DayOfWeek::name).collect(Collectors.joining(","));
        return days + " " + window.from() + " " + window.to() + " " + window.zone();
    }

    static TimeWindow read(String text) {
        var words = text.split(" ", 4);
        return new TimeWindow(
                Arrays.stream(words[0].split(",", -1)).map(DayOfWeek::valueOf).collect(Collectors.toSet()),
                LocalTime.parse(words[1]),
                LocalTime.parse(words[2]),
                ZoneId.of(words[3]));
    }
}
