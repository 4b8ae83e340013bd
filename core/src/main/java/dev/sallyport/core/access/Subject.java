package dev.sallyport.core.access;

import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.id.UserId;
import java.util.Set;

/// Who asks, once proven: the user behind a credential, with the groups that count now.
public record Subject(TenantId tenant, UserId user, String email, Set<String> groups) {

    public Subject {
        groups = Set.copyOf(groups);
    }
}
