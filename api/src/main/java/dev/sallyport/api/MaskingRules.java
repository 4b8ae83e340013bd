package dev.sallyport.api;

import io.avaje.jsonb.Json;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Masking rules: what of the answers of some connections some people do not see.
public interface MaskingRules {

    /// A masking rule.
    ///
    /// @param masks what it is about: `type email`, `class credential`, `column customers.*`, `pattern EMP-[0-9]+`
    /// @param strategy `redact`, `partial N`, `hash`, `token invalid`, `token valid`, `null`, `truncate N`, `show`
    /// @param connections names, with `*` for any run of characters; with `tags` empty too, all connections
    /// @param tags a connection that has one of these is meant as well; `*` stands for any value
    /// @param groups members of one of these; none: everybody
    /// @param order from 1 to 1000: the least counts first
    @Json(naming = Json.Naming.LowerUnderscore)
    record MaskingRule(
            String id,
            String name,
            String description,
            List<String> masks,
            String strategy,
            List<String> connections,
            Map<String, String> tags,
            List<String> groups,
            int order,
            long version) {}

    /// What makes or replaces a masking rule.
    @Json(naming = Json.Naming.LowerUnderscore)
    record MaskingRuleWrite(
            @Nullable String name,
            @Nullable String description,
            @Nullable List<String> masks,
            @Nullable String strategy,
            @Nullable List<String> connections,
            @Nullable Map<String, String> tags,
            @Nullable List<String> groups,
            @Nullable Long order) {}

    /// One page of a list.
    @Json(naming = Json.Naming.LowerUnderscore)
    record Page(List<MaskingRule> items, @Nullable String next) {}
}
