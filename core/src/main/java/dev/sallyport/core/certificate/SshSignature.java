package dev.sallyport.core.certificate;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.Signature;
import java.util.Arrays;
import java.util.Base64;

/// A signature by `ssh-keygen -Y sign` (OpenSSH PROTOCOL.sshsig), of which `-----BEGIN SSH SIGNATURE-----` is
/// the first line.
///
/// RSA signatures with SHA-1 are refused, and so is a security key's signature that nobody was present for.
public final class SshSignature {

    /// Longest text that is read, in characters.
    public static final int LONGEST = 16_384;

    private static final String BEGIN = "-----BEGIN SSH SIGNATURE-----";
    private static final String END = "-----END SSH SIGNATURE-----";
    private static final byte[] MAGIC = "SSHSIG".getBytes(StandardCharsets.US_ASCII);
    private static final int USER_PRESENT = 1;

    private final SshPublicKey key;
    private final String namespace;
    private final byte[] reserved;
    private final String hash;
    private final byte[] signature;

    private SshSignature(SshPublicKey key, String namespace, byte[] reserved, String hash, byte[] signature) {
        this.key = key;
        this.namespace = namespace;
        this.reserved = reserved;
        this.hash = hash;
        this.signature = signature;
    }

    /// Reads the armoured text.
    ///
    /// @throws IllegalArgumentException when it is none; the message is a sentence and repeats no input
    public static SshSignature parse(String text) {
        if (text.length() > LONGEST) {
            throw new IllegalArgumentException("a signature has at most " + LONGEST + " characters");
        }
        var armoured = text.strip();
        if (!armoured.startsWith(BEGIN)
                || !armoured.endsWith(END)
                || armoured.length() < BEGIN.length() + END.length()) {
            throw new IllegalArgumentException("is not a file that ssh-keygen -Y sign has written");
        }
        try {
            var in = ByteBuffer.wrap(Base64.getMimeDecoder()
                    .decode(armoured.substring(BEGIN.length(), armoured.length() - END.length())));
            var magic = new byte[MAGIC.length];
            in.get(magic);
            if (!Arrays.equals(magic, MAGIC) || in.getInt() != 1) {
                throw new IllegalArgumentException("is not a file that ssh-keygen -Y sign has written");
            }
            var parsed = new SshSignature(
                    SshPublicKey.parse(SshPublicKey.bytes(in)),
                    SshPublicKey.text(in),
                    SshPublicKey.bytes(in),
                    SshPublicKey.text(in),
                    SshPublicKey.bytes(in));
            if (in.hasRemaining()) {
                throw new IllegalArgumentException("has more than belongs to a signature");
            }
            return parsed;
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("is cut off: not a whole signature", e);
        }
    }

    /// The key that it says it is by.
    public SshPublicKey key() {
        return key;
    }

    /// Whether it is by [#key], over `message`, for `namespace`. Anything malformed is simply not valid.
    public boolean verifies(String expectedNamespace, byte[] message) {
        if (!namespace.equals(expectedNamespace)) {
            return false;
        }
        try {
            var digest = switch (hash) {
                case "sha256" -> MessageDigest.getInstance("SHA-256");
                case "sha512" -> MessageDigest.getInstance("SHA-512");
                default -> throw new GeneralSecurityException("another hash");
            };
            var signed = new ByteArrayOutputStream();
            signed.writeBytes(MAGIC);
            put(signed, namespace.getBytes(StandardCharsets.UTF_8));
            put(signed, reserved);
            put(signed, hash.getBytes(StandardCharsets.UTF_8));
            put(signed, digest.digest(message));
            return verify(signed.toByteArray());
        } catch (GeneralSecurityException | BufferUnderflowException | IllegalArgumentException e) {
            return false;
        }
    }

    private boolean verify(byte[] signed) throws GeneralSecurityException {
        var in = ByteBuffer.wrap(signature);
        var algorithm = SshPublicKey.text(in);
        var bytes = SshPublicKey.bytes(in);
        var over = signed;
        if (key.application().isPresent()) {
            byte flags = in.get();
            int counter = in.getInt();
            if ((flags & USER_PRESENT) == 0) {
                return false;
            }
            var sha256 = MessageDigest.getInstance("SHA-256");
            var application = key.application().get().getBytes(StandardCharsets.UTF_8);
            over = ByteBuffer.allocate(32 + 1 + 4 + 32)
                    .put(sha256.digest(application))
                    .put(flags)
                    .putInt(counter)
                    .put(sha256.digest(signed))
                    .array();
        }
        if (in.hasRemaining()) {
            return false;
        }
        var fits = switch (algorithm) {
            case "rsa-sha2-256", "rsa-sha2-512" -> key.type().equals("ssh-rsa");
            case "ssh-rsa" -> false;
            default -> algorithm.equals(key.type());
        };
        if (!fits) {
            return false;
        }
        var verifier = Signature.getInstance(
                switch (algorithm) {
                    case "ssh-ed25519", "sk-ssh-ed25519@openssh.com" -> "Ed25519";
                    case "ecdsa-sha2-nistp256", "sk-ecdsa-sha2-nistp256@openssh.com" -> "SHA256withECDSAinP1363Format";
                    case "ecdsa-sha2-nistp384" -> "SHA384withECDSAinP1363Format";
                    case "ecdsa-sha2-nistp521" -> "SHA512withECDSAinP1363Format";
                    case "rsa-sha2-256" -> "SHA256withRSA";
                    case "rsa-sha2-512" -> "SHA512withRSA";
                    default -> throw new GeneralSecurityException("another algorithm");
                });
        verifier.initVerify(key.key());
        verifier.update(over);
        return verifier.verify(algorithm.contains("ecdsa") ? p1363(algorithm, bytes) : bytes);
    }

    /// Two numbers one after the other, each as wide as the curve, as Java takes them.
    private static byte[] p1363(String algorithm, byte[] bytes) {
        int width = algorithm.contains("nistp521") ? 66 : algorithm.contains("nistp384") ? 48 : 32;
        var in = ByteBuffer.wrap(bytes);
        var out = new byte[2 * width];
        for (int i = 0; i < 2; i++) {
            var number = new BigInteger(SshPublicKey.bytes(in));
            if (number.signum() <= 0 || number.bitLength() > 8 * width) {
                throw new IllegalArgumentException("a number of the signature is out of range");
            }
            var unsigned = number.toByteArray();
            int skip = unsigned.length > width ? unsigned.length - width : 0;
            System.arraycopy(unsigned, skip, out, (i + 1) * width - (unsigned.length - skip), unsigned.length - skip);
        }
        if (in.hasRemaining()) {
            throw new IllegalArgumentException("more than two numbers");
        }
        return out;
    }

    private static void put(ByteArrayOutputStream out, byte[] bytes) {
        out.writeBytes(ByteBuffer.allocate(4).putInt(bytes.length).array());
        out.writeBytes(bytes);
    }
}
