package dev.sallyport.core.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Rules as people write them, and what they are told when they are wrong.
class GuardrailTextTest {

    @Test
    void aRuleHasANameAnActionConditionsAndAMessage() {
        var rules = GuardrailText.read("mine", """
            # who reads this

            rule no-where
              block
              when does update, delete
              when every row
              say Choose rows: é.
            rule second
              warn
              when unseen
            """);
        assertThat(rules.unread()).isEqualTo(GuardrailAction.HOLD);
        assertThat(rules.rules())
                .containsExactly(
                        new GuardrailRule(
                                "mine/no-where",
                                GuardrailAction.BLOCK,
                                List.of(
                                        new GuardrailCondition.Does(List.of(
                                                new GuardrailCondition.Deed(Operation.UPDATE, "*"),
                                                new GuardrailCondition.Deed(Operation.DELETE, "*"))),
                                        new GuardrailCondition.EveryRow()),
                                "Choose rows: é."),
                        new GuardrailRule(
                                "mine/second", GuardrailAction.WARN, List.of(new GuardrailCondition.Unseen()), ""));
        assertThat(rules.rules().getFirst().guardrail()).isEqualTo("mine");
    }

    @Test
    void eachConditionIsRead() {
        assertThat(condition("does create materialized view, set role"))
                .isEqualTo(new GuardrailCondition.Does(List.of(
                        new GuardrailCondition.Deed(Operation.CREATE, "materialized-view"),
                        new GuardrailCondition.Deed(Operation.SET, "role"))));
        assertThat(condition("does copy-out"))
                .isEqualTo(new GuardrailCondition.Does(List.of(new GuardrailCondition.Deed(Operation.COPY_OUT, "*"))));
        assertThat(condition("reads HR.*, pay")).isEqualTo(new GuardrailCondition.Reads(List.of("hr.*", "pay")));
        assertThat(condition("writes Orders")).isEqualTo(new GuardrailCondition.Writes(List.of("orders")));
        assertThat(condition("uses people.ssn,email"))
                .isEqualTo(new GuardrailCondition.Uses(List.of("people.ssn", "email")));
        assertThat(condition("calls  PG_Read_*")).isEqualTo(new GuardrailCondition.Calls(List.of("pg_read_*")));
        assertThat(condition("every row")).isEqualTo(new GuardrailCondition.EveryRow());
        assertThat(condition("unlimited")).isEqualTo(new GuardrailCondition.Unlimited());
        assertThat(condition("unseen")).isEqualTo(new GuardrailCondition.Unseen());
        assertThat(condition("more than 1 statement")).isEqualTo(new GuardrailCondition.MoreStatements(1));
        assertThat(condition("more than 3 statements")).isEqualTo(new GuardrailCondition.MoreStatements(3));
        assertThat(condition("more than 1 row")).isEqualTo(new GuardrailCondition.MoreRows(1));
        assertThat(condition("more than 999999999 rows")).isEqualTo(new GuardrailCondition.MoreRows(999_999_999));
        assertThat(condition("words Secret, geheim"))
                .isEqualTo(new GuardrailCondition.Words(List.of("secret", "geheim")));
        assertThat(condition("matches A, (b|c)\\s+$")).isEqualTo(new GuardrailCondition.Matches("A, (b|c)\\s+$"));
    }

    @ParameterizedTest
    @EnumSource(GuardrailAction.class)
    void eachActionIsOneForRulesAndForWhatIsUnread(GuardrailAction action) {
        var read = GuardrailText.read("a", "unread %1$s\nrule r\n%1$s\nwhen unseen".formatted(action.word()));
        assertThat(read.unread()).isEqualTo(action);
        assertThat(read.rules().getFirst().action()).isEqualTo(action);
    }

    @ParameterizedTest
    @EnumSource(Operation.class)
    void eachOperationCanBeNamed(Operation operation) {
        assertThat(condition("does " + operation.word()))
                .isEqualTo(new GuardrailCondition.Does(List.of(new GuardrailCondition.Deed(operation, "*"))));
    }

    @Test
    void nothingAndOnlyCommentsAreNoRules() {
        assertThat(GuardrailText.read("a", "")).isEqualTo(Guardrails.NONE);
        assertThat(GuardrailText.read("a", "# x\r\n\r\n  # y")).isEqualTo(Guardrails.NONE);
        assertThat(GuardrailText.read("a", "rule x\r\n  block\r\n  when unseen\r\n")
                        .rules())
                .hasSize(1);
    }

