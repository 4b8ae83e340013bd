package dev.sallyport.core.user;

import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.id.UserId;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// A person, or a program with a service account, who may ask for sessions, when active. The id says which.
///
/// @param email what it is called by: a person's e-mail address, lower case, or the name of a service account, which
///     has no `@`; unique within the tenant
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

    private static final Pattern SERVICE_ACCOUNT = Pattern.compile("[a-z0-9][a-z0-9.-]{0,62}");

    public User {
        if (id.isServiceAccount() && !SERVICE_ACCOUNT.matcher(email).matches()) {
            throw new IllegalArgumentException(
                    "a service account's name has 1 to 63 of a-z, 0-9, . and -, and begins with a letter or digit");
        }
        if (email.isBlank() || email.length() > 254 || !email.equals(email.toLowerCase(java.util.Locale.ROOT))) {
            throw new IllegalArgumentException("an e-mail address is lower case and has 1 to 254 characters");
        }
        groups = Set.copyOf(groups);
    }

    public boolean isServiceAccount() {
        return id.isServiceAccount();
    }

    public boolean active() {
        return status == Status.ACTIVE;
    }
}
