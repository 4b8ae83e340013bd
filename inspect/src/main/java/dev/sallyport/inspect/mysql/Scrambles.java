package dev.sallyport.inspect.mysql;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Cipher;

/// How a client proves that it knows the password ("Authentication Methods").
final class Scrambles {

    private Scrambles() {}

    /// `mysql_native_password`: `SHA1(password) XOR SHA1(nonce + SHA1(SHA1(password)))`.
    static byte[] ofNative(byte[] password, byte[] nonce) {
        if (password.length == 0) {
            return new byte[0];
        }
        var once = digest("SHA-1", password);
        return xor(digest("SHA-1", nonce, digest("SHA-1", once)), once);
    }

    /// `caching_sha2_password`: `SHA256(password) XOR SHA256(SHA256(SHA256(password)) + nonce)`.
    static byte[] ofSha2(byte[] password, byte[] nonce) {
        if (password.length == 0) {
            return new byte[0];
        }
        var once = digest("SHA-256", password);
        return xor(digest("SHA-256", digest("SHA-256", once), nonce), once);
    }

    /// The password, zero-terminated and over the nonce, for the server's public key (RSA, OAEP with SHA-1).
    ///
    /// @param pem the server's public key
    /// @return empty when that is no such key
    static Optional<byte[]> encrypted(byte[] password, byte[] nonce, String pem) {
        try {
            var base64 = pem.replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", "");
            var key = KeyFactory.getInstance("RSA")
                    .generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(base64)));
            var hidden = Arrays.copyOf(password, password.length + 1);
            for (int i = 0; i < hidden.length; i++) {
                hidden[i] ^= nonce[i % nonce.length];
            }
            var cipher = Cipher.getInstance("RSA/ECB/OAEPWithSHA-1AndMGF1Padding");
            cipher.init(Cipher.ENCRYPT_MODE, key);
            return Optional.of(cipher.doFinal(hidden));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    static byte[] digest(String algorithm, byte[]... parts) {
        try {
            var digest = MessageDigest.getInstance(algorithm);
            for (var part : parts) {
                digest.update(part);
            }
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has " + algorithm, e);
        }
    }

    private static byte[] xor(byte[] one, byte[] other) {
        for (int i = 0; i < one.length; i++) {
            one[i] ^= other[i];
        }
        return one;
    }
}
