package dev.sallyport.inspect.mysql;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Bytes that grow at the end, with the protocol's ways to write numbers, texts and packets (little endian,
/// length-encoded or zero-terminated; "Basic Data Types", "MySQL Packets").
final class Bytes {

    /// Capacity that is not kept once its bytes have gone, in bytes.
    private static final int MOST_KEPT = 1 << 20;

    private byte[] bytes = new byte[1_024];
    private int length;

    byte[] array() {
        return bytes;
    }

    int length() {
        return length;
    }

    boolean isEmpty() {
        return length == 0;
    }

    void clear() {
        length = 0;
        if (bytes.length > MOST_KEPT) {
            bytes = new byte[1_024];
        }
    }

    /// Forgets what stands before `from`.
    void dropUntil(int from) {
        if (from == length) {
            clear();
        } else if (from > 0) {
            System.arraycopy(bytes, from, bytes, 0, length - from);
            length -= from;
        }
    }

    byte[] copy() {
        return Arrays.copyOf(bytes, length);
    }

    Bytes add(byte[] from, int start, int end) {
        int more = end - start;
        room(more);
        System.arraycopy(from, start, bytes, length, more);
        length += more;
        return this;
    }

    Bytes add(byte[] all) {
        return add(all, 0, all.length);
    }

    Bytes int8(int value) {
        room(1);
        bytes[length++] = (byte) value;
        return this;
    }

    Bytes int16(int value) {
        return int8(value).int8(value >> 8);
    }

    Bytes int32(int value) {
        return int16(value).int16(value >> 16);
    }

    Bytes int64(long value) {
        return int32((int) value).int32((int) (value >> 32));
    }

    Bytes zeros(int count) {
        room(count);
        Arrays.fill(bytes, length, length + count, (byte) 0);
        length += count;
        return this;
    }

    /// A length-encoded number.
    Bytes number(long value) {
        if (value >= 0 && value < 0xfb) {
            return int8((int) value);
        }
        if (value >= 0 && value < 1 << 16) {
            return int8(0xfc).int16((int) value);
        }
        if (value >= 0 && value < 1 << 24) {
            return int8(0xfd).int16((int) value).int8((int) value >> 16);
        }
        return int8(0xfe).int64(value);
    }

    /// Bytes with their length before them.
    Bytes string(byte[] value) {
        return number(value.length).add(value);
    }

    Bytes string(String value) {
        return string(value.getBytes(StandardCharsets.UTF_8));
    }

    /// A text with a zero at its end; zeros within would end it early and are left out.
    Bytes zeroEnded(String text) {
        return add(text.replace("\0", "").getBytes(StandardCharsets.UTF_8)).int8(0);
    }

    /// Begins a packet, and returns where its head stands: [#end] writes it.
    int begin() {
        int at = length;
        var _ = zeros(Packet.HEAD);
        return at;
    }

    /// Ends the packet begun at `at`, as a chain where it is too long for one, and returns the next sequence id.
    int end(int at, int sequence) {
        int payload = length - at - Packet.HEAD;
        int head = at;
        int next = sequence;
        while (payload >= Packet.LONGEST) {
            head(head, Packet.LONGEST, next++);
            head += Packet.HEAD + Packet.LONGEST;
            payload -= Packet.LONGEST;
            room(Packet.HEAD);
            System.arraycopy(bytes, head, bytes, head + Packet.HEAD, payload);
            length += Packet.HEAD;
        }
        head(head, payload, next++);
        return next & 0xff;
    }

    private void head(int at, int payload, int sequence) {
        bytes[at] = (byte) payload;
        bytes[at + 1] = (byte) (payload >> 8);
        bytes[at + 2] = (byte) (payload >> 16);
        bytes[at + 3] = (byte) sequence;
    }

    private void room(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
        }
    }
}
