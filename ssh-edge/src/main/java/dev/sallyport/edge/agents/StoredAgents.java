package dev.sallyport.edge.agents;

import dev.sallyport.core.agent.AgentToken;
import dev.sallyport.core.agent.BadAgentKey;
import dev.sallyport.core.audit.Actor;
import dev.sallyport.core.id.AgentId;
import dev.sallyport.core.id.EdgeId;
import dev.sallyport.store.Store;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The [AgentDirectory] of the store.
///
/// A token counts when the store knows its hash for the agent that it names, and the tenant's key, as the store
/// has it, signed it.
public final class StoredAgents implements AgentDirectory {

    /// Most notices of one agent in a minute that go to the audit log; more are only logged.
    public static final int MOST_NOTICES = 30;

    /// Most agents whose notices are counted.
    private static final int MOST_COUNTED = 10_000;

    private static final Logger LOG = LoggerFactory.getLogger(StoredAgents.class);

    private final Store store;
    private final EdgeId edge;
    private final Clock clock;
    private final Map<AgentId, Integer> notices = new HashMap<>();
    private long minute;

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
        if (!counts(agent.agent())) {
            LOG.warn(
                    "agent {} says more than {} things a minute; this is not in the audit log",
                    agent.agent(),
                    MOST_NOTICES);
            return;
        }
        store.auditLog()
                .append(
                        agent.tenant(),
                        new Actor(agent.agent().value(), ""),
                        "agent.noticed",
                        agent.agent().value(),
                        Map.of("text", text));
    }

    private synchronized boolean counts(AgentId agent) {
        long now = clock.instant().getEpochSecond() / 60;
        if (now != minute || notices.size() > MOST_COUNTED) {
            minute = now;
            notices.clear();
        }
        return notices.merge(agent, 1, Integer::sum) <= MOST_NOTICES;
    }
}
