package dev.sallyport.inspect.postgres;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Bytes that grow at the end, with the protocol's ways to write numbers and texts (big endian, zero-terminated).
final class Bytes {

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
        if (bytes.length > 1 << 20) {
            bytes = new byte[1_024];
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
        return int8(value >> 8).int8(value);
    }

    Bytes int32(int value) {
        return int16(value >> 16).int16(value);
    }

    Bytes text(String text) {
        return add(text.getBytes(StandardCharsets.UTF_8)).int8(0);
    }

    /// Begins a message, and returns where its length stands: [#end] writes it.
    int begin(char type) {
        int8(type);
        int at = length;
        int32(0);
        return at;
    }

    void end(int at) {
        int value = length - at;
        bytes[at] = (byte) (value >> 24);
        bytes[at + 1] = (byte) (value >> 16);
        bytes[at + 2] = (byte) (value >> 8);
        bytes[at + 3] = (byte) value;
    }

    private void room(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
        }
    }
}
