package dev.sallyport.core.edge;

import dev.sallyport.core.id.AgentId;
import dev.sallyport.core.id.AgentInstanceId;
import dev.sallyport.core.id.EdgeId;
import dev.sallyport.core.id.TenantId;
import java.time.Instant;
import java.util.Set;

/// One instance of an agent on one edge. It counts while the edge's lease does.
///
/// @param capabilities what the agent said that it can do
public record Attachment(
        TenantId tenant,
        AgentId agent,
        AgentInstanceId instance,
        EdgeId edge,
        String address,
        Set<String> capabilities,
        Instant since) {
    public Attachment {
        capabilities = Set.copyOf(capabilities);
    }
}
