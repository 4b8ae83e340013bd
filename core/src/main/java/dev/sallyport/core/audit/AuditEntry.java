package dev.sallyport.core.audit;

import dev.sallyport.core.id.TenantId;
import java.util.SortedMap;
import java.util.TreeMap;

/// One line of a tenant's audit log: who did what to what, from where, and what came of it.
///
/// @param id a ULID: its time puts the entry in its minute, under whose checkpoint it is sealed
/// @param actor a user's, agent's, edge's or key's id
/// @param action `noun.verb`, such as `session.started`, `connection.updated`
/// @param object id of what it was done to
/// @param source address that the request came from; empty where there is none
/// @param details what else there is to know, secrets left out
public record AuditEntry(
        TenantId tenant,
        String id,
        String actor,
        String action,
        String object,
        String source,
        SortedMap<String, String> details) {

    public AuditEntry {
        details = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(details));
    }
}
