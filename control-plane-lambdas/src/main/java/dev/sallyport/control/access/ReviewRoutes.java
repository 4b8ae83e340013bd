package dev.sallyport.control.access;

import static dev.sallyport.control.http.Router.ALL;

import dev.sallyport.api.Problem;
import dev.sallyport.api.Reviews;
import dev.sallyport.control.http.Answer;
import dev.sallyport.control.http.Caller;
import dev.sallyport.control.http.Declined;
import dev.sallyport.control.http.Fields;
import dev.sallyport.control.http.Router;
import dev.sallyport.control.http.Router.Call;
import dev.sallyport.control.http.Words;
import dev.sallyport.core.apikey.ApiKey.Role;
import dev.sallyport.core.id.ConnectionId;
import dev.sallyport.core.id.ReviewId;
import dev.sallyport.core.review.Approver;
import dev.sallyport.core.review.Review;
import dev.sallyport.core.review.Review.Decision;
import dev.sallyport.core.review.Review.Standing;
import dev.sallyport.core.review.Review.State;
import dev.sallyport.core.review.ReviewTerms;
import dev.sallyport.core.review.SignedApproval;
import dev.sallyport.core.tenant.TenantSigners;
import dev.sallyport.core.user.User;
import dev.sallyport.store.Store;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// `/v1/reviews`: what waits for a person. An approval is signed here with the tenant's key, and by nobody else.
///
/// A member sees what its user asked for and what it may decide; of the rest nothing is there for it. Who may decide
/// is what the connection says now, not what it said when the statement began to wait.
public final class ReviewRoutes {

    private static final Map<String, State> STATES = Words.all(State.class);

    /// Auditors change nothing.
    private static final Set<Role> DECIDERS = Set.of(Role.ADMIN, Role.MEMBER);

    private final Store store;
    private final TenantSigners signers;
    private final Clock clock;

    @Inject
    ReviewRoutes(Store store, TenantSigners signers, Clock clock) {
        this.store = store;
        this.signers = signers;
        this.clock = clock;
    }

    void addTo(Router router) {
        router.route("GET", "/v1/reviews", ALL, this::list)
                .route("GET", "/v1/reviews/{review}", ALL, this::show)
                .route("POST", "/v1/reviews/{review}/approve", DECIDERS, this::approve)
                .route("POST", "/v1/reviews/{review}/reject", DECIDERS, this::reject);
    }

    /// The caller as somebody who decides, and the terms of the connections that it looks at.
    private final class Sight {

        private final Caller caller;
        private final Optional<User> user;
        private final Approver approver;
        private final Map<ConnectionId, Optional<ReviewTerms>> terms = new HashMap<>();

        Sight(Caller caller) {
            this.caller = caller;
            user = caller.key().user().flatMap(id -> store.users().get(caller.tenant(), id));
            approver = new Approver(
                    user.map(User::id),
                    store.apiKeys().madeBy(caller.key()),
                    user.map(User::groups).orElse(Set.of()),
                    caller.role() == Role.ADMIN);
        }

        /// None of a connection that is deleted: nobody decides for it any more.
        Optional<ReviewTerms> terms(Review review) {
            return terms.computeIfAbsent(
                    review.connection(),
                    id -> store.connections()
                            .get(caller.tenant(), id)
                            .map(stored -> stored.definition().review()));
        }

        boolean sees(Review review) {
            return !caller.onlyOwn()
                    || caller.is(review.user())
                    || terms(review).filter(approver::namedBy).isPresent();
        }

        Standing standing(Review review) {
            if (caller.role() == Role.AUDITOR) {
                return new Standing.NotNamed();
            }
            return terms(review)
                    .map(named -> review.standing(approver, named, clock.instant()))
                    .orElseGet(Standing.NotNamed::new);
        }
    }

    private Answer list(Caller caller, Call call) throws Declined {
        var request = call.request();
        int limit = request.limit();
        var state = request.parameter("state");
        if (state.isPresent() && !STATES.containsKey(state.get())) {
            throw Declined.field(
                    "state",
                    "is one of "
                            + String.join(
                                    ", ", STATES.keySet().stream().sorted().toList()));
        }
        var wanted = state.map(STATES::get);
        var sight = new Sight(caller);
        var now = clock.instant();
        var page = store.reviews()
                .list(
                        caller.tenant(),
                        review -> wanted.map(it -> it == review.stateAt(now)).orElse(true) && sight.sees(review),
                        request.parameter("cursor"),
                        limit);
        return Answer.ok(new Reviews.Page(
                page.items().stream().map(review -> shown(review, sight, false)).toList(),
                page.cursor().orElse(null)));
    }

