package dev.sallyport.core.edge;

import dev.sallyport.core.id.AgentId;
import dev.sallyport.core.id.AgentInstanceId;
import dev.sallyport.core.id.EdgeId;
import dev.sallyport.core.id.TenantId;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/// One instance of an agent on one edge. It counts while the edge's lease does.
///
/// @param version of the agent's program
/// @param host name of the machine that it runs on
/// @param address where it dials from, for people
/// @param sealingKey its X25519 public key (base64 of the X.509 form), when it has one
/// @param capabilities what the agent said that it can do
public record Attachment(
        TenantId tenant,
        AgentId agent,
        AgentInstanceId instance,
        EdgeId edge,
        String version,
        String host,
        String address,
        Optional<String> sealingKey,
        Set<String> capabilities,
        Instant since) {
    public Attachment {
        capabilities = Set.copyOf(capabilities);
    }
}
