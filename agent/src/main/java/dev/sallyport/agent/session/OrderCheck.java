package dev.sallyport.agent.session;

import dev.sallyport.agent.target.NotOpened;
import dev.sallyport.core.agent.AgentToken;
import dev.sallyport.core.connection.BadDefinition;
import dev.sallyport.core.connection.ConnectionDefinition;
import dev.sallyport.core.connection.SignedDefinition;
import dev.sallyport.core.connection.TestOrder;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.link.Message;
import dev.sallyport.core.session.Order;
import java.io.IOException;
import java.time.Clock;
import java.util.Optional;

/// Believes nothing that an edge says: an order is obeyed when the tenant's key, which this agent has pinned,
/// signed the definition in it, for this agent, and no later version is known.
final class OrderCheck {

    private final AgentToken own;
    private final Optional<String> only;
    private final SeenVersions versions;
    private final Clock clock;

    /// @param only the name of the one connection that is opened; none: all that are the agent's
    OrderCheck(AgentToken own, Optional<String> only, SeenVersions versions, Clock clock) {
        this.own = own;
        this.only = only;
        this.versions = versions;
        this.clock = clock;
    }

    /// The order's definition, when the order is to be obeyed.
    ///
    /// @throws NotOpened with a sentence when it is not
    ConnectionDefinition check(Order order) throws NotOpened {
        var definition = verified(order.tenant(), order.definition());
        if (!clock.instant().isBefore(order.deadline())) {
            throw NotOpened.refused("the agent refused: the session's time is over");
        }
        var refusal = order.request().refusedBy(definition.target());
        if (refusal.isPresent()) {
            throw NotOpened.refused(refusal.get());
        }
        seen(definition);
        return definition;
    }

    /// The same for a test.
    ConnectionDefinition check(TestOrder order) throws NotOpened {
        var definition = verified(order.tenant(), order.definition());
        seen(definition);
        return definition;
    }

    private ConnectionDefinition verified(TenantId tenant, SignedDefinition signed) throws NotOpened {
        if (!tenant.equals(own.tenant())) {
            throw NotOpened.refused("the agent refused: the order is for another tenant");
        }
        ConnectionDefinition definition;
        try {
            definition = signed.verify(own.tenantKey());
        } catch (BadDefinition e) {
            throw new NotOpened(
                    Message.Failed.Reason.REFUSED,
                    e.signed()
                            ? "the agent refused: it cannot read the connection's definition, which may be newer than"
                                    + " the agent; upgrade the agent"
                            : "the agent refused: the connection is not signed by the tenant's key",
                    e);
        }
        if (!definition.tenant().equals(own.tenant())) {
            throw NotOpened.refused("the agent refused: the connection is another tenant's");
        }
        if (!definition.agent().equals(own.agent())) {
            throw NotOpened.refused("the agent refused: the connection names another agent");
        }
        if (only.isPresent() && !only.get().equals(definition.name().value())) {
            throw NotOpened.refused("the agent refused: it runs beside a command, for another connection only");
        }
        return definition;
    }

    private void seen(ConnectionDefinition definition) throws NotOpened {
        try {
            if (!versions.admits(definition.id(), definition.version())) {
                throw NotOpened.refused("the agent refused: it has seen a later version of the connection");
            }
        } catch (IOException e) {
            throw NotOpened.internal("the agent could not take note of the connection's version", e);
        }
    }
}
