package dev.sallyport.control.sessions;

import static dev.sallyport.control.http.Router.ADMINS;
import static dev.sallyport.control.http.Router.ALL;
import static dev.sallyport.control.http.Router.READERS;

import dev.sallyport.api.Problem;
import dev.sallyport.api.Sessions;
import dev.sallyport.control.http.Answer;
import dev.sallyport.control.http.Caller;
import dev.sallyport.control.http.Declined;
import dev.sallyport.control.http.Fields;
import dev.sallyport.control.http.Paging;
import dev.sallyport.control.http.Router;
import dev.sallyport.control.http.Router.Call;
import dev.sallyport.control.http.Words;
import dev.sallyport.control.identity.UserRoutes;
import dev.sallyport.core.apikey.ApiKey.Role;
import dev.sallyport.core.connection.ConnectionName;
import dev.sallyport.core.id.ConnectionId;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.UserId;
import dev.sallyport.core.recording.ChunkStore;
import dev.sallyport.core.recording.DataKeys;
import dev.sallyport.core.recording.Hold;
import dev.sallyport.core.recording.RecordingRow;
import dev.sallyport.core.recording.RecordingState;
import dev.sallyport.core.session.Outcome;
import dev.sallyport.core.session.Session;
import dev.sallyport.store.Sessions.Filter;
import dev.sallyport.store.Store;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

/// `/v1/sessions`: sessions and what opens their recordings.
///
/// A member sees the sessions of its own user; another's is not there for it.
public final class SessionRoutes {

    /// Chunks in one answer.
    private static final int CHUNKS = 500;

    /// Chunks that are deleted while somebody waits; the sweep deletes the others.
    private static final int CHUNKS_AT_ONCE = 200;

    private static final String DELETED = "deleted";

    /// How long after a session's end its last chunk may still be on its way.
    private static final Duration LAST_CHUNK = Duration.ofSeconds(30);

    private static final Map<String, Boolean> STATES = Map.of("live", true, "ended", false);

    private final Store store;
    private final UserRoutes users;
    private final ChunkStore chunks;
    private final ChunkUrls urls;
    private final DataKeys dataKeys;
    private final Clock clock;

    @Inject
    SessionRoutes(Store store, UserRoutes users, ChunkStore chunks, ChunkUrls urls, DataKeys dataKeys, Clock clock) {
        this.store = store;
        this.users = users;
        this.chunks = chunks;
        this.urls = urls;
        this.dataKeys = dataKeys;
        this.clock = clock;
    }

    void addTo(Router router) {
        router.route("GET", "/v1/sessions", ALL, this::list)
                .route("GET", "/v1/sessions/{session}", ALL, this::show)
                .route("POST", "/v1/sessions/{session}/kill", ALL, this::kill)
                .route("GET", "/v1/sessions/{session}/recording", ALL, this::recording)
                .route("DELETE", "/v1/sessions/{session}/recording", ADMINS, this::delete)
                .route("GET", "/v1/sessions/{session}/recording/chunks", ALL, this::chunks)
                .route("PUT", "/v1/sessions/{session}/hold", ADMINS, this::hold)
                .route("DELETE", "/v1/sessions/{session}/hold", ADMINS, this::release)
                .route("GET", "/v1/holds", READERS, this::holds);
    }

    private Answer list(Caller caller, Call call) throws Declined {
        var request = call.request();
        var none = Answer.ok(new Sessions.Page(java.util.List.of(), null));
        int limit = request.limit();
        Optional<UserId> user = Optional.empty();
        if (request.parameter("user").isPresent()) {
            var found = users.findAnybody(caller, request.parameter("user").get());
            if (found.isEmpty()) {
                return none;
            }
            user = found.map(it -> it.id());
        }
        if (caller.onlyOwn()) {
            var own = caller.key().user();
            if (own.isEmpty() || user.filter(named -> !own.get().equals(named)).isPresent()) {
                return none;
            }
            user = own;
        }
        Optional<ConnectionName> connection = Optional.empty();
        if (request.parameter("connection").isPresent()) {
            connection = connection(caller, request.parameter("connection").get());
            if (connection.isEmpty()) {
                return none;
            }
        }
        var state = request.parameter("state");
        if (state.isPresent() && !STATES.containsKey(state.get())) {
            throw Declined.field("state", "is one of ended, live");
        }
        var filter = new Filter(user, connection, state.map(STATES::get), request.time("from"), request.time("to"));
        var page = store.sessions().list(caller.tenant(), filter, request.parameter("cursor"), limit);
        var recordings = store.recordings()
                .all(caller.tenant(), page.items().stream().map(Session::id).toList());
        return Answer.ok(new Sessions.Page(
                page.items().stream()
                        .map(session -> shown(
                                session,
                                Optional.ofNullable(recordings.get(session.id())),
                                Optional.empty(),
                                Optional.empty()))
                        .toList(),
                page.cursor().orElse(null)));
    }

