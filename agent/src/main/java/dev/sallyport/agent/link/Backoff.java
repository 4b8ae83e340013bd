package dev.sallyport.agent.link;

import java.time.Duration;
import java.util.random.RandomGenerator;

/// How long to wait before the next try: twice as long each time, up to a bound, and never the same for all
/// agents that lost the same edge.
final class Backoff {

    private final Duration first;
    private final Duration longest;
    private final RandomGenerator random;
    private int tries;

    Backoff(Duration first, Duration longest, RandomGenerator random) {
        this.first = first;
        this.longest = longest;
        this.random = random;
    }

    /// The next wait: between half and the whole of what it has grown to.
    Duration next() {
        long millis = Math.min(longest.toMillis(), first.toMillis() << Math.min(tries, 16));
        tries++;
        return Duration.ofMillis(millis / 2 + random.nextLong(millis / 2 + 1));
    }

    void reset() {
        tries = 0;
    }
}
