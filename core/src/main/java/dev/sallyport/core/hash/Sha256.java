package dev.sallyport.core.hash;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/// A SHA-256 (FIPS 180-4).
///
/// @param bytes 32 bytes, not to be changed
public record Sha256(byte[] bytes) {

    /// Length in bytes.
    public static final int LENGTH = 32;

    /// What stands where there is nothing before.
    public static final Sha256 NONE = new Sha256(new byte[LENGTH]);

    public Sha256 {
        if (bytes.length != LENGTH) {
            throw new IllegalArgumentException("a SHA-256 has " + LENGTH + " bytes");
        }
    }

    /// The hash of `parts`, one after the other.
    public static Sha256 of(byte[]... parts) {
        var digest = digest();
        for (var part : parts) {
            digest.update(part);
        }
        return new Sha256(digest.digest());
    }

    /// Reads 64 hexadecimal digits, as [#hex] wrote them.
    ///
    /// @throws IllegalArgumentException when it is something else
    public static Sha256 parse(String hex) {
        if (hex.length() != 2 * LENGTH) {
            throw new IllegalArgumentException("a SHA-256 has " + 2 * LENGTH + " hexadecimal digits");
        }
        return new Sha256(HexFormat.of().parseHex(hex));
    }

    /// A new digest, for what does not fit in memory.
    public static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /// 64 hexadecimal digits, lower case.
    public String hex() {
        return HexFormat.of().formatHex(bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Sha256 that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return hex();
    }
}
