package dev.sallyport.inspect.mysql;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Reads the payload of one packet, from `at` to `end`; whatever is not there is [Malformed].
final class Body {

    /// A length that stands for no value.
    static final int NULL = -1;

    private final byte[] bytes;
    private final int end;
    private int at;

    Body(byte[] bytes, int at, int end) {
        this.bytes = bytes;
        this.at = at;
        this.end = end;
    }

    int left() {
        return end - at;
    }

    int at() {
        return at;
    }

    int int8() throws Malformed {
        need(1);
        return bytes[at++] & 0xff;
    }

    int int16() throws Malformed {
        return int8() | int8() << 8;
    }

    int int32() throws Malformed {
        return int16() | int16() << 16;
    }

    long int64() throws Malformed {
        return (int32() & 0xffff_ffffL) | (long) int32() << 32;
    }

    /// A length-encoded number.
    long number() throws Malformed {
        int first = int8();
        return switch (first) {
            case 0xfb, 0xff -> throw new Malformed("no number where one belongs");
            case 0xfc -> int16();
            case 0xfd -> int16() | int8() << 16;
            case 0xfe -> int64();
            default -> first;
        };
    }

    /// A length-encoded length of what follows in this packet; [#NULL] for no value.
    int length() throws Malformed {
        need(1);
        if ((bytes[at] & 0xff) == 0xfb) {
            at++;
            return NULL;
        }
        long length = number();
        if (length < 0 || length > left()) {
            throw new Malformed("a length beyond the packet");
        }
        return (int) length;
    }

    /// Length-encoded bytes.
    byte[] string() throws Malformed {
        int length = length();
        if (length == NULL) {
            throw new Malformed("no value where one belongs");
        }
        return take(length);
    }

    String text() throws Malformed {
        return new String(string(), StandardCharsets.UTF_8);
    }

    /// Passes length-encoded bytes over.
    void skipString() throws Malformed {
        int length = length();
        if (length == NULL) {
            throw new Malformed("no value where one belongs");
        }
        at += length;
    }

    byte[] zeroEnded() throws Malformed {
        int to = at;
        while (to < end && bytes[to] != 0) {
            to++;
        }
        if (to == end) {
            throw new Malformed("a text without its end");
        }
        var text = Arrays.copyOfRange(bytes, at, to);
        at = to + 1;
        return text;
    }

    String zeroEndedText() throws Malformed {
        return new String(zeroEnded(), StandardCharsets.UTF_8);
    }

    byte[] take(int count) throws Malformed {
        skip(count);
        return Arrays.copyOfRange(bytes, at - count, at);
    }

    byte[] rest() {
        var rest = Arrays.copyOfRange(bytes, at, end);
        at = end;
        return rest;
    }

    void skip(int count) throws Malformed {
        if (count < 0) {
            throw new Malformed("a length below nothing");
        }
        need(count);
        at += count;
    }

    private void need(int count) throws Malformed {
        if (end - at < count) {
            throw new Malformed("a packet that is cut off");
        }
    }
}
