package dev.sallyport.control.http;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// Answers as they are kept: encrypted (AES-256-GCM) under a key made from what the sender proves itself with, which
/// the store does not have.
final class SealedAnswer {

    private static final int NONCE = 12;
    private static final int TAG_BITS = 128;
    private static final byte[] PURPOSE = "sallyport answer v1".getBytes(StandardCharsets.US_ASCII);

    private final SecretKeySpec key;
    private final byte[] about;

    /// @param proof what the sender proves itself with: a text of at least 128 random bits
    /// @param name of the request
    SealedAnswer(String proof, String name) {
        about = name.getBytes(StandardCharsets.UTF_8);
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(proof.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            mac.update(PURPOSE);
            key = new SecretKeySpec(mac.doFinal(about), "AES");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("no HMAC with SHA-256", e);
        }
    }

    byte[] close(Answer answer) {
        var nonce = new byte[NONCE];
        // Made here, not in a static field: a Lambda's snapshot must hold no seeded source of randomness.
        new SecureRandom().nextBytes(nonce);
        try {
            var sealed = cipher(Cipher.ENCRYPT_MODE, nonce).doFinal(bytes(answer));
            return ByteBuffer.allocate(NONCE + sealed.length)
                    .put(nonce)
                    .put(sealed)
                    .array();
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("an answer could not be sealed", e);
        }
    }

    /// @throws IllegalStateException when it was sealed by another proof, or changed
    Answer open(byte[] sealed) {
        try {
            var nonce = ByteBuffer.wrap(sealed).slice(0, NONCE);
            var first = new byte[NONCE];
            nonce.get(first);
            return answer(cipher(Cipher.DECRYPT_MODE, first).doFinal(sealed, NONCE, sealed.length - NONCE));
        } catch (GeneralSecurityException | IOException | IndexOutOfBoundsException e) {
            throw new IllegalStateException("a kept answer cannot be opened", e);
        }
    }

    private Cipher cipher(int mode, byte[] nonce) throws GeneralSecurityException {
        var cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(about);
        return cipher;
    }

    private static byte[] bytes(Answer answer) throws IOException {
        var bytes = new ByteArrayOutputStream();
        var out = new DataOutputStream(bytes);
        out.writeInt(answer.status());
        out.writeUTF(answer.mediaType());
        out.writeInt(answer.headers().size());
        for (var header : answer.headers().entrySet()) {
            out.writeUTF(header.getKey());
            out.writeUTF(header.getValue());
        }
        out.write(answer.body());
        return bytes.toByteArray();
    }

    private static Answer answer(byte[] bytes) throws IOException {
        var in = new DataInputStream(new ByteArrayInputStream(bytes));
        int status = in.readInt();
        var mediaType = in.readUTF();
        var headers = new HashMap<String, String>();
        for (int left = in.readInt(); left > 0; left--) {
            headers.put(in.readUTF(), in.readUTF());
        }
        return new Answer(status, mediaType, in.readAllBytes(), Map.copyOf(headers));
    }
}
