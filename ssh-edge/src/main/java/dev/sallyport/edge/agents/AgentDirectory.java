package dev.sallyport.edge.agents;

import dev.sallyport.core.id.AgentId;
import dev.sallyport.core.id.AgentInstanceId;
import dev.sallyport.core.id.TenantId;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/// Knows which tokens are whose, and is told which agents are attached here.
///
/// Blocking: called on virtual threads only. A call that throws has let nobody in: the agent is told to come
/// back later.
public interface AgentDirectory {

    /// An agent whose token holds.
    record KnownAgent(TenantId tenant, AgentId agent, String name) {}

    /// One running process of an agent, attached to this edge.
    ///
    /// @param sealingKey its X25519 public key (base64 of the X.509 form), when it has one
    /// @param address where it dials from, for people
    record Attachment(
            KnownAgent agent,
            AgentInstanceId instance,
            String version,
            String host,
            Set<String> capabilities,
            Optional<String> sealingKey,
            String address,
            Instant since) {

        public Attachment {
            capabilities = Set.copyOf(capabilities);
        }
    }

    /// Whose token this is; empty when it is nobody's, revoked, or not signed by its tenant's key. Asked when
    /// an agent attaches, and again every minute while it is attached.
    Optional<KnownAgent> authenticate(String token);

    /// The instance is attached. May be called again for one that is.
    void attached(Attachment attachment);

    /// The instance is gone from this edge.
    void detached(Attachment attachment);

    /// Something that an agent wants its operators to know, such as an order that it refused; at most 1,000
    /// characters, without control characters.
    void noticed(KnownAgent agent, String text);
}
