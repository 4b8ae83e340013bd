package dev.sallyport.inspect.sql.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.policy.Guardrails;
import dev.sallyport.core.policy.Verdict;
import dev.sallyport.inspect.database.Asked;
import dev.sallyport.inspect.guardrails.GuardrailJudge;
import dev.sallyport.inspect.guardrails.VerdictCache;
import dev.sallyport.inspect.sql.Corpus;
import dev.sallyport.inspect.sql.SqlSettings;
import dev.sallyport.inspect.sql.Telling;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// The presets say of each statement of two files what stands beside it there: of what people write to get past them,
/// and of what they should not stand in the way of.
class PostgresCorpusTest {

    private static final PostgresGrammar GRAMMAR = new PostgresGrammar();

    @Test
    void evasionsAreCaught() {
        all(Corpus.read(PostgresCorpusTest.class, "evasions.txt"));
    }

    @Test
    void whatIsInnocentPasses() {
        all(Corpus.read(PostgresCorpusTest.class, "innocent.txt"));
    }

    @Test
    void theFilesRepeatNothing() {
        for (var file : List.of("evasions.txt", "innocent.txt")) {
            var seen = new HashSet<String>();
            var twice = Corpus.read(PostgresCorpusTest.class, file).stream()
                    .map(entry -> entry.presets() + " " + entry.text())
                    .filter(entry -> !seen.add(entry))
                    .toList();
            assertThat(twice).as("twice in " + file).isEmpty();
            assertThat(seen).as(file).hasSizeGreaterThan(300);
        }
    }

    /// One cache for all, asked twice for each: neither other rules nor other literals answer for a statement.
    private static void all(List<Corpus.Entry> entries) {
        var cache = new VerdictCache();
        var wrong = new ArrayList<String>();
        for (var entry : entries) {
            var judge = new GuardrailJudge(Guardrails.of(entry.presets(), ""), GRAMMAR, cache);
            for (int i = 0; i < 2; i++) {
                var judged = judge.judge(asked(entry.text()));
                var verdict = told(judged.verdict());
                if (!verdict.equals(entry.expected())) {
                    wrong.add("%nline %d: %s%n  is %s and should be %s; read as %s"
                            .formatted(
                                    entry.line(),
                                    entry.text(),
                                    verdict,
                                    entry.expected(),
                                    Telling.of(judged.reading())));
                    break;
                }
            }
        }
        assertThat(wrong).as(wrong.size() + " of " + entries.size()).isEmpty();
    }

    private static Asked asked(String text) {
        return new Asked(
                1, Asked.Kind.QUERY, Optional.of(text), text.getBytes(StandardCharsets.UTF_8), SqlSettings.POSTGRES);
    }

    private static String told(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Allow _ -> "allow";
            case Verdict.Warn(var rule, var _, var _) -> "warn " + rule;
            case Verdict.Hold(var rule, var _, var _, var _) -> "hold " + rule;
            case Verdict.Block(var rule, var _) -> "block " + rule;
        };
    }
}
