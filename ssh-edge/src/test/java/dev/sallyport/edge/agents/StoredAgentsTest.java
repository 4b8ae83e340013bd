package dev.sallyport.edge.agents;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.agent.Agent;
import dev.sallyport.core.agent.Agent.TokenHash;
import dev.sallyport.core.agent.AgentToken;
import dev.sallyport.core.audit.AuditEntry;
import dev.sallyport.core.edge.EdgeAddress;
import dev.sallyport.core.id.AgentId;
import dev.sallyport.core.id.AgentInstanceId;
import dev.sallyport.core.id.EdgeId;
import dev.sallyport.edge.agents.AgentDirectory.Attachment;
import dev.sallyport.edge.agents.AgentDirectory.KnownAgent;
import dev.sallyport.store.ExampleTenant;
import dev.sallyport.store.LocalDynamo;
import dev.sallyport.store.MutableClock;
import dev.sallyport.store.Store;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Promise P8, attack classes 37 and 38: whose token a token is.
class StoredAgentsTest {

    private final MutableClock clock = new MutableClock(Instant.parse("2026-11-22T10:00:00Z"));
    private final Store store = LocalDynamo.store(clock);
    private final ExampleTenant acme = new ExampleTenant(store, "acme");
    private final EdgeId edge = EdgeId.next(clock);
    private final StoredAgents agents = new StoredAgents(store, edge, clock);
    private final AgentId id = AgentId.next(clock);
    private final AgentToken token = AgentToken.issue(acme.signer(), acme.id(), id, "second");

    StoredAgentsTest() {
        store.agents()
                .create(
                        ExampleTenant.ADMIN,
                        new Agent(
                                acme.id(),
                                id,
                                "second",
                                List.of(new TokenHash(token.hash(), Optional.empty())),
                                Optional.empty(),
                                Optional.empty(),
                                false,
                                1))
                .orThrow();
    }

    @Test
    void aTokenThatIsKnownIsItsAgents() {
        assertThat(agents.authenticate(token.text())).contains(new KnownAgent(acme.id(), id, "second"));
    }

    @Test
    void aTokenThatWasNeverStoredIsNobodys() {
        assertThat(agents.authenticate(
                        AgentToken.issue(acme.signer(), acme.id(), id, "second").text()))
                .isEmpty();
    }

    @Test
    void aTokenThatAnotherTenantsKeySignedIsNobodys() {
        var other = new ExampleTenant(store, "other");
        var forged = AgentToken.issue(other.signer(), acme.id(), id, "second");
        // even if its hash got into the store
        store.agents().rotate(ExampleTenant.ADMIN, acme.id(), id, forged.hash()).orThrow();

        assertThat(agents.authenticate(forged.text())).isEmpty();
        assertThat(agents.authenticate(token.text()))
                .as("the one before counts for an hour")
                .isPresent();
        clock.advance(Duration.ofHours(1));
        assertThat(agents.authenticate(token.text())).isEmpty();
    }

    @Test
    void aRevokedOrDisabledAgentIsNobody() {
        store.agents().setDisabled(ExampleTenant.ADMIN, acme.id(), id, true).orThrow();
        assertThat(agents.authenticate(token.text())).isEmpty();
        store.agents().setDisabled(ExampleTenant.ADMIN, acme.id(), id, false).orThrow();
        assertThat(agents.authenticate(token.text())).isPresent();

        store.agents().revokeTokens(ExampleTenant.ADMIN, acme.id(), id).orThrow();
        assertThat(agents.authenticate(token.text())).isEmpty();
    }

    @Test
    void aTokenCutAnywhereOrChangedAnywhereIsNobodys() {
        var text = token.text();
        for (int i = 0; i < text.length(); i++) {
            assertThat(agents.authenticate(text.substring(0, i))).isEmpty();
            var other = text.charAt(i) == 'A' ? 'B' : 'A';
            assertThat(agents.authenticate(text.substring(0, i) + other + text.substring(i + 1)))
                    .as("changed at %d", i)
                    .isEmpty();
        }
        assertThat(agents.authenticate("\u0000")).isEmpty();
    }

    @Test
    void attachmentsAreThoseOfEdgesThatAreRegistered() {
        store.edges().register(new EdgeAddress(edge, "", clock.instant()));
        var known = new KnownAgent(acme.id(), id, "second");
        var first = attachment(known);
        var second = attachment(known);

        agents.attached(first);
        agents.attached(first);
        agents.attached(second);
        assertThat(store.attachments().of(acme.id(), id))
                .extracting(dev.sallyport.core.edge.Attachment::instance)
                .containsExactlyInAnyOrder(first.instance(), second.instance());

        agents.detached(first);
        assertThat(store.attachments().of(acme.id(), id)).hasSize(1);
        assertThat(store.attachments().lastSeen(acme.id(), id).orElseThrow().host())
                .isEqualTo("host");

        store.edges().forget(edge);
        assertThat(store.attachments().of(acme.id(), id)).isEmpty();
    }

    @Test
    void whatAnAgentSaysGoesToTheAuditLogWithinABound() {
        var known = new KnownAgent(acme.id(), id, "second");
        for (int i = 0; i < StoredAgents.MOST_NOTICES + 5; i++) {
            agents.noticed(known, "refused an order");
        }
        assertThat(notices()).isEqualTo(StoredAgents.MOST_NOTICES);

        clock.advance(Duration.ofMinutes(1));
        agents.noticed(known, "refused an order");
        assertThat(notices()).isEqualTo(StoredAgents.MOST_NOTICES + 1);
    }

    private long notices() {
        return store
                .auditLog()
                .list(acme.id(), Instant.EPOCH, clock.instant().plusSeconds(60), Optional.empty(), 500)
                .items()
                .stream()
                .map(AuditEntry::action)
                .filter("agent.noticed"::equals)
                .count();
    }

    private Attachment attachment(KnownAgent agent) {
        return new Attachment(
                agent,
                AgentInstanceId.next(clock),
                "0.1.0",
                "host",
                Set.of("custom", "tcp"),
                Optional.empty(),
                "192.0.2.4:5000",
                clock.instant());
    }
}
