package dev.sallyport.inspect.masking;

/// What the scanner wants to know of single bytes of UTF-8. A byte of 0x80 and above is neither letter nor digit:
/// a number between characters of another script stands alone.
final class Bytes {

    static final int DIGIT = 1;
    static final int UPPER = 2;
    static final int LOWER = 4;
    static final int ALNUM = DIGIT | UPPER | LOWER;

    /// starts something by itself: `@ : = + ( $ - \`
    static final int TRIGGER = 8;

    private static final byte[] CLASS = new byte[256];

    static {
        for (int c = 0; c < 128; c++) {
            if (c >= '0' && c <= '9') {
                CLASS[c] = DIGIT;
            } else if (c >= 'A' && c <= 'Z') {
                CLASS[c] = UPPER;
            } else if (c >= 'a' && c <= 'z') {
                CLASS[c] = LOWER;
            } else if ("@:=+($-\\".indexOf(c) >= 0) {
                CLASS[c] = TRIGGER;
            }
        }
    }

    private Bytes() {}

    static int classOf(byte b) {
        return CLASS[b & 0xff];
    }

    static boolean alnum(byte b) {
        return (CLASS[b & 0xff] & ALNUM) != 0;
    }

    static boolean digit(byte b) {
        return CLASS[b & 0xff] == DIGIT;
    }

    static boolean upper(byte b) {
        return CLASS[b & 0xff] == UPPER;
    }

    static boolean lower(byte b) {
        return CLASS[b & 0xff] == LOWER;
    }

    static boolean letter(byte b) {
        return (CLASS[b & 0xff] & (UPPER | LOWER)) != 0;
    }

    /// The value of a hexadecimal digit, or -1.
    static int hex(byte b) {
        if (b >= '0' && b <= '9') {
            return b - '0';
        }
        int lower = b | 0x20;
        return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
    }

    static int toUpper(byte b) {
        return lower(b) ? b - 32 : b;
    }

    /// Whether the letter at `at` belongs to an escape as `\n` in front of what follows, and not to a word.
    static boolean escaped(byte[] b, int from, int at) {
        return at > from && b[at - 1] == '\\' && escapes(b[at]);
    }

    static boolean escapes(byte b) {
        return b == 'n' || b == 'r' || b == 't' || b == 'b' || b == 'f';
    }

    /// Whether a word can start at `at`: no letter or digit stands before it.
    static boolean opens(byte[] b, int from, int at) {
        return at <= from || !alnum(b[at - 1]) || escaped(b, from, at - 1);
    }

    /// Whether a word can end at `at`, exclusive.
    static boolean closes(byte[] b, int at, int to) {
        return at >= to || !alnum(b[at]);
    }

    /// Whether a number can start at `at`: a word can, and no digit with `-`, `.` or `/` stands before it, of
    /// which it
    /// would be a part.
    static boolean opensNumber(byte[] b, int from, int at) {
        return opens(b, from, at) && !(at - 2 >= from && joins(b[at - 1]) && digit(b[at - 2]));
    }

    /// Whether a number can end at `at`, exclusive, likewise.
    static boolean closesNumber(byte[] b, int at, int to) {
        return closes(b, at, to) && !(at + 1 < to && joins(b[at]) && digit(b[at + 1]));
    }

    private static boolean joins(byte b) {
        return b == '-' || b == '.' || b == '/';
    }

    /// Whether the text at `at` is `word`.
    static boolean is(byte[] b, int at, int to, byte[] word) {
        if (at < 0 || at + word.length > to) {
            return false;
        }
        for (int i = 0; i < word.length; i++) {
            if (b[at + i] != word[i]) {
                return false;
            }
        }
        return true;
    }
}
