package dev.sallyport.edge.agents;

import dev.sallyport.core.agent.AgentToken;
import dev.sallyport.core.agent.BadAgentKey;
import dev.sallyport.core.audit.Actor;
import dev.sallyport.core.id.EdgeId;
import dev.sallyport.store.Store;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;

/// The [AgentDirectory] of the store.
///
/// A token counts when the store knows its hash for the agent that it names, and the tenant's key, as the store
/// has it, signed it.
public final class StoredAgents implements AgentDirectory {

    private final Store store;
    private final EdgeId edge;
    private final Clock clock;

    public StoredAgents(Store store, EdgeId edge, Clock clock) {
        this.store = store;
        this.edge = edge;
        this.clock = clock;
    }

    @Override
    public Optional<KnownAgent> authenticate(String token) {
        AgentToken parsed;
        try {
            parsed = AgentToken.parse(token);
        } catch (BadAgentKey e) {
            return Optional.empty();
        }
        return store.agents()
                .get(parsed.tenant(), parsed.agent())
                .filter(agent -> agent.accepts(AgentToken.hash(token), clock.instant()))
                .filter(agent -> store.tenants()
                        .get(parsed.tenant())
                        .filter(tenant -> parsed.signedBy(tenant.key()))
                        .isPresent())
                .map(agent -> new KnownAgent(agent.tenant(), agent.id(), agent.name()));
    }

    @Override
    public void attached(Attachment attachment) {
        store.attachments()
                .attached(new dev.sallyport.core.edge.Attachment(
                        attachment.agent().tenant(),
                        attachment.agent().agent(),
                        attachment.instance(),
                        edge,
                        attachment.version(),
                        attachment.host(),
                        attachment.address(),
                        attachment.sealingKey(),
                        attachment.capabilities(),
                        attachment.since()));
    }

    @Override
    public void detached(Attachment attachment) {
        store.attachments()
                .detached(attachment.agent().tenant(), attachment.agent().agent(), attachment.instance(), edge);
    }

    @Override
    public void noticed(KnownAgent agent, String text) {
        store.auditLog()
                .append(
                        agent.tenant(),
                        new Actor(agent.agent().value(), ""),
                        "agent.noticed",
                        agent.agent().value(),
                        Map.of("text", text));
    }
}
