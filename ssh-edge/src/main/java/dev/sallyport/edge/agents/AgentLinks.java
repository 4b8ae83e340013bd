package dev.sallyport.edge.agents;

import dev.sallyport.core.id.AgentId;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.link.SessionLink;
import dev.sallyport.core.session.Order;
import java.util.Set;

/// The agents that are attached to this edge.
public interface AgentLinks {

    /// What came of starting a session.
    sealed interface Start {

        /// The order is on its way to the agent.
        record Started(SessionLink link) implements Start {}

        /// No instance of the agent is attached here.
        record NotAttached() implements Start {}

        /// Attached, but without an idle call within the time given.
        record Busy() implements Start {}
    }

    /// What the agent says it can do; empty when it is not attached.
    Set<String> capabilities(AgentId agent);

    /// Starts the session on an idle call of the agent; blocks for at most 10 seconds.
    Start start(AgentId agent, Order order) throws InterruptedException;

    /// Number of sessions that are carried now, for tests and metrics.
    int carried();

    /// Whether the session's call is broken at this moment (it may still be resumed).
    boolean broken(SessionId session);

    /// Detaches every instance of an agent whose key was revoked, and ends its sessions.
    void detach(AgentId agent);
}
