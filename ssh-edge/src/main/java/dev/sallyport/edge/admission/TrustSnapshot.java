package dev.sallyport.edge.admission;

import dev.sallyport.core.certificate.TrustedCa;
import dev.sallyport.core.id.TenantId;
import java.util.Map;
import java.util.Optional;

/// The user CAs of all tenants of this cell, in memory: what the authenticator may look at without I/O.
///
/// Immutable; a change of configuration brings a new one.
///
/// @param slugs what each tenant with a CA is called at the end of a login name
public record TrustSnapshot(Map<String, TrustedCa> byFingerprint, Map<TenantId, String> slugs) {

    /// Trusts nobody.
    public static final TrustSnapshot NOBODY = new TrustSnapshot(Map.of(), Map.of());

    public TrustSnapshot {
        byFingerprint = Map.copyOf(byFingerprint);
        slugs = Map.copyOf(slugs);
    }

    public Optional<TrustedCa> ca(String fingerprint) {
        return Optional.ofNullable(byFingerprint.get(fingerprint));
    }

    /// What the tenant is called; empty when that is not known, and then no login that names a tenant is its.
    public Optional<String> slug(TenantId tenant) {
        return Optional.ofNullable(slugs.get(tenant));
    }
}
