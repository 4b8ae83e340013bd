package dev.sallyport.api;

import io.avaje.jsonb.Json;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// API keys.
public interface Keys {

    /// A key, without its secret.
    ///
    /// @param role `admin`, `auditor` or `member`
    /// @param user whose key it is
    /// @param serviceAccount whose key it is; a member's key always has a user or a service account
    /// @param allowedNetworks from where it counts, each as `ADDRESS[/LENGTH]`; none: from everywhere
    /// @param scopes what it may of what its role may, as in `connections:read`; missing: all of it
    @Json(naming = Json.Naming.LowerUnderscore)
    record Key(
            String id,
            String name,
            String role,
            @Nullable String user,
            @Nullable String serviceAccount,
            Instant createdAt,
            @Nullable Instant lastUsedAt,
            @Nullable Instant expiresAt,
            @Nullable List<String> allowedNetworks,
            @Nullable List<String> scopes) {}

    /// What makes a key.
    ///
    /// @param user whose key it is: id or e-mail address
    /// @param serviceAccount whose key it is: id or name; not both
    /// @param allowedNetworks from where it counts; missing or empty: from everywhere
    /// @param scopes what it may of what its role may; missing: all of it
    @Json(naming = Json.Naming.LowerUnderscore)
    record NewKey(
            @Nullable String name,
            @Nullable String role,
            @Nullable String user,
            @Nullable String serviceAccount,
            @Nullable Instant expiresAt,
            @Nullable List<String> allowedNetworks,
            @Nullable List<String> scopes) {

        /// A key that may all that its role may.
        public NewKey(
                @Nullable String name,
                @Nullable String role,
                @Nullable String user,
                @Nullable String serviceAccount,
                @Nullable Instant expiresAt,
                @Nullable List<String> allowedNetworks) {
            this(name, role, user, serviceAccount, expiresAt, allowedNetworks, null);
        }

        /// A key of a user, or of nobody.
        public NewKey(
                @Nullable String name,
                @Nullable String role,
                @Nullable String user,
                @Nullable Instant expiresAt,
                @Nullable List<String> allowedNetworks) {
            this(name, role, user, null, expiresAt, allowedNetworks, null);
        }
    }

    /// A new key with its secret, which is shown this once.
    @Json(naming = Json.Naming.LowerUnderscore)
    record CreatedKey(Key key, String secret) {}

    /// One page of a list.
    @Json(naming = Json.Naming.LowerUnderscore)
    record Page(List<Key> items, @Nullable String next) {}
}
