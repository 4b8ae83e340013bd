package dev.sallyport.core.text;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/// Makes text of users, targets and agents fit to be shown on a terminal of ours: what could move the cursor,
/// change colours, reorder or hide text is shown as an escape such as `\x1b` or `\u202e`.
///
/// Escaped are all control characters (C0, DEL, C1), format characters (bidirectional overrides, zero-width,
/// tags), line and paragraph separators, surrogates without a partner, unassigned and private characters, and
/// bytes that are no UTF-8 (`\xff`). Letters, marks, symbols and blanks pass. A backslash passes too: the
/// result is for reading, not for decoding.
public final class Escaped {

    private static final int MOST_MARKS = 4;

    private Escaped() {}

    /// The text in one line.
    public static String of(String text) {
        return escape(text, false);
    }

    /// The text in its lines: line feeds and tabs pass, and a carriage return before a line feed goes away.
    public static String lines(String text) {
        return escape(text.replace("\r\n", "\n"), true);
    }

    /// Like [#of], of at most `longest` characters; what is cut off is told by `…`.
    public static String of(String text, int longest) {
        var escaped = of(text.length() > longest ? text.substring(0, longest + 1) : text);
        return escaped.length() <= longest ? escaped : whole(escaped, Math.max(0, longest - 1)) + "…";
    }

    /// The first `longest` characters, or one less where that would be half of one.
    private static String whole(String text, int longest) {
        boolean half = longest > 0 && Character.isHighSurrogate(text.charAt(longest - 1));
        return text.substring(0, half ? longest - 1 : longest);
    }

    /// Like [#of], for bytes that ought to be UTF-8.
    public static String utf8(byte[] bytes) {
        return escape(decode(bytes), false);
    }

    /// Bytes that are no UTF-8 become surrogates without a partner, `U+DC80` to `U+DCFF`, which no UTF-8 gives.
    private static String decode(byte[] bytes) {
        var decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        var in = ByteBuffer.wrap(bytes);
        var out = CharBuffer.allocate(bytes.length);
        while (true) {
            var result = decoder.decode(in, out, true);
            if (!result.isError()) {
                return out.flip().toString();
            }
            for (int i = 0; i < result.length(); i++) {
                out.put((char) (0xdc00 + (in.get() & 0xff)));
            }
        }
    }

    private static String escape(String text, boolean lines) {
        var out = new StringBuilder(text.length() + 16);
        int marks = 0;
        for (int i = 0; i < text.length(); ) {
            int character = text.codePointAt(i);
            i += Character.charCount(character);
            marks = isMark(character) ? marks + 1 : 0;
            if ((passes(character) && marks <= MOST_MARKS) || (lines && (character == '\n' || character == '\t'))) {
                out.appendCodePoint(character);
            } else {
                out.append(escape(character));
            }
        }
        return out.toString();
    }

    private static boolean passes(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED -> false;
            default -> !isInvisible(character);
        };
    }

    /// Letters and marks that show nothing: Hangul fillers, variation selectors, the combining grapheme joiner.
    private static boolean isInvisible(int character) {
        return character == 0x115f
                || character == 0x1160
                || character == 0x3164
                || character == 0xffa0
                || character == 0x034f
                || (character >= 0xfe00 && character <= 0xfe0f)
                || (character >= 0xe0100 && character <= 0xe01ef)
                || (character >= 0x17b4 && character <= 0x17b5)
                || (character >= 0x180b && character <= 0x180d)
                || character == 0x180f;
    }

    private static boolean isMark(int character) {
        int type = Character.getType(character);
        return type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK;
    }

    private static String escape(int character) {
        return switch (character) {
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            default -> {
                if (character < 0x100) {
                    yield "\\x%02x".formatted(character);
                } else if (character >= 0xdc80 && character <= 0xdcff) {
                    yield "\\x%02x".formatted(character - 0xdc00);
                } else {
                    yield character < 0x10000 ? "\\u%04x".formatted(character) : "\\U%08x".formatted(character);
                }
            }
        };
    }
}
