package dev.sallyport.edge.agents;

import dev.sallyport.core.id.AgentId;
import dev.sallyport.core.id.EdgeId;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import java.util.List;
import java.util.Optional;

/// What an edge knows of the others of its cell.
///
/// Blocking: called on virtual threads only. Whoever is told of here may be gone by the time it is dialled.
public interface Cell {

    /// Another edge, and the `HOST:PORT` at which this one reaches it.
    record Other(EdgeId edge, String address) {}

    /// The other edges at which an agent of the tenant is attached.
    List<Other> attached(TenantId tenant, AgentId agent);

    /// The other edge that holds a live session of the tenant.
    Optional<Other> holding(TenantId tenant, SessionId session);
}
