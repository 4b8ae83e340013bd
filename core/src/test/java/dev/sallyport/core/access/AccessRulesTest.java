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
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.Collections;
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

    private static final Circumstances NOW = new Circumstances(Instant.parse("2026-11-23T10:00:00Z"), "192.0.2.7");

    private final ConnectionDefinition database = connection("prod-db", Map.of("env", "prod"));

    @Test
    void withoutARuleNobodyMayAnything() {
        assertThat(new AccessRules(List.of()).allow(ALICE, database, AccessMode.EXEC, NOW))
                .isFalse();
    }

    @Test
    void aRuleAllowsItsGroupsItsConnectionsAndItsModesOnly() {
        var rules =
                new AccessRules(List.of(rule(AccessRule.Effect.ALLOW, Set.of("engineers"), "prod-*", AccessMode.EXEC)));
        assertThat(rules.allow(ALICE, database, AccessMode.EXEC, NOW)).isTrue();
        assertThat(rules.allow(ALICE, database, AccessMode.CONNECT, NOW)).isFalse();
        assertThat(rules.allow(ALICE, connection("test-db", Map.of()), AccessMode.EXEC, NOW))
                .isFalse();
        var bob = new Subject(TENANT, UserId.next(CLOCK), "bob@example.com", Set.of("visitors"));
        assertThat(rules.allow(bob, database, AccessMode.EXEC, NOW)).isFalse();
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
                var deciding = all.deciding(ALICE, database, mode, NOW);
                assertThat(all.allow(ALICE, database, mode, NOW))
                        .isEqualTo(!deciding.isEmpty() && deciding.getFirst().effect() == AccessRule.Effect.ALLOW);
            }
        }
        assertThat(new AccessRules(List.of(allow, deny, more)).deciding(ALICE, database, AccessMode.EXEC, NOW))
                .containsExactly(deny);
        assertThat(new AccessRules(List.of(allow, more)).deciding(ALICE, database, AccessMode.EXEC, NOW))
                .containsExactly(allow, more);
    }

    @Test
    void aDenialWinsWhateverTheOrder() {
        var allow = rule(AccessRule.Effect.ALLOW, Set.of("engineers"), "*", AccessMode.EXEC);
        var deny = rule(AccessRule.Effect.DENY, Set.of("engineers"), "prod-db", AccessMode.EXEC);
        assertThat(new AccessRules(List.of(allow, deny)).allow(ALICE, database, AccessMode.EXEC, NOW))
                .isFalse();
        assertThat(new AccessRules(List.of(deny, allow)).allow(ALICE, database, AccessMode.EXEC, NOW))
                .isFalse();
    }

    @Test
    void aRuleWithoutGroupsAndUsersSpeaksOfNobody() {
        var rules = new AccessRules(List.of(rule(AccessRule.Effect.ALLOW, Set.of(), "*", AccessMode.EXEC)));
        assertThat(rules.allow(ALICE, database, AccessMode.EXEC, NOW)).isFalse();
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
        assertThat(rules.allow(ALICE, database, AccessMode.CONNECT, NOW)).isTrue();
        assertThat(rules.allow(ALICE, connection("x", Map.of("env", "test")), AccessMode.CONNECT, NOW))
                .isFalse();
        assertThat(rules.allow(ALICE, connection("y", Map.of()), AccessMode.CONNECT, NOW))
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

    @Test
    void aPermissionCountsInItsWindowsAndFromItsNetworksOnly() {
        var allow = under(AccessRule.Effect.ALLOW, List.of("192.0.2.0/24", "2001:db8::/32"), List.of(MORNING));
        var rules = new AccessRules(List.of(allow));
        assertThat(may(rules, "2026-11-23T10:00:00Z", "192.0.2.7")).isTrue();
        assertThat(may(rules, "2026-11-23T10:00:00Z", "2001:db8::7")).isTrue();
        assertThat(may(rules, "2026-11-23T10:00:00Z", "192.0.3.7")).isFalse();
        assertThat(may(rules, "2026-11-23T10:00:00Z", "")).isFalse();
        assertThat(may(rules, "2026-11-23T10:00:00Z", "nonsense")).isFalse();
        assertThat(may(rules, "2026-11-23T12:00:00Z", "192.0.2.7")).isFalse();
        var evening = new Circumstances(Instant.parse("2026-11-23T20:00:00Z"), "192.0.2.7");
        assertThat(rules.deciding(ALICE, database, AccessMode.EXEC, evening)).isEmpty();
        assertThat(rules.resting(ALICE, database, AccessMode.EXEC, evening)).containsExactly(allow);
    }

    /// Where it is not known from where somebody asks, a denial for some networks counts.
    @Test
    void aDenialCountsInItsWindowsAndFromItsNetworksOnly() {
        var allow = rule(AccessRule.Effect.ALLOW, Set.of("engineers"), "*", AccessMode.EXEC);
        var deny = under(AccessRule.Effect.DENY, List.of("198.51.100.0/24"), List.of(MORNING));
        var rules = new AccessRules(List.of(allow, deny));
        assertThat(may(rules, "2026-11-23T10:00:00Z", "192.0.2.7")).isTrue();
        assertThat(may(rules, "2026-11-23T10:00:00Z", "198.51.100.9")).isFalse();
        assertThat(may(rules, "2026-11-23T10:00:00Z", "")).isFalse();
        assertThat(may(rules, "2026-11-23T13:00:00Z", "198.51.100.9")).isTrue();
        assertThat(rules.changes(ALICE, database, AccessMode.EXEC, Instant.parse("2026-11-23T10:00:00Z")))
                .contains(Instant.parse("2026-11-23T12:00:00Z"));
        assertThat(rules.changes(ALICE, database, AccessMode.CONNECT, Instant.parse("2026-11-23T10:00:00Z")))
                .isEmpty();
    }

    @Test
    void conditionsHaveBounds() {
        assertThatThrownBy(() -> new Conditions(Collections.nCopies(65, "192.0.2.0/24"), List.of()))
                .hasMessageContaining("64 networks");
        assertThatThrownBy(() -> new Conditions(List.of(), Collections.nCopies(17, MORNING)))
                .hasMessageContaining("16 time windows");
    }

    private static final TimeWindow MORNING =
            new TimeWindow(TimeWindow.everyDay(), LocalTime.of(8, 0), LocalTime.of(12, 0), ZoneOffset.UTC);

    private boolean may(AccessRules rules, String at, String source) {
        return rules.allow(ALICE, database, AccessMode.EXEC, new Circumstances(Instant.parse(at), source));
    }

    private static AccessRule under(AccessRule.Effect effect, List<String> networks, List<TimeWindow> windows) {
        return new AccessRule(
                RuleId.next(CLOCK),
                "under conditions",
                effect,
                Set.of("engineers"),
                Set.of(),
                Set.of("*"),
                Map.of(),
                Set.of(AccessMode.EXEC),
                new Conditions(networks, windows),
                1);
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
