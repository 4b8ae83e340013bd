package dev.sallyport.tests.bed;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/// What went over one stream: how much, its SHA-256, and its beginning.
public record Shown(long length, String hash, byte[] beginning) {

    /// Bytes of the beginning that are kept.
    static final int KEPT = 1 << 20;

    static Shown of(byte[] bytes) {
        var sum = new Sum();
        sum.write(bytes, 0, bytes.length);
        return sum.shown();
    }

    boolean same(Shown other) {
        return length == other.length && hash.equals(other.hash);
    }

    /// Whether `other` begins with all of this.
    boolean begins(Shown other) {
        return length <= other.length
                && length <= beginning.length
                && Arrays.equals(beginning, Arrays.copyOf(other.beginning, beginning.length));
    }

    /// Where the other one is different first, in words.
    String differenceTo(Shown other) {
        int at = Arrays.mismatch(beginning, other.beginning);
        if (at < 0) {
            return "the same in its first " + beginning.length + " bytes, of " + length + " and " + other.length;
        }
        return "different from byte " + at + ": " + excerpt(beginning, at) + " against " + excerpt(other.beginning, at);
    }

    private static String excerpt(byte[] bytes, int at) {
        int from = Math.min(bytes.length, Math.max(0, at - 20));
        int to = Math.min(bytes.length, at + 60);
        var text = new String(bytes, from, to - from, StandardCharsets.UTF_8);
        return '"' + text.replace("\r", "\\r").replace("\n", "\\n").replace("\u001b", "\\e") + '"';
    }

    @Override
    public String toString() {
        return length + " bytes " + excerpt(beginning, 0);
    }

    /// Adds up what is written to it.
    static final class Sum extends OutputStream {

        private final MessageDigest digest;
        private final ByteArrayOutputStream beginning = new ByteArrayOutputStream();
        private long length;

        Sum() {
            try {
                digest = MessageDigest.getInstance("SHA-256");
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every JDK has SHA-256", e);
            }
        }

        @Override
        public void write(int b) {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public synchronized void write(byte[] bytes, int from, int count) {
            digest.update(bytes, from, count);
            beginning.write(bytes, from, Math.min(count, KEPT - beginning.size()));
            length += count;
        }

        void write(String text) {
            var bytes = text.getBytes(StandardCharsets.UTF_8);
            write(bytes, 0, bytes.length);
        }

        /// What came so far; only once.
        synchronized Shown shown() {
            return new Shown(length, HexFormat.of().formatHex(digest.digest()), beginning.toByteArray());
        }
    }
}
