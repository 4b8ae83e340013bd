package dev.sallyport.control.sessions;

import static dev.sallyport.control.http.Router.ALL;

import dev.sallyport.api.Statements;
import dev.sallyport.control.http.Answer;
import dev.sallyport.control.http.Caller;
import dev.sallyport.control.http.Declined;
import dev.sallyport.control.http.Router;
import dev.sallyport.control.http.Router.Call;
import dev.sallyport.control.identity.UserRoutes;
import dev.sallyport.core.connection.ConnectionName;
import dev.sallyport.core.id.UserId;
import dev.sallyport.core.statement.IndexedStatement;
import dev.sallyport.core.statement.StatementSearch;
import dev.sallyport.store.StatementFinder;
import dev.sallyport.store.Store;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// `/v1/statements`: the search over statements.
///
/// Who may read a session's recording finds its statements, nobody else: a member is answered out of its own user's
/// alone. Who searches those of others stands in the audit log, as who opens a recording does.
public final class StatementRoutes {

    /// How far back a search goes that does not say so itself.
    private static final Duration BACK = Duration.ofDays(30);

    /// Edges' clocks may be ahead of ours.
    private static final Duration AHEAD = Duration.ofHours(1);

    private static final Set<String> VERDICTS = Set.of("allow", "warn", "hold", "block");

    private final Store store;
    private final UserRoutes users;
    private final SessionRoutes sessions;
    private final Clock clock;

    @Inject
    StatementRoutes(Store store, UserRoutes users, SessionRoutes sessions, Clock clock) {
        this.store = store;
        this.users = users;
        this.sessions = sessions;
        this.clock = clock;
    }

    void addTo(Router router) {
        router.route("GET", "/v1/statements", ALL, this::search);
    }

    private Answer search(Caller caller, Call call) throws Declined {
        var request = call.request();
        var written = request.parameter("q").orElse("");
        var search = StatementSearch.of(written)
                .orElseThrow(() -> Declined.field(
                        "q",
                        "has at most " + StatementSearch.LONGEST + " characters and " + StatementSearch.MOST_WORDS
                                + " words, and one at least that is in the index: names and operations are, while"
                                + " numbers, texts in single quotes and words such as select and from are not"));
        var now = clock.instant();
        var since = request.time("since").orElse(now.minus(BACK));
        var until = request.time("until").orElse(now.plus(AHEAD));
        var verdict = request.parameter("verdict");
        if (verdict.isPresent() && !VERDICTS.contains(verdict.get())) {
            throw Declined.field("verdict", "is one of allow, block, hold, warn");
        }
        int limit = request.limit();
        var none = Answer.ok(new Statements.Page(List.of(), null, since, List.of()));
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
            connection =
                    sessions.connection(caller, request.parameter("connection").get());
            if (connection.isEmpty()) {
                return none;
            }
        }
        if (!caller.onlyOwn()) {
            note(caller, written, user);
        }
        return Answer.ok(shown(store.statements()
                .find(
                        caller.tenant(),
                        new StatementFinder.Query(search, user, connection, verdict, since, until, limit),
                        request.parameter("cursor"))));
    }

    private void note(Caller caller, String written, Optional<UserId> user) {
        store.auditLog()
                .append(
                        caller.tenant(),
                        caller.actor(),
                        "statements.searched",
                        user.map(UserId::value).orElse(caller.tenant().value()),
                        Map.of("key", caller.key().id().value(), "words", written));
    }

    private static Statements.Page shown(StatementFinder.Found found) {
        return new Statements.Page(
                found.items().stream().map(StatementRoutes::shown).toList(),
                found.cursor().orElse(null),
                found.searchedTo(),
                found.gaps().stream()
                        .map(gap -> new Statements.Gap(
                                gap.session().value(),
                                gap.user().value(),
                                gap.email(),
                                gap.connection().value(),
                                gap.count(),
                                gap.at()))
                        .toList());
    }

    private static Statements.Statement shown(IndexedStatement statement) {
        return new Statements.Statement(
                statement.session().value(),
                statement.number(),
                statement.at(),
                statement.user().value(),
                statement.email(),
                statement.connection().value(),
                statement.text(),
                statement.cut(),
                statement.verdict(),
                statement.rule().orElse(null));
    }
}
