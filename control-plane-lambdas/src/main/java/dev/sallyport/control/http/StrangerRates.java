package dev.sallyport.control.http;

import dev.sallyport.api.Problem;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Clock;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/// How many requests without an API key an address may send to routes that cost the store something.
///
/// Counted in this process only, and not in the store: who has no key must not be able to have anything written. Where
/// there are many processes, what is before them limits, too.
@Singleton
public final class StrangerRates {

    /// Of one address, or one IPv6 network of 64 bits, in a minute.
    static final int PER_MINUTE = 10;

    /// Addresses that are counted in a minute; when there are more, others are not heard.
    static final int MOST_ADDRESSES = 10_000;

    private final Clock clock;

    // both guarded by this
    private final Map<String, Integer> counted = new HashMap<>();
    private long minute;

    @Inject
    StrangerRates(Clock clock) {
        this.clock = clock;
    }

    /// Counts one request.
    ///
    /// @throws Declined when there were too many
    public void count(String source) throws Declined {
        if (!taken(address(source))) {
            throw new Declined(
                            Problem.Type.TOO_MANY_REQUESTS,
                            "Too many requests without a key come from there. Wait for a minute, and try again.")
                    .with("Retry-After", "60");
        }
    }

    private synchronized boolean taken(String address) {
        long now = Math.floorDiv(clock.millis(), 60_000L);
        if (now != minute) {
            minute = now;
            counted.clear();
        }
        int before = counted.getOrDefault(address, 0);
        if (before >= PER_MINUTE || (before == 0 && counted.size() >= MOST_ADDRESSES)) {
            return false;
        }
        counted.put(address, before + 1);
        return true;
    }

    private static String address(String source) {
        try {
            var address = InetAddress.ofLiteral(source);
            return address instanceof Inet6Address
                    ? HexFormat.of().formatHex(Arrays.copyOf(address.getAddress(), 8))
                    : source;
        } catch (IllegalArgumentException e) {
            return source;
        }
    }
}
