package dev.sallyport.inspect.postgres;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Reads the body of one message, from `at` to `end`; whatever is not there is [Malformed].
final class Body {

    private final byte[] bytes;
    private final int end;
    private int at;

    Body(byte[] bytes, int at, int end) {
        this.bytes = bytes;
        this.at = at;
        this.end = end;
    }

    /// A message that is none.
    static final class Malformed extends Exception {

        private static final long serialVersionUID = 1;

        Malformed(String what) {
            super(what, null, false, false);
        }
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
        need(2);
        int value = (bytes[at] & 0xff) << 8 | (bytes[at + 1] & 0xff);
        at += 2;
        return value;
    }

    int int32() throws Malformed {
        need(4);
        int value = int32(bytes, at);
        at += 4;
        return value;
    }

    static int int32(byte[] bytes, int at) {
        return (bytes[at] & 0xff) << 24
                | (bytes[at + 1] & 0xff) << 16
                | (bytes[at + 2] & 0xff) << 8
                | (bytes[at + 3] & 0xff);
    }

    /// A zero-terminated text, as it is.
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

    String text() throws Malformed {
        return new String(zeroEnded(), StandardCharsets.UTF_8);
    }

    byte[] take(int count) throws Malformed {
        if (count < 0) {
            throw new Malformed("a length below nothing");
        }
        need(count);
        var taken = Arrays.copyOfRange(bytes, at, at + count);
        at += count;
        return taken;
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
            throw new Malformed("a message that is cut off");
        }
    }
}
