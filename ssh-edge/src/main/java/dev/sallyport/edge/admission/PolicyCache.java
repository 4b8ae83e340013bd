package dev.sallyport.edge.admission;

import dev.sallyport.core.id.TenantId;
import dev.sallyport.store.Policies.Policy;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/// The policies of tenants, compiled and in memory, each with its epoch.
///
/// A policy is used for an epoch that was just read from the store; one of an earlier epoch never is.
final class PolicyCache {

    /// Most tenants whose policies are kept; the one that was not used for longest goes first.
    static final int MOST_TENANTS = 2_000;

    private final Ledger ledger;
    private final Map<TenantId, Known> entries = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<TenantId, Known> eldest) {
            return size() > MOST_TENANTS;
        }
    };

    private static final class Known {
        private final ReentrantLock loading = new ReentrantLock();
        private volatile Optional<Policy> policy = Optional.empty();
    }

    PolicyCache(Ledger ledger) {
        this.ledger = ledger;
    }

    /// The tenant's policy of `epoch`, or of a later one; empty when there is no such tenant.
    Optional<Policy> at(TenantId tenant, long epoch) {
        Known entry;
        synchronized (entries) {
            entry = entries.computeIfAbsent(tenant, key -> new Known());
        }
        var known = entry.policy.filter(policy -> policy.epoch() >= epoch);
        if (known.isPresent()) {
            return known;
        }
        entry.loading.lock();
        try {
            if (entry.policy.filter(policy -> policy.epoch() >= epoch).isEmpty()) {
                entry.policy = ledger.policy(tenant);
            }
            // what was read now is at least of the epoch that was seen before
            return entry.policy.filter(policy -> policy.tenant().equals(tenant) && policy.epoch() >= epoch);
        } finally {
            entry.loading.unlock();
        }
    }
}
