package dev.sallyport.api;

import io.avaje.jsonb.Json;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reviews: statements that wait for a person, and what became of them.
public interface Reviews {

    /// A review.
    ///
    /// @param state `pending`, `approved`, `rejected`, `expired`, `cancelled` or `used`
    /// @param rule guardrail and rule that hold the statement
    /// @param reason the rule's message
    /// @param touches what the statement would do by grammar
    /// @param excerpt the beginning of the statement
    /// @param statement all of it, exactly; only where a single review is shown
    /// @param parameters with which a prepared statement would run, likewise
    /// @param statementSha256 what an approval is bound to, likewise
    /// @param approvers groups whose members may decide; none: the tenant's admins
    /// @param mayDecide whether the key may decide it now
    @Json(naming = Json.Naming.LowerUnderscore)
    record Review(
            String id,
            String state,
            String session,
            String user,
            String email,
            String connection,
            String connectionName,
            String rule,
            String reason,
            String touches,
            String excerpt,
            @Nullable String statement,
            @Nullable List<String> parameters,
            @Nullable String statementSha256,
            Instant requestedAt,
            Instant expiresAt,
            @Nullable Instant decidedAt,
            @Nullable String decidedBy,
            @Nullable String decidedByEmail,
            @Nullable String decisionReason,
            List<String> approvers,
            boolean mayDecide) {}

    /// One page of a list, newest first.
    @Json(naming = Json.Naming.LowerUnderscore)
    record Page(List<Review> items, @Nullable String next) {}

    /// What approves. With a hash, only the statement that has it.
    @Json(naming = Json.Naming.LowerUnderscore)
    record Approve(@Nullable String reason, @Nullable String statementSha256) {}

    /// What rejects. The reason is needed, and its user reads it.
    @Json(naming = Json.Naming.LowerUnderscore)
    record Reject(@Nullable String reason) {}
}
