package dev.sallyport.control.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.store.MutableClock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class StrangerRatesTest {

    private final MutableClock clock = new MutableClock(Instant.parse("2026-01-01T00:00:00Z"));
    private final StrangerRates rates = new StrangerRates(clock);

    private boolean heard(String source) {
        try {
            rates.count(source);
            return true;
        } catch (Declined e) {
            return false;
        }
    }

    private int heard(String source, int times) {
        int heard = 0;
        for (int i = 0; i < times; i++) {
            heard += heard(source) ? 1 : 0;
        }
        return heard;
    }

    @Test
    void anAddressIsHeardSoOftenInAMinute() {
        assertThat(heard("192.0.2.1", 100)).isEqualTo(StrangerRates.PER_MINUTE);
        assertThat(heard("192.0.2.2")).isTrue();
        clock.advance(Duration.ofMinutes(1));
        assertThat(heard("192.0.2.1")).isTrue();
    }

    @Test
    void anIpv6NetworkIsOneAddress() {
        assertThat(heard("2001:db8::1", 5) + heard("2001:db8::2", 50)).isEqualTo(StrangerRates.PER_MINUTE);
        assertThat(heard("2001:db8:0:1::1")).isTrue();
    }

    @Test
    void whatIsRememberedOfAddressesIsBounded() {
        for (int i = 0; i < StrangerRates.MOST_ADDRESSES; i++) {
            assertThat(heard("10." + (i >> 16) + "." + ((i >> 8) & 255) + "." + (i & 255)))
                    .isTrue();
        }
        assertThat(heard("192.0.2.1")).isFalse();
        assertThat(heard("10.0.0.1")).isTrue();
        clock.advance(Duration.ofMinutes(1));
        assertThat(heard("192.0.2.1")).isTrue();
    }
}
