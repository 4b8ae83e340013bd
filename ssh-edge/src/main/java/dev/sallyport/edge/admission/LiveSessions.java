package dev.sallyport.edge.admission;

import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.id.UserId;
import dev.sallyport.core.session.Outcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The sessions that this edge holds: those that are being admitted and those that live.
///
/// A session is here before anything about it is read. So whoever changes a right, and tells the edges then,
/// finds every session that was judged by the right as it was.
public final class LiveSessions {

    /// Most sessions of one user on this edge, unless it is set otherwise (`sessions_per_user`).
    public static final int MOST_OF_USER = 50;

    /// Most bytes that all sessions together hold because somebody does not read, unless it is set otherwise
    /// (`unread`).
    public static final long MOST_UNREAD = 256L << 20;

    private static final System.Logger LOG = System.getLogger(LiveSessions.class.getName());

    private static final Outcome HOLDS_MOST = new Outcome.Killed(
            "the edge: its memory is full of what has not been read, and this session held most of it");

    private final int mostOfUser;
    private final long mostUnread;
    private final Map<SessionId, LiveSession> sessions = new ConcurrentHashMap<>();

    /// Those that are over, with something left that their clients have not read.
    private final Set<LiveSession> lingering = ConcurrentHashMap.newKeySet();

    public LiveSessions() {
        this(MOST_OF_USER, MOST_UNREAD);
    }

    public LiveSessions(int mostOfUser, long mostUnread) {
        this.mostOfUser = mostOfUser;
        this.mostUnread = mostUnread;
    }

    int mostOfUser() {
        return mostOfUser;
    }

    void enter(LiveSession session) {
        sessions.put(session.id(), session);
    }

    /// Says whose the session is; `false` when the user has as many others as may be.
    boolean claim(LiveSession session, UserId user) {
        return claim(session, user, Optional.empty()) == Claim.DONE;
    }

    /// What came of a claim.
    enum Claim {
        DONE,
        MOST_OF_USER,
        MOST_OF_TENANT
    }

    /// The same.
    ///
    /// @param mostOfTenant how many sessions the tenant may have on this edge
    synchronized Claim claim(LiveSession session, UserId user, Optional<Integer> mostOfTenant) {
        if (countOf(user) >= mostOfUser) {
            return Claim.MOST_OF_USER;
        }
        if (mostOfTenant.isPresent() && claimedOf(session.tenant()) >= mostOfTenant.get()) {
            return Claim.MOST_OF_TENANT;
        }
        session.of(user);
        return Claim.DONE;
    }

    private long claimedOf(TenantId tenant) {
        return of(tenant).stream().filter(session -> session.user().isPresent()).count();
    }

    void leave(LiveSession session) {
        sessions.remove(session.id());
        if (session.unread() > 0) {
            lingering.add(session);
        }
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

    /// Keeps what sessions hold because somebody does not read within its bound: each session has one of its
    /// own, and all of them together would be more than this machine has. Who holds most gives way first: of the
    /// tenants, then of its users, then of his sessions, those included that are over and were not read to their
    /// end. So whoever fills the memory on purpose only ends his own. Called a few times each second.
    public void relieve() {
        lingering.removeIf(session -> session.unread() == 0);
        var holding = holders()
                .map(session -> new Holding(session, session.unread()))
                .filter(one -> one.bytes() > 0)
                .collect(Collectors.toCollection(ArrayList::new));
        long total = Holding.total(holding);
        while (total > mostUnread) {
            var most = Holding.most(holding);
            holding.remove(most);
            total -= most.bytes();
            LOG.log(
                    System.Logger.Level.WARNING,
                    "sessions hold more than {0} bytes that nobody reads: {1}, which holds {2}, ends",
                    mostUnread,
                    most.session(),
                    most.bytes());
            most.session().drop(HOLDS_MOST);
        }
    }

    /// Bytes that all sessions together hold because somebody does not read.
    public long unread() {
        return holders().mapToLong(LiveSession::unread).sum();
    }

    private Stream<LiveSession> holders() {
        return Stream.concat(sessions.values().stream(), lingering.stream());
    }

    /// What a session holds.
    private record Holding(LiveSession session, long bytes) {

        static long total(List<Holding> some) {
            return some.stream().mapToLong(Holding::bytes).sum();
        }

        /// The one that gives way.
        static Holding most(List<Holding> all) {
            var ofTenant = largest(all, LiveSession::tenant);
            var ofUser = largest(ofTenant, LiveSession::user);
            return Collections.max(ofUser, Comparator.comparingLong(Holding::bytes));
        }

        /// Those of the owner who holds most.
        private static List<Holding> largest(List<Holding> some, Function<LiveSession, Object> owner) {
            return some.stream().collect(Collectors.groupingBy(one -> owner.apply(one.session()))).values().stream()
                    .max(Comparator.comparingLong(Holding::total))
                    .orElseThrow();
        }
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
