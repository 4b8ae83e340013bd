package dev.sallyport.agent.secrets;

import dev.sallyport.agent.secrets.SecretStore.Fetched;
import dev.sallyport.agent.secrets.SecretStore.StoreOut;
import dev.sallyport.agent.secrets.Secrets.Unresolved;
import dev.sallyport.core.secret.SecretReference;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps what stores answered for a while, in memory.
///
/// A secret counts for [#FRESH]. When its store is out then, the last that it answered counts for up to [#LAST]; after
/// that nothing does. What a target did not take is [forgotten][#forget], so that a rotated secret is fetched at the
/// next attempt. What comes with a lease is somebody's own, and never kept.
final class KeptSecrets {

    private static final Logger LOG = LoggerFactory.getLogger(KeptSecrets.class);

    /// How long a secret is not asked for again.
    static final Duration FRESH = Duration.ofMinutes(5);

    /// How long the last answer of a store counts that does not answer any more.
    static final Duration LAST = Duration.ofHours(1);

    /// Most secrets that are kept; the one not used for longest goes.
    static final int MOST = 1_000;

    private final LongSupplier nanos;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<SecretReference, Kept> kept = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<SecretReference, Kept> eldest) {
            return size() > MOST;
        }
    };

    private record Kept(Fetched fetched, long since, boolean stale) {}

    /// @param nanos a monotonic clock
    KeptSecrets(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /// @throws Unresolved with a sentence for the user, also when the store is out and nothing is kept
    Fetched of(SecretReference reference, SecretStore store) throws Unresolved, InterruptedException {
        var before = get(reference);
        if (before.isPresent() && !before.get().stale() && age(before.get()).compareTo(FRESH) < 0) {
            return before.get().fetched().copy();
        }
        try {
            var fetched = store.fetch(reference.rest());
            if (fetched.lease().isEmpty()) {
                // whoever uses a secret overwrites it afterwards
                put(reference, new Kept(fetched, nanos.getAsLong(), false));
            }
            return fetched.copy();
        } catch (StoreOut e) {
            LOG.warn("a secret store is out: {}", e.getMessage());
            if (before.isPresent() && age(before.get()).compareTo(LAST) < 0) {
                return before.get().fetched().copy();
            }
            throw new Unresolved("the store of this connection's secret does not answer its agent: try again later", e);
        } catch (Unresolved e) {
            remove(reference);
            throw e;
        }
    }

    /// The target did not take it: it is fetched anew the next time, unless its store is out.
    void forget(SecretReference reference) {
        get(reference).ifPresent(one -> put(reference, new Kept(one.fetched(), one.since(), true)));
    }

    private Duration age(Kept one) {
        return Duration.ofNanos(nanos.getAsLong() - one.since());
    }

    private Optional<Kept> get(SecretReference reference) {
        lock.lock();
        try {
            return Optional.ofNullable(kept.get(reference));
        } finally {
            lock.unlock();
        }
    }

    private void put(SecretReference reference, Kept one) {
        lock.lock();
        try {
            kept.put(reference, one);
        } finally {
            lock.unlock();
        }
    }

    private void remove(SecretReference reference) {
        lock.lock();
        try {
            kept.remove(reference);
        } finally {
            lock.unlock();
        }
    }
}
