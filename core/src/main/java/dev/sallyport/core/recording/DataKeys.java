package dev.sallyport.core.recording;

import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.secret.Secret;

/// Makes and unwraps the keys of recordings, each under its tenant's key: KMS in AWS, a key file in standalone.
///
/// The wrapped key stands in the recording's row; deleting it destroys the recording.
public interface DataKeys {

    /// A new AES-256 key, in the clear and wrapped.
    record DataKey(Secret key, byte[] wrapped) {}

    DataKey next(TenantId tenant);

    /// @throws IllegalArgumentException when `wrapped` is not of this tenant's key
    Secret unwrap(TenantId tenant, byte[] wrapped);
}
