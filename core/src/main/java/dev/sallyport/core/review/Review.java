package dev.sallyport.core.review;

import dev.sallyport.core.connection.ConnectionName;
import dev.sallyport.core.id.ConnectionId;
import dev.sallyport.core.id.EdgeId;
import dev.sallyport.core.id.ReviewId;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.id.UserId;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/// A statement that waits for a person, and what became of it.
///
/// @param email of the user, for people
/// @param edge which holds the session
/// @param challenge the agent's, in hexadecimal
/// @param rule guardrail and rule that hold it
/// @param reason the rule's message
/// @param touches what it would do by grammar
/// @param expires what is not decided by then does not run; what is approved and has not run by then neither
public record Review(
        TenantId tenant,
        ReviewId id,
        SessionId session,
        UserId user,
        String email,
        ConnectionId connection,
        ConnectionName connectionName,
        EdgeId edge,
        HeldStatement statement,
        String challenge,
        String rule,
        String reason,
        String touches,
        Instant requested,
        Instant expires,
        State state,
        Optional<Decision> decision) {

    /// How long a review can be looked up.
    public static final Duration KEPT = Duration.ofDays(90);

    /// Most reviews of one user, and of one tenant, that wait at a time.
    public static final int MOST_OF_USER = 10;

    public static final int MOST_OF_TENANT = 200;

    /// Longest reason of a decision, in characters.
    public static final int LONGEST_REASON = 1_000;

    /// Where it stands.
    public enum State {
        PENDING,
        APPROVED,
        REJECTED,
        /// Nobody decided in time, or it did not run in time.
        EXPIRED,
        /// The user did not wait, or the session ended.
        CANCELLED,
        /// Approved, and it ran: nothing else will by this approval.
        USED;

        /// What may come next.
        public Set<State> next() {
            return switch (this) {
                case PENDING -> EnumSet.of(APPROVED, REJECTED, EXPIRED, CANCELLED);
                case APPROVED -> EnumSet.of(USED, EXPIRED, CANCELLED);
                case REJECTED, EXPIRED, CANCELLED, USED -> EnumSet.noneOf(State.class);
            };
        }
    }

    /// What a person said.
    ///
    /// @param by who decided
    /// @param email of theirs, for people
    /// @param reason may be empty
    public record Decision(UserId by, String email, Instant at, String reason) {}

    /// Whether somebody may decide, and if not, why.
    public sealed interface Standing {
        record May() implements Standing {}

        /// They asked for it themselves.
        record Own() implements Standing {}

        /// Behind the key is no person, so nobody can tell whether it is another's.
        record NoPerson() implements Standing {}

        /// The connection's terms do not name them.
        record NotNamed() implements Standing {}

        /// It is decided, or nobody waits any more.
        record Over(State state) implements Standing {}
    }

    /// Its state at `now`: what is not over by its time is expired, whether or not anybody wrote that.
    public State stateAt(Instant now) {
        return switch (state) {
            case PENDING, APPROVED -> now.isBefore(expires) ? state : State.EXPIRED;
            case REJECTED, EXPIRED, CANCELLED, USED -> state;
        };
    }

    /// Whether `approver` may decide it now. The order tells nobody more than they may know.
    public Standing standing(Approver approver, ReviewTerms terms, Instant now) {
        if (approver.is(user)) {
            return new Standing.Own();
        }
        if (approver.user().isEmpty() || approver.user().get().isServiceAccount()) {
            return new Standing.NoPerson();
        }
        if (!approver.namedBy(terms)) {
            return new Standing.NotNamed();
        }
        var current = stateAt(now);
        return current == State.PENDING ? new Standing.May() : new Standing.Over(current);
    }

    /// What an approval of it says.
    public SignedApproval.Approval approval(Decision by) {
        return new SignedApproval.Approval(
                tenant, id, session, user, connection, statement.hash(), challenge, by.by(), by.email(), expires);
    }
}
