package dev.sallyport.edge.admission;

import dev.sallyport.core.certificate.TrustedCa;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.tenant.Tenant;
import dev.sallyport.store.Tenants;
import dev.sallyport.store.TrustedCas;
import java.util.HashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// Keeps the newest [TrustSnapshot]. Empty, and so trusting nobody, until it was first loaded.
public final class TrustSnapshots implements Supplier<TrustSnapshot> {

    private final TrustedCas cas;
    private final Tenants tenants;
    private volatile TrustSnapshot snapshot = TrustSnapshot.NOBODY;

    public TrustSnapshots(TrustedCas cas, Tenants tenants) {
        this.cas = cas;
        this.tenants = tenants;
    }

    @Override
    public TrustSnapshot get() {
        return snapshot;
    }

    /// Reads all CAs anew. When that fails, what was there before stays: admission looks at the CA itself.
    public synchronized void reload() {
        var all = cas.all();
        // a tenant keeps its slug for life, so each is read once
        var slugs = new HashMap<TenantId, String>();
        for (var ca : all) {
            if (!slugs.containsKey(ca.tenant())) {
                snapshot.slug(ca.tenant())
                        .or(() -> tenants.get(ca.tenant()).map(Tenant::slug))
                        .ifPresent(slug -> slugs.put(ca.tenant(), slug));
            }
        }
        snapshot = new TrustSnapshot(
                all.stream().collect(Collectors.toMap(TrustedCa::fingerprint, Function.identity())), slugs);
    }
}
