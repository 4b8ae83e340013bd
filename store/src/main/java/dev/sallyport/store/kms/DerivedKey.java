package dev.sallyport.store.kms;

import dev.sallyport.core.secret.Secret;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.kms.model.MacAlgorithmSpec;

/// A key of 32 bytes that every process gets from KMS, the same one, when it first needs it: the HMAC of what it is
/// for, under an HMAC key that never leaves KMS. So it stands in no configuration and in no snapshot.
public final class DerivedKey implements Supplier<Secret> {

    private final Kms kms;
    private final String key;
    private final String purpose;
    private @Nullable Secret derived;

    /// @param key the KMS key (`HMAC_256`): its id, ARN or alias
    public DerivedKey(Kms kms, String key, String purpose) {
        this.kms = kms;
        this.key = key;
        this.purpose = purpose;
    }

    /// @throws IllegalStateException when KMS does not give it; it is asked again the next time
    @Override
    public synchronized Secret get() {
        var known = derived;
        if (known == null) {
            try {
                var mac = kms.client()
                        .generateMac(request -> request.keyId(key)
                                .macAlgorithm(MacAlgorithmSpec.HMAC_SHA_256)
                                .message(SdkBytes.fromByteArray(
                                        ("sallyport " + purpose + "\0").getBytes(StandardCharsets.UTF_8))));
                known = Secret.of(mac.mac().asByteArrayUnsafe());
            } catch (SdkException e) {
                throw new IllegalStateException("KMS did not give the key of the " + purpose, e);
            }
            derived = known;
        }
        return known;
    }
}
