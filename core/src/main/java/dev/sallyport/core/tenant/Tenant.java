package dev.sallyport.core.tenant;

import dev.sallyport.core.id.TenantId;
import java.util.regex.Pattern;

/// The customer. Every key in the store starts with its id.
///
/// @param slug how people write it (`=acme` at the end of a login name); unique
/// @param epoch raised by every change of this tenant's configuration, in the same transaction as the change
/// @param key what agents pin and recordings are verified with
public record Tenant(TenantId id, String slug, long epoch, TenantKey key) {

    private static final Pattern SLUG = Pattern.compile("[a-z0-9-]{3,40}");

    public Tenant {
        if (!SLUG.matcher(slug).matches()) {
            throw new IllegalArgumentException("a tenant's name has 3 to 40 characters of a-z, 0-9 and -");
        }
    }
}
