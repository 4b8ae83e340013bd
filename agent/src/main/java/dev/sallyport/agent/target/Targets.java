package dev.sallyport.agent.target;

import dev.sallyport.core.connection.ConnectionDefinition;
import dev.sallyport.core.policy.SessionPolicy;
import dev.sallyport.core.session.Order;

/// Opens targets.
public interface Targets {

    /// Opens what `definition` names for what `order` asks. The definition is the order's own, verified.
    ///
    /// @param policy what the tenant's policy, verified, says of this session
    /// @throws NotOpened with a sentence for the user
    Target open(ConnectionDefinition definition, SessionPolicy policy, Order order)
            throws NotOpened, InterruptedException;

    /// Whether this agent opens targets of this kind at all.
    ///
    /// @throws NotOpened with a sentence when it does not
    void allow(ConnectionDefinition definition) throws NotOpened;

    /// Goes as far as [#open] does before anything runs, step by step, and ends there. The definition is one that
    /// is allowed, verified.
    ///
    /// @throws NotOpened when a step did not pass, and was taken down as such
    void test(ConnectionDefinition definition, Steps steps) throws NotOpened, InterruptedException;
}
