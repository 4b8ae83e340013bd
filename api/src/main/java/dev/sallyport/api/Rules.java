package dev.sallyport.api;

import io.avaje.jsonb.Json;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Access rules: who may use what. No rule, no access; a denial wins.
public interface Rules {

    /// A rule.
    ///
    /// @param effect `allow` or `deny`
    /// @param users ids
    /// @param connections names, with `*` for any run of characters
    /// @param modes `connect`, `exec`
    @Json(naming = Json.Naming.LowerUnderscore)
    record Rule(
            String id,
            String name,
            String effect,
            List<String> groups,
            List<String> users,
            List<String> connections,
            Map<String, String> tags,
            List<String> modes,
            long version) {}

    /// What makes or replaces a rule. `users` takes ids and e-mail addresses.
    @Json(naming = Json.Naming.LowerUnderscore)
    record RuleWrite(
            @Nullable String name,
            @Nullable String effect,
            @Nullable List<String> groups,
            @Nullable List<String> users,
            @Nullable List<String> connections,
            @Nullable Map<String, String> tags,
            @Nullable List<String> modes) {}

    /// One page of a list.
    @Json(naming = Json.Naming.LowerUnderscore)
    record Page(List<Rule> items, @Nullable String next) {}
}
