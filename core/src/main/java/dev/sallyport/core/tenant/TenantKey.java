package dev.sallyport.core.tenant;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;

/// The public half of the key by which the control plane signs for one tenant (Ed25519, RFC 8032).
///
/// What is signed always starts with a purpose and a zero byte, so that a signature for one purpose (a
/// connection definition, a checkpoint, an agent's token) is worthless for another. Of what is longer than a KMS key
/// signs at once, the SHA-512 is signed, for a purpose of its own (`… sha-512`).
public record TenantKey(PublicKey key) {

    /// Longest message that is signed as it is, in bytes: what KMS takes.
    public static final int LONGEST_MESSAGE = 4_096;

    private static final String ALGORITHM = "Ed25519";
    private static final String HASHED = " sha-512";

    /// Signs for one tenant. In AWS this is a KMS key; in standalone a key file.
    public interface Signer {

        /// The public half.
        TenantKey publicKey();

        /// Signs `bytes` for `purpose`.
        byte[] sign(String purpose, byte[] bytes);

        /// A signer that holds the private key in memory.
        static Signer of(PrivateKey privateKey, TenantKey publicKey) {
            return new Signer() {
                @Override
                public TenantKey publicKey() {
                    return publicKey;
                }

                @Override
                public byte[] sign(String purpose, byte[] bytes) {
                    try {
                        var signature = Signature.getInstance(ALGORITHM);
                        signature.initSign(privateKey);
                        signature.update(message(purpose, bytes));
                        return signature.sign();
                    } catch (GeneralSecurityException e) {
                        throw new IllegalStateException("could not sign for the purpose " + purpose, e);
                    }
                }
            };
        }
    }

    /// What is signed of `bytes` for `purpose`: at most [#LONGEST_MESSAGE] bytes.
    public static byte[] message(String purpose, byte[] bytes) {
        if (purpose.endsWith(HASHED)) {
            throw new IllegalArgumentException("a purpose that ends so is for hashes");
        }
        var whole = raw(purpose, bytes);
        return whole.length <= LONGEST_MESSAGE ? whole : raw(purpose + HASHED, sha512(bytes));
    }

    /// Whether `signature` is this key's over `bytes` for `purpose`. Anything malformed is simply not valid. What is
    /// long
    /// may have been signed as it is: key files did so once.
    public boolean verifies(String purpose, byte[] bytes, byte[] signature) {
        return holds(message(purpose, bytes), signature) || holds(raw(purpose, bytes), signature);
    }

    private boolean holds(byte[] message, byte[] signature) {
        try {
            var verifier = Signature.getInstance(ALGORITHM);
            verifier.initVerify(key);
            verifier.update(message);
            return verifier.verify(signature);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    /// The key as one line: base64 (URL alphabet, no padding) of its X.509 form.
    public String text() {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(key.getEncoded());
    }

    /// Reads what [#text] wrote.
    ///
    /// @throws IllegalArgumentException when it is not such a key
    public static TenantKey parse(String text) {
        try {
            var spec = new X509EncodedKeySpec(Base64.getUrlDecoder().decode(text.strip()));
            return new TenantKey(KeyFactory.getInstance(ALGORITHM).generatePublic(spec));
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("not an Ed25519 public key", e);
        }
    }

    private static byte[] raw(String purpose, byte[] bytes) {
        var head = ("sallyport " + purpose + "\0").getBytes(StandardCharsets.UTF_8);
        var message = Arrays.copyOf(head, head.length + bytes.length);
        System.arraycopy(bytes, 0, message, head.length, bytes.length);
        return message;
    }

    private static byte[] sha512(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-512").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-512", e);
        }
    }
}
