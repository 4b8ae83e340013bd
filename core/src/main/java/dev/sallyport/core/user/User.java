package dev.sallyport.core.user;

import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.id.UserId;
import java.util.Optional;
import java.util.Set;

/// A person who may ask for sessions, when active.
///
/// @param email lower case; unique within the tenant
/// @param subject the name that the tenant's identity provider gives, unique within the tenant
/// @param groups names of the groups that the user is in; access hangs on them
public record User(
        TenantId tenant,
        UserId id,
        String email,
        Optional<String> subject,
        String name,
        Set<String> groups,
        Status status,
        long version) {

    /// Whether the user may do anything at all.
    public enum Status {
        ACTIVE,
        INACTIVE
    }

    public User {
        if (email.isBlank() || email.length() > 254 || !email.equals(email.toLowerCase(java.util.Locale.ROOT))) {
            throw new IllegalArgumentException("an e-mail address is lower case and has 1 to 254 characters");
        }
        groups = Set.copyOf(groups);
    }

    public boolean active() {
        return status == Status.ACTIVE;
    }
}
