package dev.sallyport.core.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.EnumSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimeWindowTest {

    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
    private static final Set<DayOfWeek> WORKDAYS = EnumSet.range(DayOfWeek.MONDAY, DayOfWeek.FRIDAY);

    @ParameterizedTest
    @CsvSource({
        // winter: an hour ahead of UTC
        "2026-11-23T07:59:59Z, false",
        "2026-11-23T08:00:00Z, true",
        "2026-11-23T16:59:59Z, true",
        "2026-11-23T17:00:00Z, false",
        // summer: two hours
        "2026-07-01T06:59:59Z, false",
        "2026-07-01T07:00:00Z, true",
        "2026-07-01T16:00:00Z, false",
        // Saturday, Sunday
        "2026-11-28T10:00:00Z, false",
        "2026-11-29T10:00:00Z, false",
    })
    void itIsOpenByTheClocksOfThePlace(Instant at, boolean open) {
        assertThat(window(WORKDAYS, "09:00", "18:00").contains(at)).isEqualTo(open);
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-27T20:59:59Z, false",
        "2026-11-27T21:00:00Z, true",
        // Saturday morning belongs to Friday night
        "2026-11-28T04:59:59Z, true",
        "2026-11-28T05:00:00Z, false",
        // Saturday night is nobody's, and Monday morning belongs to Sunday
        "2026-11-28T22:00:00Z, false",
        "2026-11-30T04:00:00Z, false",
    })
    void aNightBelongsToTheDayOnWhichItBegins(Instant at, boolean open) {
        assertThat(window(WORKDAYS, "22:00", "06:00").contains(at)).isEqualTo(open);
    }

    @Test
    void theSameTimeTwiceIsAWholeDay() {
        var day = window(Set.of(DayOfWeek.MONDAY), "00:00", "00:00");
        assertThat(day.contains(Instant.parse("2026-11-22T22:59:59Z"))).isFalse();
        assertThat(day.contains(Instant.parse("2026-11-22T23:00:00Z"))).isTrue();
        assertThat(day.contains(Instant.parse("2026-11-23T22:59:59Z"))).isTrue();
        assertThat(day.contains(Instant.parse("2026-11-23T23:00:00Z"))).isFalse();
    }

    /// On 2026-03-29 the clocks go from 02:00 to 03:00, on 2026-10-25 from 03:00 back to 02:00.
    @Test
    void whereClocksAreSetItOpensAndClosesByThem() {
        var every = EnumSet.allOf(DayOfWeek.class);
        var skipped = window(every, "02:30", "04:00");
        assertThat(skipped.contains(Instant.parse("2026-03-29T01:29:59Z"))).isFalse();
        assertThat(skipped.closes(Instant.parse("2026-03-29T01:30:00Z")))
                .contains(Instant.parse("2026-03-29T02:00:00Z"));
        var twice = window(every, "01:00", "02:30");
        assertThat(twice.closes(Instant.parse("2026-10-24T23:00:00Z"))).contains(Instant.parse("2026-10-25T00:30:00Z"));
        assertThat(twice.contains(Instant.parse("2026-10-25T00:30:00Z"))).isFalse();
        assertThat(twice.contains(Instant.parse("2026-10-25T01:15:00Z"))).isFalse();
    }

    @Test
    void itSaysWhenItChangesNext() {
        var window = window(WORKDAYS, "09:00", "18:00");
        assertThat(window.changes(Instant.parse("2026-11-23T08:00:00Z"))).isEqualTo("2026-11-23T17:00:00Z");
        assertThat(window.changes(Instant.parse("2026-11-27T17:00:00Z"))).isEqualTo("2026-11-30T08:00:00Z");
        var weekly = window(Set.of(DayOfWeek.MONDAY), "09:00", "09:00");
        assertThat(weekly.changes(Instant.parse("2026-11-24T08:00:00Z"))).isEqualTo("2026-11-30T08:00:00Z");
    }

    /// Whatever the window, zone and moment: nothing changes before the next change, and something does at it or
    /// another opening takes over.
    @Test
    void betweenTwoChangesNothingChanges() {
        var random = new Random(11);
        for (int i = 0; i < 2_000; i++) {
            var window = any(random);
            var at = Instant.parse("2026-01-01T00:00:00Z").plusSeconds(random.nextInt(366 * 86_400));
            var next = window.changes(at);
            assertThat(next).as("%s at %s", window, at).isAfter(at);
            var seconds = Duration.between(at, next).toSeconds();
            var between = at.plusSeconds(random.nextLong(Math.max(1, seconds)));
            assertThat(window.contains(between))
                    .as("%s at %s and %s, next %s", window, at, between, next)
                    .isEqualTo(window.contains(at));
            window.closes(at).ifPresent(closes -> assertThat(closes).isAfterOrEqualTo(next));
        }
    }

    @Test
    void withoutADayItIsNone() {
        assertThatThrownBy(() -> window(Set.of(), "09:00", "18:00")).isInstanceOf(IllegalArgumentException.class);
    }

    private static TimeWindow any(Random random) {
        var days = EnumSet.noneOf(DayOfWeek.class);
        do {
            days.add(DayOfWeek.of(1 + random.nextInt(7)));
        } while (random.nextBoolean());
        var zones = new String[] {"UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia"};
        return new TimeWindow(
                days,
                LocalTime.of(random.nextInt(24), random.nextInt(60)),
                LocalTime.of(random.nextInt(24), random.nextInt(60)),
                ZoneId.of(zones[random.nextInt(zones.length)]));
    }

    private static TimeWindow window(Set<DayOfWeek> days, String from, String to) {
        return new TimeWindow(days, LocalTime.parse(from), LocalTime.parse(to), BERLIN);
    }
}
