package dev.sallyport.agent.ssh;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Optional;

/// Bytes of one file that pass in one direction: counted, and hashed while they come in order.
final class Passing {

    private final MessageDigest digest;
    private long bytes;
    private long next;
    private boolean inOrder = true;

    Passing() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /// The bytes that follow stand at this place of the file.
    void at(long offset) {
        if (offset != next) {
            inOrder = false;
        }
        next = offset;
    }

    void add(byte[] from, int at, int length) {
        bytes += length;
        next += length;
        if (inOrder) {
            digest.update(from, at, length);
        }
    }

    void add(ByteBuffer rest) {
        var some = new byte[rest.remaining()];
        rest.get(some);
        add(some, 0, some.length);
    }

    long bytes() {
        return bytes;
    }

    /// The hash; empty when the bytes did not pass in order. Once only.
    Optional<byte[]> hash() {
        return inOrder ? Optional.of(digest.digest()) : Optional.empty();
    }
}
