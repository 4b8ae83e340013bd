package dev.sallyport.core.recording;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;

/// How the events of a chunk are compressed: one Zstandard frame (RFC 8878).
///
/// The only class that sees the library, whose work is native code.
enum Compression {

    /// What chunks are compressed with as a rule.
    GOOD(1),

    /// Half the processor time and somewhat longer chunks: for a recorder that falls behind its session.
    QUICK(-3);

    private final int level;

    Compression(int level) {
        this.level = level;
    }

    /// What the first `length` bytes compress to.
    Compressed compress(byte[] plain, int length) {
        var out = new byte[(int) Zstd.compressBound(length)];
        long compressed = Zstd.compressByteArray(out, 0, out.length, plain, 0, length, level);
        return new Compressed(out, (int) compressed);
    }

    /// @param array begins with the compressed bytes
    /// @param length how many they are
    record Compressed(byte[] array, int length) {}

    /// Decompresses what must give exactly `length` bytes; never takes more memory than that.
    ///
    /// @throws BadChunk when it does not
    static byte[] decompress(byte[] compressed, int length) throws BadChunk {
        var plain = new byte[length];
        try {
            if (Zstd.decompressByteArray(plain, 0, length, compressed, 0, compressed.length) != length) {
                throw new BadChunk("the chunk holds less than its head says");
            }
        } catch (ZstdException e) {
            throw new BadChunk("the chunk's events cannot be decompressed, or are more than its head says", e);
        }
        return plain;
    }
}
