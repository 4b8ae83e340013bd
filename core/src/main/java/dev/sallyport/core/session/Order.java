package dev.sallyport.core.session;

import dev.sallyport.core.connection.SignedDefinition;
import dev.sallyport.core.id.EdgeId;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.id.UserId;
import dev.sallyport.core.policy.SignedPolicy;
import dev.sallyport.core.recording.RecordingLevel;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What an edge tells an agent to open: the request of one admitted session, with the definition that the
/// control plane signed.
///
/// @param definition verified by the agent before anything else
/// @param environment what the client's `env` requests set, already narrowed to the accepted names; the agent
///     narrows again
/// @param deadline when the session ends at the latest; the agent enforces it alone
/// @param groups of the user, as the edge admitted them
/// @param policy of the tenant, verified by the agent; there is one with every session whose statements are judged
public record Order(
        SessionId session,
        TenantId tenant,
        EdgeId edge,
        UserId user,
        String email,
        SignedDefinition definition,
        SessionRequest request,
        Map<String, String> environment,
        RecordingLevel level,
        Instant deadline,
        Set<String> groups,
        Optional<SignedPolicy> policy) {

    public Order {
        environment = Map.copyOf(environment);
        groups = Set.copyOf(groups);
    }

    /// Without a policy: for a session that none speaks of.
    public Order(
            SessionId session,
            TenantId tenant,
            EdgeId edge,
            UserId user,
            String email,
            SignedDefinition definition,
            SessionRequest request,
            Map<String, String> environment,
            RecordingLevel level,
            Instant deadline) {
        this(
                session,
                tenant,
                edge,
                user,
                email,
                definition,
                request,
                environment,
                level,
                deadline,
                Set.of(),
                Optional.empty());
    }

    /// The same under a policy, by a user of these groups.
    public Order under(Optional<SignedPolicy> tenantsPolicy, Set<String> usersGroups) {
        return new Order(
                session,
                tenant,
                edge,
                user,
                email,
                definition,
                request,
                environment,
                level,
                deadline,
                usersGroups,
                tenantsPolicy);
    }
}
