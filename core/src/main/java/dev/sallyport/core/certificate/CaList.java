package dev.sallyport.core.certificate;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/// The user CAs of one tenant, and what a change of one of them does to the others.
///
/// A CA that others replace ([PendingCa#replaces]) stays until all of those are proven, and goes with the last proof.
/// It stays when the last of them is taken back instead: what nobody has proven replaces nothing.
public record CaList(List<TrustedCa> trusted, List<PendingCa> pending) {

    public CaList {
        trusted = List.copyOf(trusted);
        pending = List.copyOf(pending);
    }

    public Optional<TrustedCa> trusted(String fingerprint) {
        return trusted.stream()
                .filter(ca -> ca.fingerprint().equals(fingerprint))
                .findFirst();
    }

    public Optional<PendingCa> pending(String fingerprint) {
        return pending.stream()
                .filter(one -> one.ca().fingerprint().equals(fingerprint))
                .findFirst();
    }

    /// The list with a CA that needs no proof.
    public CaList with(TrustedCa ca) {
        var more = new ArrayList<>(trusted);
        more.removeIf(one -> one.fingerprint().equals(ca.fingerprint()));
        more.add(ca);
        return new CaList(more, pending);
    }

    /// The list with a CA that waits for its proof, in the place of itself where it waits already.
    public CaList with(PendingCa waiting) {
        var more = without(pending, waiting.ca().fingerprint());
        more.add(waiting);
        return new CaList(trusted, more);
    }

    /// The list once a pending CA is proven; the same list when it is not pending.
    public CaList proven(String fingerprint) {
        var waiting = pending(fingerprint);
        if (waiting.isEmpty()) {
            return this;
        }
        var rest = without(pending, fingerprint);
        var gone = new HashSet<>(waiting.get().replaces());
        rest.forEach(one -> one.replaces().forEach(gone::remove));
        gone.remove(fingerprint);
        var kept =
                trusted.stream().filter(ca -> !gone.contains(ca.fingerprint())).toList();
        return new CaList(kept, rest).with(waiting.get().ca());
    }

    /// The list without a CA, be it trusted or pending. Nothing replaces it any more: if it comes back, it stays.
    public CaList without(String fingerprint) {
        var kept = trusted.stream()
                .filter(ca -> !ca.fingerprint().equals(fingerprint))
                .toList();
        var waiting = without(pending, fingerprint).stream()
                .map(one -> new PendingCa(
                        one.ca(),
                        one.nonce(),
                        one.until(),
                        one.replaces().stream()
                                .filter(old -> !old.equals(fingerprint))
                                .toList()))
                .toList();
        return new CaList(kept, waiting);
    }

    private static List<PendingCa> without(List<PendingCa> all, String fingerprint) {
        var rest = new ArrayList<>(all);
        rest.removeIf(one -> one.ca().fingerprint().equals(fingerprint));
        return rest;
    }
}
