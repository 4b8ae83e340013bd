package dev.sallyport.store.kms;

import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.tenant.TenantKey;
import dev.sallyport.core.tenant.TenantSigners;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.kms.model.AlreadyExistsException;
import software.amazon.awssdk.services.kms.model.KeySpec;
import software.amazon.awssdk.services.kms.model.KeyUsageType;
import software.amazon.awssdk.services.kms.model.MessageType;
import software.amazon.awssdk.services.kms.model.NotFoundException;
import software.amazon.awssdk.services.kms.model.SigningAlgorithmSpec;

/// Tenant keys in KMS: one asymmetric key a tenant (`ECC_NIST_EDWARDS25519`), found by the alias
/// `<head><tenant id>`. The private half never leaves KMS.
///
/// KMS signs at most 4,096 bytes with Ed25519 (what it offers for longer messages, Ed25519ph, is another algorithm):
/// [TenantKey#message] is never longer. What KMS signed counts only when the tenant's public key verifies it.
public final class KmsTenantSigners implements TenantSigners {

    /// Most public keys that are remembered.
    private static final int MOST_KEYS = 1_000;

    private static final Logger LOG = LoggerFactory.getLogger(KmsTenantSigners.class);

    private final Kms kms;
    private final String head;
    private final Map<TenantId, TenantKey> keys = new LinkedHashMap<>();

    /// @param head of the aliases, such as `alias/sallyport/tenant/`
    public KmsTenantSigners(Kms kms, String head) {
        if (!head.startsWith("alias/")) {
            throw new IllegalArgumentException("the head of the tenants' keys starts with alias/");
        }
        this.kms = kms;
        this.head = head;
    }

    @Override
    public TenantKey.Signer of(TenantId tenant) {
        try {
            return new KmsSigner(tenant, key(tenant));
        } catch (SdkException e) {
            throw new IllegalStateException("KMS gave no signing key of " + tenant, e);
        }
    }

    private synchronized TenantKey key(TenantId tenant) {
        var known = keys.get(tenant);
        if (known == null) {
            try {
                known = read(tenant);
            } catch (NotFoundException e) {
                create(tenant);
                known = read(tenant);
            }
            if (keys.size() >= MOST_KEYS) {
                keys.remove(keys.keySet().iterator().next());
            }
            keys.put(tenant, known);
        }
        return known;
    }

    private TenantKey read(TenantId tenant) {
        var found = kms.client().getPublicKey(request -> request.keyId(alias(tenant)));
        return TenantKey.parse(
                Base64.getUrlEncoder().encodeToString(found.publicKey().asByteArrayUnsafe()));
    }

    private void create(TenantId tenant) {
        var key = kms.client()
                .createKey(request -> request.keySpec(KeySpec.ECC_NIST_EDWARDS25519)
                        .keyUsage(KeyUsageType.SIGN_VERIFY)
                        .description("Sallyport signs for " + tenant.value()))
                .keyMetadata()
                .keyId();
        try {
            kms.client().createAlias(request -> request.aliasName(alias(tenant)).targetKeyId(key));
        } catch (AlreadyExistsException e) {
            LOG.warn("{} had got a signing key at the same moment; {} is not used, and can be deleted", tenant, key, e);
        }
    }

    private String alias(TenantId tenant) {
        return head + tenant.value();
    }

    private final class KmsSigner implements TenantKey.Signer {

        private final TenantId tenant;
        private final TenantKey publicKey;

        KmsSigner(TenantId tenant, TenantKey publicKey) {
            this.tenant = tenant;
            this.publicKey = publicKey;
        }

        @Override
        public TenantKey publicKey() {
            return publicKey;
        }

        @Override
        public byte[] sign(String purpose, byte[] bytes) {
            byte[] signature;
            try {
                signature = kms.client()
                        .sign(request -> request.keyId(alias(tenant))
                                .messageType(MessageType.RAW)
                                .message(SdkBytes.fromByteArray(TenantKey.message(purpose, bytes)))
                                .signingAlgorithm(SigningAlgorithmSpec.ED25519_SHA_512))
                        .signature()
                        .asByteArray();
            } catch (SdkException e) {
                throw new IllegalStateException("KMS did not sign for " + tenant, e);
            }
            if (!publicKey.verifies(purpose, bytes, signature)) {
                throw new IllegalStateException("what KMS signed for " + tenant + " is not of its key");
            }
            return signature;
        }
    }
}
