package dev.sallyport.control.http;

import dev.sallyport.api.Problem;
import dev.sallyport.core.apikey.ApiKey;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.store.Rates.Rate;
import dev.sallyport.store.Store;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// How many requests a key, and all keys of a tenant, may send: token buckets in the store, which all functions
/// share. Tokens are taken by [#AT_ONCE], so that most requests cost no write.
@Singleton
public final class RateLimits {

    /// For each key.
    static final Rate KEY = new Rate(100, 1_000);

    /// For all keys of a tenant.
    static final Rate TENANT = new Rate(400, 4_000);

    /// For all tests of connections of a tenant: each is mail to an edge, and a connection that an agent makes.
    static final Rate TESTS = new Rate(1, 20);

    static final int AT_ONCE = 10;

    /// Buckets of which tokens are held; those that were not used for longest go.
    private static final int MOST_BUCKETS = 10_000;

    private record Bucket(TenantId tenant, String name) {}

    private final Store store;

    // guarded by itself
    private final Map<Bucket, Integer> held = new LinkedHashMap<>(16, 0.75f, true);

    @Inject
    RateLimits(Store store) {
        this.store = store;
    }

    /// Counts one request.
    ///
    /// @throws Declined when there were too many
    void count(ApiKey key) throws Declined {
        count(new Bucket(key.tenant(), key.id().value()), KEY, "This key sends");
        count(new Bucket(key.tenant(), "TENANT"), TENANT, "The keys of this tenant send");
    }

    /// Counts one test of a connection.
    ///
    /// @throws Declined when there were too many
    public void countTest(TenantId tenant) throws Declined {
        var wait = take(new Bucket(tenant, "TESTS"), TESTS, 1);
        if (wait.isPresent()) {
            throw tooMany("This tenant tests more than one connection a second.", wait.get());
        }
    }

    private static Declined tooMany(String sentence, Duration wait) {
        long seconds = Math.max(1, wait.plusMillis(999).toSeconds());
        return new Declined(
                        Problem.Type.TOO_MANY_REQUESTS,
                        sentence + " Wait for " + seconds + (seconds == 1 ? " second" : " seconds")
                                + ", and try again.")
                .with("Retry-After", Long.toString(seconds));
    }

    private void count(Bucket bucket, Rate rate, String who) throws Declined {
        if (takeHeld(bucket)) {
            return;
        }
        if (take(bucket, rate, AT_ONCE).isEmpty()) {
            hold(bucket, AT_ONCE - 1);
            return;
        }
        var wait = take(bucket, rate, 1);
        if (wait.isPresent()) {
            throw tooMany(who + " more than " + rate.perSecond() + " requests a second.", wait.get());
        }
    }

    private Optional<Duration> take(Bucket bucket, Rate rate, int tokens) {
        return store.rates().take(bucket.tenant(), bucket.name(), rate, tokens);
    }

    private boolean takeHeld(Bucket bucket) {
        synchronized (held) {
            int tokens = held.getOrDefault(bucket, 0);
            if (tokens > 0) {
                held.put(bucket, tokens - 1);
            }
            return tokens > 0;
        }
    }

    private void hold(Bucket bucket, int tokens) {
        synchronized (held) {
            held.merge(bucket, tokens, Integer::sum);
            if (held.size() > MOST_BUCKETS) {
                held.remove(held.keySet().iterator().next());
            }
        }
    }
}
