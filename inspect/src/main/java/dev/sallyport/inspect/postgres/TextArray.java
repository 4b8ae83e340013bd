package dev.sallyport.inspect.postgres;

import dev.sallyport.inspect.database.Masked;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// An array in text form, with its elements masked one by one ("Array Input and Output Syntax", section 8.15.6).
///
/// Fails closed: what does not have this form is withheld.
final class TextArray {

    /// Most dimensions (`MAXDIM`).
    private static final int MOST_DIMENSIONS = 6;

    private static final byte[] NULL = "NULL".getBytes(StandardCharsets.US_ASCII);

    /// What becomes of one element.
    interface Elements {
        Masked of(byte[] text);
    }

    private final byte[] bytes;
    private final int to;
    private final Elements elements;
    private final ByteArrayOutputStream out;
    private int at;
    private boolean changed;

    private TextArray(byte[] bytes, int from, int to, Elements elements) {
        this.bytes = bytes;
        this.at = from;
        this.to = to;
        this.elements = elements;
        this.out = new ByteArrayOutputStream(to - from);
    }

    /// What becomes of the array from `from` to `to`.
    ///
    /// @param most elements; a larger array is withheld
    static Masked mask(byte[] bytes, int from, int to, int most, Elements elements) {
        var array = new TextArray(bytes, from, to, elements);
        if (!array.walk(most)) {
            return Masked.NULL;
        }
        return array.changed ? new Masked.Text(array.out.toByteArray()) : Masked.SAME;
    }

    private boolean walk(int most) {
        bounds();
        int depth = 0;
        int left = most;
        do {
            if (at == to) {
                return false;
            }
            byte b = bytes[at];
            if (b == '{' && depth < MOST_DIMENSIONS) {
                depth++;
                pass();
            } else if (depth == 0) {
                return false;
            } else if (b == '}') {
                depth--;
                pass();
            } else if (b == ',') {
                pass();
            } else if (b == '{' || left-- == 0 || !element()) {
                return false;
            }
        } while (depth > 0);
        return at == to;
    }

    private void pass() {
        out.write(bytes[at++]);
    }

    /// Where elements do not count from 1: `[2:4][0:1]=`.
    private void bounds() {
        if (at < to && bytes[at] == '[') {
            while (at < to && "0123456789[]:-=".indexOf(bytes[at]) >= 0) {
                pass();
            }
        }
    }

    private boolean element() {
        int start = at;
        var text = new ByteArrayOutputStream();
        if (bytes[at] == '"') {
            at++;
            while (at < to && bytes[at] != '"') {
                if (bytes[at] == '\\') {
                    at++;
                }
                if (at == to) {
                    return false;
                }
                text.write(bytes[at++]);
            }
            if (at == to) {
                return false;
            }
            at++;
        } else {
            while (at < to && ",{}\"\\".indexOf(bytes[at]) < 0) {
                at++;
            }
            if (at == start) {
                return false;
            }
            text.write(bytes, start, at - start);
            if (Arrays.equals(text.toByteArray(), NULL)) {
                out.writeBytes(NULL);
                return true;
            }
        }
        switch (elements.of(text.toByteArray())) {
            case Masked.Same() -> out.write(bytes, start, at - start);
            case Masked.Null() -> {
                changed = true;
                out.writeBytes(NULL);
            }
            case Masked.Text(var instead) -> {
                changed = true;
                write(instead);
            }
        }
        return true;
    }

    /// Quoted only where it must be, as `array_out` does.
    private void write(byte[] text) {
        boolean plain = text.length > 0 && !new String(text, StandardCharsets.ISO_8859_1).equalsIgnoreCase("null");
        for (byte b : text) {
            plain &= b != '"' && b != '\\' && b != '{' && b != '}' && b != ',' && (b < 0 || b > ' ');
        }
        if (plain) {
            out.writeBytes(text);
            return;
        }
        out.write('"');
        for (byte b : text) {
            if (b == '"' || b == '\\') {
                out.write('\\');
            }
            out.write(b);
        }
        out.write('"');
    }
}