    /// A connection may be gone, and its sessions still there: a name counts as it is.
    Optional<ConnectionName> connection(Caller caller, String idOrName) {
        if (idOrName.startsWith("con_")) {
            try {
                var found = store.connections().get(caller.tenant(), new ConnectionId(idOrName));
                if (found.isPresent()) {
                    return found.map(stored -> stored.definition().name());
                }
            } catch (IllegalArgumentException e) {
                // A connection may be called so.
            }
        }
        return ConnectionName.of(idOrName);
    }

    private Answer show(Caller caller, Call call) throws Declined {
        return Answer.ok(shown(found(caller, call)));
    }

    /// Everything that is known of one session.
    private Sessions.Session shown(Session session) {
        return shown(
                session,
                store.recordings().get(session.tenant(), session.id()),
                store.holds().get(session.tenant(), session.id()),
                Optional.of(store.statements().missing(session.tenant(), session.id()))
                        .filter(count -> count > 0));
    }

    private Answer delete(Caller caller, Call call) throws Declined {
        var session = found(caller, call);
        var reason = reason(call);
        var _ = store.deletions()
                .delete(caller.actor(), caller.tenant(), session.id(), reason)
                .orThrow();
        boolean _ = store.deletions().finish(chunks, caller.tenant(), session.id(), CHUNKS_AT_ONCE);
        return Answer.ok(shown(session));
    }

    private Answer hold(Caller caller, Call call) throws Declined {
        var session = found(caller, call);
        var fields = new Fields();
        var reason = fields.needed(
                "reason", call.request().json(Sessions.HoldWrite.class).reason());
        fields.check();
        return Answer.ok(shown(store.holds()
                .put(caller.actor(), caller.tenant(), session.id(), reason)
                .orThrow()));
    }

    private Answer release(Caller caller, Call call) throws Declined {
        var session = found(caller, call);
        var _ = store.holds()
                .release(caller.actor(), caller.tenant(), session.id(), reason(call))
                .orThrow();
        return Answer.nothing();
    }

    private Answer holds(Caller caller, Call call) throws Declined {
        var page = Paging.of(
                store.holds().list(caller.tenant()), hold -> hold.session().value(), call.request());
        return Answer.ok(new Sessions.HoldPage(
                page.items().stream().map(SessionRoutes::shown).toList(),
                page.next().orElse(null)));
    }

    private static Sessions.Hold shown(Hold hold) {
        return new Sessions.Hold(hold.session().value(), hold.at(), hold.by(), hold.reason());
    }

    /// Why something is deleted: of the query, because not every program on the way lets the body of a `DELETE` pass.
    private static String reason(Call call) throws Declined {
        var fields = new Fields();
        var reason = fields.needed("reason", call.request().parameter("reason").orElse(null));
        fields.check();
        return reason;
    }

    private Answer kill(Caller caller, Call call) throws Declined {
        var session = found(caller, call);
        if (caller.role() == Role.AUDITOR) {
            throw Declined.forbidden();
        }
        var fields = new Fields();
        var reason = fields.optional(
                "reason", call.request().json(Sessions.Kill.class).reason());
        fields.check();
        if (!session.live()) {
            throw new Declined(Problem.Type.CONFLICT, "The session has ended already.");
        }
        var killed = store.sessions()
                .kill(caller.actor(), caller.tenant(), session.id(), reason.orElse(""))
                .orThrow();
        return Answer.accepted(shown(killed, Optional.empty(), Optional.empty(), Optional.empty()));
    }

