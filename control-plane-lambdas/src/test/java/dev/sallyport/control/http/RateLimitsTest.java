package dev.sallyport.control.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.api.Problem;
import dev.sallyport.control.Bed;
import dev.sallyport.control.Filled;
import dev.sallyport.store.MutableClock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RateLimitsTest {

    private final MutableClock clock = new MutableClock(Instant.now());
    private final Bed bed = new Bed(clock);
    private final Filled acme = new Filled(bed, "acme");

    private static int answered(Bed bed, String key, int most) {
        for (int count = 0; count < most; count++) {
            var reply = bed.get(key, "/v1/me");
            if (reply.status() != 200) {
                assertThat(reply.problem().is(Problem.Type.TOO_MANY_REQUESTS)).isTrue();
                assertThat(reply.headers()).containsEntry("Retry-After", "1");
                return count;
            }
        }
        return most;
    }

    @Test
    void aKeyMaySendItsBurstAndThenItsRate() {
        int burst = RateLimits.KEY.burst();
        assertThat(answered(bed, acme.bobsKey, 2 * burst)).isEqualTo(burst);
        assertThat(answered(bed, acme.alicesKey, 1))
                .as("another key of the tenant")
                .isEqualTo(1);
        clock.advance(Duration.ofSeconds(1));
        assertThat(answered(bed, acme.bobsKey, burst)).isEqualTo(RateLimits.KEY.perSecond());
        clock.advance(Duration.ofDays(1));
        assertThat(answered(bed, acme.bobsKey, 2 * burst)).isEqualTo(burst);
    }

    @Test
    void theFunctionsOfATenantCountTogether() {
        var elsewhere = new Bed(bed);
        int burst = RateLimits.KEY.burst();
        int here = answered(bed, acme.bobsKey, burst / 2);
        assertThat(here + answered(elsewhere, acme.bobsKey, burst)).isEqualTo(burst);
    }

    @Test
    void aTenantsKeysTogetherAreBoundedAndAnotherTenantNoticesNothing() {
        var other = new Filled(bed, "other");
        bed.get(acme.admin, "/v1/me");
        clock.advance(Duration.ofMinutes(1));
        assertThat(bed.store.rates().take(acme.id(), "TENANT", RateLimits.TENANT, RateLimits.TENANT.burst()))
                .isEmpty();
        int held = answered(bed, acme.admin, 2 * RateLimits.AT_ONCE);
        assertThat(held).isLessThan(RateLimits.AT_ONCE);
        assertThat(bed.get(acme.alicesKey, "/v1/me").problem().detail()).startsWith("The keys of this tenant");
        assertThat(answered(bed, other.admin, 50)).isEqualTo(50);
    }
}
