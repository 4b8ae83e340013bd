package dev.sallyport.edge.ssh;

import java.util.HashMap;
import java.util.Map;

/// Counts connections that have not authenticated, in all and by source address, and says when there are too
/// many.
final class Gate {

    /// One connection's place; given back when it has authenticated or is gone, whichever comes first.
    final class Place {
        private String address;
        private boolean taken = true;

        private Place(String address) {
            this.address = address;
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
                    all--;
                    forget(address);
                }
            }
        }
    }

    private final int most;
    private final int mostPerAddress;
    private final Map<String, Integer> byAddress = new HashMap<>();
    private int all;

    Gate(int most, int mostPerAddress) {
        this.most = most;
        this.mostPerAddress = mostPerAddress;
    }

    /// A place for a connection; [#full] tells whether it may stay. The empty address is not known yet, and
    /// counts in all only.
    synchronized Place enter(String address) {
        all++;
        byAddress.merge(address, 1, Integer::sum);
        return new Place(address);
    }

    /// Whether there are too many, in all or from this address.
    synchronized boolean full(String address) {
        return all > most || (!address.isEmpty() && byAddress.getOrDefault(address, 0) > mostPerAddress);
    }

    synchronized int count() {
        return all;
    }

    private void forget(String address) {
        byAddress.computeIfPresent(address, (key, count) -> count > 1 ? count - 1 : null);
    }
}
