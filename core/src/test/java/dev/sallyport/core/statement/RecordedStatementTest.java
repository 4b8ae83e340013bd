package dev.sallyport.core.statement;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RecordedStatementTest {

    private static final String LINE =
            "{\"number\":7,\"kind\":\"query\",\"verdict\":\"block\",\"rule\":\"no \\\"drop\\\"\",\"message\":\"no\","
                    + "\"text\":\"drop\\u000atable x\"}";

    @Test
    void theFirstLineOfAStatementIsRead() {
        assertThat(RecordedStatement.of(LINE))
                .contains(new RecordedStatement(7, "drop\ntable x", false, "block", Optional.of("no \"drop\"")));
    }

    @Test
    void whatContinuesATextOrHasNoneIsNoStatementOfItsOwn() {
        assertThat(RecordedStatement.of("{\"number\":7,\"continues\":true,\"text\":\"x\"}"))
                .isEmpty();
        assertThat(RecordedStatement.of("{\"number\":7,\"verdict\":\"allow\",\"bytes\":3,\"sha256\":\"00\"}"))
                .isEmpty();
    }

    @Test
    void aLineThatIsCutAnywhereIsNotRead() {
        for (int cut = 0; cut < LINE.length(); cut++) {
            assertThat(RecordedStatement.of(LINE.substring(0, cut)))
                    .as("%d", cut)
                    .isEmpty();
        }
    }

    @Test
    void garbageIsNotRead() {
        for (var garbage : List.of(
                LINE + "x",
                "[]",
                "{\"number\":1.5,\"verdict\":\"a\",\"text\":\"x\"}",
                "{\"number\":99999999999999999999,\"verdict\":\"a\",\"text\":\"x\"}",
                "{\"number\":-1,\"verdict\":\"a\",\"text\":\"x\"}",
                "{\"number\":{},\"verdict\":\"a\",\"text\":\"x\"}",
                "{\"text\":\"\\u00zz\"}",
                "{\"text\":\"\\x\"}",
                "{\"text\":\"\n\"}",
                "{\"number\":1,\"number\":2,\"verdict\":\"a\",\"text\":\"x\"}")) {
            assertThat(RecordedStatement.of(garbage)).as(garbage).isEmpty();
        }
    }

    @Test
    void aTextIsCutAtFourKibibytesAndNeverWithinACharacter() {
        var line = RecordedStatement.of("{\"number\":1,\"verdict\":\"allow\",\"text\":\"" + "é€".repeat(1_500) + "\"}")
                .orElseThrow();
        assertThat(line.cut()).isTrue();
        assertThat(line.text().getBytes(StandardCharsets.UTF_8).length).isBetween(4_094, 4_096);
        assertThat("é€".repeat(1_500)).startsWith(line.text());
    }

    @Test
    void halfACharacterIsReplaced() {
        assertThat(RecordedStatement.of("{\"number\":1,\"verdict\":\"allow\",\"text\":\"a\\ud800b\"}")
                        .orElseThrow()
                        .text())
                .isEqualTo("a\ufffdb");
    }
}
