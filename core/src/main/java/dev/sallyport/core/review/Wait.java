package dev.sallyport.core.review;

import dev.sallyport.core.hash.Sha256;
import dev.sallyport.core.id.ConnectionId;
import dev.sallyport.core.id.ReviewId;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.id.UserId;
import dev.sallyport.core.tenant.TenantKey;
import java.time.Instant;
import java.util.Optional;

/// One statement that an agent holds, and what an approval must say to release it.
///
/// Believes nothing that an edge says: only what the tenant's key has signed, for this wait and no other. The
/// challenge is new for each wait, so that an approval that counted once never counts again.
///
/// @param challenge in hexadecimal
/// @param until by the agent's own clock; no approval counts from then on, whatever it says
public record Wait(
        TenantId tenant,
        SessionId session,
        UserId user,
        ConnectionId connection,
        Sha256 statement,
        String challenge,
        Instant until) {

    /// What an approval comes to.
    public sealed interface Answer {

        /// The statement may run, once.
        record Released(SignedApproval.Approval approval) implements Answer {}

        /// It may not.
        ///
        /// @param why one sentence, for the user and the log
        record NotReleased(String why) implements Answer {}
    }

    /// Looks at an approval.
    ///
    /// @param review the one that the user was told; empty when none was
    public Answer answer(SignedApproval signed, Optional<ReviewId> review, TenantKey key, Instant now) {
        var verified = signed.verify(key);
        if (verified.isEmpty()) {
            return new Answer.NotReleased("its approval is not signed by the tenant's key");
        }
        var approval = verified.get();
        if (!approval.tenant().equals(tenant)
                || !approval.session().equals(session)
                || !approval.user().equals(user)
                || !approval.connection().equals(connection)) {
            return new Answer.NotReleased("its approval is for another session");
        }
        if (!approval.statement().equals(statement)) {
            return new Answer.NotReleased("its approval is for another statement");
        }
        if (!approval.challenge().equals(challenge)
                || !review.map(approval.review()::equals).orElse(true)) {
            return new Answer.NotReleased("its approval is for another time that it was asked");
        }
        if (approval.by().equals(user)) {
            return new Answer.NotReleased("its approval is by the one who asked");
        }
        if (!now.isBefore(until) || !now.isBefore(approval.until())) {
            return new Answer.NotReleased("its approval came too late");
        }
        return new Answer.Released(approval);
    }
}
