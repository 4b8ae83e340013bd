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
    /// @param at when
    /// @param from from which address; none: from one that is not known
    /// @param rules those on which it hangs: the denials or, where there are none, the permissions
    /// @param resting those that speak of it and do not count at that time, or from there
    @Json(naming = Json.Naming.LowerUnderscore)
    record Explanation(
            boolean allowed,
            String user,
            String email,
            String connection,
            String mode,
            String because,
            String at,
            @Nullable String from,
            List<Rules.Rule> rules,
            List<Rules.Rule> resting) {}

    /// Somebody who may use a connection.
    ///
    /// @param modes at least one
    @Json(naming = Json.Naming.LowerUnderscore)
    record Allowed(String user, String email, List<String> modes) {}

    /// One page of those who may.
    @Json(naming = Json.Naming.LowerUnderscore)
    record Page(List<Allowed> items, @Nullable String next) {}
}
