package dev.sallyport.inspect.sql.postgres.parser;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The literals of a text whose words are plain to see, and the text without them.
///
/// Takes only what needs no knowledge of PostgreSQL's lexer ("Lexical Structure", 4.1): no quoted names, comments,
/// dollars, backslashes or letters beyond ASCII, no string with a prefix, a doubled quote or a continuation, no
/// number but a plain one that is an `integer`. Anything else has no literals that could be told.
///
/// @param shape the text with a mark for each literal; texts of the same shape differ in nothing but their literals
/// @param all in order
record Literals(String shape, List<Literal> all) {

    private static final char NUMBER = '\u0001';
    private static final char STRING = '\u0002';

    /// More digits could be more than an `integer`, which is read as another kind of constant.
    private static final int MOST_DIGITS = 9;

    /// One literal.
    ///
    /// @param start where it begins, in characters, which are bytes
    /// @param end after its last character
    /// @param string whether it is a string, without its quotes
    record Literal(int start, int end, boolean string, String value) {}

    /// @return nothing when the text is not plain enough, or has no literal
    static Optional<Literals> of(String text) {
        var shape = new StringBuilder(text.length());
        var all = new ArrayList<Literal>();
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            int end = at + 1;
            if (isLetter(c)) {
                while (end < text.length() && (isLetter(text.charAt(end)) || isDigit(text.charAt(end)))) {
                    end++;
                }
                shape.append(text, at, end);
            } else if (isDigit(c)) {
                end = number(text, at);
                if (end < 0) {
                    return Optional.empty();
                }
                take(text, at, end, false, shape, all);
            } else if (c == '\'') {
                end = string(text, at);
                if (end < 0) {
                    return Optional.empty();
                }
                take(text, at, end, true, shape, all);
            } else if (isPlain(c) && !text.startsWith("--", at) && !text.startsWith("/*", at)) {
                shape.append(c);
            } else {
                return Optional.empty();
            }
            at = end;
        }
        return all.isEmpty() ? Optional.empty() : Optional.of(new Literals(shape.toString(), List.copyOf(all)));
    }

    /// Zero and the empty string stay in the shape: a tree leaves them out.
    private static void take(String text, int start, int end, boolean string, StringBuilder shape, List<Literal> all) {
        var value = string ? text.substring(start + 1, end - 1) : text.substring(start, end);
        if (value.isEmpty() || value.equals("0")) {
            shape.append(text, start, end);
        } else {
            shape.append(string ? STRING : NUMBER);
            all.add(new Literal(start, end, string, value));
        }
    }

    /// Where a number ends that begins here; negative when it is not plain.
    private static int number(String text, int start) {
        int end = start;
        while (end < text.length() && isDigit(text.charAt(end))) {
            end++;
        }
        char before = start == 0 ? ' ' : text.charAt(start - 1);
        char after = end == text.length() ? ' ' : text.charAt(end);
        boolean plain = end - start <= MOST_DIGITS
                && (text.charAt(start) != '0' || end - start == 1)
                && before != '.'
                && after != '.'
                && !isLetter(after);
        return plain ? end : -1;
    }

    /// After the closing quote of a string that begins here; negative when it is not plain.
    private static int string(String text, int start) {
        char before = start == 0 ? ' ' : text.charAt(start - 1);
        if (isLetter(before) || isDigit(before) || before == '&') {
            return -1;
        }
        int end = start + 1;
        while (end < text.length() && text.charAt(end) != '\'') {
            char c = text.charAt(end);
            if (c == '\\' || c < ' ' || c > '~') {
                return -1;
            }
            end++;
        }
        if (end == text.length()) {
            return -1;
        }
        int next = end + 1;
        while (next < text.length() && isSpace(text.charAt(next))) {
            next++;
        }
        // a doubled quote, or the same string going on
        return next < text.length() && text.charAt(next) == '\'' ? -1 : end + 1;
    }

    private static boolean isLetter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isSpace(char c) {
        return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
    }

    /// Neither quotes nor what begins something else than an operator or a mark.
    private static boolean isPlain(char c) {
        return isSpace(c) || (c > ' ' && c <= '~' && "\"$\\`".indexOf(c) < 0);
    }
}
