package dev.sallyport.store;

import dev.sallyport.core.audit.Actor;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.recording.Hold;
import dev.sallyport.store.Written.Reason;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// The legal holds of each tenant: items of their own, so that nothing that writes a recording's row can lose one.
/// What deletes a recording checks in its transaction that there is none.
public final class Holds {

    private final Tables tables;
    private final AuditLog audit;

    Holds(Tables tables, AuditLog audit) {
        this.tables = tables;
        this.audit = audit;
    }

    /// Puts a session on hold, or gives its hold another reason. Its recording is there, and may live.
    public Written<Hold> put(Actor actor, TenantId tenant, SessionId session, String reason) {
        var hold = new Hold(session, tables.clock().instant().truncatedTo(ChronoUnit.MILLIS), actor.id(), reason);
        var transaction = new Transaction(tables)
                .put(
                        Table.LIVE,
                        key(tenant, session)
                                .time("at", hold.at())
                                .text("by", hold.by())
                                .text("reason", hold.reason()))
                .check(
                        Table.LIVE,
                        Keys.session(tenant, session),
                        Keys.RECORDING,
                        Condition.without(Recordings.DELETED_AT),
                        Reason.STALE,
                        "The recording has been deleted: there is nothing to hold.");
        return audit.commit(transaction, draft(actor, tenant, session, "session.held", reason))
                .<Written<Hold>>map(Transaction.Meaning::refused)
                .orElseGet(() -> new Written.Done<>(hold));
    }

    /// Takes the hold from a session.
    public Written<SessionId> release(Actor actor, TenantId tenant, SessionId session, String reason) {
        var transaction = new Transaction(tables)
                .delete(
                        Table.LIVE,
                        partition(tenant),
                        session.value(),
                        Condition.present(),
                        Reason.STALE,
                        "The session is not on hold.");
        return audit.commit(transaction, draft(actor, tenant, session, "session.released", reason))
                .<Written<SessionId>>map(Transaction.Meaning::refused)
                .orElseGet(() -> new Written.Done<>(session));
    }

    public Optional<Hold> get(TenantId tenant, SessionId session) {
        return tables.get(Table.LIVE, partition(tenant), session.value()).map(Holds::read);
    }

    /// Those of these sessions that are on hold.
    Set<SessionId> among(TenantId tenant, Collection<SessionId> sessions) {
        var keys = sessions.stream().map(session -> key(tenant, session)).toList();
        return tables.getAll(Table.LIVE, keys).stream()
                .map(item -> new SessionId(item.sort()))
                .collect(Collectors.toSet());
    }

    /// All holds, by session.
    public List<Hold> list(TenantId tenant) {
        return tables.list(Table.LIVE, partition(tenant), "").stream()
                .map(Holds::read)
                .toList();
    }

    /// Adds to a transaction that the session is not on hold.
    static void checkNone(Transaction transaction, TenantId tenant, SessionId session) {
        transaction.check(
                Table.LIVE,
                partition(tenant),
                session.value(),
                Condition.absent(),
                Reason.IN_USE,
                "The session is on legal hold: its recording is not deleted before the hold is released.");
    }

    private static AuditLog.Draft draft(Actor actor, TenantId tenant, SessionId session, String action, String reason) {
        return new AuditLog.Draft(tenant, actor, action, session.value(), Map.of("reason", reason));
    }

    private static Item key(TenantId tenant, SessionId session) {
        return Item.of(partition(tenant), session.value());
    }

    private static String partition(TenantId tenant) {
        return Keys.tenant(tenant) + "#HOLDS";
    }

    private static Hold read(Item item) {
        return new Hold(new SessionId(item.sort()), item.time("at"), item.text("by"), item.text("reason"));
    }
}
