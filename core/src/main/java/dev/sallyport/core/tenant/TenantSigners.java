package dev.sallyport.core.tenant;

import dev.sallyport.core.id.TenantId;

/// The signing keys of all tenants: KMS in AWS, a folder of key files in standalone.
///
/// Only the control plane has one. An edge cannot sign.
public interface TenantSigners {

    /// The signer of `tenant`; its key is made when it has none yet.
    ///
    /// @throws IllegalStateException when the key cannot be read or made
    TenantKey.Signer of(TenantId tenant);
}
