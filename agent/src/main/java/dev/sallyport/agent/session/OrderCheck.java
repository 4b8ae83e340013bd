package dev.sallyport.agent.session;

import dev.sallyport.agent.target.NotOpened;
import dev.sallyport.core.agent.AgentToken;
import dev.sallyport.core.connection.BadDefinition;
import dev.sallyport.core.connection.ConnectionDefinition;
import dev.sallyport.core.connection.SignedDefinition;
import dev.sallyport.core.connection.TestOrder;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.link.Message;
import dev.sallyport.core.policy.BadPolicy;
import dev.sallyport.core.policy.PolicyDocument;
import dev.sallyport.core.policy.SessionPolicy;
import dev.sallyport.core.policy.SignedPolicy;
import dev.sallyport.core.session.Order;
import java.io.IOException;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/// Believes nothing that an edge says: an order is obeyed when the tenant's key, which this agent has pinned,
/// signed the definition in it, for this agent, and no later version is known. Where statements are judged, the same
/// goes for the tenant's policy: without one there is no session.
final class OrderCheck {

    private final AgentToken own;
    private final Optional<String> only;
    private final SeenVersions versions;
    private final Clock clock;

    /// The policy that was verified last: as a rule the next session's, too.
    private final AtomicReference<Optional<Known>> known = new AtomicReference<>(Optional.empty());

    private record Known(SignedPolicy signed, PolicyDocument document) {}

    /// @param only the name of the one connection that is opened; none: all that are the agent's
    OrderCheck(AgentToken own, Optional<String> only, SeenVersions versions, Clock clock) {
        this.own = own;
        this.only = only;
        this.versions = versions;
        this.clock = clock;
    }

    /// What an order says that is to be obeyed.
    record Obeyed(ConnectionDefinition definition, SessionPolicy policy) {}

    /// @throws NotOpened with a sentence when the order is not to be obeyed
    Obeyed check(Order order) throws NotOpened {
        var definition = verified(order.tenant(), order.definition());
        if (!clock.instant().isBefore(order.deadline())) {
            throw NotOpened.refused("the agent refused: the session's time is over");
        }
        var refusal = order.request().refusedBy(definition.target());
        if (refusal.isPresent()) {
            throw NotOpened.refused(refusal.get());
        }
        var policy = definition.target().judged() ? policy(order, definition) : SessionPolicy.NONE;
        seen(definition);
        return new Obeyed(definition, policy);
    }

    private SessionPolicy policy(Order order, ConnectionDefinition definition) throws NotOpened {
        var signed = order.policy()
                .orElseThrow(() -> NotOpened.refused("the agent refused: the session came without the tenant's policy;"
                        + " have an admin save the connection once more"));
        var document = read(signed);
        if (!document.tenant().equals(own.tenant())) {
            throw NotOpened.refused("the agent refused: the policy is another tenant's");
        }
        try {
            if (!versions.admitsPolicy(document.version())) {
                throw NotOpened.refused("the agent refused: it has seen a later version of the tenant's policy");
            }
        } catch (IOException e) {
            throw NotOpened.internal("the agent could not take note of the policy's version", e);
        }
        return document.forSession(definition.name().value(), definition.tags(), order.groups());
    }

    private PolicyDocument read(SignedPolicy signed) throws NotOpened {
        var before = known.get();
        if (before.isPresent() && before.get().signed().equals(signed)) {
            return before.get().document();
        }
        try {
            var document = signed.verify(own.tenantKey());
            known.set(Optional.of(new Known(signed, document)));
            return document;
        } catch (BadPolicy e) {
            throw new NotOpened(
                    Message.Failed.Reason.REFUSED,
                    e.signed()
                            ? "the agent refused: it cannot read the tenant's policy, which may be newer than the agent;"
                                    + " upgrade the agent"
                            : "the agent refused: the policy is not signed by the tenant's key",
                    e);
        }
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
