package dev.sallyport.api;

import io.avaje.jsonb.Json;
import org.jspecify.annotations.Nullable;

/// What is decided for a whole tenant: settings by its admins, quotas by the operator of the instance.
public interface Settings {

    /// A tenant's settings, with the quotas that it has.
    ///
    /// @param recordingRetentionDays how long recordings are kept after their sessions; none: for ever
    @Json(naming = Json.Naming.LowerUnderscore)
    record TenantSettings(@Nullable Integer recordingRetentionDays, Quotas quotas, long version) {}

    /// What replaces the settings. What is missing gets its default.
    @Json(naming = Json.Naming.LowerUnderscore)
    record SettingsWrite(@Nullable Long recordingRetentionDays) {}

    /// How much a tenant may have; what is missing has no quota.
    ///
    /// @param sessions live at once, on one edge
    @Json(naming = Json.Naming.LowerUnderscore)
    record Quotas(
            @Nullable Integer users,
            @Nullable Integer agents,
            @Nullable Integer connections,
            @Nullable Integer rules,
            @Nullable Integer keys,
            @Nullable Integer sessions,
            long version) {}

    /// What replaces the quotas.
    @Json(naming = Json.Naming.LowerUnderscore)
    record QuotasWrite(
            @Nullable Long users,
            @Nullable Long agents,
            @Nullable Long connections,
            @Nullable Long rules,
            @Nullable Long keys,
            @Nullable Long sessions) {}
}
