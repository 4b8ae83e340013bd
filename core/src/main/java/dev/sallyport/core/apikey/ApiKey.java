package dev.sallyport.core.apikey;

import dev.sallyport.core.certificate.SourceAddresses;
import dev.sallyport.core.id.KeyId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.id.UserId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A key that calls the API, without the key itself.
///
/// @param user whose key it is: the key may no more than its user; none for a tenant's first admin key
/// @param role what it may do
/// @param lastUsed to the minute
/// @param until none: until it is deleted
/// @param networks from where it counts, each as `ADDRESS[/LENGTH]`; none: from everywhere
/// @param scopes what it may of what its role may; none: all of it
public record ApiKey(
        TenantId tenant,
        KeyId id,
        String name,
        Optional<UserId> user,
        Role role,
        Instant created,
        Optional<Instant> lastUsed,
        Optional<Instant> until,
        List<String> networks,
        List<Scope> scopes) {

    /// What a caller of the API may do.
    public enum Role {
        /// Everything within the tenant.
        ADMIN,
        /// Reads everything, changes nothing.
        AUDITOR,
        /// What concerns the user itself.
        MEMBER
    }

    public ApiKey {
        if (name.isBlank() || name.length() > 100) {
            throw new IllegalArgumentException("an API key's name has 1 to 100 characters");
        }
        networks = List.copyOf(networks);
        if (scopes.size() > Scope.MOST) {
            throw new IllegalArgumentException("an API key has at most " + Scope.MOST + " scopes");
        }
        scopes = List.copyOf(scopes);
    }

    /// A key that may all that its role may.
    public ApiKey(
            TenantId tenant,
            KeyId id,
            String name,
            Optional<UserId> user,
            Role role,
            Instant created,
            Optional<Instant> lastUsed,
            Optional<Instant> until,
            List<String> networks) {
        this(tenant, id, name, user, role, created, lastUsed, until, networks, List.of());
    }

    /// Whether its scopes let it do that; what its role may is another question.
    public boolean has(Scope needed) {
        return scopes.isEmpty() || scopes.stream().anyMatch(scope -> scope.covers(needed));
    }

    /// Whether it counts for requests from `source`, an address.
    public boolean countsFrom(String source) {
        return networks.isEmpty()
                || SourceAddresses.parse(String.join(",", networks)).contains(source);
    }

    /// Whether it counts at `now`.
    public boolean counts(Instant now) {
        return until.map(now::isBefore).orElse(true);
    }
}
