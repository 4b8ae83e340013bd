package dev.sallyport.inspect.guardrails;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.core.policy.Guardrails;
import dev.sallyport.core.policy.Verdict;
import dev.sallyport.inspect.database.Asked;
import dev.sallyport.inspect.sql.Grammar;
import dev.sallyport.inspect.sql.Reading;
import dev.sallyport.inspect.sql.SqlSettings;
import dev.sallyport.inspect.sql.postgres.PostgresGrammar;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Which rule counts, and what becomes of what no rule can speak of.
class GuardrailJudgeTest {

    private static final PostgresGrammar POSTGRES = new PostgresGrammar();

    private final VerdictCache cache = new VerdictCache();

    @Test
    void theFirstRuleWhoseConditionsAllHoldCounts() {
        var rules = """
            rule both
              hold
              when does delete
              when writes orders
            rule delete
              block
              when does delete
            """;
        assertThat(told(rules, "delete from orders where id = 1")).isEqualTo("hold rules/both");
        assertThat(told(rules, "delete from customers where id = 1")).isEqualTo("block rules/delete");
        assertThat(told(rules, "select 1")).isEqualTo("allow");
    }

    @Test
    void theStrictestOfSeveralStatementsCountsForAll() {
        var rules = """
            rule updates
              warn
              when does update
            rule deletes
              hold
              when does delete
            rule truncates
              block
              when does truncate
            """;
        assertThat(told(rules, "select 1; update a set b = 1")).isEqualTo("warn rules/updates");
        assertThat(told(rules, "delete from a; update a set b = 1")).isEqualTo("hold rules/deletes");
        assertThat(told(rules, "truncate a; delete from a; select 1")).isEqualTo("block rules/truncates");
    }

    @Test
    void aConnectionsOwnRulesComeBeforeThoseOfPresets() {
        var own = """
            rule cleaning
              allow
              when does delete
              when writes sessions
            """;
        assertThat(told(List.of("safe-writes"), own, "delete from sessions")).isEqualTo("allow");
        assertThat(told(List.of("safe-writes"), own, "delete from orders")).isEqualTo("block safe-writes/every-row");
    }

    @Test
    void aRuleThatAllowsIsForAStatementOfWhichItCoversEverything() {
        var own = """
            rule cleaning
              allow
              when does delete
              when writes sessions
            rule scratch
              allow
              when does update, select
              when writes scratch.*
            rule sleep
              allow
              when calls pg_sleep, now
            rule rest
              block
              when does select, delete, update
            """;
        assertThat(told(own, "delete from sessions")).isEqualTo("allow");
        assertThat(told(own, "delete from sessions where id in (select 1)")).isEqualTo("block rules/rest");
        assertThat(told(own, "with x as (delete from orders) delete from sessions"))
                .isEqualTo("block rules/rest");
        assertThat(told(own, "with x as (update sessions set a = 1) delete from sessions"))
                .isEqualTo("block rules/rest");
        assertThat(told(own, "update scratch.a set b = (select 1)")).isEqualTo("allow");
        assertThat(told(own, "update a set b = 1")).isEqualTo("block rules/rest");
        assertThat(told(own, "with x as (update orders set a = 1) update scratch.a set b = 1"))
                .isEqualTo("block rules/rest");
        assertThat(told(own, "select pg_sleep(1), now()")).isEqualTo("allow");
        assertThat(told(own, "select pg_sleep(1), pg_read_file('x')")).isEqualTo("block rules/rest");
        assertThat(told(own, "select 1")).isEqualTo("block rules/rest");
    }

    @Test
    void aPresetsExceptionIsFromThatPresetAlone() {
        var presets = List.of("no-ddl", "postgres-dangerous", "read-only");
        assertThat(told(List.of("no-ddl"), "", "create temp table t (a int)")).isEqualTo("allow");
        assertThat(told(presets, "", "create temp table t as select pg_read_file('x')"))
                .isEqualTo("block postgres-dangerous/files");
        assertThat(told(presets, "", "create temp table t (a int)")).isEqualTo("block read-only/schema");
    }

    @Test
    void aLimitOfRowsGoesAlongAndTheLowestCounts() {
        var rules = """
            rule many
              block
              when more than 100 rows
            rule some
              block
              when writes orders
              when more than 10 rows
            rule told
              warn
              when writes customers
            """;
        assertThat(told(rules, "update items set a = 1")).isEqualTo("allow, 100 rows by rules/many");
        assertThat(told(rules, "update orders set a = 1")).isEqualTo("allow, 10 rows by rules/some");
        assertThat(told(rules, "update customers set a = 1")).isEqualTo("warn rules/told, 100 rows by rules/many");
        assertThat(told(rules, "update items set a = 1; update orders set a = 1"))
                .isEqualTo("allow, 10 rows by rules/some");
        assertThat(told(rules, "select * from orders")).isEqualTo("allow");
    }

