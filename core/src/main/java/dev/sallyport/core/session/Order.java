package dev.sallyport.core.session;

import dev.sallyport.core.connection.SignedDefinition;
import dev.sallyport.core.id.EdgeId;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.id.UserId;
import dev.sallyport.core.recording.RecordingLevel;
import java.time.Instant;
import java.util.Map;

/// What an edge tells an agent to open: the request of one admitted session, with the definition that the
/// control plane signed.
///
/// @param definition verified by the agent before anything else
/// @param environment what the client's `env` requests set, already narrowed to the accepted names; the agent
///     narrows again
/// @param deadline when the session ends at the latest; the agent enforces it alone
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
        Instant deadline) {

    public Order {
        environment = Map.copyOf(environment);
    }
}
