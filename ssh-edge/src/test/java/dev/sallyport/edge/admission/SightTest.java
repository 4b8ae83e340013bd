package dev.sallyport.edge.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Promise P3 and attack class 41.
class SightTest {

    private final AtomicLong nanos =
            new AtomicLong(Long.MAX_VALUE - Duration.ofSeconds(20).toNanos());
    private final Sight sight = new Sight(nanos::get);

    @BeforeEach
    void see() {
        read();
        sight.beat(sight.reading());
    }

    @Test
    void anEdgeThatHasReadNothingYetAdmitsNothing() {
        var blind = new Sight(nanos::get);
        blind.beat(blind.reading());

        assertThat(blind.admits()).isFalse();
        assertThat(blind.frozen(false)).isTrue();
    }

    @Test
    void anEdgeThatHasNoLeaseAdmitsNothing() {
        assertThat(sight.admits()).isTrue();

        sight.leaseLost();

        assertThat(sight.admits()).isFalse();
        assertThat(sight.frozen(false)).isTrue();
    }

    @Test
    void blindnessComesInSteps() {
        pass(Duration.ofMillis(4_999));
        assertThat(sight.admits()).isTrue();
        assertThat(sight.frozen(true)).isFalse();

        pass(Duration.ofMillis(1));
        assertThat(sight.admits()).isFalse();
        assertThat(sight.frozen(true)).isTrue();
        assertThat(sight.frozen(false)).isFalse();

        pass(Duration.ofSeconds(25));
        assertThat(sight.frozen(false)).isTrue();
        assertThat(sight.ends(true)).isFalse();

        pass(Duration.ofSeconds(30));
        assertThat(sight.ends(true)).isTrue();
        assertThat(sight.ends(false)).isFalse();

        pass(Duration.ofMinutes(9));
        assertThat(sight.ends(false)).isTrue();

        read();
        sight.beat(sight.reading());
        assertThat(sight.admits()).isTrue();
        assertThat(sight.frozen(true)).isFalse();
        assertThat(sight.ends(true)).isFalse();
    }

    @Test
    void aReadThatTakesLongCountsFromWhenItBegan() {
        long from = sight.reading();
        pass(Duration.ofSeconds(6));

        sight.acted(from);

        assertThat(sight.admits()).isFalse();
    }

    @Test
    void afterAStallNothingPassesBeforeTheMailboxIsRead() {
        // the process is stopped; whoever wakes first asks whether it may pass a byte
        nanos.addAndGet(Duration.ofSeconds(3).toNanos());
        assertThat(sight.frozen(false)).isTrue();
        assertThat(sight.admits()).isFalse();

        sight.pulse();
        assertThat(sight.frozen(false))
                .as("the pulse goes again, the mail is unread")
                .isTrue();

        read();
        assertThat(sight.frozen(false)).isFalse();
    }

    @Test
    void aReadThatBeganBeforeTheStallIsNone() {
        long from = sight.reading();
        nanos.addAndGet(Duration.ofSeconds(3).toNanos());

        sight.acted(from);

        assertThat(sight.frozen(false)).isTrue();
        read();
        assertThat(sight.frozen(false)).isFalse();
    }

    @Test
    void withoutABeatForTenSecondsNothingIsAdmitted() {
        for (int i = 0; i < 9; i++) {
            pass(Duration.ofSeconds(1));
            read();
        }
        assertThat(sight.admits()).isTrue();
        pass(Duration.ofSeconds(1));
        read();
        assertThat(sight.admits()).isFalse();
    }

    private void read() {
        sight.acted(sight.reading());
    }

    /// Time passes, and the process lives.
    private void pass(Duration time) {
        long end = nanos.get() + time.toNanos();
        while (end - nanos.get() > 0) {
            nanos.addAndGet(Math.min(end - nanos.get(), Duration.ofMillis(500).toNanos()));
            sight.pulse();
        }
    }
}
