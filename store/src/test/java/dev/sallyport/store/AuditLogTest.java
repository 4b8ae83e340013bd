package dev.sallyport.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.core.audit.Actor;
import dev.sallyport.core.audit.AuditEntry;
import dev.sallyport.core.id.TenantId;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

class AuditLogTest {

    private static final Actor ACTOR = new Actor("usr", "192.0.2.1");

    private final MutableClock clock = new MutableClock(Instant.parse("2026-11-30T23:58:30Z"));
    private final Store store = LocalDynamo.store(clock);
    private final AuditLog log = store.auditLog();
    private final TenantId tenant = TenantId.next(clock);

    @Test
    void entriesComeNewestFirstInPagesAcrossMinutesAndMonths() {
        var random = new Random(1);
        var actions = new ArrayList<String>();
        for (int i = 0; i < 40; i++) {
            append("a" + i);
            actions.addFirst("a" + i);
            clock.advance(Duration.ofMillis(1 + random.nextInt(40_000)));
        }

        var seen = new ArrayList<String>();
        Optional<String> cursor = Optional.empty();
        do {
            var page = log.list(tenant, Instant.EPOCH, clock.instant(), cursor, 7);
            assertThat(page.items().size()).isLessThanOrEqualTo(7);
            page.items().forEach(entry -> seen.add(entry.action()));
            cursor = page.cursor();
        } while (cursor.isPresent());

        assertThat(seen).isEqualTo(actions);
    }

    @Test
    void aTimeBoundsTheListToTheMillisecond() {
        append("early");
        clock.advance(Duration.ofMillis(1));
        var from = clock.instant();
        append("first");
        clock.advance(Duration.ofMinutes(3));
        append("last");
        clock.advance(Duration.ofMillis(1));
        var until = clock.instant();
        append("late");

        assertThat(log.list(tenant, from, until, Optional.empty(), 10).items())
                .extracting(AuditEntry::action)
                .containsExactly("last", "first");
    }

    @Test
    void aCursorThatIsNoneIsRefused() {
        assertThatThrownBy(() -> log.list(tenant, Instant.EPOCH, clock.instant(), Optional.of("SEAL"), 10))
                .isInstanceOf(BadCursor.class);
    }

    @Test
    void nothingGetsIntoASealedMinuteOrOneBefore() {
        append("before");
        var minute = clock.instant().truncatedTo(ChronoUnit.MINUTES);
        log.seal(tenant, minute.plus(2, ChronoUnit.MINUTES));

        // a process whose clock is late
        append("late");

        assertThat(log.minute(tenant, minute)).extracting(AuditEntry::action).containsExactly("before");
        assertThat(log.minute(tenant, minute.plus(1, ChronoUnit.MINUTES))).isEmpty();
        assertThat(log.minute(tenant, minute.plus(2, ChronoUnit.MINUTES))).isEmpty();
        assertThat(log.minute(tenant, minute.plus(3, ChronoUnit.MINUTES)))
                .extracting(AuditEntry::action)
                .containsExactly("late");
    }

    @Test
    void aSealIsNotTakenBack() {
        var minute = clock.instant().truncatedTo(ChronoUnit.MINUTES);
        log.seal(tenant, minute);
        log.seal(tenant, minute.minus(5, ChronoUnit.MINUTES));

        append("late");

        assertThat(log.minute(tenant, minute)).isEmpty();
    }

    @Test
    void entriesThatRaceTheSealAreEitherBeforeItOrInALaterMinute() throws Exception {
        var minute = clock.instant().truncatedTo(ChronoUnit.MINUTES);
        var work = new ArrayList<Callable<Integer>>();
        for (int i = 0; i < 20; i++) {
            var action = "a" + i;
            work.add(() -> {
                append(action);
                return 0;
            });
        }
        work.add(() -> {
            log.seal(tenant, minute);
            return log.minute(tenant, minute).size();
        });

        int whenSealed = AtOnce.run(work).getLast();

        assertThat(log.minute(tenant, minute)).hasSize(whenSealed);
        assertThat(log.list(tenant, Instant.EPOCH, clock.instant().plusSeconds(600), Optional.empty(), 100)
                        .items())
                .hasSize(20);
    }

    @Test
    void minutesInWhichNothingHappenedAreNotListed() {
        append("one");
        clock.advance(Duration.ofMinutes(10));
        append("two");

        assertThat(log.minutes(tenant, Instant.parse("2026-11-30T23:00:00Z"), clock.instant()))
                .containsExactly(Instant.parse("2026-11-30T23:58:00Z"), Instant.parse("2026-12-01T00:08:00Z"));
    }

    @Test
    void anotherTenantSeesNothing() {
        append("ours");

        assertThat(log.list(TenantId.next(clock), Instant.EPOCH, clock.instant().plusSeconds(60), Optional.empty(), 10)
                        .items())
                .isEqualTo(List.of());
    }

    private void append(String action) {
        log.append(tenant, ACTOR, action, "object", Map.of("key", "value"));
    }
}
