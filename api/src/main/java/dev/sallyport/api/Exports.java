package dev.sallyport.api;

import io.avaje.jsonb.Json;
import java.time.Instant;

/// Exports of a whole tenant. The client reads everything through the API; the server notes that it begins.
public interface Exports {

    /// An export that has begun.
    ///
    /// @param tenantKey the tenant's public key, by which recordings are verified
    @Json(naming = Json.Naming.LowerUnderscore)
    record Export(String tenant, String slug, String tenantKey, Instant at, String by) {}
}
