package dev.sallyport.api;

import io.avaje.jsonb.Json;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Guardrails: what statements may do, by rules under a name, for some connections and groups.
public interface Guardrails {

    /// A guardrail.
    ///
    /// @param name small letters, digits and `-`
    /// @param rules as text: `rule NAME`, then an action, `when` and `say` lines
    /// @param connections names, with `*` for any run of characters; with `tags` empty too, all connections
    /// @param tags a connection that has one of these is meant as well; `*` stands for any value
    /// @param groups members of one of these; none: everybody
    /// @param order from 1 to 1000: the least is asked first
    @Json(naming = Json.Naming.LowerUnderscore)
    record Guardrail(
            String id,
            String name,
            String description,
            String rules,
            List<String> connections,
            Map<String, String> tags,
            List<String> groups,
            int order,
            boolean enabled,
            long version) {}

    /// What makes or replaces a guardrail.
    @Json(naming = Json.Naming.LowerUnderscore)
    record GuardrailWrite(
            @Nullable String name,
            @Nullable String description,
            @Nullable String rules,
            @Nullable List<String> connections,
            @Nullable Map<String, String> tags,
            @Nullable List<String> groups,
            @Nullable Long order,
            @Nullable Boolean enabled) {}

    /// One page of a list.
    @Json(naming = Json.Naming.LowerUnderscore)
    record Page(List<Guardrail> items, @Nullable String next) {}
}
