package dev.sallyport.core.secret;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.KDF;
import javax.crypto.KeyAgreement;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.HKDFParameterSpec;

/// Seals a secret to an agent's X25519 key, so that only that agent opens it: what stands behind `sealed:` in a
/// [SecretReference].
///
/// Written as base64 of: the version (1), the 32 bytes of a key pair made for this one secret, and AES-256-GCM of the
/// secret. The AES key is HKDF-SHA-256 of the X25519 agreement (RFC 7748, RFC 5869) over both public keys; it is used
/// once, so the nonce is zero.
public final class Sealing {

    /// Longest secret, in bytes: sealed, it fits a reference.
    public static final int LONGEST = 12_000;

    private static final byte VERSION = 1;
    private static final int KEY = 32;
    private static final int TAG = 16;

    /// What stands before the 32 bytes of an X25519 public key in its X.509 form (RFC 8410).
    private static final byte[] X509_HEAD = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x6e, 0x03, 0x21, 0x00};

    private Sealing() {}

    /// A new key pair of an agent.
    public static KeyPair newKey() {
        try {
            return KeyPairGenerator.getInstance("X25519").generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has X25519", e);
        }
    }

    /// A public key as text: base64 of its X.509 form.
    public static String text(PublicKey key) {
        return Base64.getEncoder().encodeToString(key.getEncoded());
    }

    /// Reads what [#text] wrote.
    ///
    /// @throws IllegalArgumentException when it is not such a key
    public static PublicKey parse(String text) {
        try {
            var key = KeyFactory.getInstance("X25519")
                    .generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(text.strip())));
            raw(key);
            return key;
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("not an X25519 public key", e);
        }
    }

    /// Seals `secret` to the agent whose public key is `to`; the result goes behind `sealed:`.
    public static String seal(Secret secret, PublicKey to) {
        return secret.reveal(bytes -> {
            if (bytes.length > LONGEST) {
                throw new IllegalArgumentException("a secret to be sealed has at most " + LONGEST + " bytes");
            }
            try {
                var once = newKey();
                var cipher = Cipher.getInstance("AES/GCM/NoPadding");
                cipher.init(
                        Cipher.ENCRYPT_MODE,
                        key(once.getPrivate(), to, once.getPublic(), to),
                        new GCMParameterSpec(8 * TAG, new byte[12]));
                var sealed = ByteBuffer.allocate(1 + KEY + bytes.length + TAG);
                sealed.put(VERSION).put(raw(once.getPublic())).put(cipher.doFinal(bytes));
                return Base64.getEncoder().encodeToString(sealed.array());
            } catch (GeneralSecurityException e) {
                throw new IllegalArgumentException("a secret could not be sealed to this key", e);
            }
        });
    }

    /// Opens what was sealed to the key pair; empty when it was sealed to another, or is damaged.
    public static Optional<Secret> open(String text, KeyPair own) {
        try {
            var sealed = ByteBuffer.wrap(Base64.getDecoder().decode(text));
            if (sealed.remaining() < 1 + KEY + TAG || sealed.get() != VERSION) {
                return Optional.empty();
            }
            var encoded = ByteBuffer.allocate(X509_HEAD.length + KEY).put(X509_HEAD);
            encoded.put(sealed.slice(1, KEY));
            sealed.position(1 + KEY);
            var once = KeyFactory.getInstance("X25519").generatePublic(new X509EncodedKeySpec(encoded.array()));
            var cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(
                    Cipher.DECRYPT_MODE,
                    key(own.getPrivate(), once, once, own.getPublic()),
                    new GCMParameterSpec(8 * TAG, new byte[12]));
            var rest = new byte[sealed.remaining()];
            sealed.get(rest);
            return Optional.of(Secret.of(cipher.doFinal(rest)));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static SecretKey key(PrivateKey mine, PublicKey theirs, PublicKey once, PublicKey to)
            throws GeneralSecurityException {
        var agreement = KeyAgreement.getInstance("X25519");
        agreement.init(mine);
        agreement.doPhase(theirs, true);
        var purpose = ByteBuffer.allocate(64 + 2 * KEY)
                .put("sallyport sealed v1\0".getBytes(StandardCharsets.US_ASCII))
                .put(raw(once))
                .put(raw(to))
                .flip();
        var info = new byte[purpose.remaining()];
        purpose.get(info);
        return KDF.getInstance("HKDF-SHA256")
                .deriveKey(
                        "AES",
                        HKDFParameterSpec.ofExtract()
                                .addIKM(agreement.generateSecret())
                                .thenExpand(info, 32));
    }

    private static byte[] raw(PublicKey key) throws GeneralSecurityException {
        var encoded = key.getEncoded();
        if (encoded.length != X509_HEAD.length + KEY) {
            throw new GeneralSecurityException(
                    "not the X.509 form of an " + NamedParameterSpec.X25519.getName() + " key");
        }
        return java.util.Arrays.copyOfRange(encoded, X509_HEAD.length, encoded.length);
    }
}
