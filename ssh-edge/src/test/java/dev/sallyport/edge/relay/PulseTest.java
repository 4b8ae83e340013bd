package dev.sallyport.edge.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.session.Outcome;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/// When a session ends for want of time, in virtual time.
final class PulseTest {

    private static final Instant START = Instant.parse("2026-11-22T10:00:00Z");
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofHours(24);
    private static final Outcome AT_DEADLINE = new Outcome.TimedOut("the window closed");

    /// Both clocks, seconds after the start; they agree unless a test says otherwise.
    private static long nanos(Duration after) {
        return 1_000 + after.toNanos();
    }

    private static Pulse pulse(Duration idle, Duration certificate, Duration longest) {
        return new Pulse(
                idle,
                START.plus(certificate),
                START.plus(longest),
                AT_DEADLINE,
                Duration.ofMinutes(5),
                START,
                nanos(Duration.ZERO));
    }

    @Test
    void anIdleSessionEndsAfterItsTime() {
        var pulse = pulse(HOUR, DAY.multipliedBy(2), DAY);
        assertThat(pulse.check(START, nanos(HOUR.minusNanos(1)))).isEmpty();
        assertThat(pulse.check(START, nanos(HOUR))).contains(new Outcome.TimedOut("idle for 1 h"));
    }

    @Test
    void withoutAnIdleTimeNothingIsIdle() {
        var pulse = pulse(Duration.ZERO, DAY.multipliedBy(2), DAY);
        assertThat(pulse.check(START, nanos(DAY.minusSeconds(1)))).isEmpty();
    }

    @Test
    void aSessionEndsAfterItsLongestTime() {
        var pulse = pulse(Duration.ZERO, DAY.multipliedBy(2), DAY);
        assertThat(pulse.check(START.plus(DAY).minusSeconds(1), nanos(DAY.minusSeconds(1))))
                .isEmpty();
        assertThat(pulse.check(START.plus(DAY), nanos(DAY))).contains(AT_DEADLINE);
    }

    @Test
    void aClockThatStepsBackExtendsNothing() {
        var pulse = pulse(Duration.ZERO, HOUR, DAY);
        assertThat(pulse.check(START.minus(DAY), nanos(HOUR.minusSeconds(1)))).isEmpty();
        assertThat(pulse.check(START.minus(DAY), nanos(HOUR))).contains(new Outcome.Expired());
    }

    @Test
    void aClockThatJumpsAheadEndsWhatHasExpiredByIt() {
        var pulse = pulse(Duration.ZERO, HOUR, DAY);
        assertThat(pulse.check(START.plus(HOUR), nanos(Duration.ofSeconds(1)))).contains(new Outcome.Expired());
    }

    @Test
    void theUserIsWarnedOnce() {
        var pulse = pulse(Duration.ZERO, HOUR, DAY);
        assertThat(pulse.warns(START, nanos(Duration.ofMinutes(54)))).isFalse();
        assertThat(pulse.warns(START, nanos(Duration.ofMinutes(55)))).isTrue();
        assertThat(pulse.warns(START, nanos(Duration.ofMinutes(56)))).isFalse();
    }

    @Test
    void aCertificateForeverIsNoTrouble() {
        var pulse = new Pulse(
                HOUR, Instant.MAX, START.plus(DAY), AT_DEADLINE, Duration.ofMinutes(5), START, nanos(Duration.ZERO));
        assertThat(pulse.check(START, nanos(Duration.ZERO))).isEmpty();
        assertThat(pulse.warns(START, nanos(Duration.ZERO))).isFalse();
    }
}
