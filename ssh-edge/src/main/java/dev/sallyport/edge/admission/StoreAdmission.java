package dev.sallyport.edge.admission;

import dev.sallyport.core.access.AccessMode;
import dev.sallyport.core.access.Circumstances;
import dev.sallyport.core.audit.Actor;
import dev.sallyport.core.certificate.Credential;
import dev.sallyport.core.connection.ConnectionDefinition;
import dev.sallyport.core.connection.ConnectionName;
import dev.sallyport.core.id.EdgeId;
import dev.sallyport.core.id.ReviewId;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.recording.DataKeys;
import dev.sallyport.core.recording.RecordingLevel;
import dev.sallyport.core.recording.RecordingRow;
import dev.sallyport.core.recording.RecordingState;
import dev.sallyport.core.session.Order;
import dev.sallyport.core.session.Outcome;
import dev.sallyport.core.session.Session;
import dev.sallyport.core.tenant.Quotas;
import dev.sallyport.core.user.User;
import dev.sallyport.edge.admission.Judge.Identified;
import dev.sallyport.store.Connections;
import dev.sallyport.store.Policies.Facts;
import dev.sallyport.store.Policies.Policy;
import dev.sallyport.store.Store;
import dev.sallyport.store.StoreUnavailable;
import dev.sallyport.store.Written;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Admits by the store: decision 8 of the architecture, to the read and write.
///
/// The session enters the live index; one batch read brings the facts, the policy of that epoch comes from
/// memory; one transaction writes the session. Whatever goes wrong is a no.
public final class StoreAdmission implements Admission, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(StoreAdmission.class);

    /// Most refusals that wait to be written to the audit log; more are only logged.
    private static final int MOST_WAITING_REFUSALS = 1_000;

    /// Sessions that are written at once. More would only wait in the store: for a slow one past the time after
    /// which a call counts as failed, and each repetition of it would make the store slower.
    static final int STARTS_AT_ONCE = 32;

    /// How long a session waits for its turn to be written.
    private static final Duration TURN = Duration.ofSeconds(25);

    private static final Duration CLOSE = Duration.ofSeconds(5);

    private static final String BUSY = "too many sessions begin at the moment; please try again";
    private static final String BLIND =
            "sessions cannot begin at the moment, because this edge cannot learn what is decided elsewhere;"
                    + " please try again";
    private static final String WINDOW = "the time that the access rules allow for it";
    private static final String LONGEST = "the longest time of a session";
    private static final String BROKEN = "access could not be decided; please try again";

    private final Ledger ledger;
    private final EdgeId edge;
    private final DataKeys dataKeys;
    private final LiveSessions live;
    private final Sight sight;
    private final Clock clock;
    private final LongSupplier nanos;
    private final PolicyCache policies;
    private final Outcomes outcomes;
    private final ExecutorService background = Executors.newVirtualThreadPerTaskExecutor();
    private final Semaphore starts = new Semaphore(STARTS_AT_ONCE, true);
    private final Semaphore waitingRefusals = new Semaphore(MOST_WAITING_REFUSALS);

    public StoreAdmission(
            Store store,
            EdgeId edge,
            DataKeys dataKeys,
            LiveSessions live,
            Sight sight,
            Clock clock,
            LongSupplier nanos) {
        this(Ledger.of(store), edge, dataKeys, live, sight, clock, nanos);
    }

    /// Over what stands for the store.
    public StoreAdmission(
            Ledger ledger,
            EdgeId edge,
            DataKeys dataKeys,
            LiveSessions live,
            Sight sight,
            Clock clock,
            LongSupplier nanos) {
        this.ledger = ledger;
        this.edge = edge;
        this.dataKeys = dataKeys;
        this.live = live;
        this.sight = sight;
        this.clock = clock;
        this.nanos = nanos;
        this.policies = new PolicyCache(ledger);
        this.outcomes = new Outcomes(ledger, edge);
    }

    @Override
    public Decision admit(Request request) {
        if (!sight.admits()) {
            return new Decision.Failed(BLIND);
        }
        var session = new LiveSession(
                SessionId.next(clock),
                request.credential(),
                request.connection(),
                request.request().mode(),
                sight,
                nanos);
        live.enter(session);
        boolean granted = false;
        try {
            var decision = decide(session, request);
            granted = decision instanceof Decision.Granted;
            return decision;
        } catch (RuntimeException e) {
            LOG.error("session {} could not be decided", session.id(), e);
            return new Decision.Failed(BROKEN);
        } finally {
            if (!granted) {
                session.over();
                live.leave(session);
            }
        }
    }

    @Override
    public List<ConnectionDefinition> permitted(Credential credential) {
        return standing(credential)
                .map(standing -> standing.policy().connections().keySet().stream()
                        .sorted()
                        .flatMap(name -> standing.allowed(name, EnumSet.allOf(AccessMode.class)).stream())
                        .map(Connections.Stored::definition)
                        .sorted(Comparator.comparing(ConnectionDefinition::name))
                        .toList())
                .orElse(List.of());
    }

    @Override
    public Optional<ConnectionDefinition> find(Credential credential, ConnectionName connection) {
        return standing(credential)
                .flatMap(standing -> standing.allowed(connection, EnumSet.allOf(AccessMode.class)))
                .map(Connections.Stored::definition);
    }

    /// Judges live sessions again, and ends those that would not be admitted now. Sessions of the same
    /// certificate are judged by one read.
    ///
    /// @param sessions of one certificate and CA
    /// @throws RuntimeException when that could not be decided; the sessions live on, and the caller asks again
    public void judgeAgain(List<LiveSession> sessions) {
        sessions.forEach(LiveSession::judging);
        var credential = sessions.getFirst().credential();
        var read = read(credential);
        var now = clock.instant();
        if (read.isEmpty()) {
            sessions.forEach(session -> session.end(new Outcome.Revoked("the removal of the tenant")));
            return;
        }
        var policy = read.get().policy();
        switch (Judge.identify(credential, read.get().facts(), policy, now, false)) {
            case Identified.Nobody(var message) -> {
                var outcome = now.isBefore(credential.certificate().validBefore())
                        ? new Outcome.Revoked("an administrator: " + message)
                        : new Outcome.Expired();
                sessions.forEach(session -> session.end(outcome));
            }
            case Identified.Somebody(var user) -> {
                for (var session : sessions) {
                    judgeAgain(session, user, policy, now);
                }
            }
        }
    }

    private static void judgeAgain(LiveSession session, User user, Policy policy, Instant now) {
        var circumstances = new Circumstances(now, session.credential().source());
        boolean same = session.user().map(user.id()::equals).orElse(true);
        var allowed = Judge.allowed(
                user,
                policy,
                // a connection that is deleted and made anew under the same name is another one
                known -> session.connection()
                        .map(admitted -> known.connection(admitted.id()))
                        .orElseGet(() -> known.connection(session.asked())),
                Judge.standIn(policy, session.asked()),
                EnumSet.of(session.mode()),
                circumstances);
        if (!same || allowed.isEmpty()) {
            session.end(new Outcome.Revoked("an administrator: the rules no longer allow this session"));
            return;
        }
        Judge.closes(
                        user,
                        policy,
                        allowed.get().definition(),
                        session.mode(),
                        circumstances,
                        now.plus(allowed.get().definition().longest()))
                .ifPresent(closes -> session.endsBy(now, closes, new Outcome.TimedOut(WINDOW)));
    }

    /// Waits a little for outcomes that are not written yet.
    @Override
    public void close() {
        background.shutdown();
        try {
            if (!background.awaitTermination(CLOSE.toMillis(), TimeUnit.MILLISECONDS)) {
                background.shutdownNow();
            }
        } catch (InterruptedException e) {
            background.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }

    private record Read(Facts facts, Policy policy) {}

    /// What somebody may do now.
    private record Standing(User user, Policy policy, Circumstances circumstances) {
        Optional<Connections.Stored> allowed(ConnectionName name, Set<AccessMode> modes) {
            return Judge.allowed(
                    user, policy, known -> known.connection(name), Judge.standIn(policy, name), modes, circumstances);
        }
    }

    private Decision decide(LiveSession session, Request request) {
        var read = read(request.credential());
        var now = clock.instant();
        if (read.isEmpty()) {
            return new Decision.Refused("this certificate is of no tenant here");
        }
        var policy = read.get().policy();
        return switch (Judge.identify(request.credential(), read.get().facts(), policy, now, true)) {
            case Identified.Nobody(var message) -> {
                refused(request, "", message);
                yield new Decision.Refused(message);
            }
            case Identified.Somebody(var user) -> {
                var standing = new Standing(
                        user,
                        policy,
                        new Circumstances(now, request.credential().source()));
                var allowed = standing.allowed(
                        request.connection(), EnumSet.of(request.request().mode()));
                if (allowed.isEmpty()) {
                    var message = "there is no connection " + request.connection()
                            + " that you may use in this way; ask your administrator for access";
                    refused(request, user.id().value(), message);
                    yield new Decision.Refused(message);
                }
                var quota = policy.quotas().of(Quotas.Noun.SESSIONS);
                yield switch (live.claim(session, user.id(), quota)) {
                    case DONE -> grant(session, request, standing, allowed.get());
                    case MOST_OF_USER ->
                        tooMany(
                                request,
                                user,
                                "you have " + live.mostOfUser() + " sessions already; end one of them first");
                    case MOST_OF_TENANT ->
                        tooMany(
                                request,
                                user,
                                "your tenant has as many sessions on this edge as it may; try again when others have"
                                        + " ended, or ask your administrator");
                };
            }
        };
    }

    private Decision tooMany(Request request, User user, String message) {
        refused(request, user.id().value(), message);
        return new Decision.Refused(message);
    }

    private Decision grant(LiveSession session, Request request, Standing standing, Connections.Stored connection) {
        var user = standing.user();
        var now = standing.circumstances().at();
        var definition = connection.definition();
        var end = end(session, standing, request.credential(), definition);
        var deadline = end.at();
        session.admitted(definition, now, deadline, end.outcome());
        var dataKey = dataKeys.next(user.tenant());
        dataKey.key().close();
        var level = RecordingLevel.of(definition, request.request());
        var row = SessionRow.of(session.id(), request, user, definition, edge, level, now, deadline);
        var recording = new RecordingRow(
                user.tenant(), session.id(), dataKey.wrapped(), level, RecordingState.LIVE, 0, new byte[0], 1);
        var actor = new Actor(user.id().value(), request.credential().source());
        var ending = new Ending(session, row);
        if (!awaitsTurn()) {
            return new Decision.Failed(BUSY);
        }
        try {
            if (ledger.start(actor, row, recording) instanceof Written.Refused<Session>(var reason, var why)) {
                throw new IllegalStateException(
                        "session " + session.id() + " could not be written: " + reason + " " + why);
            }
        } catch (StoreUnavailable unanswered) {
            // it may be written nevertheless: then nobody else would close it while this edge lives
            ending.unrecorded();
            ending.ended(new Outcome.EdgeLost());
            throw unanswered;
        } finally {
            starts.release();
        }
        // from here on the session has a row, and every way out writes its outcome
        if (!sight.admits()) {
            ending.unrecorded();
            ending.ended(new Outcome.EdgeLost());
            return new Decision.Failed(BLIND);
        }
        if (session.judgedEarly()) {
            try {
                judgeAgain(List.of(session));
            } catch (RuntimeException e) {
                ending.unrecorded();
                ending.ended(new Outcome.EdgeLost());
                throw e;
            }
        }
        if (session.ordered().isPresent()) {
            var outcome = session.ordered().get();
            ending.unrecorded();
            ending.ended(outcome);
            return new Decision.Refused(outcome.sentence());
        }
        return new Decision.Granted(
                ending,
                new Order(
                        session.id(),
                        user.tenant(),
                        edge,
                        user.id(),
                        user.email(),
                        connection.signed(),
                        request.request(),
                        request.environment(),
                        level,
                        deadline,
                        definition.target().judged() ? user.groups() : Set.of(),
                        standing.policy()
                                .signed()
                                .filter(_ -> definition.target().judged())),
                definition,
                dataKey.wrapped(),
                end.outcome());
    }

    private record End(Instant at, Outcome outcome) {}

    /// What ends the session first: its certificate, the rules' time windows, or the connection's longest time.
    private static End end(
            LiveSession session, Standing standing, Credential credential, ConnectionDefinition definition) {
        var longest = standing.circumstances().at().plus(definition.longest());
        var expires = credential.expires();
        var first = expires.isBefore(longest)
                ? new End(expires, new Outcome.Expired())
                : new End(longest, new Outcome.TimedOut(LONGEST));
        return Judge.closes(
                        standing.user(),
                        standing.policy(),
                        definition,
                        session.mode(),
                        standing.circumstances(),
                        first.at())
                .map(closes -> new End(closes, new Outcome.TimedOut(WINDOW)))
                .orElse(first);
    }

    /// What is decided elsewhere meanwhile finds the session in the live index.
    private boolean awaitsTurn() {
        try {
            return starts.tryAcquire(TURN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private Optional<Standing> standing(Credential credential) {
        var now = clock.instant();
        return read(credential).flatMap(read -> switch (Judge.identify(
                credential, read.facts(), read.policy(), now, true)) {
            case Identified.Somebody(var user) ->
                Optional.of(new Standing(user, read.policy(), new Circumstances(now, credential.source())));
            case Identified.Nobody _ -> Optional.empty();
        });
    }

    /// The facts, and the policy of their epoch; empty when there is no such tenant.
    private Optional<Read> read(Credential credential) {
        var tenant = credential.ca().tenant();
        var certificate = credential.certificate();
        var known = credential.ca();
        for (int attempt = 0; ; attempt++) {
            var ca = known;
            var facts = ledger.facts(tenant, certificate, ca.to(), Judge.names(certificate, ca));
            var now = facts.flatMap(Facts::ca).filter(fresh -> fresh.from() != ca.from() || fresh.to() != ca.to());
            if (now.isEmpty()) {
                return facts.flatMap(
                        found -> policies.at(tenant, found.epoch()).map(policy -> new Read(found, policy)));
            }
            if (attempt == 2) {
                throw new IllegalStateException("the mapping of the CA of " + tenant + " keeps changing");
            }
            // the tenant maps its certificates otherwise since the snapshot was taken
            known = now.get();
        }
    }

    private void refused(Request request, String user, String message) {
        var credential = request.credential();
        if (!waitingRefusals.tryAcquire()) {
            LOG.warn("more than {} refusals wait to be written; this one is dropped", MOST_WAITING_REFUSALS);
            return;
        }
        inBackground(() -> {
            try {
                ledger.note(
                        credential.ca().tenant(),
                        new Actor(user.isEmpty() ? "certificate" : user, credential.source()),
                        "session.refused",
                        request.connection().value(),
                        Map.of(
                                "message",
                                message,
                                "key",
                                credential.certificate().keyFingerprint(),
                                "request",
                                SessionRow.kind(request.request())));
            } catch (RuntimeException e) {
                LOG.warn("a refusal could not be written to the audit log", e);
            } finally {
                waitingRefusals.release();
            }
        });
    }

    /// On a thread of its own; on the caller's when the edge is closing.
    private void inBackground(Runnable work) {
        try {
            background.execute(work);
        } catch (RejectedExecutionException closing) {
            work.run();
        }
    }

    /// What the relay holds of a session.
    private final class Ending implements Live {

        private final LiveSession session;
        private final Session row;
        private volatile boolean recorded = true;

        private Ending(LiveSession session, Session row) {
            this.session = session;
            this.row = row;
        }

        @Override
        public void onEnd(Consumer<Outcome> ender) {
            session.onEnd(ender);
        }

        @Override
        public void onReview(Consumer<ReviewId> reviewer) {
            session.onReview(reviewer);
        }

        @Override
        public boolean pass() throws InterruptedException {
            return session.pass();
        }

        @Override
        public void holds(Unread unread) {
            session.holds(unread);
        }

        @Override
        public void unrecorded() {
            recorded = false;
        }

        @Override
        public void ended(Outcome outcome) {
            if (session.over()) {
                live.leave(session);
                var at = clock.instant();
                boolean unrecorded = !recorded;
                inBackground(() -> outcomes.write(row, outcome, at, unrecorded));
            }
        }
    }
}
