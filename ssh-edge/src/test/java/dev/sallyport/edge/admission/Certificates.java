package dev.sallyport.edge.admission;

import dev.sallyport.core.certificate.Credential;
import dev.sallyport.core.certificate.TrustedCa;
import dev.sallyport.core.certificate.UserCertificate;
import dev.sallyport.store.ExampleTenant;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Credentials as a door proves them.
public final class Certificates {

    private Certificates() {}

    /// A certificate of `ca` for these principals, good for an hour.
    public static Credential of(TrustedCa ca, String... principals) {
        return of(ca, 1, "id-" + principals[0], Instant.now().plus(1, ChronoUnit.HOURS), principals);
    }

    public static Credential of(TrustedCa ca, long serial, String keyId, Instant until, String... principals) {
        return new Credential(
                new UserCertificate(
                        true,
                        serial,
                        keyId,
                        List.of(principals),
                        Instant.now().minusSeconds(60),
                        until,
                        Map.of(),
                        Set.of(UserCertificate.PERMIT_PTY),
                        ca.fingerprint(),
                        ExampleTenant.fingerprint("key of " + keyId)),
                ca,
                principals[0],
                "192.0.2.7");
    }
}
