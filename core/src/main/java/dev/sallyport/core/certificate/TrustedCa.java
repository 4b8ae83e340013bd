package dev.sallyport.core.certificate;

import dev.sallyport.core.id.TenantId;

/// A user CA that a tenant trusts, and how its certificates name users.
///
/// @param fingerprint `SHA256:…` of the CA's public key; belongs to one tenant only
/// @param publicKey the key as one line (`ssh-ed25519 AAAA…`)
public record TrustedCa(
        TenantId tenant, String fingerprint, String publicKey, CertificateAttribute from, UserAttribute to) {

    /// Which field of the certificate names the user.
    public enum CertificateAttribute {
        PRINCIPAL,
        KEY_ID
    }

    /// Which attribute of a user it names.
    public enum UserAttribute {
        USER_ID,
        SUBJECT,
        EMAIL
    }
}
