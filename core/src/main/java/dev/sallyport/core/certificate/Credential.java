package dev.sallyport.core.certificate;

import java.time.Instant;

/// What a client has proven: the key of this certificate, of a CA that a tenant trusts, used from this address.
///
/// @param login the LOGIN part of the login name, as it was checked against the principals
/// @param source the client's address, as text (IPv4 or IPv6)
public record Credential(UserCertificate certificate, TrustedCa ca, String login, String source) {

    /// When it stops counting.
    public Instant expires() {
        return certificate.validBefore();
    }
}
