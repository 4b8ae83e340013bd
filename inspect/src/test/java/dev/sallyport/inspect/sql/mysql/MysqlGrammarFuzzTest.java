package dev.sallyport.inspect.sql.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.sallyport.core.policy.GuardrailPreset;
import dev.sallyport.core.policy.Guardrails;
import dev.sallyport.core.policy.Verdict;
import dev.sallyport.inspect.database.Asked;
import dev.sallyport.inspect.guardrails.GuardrailJudge;
import dev.sallyport.inspect.guardrails.VerdictCache;
import dev.sallyport.inspect.sql.Reading;
import dev.sallyport.inspect.sql.SqlSettings;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;

/// Whatever the text, it is read or unread and nothing is thrown, its statements lie within it one after another, and
/// what is unread does not run.
@Tag("fuzz")
class MysqlGrammarFuzzTest {

    private static final MysqlGrammar GRAMMAR = new MysqlGrammar();

    private static final Guardrails ALL = Guardrails.of(
            Stream.of(GuardrailPreset.values()).map(GuardrailPreset::word).toList(), "");

    @FuzzTest
    void aTextIsReadOrUnreadAndNothingIsThrown(byte[] bytes) {
        var text = new String(bytes, StandardCharsets.UTF_8);
        var reading = GRAMMAR.read(text, SqlSettings.MYSQL);
        if (reading instanceof Reading.Read(var statements)) {
            int at = 0;
            for (var statement : statements) {
                assertThat(statement.start()).as("start").isGreaterThanOrEqualTo(at);
                assertThat(statement.end()).as("end").isLessThanOrEqualTo(text.length());
                at = statement.end();
            }
        }
        var verdict = new GuardrailJudge(ALL, GRAMMAR, new VerdictCache())
                .judge(new Asked(1, Asked.Kind.QUERY, Optional.of(text), bytes, SqlSettings.MYSQL))
                .verdict();
        if (reading instanceof Reading.Unread) {
            assertThat(verdict).isInstanceOfAny(Verdict.Hold.class, Verdict.Block.class);
        }
    }
}
