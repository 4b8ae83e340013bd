package dev.sallyport.edge.fake;

import dev.sallyport.core.id.AgentId;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.link.SessionLink;
import dev.sallyport.core.session.Order;
import dev.sallyport.edge.agents.AgentLinks;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// One agent, always attached unless told otherwise, whose targets are given by the test.
public final class FakeAgents implements AgentLinks {

    /// What stands behind a connection: runs the order on its end of the link.
    public interface Target {
        void run(Order order, SessionLink link) throws Exception;
    }

    private final Map<String, Target> targets = new ConcurrentHashMap<>();
    private final Map<SessionId, MemoryLink> links = new ConcurrentHashMap<>();

    /// The orders that came, in turn.
    public final CopyOnWriteArrayList<Order> orders = new CopyOnWriteArrayList<>();

    public volatile boolean attached = true;

    public void serve(String connection, Target target) {
        targets.put(connection, target);
    }

    public MemoryLink link(SessionId session) {
        return java.util.Objects.requireNonNull(links.get(session), "no session of that id is carried");
    }

    @Override
    public Set<String> capabilities(AgentId agent) {
        return attached ? Set.of("custom", "ssh", "tcp", "pty") : Set.of();
    }

    @Override
    public Start start(AgentId agent, Order order) {
        if (!attached) {
            return new Start.NotAttached();
        }
        orders.add(order);
        var link = new MemoryLink();
        links.put(order.session(), link);
        var target = targets.getOrDefault(order.definition().unverified().name().value(), new ProcessTarget());
        Thread.ofVirtual().name("fake-target").start(() -> {
            try {
                target.run(order, link.agent());
            } catch (Exception ended) {
                link.agent().end();
            } finally {
                links.remove(order.session());
            }
        });
        return new Start.Started(link.edge());
    }

    @Override
    public int carried() {
        return links.size();
    }

    @Override
    public boolean broken(SessionId session) {
        return false;
    }

    @Override
    public void detach(AgentId agent) {
        attached = false;
        links.values().forEach(link -> link.edge().end());
    }
}
