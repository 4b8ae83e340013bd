package dev.sallyport.store;

import dev.sallyport.core.audit.Actor;
import dev.sallyport.core.connection.ConnectionName;
import dev.sallyport.core.edge.Mail;
import dev.sallyport.core.id.ConnectionId;
import dev.sallyport.core.id.EdgeId;
import dev.sallyport.core.id.ReviewId;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.id.UserId;
import dev.sallyport.core.review.HeldStatement;
import dev.sallyport.core.review.Review;
import dev.sallyport.core.review.Review.Decision;
import dev.sallyport.core.review.Review.State;
import dev.sallyport.core.review.SignedApproval;
import dev.sallyport.store.Written.Reason;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/// The reviews of each tenant: a list by time, and each one's statement beside it.
///
/// A review changes only as [State#next] says: each change is written on condition of the state that was read, with its
/// audit entry, all or none. Two who decide at once: the first counts.
public final class Reviews {

    /// Rows that one page reads at most.
    private static final int MOST_READ = 2_000;

    /// Most of a statement that the list has, in characters.
    private static final int EXCERPT = 200;

    private static final String STATEMENT = "STATEMENT";
    private static final String STATE = "state";
    private static final String LOWEST = "rev_0";
    private static final String HIGHEST = "rev_8";

    private final Tables tables;
    private final AuditLog audit;
    private final Outbox outbox;

    Reviews(Tables tables, AuditLog audit, Outbox outbox) {
        this.tables = tables;
        this.audit = audit;
        this.outbox = outbox;
    }

    /// A review with the approval that was given for it.
    ///
    /// @param approval once it is approved
    public record Stored(Review review, Optional<SignedApproval> approval) {}

    /// Asks for a review. Refused when too many of the user or the tenant wait; several that ask at once may be a few
    /// more.
    public Written<Review> ask(Actor actor, Review review) {
        var waiting = waiting(review.tenant());
        if (waiting.size() >= Review.MOST_OF_TENANT) {
            return new Written.Refused<>(Reason.LIMIT, "Too many statements wait for an approval.");
        }
        if (waiting.stream()
                        .filter(item -> item.text("user").equals(review.user().value()))
                        .count()
                >= Review.MOST_OF_USER) {
            return new Written.Refused<>(
                    Reason.LIMIT, "You have " + Review.MOST_OF_USER + " statements that wait for an approval already.");
        }
        var expires = Optional.of(review.requested().plus(Review.KEPT));
        var transaction = new Transaction(tables)
                .put(
                        Table.LIVE,
                        item(review).expires(expires),
                        Condition.absent(),
                        Reason.TAKEN,
                        "The review is there already.")
                .put(
                        Table.LIVE,
                        Item.of(one(review.tenant(), review.id()), STATEMENT)
                                .text("text", review.statement().text())
                                .inOrder("parameters", review.statement().parameters())
                                .expires(expires))
                .put(
                        Table.LIVE,
                        Item.of(pending(review.tenant()), review.id().value())
                                .text("user", review.user().value())
                                .expires(Optional.of(review.expires())));
        var details = details(review);
        details.put("touches", cut(review.touches()));
        return audit.commit(transaction, draft(actor, review, "review.asked", details))
                .<Written<Review>>map(Transaction.Meaning::refused)
                .orElseGet(() -> new Written.Done<>(review));
    }

    /// Writes what a person decided of a pending review whose session lives, and has its edge told.
    ///
    /// @param approval of a decision to approve; without one it is rejected
    public Written<Review> decide(Actor actor, Review review, Decision decision, Optional<SignedApproval> approval) {
        var state = approval.isPresent() ? State.APPROVED : State.REJECTED;
        var set = Item.of("", "")
                .text(STATE, state.name())
                .text("by", decision.by().value())
                .text("byEmail", decision.email())
                .time("at", decision.at())
                .text("decisionReason", decision.reason());
        approval.ifPresent(
                signed -> set.bytes("approval", signed.bytes()).bytes("approvalSignature", signed.signature()));
        var transaction = change(review, State.PENDING, state, set)
                .check(
                        Table.LIVE,
                        Keys.session(review.tenant(), review.session()),
                        Keys.SESSION,
                        Condition.without("outcome"),
                        Reason.STALE,
                        "The session has ended: nobody waits for this any more.");
        var owed = outbox.owe(
                transaction,
                new Mail.ReviewDecided(review.tenant(), review.session(), review.id()),
                Optional.of(review.edge()));
        var details = details(review);
        details.put("reason", decision.reason());
        var refused = audit.commit(
                transaction,
                draft(actor, review, state == State.APPROVED ? "review.approved" : "review.rejected", details));
        if (refused.isPresent()) {
            return refused.get().refused();
        }
        outbox.deliver(List.of(owed));
        return new Written.Done<>(decided(review, state, decision));
    }

    /// Writes how a review ended that nobody waits for any more; `false` when it had ended before, or cannot end so.
    public boolean end(Actor actor, TenantId tenant, ReviewId id, State end) {
        // decided meanwhile, perhaps: once more by what it is then
        for (int attempt = 0; attempt < 3; attempt++) {
            var found = get(tenant, id);
            if (found.isEmpty() || !found.get().review().state().next().contains(end)) {
                return false;
            }
            var review = found.get().review();
            var transaction =
                    change(review, review.state(), end, Item.of("", "").text(STATE, end.name()));
            var action = "review." + end.name().toLowerCase(java.util.Locale.ROOT);
            if (audit.commit(transaction, draft(actor, review, action, details(review)))
                    .isEmpty()) {
                return true;
            }
        }
        return false;
    }

