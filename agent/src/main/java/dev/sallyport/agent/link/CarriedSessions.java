package dev.sallyport.agent.link;

import dev.sallyport.core.id.AgentInstanceId;
import dev.sallyport.core.id.EdgeId;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.link.ForgedFrame;
import dev.sallyport.core.link.Frame;
import dev.sallyport.core.link.LinkLost;
import dev.sallyport.core.link.LinkShell;
import dev.sallyport.core.link.Message;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The sessions of this agent, whichever call carries them, and when to try again for those that none carries.
final class CarriedSessions {

    /// Most sessions at a time (`agent.sessions`).
    static final int MOST = 5_000;

    /// How many ended sessions are remembered, so that none is opened twice.
    private static final int REMEMBERED = 10_000;

    private static final String NEWER =
            "the agent refused: the edge asks for something that this agent is too old to know; upgrade the agent";

    private static final Logger LOG = LoggerFactory.getLogger(CarriedSessions.class);
    private static final Duration FIRST_TRY = Duration.ofMillis(100);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(4);

    private static final class Held {
        private final LinkShell shell;
        private final Backoff backoff = new Backoff(FIRST_TRY, LONGEST_WAIT, new SecureRandom());
        private boolean calling;
        private long nextTry;

        Held(LinkShell shell, long now) {
            this.shell = shell;
            this.nextTry = now;
        }
    }

    private final AgentInstanceId instance;
    private final SessionOpener opener;
    private final LongSupplier nanos;
    private final Map<SessionId, Held> sessions = new HashMap<>();
    private final LinkedHashSet<SessionId> used = new LinkedHashSet<>();
    private int served;
    private volatile boolean draining;

    CarriedSessions(AgentInstanceId instance, SessionOpener opener, LongSupplier nanos) {
        this.instance = instance;
        this.opener = opener;
        this.nanos = nanos;
    }

    /// Takes an order that came on `wire`, and serves it on a thread of its own.
    ///
    /// @throws ForgedFrame when the session was ordered before
    LinkShell open(Frame.Open open, LinkShell.Wire wire) throws ForgedFrame {
        var shell = LinkShell.accepted(open, instance, wire, nanos, this::over);
        synchronized (this) {
            if (sessions.size() >= MOST) {
                throw new ForgedFrame("more sessions than this agent takes");
            }
            if (!used.add(shell.session())) {
                throw new ForgedFrame("an order that was given before");
            }
            if (used.size() > REMEMBERED) {
                used.removeFirst();
            }
            sessions.put(shell.session(), new Held(shell, nanos.getAsLong()));
            served++;
        }
        Thread.ofVirtual().name("session " + shell.session()).start(() -> serve(open, shell));
        return shell;
    }

    private void serve(Frame.Open open, LinkShell shell) {
        try {
            if (open.understood()) {
                opener.open(open.order(), open.ticket(), shell);
            } else {
                LOG.warn("session {} was refused: {}", shell.session(), NEWER);
                shell.send(new Message.Failed(Message.Failed.Reason.REFUSED, NEWER));
            }
        } catch (LinkLost e) {
            LOG.info("session {}: {}", shell.session(), e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.error("session {} failed", shell.session(), e);
        } finally {
            shell.end();
            synchronized (this) {
                served--;
            }
        }
    }

    /// Sessions of `edge` that no call carries and whose time to try has come. Those of edges in `others` are
    /// left to them. Each that is returned must be told with [#tried] what came of it.
    synchronized List<LinkShell> toResume(EdgeId edge, List<EdgeId> others) {
        long now = nanos.getAsLong();
        var due = new ArrayList<LinkShell>();
        for (var held : sessions.values()) {
            var home = held.shell.order().edge();
            boolean ours = home.equals(edge) || !others.contains(home);
            if (ours && !held.calling && held.nextTry - now <= 0 && held.shell.broken()) {
                held.calling = true;
                held.nextTry = now + held.backoff.next().toNanos();
                due.add(held.shell);
            }
        }
        return due;
    }

    /// The call that was to continue the session is over.
    synchronized void tried(LinkShell shell) {
        var held = sessions.get(shell.session());
        if (held != null) {
            held.calling = false;
        }
    }

    /// Whether a session is carried, or will be.
    synchronized boolean any(EdgeId edge) {
        return sessions.values().stream()
                .anyMatch(held -> held.shell.order().edge().equals(edge));
    }

    /// No more are asked for; those that were ordered already are served.
    void drain() {
        draining = true;
    }

    boolean draining() {
        return draining;
    }

    /// Those whose target is being opened, or open.
    synchronized int served() {
        return served;
    }

    /// Whether a call carries one now.
    boolean anyCarried() {
        return all().stream().anyMatch(shell -> !shell.over() && !shell.broken());
    }

    synchronized int count() {
        return sessions.size();
    }

    void tick() {
        all().forEach(LinkShell::tick);
    }

    void endAll() {
        all().forEach(LinkShell::end);
    }

    private synchronized List<LinkShell> all() {
        return sessions.values().stream().map(held -> held.shell).toList();
    }

    private synchronized void over(LinkShell shell) {
        sessions.remove(shell.session());
    }
}
