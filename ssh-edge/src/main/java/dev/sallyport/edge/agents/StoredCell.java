package dev.sallyport.edge.agents;

import dev.sallyport.core.edge.Attachment;
import dev.sallyport.core.id.AgentId;
import dev.sallyport.core.id.EdgeId;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.store.Store;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// The [Cell] of the store: an attachment counts while its edge has a lease.
public final class StoredCell implements Cell {

    private final Store store;
    private final EdgeId edge;

    public StoredCell(Store store, EdgeId edge) {
        this.store = store;
        this.edge = edge;
    }

    @Override
    public List<Other> attached(TenantId tenant, AgentId agent) {
        var edges = store.attachments().of(tenant, agent).stream()
                .map(Attachment::edge)
                .collect(Collectors.toSet());
        edges.remove(edge);
        return edges.isEmpty() ? List.of() : reached(edges);
    }

    @Override
    public Optional<Other> holding(TenantId tenant, SessionId session) {
        return store.sessions()
                .get(tenant, session)
                .filter(row -> row.end().isEmpty() && !row.edge().equals(edge))
                .flatMap(row -> reached(Set.of(row.edge())).stream().findFirst());
    }

    private List<Other> reached(Set<EdgeId> edges) {
        return store.edges().registered().stream()
                .filter(other -> edges.contains(other.id()) && !other.address().isEmpty())
                .map(other -> new Other(other.id(), other.address()))
                .toList();
    }
}
