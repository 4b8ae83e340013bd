package dev.sallyport.control.http;

import dev.sallyport.core.apikey.ApiKey;
import dev.sallyport.core.apikey.ApiKey.Role;
import dev.sallyport.core.audit.Actor;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.id.UserId;

/// Who sent a request, proven by its key. The tenant of everything that the request does.
///
/// @param source address that the request came from
/// @param operator whether the tenant is the operator of this instance
public record Caller(ApiKey key, String source, boolean operator) {

    public TenantId tenant() {
        return key.tenant();
    }

    public Role role() {
        return key.role();
    }

    /// How the audit log names the caller: the user behind the key, or the key where there is none.
    public Actor actor() {
        return new Actor(key.user().map(UserId::value).orElse(key.id().value()), source);
    }

    /// Whether the caller sees only what concerns its own user.
    public boolean onlyOwn() {
        return switch (role()) {
            case ADMIN, AUDITOR -> false;
            case MEMBER -> true;
        };
    }

    /// Whether `user` is the caller's own.
    public boolean is(UserId user) {
        return key.user().map(user::equals).orElse(false);
    }
}
