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
            long seconds = Math.max(1, wait.get().plusMillis(999).toSeconds());
            throw new Declined(
                            Problem.Type.TOO_MANY_REQUESTS,
                            who + " more than " + rate.perSecond() + " requests a second. Wait for " + seconds
                                    + (seconds == 1 ? " second" : " seconds") + ", and try again.")
                    .with("Retry-After", Long.toString(seconds));
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
