package dev.sallyport.core.certificate;

import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/// An SSH public key of a type that we take for a user CA: Ed25519, ECDSA, RSA with at least 2,048 bits, and
/// the first two on a security key (`sk-…`).
///
/// Formats: RFC 4253 section 6.6, RFC 5656, RFC 8709, OpenSSH PROTOCOL.u2f. A certificate is not a key.
public final class SshPublicKey {

    /// Longest line that is read, in characters.
    public static final int LONGEST = 8_192;

    private static final int SMALLEST_RSA = 2_048;
    private static final int LARGEST_RSA = 16_384;
    private static final byte[] ED25519_HEAD = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};

    private final String type;
    private final byte[] blob;
    private final PublicKey key;
    private final Optional<String> application;

    private SshPublicKey(String type, byte[] blob, PublicKey key, Optional<String> application) {
        this.type = type;
        this.blob = blob;
        this.key = key;
        this.application = application;
    }

    /// Reads a line of a `.pub` file (`ssh-ed25519 AAAA… comment`).
    ///
    /// @throws IllegalArgumentException when it is no such key; the message is a sentence and repeats no input
    public static SshPublicKey parse(String line) {
        if (line.length() > LONGEST) {
            throw new IllegalArgumentException("a public key has at most " + LONGEST + " characters");
        }
        var fields = line.strip().split("[ \t]+", 3);
        if (fields.length < 2 || line.strip().contains("\n")) {
            throw new IllegalArgumentException("is not a line of a .pub file, such as ssh-ed25519 AAAA…");
        }
        if (fields[0].contains("-cert-v0")) {
            throw new IllegalArgumentException("is a certificate: give the CA's public key itself");
        }
        byte[] blob;
        try {
            blob = Base64.getDecoder().decode(fields[1]);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("is not a line of a .pub file, such as ssh-ed25519 AAAA…", e);
        }
        var key = parse(blob);
        if (!key.type.equals(fields[0])) {
            throw new IllegalArgumentException("says one type of key and holds another");
        }
        return key;
    }

    /// Reads a key in its binary form.
    ///
    /// @throws IllegalArgumentException when it is no such key
    static SshPublicKey parse(byte[] blob) {
        try {
            var in = ByteBuffer.wrap(blob);
            var type = text(in);
            Optional<String> application = Optional.empty();
            PublicKey key;
            switch (type) {
                case "ssh-ed25519" -> key = ed25519(bytes(in));
                case "sk-ssh-ed25519@openssh.com" -> {
                    key = ed25519(bytes(in));
                    application = Optional.of(text(in));
                }
                case "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521" -> {
                    var curve = text(in);
                    if (!type.endsWith(curve)) {
                        throw new IllegalArgumentException("says one type of key and holds another");
                    }
                    key = ecdsa(curve, bytes(in));
                }
                case "sk-ecdsa-sha2-nistp256@openssh.com" -> {
                    key = ecdsa(text(in), bytes(in));
                    application = Optional.of(text(in));
                }
                case "ssh-rsa" -> key = rsa(new BigInteger(bytes(in)), new BigInteger(bytes(in)));
                default ->
                    throw new IllegalArgumentException(
                            "is of a type that is not taken: use an Ed25519, ECDSA or RSA key");
            }
            if (in.hasRemaining()) {
                throw new IllegalArgumentException("has more than belongs to a public key");
            }
            return new SshPublicKey(type, blob.clone(), key, application);
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("is cut off: not a whole public key", e);
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("is not a valid public key", e);
        }
    }

    /// Such as `ssh-ed25519`.
    public String type() {
        return type;
    }

    /// `SHA256:…`, as OpenSSH shows it.
    public String fingerprint() {
        try {
            return "SHA256:"
                    + Base64.getEncoder()
                            .withoutPadding()
                            .encodeToString(MessageDigest.getInstance("SHA-256").digest(blob));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /// The key as one line without a comment.
    public String line() {
        return type + " " + Base64.getEncoder().encodeToString(blob);
    }

    PublicKey key() {
        return key;
    }

    /// The application of a security key.
    Optional<String> application() {
        return application;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SshPublicKey that && Arrays.equals(blob, that.blob);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(blob);
    }

    @Override
    public String toString() {
        return type + " " + fingerprint();
    }

    /// A length and as many bytes.
    static byte[] bytes(ByteBuffer in) {
        int length = in.getInt();
        if (length < 0 || length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        var bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }

    static String text(ByteBuffer in) {
        return new String(bytes(in), StandardCharsets.UTF_8);
    }

    private static PublicKey ed25519(byte[] raw) throws GeneralSecurityException {
        if (raw.length != 32) {
            throw new IllegalArgumentException("is not a valid public key");
        }
        var encoded = Arrays.copyOf(ED25519_HEAD, ED25519_HEAD.length + raw.length);
        System.arraycopy(raw, 0, encoded, ED25519_HEAD.length, raw.length);
        return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
    }

    private static PublicKey ecdsa(String curve, byte[] point) throws GeneralSecurityException {
        var name = switch (curve) {
            case "nistp256" -> "secp256r1";
            case "nistp384" -> "secp384r1";
            case "nistp521" -> "secp521r1";
            default -> throw new IllegalArgumentException("is on a curve that is not taken");
        };
        var parameters = AlgorithmParameters.getInstance("EC");
        parameters.init(new ECGenParameterSpec(name));
        var spec = parameters.getParameterSpec(ECParameterSpec.class);
        int width = (spec.getCurve().getField().getFieldSize() + 7) / 8;
        if (point.length != 1 + 2 * width || point[0] != 4) {
            throw new IllegalArgumentException("is not a valid public key");
        }
        var x = new BigInteger(1, Arrays.copyOfRange(point, 1, 1 + width));
        var y = new BigInteger(1, Arrays.copyOfRange(point, 1 + width, point.length));
        var key =
                (ECPublicKey) KeyFactory.getInstance("EC").generatePublic(new ECPublicKeySpec(new ECPoint(x, y), spec));
        checkOnCurve(key, spec);
        return key;
    }

    private static void checkOnCurve(ECPublicKey key, ECParameterSpec spec) {
        var p = ((java.security.spec.ECFieldFp) spec.getCurve().getField()).getP();
        var x = key.getW().getAffineX();
        var y = key.getW().getAffineY();
        var right = x.modPow(BigInteger.valueOf(3), p)
                .add(spec.getCurve().getA().multiply(x))
                .add(spec.getCurve().getB())
                .mod(p);
        if (x.compareTo(p) >= 0 || y.compareTo(p) >= 0 || !y.multiply(y).mod(p).equals(right)) {
            throw new IllegalArgumentException("is not a valid public key");
        }
    }

    private static PublicKey rsa(BigInteger exponent, BigInteger modulus) throws GeneralSecurityException {
        if (modulus.signum() <= 0 || modulus.bitLength() > LARGEST_RSA || exponent.signum() <= 0) {
            throw new IllegalArgumentException("is not a valid public key");
        }
        if (modulus.bitLength() < SMALLEST_RSA) {
            throw new IllegalArgumentException("is too short: an RSA key has at least " + SMALLEST_RSA + " bits");
        }
        return KeyFactory.getInstance("RSA").generatePublic(new RSAPublicKeySpec(modulus, exponent));
    }
}
