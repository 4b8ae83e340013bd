package dev.sallyport.core.certificate;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What an OpenSSH certificate says (OpenSSH PROTOCOL.certkeys), signature already verified by the SSH library.
///
/// @param userType whether it is a user certificate (a host certificate is not)
/// @param serial as an unsigned number
/// @param validAfter inclusive
/// @param validBefore exclusive; [Instant#MAX] for a certificate that never expires
/// @param criticalOptions name → value (decoded text)
/// @param extensions names such as `permit-pty`
/// @param caFingerprint `SHA256:…` of the key that signed it
/// @param keyFingerprint `SHA256:…` of the key that it certifies
public record UserCertificate(
        boolean userType,
        long serial,
        String keyId,
        List<String> principals,
        Instant validAfter,
        Instant validBefore,
        Map<String, String> criticalOptions,
        Set<String> extensions,
        String caFingerprint,
        String keyFingerprint) {

    public static final String PERMIT_PTY = "permit-pty";
    public static final String PERMIT_PORT_FORWARDING = "permit-port-forwarding";

    public UserCertificate {
        principals = List.copyOf(principals);
        criticalOptions = Map.copyOf(criticalOptions);
        extensions = Set.copyOf(extensions);
    }

    public boolean permits(String extension) {
        return extensions.contains(extension);
    }
}