    private Answer show(Caller caller, Call call) throws Declined {
        var sight = new Sight(caller);
        return Answer.ok(shown(found(sight, call), sight, true));
    }

    private Answer approve(Caller caller, Call call) throws Declined {
        var sight = new Sight(caller);
        var review = found(sight, call);
        var request = call.request().json(Reviews.Approve.class);
        var fields = new Fields();
        var reason = reason(fields, fields.optional("reason", request.reason()).orElse(""));
        var hash = fields.optional("statement_sha256", request.statementSha256());
        fields.check();
        var decision = decision(sight, review, reason);
        if (hash.filter(named -> !named.equals(review.statement().hash().hex())).isPresent()) {
            throw new Declined(
                    Problem.Type.CONFLICT,
                    "That is the hash of another statement: look at the review, and decide again.");
        }
        var approval = SignedApproval.sign(review.approval(decision), signers.of(caller.tenant()));
        var decided = store.reviews()
                .decide(caller.actor(), review, decision, Optional.of(approval))
                .orThrow();
        return Answer.ok(shown(decided, sight, true));
    }

    private Answer reject(Caller caller, Call call) throws Declined {
        var sight = new Sight(caller);
        var review = found(sight, call);
        var fields = new Fields();
        var reason = reason(
                fields,
                fields.needed(
                        "reason", call.request().json(Reviews.Reject.class).reason()));
        fields.check();
        var decided = store.reviews()
                .decide(caller.actor(), review, decision(sight, review, reason), Optional.empty())
                .orThrow();
        return Answer.ok(shown(decided, sight, true));
    }

    private static String reason(Fields fields, String reason) {
        if (reason.length() > Review.LONGEST_REASON) {
            fields.wrong("reason", "has at most " + Review.LONGEST_REASON + " characters");
        }
        return reason;
    }

    /// @throws Declined when the caller may not decide it
    private Decision decision(Sight sight, Review review, String reason) throws Declined {
        switch (sight.standing(review)) {
            case Standing.May() -> {
                var user = sight.user.orElseThrow(Declined::forbidden);
                return new Decision(user.id(), user.email(), clock.instant().truncatedTo(ChronoUnit.MILLIS), reason);
            }
            case Standing.Own() ->
                throw new Declined(
                        Problem.Type.FORBIDDEN, "You asked for this yourself: somebody else has to decide it.");
            case Standing.NoPerson() ->
                throw new Declined(
                        Problem.Type.FORBIDDEN,
                        "Behind this key is no person: reviews are decided with a key that names a user. An admin makes"
                                + " one with: sally admin keys create NAME --user EMAIL");
            case Standing.NotNamed() ->
                throw new Declined(
                        Problem.Type.FORBIDDEN,
                        "This connection's reviews are decided by others: its approvers say by whom.");
            case Standing.Over(var state) ->
                throw new Declined(
                        Problem.Type.CONFLICT,
                        "This review is " + Words.of(state) + ": there is nothing to decide any more.");
        }
    }

    private Review found(Sight sight, Call call) throws Declined {
        ReviewId id;
        try {
            id = new ReviewId(call.part("review"));
        } catch (IllegalArgumentException e) {
            throw Declined.notFound();
        }
        return store.reviews()
                .get(sight.caller.tenant(), id)
                .map(stored -> stored.review())
                .filter(sight::sees)
                .orElseThrow(Declined::notFound);
    }

    private Reviews.Review shown(Review review, Sight sight, boolean whole) {
        var decision = review.decision();
        var text = review.statement().text();
        return new Reviews.Review(
                review.id().value(),
                Words.of(review.stateAt(clock.instant())),
                review.session().value(),
                review.user().value(),
                review.email(),
                review.connection().value(),
                review.connectionName().value(),
                review.rule(),
                review.reason(),
                review.touches(),
                text.substring(0, text.offsetByCodePoints(0, Math.min(200, text.codePointCount(0, text.length())))),
                whole ? text : null,
                whole ? review.statement().parameters() : null,
                whole ? review.statement().hash().hex() : null,
                review.requested(),
                review.expires(),
                decision.map(Decision::at).orElse(null),
                decision.map(it -> it.by().value()).orElse(null),
                decision.map(Decision::email).orElse(null),
                decision.map(Decision::reason).orElse(null),
                sight.terms(review)
                        .map(terms -> terms.approvers().stream().sorted().toList())
                        .orElse(java.util.List.of()),
                sight.standing(review) instanceof Standing.May);
    }
}