    @Test
    void aMistakeIsToldWithItsLineAndASentence() {
        refused("rule Big", "line 1: a rule's name has 1 to 63 small letters, digits and '-'");
        refused("rule", "line 1: a rule's name has 1 to 63 small letters, digits and '-'");
        refused("rule " + "a".repeat(64), "line 1: a rule's name has 1 to 63 small letters, digits and '-'");
        refused("\nunread perhaps", "line 2: unread is allow, warn, hold or block");
        refused("when unseen", "line 1: this stands before the first rule");
        refused("say x", "line 1: this stands before the first rule");
        refused("block", "line 1: this stands before the first rule");
        refused("rule a\ndeny", "line 2: 'deny' is none of rule, unread, when, say, allow, warn, hold, block");
        refused("rule a\nblock now", "line 2: 'block' is none of rule, unread, when, say, allow, warn, hold, block");
        refused("rule a\nsay", "line 2: a message has 1 to 500 characters");
        refused("rule a\nsay " + "x".repeat(501), "line 2: a message has 1 to 500 characters");
        refused("rule a\nsay x\u001b[2Jy", "line 2: a message has 1 to 500 characters");
        refused("rule a\nwhen", "line 2: '' is no condition; there are: does");
        refused("rule a\nwhen tables x", "line 2: 'tables x' is no condition; there are: does");
        refused("rule a\nwhen every rows", "line 2: 'every rows' is no condition");
        refused("rule a\nwhen more than 1234567890 rows", "is no condition");
        refused("rule a\nwhen does fly", "line 2: 'fly' is no operation; there are select, insert");
        refused("rule a\nwhen does", "line 2: a name is missing in the list, or is too long");
        refused("rule a\nwhen reads", "line 2: a name is missing in the list, or is too long");
        refused("rule a\nwhen reads a,,b", "line 2: a name is missing in the list, or is too long");
        refused("rule a\nwhen calls " + "f".repeat(193), "line 2: a name is missing in the list, or is too long");
        refused("rule a\nwhen words " + "x,".repeat(128) + "x", "line 2: a condition has at most 128 names");
        refused("rule a\nwhen matches", "line 2: an expression is missing after 'matches'");
        refused("rule a\nwhen matches (", "line 2: the expression cannot be read: Unclosed group");
        refused("rule a\nblock", "rule a/a has no condition: add a line that begins with 'when'");
        refused("rule a\nwhen unseen", "rule a/a has no action: add a line with allow, warn, hold or block");
        refused("rule a\nwhen unseen\nrule b", "rule a/a has no action: add a line with");
        refused("rule a\nallow\nwhen more than 5 rows", "allows by a number of rows that is known only afterwards");
        refused("#" + "x".repeat(Guardrails.LONGEST), "rules have at most 16384 characters");
        refused("rule a\nblock\nwhen unseen\n".repeat(257), "a connection has at most 256 rules");
    }

    @ParameterizedTest
    @EnumSource(GuardrailPreset.class)
    void eachPresetIsReadAndSaysWhyInEachRule(GuardrailPreset preset) {
        var names = new HashSet<String>();
        assertThat(preset.rules()).isNotEmpty().allSatisfy(rule -> {
            assertThat(names.add(rule.name())).as("twice: " + rule.name()).isTrue();
            assertThat(rule.guardrail()).isEqualTo(preset.word());
            assertThat(rule.message().isEmpty()).as(rule.name()).isEqualTo(rule.action() == GuardrailAction.ALLOW);
        });
        assertThat(GuardrailPreset.of(preset.word())).contains(preset);
        assertThat(preset.word())
                .isEqualTo(preset.name().toLowerCase(Locale.ROOT).replace('_', '-'));
        assertThat(preset.text()).startsWith("#");
    }

    @Test
    void ownRulesStandBeforePresetsInTheirOrder() {
        var all =
                Guardrails.of(List.of("read-only", "safe-writes"), "unread block\nrule mine\nhold\nwhen does delete\n");
        assertThat(all.unread()).isEqualTo(GuardrailAction.BLOCK);
        assertThat(all.rules().stream().map(GuardrailRule::guardrail).distinct())
                .containsExactly("rules", "read-only", "safe-writes");
        assertThat(all.byGrammar()).isTrue();
        assertThat(Guardrails.of(List.of(), "rule w\nblock\nwhen words x\n").byGrammar())
                .isFalse();
    }

    @Test
    void aPresetThatIsNotThereIsRefusedWithThoseThatAre() {
        assertThatThrownBy(() -> Guardrails.of(List.of("safe"), ""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("there is no guardrail 'safe'; there are ")
                .hasMessageContaining(String.join(
                        ", ",
                        Arrays.stream(GuardrailPreset.values())
                                .map(GuardrailPreset::word)
                                .toList()));
    }

    private static GuardrailCondition condition(String text) {
        return GuardrailText.read("a", "rule r\n  hold\n  when " + text)
                .rules()
                .getFirst()
                .conditions()
                .getFirst();
    }

    private static void refused(String text, String sentence) {
        assertThatThrownBy(() -> GuardrailText.read("a", text))
                .as(text.substring(0, Math.min(60, text.length())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(sentence);
    }
}
