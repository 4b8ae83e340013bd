package dev.sallyport.api;

import io.avaje.jsonb.Json;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Revocations: certificates, keys and CAs that no longer count, on new and on live sessions.
public interface Revocations {

    /// A revocation.
    ///
    /// @param kind `serial`, `key_id`, `key`, `ca` or `user`
    /// @param value the serial number, the key id, the fingerprint, or the user's id: all certificates of the
    ///     user that began to count before the revocation
    /// @param ca for a serial: the fingerprint of the CA that gave it
    @Json(naming = Json.Naming.LowerUnderscore)
    record Revocation(
            String id,
            String kind,
            String value,
            @Nullable String ca,
            String reason,
            Instant createdAt,
            @Nullable Instant until) {}

    /// What makes a revocation.
    @Json(naming = Json.Naming.LowerUnderscore)
    record NewRevocation(
            @Nullable String kind,
            @Nullable String value,
            @Nullable String ca,
            @Nullable String reason,
            @Nullable Instant until) {}

    /// One page of a list.
    @Json(naming = Json.Naming.LowerUnderscore)
    record Page(List<Revocation> items, @Nullable String next) {}
}
