package dev.sallyport.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.access.AccessRule;
import dev.sallyport.core.agent.Agent;
import dev.sallyport.core.apikey.ApiKey;
import dev.sallyport.core.connection.SignedDefinition;
import dev.sallyport.core.id.AgentId;
import dev.sallyport.core.id.ConnectionId;
import dev.sallyport.core.id.KeyId;
import dev.sallyport.core.id.RuleId;
import dev.sallyport.core.id.UserId;
import dev.sallyport.core.recording.Retention;
import dev.sallyport.core.tenant.Quotas;
import dev.sallyport.core.tenant.Quotas.Noun;
import dev.sallyport.core.tenant.TenantSettings;
import dev.sallyport.core.user.User;
import dev.sallyport.store.Written.Reason;
import java.time.Clock;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

class SettingsTest {

    private final Clock clock = Clock.systemUTC();
    private final Store store = LocalDynamo.store(clock);
    private final ExampleTenant acme = new ExampleTenant(store, "acme");
    private final ExampleTenant other = new ExampleTenant(store, "other");

    @Test
    void aTenantOfWhichNothingWasDecidedHasTheDefaults() {
        assertThat(store.settings().get(acme.id())).isEqualTo(TenantSettings.DEFAULT);
        assertThat(store.settings().quotas(acme.id())).isEqualTo(Quotas.NONE);
        assertThat(store.policies().policy(acme.id()).orElseThrow().quotas()).isEqualTo(Quotas.NONE);
    }

    @Test
    void settingsAreReplacedAsTheyWereRead() {
        var thirty = new TenantSettings(Optional.of(new Retention(30)), 0);
        var first =
                store.settings().update(ExampleTenant.ADMIN, acme.id(), thirty).orThrow();
        assertThat(store.settings().get(acme.id())).isEqualTo(first);
        assertThat(store.settings().get(other.id())).isEqualTo(TenantSettings.DEFAULT);
        assertThat(store.settings().update(ExampleTenant.ADMIN, acme.id(), thirty))
                .isInstanceOf(Written.Refused.class);

        store.settings()
                .update(ExampleTenant.ADMIN, acme.id(), new TenantSettings(Optional.empty(), first.version()))
                .orThrow();
        assertThat(store.settings().get(acme.id()).recordingRetention()).isEmpty();
    }

    @Test
    void quotasOfEveryNounStopTheNextOneAndTakeNothingAway() {
        quotas(Map.of(
                Noun.USERS, 2, Noun.AGENTS, 1, Noun.CONNECTIONS, 1, Noun.RULES, 0, Noun.KEYS, 0, Noun.SESSIONS, 7));

        assertThat(List.of(user("carol"), agent(), connection(), rule(), key())).containsOnly(Reason.LIMIT);
        assertThat(store.users().get(acme.id(), acme.bob().id())).isPresent();
        assertThat(store.users().update(ExampleTenant.ADMIN, acme.alice()))
                .as("what is there may change")
                .isInstanceOf(Written.Done.class);
        assertThat(store.policies().policy(acme.id()).orElseThrow().quotas().of(Noun.SESSIONS))
                .contains(7);

        store.users().delete(ExampleTenant.ADMIN, acme.bob()).orThrow();
        assertThat(user("carol")).as("there is room for one").isEqualTo(Reason.ABSENT);
        assertThat(user("dave")).isEqualTo(Reason.LIMIT);
        assertThat(other.user("carol", Set.of()).email()).isEqualTo("carol@example.com");
    }

    @Test
    void atOnceNoMoreAreMadeThanTheQuotaSays() throws Exception {
        quotas(Map.of(Noun.USERS, 4));
        var makers = new ArrayList<Callable<Boolean>>();
        for (int i = 0; i < 6; i++) {
            var name = "user-" + i;
            makers.add(() -> user(name) == Reason.ABSENT);
        }
        var made = AtOnce.run(makers);
        assertThat(store.users().list(acme.id(), Optional.empty(), 50).items())
                .hasSize(2 + (int) made.stream().filter(done -> done).count())
                .hasSizeBetween(3, 4);
    }

    private void quotas(Map<Noun, Integer> most) {
        store.settings()
                .setQuotas(ExampleTenant.ADMIN, acme.id(), new Quotas(new EnumMap<>(most), 0))
                .orThrow();
    }

    /// Why it was refused; `ABSENT` where it was not.
    private static Reason refusal(Written<?> written) {
        return written instanceof Written.Refused<?>(var reason, var _) ? reason : Reason.ABSENT;
    }

    private Reason user(String name) {
        return refusal(store.users()
                .create(
                        ExampleTenant.ADMIN,
                        new User(
                                acme.id(),
                                UserId.next(clock),
                                name + "@example.com",
                                Optional.empty(),
                                name,
                                Set.of(),
                                User.Status.ACTIVE,
                                1)));
    }

    private Reason agent() {
        return refusal(store.agents()
                .create(
                        ExampleTenant.ADMIN,
                        new Agent(
                                acme.id(),
                                AgentId.next(clock),
                                "second",
                                List.of(),
                                Optional.empty(),
                                Optional.empty(),
                                false,
                                1)));
    }

    private Reason connection() {
        return refusal(store.connections()
                .create(
                        ExampleTenant.ADMIN,
                        SignedDefinition.sign(acme.definition(ConnectionId.next(clock), "another", 1), acme.signer())));
    }

    private Reason rule() {
        return refusal(store.rules()
                .create(
                        ExampleTenant.ADMIN,
                        acme.id(),
                        new AccessRule(
                                RuleId.next(clock),
                                "one more",
                                AccessRule.Effect.ALLOW,
                                Set.of("engineers"),
                                Set.of(),
                                Set.of("*"),
                                Map.of(),
                                Set.of(dev.sallyport.core.access.AccessMode.CONNECT),
                                1)));
    }

    private Reason key() {
        return refusal(store.apiKeys()
                .create(
                        ExampleTenant.ADMIN,
                        new ApiKey(
                                acme.id(),
                                KeyId.next(clock),
                                "ci",
                                Optional.empty(),
                                ApiKey.Role.ADMIN,
                                clock.instant(),
                                Optional.empty(),
                                Optional.empty(),
                                List.of()),
                        ExampleTenant.sha256("key")));
    }
}
