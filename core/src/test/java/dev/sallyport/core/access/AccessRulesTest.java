package dev.sallyport.core.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.core.connection.ConnectionDefinition;
import dev.sallyport.core.connection.ConnectionName;
import dev.sallyport.core.connection.TargetSettings;
import dev.sallyport.core.id.AgentId;
import dev.sallyport.core.id.ConnectionId;
import dev.sallyport.core.id.RuleId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.id.UserId;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AccessRulesTest {

    private static final Clock CLOCK = Clock.systemUTC();
    private static final TenantId TENANT = TenantId.next(CLOCK);
    private static final Subject ALICE =
            new Subject(TENANT, UserId.next(CLOCK), "alice@example.com", Set.of("engineers"));

    private final ConnectionDefinition database = connection("prod-db", Map.of("env", "prod"));

    @Test
    void withoutARuleNobodyMayAnything() {
        assertThat(new AccessRules(List.of()).allow(ALICE, database, AccessMode.EXEC))
                .isFalse();
    }

    @Test
    void aRuleAllowsItsGroupsItsConnectionsAndItsModesOnly() {
        var rules =
                new AccessRules(List.of(rule(AccessRule.Effect.ALLOW, Set.of("engineers"), "prod-*", AccessMode.EXEC)));
        assertThat(rules.allow(ALICE, database, AccessMode.EXEC)).isTrue();
        assertThat(rules.allow(ALICE, database, AccessMode.CONNECT)).isFalse();
        assertThat(rules.allow(ALICE, connection("test-db", Map.of()), AccessMode.EXEC))
                .isFalse();
        var bob = new Subject(TENANT, UserId.next(CLOCK), "bob@example.com", Set.of("visitors"));
        assertThat(rules.allow(bob, database, AccessMode.EXEC)).isFalse();
    }

    @Test
    void whatDecidesIsWhatAllowsOrDenies() {
        var allow = rule(AccessRule.Effect.ALLOW, Set.of("engineers"), "*", AccessMode.EXEC);
        var more = rule(AccessRule.Effect.ALLOW, Set.of("engineers"), "prod-*", AccessMode.EXEC);
        var deny = rule(AccessRule.Effect.DENY, Set.of("engineers"), "prod-db", AccessMode.EXEC);
        var elsewhere = rule(AccessRule.Effect.DENY, Set.of("visitors"), "*", AccessMode.EXEC);
        for (var rules : List.of(
                List.<AccessRule>of(),
                List.of(elsewhere),
                List.of(allow, more),
                List.of(allow, deny, more, elsewhere))) {
            var all = new AccessRules(rules);
            for (var mode : AccessMode.values()) {
                var deciding = all.deciding(ALICE, database, mode);
                assertThat(all.allow(ALICE, database, mode))
                        .isEqualTo(!deciding.isEmpty() && deciding.getFirst().effect() == AccessRule.Effect.ALLOW);
            }
        }
        assertThat(new AccessRules(List.of(allow, deny, more)).deciding(ALICE, database, AccessMode.EXEC))
                .containsExactly(deny);
        assertThat(new AccessRules(List.of(allow, more)).deciding(ALICE, database, AccessMode.EXEC))
                .containsExactly(allow, more);
    }

    @Test
    void aDenialWinsWhateverTheOrder() {
        var allow = rule(AccessRule.Effect.ALLOW, Set.of("engineers"), "*", AccessMode.EXEC);
        var deny = rule(AccessRule.Effect.DENY, Set.of("engineers"), "prod-db", AccessMode.EXEC);
        assertThat(new AccessRules(List.of(allow, deny)).allow(ALICE, database, AccessMode.EXEC))
                .isFalse();
        assertThat(new AccessRules(List.of(deny, allow)).allow(ALICE, database, AccessMode.EXEC))
                .isFalse();
    }

    @Test
    void aRuleWithoutGroupsAndUsersSpeaksOfNobody() {
        var rules = new AccessRules(List.of(rule(AccessRule.Effect.ALLOW, Set.of(), "*", AccessMode.EXEC)));
        assertThat(rules.allow(ALICE, database, AccessMode.EXEC)).isFalse();
    }

    @Test
    void aTagCoversAConnectionThatHasIt() {
        var byTag = new AccessRule(
                RuleId.next(CLOCK),
                "prod",
                AccessRule.Effect.ALLOW,
                Set.of(),
                Set.of(ALICE.user()),
                Set.of(),
                Map.of("env", "prod"),
                Set.of(AccessMode.CONNECT),
                1);
        var rules = new AccessRules(List.of(byTag));
        assertThat(rules.allow(ALICE, database, AccessMode.CONNECT)).isTrue();
        assertThat(rules.allow(ALICE, connection("x", Map.of("env", "test")), AccessMode.CONNECT))
                .isFalse();
        assertThat(rules.allow(ALICE, connection("y", Map.of()), AccessMode.CONNECT))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "*, anything, true",
        "prod-*, prod-, true",
        "prod-*, prod, false",
        "*-db, prod-db, true",
        "*-db, prod-db2, false",
        "a*a, a, false",
        "a*a, aa, true",
        "a*b*c, abc, true",
        "a*b*c, acb, false",
        "a*b*c, aXbXbXc, true",
        "x, x, true",
        "x, xy, false",
        "*a*a*, aa, true",
        "*a*a*, a, false",
        "ab*ba, aba, false"
    })
    void globsMatch(String glob, String name, boolean expected) {
        assertThat(AccessRule.matches(glob, name)).isEqualTo(expected);
    }

    @Test
    void aGlobThatBacktracksElsewhereIsQuickHere() {
        var text = "a".repeat(60) + "b";
        assertThat(AccessRule.matches("*a".repeat(20) + "c", text)).isFalse();
    }

    @Test
    void aPatternOfOtherCharactersIsRefused() {
        assertThatThrownBy(() -> rule(AccessRule.Effect.ALLOW, Set.of("g"), "prod db", AccessMode.EXEC))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static AccessRule rule(AccessRule.Effect effect, Set<String> groups, String glob, AccessMode mode) {
        return new AccessRule(
                RuleId.next(CLOCK), "rule", effect, groups, Set.of(), Set.of(glob), Map.of(), Set.of(mode), 1);
    }

    private static ConnectionDefinition connection(String name, Map<String, String> tags) {
        return new ConnectionDefinition(
                TENANT,
                ConnectionId.next(CLOCK),
                new ConnectionName(name),
                1,
                AgentId.next(CLOCK),
                new TargetSettings.Tcp("db.internal", 5432),
                true,
                Optional.empty(),
                false,
                Duration.ofHours(1),
                Duration.ofHours(24),
                new TreeMap<>(tags),
                Set.of());
    }
}
