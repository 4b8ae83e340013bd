package dev.sallyport.core.statement;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// Reads one object of JSON (RFC 8259) whose values are texts, whole numbers, `true` and `false`, as the lines of a
/// recording are. Anything else is not read at all.
final class FlatJson {

    /// Most fields of a line.
    private static final int MOST = 64;

    private static final int LONGEST_NUMBER = 18;

    private final String text;
    private int at;

    private FlatJson(String text) {
        this.text = text;
    }

    /// The fields of a line.
    record Fields(Map<String, Object> values) {

        Optional<String> text(String name) {
            return values.get(name) instanceof String text ? Optional.of(text) : Optional.empty();
        }

        OptionalLong number(String name) {
            return values.get(name) instanceof Long number ? OptionalLong.of(number) : OptionalLong.empty();
        }
    }

    static Optional<Fields> read(String text) {
        return Optional.ofNullable(new FlatJson(text).object()).map(Fields::new);
    }

    private @Nullable Map<String, Object> object() {
        var values = new HashMap<String, Object>();
        if (!take('{')) {
            return null;
        }
        if (take('}')) {
            return atEnd() ? values : null;
        }
        do {
            var name = string();
            if (name == null || !take(':')) {
                return null;
            }
            var value = value();
            if (value == null || values.size() == MOST || values.put(name, value) != null) {
                return null;
            }
        } while (take(','));
        return take('}') && atEnd() ? values : null;
    }

    private @Nullable Object value() {
        blanks();
        if (text.startsWith("true", at)) {
            at += 4;
            return true;
        }
        if (text.startsWith("false", at)) {
            at += 5;
            return false;
        }
        return at < text.length() && text.charAt(at) == '"' ? string() : number();
    }

    private @Nullable Long number() {
        int from = at;
        if (at < text.length() && text.charAt(at) == '-') {
            at++;
        }
        int digits = at;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        return at == digits || at - digits > LONGEST_NUMBER ? null : Long.valueOf(text.substring(from, at));
    }

    private @Nullable String string() {
        if (!take('"')) {
            return null;
        }
        var read = new StringBuilder();
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c == '"') {
                return read.toString();
            }
            if (c < 0x20) {
                return null;
            }
            if (c != '\\') {
                read.append(c);
            } else if (!escape(read)) {
                return null;
            }
        }
        return null;
    }

    private boolean escape(StringBuilder read) {
        if (at == text.length()) {
            return false;
        }
        char c = text.charAt(at++);
        switch (c) {
            case '"', '\\', '/' -> read.append(c);
            case 'b' -> read.append('\b');
            case 'f' -> read.append('\f');
            case 'n' -> read.append('\n');
            case 'r' -> read.append('\r');
            case 't' -> read.append('\t');
            case 'u' -> {
                return unit(read);
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean unit(StringBuilder read) {
        int value = 0;
        for (int i = 0; i < 4; i++, at++) {
            int digit = at < text.length() ? Character.digit(text.charAt(at), 16) : -1;
            if (digit < 0 || text.charAt(at) > 'f') {
                return false;
            }
            value = 16 * value + digit;
        }
        read.append((char) value);
        return true;
    }

    private boolean take(char wanted) {
        blanks();
        if (at < text.length() && text.charAt(at) == wanted) {
            at++;
            return true;
        }
        return false;
    }

    private void blanks() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private boolean atEnd() {
        blanks();
        return at == text.length();
    }
}
