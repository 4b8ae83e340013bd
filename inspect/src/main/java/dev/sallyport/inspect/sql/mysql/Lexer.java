package dev.sallyport.inspect.sql.mysql;

import dev.sallyport.inspect.sql.SqlSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Takes a text apart as MySQL's and MariaDB's own lexers do (MySQL's manual, chapter 11; where the manual is silent,
/// what the servers do).
///
/// Refused, because servers differ or because it serves no honest purpose: NUL and control characters outside of
/// strings, blanks of Unicode outside of quotes (a part of a name in UTF-8, a blank in Latin 1), names with
/// characters outside of the basic plane, comments and quotes that do not end, numbers such as `1.e`.
final class Lexer {
    private static final String[] OPERATORS = {
        "<=>", "->>", "<<", ">>", "<=", ">=", "<>", "!=", ":=", "->", "||", "&&", "@@", "(", ")", ",", ";", ".", "+",
        "-", "*", "/", "%", "=", "<", ">", "!", "~", "^", "&", "|", "{", "}", ":"
    };

    /// The first character of those that are names in every character set; see [#refused].
    private static final char FIRST_LETTER = '\u00c0';

    private final String text;
    private final SqlSettings settings;
    private final VersionComments versions;
    private final List<Token> tokens = new ArrayList<>();
    private int at;
    private boolean versioned;

    private Lexer(String text, SqlSettings settings, VersionComments versions) {
        this.text = text;
        this.settings = settings;
        this.versions = versions;
    }

    /// All tokens, with one of the kind `END` after them.
    static List<Token> tokens(String text, SqlSettings settings, VersionComments versions) {
        var lexer = new Lexer(text, settings, versions);
        lexer.run();
        return lexer.tokens;
    }

    private void run() {
        if (text.indexOf('\0') >= 0) {
            throw new NotUnderstood("the text holds a NUL character");
        }
        while (at < text.length()) {
            step(text.charAt(at));
        }
        if (versioned) {
            throw new NotUnderstood("a comment does not end");
        }
        add(Token.Kind.END, "", "", at);
    }

    private void step(char first) {
        if (blank(first)) {
            at++;
        } else if (first == '#' || (first == '-' && peek(1) == '-' && endsDashes(at + 2))) {
            line();
        } else if (first == '/' && peek(1) == '*') {
            comment();
        } else if (first == '*' && peek(1) == '/' && versioned) {
            at += 2;
            versioned = false;
        } else if (first == '\'' || (first == '"' && !settings.ansiQuotes())) {
            string(at, at);
        } else if (first == '"' || first == '`') {
            var start = at;
            add(Token.Kind.NAME, quoted(first, false), "", start);
        } else if (digit(first) || (first == '.' && digit(peek(1)) && !followsName())) {
            number();
        } else if (letter(first)) {
            word();
        } else if (first == '@' && peek(1) != '@') {
            variable();
        } else if (first == '?') {
            at++;
            add(Token.Kind.PARAMETER, "?", "", at - 1);
        } else {
            operator(first);
        }
    }

    private void operator(char first) {
        for (var operator : OPERATORS) {
            if (text.startsWith(operator, at)) {
                at += operator.length();
                add(Token.Kind.OPERATOR, operator, operator, at - operator.length());
                if (first == '.' && at < text.length() && (letter(text.charAt(at)) || digit(text.charAt(at)))) {
                    nameAfterDot();
                }
                return;
            }
        }
        throw new NotUnderstood("the text holds a character that is not understood");
    }

    /// What stands right after a dot is a name, also where it is a keyword or begins with a digit.
    private void nameAfterDot() {
        var start = at;
        nameEnd();
        add(Token.Kind.NAME, text.substring(start, at), "", start);
    }

    private void line() {
        var end = text.indexOf('\n', at);
        at = end < 0 ? text.length() : end + 1;
    }

    private void comment() {
        var marked = peek(2) == 'M' && peek(3) == '!';
        if (peek(2) == '!' || (marked && versions.marks())) {
            var inside = at + (marked ? 4 : 3);
            var content = versions.content(text, inside, marked);
            if (content >= 0) {
                // not nested: the first end closes all
                at = content;
                versioned = true;
            } else {
                at = skipped(inside);
            }
        } else if (peek(2) == '+') {
            at = hint(at + 3);
        } else {
            at = end(at + 2);
        }
    }

    private int end(int from) {
        var end = text.indexOf("*/", from);
        if (end < 0) {
            throw new NotUnderstood("a comment does not end");
        }
        return end + 2;
    }

    /// The end of a version comment that the server skips: it may hold comments, and these none.
    private int skipped(int from) {
        var here = from;
        while (true) {
            var end = text.indexOf("*/", here);
            var inner = text.indexOf("/*", here);
            if (end < 0) {
                throw new NotUnderstood("a comment does not end");
            }
            if (inner < 0 || inner > end) {
                return end + 2;
            }
            here = end(inner + 2);
        }
    }

    /// A hint ends where a comment would, and where it ends in the eyes of who reads the quotes in it.
    private int hint(int from) {
        var end = end(from);
        var open = '\0';
        for (var here = from; here < end - 2; here++) {
            var one = text.charAt(here);
            if (open == '\0' && (one == '\'' || one == '"' || one == '`')) {
                open = one;
            } else if (one == open) {
                open = '\0';
            }
        }
        if (open != '\0') {
            throw new NotUnderstood("a hint holds a quote that does not end");
        }
        return end;
    }

    private void string(int start, int quote) {
        at = quote;
        add(Token.Kind.TEXT, quoted(text.charAt(quote), settings.backslashEscapes()), "", start);
    }

    /// What stands between quotes, at the first of which `at` is; leaves it behind the last.
    private String quoted(char quote, boolean backslashes) {
        var start = ++at;
        StringBuilder built = new StringBuilder(0);
        while (at < text.length()) {
            var one = text.charAt(at);
            if (one == quote) {
                if (peek(1) != quote) {
                    built.append(text, start, at++);
                    return name(quote, built.toString());
                }
                built.append(text, start, at + 1);
                at += 2;
                start = at;
            } else if (one == '\\' && backslashes) {
                built.append(text, start, at);
                if (at + 1 < text.length()) {
                    escape(built, text.charAt(at + 1));
                }
                at += 2;
                start = at;
            } else {
                at++;
            }
        }
        throw new NotUnderstood("a quote does not end");
    }

    private String name(char quote, String content) {
        if (quote == '`' || (quote == '"' && settings.ansiQuotes())) {
            if (content.isEmpty()) {
                throw new NotUnderstood("a name is empty");
            }
            if (content.chars().anyMatch(one -> Character.isSurrogate((char) one))) {
                throw new NotUnderstood("a name holds a character that servers replace");
            }
        }
        return content;
    }

    private static void escape(StringBuilder built, char escaped) {
        switch (escaped) {
            case '0' -> built.append('\0');
            case 'b' -> built.append('\b');
            case 'n' -> built.append('\n');
            case 'r' -> built.append('\r');
            case 't' -> built.append('\t');
            case 'Z' -> built.append('\u001a');
            case '%', '_' -> built.append('\\').append(escaped);
            default -> built.append(escaped);
        }
    }

    private void number() {
        var start = at;
        if (text.charAt(at) == '0' && (peek(1) == 'x' || peek(1) == 'b')) {
            var hexadecimal = peek(1) == 'x';
            var end = at + 2;
            while (end < text.length()
                    && (hexadecimal ? hex(text.charAt(end)) : text.charAt(end) <= '1')
                    && letterOrDigit(text.charAt(end))) {
                end++;
            }
            if (end > at + 2 && (end == text.length() || !letterOrDigit(text.charAt(end)))) {
                at = end;
                add(Token.Kind.BITS, text.substring(start, end), "", start);
                return;
            }
        }
        digits();
        var one = peek(0);
        if ((one == 'e' || one == 'E') && exponent(at + 1)) {
            exponentEnd();
        } else if (letterOrDigit(one) && text.charAt(start) != '.') {
            at = start;
            word();
            return;
        } else if (one == '.' && text.charAt(start) != '.') {
            at++;
            digits();
            fractionEnd();
        } else if (text.charAt(start) == '.') {
            at = start + 1;
            digits();
            fractionEnd();
        }
        add(Token.Kind.NUMBER, text.substring(start, at), "", start);
    }

    private void fractionEnd() {
        var one = peek(0);
        if (one == 'e' || one == 'E') {
            if (!exponent(at + 1)) {
                // servers drop such a number, or part of it, in silence
                throw new NotUnderstood("a number ends in the middle of its exponent");
            }
            exponentEnd();
        }
        if (peek(0) == '.') {
            throw new NotUnderstood("a number has two points");
        }
    }

    private boolean exponent(int from) {
        var sign = from < text.length() && (text.charAt(from) == '+' || text.charAt(from) == '-') ? 1 : 0;
        return from + sign < text.length() && digit(text.charAt(from + sign));
    }

    private void exponentEnd() {
        at += digit(peek(1)) ? 1 : 2;
        digits();
    }

    private void digits() {
        while (digit(peek(0))) {
            at++;
        }
    }

    private void word() {
        var start = at;
        var first = text.charAt(at);
        if (peek(1) == '\'' && (first == 'x' || first == 'X' || first == 'b' || first == 'B')) {
            bits(start);
            return;
        }
        if (peek(1) == '\'' && (first == 'n' || first == 'N')) {
            string(start, at + 1);
            return;
        }
        nameEnd();
        var word = text.substring(start, at);
        if (first == '$') {
            // newer versions of MySQL have strings in dollars
            throw new NotUnderstood("a name begins with a dollar");
        }
        if (peek(0) == '.' && at + 1 < text.length() && letterOrDigit(text.charAt(at + 1))) {
            // `select.a` is a column of the table `select`
            add(Token.Kind.NAME, word, "", start);
        } else {
            add(Token.Kind.WORD, word, keyword(word), start);
        }
    }

    /// Only of ASCII: there are other letters whose upper case is one of ours.
    private static String keyword(String word) {
        return word.chars().allMatch(one -> one < '\u0080') ? word.toUpperCase(Locale.ROOT) : word;
    }

    private void nameEnd() {
        while (at < text.length() && letterOrDigit(text.charAt(at))) {
            at++;
        }
    }

    private void bits(int start) {
        var end = text.indexOf('\'', at + 2);
        if (end < 0) {
            throw new NotUnderstood("a quote does not end");
        }
        var hexadecimal = Character.toLowerCase(text.charAt(at)) == 'x';
        for (var here = at + 2; here < end; here++) {
            if (!(hexadecimal ? hex(text.charAt(here)) : text.charAt(here) == '0' || text.charAt(here) == '1')) {
                throw new NotUnderstood("a literal of bits holds something else");
            }
        }
        if (hexadecimal && (end - at) % 2 != 0) {
            throw new NotUnderstood("a hexadecimal literal has half a byte");
        }
        at = end + 1;
        add(Token.Kind.BITS, text.substring(start, at), "", start);
    }

    private void variable() {
        var start = at++;
        var first = peek(0);
        if (first == '\'' || first == '"' || first == '`') {
            add(Token.Kind.VARIABLE, quoted(first, first != '`' && settings.backslashEscapes()), "", start);
            return;
        }
        while (at < text.length() && (ascii(text.charAt(at)) || text.charAt(at) == '.')) {
            at++;
        }
        if (at == start + 1) {
            throw new NotUnderstood("`@` stands without a name");
        }
        add(Token.Kind.VARIABLE, text.substring(start + 1, at), "", start);
    }

    private boolean followsName() {
        if (tokens.isEmpty() || tokens.getLast().end() != at) {
            return false;
        }
        return switch (tokens.getLast().kind()) {
            case WORD, NAME -> true;
            case TEXT, NUMBER, BITS, PARAMETER, VARIABLE, OPERATOR, END -> false;
        };
    }

    private void add(Token.Kind kind, String content, String word, int start) {
        tokens.add(new Token(kind, content, word, start, at, versioned));
    }

    private char peek(int ahead) {
        return at + ahead < text.length() ? text.charAt(at + ahead) : '\0';
    }

    private boolean endsDashes(int here) {
        return here >= text.length() || text.charAt(here) <= ' ' || text.charAt(here) == '\u007f';
    }

    private static boolean blank(char one) {
        return one == ' ' || (one >= '\t' && one <= '\r');
    }

    private static boolean digit(char one) {
        return one >= '0' && one <= '9';
    }

    private static boolean hex(char one) {
        return digit(one) || (one >= 'a' && one <= 'f') || (one >= 'A' && one <= 'F');
    }

    private static boolean ascii(char one) {
        return digit(one) || (one >= 'a' && one <= 'z') || (one >= 'A' && one <= 'Z') || one == '_' || one == '$';
    }

    private static boolean letter(char one) {
        return !digit(one) && letterOrDigit(one);
    }

    private static boolean letterOrDigit(char one) {
        if (one < '\u0080') {
            return ascii(one);
        }
        if (refused(one)) {
            throw new NotUnderstood("the text holds a character outside of quotes that servers read differently");
        }
        return true;
    }

    /// What is a letter of a name in UTF-8, and a blank or something else where the client speaks Latin 1; and
    /// what is no character of a name anywhere.
    private static boolean refused(char one) {
        return one < FIRST_LETTER || one == '\u00d7' || one == '\u00f7' || Character.isSurrogate(one);
    }
}