    private Transaction change(Review review, State from, State to, Item set) {
        if (!from.next().contains(to)) {
            throw new IllegalStateException("a review that is " + from + " does not become " + to);
        }
        return new Transaction(tables)
                .set(
                        Table.LIVE,
                        list(review.tenant()),
                        review.id().value(),
                        set.set(),
                        Condition.text(STATE, from.name()),
                        Reason.STALE,
                        "It was decided by somebody else meanwhile, or nobody waits for it any more.")
                .delete(Table.LIVE, pending(review.tenant()), review.id().value());
    }

    /// A review, with its whole statement.
    public Optional<Stored> get(TenantId tenant, ReviewId id) {
        return tables.get(Table.LIVE, list(tenant), id.value())
                .flatMap(item -> tables.get(Table.LIVE, one(tenant, id), STATEMENT)
                        .map(text ->
                                read(tenant, item, new HeldStatement(text.text("text"), text.texts("parameters")))));
    }

    /// The reviews that `shown` lets pass, newest first, each with the beginning of its statement only. A page may be
    /// short of `limit`, even empty, with more to come.
    public Page<Review> list(TenantId tenant, Predicate<Review> shown, Optional<String> cursor, int limit) {
        int wanted = Math.clamp(limit, 1, Page.LARGEST);
        cursor.ifPresent(Reviews::check);
        var highest = cursor.orElse(HIGHEST);
        var rows = tables.between(Table.LIVE, list(tenant), LOWEST, highest, true, MOST_READ + 1).stream()
                .filter(item -> item.sort().compareTo(highest) < 0)
                .toList();
        var found = new ArrayList<Review>();
        int read = 0;
        for (var item : rows) {
            read++;
            var review = read(tenant, item, new HeldStatement(item.text("excerpt"), List.of()))
                    .review();
            if (shown.test(review)) {
                found.add(review);
            }
            if ((found.size() == wanted || read == MOST_READ) && read < rows.size()) {
                return new Page<>(found, Optional.of(item.sort()));
            }
        }
        return new Page<>(found, Optional.empty());
    }

    private static void check(String cursor) {
        try {
            var _ = new ReviewId(cursor);
        } catch (IllegalArgumentException e) {
            throw new BadCursor();
        }
    }

    private List<Item> waiting(TenantId tenant) {
        return tables.between(Table.LIVE, pending(tenant), LOWEST, HIGHEST, true, Review.MOST_OF_TENANT).stream()
                .toList();
    }

    private static AuditLog.Draft draft(Actor actor, Review review, String action, Map<String, String> details) {
        return new AuditLog.Draft(review.tenant(), actor, action, review.id().value(), details);
    }

    private static Map<String, String> details(Review review) {
        var details = new LinkedHashMap<String, String>();
        details.put("session", review.session().value());
        details.put("user", review.user().value());
        details.put("connection", review.connectionName().value());
        details.put("rule", cut(review.rule()));
        details.put("sha256", review.statement().hash().hex());
        return details;
    }

    private static String cut(String text) {
        return text.length() <= EXCERPT ? text : text.substring(0, EXCERPT);
    }

    private static String excerpt(String text) {
        int end = text.offsetByCodePoints(0, Math.min(EXCERPT, text.codePointCount(0, text.length())));
        return text.substring(0, end);
    }

    private static Review decided(Review review, State state, Decision decision) {
        return new Review(
                review.tenant(),
                review.id(),
                review.session(),
                review.user(),
                review.email(),
                review.connection(),
                review.connectionName(),
                review.edge(),
                review.statement(),
                review.challenge(),
                review.rule(),
                review.reason(),
                review.touches(),
                review.requested(),
                review.expires(),
                state,
                Optional.of(decision));
    }

    private static Item item(Review review) {
        return Item.of(list(review.tenant()), review.id().value())
                .text("session", review.session().value())
                .text("user", review.user().value())
                .text("email", review.email())
                .text("connection", review.connection().value())
                .text("connectionName", review.connectionName().value())
                .text("edge", review.edge().value())
                .text("excerpt", excerpt(review.statement().text()))
                .text("challenge", review.challenge())
                .text("rule", review.rule())
                .text("reason", review.reason())
                .text("touches", review.touches())
                .time("requested", review.requested())
                .time("until", review.expires())
                .text(STATE, review.state().name());
    }

    private static Stored read(TenantId tenant, Item item, HeldStatement statement) {
        var review = new Review(
                tenant,
                new ReviewId(item.sort()),
                new SessionId(item.text("session")),
                new UserId(item.text("user")),
                item.text("email"),
                new ConnectionId(item.text("connection")),
                new ConnectionName(item.text("connectionName")),
                new EdgeId(item.text("edge")),
                statement,
                item.text("challenge"),
                item.text("rule"),
                item.text("reason"),
                item.text("touches"),
                item.time("requested"),
                item.time("until"),
                State.valueOf(item.text(STATE)),
                item.has("by")
                        ? Optional.of(new Decision(
                                new UserId(item.text("by")),
                                item.text("byEmail"),
                                item.time("at"),
                                item.text("decisionReason")))
                        : Optional.empty());
        return new Stored(
                review,
                item.has("approval")
                        ? Optional.of(new SignedApproval(item.bytes("approval"), item.bytes("approvalSignature")))
                        : Optional.empty());
    }

    private static String list(TenantId tenant) {
        return Keys.tenant(tenant) + "#REVIEWS";
    }

    private static String pending(TenantId tenant) {
        return Keys.tenant(tenant) + "#WAITING";
    }

    private static String one(TenantId tenant, ReviewId id) {
        return Keys.tenant(tenant) + "#REVIEW#" + id.value();
    }
}
