package dev.sallyport.inspect.mysql;

import dev.sallyport.core.policy.Operation;
import dev.sallyport.inspect.database.Asked;
import dev.sallyport.inspect.sql.Reading;
import dev.sallyport.inspect.sql.SqlSettings;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Whether a text is a `KILL`. None is passed on: the server's user is shared by all sessions of a connection, so
/// that it could end those of others.
///
/// A text that the grammar did not understand is looked through for the word, which is reserved: outside of
/// strings, quoted names and comments it stands for nothing else, unless it is part of a name (`t.kill`, `@kill`).
/// Where it is not certain what of a text is a comment or a string, the word counts wherever it stands: in a text
/// with version comments, and in bytes that are no text of the client's character set. What a text puts together at
/// run time is not seen here.
sealed interface Kill {

    /// There is none.
    record None() implements Kill {}

    /// Nothing but `KILL QUERY`.
    ///
    /// @param connection number of the session whose statement is to be stopped
    record Query(int connection) implements Kill {}

    /// Anything else that kills.
    record Other() implements Kill {}

    Pattern FORM = Pattern.compile(
            "\\s*KILL\\s+(?:(?:HARD|SOFT)\\s+)?(CONNECTION\\s+|QUERY\\s+)?(\\d{1,10})\\s*;?\\s*",
            Pattern.CASE_INSENSITIVE);

    /// The word, wherever it stands.
    Pattern WORD = Pattern.compile("(?<![a-z0-9_$])kill(?![a-z0-9_$])", Pattern.CASE_INSENSITIVE);

    static Kill of(Asked asked, Reading reading) {
        var text = asked.text();
        boolean kills = switch (reading) {
            case Reading.Read(var statements) ->
                statements.stream()
                        .flatMap(one -> one.acts().stream())
                        .anyMatch(act -> act.operation() == Operation.KILL);
            case Reading.Unread _ ->
                text.map(known -> word(known, asked.settings())).orElseGet(() -> anywhere(asked.bytes()));
        };
        if (!kills) {
            return new None();
        }
        Optional<Matcher> form = text.map(FORM::matcher).filter(Matcher::matches);
        boolean query = form.map(parts -> parts.group(1))
                .filter(kind -> kind.strip().equalsIgnoreCase("query"))
                .isPresent();
        if (!query) {
            return new Other();
        }
        long number = Long.parseLong(form.orElseThrow().group(2));
        return number <= Integer.MAX_VALUE ? new Query((int) number) : new Other();
    }

    private static boolean anywhere(byte[] bytes) {
        // the word is ASCII in every character set that a client can have
        return WORD.matcher(new String(bytes, StandardCharsets.ISO_8859_1)).find();
    }

    /// Whether the word stands in a text, where it can be a statement.
    private static boolean word(String text, SqlSettings settings) {
        if (!WORD.matcher(text).find()) {
            return false;
        }
        if (text.contains("/*!") || text.contains("/*M!")) {
            // which of them are run depends on the server's version
            return true;
        }
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            int next = at + 1;
            if (c == '\'' || c == '"' || c == '`') {
                boolean name = c == '`' || (c == '"' && settings.ansiQuotes());
                next = quoted(text, at, settings.backslashEscapes() && !name);
            } else if (c == '#' || dashes(text, at)) {
                int end = text.indexOf('\n', at);
                next = end < 0 ? text.length() : end + 1;
            } else if (text.startsWith("/*", at)) {
                int end = text.indexOf("*/", at + 2);
                next = end < 0 ? text.length() : end + 2;
            } else if (partOfWord(c)) {
                while (next < text.length() && partOfWord(text.charAt(next))) {
                    next++;
                }
                boolean within = at > 0 && (text.charAt(at - 1) == '.' || text.charAt(at - 1) == '@');
                if (!within && text.substring(at, next).equalsIgnoreCase("kill")) {
                    return true;
                }
            }
            at = next;
        }
        return false;
    }

    /// Two dashes begin a comment before a space or a control only: else they are two minuses.
    private static boolean dashes(String text, int at) {
        return text.startsWith("--", at) && (at + 2 == text.length() || text.charAt(at + 2) <= ' ');
    }

    private static boolean partOfWord(char c) {
        return Character.isLetterOrDigit(c) || c == '_' || c == '$';
    }

    private static int quoted(String text, int start, boolean escapes) {
        char quote = text.charAt(start);
        int at = start + 1;
        while (at < text.length() && text.charAt(at) != quote) {
            at += escapes && text.charAt(at) == '\\' ? 2 : 1;
        }
        return Math.min(at + 1, text.length());
    }
}
