package dev.sallyport.api;

import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Service accounts: the programs that may ask for sessions and call the API.
public interface ServiceAccounts {

    /// A service account.
    ///
    /// @param subject that a certificate names it by, besides its id
    /// @param status `active` or `inactive`
    @Json(naming = Json.Naming.LowerUnderscore)
    record ServiceAccount(
            String id, String name, @Nullable String subject, List<String> groups, String status, long version) {}

    /// What makes or replaces a service account. `name` is needed; what else is missing gets its default.
    @Json(naming = Json.Naming.LowerUnderscore)
    record ServiceAccountWrite(
            @Nullable String name,
            @Nullable String subject,
            @Nullable List<String> groups,
            @Nullable String status) {}

    /// One page of a list.
    @Json(naming = Json.Naming.LowerUnderscore)
    record Page(List<ServiceAccount> items, @Nullable String next) {}
}
