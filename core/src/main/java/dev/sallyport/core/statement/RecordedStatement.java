package dev.sallyport.core.statement;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// What the first line of a statement in a recording says of it (`docs/recording.md`).
///
/// @param text cut to [IndexedStatement#LONGEST_TEXT] bytes
/// @param cut whether the recording has, or may have, more of the text
public record RecordedStatement(long number, String text, boolean cut, String verdict, Optional<String> rule) {

    /// Length, in characters, from which on the text may go on in another line.
    private static final int FULL_LINE = 4_095;

    /// Longest verdict and rule that are kept.
    private static final int LONGEST_NAME = 256;

    /// Reads a line; empty when it continues a text, has none, or is not such a line. Agents are not trusted to write
    /// what they should.
    public static Optional<RecordedStatement> of(String json) {
        return FlatJson.read(json).flatMap(line -> {
            long number = line.number("number").orElse(-1L);
            var text = line.text("text");
            var verdict = line.text("verdict").filter(word -> word.length() <= LONGEST_NAME);
            if (number < 0 || text.isEmpty() || verdict.isEmpty()) {
                return Optional.empty();
            }
            var whole = text.get();
            var kept = cut(whole);
            return Optional.of(new RecordedStatement(
                    number,
                    fit(kept),
                    kept.length() < whole.length() || whole.length() >= FULL_LINE,
                    verdict.get(),
                    line.text("rule").map(rule -> fit(rule.substring(0, Math.min(LONGEST_NAME, rule.length()))))));
        });
    }

    /// Half a character of UTF-16 is no text.
    private static String fit(String text) {
        return text.codePoints()
                .map(c -> Character.getType(c) == Character.SURROGATE ? 0xfffd : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static String cut(String text) {
        int bytes = 0;
        int at = 0;
        while (at < text.length()) {
            int c = text.codePointAt(at);
            bytes += Character.toString(c).getBytes(StandardCharsets.UTF_8).length;
            if (bytes > IndexedStatement.LONGEST_TEXT) {
                break;
            }
            at += Character.charCount(c);
        }
        return text.substring(0, at);
    }
}