    private Answer recording(Caller caller, Call call) throws Declined {
        var session = found(caller, call);
        var row = there(session);
        var tenant = store.tenants().get(caller.tenant()).orElseThrow(Declined::notFound);
        store.auditLog()
                .append(
                        caller.tenant(),
                        caller.actor(),
                        "recording.opened",
                        session.id().value(),
                        Map.of("key", caller.key().id().value()));
        try (var key = dataKeys.unwrap(caller.tenant(), row.wrappedDataKey())) {
            return Answer.ok(new Sessions.Recording(
                    session.id().value(),
                    caller.tenant().value(),
                    state(session, row),
                    Words.of(row.level()),
                    key.reveal(Base64.getUrlEncoder().withoutPadding()::encodeToString),
                    tenant.key().text()));
        }
    }

    private Answer chunks(Caller caller, Call call) throws Declined {
        var session = found(caller, call);
        int from = call.request().number("from", 0);
        var state = state(session, there(session));
        try {
            var items = chunks.numbers(caller.tenant(), session.id()).stream()
                    .filter(number -> number >= from)
                    .limit(CHUNKS)
                    .map(number -> new Sessions.Chunk(number, urls.url(caller.tenant(), session.id(), number)))
                    .toList();
            return Answer.ok(new Sessions.Chunks(session.id().value(), state, items));
        } catch (IOException e) {
            throw new UncheckedIOException("could not list the chunks of " + session.id(), e);
        }
    }

    /// The row of a recording that was not deleted.
    private RecordingRow there(Session session) throws Declined {
        var row = row(session);
        if (row.deletion().isPresent()) {
            var deletion = row.deletion().get();
            throw new Declined(
                    Problem.Type.DELETED,
                    "The recording of this session was deleted on " + deletion.at() + " by " + deletion.by()
                            + ": there is nothing to see any more.");
        }
        return row;
    }

    private RecordingRow row(Session session) throws Declined {
        return store.recordings().get(session.tenant(), session.id()).orElseThrow(Declined::notFound);
    }

    private Session found(Caller caller, Call call) throws Declined {
        SessionId id;
        try {
            id = new SessionId(call.part("session"));
        } catch (IllegalArgumentException e) {
            throw Declined.notFound();
        }
        return store.sessions()
                .get(caller.tenant(), id)
                .filter(session -> !caller.onlyOwn() || caller.is(session.user()))
                .orElseThrow(Declined::notFound);
    }

    /// A recording that nobody seals is incomplete from its session's end on: at once when its edge was lost, else
    /// after the time that the last chunk may take.
    private String state(Session session, RecordingRow row) {
        if (row.deletion().isPresent()) {
            return DELETED;
        }
        boolean abandoned = row.state() == RecordingState.LIVE
                && session.end()
                        .filter(end -> end.outcome().equals(new Outcome.EdgeLost().name())
                                || end.at().plus(LAST_CHUNK).isBefore(clock.instant()))
                        .isPresent();
        return Words.of(abandoned ? RecordingState.INCOMPLETE : row.state());
    }

    private Sessions.Session shown(
            Session session, Optional<RecordingRow> row, Optional<Hold> hold, Optional<Long> notIndexed) {
        var certificate = session.certificate();
        return new Sessions.Session(
                session.id().value(),
                session.user().value(),
                session.email(),
                session.connection().value(),
                session.connectionName().value(),
                session.agent().value(),
                Words.of(session.mode()),
                session.request(),
                session.command().orElse(null),
                session.source(),
                new Sessions.Certificate(
                        certificate.caFingerprint(),
                        Long.toUnsignedString(certificate.serial()),
                        certificate.keyId(),
                        certificate.keyFingerprint()),
                session.live() ? "live" : "ended",
                session.started(),
                session.deadline(),
                session.end().map(Session.End::at).orElse(null),
                session.end().map(Session.End::outcome).orElse(null),
                session.end().map(Session.End::sentence).orElse(null),
                session.end().flatMap(Session.End::exitStatus).orElse(null),
                Words.of(session.level()),
                row.map(it -> state(session, it)).orElse(null),
                row.flatMap(RecordingRow::deletion)
                        .map(it -> new Sessions.Deletion(it.at(), it.by(), it.reason()))
                        .orElse(null),
                hold.map(SessionRoutes::shown).orElse(null),
                notIndexed.orElse(null));
    }
}
