package dev.sallyport.control;

import dev.sallyport.core.certificate.SshPublicKey;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.util.Arrays;
import java.util.Base64;

/// An Ed25519 CA with its private key, which signs nonces as `ssh-keygen -Y sign` does (OpenSSH PROTOCOL.sshsig).
public final class TestingCa {

    private static final int RAW = 32;
    private static final String TYPE = "ssh-ed25519";
    private static final byte[] MAGIC = "SSHSIG".getBytes(StandardCharsets.US_ASCII);

    private final KeyPair pair;

    public TestingCa() {
        try {
            pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private byte[] blob() {
        var encoded = pair.getPublic().getEncoded();
        var out = new ByteArrayOutputStream();
        put(out, TYPE.getBytes(StandardCharsets.US_ASCII));
        put(out, Arrays.copyOfRange(encoded, encoded.length - RAW, encoded.length));
        return out.toByteArray();
    }

    /// The line of its `.pub` file, without a comment.
    public String line() {
        return TYPE + " " + Base64.getEncoder().encodeToString(blob());
    }

    public String fingerprint() {
        return SshPublicKey.parse(line()).fingerprint();
    }

    /// Its id in the API's paths.
    public String id() {
        return fingerprint().substring("SHA256:".length()).replace('+', '-').replace('/', '_');
    }

    /// The armoured signature over a nonce.
    public String proof(String nonce) {
        return proof("ca-proof@sallyport", nonce);
    }

    public String proof(String namespace, String nonce) {
        try {
            var hash = MessageDigest.getInstance("SHA-512").digest(nonce.getBytes(StandardCharsets.UTF_8));
            var signer = Signature.getInstance("Ed25519");
            signer.initSign(pair.getPrivate());
            var signed = new ByteArrayOutputStream();
            signed.writeBytes(MAGIC);
            body(signed, namespace);
            put(signed, hash);
            signer.update(signed.toByteArray());
            var signature = new ByteArrayOutputStream();
            put(signature, TYPE.getBytes(StandardCharsets.US_ASCII));
            put(signature, signer.sign());
            var all = new ByteArrayOutputStream();
            all.writeBytes(MAGIC);
            all.writeBytes(ByteBuffer.allocate(4).putInt(1).array());
            put(all, blob());
            body(all, namespace);
            put(all, signature.toByteArray());
            return "-----BEGIN SSH SIGNATURE-----\n"
                    + Base64.getMimeEncoder().encodeToString(all.toByteArray())
                    + "\n-----END SSH SIGNATURE-----\n";
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static void body(ByteArrayOutputStream out, String namespace) {
        put(out, namespace.getBytes(StandardCharsets.UTF_8));
        put(out, new byte[0]);
        put(out, "sha512".getBytes(StandardCharsets.US_ASCII));
    }

    private static void put(ByteArrayOutputStream out, byte[] bytes) {
        out.writeBytes(ByteBuffer.allocate(4).putInt(bytes.length).array());
        out.writeBytes(bytes);
    }
}
