package dev.sallyport.edge.admission;

import dev.sallyport.core.certificate.TrustedCa;
import java.util.Map;
import java.util.Optional;

/// The user CAs of all tenants of this cell, in memory: what the authenticator may look at without I/O.
///
/// Immutable; a change of configuration brings a new one.
public record TrustSnapshot(Map<String, TrustedCa> byFingerprint) {

    public TrustSnapshot {
        byFingerprint = Map.copyOf(byFingerprint);
    }

    public Optional<TrustedCa> ca(String fingerprint) {
        return Optional.ofNullable(byFingerprint.get(fingerprint));
    }
}
