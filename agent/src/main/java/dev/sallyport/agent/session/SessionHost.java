package dev.sallyport.agent.session;

import dev.sallyport.agent.link.SessionOpener;
import dev.sallyport.agent.tail.Tails;
import dev.sallyport.agent.target.NotOpened;
import dev.sallyport.agent.target.Target;
import dev.sallyport.agent.target.Targets;
import dev.sallyport.core.agent.AgentToken;
import dev.sallyport.core.connection.ConnectionDefinition;
import dev.sallyport.core.link.LinkLost;
import dev.sallyport.core.link.Message;
import dev.sallyport.core.link.SessionLink;
import dev.sallyport.core.link.Ticket;
import dev.sallyport.core.session.Order;
import java.time.Clock;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Serves the sessions of this agent: checks each order, opens its target, and carries bytes until one of them
/// ends.
public final class SessionHost implements SessionOpener {

    private static final Logger LOG = LoggerFactory.getLogger(SessionHost.class);

    /// Longest sentence that goes to a user, in characters.
    private static final int LONGEST_SENTENCE = 512;

    private final OrderCheck check;
    private final Targets targets;
    private final Tails tails;
    private final Consumer<String> reports;
    private final Clock clock;
    private final AtomicLong opened = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final Set<CarriedSession> live = ConcurrentHashMap.newKeySet();

    /// @param only the name of the one connection that is opened; none: all that are the agent's
    /// @param reports is told of each order that was refused: operators should know
    public SessionHost(
            AgentToken own,
            Optional<String> only,
            SeenVersions versions,
            Targets targets,
            Tails tails,
            Consumer<String> reports,
            Clock clock) {
        this.check = new OrderCheck(own, only, versions, clock);
        this.targets = targets;
        this.tails = tails;
        this.reports = reports;
        this.clock = clock;
    }

    @Override
    public void open(Order order, Ticket ticket, SessionLink link) throws InterruptedException {
        try (link) {
            serve(order, ticket, link);
        } catch (LinkLost e) {
            LOG.info("session {}: {}", order.session(), e.getMessage());
        }
    }

    private void serve(Order order, Ticket ticket, SessionLink link) throws LinkLost, InterruptedException {
        var deadline = new Deadline(order.deadline(), clock);
        ConnectionDefinition definition;
        Target target;
        try {
            if (tails.full()) {
                throw new NotOpened(
                        Message.Failed.Reason.INTERNAL,
                        "the agent holds as much as it may of what no edge has stored yet; please try again later");
            }
            var obeyed = check.check(order);
            definition = obeyed.definition();
            target = targets.open(definition, obeyed.policy(), order);
        } catch (NotOpened e) {
            if (e.reason() == Message.Failed.Reason.INTERNAL && e.getCause() != null) {
                LOG.error("session {} was not opened: {}", order.session(), e.getMessage(), e.getCause());
            } else {
                LOG.warn("session {} was not opened: {}", order.session(), e.getMessage());
            }
            if (e.reason() == Message.Failed.Reason.REFUSED) {
                reports.accept("session " + order.session() + " was refused: " + e.getMessage());
            }
            fail(link, e.failed());
            return;
        } catch (RuntimeException e) {
            LOG.error("session {} was not opened", order.session(), e);
            fail(link, new Message.Failed(Message.Failed.Reason.INTERNAL, "something of the agent broke"));
            return;
        }
        try (target) {
            var kept = tails.keep(order, order.level().keepsBytes(definition.target()), ticket, link);
            var session = new CarriedSession(order.session(), target, kept, deadline);
            live.add(session);
            opened.incrementAndGet();
            try {
                session.carry();
            } finally {
                live.remove(session);
                tails.ended(order.session());
            }
        }
    }

    private void fail(SessionLink link, Message.Failed failed) throws LinkLost, InterruptedException {
        refused.incrementAndGet();
        var sentence = failed.reason().length() > LONGEST_SENTENCE
                ? failed.reason().substring(0, LONGEST_SENTENCE)
                : failed.reason();
        link.send(new Message.Failed(failed.kind(), sentence));
    }

    /// Number of sessions that are open now.
    public int live() {
        return live.size();
    }

    /// Number of sessions that were opened since the start.
    public long opened() {
        return opened.get();
    }

    /// Number of orders since the start that came to nothing.
    public long refused() {
        return refused.get();
    }

    /// Ends every session, at once.
    public void endAll() {
        live.forEach(CarriedSession::kill);
    }
}
