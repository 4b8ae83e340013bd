package dev.sallyport.store;

import dev.sallyport.core.edge.Attachment;
import dev.sallyport.core.id.AgentId;
import dev.sallyport.core.id.AgentInstanceId;
import dev.sallyport.core.id.EdgeId;
import dev.sallyport.core.id.TenantId;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Which instance of which agent is attached to which edge, and what the agent said when it was last there.
public final class Attachments {

    private static final String ATTACHMENT = "ATTACHMENT#";
    private static final String SEEN = "SEEN";

    private final Tables tables;
    private final Edges edges;

    Attachments(Tables tables, Edges edges) {
        this.tables = tables;
        this.edges = edges;
    }

    /// When an agent was last heard of, and what it was then.
    public record Seen(Instant at, String version, String host, Optional<String> sealingKey, Set<String> capabilities) {
        public Seen {
            capabilities = Set.copyOf(capabilities);
        }
    }

    /// Notes an attachment. Doing so again replaces it.
    public void attached(Attachment attachment) {
        tables.put(
                Table.LIVE,
                Item.of(
                                partition(attachment.tenant(), attachment.agent()),
                                sort(attachment.instance(), attachment.edge()))
                        .text("instance", attachment.instance().value())
                        .text("edge", attachment.edge().value())
                        .text("version", attachment.version())
                        .text("host", attachment.host())
                        .text("address", attachment.address())
                        .text("sealingKey", attachment.sealingKey())
                        .texts("capabilities", attachment.capabilities())
                        .time("since", attachment.since()),
                Condition.none());
        tables.put(
                Table.LIVE,
                Item.of(partition(attachment.tenant(), attachment.agent()), SEEN)
                        .time("at", tables.clock().instant())
                        .text("version", attachment.version())
                        .text("host", attachment.host())
                        .text("sealingKey", attachment.sealingKey())
                        .texts("capabilities", attachment.capabilities()),
                Condition.none());
    }

    public void detached(TenantId tenant, AgentId agent, AgentInstanceId instance, EdgeId edge) {
        tables.delete(Table.LIVE, partition(tenant, agent), sort(instance, edge), Condition.none());
    }

    /// Where the agent is attached: on edges that have a lease. What forgotten edges left is removed on the
    /// way.
    public List<Attachment> of(TenantId tenant, AgentId agent) {
        var rows = tables.list(Table.LIVE, partition(tenant, agent), ATTACHMENT);
        if (rows.isEmpty()) {
            return List.of();
        }
        var beats = edges.beats();
        var found = rows.stream().map(item -> read(tenant, agent, item)).toList();
        for (var attachment : found) {
            if (!beats.containsKey(attachment.edge())) {
                detached(tenant, agent, attachment.instance(), attachment.edge());
            }
        }
        return found.stream()
                .filter(attachment -> beats.getOrDefault(attachment.edge(), Edges.NO_LEASE) >= 0)
                .toList();
    }

    /// Empty when the agent was never attached.
    public Optional<Seen> lastSeen(TenantId tenant, AgentId agent) {
        return tables.get(Table.LIVE, partition(tenant, agent), SEEN)
                .map(item -> new Seen(
                        item.time("at"),
                        item.text("version"),
                        item.text("host"),
                        item.optionalText("sealingKey"),
                        new HashSet<>(item.texts("capabilities"))));
    }

    private static Attachment read(TenantId tenant, AgentId agent, Item item) {
        return new Attachment(
                tenant,
                agent,
                new AgentInstanceId(item.text("instance")),
                new EdgeId(item.text("edge")),
                item.text("version"),
                item.text("host"),
                item.text("address"),
                item.optionalText("sealingKey"),
                new HashSet<>(item.texts("capabilities")),
                item.time("since"));
    }

    private static String partition(TenantId tenant, AgentId agent) {
        return Keys.tenant(tenant) + "#AGENT#" + agent.value();
    }

    private static String sort(AgentInstanceId instance, EdgeId edge) {
        return ATTACHMENT + instance.value() + "#" + edge.value();
    }
}
