package dev.sallyport.api;

import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Users: the people who may ask for sessions.
public interface Users {

    /// A user.
    ///
    /// @param status `active` or `inactive`
    @Json(naming = Json.Naming.LowerUnderscore)
    record User(
            String id,
            String email,
            @Nullable String subject,
            String name,
            List<String> groups,
            String status,
            long version) {}

    /// What makes or replaces a user. `email` is needed; what else is missing gets its default.
    @Json(naming = Json.Naming.LowerUnderscore)
    record UserWrite(
            @Nullable String email,
            @Nullable String subject,
            @Nullable String name,
            @Nullable List<String> groups,
            @Nullable String status) {}

    /// One page of a list.
    @Json(naming = Json.Naming.LowerUnderscore)
    record Page(List<User> items, @Nullable String next) {}
}
