package dev.sallyport.cli.export;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;

/// Writes a tar archive (POSIX.1-1988, `ustar`): files for their owner only. Sizes that do not fit into eleven octal
/// digits are written in base 256, as GNU tar and every other of today read them.
final class Tar implements AutoCloseable {

    private static final int BLOCK = 512;
    private static final int LONGEST_NAME = 100;
    private static final long LARGEST_OCTAL = 1L << 33;

    private final OutputStream out;
    private final Instant time;

    /// @param time of all its files
    Tar(OutputStream out, Instant time) {
        this.out = out;
        this.time = time;
    }

    /// Adds a file under a name of at most 100 ASCII characters.
    void add(String name, Path file) throws IOException {
        long size = Files.size(file);
        out.write(header(name, size));
        if (Files.copy(file, out) != size) {
            throw new IOException("a part of the archive changed while it was written");
        }
        out.write(new byte[(int) (-size & (BLOCK - 1))]);
    }

    private byte[] header(String name, long size) {
        var ascii = name.getBytes(StandardCharsets.US_ASCII);
        if (ascii.length > LONGEST_NAME) {
            throw new IllegalArgumentException("a name that is too long for tar");
        }
        var block = ByteBuffer.allocate(BLOCK);
        block.put(0, ascii);
        octal(block, 100, 8, 0600);
        octal(block, 108, 8, 0);
        octal(block, 116, 8, 0);
        if (size < LARGEST_OCTAL) {
            octal(block, 124, 12, size);
        } else {
            block.put(124, (byte) 0x80).putLong(128, size);
        }
        octal(block, 136, 12, time.getEpochSecond());
        // the sum counts its own field as spaces
        block.put(148, "        ".getBytes(StandardCharsets.US_ASCII));
        block.put(156, (byte) '0').put(257, "ustar\00000".getBytes(StandardCharsets.US_ASCII));
        int sum = 0;
        for (byte each : block.array()) {
            sum += each & 0xff;
        }
        octal(block, 148, 7, sum);
        return block.array();
    }

    /// A number in octal digits, ended by a zero byte.
    private static void octal(ByteBuffer block, int at, int length, long number) {
        var digits = ("%0" + (length - 1) + "o").formatted(number);
        block.put(at, Arrays.copyOf(digits.getBytes(StandardCharsets.US_ASCII), length));
    }

    /// Ends the archive.
    @Override
    public void close() throws IOException {
        out.write(new byte[2 * BLOCK]);
        out.close();
    }
}
