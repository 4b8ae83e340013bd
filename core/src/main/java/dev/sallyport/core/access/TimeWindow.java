package dev.sallyport.core.access;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// A piece of each week, by the clocks of a place.
///
/// A time that a clock skips in spring is the one that it shows instead; of one that it shows twice in autumn, the
/// first is meant, at both ends.
///
/// @param days on which it opens; at least one
/// @param from when it opens
/// @param to when it closes: on the next day, if that is not after `from`
public record TimeWindow(Set<DayOfWeek> days, LocalTime from, LocalTime to, ZoneId zone) {

    public TimeWindow {
        if (days.isEmpty()) {
            throw new IllegalArgumentException("a time window opens on one day of the week at least");
        }
        days = Set.copyOf(days);
    }

    /// Whether it is open at that moment.
    public boolean contains(Instant at) {
        return closes(at).isPresent();
    }

    /// When it closes, if it is open at that moment.
    public Optional<Instant> closes(Instant at) {
        return openings(at)
                .filter(opening -> !at.isBefore(opening.from()) && at.isBefore(opening.to()))
                .map(Opening::to)
                .findFirst();
    }

    /// When it opens or closes next, after that moment.
    public Instant changes(Instant at) {
        return openings(at)
                .flatMap(opening -> Stream.of(opening.from(), opening.to()))
                .filter(at::isBefore)
                .min(Instant::compareTo)
                .orElseThrow();
    }

    private record Opening(Instant from, Instant to) {}

    /// Those from the day before to a week after: one that is open is among them, and one that is to come.
    private Stream<Opening> openings(Instant at) {
        var day = at.atZone(zone).toLocalDate().minusDays(1);
        return Stream.iterate(day, next -> next.plusDays(1))
                .limit(10)
                .filter(opens -> days.contains(opens.getDayOfWeek()))
                .map(this::on);
    }

    private Opening on(LocalDate day) {
        var last = to.isAfter(from) ? day : day.plusDays(1);
        return new Opening(
                ZonedDateTime.of(day, from, zone).toInstant(),
                ZonedDateTime.of(last, to, zone).toInstant());
    }

    /// Every day of the week, in order.
    public static Set<DayOfWeek> everyDay() {
        return EnumSet.copyOf(Arrays.asList(DayOfWeek.values()));
    }
}
