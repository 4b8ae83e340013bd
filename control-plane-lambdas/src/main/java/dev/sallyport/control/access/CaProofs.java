package dev.sallyport.control.access;

import dev.sallyport.control.http.Caller;
import dev.sallyport.core.certificate.PendingCa;
import dev.sallyport.core.certificate.SshSignature;
import dev.sallyport.core.certificate.TrustedCa;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.store.Store;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;

/// How the holder of a CA proves to hold it: by a signature over a nonce that names the tenant.
///
/// Where the operator's tenant is the only one there is, nobody could be harmed, and none is asked for.
final class CaProofs {

    /// What the proof signs is bound to this purpose (`ssh-keygen -Y sign -n`).
    static final String NAMESPACE = "ca-proof@sallyport";

    /// How long a nonce waits for its proof.
    private static final Duration PATIENCE = Duration.ofHours(1);

    private static final int NONCE_BYTES = 32;

    private final Store store;
    private final Clock clock;

    @Inject
    CaProofs(Store store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    /// Whether this tenant's CAs need a proof.
    boolean asked(Caller caller) {
        return !caller.operator() || !store.tenants().all().equals(List.of(caller.tenant()));
    }

    /// Whether the nonce still counts.
    boolean counts(PendingCa waiting) {
        return waiting.until().isAfter(clock.instant());
    }

    /// A CA that waits for its proof from now on.
    PendingCa waiting(TrustedCa ca, List<String> replaces) {
        var until = clock.instant().plus(PATIENCE).truncatedTo(ChronoUnit.MILLIS);
        return new PendingCa(ca, nonce(ca.tenant()), until, replaces);
    }

    /// The same as it waits, with a new nonce where the old one counts no longer.
    PendingCa renewed(PendingCa waiting) {
        return counts(waiting) ? waiting : waiting(waiting.ca(), waiting.replaces());
    }

    /// The line that writes the proof.
    static String command(PendingCa waiting) {
        return "printf %s '" + waiting.nonce() + "' | ssh-keygen -Y sign -n " + NAMESPACE + " -f ./ca > ca.proof";
    }

    /// Whether the signature is by this CA, over its nonce. A newline at the end is what `echo` adds.
    static boolean holds(SshSignature signature, PendingCa waiting) {
        return signature.key().fingerprint().equals(waiting.ca().fingerprint())
                && (signature.verifies(NAMESPACE, waiting.nonce().getBytes(StandardCharsets.UTF_8))
                        || signature.verifies(NAMESPACE, (waiting.nonce() + "\n").getBytes(StandardCharsets.UTF_8)));
    }

    private static String nonce(TenantId tenant) {
        var random = new byte[NONCE_BYTES];
        new SecureRandom().nextBytes(random);
        return "sallyport-ca-proof:" + tenant.value() + ":"
                + Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    }
}
