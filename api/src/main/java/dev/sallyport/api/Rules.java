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
    /// @param serviceAccounts ids
    /// @param connections names, with `*` for any run of characters
    /// @param modes `connect`, `exec`
    /// @param sourceNetworks from where it counts; none: from everywhere
    /// @param timeWindows when it counts; none: always
    @Json(naming = Json.Naming.LowerUnderscore)
    record Rule(
            String id,
            String name,
            String effect,
            List<String> groups,
            List<String> users,
            List<String> serviceAccounts,
            List<String> connections,
            Map<String, String> tags,
            List<String> modes,
            List<String> sourceNetworks,
            List<Window> timeWindows,
            long version) {}

    /// A piece of each week, by the clocks of a place.
    ///
    /// @param days `mon` to `sun`, on which it opens; none: every day
    /// @param from `HH:MM`
    /// @param to `HH:MM`; on the next day, if that is not after `from`
    /// @param zone of the IANA time zone database, such as `Europe/Berlin`
    @Json(naming = Json.Naming.LowerUnderscore)
    record Window(
            @Nullable List<String> days,
            @Nullable String from,
            @Nullable String to,
            @Nullable String zone) {}

    /// What makes or replaces a rule. `users` takes ids and e-mail addresses,
    /// `serviceAccounts` ids and names.
    @Json(naming = Json.Naming.LowerUnderscore)
    record RuleWrite(
            @Nullable String name,
            @Nullable String effect,
            @Nullable List<String> groups,
            @Nullable List<String> users,
            @Nullable List<String> serviceAccounts,
            @Nullable List<String> connections,
            @Nullable Map<String, String> tags,
            @Nullable List<String> modes,
            @Nullable List<String> sourceNetworks,
            @Nullable List<Window> timeWindows) {

        /// A rule that names no service account.
        public RuleWrite(
                @Nullable String name,
                @Nullable String effect,
                @Nullable List<String> groups,
                @Nullable List<String> users,
                @Nullable List<String> connections,
                @Nullable Map<String, String> tags,
                @Nullable List<String> modes,
                @Nullable List<String> sourceNetworks,
                @Nullable List<Window> timeWindows) {
            this(name, effect, groups, users, null, connections, tags, modes, sourceNetworks, timeWindows);
        }

        /// A rule that counts always, from everywhere.
        public RuleWrite(
                @Nullable String name,
                @Nullable String effect,
                @Nullable List<String> groups,
                @Nullable List<String> users,
                @Nullable List<String> connections,
                @Nullable Map<String, String> tags,
                @Nullable List<String> modes) {
            this(name, effect, groups, users, connections, tags, modes, null, null);
        }
    }

    /// One page of a list.
    @Json(naming = Json.Naming.LowerUnderscore)
    record Page(List<Rule> items, @Nullable String next) {}
}