    @Test
    void whatIsNotUnderstoodIsHeldUnlessTheRulesSayOtherwise() {
        var rule = "rule a\n  block\n  when does drop\n";
        assertThat(told(rule, "selekt 1")).isEqualTo("hold unread");
        assertThat(told("unread block\n" + rule, "selekt 1")).isEqualTo("block unread");
        assertThat(told("unread warn\n" + rule, "selekt 1")).isEqualTo("warn unread");
        assertThat(told("unread allow\n" + rule, "selekt 1")).isEqualTo("allow");
        assertThat(told("", "selekt 1")).isEqualTo("allow");
    }

    @Test
    void whatATextDoesNotShowIsAsWhatIsNotUnderstood() {
        var rule = "rule a\n  block\n  when does drop\n";
        assertThat(told(rule, "do 'begin end'")).isEqualTo("hold unread");
        assertThat(told(rule, "execute p")).isEqualTo("hold unread");
        assertThat(told("unread block\n" + rule, "call p()")).isEqualTo("block unread");
        assertThat(told(rule + "rule do\n  allow\n  when does do\n", "do 'begin end'"))
                .isEqualTo("allow");
        assertThat(told(rule + "rule unseen\n  block\n  when unseen\n", "do 'x'"))
                .isEqualTo("block rules/unseen");
    }

    @Test
    void rulesThatLookAtTheTextSpeakOfWhatIsNotUnderstood() {
        var rules = """
            rule word
              block
              when words secret
            rule expression
              hold
              when matches sel[e]kt\\s+\\d
            """;
        assertThat(told(rules, "selekt SECRET")).isEqualTo("block rules/word");
        assertThat(told(rules, "selekt secrets")).isEqualTo("allow");
        assertThat(told(rules, "SELEKT 1")).isEqualTo("hold rules/expression");
        assertThat(told(rules + "rule g\n  block\n  when does drop\n", "selekt secrets"))
                .isEqualTo("hold unread");
        assertThat(told(rules + "rule g\n  block\n  when does drop\n", "selekt secret"))
                .isEqualTo("block rules/word");
    }

    @Test
    void bytesThatAreNoTextAndCommandsAreNotUnderstood() {
        var judge = judge(List.of(), "rule a\n  block\n  when does drop\n", POSTGRES);
        var bytes = new Asked(1, Asked.Kind.QUERY, Optional.empty(), new byte[] {-1}, SqlSettings.POSTGRES);
        assertThat(told(judge.judge(bytes).verdict())).isEqualTo("hold unread");
        var command = new Asked(1, Asked.Kind.COMMAND, Optional.of("select 1"), new byte[0], SqlSettings.POSTGRES);
        assertThat(told(judge.judge(command).verdict())).isEqualTo("hold unread");
    }

    @Test
    void countsOfStatementsNamesAndObjectsAreConditions() {
        assertThat(told("rule a\n  block\n  when more than 2 statements\n", "select 1; select 2; select 3"))
                .isEqualTo("block rules/a");
        assertThat(told("rule a\n  block\n  when more than 2 statements\n", "select 1; select 2"))
                .isEqualTo("allow");
        assertThat(told("rule a\n  block\n  when does create index\n", "create index on t (a)"))
                .isEqualTo("block rules/a");
        assertThat(told("rule a\n  block\n  when does create index\n", "create sequence s"))
                .isEqualTo("allow");
        assertThat(told("rule a\n  block\n  when reads hr.*\n", "select 1 from HR.pay"))
                .isEqualTo("block rules/a");
        assertThat(told("rule a\n  block\n  when reads hr.*\n", "select 1 from pay"))
                .isEqualTo("block rules/a");
        assertThat(told("rule a\n  block\n  when reads hr.*\n", "select 1 from shop.pay"))
                .isEqualTo("allow");
        assertThat(told("rule a\n  block\n  when uses people.ssn\n", "select 1 from people p order by p.ssn"))
                .isEqualTo("block rules/a");
        assertThat(told("rule a\n  block\n  when uses people.ssn\n", "select * from people"))
                .isEqualTo("block rules/a");
        assertThat(told("rule a\n  block\n  when uses people.ssn\n", "select name from people"))
                .isEqualTo("allow");
        assertThat(told("rule a\n  block\n  when calls s.f\n", "select s.f(), g()"))
                .isEqualTo("block rules/a");
        assertThat(told("rule a\n  block\n  when unlimited\n", "select * from a"))
                .isEqualTo("block rules/a");
        assertThat(told("rule a\n  block\n  when every row\n", "delete from a")).isEqualTo("block rules/a");
    }

