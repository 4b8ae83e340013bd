package dev.sallyport.edge.ssh;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Counts connections that have not authenticated, in all and by source address.
///
/// An address that has too many gets no more. When there are too many in all, the one that has waited longest
/// makes room: a flood must not lock out those who come to log in, and who are quicker than whoever idles.
final class Gate {

    /// One connection's place; given back when it has authenticated or is gone, whichever comes first.
    final class Place {
        private final Runnable evicted;
        private String address;
        private boolean taken = true;

        private Place(String address, Runnable evicted) {
            this.address = address;
            this.evicted = evicted;
        }

        /// The connection's real address became known (it came through a load balancer); false when there are
        /// too many from there.
        boolean moves(String real) {
            synchronized (Gate.this) {
                if (!taken || address.equals(real)) {
                    return taken;
                }
                forget(address);
                address = real;
                return byAddress.merge(address, 1, Integer::sum) <= mostPerAddress || address.isEmpty();
            }
        }

        /// Gives the place back. Idempotent.
        void leave() {
            synchronized (Gate.this) {
                if (taken) {
                    taken = false;
                    places.remove(this);
                    forget(address);
                }
            }
        }
    }

    private final int most;
    private final int mostPerAddress;
    private final Map<String, Integer> byAddress = new HashMap<>();

    /// In the order in which they came.
    private final Set<Place> places = new LinkedHashSet<>();

    Gate(int most, int mostPerAddress) {
        this.most = most;
        this.mostPerAddress = mostPerAddress;
    }

    /// A place for a connection; empty when there are too many from its address. The empty address is not known
    /// yet, and counts in all only.
    ///
    /// @param evicted called, at most once and from any thread, when the place is needed for another
    Optional<Place> enter(String address, Runnable evicted) {
        Place place;
        Optional<Place> oldest = Optional.empty();
        synchronized (this) {
            if (!address.isEmpty() && byAddress.getOrDefault(address, 0) >= mostPerAddress) {
                return Optional.empty();
            }
            if (places.size() >= most) {
                oldest = Optional.of(places.iterator().next());
                oldest.get().leave();
            }
            byAddress.merge(address, 1, Integer::sum);
            place = new Place(address, evicted);
            places.add(place);
        }
        oldest.ifPresent(one -> one.evicted.run());
        return Optional.of(place);
    }

    synchronized int count() {
        return places.size();
    }

    private void forget(String address) {
        byAddress.computeIfPresent(address, (key, count) -> count > 1 ? count - 1 : null);
    }
}
