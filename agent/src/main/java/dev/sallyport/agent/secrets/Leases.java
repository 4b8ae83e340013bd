package dev.sallyport.agent.secrets;

import dev.sallyport.agent.secrets.SecretStore.Fetched;
import dev.sallyport.agent.secrets.SecretStore.Lease;
import dev.sallyport.agent.secrets.SecretStore.StoreOut;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What stores made for sessions of this agent, for a time: renewed while a session uses it, given back when it ends.
///
/// Each session has a lease of its own, so that what it did is its own in the target's logs, too. [#renew] is to be
/// called every few seconds; it renews what has less than a third of its time left.
final class Leases {

    private static final Logger LOG = LoggerFactory.getLogger(Leases.class);

    /// Most leases at once: one a session.
    static final int MOST = 10_000;

    private final LongSupplier nanos;
    private final ReentrantLock lock = new ReentrantLock();
    private final List<Held> held = new ArrayList<>();

    /// @param nanos a monotonic clock
    Leases(LongSupplier nanos) {
        this.nanos = nanos;
    }

    private static final class Held {
        private final SecretStore store;
        private final Lease lease;
        private long until;
        private long length;

        Held(SecretStore store, Lease lease, long now) {
            this.store = store;
            this.lease = lease;
            counts(lease.length(), now);
        }

        void counts(Duration time, long now) {
            length = time.toNanos();
            until = now + length;
        }
    }

    /// Holds the lease of what was fetched until the result is run; empty when there are too many.
    Optional<Runnable> hold(SecretStore store, Fetched fetched) {
        if (fetched.lease().isEmpty()) {
            return Optional.of(() -> {});
        }
        var one = new Held(store, fetched.lease().get(), nanos.getAsLong());
        lock.lock();
        try {
            if (held.size() >= MOST) {
                return Optional.empty();
            }
            held.add(one);
        } finally {
            lock.unlock();
        }
        return Optional.of(() -> release(one));
    }

    private void release(Held one) {
        lock.lock();
        try {
            if (!held.remove(one)) {
                return;
            }
        } finally {
            lock.unlock();
        }
        Thread.ofVirtual().name("lease-end").start(() -> revoke(one));
    }

    private static void revoke(Held one) {
        try {
            one.store.revoke(one.lease);
        } catch (StoreOut e) {
            LOG.warn("a lease was not given back, and ends by itself: {}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Renews what has less than a third of its time left. A store that is out is asked again the next time.
    void renew() throws InterruptedException {
        for (var one : due()) {
            try {
                var length = one.store.renew(one.lease);
                if (length.isEmpty()) {
                    LOG.warn("a lease cannot be renewed any more: what was opened with it ends with it");
                    forget(one);
                } else {
                    one.counts(length.get(), nanos.getAsLong());
                }
            } catch (StoreOut e) {
                LOG.warn("a lease was not renewed yet: {}", e.getMessage());
            }
        }
    }

    private List<Held> due() {
        lock.lock();
        try {
            long now = nanos.getAsLong();
            var due = new ArrayList<Held>();
            for (Iterator<Held> each = held.iterator(); each.hasNext(); ) {
                var one = each.next();
                if (one.until - now <= 0) {
                    each.remove();
                } else if (one.lease.renewable() && one.until - now < one.length / 3) {
                    due.add(one);
                }
            }
            return due;
        } finally {
            lock.unlock();
        }
    }

    private void forget(Held one) {
        lock.lock();
        try {
            held.remove(one);
        } finally {
            lock.unlock();
        }
    }

    /// Gives everything back: the agent ends.
    void close() {
        List<Held> all;
        lock.lock();
        try {
            all = List.copyOf(held);
            held.clear();
        } finally {
            lock.unlock();
        }
        all.forEach(Leases::revoke);
    }
}