    @Test
    void aHoldSaysWhatTheStatementTouches() {
        var judge = judge(List.of(), "rule a\n  hold\n  when does delete\n  say Ask first.\n", POSTGRES);
        var verdict =
                judge.judge(asked("delete from orders", SqlSettings.POSTGRES)).verdict();
        assertThat(verdict).isEqualTo(new Verdict.Hold("rules/a", "Ask first.", "delete; changes orders; every row"));
    }

    @Test
    void aTextIsReadOnceForTheSameRulesAndSettings() {
        var read = new ArrayList<String>();
        Grammar counting = (text, settings) -> {
            read.add(text);
            return POSTGRES.read(text, settings);
        };
        var mild = judge(List.of(), "rule a\n  warn\n  when every row\n", counting);
        var strict = judge(List.of(), "rule a\n  block\n  when every row\n", counting);
        for (int i = 0; i < 2; i++) {
            assertThat(told(mild, "delete from a where 1=2")).isEqualTo("allow");
            assertThat(told(mild, "delete from a where 1=1")).isEqualTo("warn rules/a");
            assertThat(told(strict, "delete from a where 1=1")).isEqualTo("block rules/a");
        }
        assertThat(read)
                .containsExactly("delete from a where 1=2", "delete from a where 1=1", "delete from a where 1=1");
    }

    @Test
    void equalRulesShareVerdictsAndOtherSettingsDoNot() {
        var rules = "rule a\n  block\n  when does drop\n";
        assertThat(told(rules, "select 'a\\'")).isEqualTo("allow");
        assertThat(told(rules, "select 'a\\'")).isEqualTo("allow");
        var off = new SqlSettings(List.of(), true, false, Optional.empty(), "");
        var judge = judge(List.of(), rules, POSTGRES);
        assertThat(told(judge.judge(asked("select 'a\\'", off)).verdict())).isEqualTo("hold unread");
        assertThat(told(rules, "select 'a\\'")).isEqualTo("allow");
    }

    @Test
    void aCacheThatOverflowsForgetsAndAnswersRightly() {
        var judge = judge(List.of("safe-writes"), "", POSTGRES);
        for (int i = 0; i < 2; i++) {
            assertThat(told(judge, "delete from a where id = 0")).isEqualTo("allow");
            for (int n = 0; n < 600; n++) {
                var text = "select '" + "x".repeat(8_000) + n + "'";
                assertThat(told(judge, text)).isEqualTo("allow");
            }
            assertThat(told(judge, "delete from a where 0 = 0")).isEqualTo("block safe-writes/every-row");
        }
    }

    @Test
    void aGrammarThatBreaksBlocks() {
        Grammar broken = (_, _) -> {
            throw new IllegalStateException("broken");
        };
        var judge = judge(List.of("safe-writes"), "unread allow\n", broken);
        assertThat(told(judge, "select 1")).isEqualTo("block unread");
        Grammar deep = (_, _) -> {
            throw new StackOverflowError();
        };
        assertThat(told(judge(List.of("safe-writes"), "", deep), "select 2")).isEqualTo("block unread");
    }

    @Test
    void anExpressionThatCannotBeReadBeginsNoSession() {
        assertThatThrownBy(() -> judge(List.of(), "rule a\n  block\n  when matches (?=x)\n", POSTGRES))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("rules/a");
    }

    private String told(String rules, String text) {
        return told(List.of(), rules, text);
    }

    private String told(List<String> presets, String rules, String text) {
        return told(judge(presets, rules, POSTGRES), text);
    }

    private static String told(GuardrailJudge judge, String text) {
        var judged = judge.judge(asked(text, SqlSettings.POSTGRES));
        assertThat(judged.reading()).isInstanceOf(Reading.class);
        return told(judged.verdict());
    }

    private GuardrailJudge judge(List<String> presets, String rules, Grammar grammar) {
        return new GuardrailJudge(Guardrails.of(presets, rules), grammar, cache);
    }

    private static Asked asked(String text, SqlSettings settings) {
        return new Asked(1, Asked.Kind.QUERY, Optional.of(text), text.getBytes(StandardCharsets.UTF_8), settings);
    }

    private static String told(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Allow(var limit) -> "allow" + told(limit);
            case Verdict.Warn(var rule, var _, var limit) -> "warn " + rule + told(limit);
            case Verdict.Hold(var rule, var _, var _, var _) -> "hold " + rule;
            case Verdict.Block(var rule, var _) -> "block " + rule;
        };
    }

    private static String told(Optional<Verdict.RowLimit> limit) {
        return limit.map(it -> ", " + it.rows() + " rows by " + it.rule()).orElse("");
    }
}
