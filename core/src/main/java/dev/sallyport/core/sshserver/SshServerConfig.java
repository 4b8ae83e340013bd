package dev.sallyport.core.sshserver;

import dev.sallyport.core.certificate.TrustedCa.CertificateAttribute;
import dev.sallyport.core.certificate.TrustedCa.UserAttribute;
import dev.sallyport.core.id.TenantId;
import java.util.Optional;

/// How a tenant's certificates name users, and where the door listens.
///
/// The trusted CAs are nouns of their own ([dev.sallyport.core.certificate.TrustedCa]); they carry the two
/// attributes with them.
///
/// @param listenAddress `HOST:PORT`, honoured only where the tenant is the operator of the edge
/// @param version 0: never written, these are the defaults
public record SshServerConfig(
        TenantId tenant, CertificateAttribute from, UserAttribute to, Optional<String> listenAddress, long version) {

    /// What counts before the first `apply`.
    public static SshServerConfig initial(TenantId tenant) {
        return new SshServerConfig(tenant, CertificateAttribute.PRINCIPAL, UserAttribute.EMAIL, Optional.empty(), 0);
    }
}
