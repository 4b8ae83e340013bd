package dev.sallyport.store;

import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.recording.Deletion;
import dev.sallyport.core.recording.RecordingLevel;
import dev.sallyport.core.recording.RecordingRow;
import dev.sallyport.core.recording.RecordingState;
import dev.sallyport.store.Written.Reason;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// The rows of recordings: data key, state, and how far the chain of chunks has come.
public final class Recordings {

    static final String DELETED_AT = "deletedAt";

    private static final int ATTEMPTS = 6;
    private static final String ABSENT = "There is no such recording.";
    private static final String STALE = "The recording has changed in the meantime.";

    private final Tables tables;
    private final AuditLog audit;

    Recordings(Tables tables, AuditLog audit) {
        this.tables = tables;
        this.audit = audit;
    }

    public Optional<RecordingRow> get(TenantId tenant, SessionId session) {
        return tables.get(Table.LIVE, Keys.session(tenant, session), Keys.RECORDING)
                .map(item -> read(tenant, session, item));
    }

    /// The rows of several recordings; those that are not there are left out.
    public Map<SessionId, RecordingRow> all(TenantId tenant, Collection<SessionId> sessions) {
        var byPartition = new HashMap<String, SessionId>();
        sessions.forEach(session -> byPartition.put(Keys.session(tenant, session), session));
        var keys = byPartition.keySet().stream()
                .map(partition -> Item.of(partition, Keys.RECORDING))
                .toList();
        var rows = new HashMap<SessionId, RecordingRow>();
        for (var item : tables.getAll(Table.LIVE, keys)) {
            var session = Objects.requireNonNull(byPartition.get(item.partition()));
            rows.put(session, read(tenant, session, item));
        }
        return rows;
    }

    /// Changes a row: `how` makes the new row of the one that stands there, and may be asked again when another
    /// was quicker. When it returns what it was given, nothing is written. The version is counted here.
    ///
    /// A recording that was deleted changes no more.
    ///
    /// A recording that is not (or no longer) live is noted for the checkpoint of this minute.
    public Written<RecordingRow> change(TenantId tenant, SessionId session, UnaryOperator<RecordingRow> how) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            var found = get(tenant, session);
            if (found.isEmpty()) {
                return new Written.Refused<>(Reason.ABSENT, ABSENT);
            }
            var before = found.get();
            if (before.deletion().isPresent()) {
                return new Written.Done<>(before);
            }
            var changed = how.apply(before);
            if (changed.equals(before)) {
                return new Written.Done<>(before);
            }
            var after = new RecordingRow(
                    tenant,
                    session,
                    changed.wrappedDataKey(),
                    changed.level(),
                    changed.state(),
                    changed.chunks(),
                    changed.lastHash(),
                    before.version() + 1);
            var transaction = new Transaction(tables)
                    .put(Table.LIVE, item(after), Condition.version(before.version()), Reason.STALE, STALE);
            if (after.state() != RecordingState.LIVE) {
                audit.noteRecording(transaction, tenant, session, attempt);
            }
            var refused = transaction.commit();
            if (refused.isEmpty()) {
                return new Written.Done<>(after);
            }
        }
        throw new StoreUnavailable("could not write the recording of " + session + ": others kept changing it");
    }

    static Item item(RecordingRow row) {
        var item = Item.of(Keys.session(row.tenant(), row.session()), Keys.RECORDING)
                .bytes("dataKey", row.wrappedDataKey())
                .text("level", row.level().name())
                .text("state", row.state().name())
                .number("chunks", row.chunks())
                .bytes("lastHash", row.lastHash())
                .number(Item.VERSION, row.version());
        row.deletion()
                .ifPresent(deletion -> item.time(DELETED_AT, deletion.at())
                        .text("deletedBy", deletion.by())
                        .text("deletedFor", deletion.reason()));
        return item;
    }

    private static RecordingRow read(TenantId tenant, SessionId session, Item item) {
        return new RecordingRow(
                tenant,
                session,
                item.bytes("dataKey"),
                item.one(RecordingLevel.class, "level"),
                item.one(RecordingState.class, "state"),
                item.integer("chunks"),
                item.bytes("lastHash"),
                item.number(Item.VERSION),
                item.optionalTime(DELETED_AT)
                        .map(at -> new Deletion(at, item.text("deletedBy"), item.text("deletedFor"))));
    }
}
