package dev.sallyport.core.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sallyport.core.id.MaskingRuleId;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class MaskingRuleTest {

    private static final MaskingRule RULE = new MaskingRule(
            new MaskingRuleId("msk_" + "0".repeat(26)),
            "Payroll, no".replace(',', '.'),
            Set.of("pg-*", "b"),
            Map.of("env", "prod"),
            Set.of("staff"),
            List.of(
                    new MaskingSubject.OfType(EntityType.EMAIL),
                    new MaskingSubject.OfClass(EntityClass.CREDENTIAL),
                    new MaskingSubject.OfColumn("Shop.Customers.*"),
                    new MaskingSubject.OfPattern("EMP \\d+")),
            new MaskingStrategy.Partial(4));

    @Test
    void aRuleIsWrittenInOneWayAndReadAgain() {
        assertThat(RULE.write())
                .containsExactly(
                        "id msk_" + "0".repeat(26),
                        "name Payroll. no",
                        "connection b",
                        "connection pg-*",
                        "tag env=prod",
                        "group staff",
                        "mask type email",
                        "mask class credential",
                        "mask column shop.customers.*",
                        "mask pattern EMP \\d+",
                        "strategy partial 4");
        assertThat(MaskingRule.read(RULE.write())).isEqualTo(RULE);
        for (var rule : DefaultMasking.rules()) {
            assertThat(MaskingRule.read(rule.write())).isEqualTo(rule);
        }
    }

    @Test
    void everyStrategyIsReadFromWhatItWrites() {
        for (var text :
                List.of("redact", "partial 4", "hash", "token valid", "token invalid", "null", "truncate 3", "show")) {
            assertThat(MaskingStrategy.of(text).text()).isEqualTo(text);
        }
        for (var text : List.of("", "partial x", "truncate 999", "partial 65", "erase")) {
            assertThatIllegalArgumentException().isThrownBy(() -> MaskingStrategy.of(text));
        }
    }

    @Test
    void whatIsNoRuleIsNotRead() {
        var lines = RULE.write();
        for (int i = 0; i < lines.size(); i++) {
            var doubled = new java.util.ArrayList<>(lines);
            doubled.add(lines.get(i));
            if (!lines.get(i).startsWith("mask ")) {
                assertThatIllegalArgumentException()
                        .as("%s twice", lines.get(i))
                        .isThrownBy(() -> MaskingRule.read(doubled));
            }
        }
        assertThatIllegalArgumentException().isThrownBy(() -> MaskingRule.read(lines.subList(1, lines.size())));
        assertThatIllegalArgumentException().isThrownBy(() -> MaskingRule.read(List.of("mask type nothing")));
        assertThatIllegalArgumentException().isThrownBy(() -> new MaskingSubject.OfPattern("a\nb"));
        assertThatIllegalArgumentException().isThrownBy(() -> new MaskingSubject.OfColumn("a.b.c.d"));
    }

    @Test
    void itSpeaksOfItsConnectionsTagsAndGroupsOnly() {
        assertThat(RULE.appliesTo("pg-demo", Map.of(), Set.of("staff"))).isTrue();
        assertThat(RULE.appliesTo("other", Map.of("env", "prod"), Set.of("staff")))
                .isTrue();
        assertThat(RULE.appliesTo("other", Map.of("env", "test"), Set.of("staff")))
                .isFalse();
        assertThat(RULE.appliesTo("pg-demo", Map.of(), Set.of("guests"))).isFalse();
        assertThat(DefaultMasking.rules().getFirst().appliesTo("any", Map.of(), Set.of()))
                .isTrue();
    }

    @Test
    void globsMatchAnyRun() {
        assertThat(Globs.matches("a*b*c", "axxbyyc")).isTrue();
        assertThat(Globs.matches("a*b*c", "ac")).isFalse();
        assertThat(Globs.matches("*", "")).isTrue();
        assertThat(Globs.matches("a*a", "a")).isFalse();
        assertThat(Globs.matches("abc", "abc")).isTrue();
    }
}
