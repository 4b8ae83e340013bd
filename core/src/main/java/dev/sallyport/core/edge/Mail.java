package dev.sallyport.core.edge;

import dev.sallyport.core.id.AgentId;
import dev.sallyport.core.id.ReviewId;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.id.TestId;

/// What an edge is told through its mailbox. Acting on it twice is the same as once.
public sealed interface Mail {

    TenantId tenant();

    /// The tenant's configuration has changed: every live session of it is judged again.
    record ConfigChanged(TenantId tenant) implements Mail {}

    /// A session must end.
    ///
    /// @param by who wants it
    record KillSession(TenantId tenant, SessionId session, String by) implements Mail {}

    /// An agent's tokens were revoked, or it was disabled or deleted: whoever of its instances does not show a
    /// token that counts is detached.
    record AgentRevoked(TenantId tenant, AgentId agent) implements Mail {}

    /// A connection is to be tested by way of an agent that is attached to this edge. The test's row says which.
    record TestConnection(TenantId tenant, TestId test) implements Mail {}

    /// A review of a statement that a session of this edge holds was decided. The review's row says how.
    record ReviewDecided(TenantId tenant, SessionId session, ReviewId review) implements Mail {}
}
