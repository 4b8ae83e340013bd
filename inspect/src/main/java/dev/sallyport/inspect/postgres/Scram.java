package dev.sallyport.inspect.postgres;

import dev.sallyport.core.secret.Secret;
import dev.sallyport.inspect.postgres.Body.Malformed;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.text.Normalizer;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// The client's side of SCRAM-SHA-256 and, over TLS, SCRAM-SHA-256-PLUS with `tls-server-end-point` (RFC 5802,
/// RFC 7677, RFC 5929). The server has to prove that it knows the password, too.
final class Scram {

    static final String PLAIN = "SCRAM-SHA-256";
    static final String BOUND = "SCRAM-SHA-256-PLUS";

    /// Most rounds that a server may ask for: more would let it keep the processor busy.
    static final int MOST_ROUNDS = 1_000_000;

    /// Fewest (RFC 7677, section 4).
    static final int FEWEST_ROUNDS = 4_096;

    private final Secret password;
    private final String nonce;
    private final String header;
    private final byte[] binding;
    private byte[] serverSignature = new byte[0];

    /// @param nonce of ours, random, printable and without a comma
    /// @param endPoint of the TLS connection that this goes over, if it can be told
    /// @param bound whether the server offers the bound mechanism
    Scram(Secret password, String nonce, Optional<byte[]> endPoint, boolean bound) {
        this.password = password;
        this.nonce = nonce;
        if (bound && endPoint.isPresent()) {
            this.header = "p=tls-server-end-point,,";
            this.binding = endPoint.get();
        } else {
            // y: we could have, and the server seems not to: it will notice if somebody took its offer away
            this.header = endPoint.isPresent() ? "y,," : "n,,";
            this.binding = new byte[0];
        }
    }

    String mechanism() {
        return header.startsWith("p") ? BOUND : PLAIN;
    }

    /// The user is the start-up message's: PostgreSQL ignores the one here.
    String first() {
        return header + firstBare();
    }

    private String firstBare() {
        return "n=,r=" + nonce;
    }

    /// The answer to the server's first message.
    String last(String serverFirst) throws Malformed {
        var parts = serverFirst.split(",", -1);
        if (parts.length < 3
                || !parts[0].startsWith("r=" + nonce)
                || parts[0].length() <= 2 + nonce.length()
                || !parts[1].startsWith("s=")
                || !parts[2].startsWith("i=")) {
            throw new Malformed("a server's SCRAM message that is none");
        }
        int rounds;
        byte[] salt;
        try {
            rounds = Integer.parseInt(parts[2].substring(2));
            salt = Base64.getDecoder().decode(parts[1].substring(2));
        } catch (IllegalArgumentException e) {
            throw new Malformed("a server's SCRAM message that is none");
        }
        if (rounds < FEWEST_ROUNDS || rounds > MOST_ROUNDS) {
            throw new Malformed(
                    "a server that asks for " + (rounds < FEWEST_ROUNDS ? "too few" : "too many") + " rounds of SCRAM");
        }
        var bindingField = new Bytes()
                .add(header.getBytes(StandardCharsets.US_ASCII))
                .add(binding)
                .copy();
        var withoutProof = "c=" + Base64.getEncoder().encodeToString(bindingField) + "," + parts[0];
        var message = (firstBare() + "," + serverFirst + "," + withoutProof).getBytes(StandardCharsets.UTF_8);
        var salted = salted(salt, rounds);
        var clientKey = hmac(salted, "Client Key".getBytes(StandardCharsets.US_ASCII));
        var signature = hmac(sha256(clientKey), message);
        var proof = clientKey.clone();
        for (int i = 0; i < proof.length; i++) {
            proof[i] ^= signature[i];
        }
        serverSignature = hmac(hmac(salted, "Server Key".getBytes(StandardCharsets.US_ASCII)), message);
        return withoutProof + ",p=" + Base64.getEncoder().encodeToString(proof);
    }

    /// Whether the server's last message proves that it knows the password.
    boolean proven(String serverLast) {
        if (!serverLast.startsWith("v=") || serverSignature.length == 0) {
            return false;
        }
        try {
            return MessageDigest.isEqual(
                    serverSignature,
                    Base64.getDecoder().decode(serverLast.substring(2).split(",", 2)[0]));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /// `Hi` of RFC 5802: PBKDF2 with one block. The password is normalised (NFKC) as SASLprep does (RFC 4013), and
    /// taken
    /// as it is when it is not UTF-8, as PostgreSQL does.
    private byte[] salted(byte[] salt, int rounds) {
        var normal = password.reveal(bytes -> {
            var text = new String(bytes, StandardCharsets.UTF_8);
            return text.indexOf('\ufffd') >= 0 || text.chars().allMatch(c -> c > 0x1f && c < 0x7f)
                    ? bytes.clone()
                    : Normalizer.normalize(text, Normalizer.Form.NFKC).getBytes(StandardCharsets.UTF_8);
        });
        try {
            var mac = Mac.getInstance("HmacSHA256");
            // an empty password has no key of its own
            mac.init(new SecretKeySpec(normal.length == 0 ? new byte[1] : normal, "HmacSHA256"));
            mac.update(salt);
            var block = mac.doFinal(new byte[] {0, 0, 0, 1});
            var result = block.clone();
            for (int i = 1; i < rounds; i++) {
                block = mac.doFinal(block);
                for (int j = 0; j < result.length; j++) {
                    result[j] ^= block[j];
                }
            }
            return result;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no HMAC-SHA-256", e);
        }
    }

    private static byte[] hmac(byte[] key, byte[] text) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no HMAC-SHA-256", e);
        }
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }
}
