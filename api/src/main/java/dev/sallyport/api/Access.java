package dev.sallyport.api;

import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the access rules come to.
public interface Access {

    /// Whether a user may use a connection in a mode, and why.
    ///
    /// @param user id
    /// @param connection name
    /// @param mode `connect` or `exec`
    /// @param because one sentence
    /// @param rules those on which it hangs: the denials or, where there are none, the permissions
    @Json(naming = Json.Naming.LowerUnderscore)
    record Explanation(
            boolean allowed,
            String user,
            String email,
            String connection,
            String mode,
            String because,
            List<Rules.Rule> rules) {}

    /// Somebody who may use a connection.
    ///
    /// @param modes at least one
    @Json(naming = Json.Naming.LowerUnderscore)
    record Allowed(String user, String email, List<String> modes) {}

    /// One page of those who may.
    @Json(naming = Json.Naming.LowerUnderscore)
    record Page(List<Allowed> items, @Nullable String next) {}
}
