package dev.sallyport.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StoreTest {

    private final Store store = LocalDynamo.store();

    @Test
    void aTenantIsMadeWholeAndReadBack() {
        var acme = new ExampleTenant(store, "acme");

        assertThat(store.users().byEmail(acme.id(), "alice@example.com")).contains(acme.alice());
        assertThat(store.users().bySubject(acme.id(), "subject-bob")).contains(acme.bob());
        assertThat(store.connections()
                        .byName(acme.id(), acme.bash().name())
                        .orElseThrow()
                        .definition())
                .isEqualTo(acme.bash());
        assertThat(store.trustedCas().all()).containsExactly(acme.ca());
        assertThat(store.tenants().bySlug("acme").orElseThrow().epoch()).isEqualTo(8);
        assertThat(store.policies().policy(acme.id()).orElseThrow().connections())
                .containsOnlyKeys(acme.bash().name());
        assertThat(store.auditLog()
                        .list(acme.id(), Instant.EPOCH, Instant.now().plusSeconds(60), Optional.empty(), 100)
                        .items())
                .extracting(entry -> entry.action())
                .containsExactlyInAnyOrder(
                        "tenant.created",
                        "group.created",
                        "user.created",
                        "user.created",
                        "agent.created",
                        "sshserver.applied",
                        "connection.created",
                        "accessrule.created");
    }
}
