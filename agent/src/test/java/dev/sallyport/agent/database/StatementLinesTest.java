package dev.sallyport.agent.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.link.Message;
import dev.sallyport.core.policy.Verdict;
import dev.sallyport.inspect.database.Answered;
import dev.sallyport.inspect.database.Asked;
import dev.sallyport.inspect.database.Judged;
import dev.sallyport.inspect.sql.Reading;
import dev.sallyport.inspect.sql.SqlSettings;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StatementLinesTest {

    private static final Reading UNREAD = new Reading.Unread("not looked at");

    private static Asked asked(String text) {
        return new Asked(
                7, Asked.Kind.QUERY, Optional.of(text), text.getBytes(StandardCharsets.UTF_8), SqlSettings.POSTGRES);
    }

    private static List<String> lines(String text, Verdict verdict) {
        return StatementLines.judged(asked(text), Optional.of(text), new Judged(verdict, UNREAD));
    }

    @Test
    void aStatementAndItsVerdictAreOneLine() {
        assertThat(lines("select \"a\"\n-- \u0000", Verdict.ALLOW))
                .containsExactly("{\"number\":7,\"kind\":\"query\",\"verdict\":\"allow\","
                        + "\"text\":\"select \\\"a\\\"\\u000a-- \\u0000\"}");
        assertThat(lines("drop table t", new Verdict.Block("safe/no-drop", "ask first")))
                .containsExactly("{\"number\":7,\"kind\":\"query\",\"verdict\":\"block\",\"rule\":\"safe/no-drop\","
                        + "\"message\":\"ask first\",\"text\":\"drop table t\"}");
    }

    @Test
    void aLongTextGoesOnInFurtherLinesAndNoCharacterIsCut() {
        var text = "select '" + "\u0001😀".repeat(40_000) + "'";
        var lines = lines(text, Verdict.ALLOW);
        assertThat(lines).hasSizeGreaterThan(10).allSatisfy(line -> {
            assertThat(line.getBytes(StandardCharsets.UTF_8).length).isLessThanOrEqualTo(Message.Statement.LONGEST);
            assertThat(line).doesNotContain("?");
        });
        assertThat(lines.subList(1, lines.size()))
                .allMatch(line -> line.startsWith("{\"number\":7,\"continues\":true,"));
        var whole = new StringBuilder();
        for (var line : lines) {
            whole.append(line, line.indexOf("\"text\":\"") + 8, line.length() - 2);
        }
        assertThat(whole.toString().replace("\\u0001", "\u0001")).isEqualTo(text);
    }

    @Test
    void ofWhatIsTooLongOrNoTextTheHashIsKept() {
        var lines = lines("x".repeat(StatementLines.LONGEST_TEXT + 1), Verdict.ALLOW);
        assertThat(lines.getFirst()).contains("\"bytes\":1048577,\"sha256\":\"");
        var bytes = new byte[] {(byte) 0xff, 1};
        var none = new Asked(1, Asked.Kind.QUERY, Optional.empty(), bytes, SqlSettings.POSTGRES);
        assertThat(StatementLines.judged(none, Optional.empty(), new Judged(Verdict.ALLOW, UNREAD)))
                .singleElement()
                .asString()
                .contains("\"bytes\":2,\"sha256\":\"")
                .doesNotContain("text");
    }

    @Test
    void howOneWentIsOneLine() {
        assertThat(StatementLines.answered(
                        new Answered(7, 3, 120, Optional.empty(), Map.of("phone", 2L, "email", 3L)),
                        Optional.of(Duration.ofNanos(1_234_567))))
                .isEqualTo("{\"number\":7,\"rows\":3,\"bytes\":120,\"micros\":1234,\"masked\":\"email 3, phone 2\"}");
        assertThat(StatementLines.answered(new Answered(7, 0, 0, Optional.of("42P01"), Map.of()), Optional.empty()))
                .isEqualTo("{\"number\":7,\"rows\":0,\"bytes\":0,\"error\":\"42P01\"}");
    }
}
