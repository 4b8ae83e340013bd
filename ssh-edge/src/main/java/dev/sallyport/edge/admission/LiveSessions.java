package dev.sallyport.edge.admission;

import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.id.UserId;
import dev.sallyport.core.session.Outcome;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// The sessions that this edge holds: those that are being admitted and those that live.
///
/// A session is here before anything about it is read. So whoever changes a right, and tells the edges then,
/// finds every session that was judged by the right as it was.
public final class LiveSessions {

    /// Most sessions of one user on this edge, unless it is set otherwise (`sessions_per_user`).
    public static final int MOST_OF_USER = 50;

    private final int mostOfUser;
    private final Map<SessionId, LiveSession> sessions = new ConcurrentHashMap<>();

    public LiveSessions() {
        this(MOST_OF_USER);
    }

    public LiveSessions(int mostOfUser) {
        this.mostOfUser = mostOfUser;
    }

    int mostOfUser() {
        return mostOfUser;
    }

    void enter(LiveSession session) {
        sessions.put(session.id(), session);
    }

    /// Says whose the session is; `false` when the user has as many others as may be.
    synchronized boolean claim(LiveSession session, UserId user) {
        if (countOf(user) >= mostOfUser) {
            return false;
        }
        session.of(user);
        return true;
    }

    void leave(LiveSession session) {
        sessions.remove(session.id());
    }

    public Optional<LiveSession> get(SessionId id) {
        return Optional.ofNullable(sessions.get(id));
    }

    public List<LiveSession> all() {
        return List.copyOf(sessions.values());
    }

    public List<LiveSession> of(TenantId tenant) {
        return sessions.values().stream()
                .filter(session -> session.tenant().equals(tenant))
                .toList();
    }

    public int count() {
        return sessions.size();
    }

    public int countOf(UserId user) {
        return (int) sessions.values().stream()
                .filter(session -> session.user().equals(Optional.of(user)))
                .count();
    }

    /// Orders a session to end; `false` when it is not here.
    public boolean end(SessionId id, Outcome outcome) {
        var session = get(id);
        session.ifPresent(live -> live.end(outcome));
        return session.isPresent();
    }

    public void endAll(Outcome outcome) {
        all().forEach(session -> session.end(outcome));
    }

    /// Ends what is past its deadline, and what a blind edge may not keep. Called each second.
    public void check(Instant now, Sight sight) {
        for (var session : sessions.values()) {
            session.check(now);
            if (sight.ends(session.strict())) {
                session.end(new Outcome.TimedOut(
                        "the edge could not learn what was decided elsewhere, for longer than this connection allows"));
            }
        }
    }
}
