package dev.sallyport.api;

import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Tenants, as the operator of an instance sees them.
public interface Tenants {

    /// A tenant.
    @Json(naming = Json.Naming.LowerUnderscore)
    record Tenant(String id, String slug, String publicKey) {}

    /// What makes a tenant.
    @Json(naming = Json.Naming.LowerUnderscore)
    record NewTenant(@Nullable String slug) {}

    /// A new tenant with its first admin key, which is shown this once.
    @Json(naming = Json.Naming.LowerUnderscore)
    record CreatedTenant(Tenant tenant, Keys.CreatedKey adminKey) {}

    /// One page of a list.
    @Json(naming = Json.Naming.LowerUnderscore)
    record Page(List<Tenant> items, @Nullable String next) {}
}
