package dev.sallyport.edge.admission;

import dev.sallyport.core.certificate.TrustedCa;
import dev.sallyport.store.TrustedCas;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// Keeps the newest [TrustSnapshot]. Empty, and so trusting nobody, until it was first loaded.
public final class TrustSnapshots implements Supplier<TrustSnapshot> {

    private final TrustedCas cas;
    private volatile TrustSnapshot snapshot = new TrustSnapshot(Map.of());

    public TrustSnapshots(TrustedCas cas) {
        this.cas = cas;
    }

    @Override
    public TrustSnapshot get() {
        return snapshot;
    }

    /// Reads all CAs anew. When that fails, what was there before stays: admission looks at the CA itself.
    public synchronized void reload() {
        snapshot = new TrustSnapshot(
                cas.all().stream().collect(Collectors.toMap(TrustedCa::fingerprint, Function.identity())));
    }
}
