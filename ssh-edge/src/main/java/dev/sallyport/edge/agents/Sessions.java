package dev.sallyport.edge.agents;

import dev.sallyport.core.id.AgentId;
import dev.sallyport.core.id.AgentInstanceId;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.link.LinkShell;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The sessions that this edge holds with agents, and the count of frames that should not have come.
final class Sessions {

    /// Most sessions of one edge (`agents.sessions`).
    static final int MOST = 20_000;

    private static final Logger LOG = LoggerFactory.getLogger(Sessions.class);
    private static final Duration LOG_EVERY = Duration.ofSeconds(1);

    /// One session, and who carries it.
    record Carried(LinkShell shell, AgentId agent, AgentInstanceId instance) {

        boolean carriedBy(Instance candidate) {
            return carriedBy(candidate.agent().tenant(), candidate.agent().agent(), candidate.id());
        }

        boolean carriedBy(TenantId tenant, AgentId candidate, AgentInstanceId itsInstance) {
            return shell.order().tenant().equals(tenant) && candidate.equals(agent) && itsInstance.equals(instance);
        }
    }

    private final ConcurrentHashMap<SessionId, Carried> sessions = new ConcurrentHashMap<>();
    private final LongAdder forged = new LongAdder();
    private final AtomicLong loggedAt = new AtomicLong(System.nanoTime() - LOG_EVERY.toNanos());

    /// Whether there is room for one more.
    boolean full() {
        return sessions.size() >= MOST;
    }

    void add(Carried session) {
        if (sessions.putIfAbsent(session.shell().session(), session) != null) {
            throw new IllegalStateException("a session is started once");
        }
    }

    void remove(LinkShell shell) {
        sessions.computeIfPresent(shell.session(), (id, carried) -> carried.shell() == shell ? null : carried);
    }

    Optional<Carried> find(SessionId session) {
        return Optional.ofNullable(sessions.get(session));
    }

    int count() {
        return sessions.size();
    }

    /// Ends every session of an agent.
    void endAll(AgentId agent) {
        all().stream()
                .filter(session -> session.agent().equals(agent))
                .forEach(session -> session.shell().end());
    }

    /// Ends every session of one instance.
    void endAll(AgentInstanceId instance) {
        all().stream()
                .filter(session -> session.instance().equals(instance))
                .forEach(session -> session.shell().end());
    }

    void tick() {
        all().forEach(session -> session.shell().tick());
    }

    List<Carried> all() {
        return new ArrayList<>(sessions.values());
    }

    /// Counts a frame that should not have come, and logs one a second at most.
    void forged(String who, Exception what) {
        forged.increment();
        long now = System.nanoTime();
        long before = loggedAt.get();
        if (now - before < LOG_EVERY.toNanos() || !loggedAt.compareAndSet(before, now)) {
            return;
        }
        LOG.warn("{} sent {}", who, what.getMessage());
    }

    long forged() {
        return forged.sum();
    }
}
