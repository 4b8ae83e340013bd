package dev.sallyport.agent.database;

import dev.sallyport.agent.target.JsonLine;
import dev.sallyport.core.id.ReviewId;
import dev.sallyport.core.link.Message;
import dev.sallyport.core.policy.Verdict;
import dev.sallyport.core.review.SignedApproval;
import dev.sallyport.inspect.database.Answered;
import dev.sallyport.inspect.database.Asked;
import dev.sallyport.inspect.database.Judged;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;

/// Writes what becomes of statements as lines of JSON for the recording (`docs/recording.md`).
///
/// A text too long for one line goes on in lines with the same `number` and `"continues":true`; of one longer than
/// [#LONGEST_TEXT] the rest is left out, and `bytes` and `sha256` are those of the whole.
final class StatementLines {

    /// Longest text of a statement that is kept, in characters.
    static final int LONGEST_TEXT = 1 << 20;

    private StatementLines() {}

    /// What was judged: the first line, and those that continue it.
    ///
    /// @param text of the statement, with what is secret in it masked; empty when it is no text
    static List<String> judged(Asked asked, Optional<String> text, Judged judged) {
        var first = new JsonLine()
                .with("number", asked.number())
                .with("kind", asked.kind().name().toLowerCase(Locale.ROOT));
        switch (judged.verdict()) {
            case Verdict.Allow _ -> first.with("verdict", "allow");
            case Verdict.Warn(var rule, var message, var _) -> ruled(first, "warn", rule, message);
            case Verdict.Hold(var rule, var message, var _, var _) -> ruled(first, "hold", rule, message);
            case Verdict.Block(var rule, var message) -> ruled(first, "block", rule, message);
        }
        if (!asked.parameters().isEmpty()) {
            // their values are as much a result's business as a statement's: only what they are can be checked later
            first.with("parameters", asked.parameters().size());
        }
        if (text.isEmpty()) {
            return List.of(first.with("bytes", asked.bytes().length)
                    .with("sha256", sha256(asked.bytes()))
                    .line());
        }
        var lines = new ArrayList<String>();
        var shown = text.get();
        int most = Math.min(shown.length(), LONGEST_TEXT);
        if (most < shown.length()) {
            first.with("bytes", asked.bytes().length).with("sha256", sha256(asked.bytes()));
        }
        int at = piece(shown, 0, most);
        lines.add(first.with("text", shown.substring(0, at)).line());
        while (at < most) {
            int next = piece(shown, at, most);
            lines.add(new JsonLine()
                    .with("number", asked.number())
                    .with("continues", true)
                    .with("text", shown.substring(at, next))
                    .line());
            at = next;
        }
        return lines;
    }

    /// A held statement was approved, and runs now.
    static String approved(Asked asked, SignedApproval.Approval approval) {
        return new JsonLine()
                .with("number", asked.number())
                .with("review", approval.review().value())
                .with("decision", "approved")
                .with("by", approval.by().value())
                .with("email", approval.email())
                .with("sha256", approval.statement().hex())
                .line();
    }

    /// A held statement waits no more, and does not run.
    static String notApproved(Asked asked, Optional<ReviewId> review, Message.HoldEnded.End end, String why) {
        var line = new JsonLine().with("number", asked.number());
        review.ifPresent(id -> line.with("review", id.value()));
        return line.with("decision", end.name().toLowerCase(Locale.ROOT))
                .with("message", why)
                .line();
    }

    private static void ruled(JsonLine line, String verdict, String rule, String message) {
        line.with("verdict", verdict).with("rule", rule).with("message", message);
    }

    /// Where the piece that begins at `from` ends: never within a character.
    private static int piece(String text, int from, int most) {
        int to = Math.min(most, from + JsonLine.LONGEST_TEXT);
        return to < text.length() && Character.isLowSurrogate(text.charAt(to)) ? to - 1 : to;
    }

    /// How one went.
    ///
    /// @param took since it was judged; empty when that says nothing, as of what was prepared long before
    static String answered(Answered answered, Optional<Duration> took) {
        var line = new JsonLine()
                .with("number", answered.number())
                .with("rows", answered.rows())
                .with("bytes", answered.bytes());
        took.ifPresent(time -> line.with("micros", time.toNanos() / 1_000));
        answered.error().ifPresent(code -> line.with("error", code));
        if (!answered.masked().isEmpty()) {
            var counts = new StringBuilder();
            new TreeMap<>(answered.masked())
                    .forEach((type, count) -> counts.append(counts.isEmpty() ? "" : ", ")
                            .append(type)
                            .append(' ')
                            .append(count));
            line.with("masked", counts.toString());
        }
        return line.line();
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }
}
