package dev.sallyport.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.access.AccessRule;
import dev.sallyport.core.connection.SignedDefinition;
import dev.sallyport.core.revocation.Revocation;
import dev.sallyport.core.user.User;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/// Promise P5, attack classes 27 and 35: two tenants with the same names of everything, and the ids of one used in
/// the name of the other.
class IsolationTest {

    private final Store store = LocalDynamo.store();
    private final ExampleTenant ours = new ExampleTenant(store, "ours");
    private final ExampleTenant theirs = new ExampleTenant(store, "theirs");

    @Test
    void theSameNamesMeanEachTenantsOwn() {
        for (var tenant : List.of(ours, theirs)) {
            assertThat(store.users().byEmail(tenant.id(), "alice@example.com")).contains(tenant.alice());
            assertThat(store.users().bySubject(tenant.id(), "subject-alice")).contains(tenant.alice());
            assertThat(store.agents().byName(tenant.id(), "first")).contains(tenant.agent());
            assertThat(store.connections()
                            .byName(tenant.id(), tenant.bash().name())
                            .orElseThrow()
                            .definition())
                    .isEqualTo(tenant.bash());
            assertThat(store.trustedCas().list(tenant.id())).containsExactly(tenant.ca());
            assertThat(store.policies()
                            .policy(tenant.id())
                            .orElseThrow()
                            .connections()
                            .values())
                    .extracting(stored -> stored.definition().id())
                    .containsExactly(tenant.bash().id());
        }
    }

    @Test
    void idsOfAnotherTenantAreNotThere() {
        var reads = List.<Supplier<Optional<?>>>of(
                () -> store.users().get(ours.id(), theirs.alice().id()),
                () -> store.agents().get(ours.id(), theirs.agent().id()),
                () -> store.connections().get(ours.id(), theirs.bash().id()),
                () -> store.rules()
                        .get(
                                ours.id(),
                                store.rules().list(theirs.id()).getFirst().id()));

        assertThat(reads).allSatisfy(read -> assertThat(read.get()).isEmpty());
    }

    @Test
    void whatIsWrittenWithIdsOfAnotherTenantChangesNothingThere() {
        long epoch = store.tenants().get(theirs.id()).orElseThrow().epoch();
        var theirRule = store.rules().list(theirs.id()).getFirst();
        var alice = theirs.alice();
        var asOurs = new User(
                ours.id(),
                alice.id(),
                "mallory@example.com",
                Optional.empty(),
                "mallory",
                alice.groups(),
                User.Status.ACTIVE,
                alice.version());

        var writes = List.<Written<?>>of(
                store.users().update(ExampleTenant.ADMIN, asOurs),
                store.users().delete(ExampleTenant.ADMIN, ours.id(), alice.id()),
                store.rules().update(ExampleTenant.ADMIN, ours.id(), theirRule),
                store.rules().delete(ExampleTenant.ADMIN, ours.id(), theirRule.id()),
                store.agents()
                        .delete(ExampleTenant.ADMIN, ours.id(), theirs.agent().id()),
                store.agents()
                        .revokeTokens(
                                ExampleTenant.ADMIN, ours.id(), theirs.agent().id()),
                store.connections()
                        .delete(ExampleTenant.ADMIN, ours.id(), theirs.bash().id()),
                store.connections()
                        .update(
                                ExampleTenant.ADMIN,
                                SignedDefinition.sign(
                                        ours.definition(theirs.bash().id(), "bash", 2), ours.signer())),
                store.trustedCas()
                        .delete(ExampleTenant.ADMIN, ours.id(), theirs.ca().fingerprint()),
                store.trustedCas().trust(ExampleTenant.ADMIN, stolen()),
                store.rules()
                        .create(
                                ExampleTenant.ADMIN,
                                ours.id(),
                                new AccessRule(
                                        dev.sallyport.core.id.RuleId.next(java.time.Clock.systemUTC()),
                                        "x",
                                        AccessRule.Effect.ALLOW,
                                        java.util.Set.of(),
                                        java.util.Set.of(alice.id()),
                                        java.util.Set.of("*"),
                                        java.util.Map.of(),
                                        java.util.Set.of(),
                                        1)));

        assertThat(writes).allSatisfy(written -> assertThat(written).isInstanceOf(Written.Refused.class));
        assertThat(store.tenants().get(theirs.id()).orElseThrow().epoch()).isEqualTo(epoch);
        assertThat(store.users().get(theirs.id(), alice.id())).contains(alice);
        assertThat(store.rules().list(theirs.id())).containsExactly(theirRule);
        assertThat(store.trustedCas().all()).contains(theirs.ca()).hasSize(2);
    }

    @Test
    void aRevocationCountsForItsTenantOnly() {
        store.revocations()
                .revoke(
                        ExampleTenant.ADMIN,
                        new Revocation(
                                ours.id(),
                                new Revocation.Ca(theirs.ca().fingerprint()),
                                "",
                                Instant.now(),
                                Optional.empty()))
                .orThrow();

        assertThat(store.revocations().list(theirs.id())).isEmpty();
        assertThat(store.trustedCas().list(theirs.id())).containsExactly(theirs.ca());
    }

    private dev.sallyport.core.certificate.TrustedCa stolen() {
        return new dev.sallyport.core.certificate.TrustedCa(
                ours.id(),
                theirs.ca().fingerprint(),
                theirs.ca().publicKey(),
                theirs.ca().from(),
                theirs.ca().to());
    }
}
