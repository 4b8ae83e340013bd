package dev.sallyport.core.secret;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.function.Function;

/// A value that does not print: a password, a private key, a token.
///
/// Compared in constant time. Whoever needs the bytes says so with [#reveal] at the place of use.
public final class Secret implements AutoCloseable {

    private final byte[] bytes;

    private Secret(byte[] bytes) {
        this.bytes = bytes;
    }

    /// Takes a copy of `bytes`.
    public static Secret of(byte[] bytes) {
        return new Secret(bytes.clone());
    }

    /// Takes the UTF-8 form of `text`.
    public static Secret of(String text) {
        return new Secret(text.getBytes(StandardCharsets.UTF_8));
    }

    /// Hands the bytes to `use`, which must not keep them.
    public <T> T reveal(Function<byte[], T> use) {
        return use.apply(bytes);
    }

    /// The value as text (UTF-8).
    public String revealText() {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /// Overwrites the bytes; the secret is empty of meaning afterwards.
    @Override
    public void close() {
        Arrays.fill(bytes, (byte) 0);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Secret that && MessageDigest.isEqual(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return 0;
    }

    @Override
    public String toString() {
        return "(secret)";
    }
}
