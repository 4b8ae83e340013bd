package dev.sallyport.cli.admin;

import dev.sallyport.api.Rules.Window;
import dev.sallyport.cli.run.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// The time windows of an access rule as people write them: `mon-fri 09:00-18:00 Europe/Berlin`.
public final class Windows {

    /// The days of a week.
    public static final List<String> DAYS = List.of("mon", "tue", "wed", "thu", "fri", "sat", "sun");

    private static final Pattern TEXT =
            Pattern.compile("(?:([a-z,-]{1,64}) +)?([0-9]{2}:[0-9]{2})-([0-9]{2}:[0-9]{2}) +([A-Za-z0-9_+/-]{1,64})");

    private Windows() {}

    /// @throws Failure when it is not written so; what a time or a zone is, the API says
    static Window read(String text) throws Failure {
        var matcher = TEXT.matcher(text.strip());
        if (!matcher.matches()) {
            throw wrong();
        }
        return new Window(
                matcher.group(1) == null ? List.of() : days(matcher.group(1)),
                matcher.group(2),
                matcher.group(3),
                matcher.group(4));
    }

    static List<Window> read(List<String> texts) throws Failure {
        var windows = new ArrayList<Window>();
        for (var text : texts) {
            windows.add(read(text));
        }
        return windows;
    }

    private static List<String> days(String text) throws Failure {
        var days = new ArrayList<String>();
        for (var part : text.split(",", -1)) {
            var ends = part.split("-", -1);
            int first = DAYS.indexOf(ends[0]);
            int last = DAYS.indexOf(ends[ends.length - 1]);
            if (ends.length > 2 || first < 0 || last < 0) {
                throw wrong();
            }
            // fri-mon goes over the end of the week
            for (int i = first; ; i = (i + 1) % DAYS.size()) {
                days.add(DAYS.get(i));
                if (i == last) {
                    break;
                }
            }
        }
        return days.stream().distinct().toList();
    }

    private static Failure wrong() {
        return Failure.usage("a time window is written as in 'mon-fri 09:00-18:00 Europe/Berlin'.");
    }

    /// As people write it.
    public static String text(Window window) {
        var days = window.days();
        return (days == null || days.isEmpty() || days.size() == DAYS.size() ? "" : String.join(",", days) + " ")
                + window.from() + "-" + window.to() + " " + window.zone();
    }
}
