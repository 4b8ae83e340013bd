package dev.sallyport.store.kms;

import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.recording.DataKeys;
import dev.sallyport.core.secret.Secret;
import java.util.Map;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.kms.model.DataKeySpec;
import software.amazon.awssdk.services.kms.model.IncorrectKeyException;
import software.amazon.awssdk.services.kms.model.InvalidCiphertextException;

/// The keys of recordings under one symmetric KMS key.
///
/// Each is bound to its tenant by the encryption context (`tenant`, and what the key is for), which KMS
/// authenticates, writes to CloudTrail, and lets a role's policy name: what was wrapped for one tenant is not
/// unwrapped for another.
public final class KmsDataKeys implements DataKeys {

    private final Kms kms;
    private final String key;

    /// @param key the KMS key: its id, ARN or alias
    public KmsDataKeys(Kms kms, String key) {
        this.kms = kms;
        this.key = key;
    }

    @Override
    public DataKey next(TenantId tenant) {
        try {
            var made = kms.client()
                    .generateDataKey(request ->
                            request.keyId(key).keySpec(DataKeySpec.AES_256).encryptionContext(context(tenant)));
            return new DataKey(
                    Secret.of(made.plaintext().asByteArrayUnsafe()),
                    made.ciphertextBlob().asByteArray());
        } catch (SdkException e) {
            throw new IllegalStateException("KMS made no key for a recording of " + tenant, e);
        }
    }

    @Override
    public Secret unwrap(TenantId tenant, byte[] wrapped) {
        try {
            var plain = kms.client()
                    .decrypt(request -> request.keyId(key)
                            .ciphertextBlob(SdkBytes.fromByteArray(wrapped))
                            .encryptionContext(context(tenant)))
                    .plaintext();
            return Secret.of(plain.asByteArrayUnsafe());
        } catch (InvalidCiphertextException | IncorrectKeyException e) {
            throw new IllegalArgumentException("the recording's key was not wrapped by this tenant's key", e);
        } catch (SdkException e) {
            throw new IllegalStateException("KMS did not unwrap the key of a recording of " + tenant, e);
        }
    }

    private static Map<String, String> context(TenantId tenant) {
        return Map.of("tenant", tenant.value(), "purpose", "sallyport recording v1");
    }
}
