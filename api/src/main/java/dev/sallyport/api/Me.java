package dev.sallyport.api;

import io.avaje.jsonb.Json;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Who a key is.
///
/// @param tenantKey the tenant's public key, by which recordings are verified
/// @param role `admin`, `auditor` or `member`
/// @param operator whether the tenant is the operator of this instance
/// @param user the user that a key belongs to; none for a key of the tenant itself
/// @param scopes what the key may of what its role may, each as `NOUN:read` or `NOUN:write`; none: all of it
/// @param expiresAt when the key stops counting; none: when it is deleted
/// @param ssh how to reach the SSH door, where this control plane knows it
@Json(naming = Json.Naming.LowerUnderscore)
public record Me(
        String key,
        String role,
        boolean operator,
        String tenant,
        String tenantSlug,
        String tenantKey,
        @Nullable String user,
        @Nullable String email,
        @Nullable List<String> scopes,
        @Nullable Instant expiresAt,
        @Nullable SshDoor ssh) {

    /// Where users connect to.
    ///
    /// @param hostCa the host CA's public key, as one line
    @Json(naming = Json.Naming.LowerUnderscore)
    public record SshDoor(String host, int port, @Nullable String hostCa) {}
}
