package dev.sallyport.store;

import dev.sallyport.core.audit.Actor;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.recording.ChunkStore;
import dev.sallyport.core.recording.Deletion;
import dev.sallyport.core.recording.RecordingRow;
import dev.sallyport.core.recording.RecordingState;
import dev.sallyport.core.recording.Verifier;
import dev.sallyport.store.Written.Reason;
import java.io.IOException;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Deletes recordings: the data key first, then the chunks.
///
/// One transaction takes the key out of the row, says so in the audit log, and notes that chunks are left. From then
/// on nobody reads the recording, whatever copies of its chunks there are, and no search shows a statement of it. The
/// chunks go after it, and what the index of statements has of it; what is left when that fails stays noted, and is
/// taken up by the next [#finish].
public final class Deletions {

    private static final Logger LOG = LoggerFactory.getLogger(Deletions.class);
    private static final int ATTEMPTS = 6;

    /// Statements that are deleted with a recording, at least, before the rest is left to the next time.
    private static final int STATEMENTS_AT_ONCE = 300;

    private static final String OUTCOME = "outcome";
    private static final String STALE = "The recording has changed in the meantime. Please try again.";
    private static final String LIVE = "The session is live: end it first.";

    private final Tables tables;
    private final AuditLog audit;
    private final Sessions sessions;
    private final Recordings recordings;
    private final Edges edges;
    private final Statements statements;

    Deletions(
            Tables tables,
            AuditLog audit,
            Sessions sessions,
            Recordings recordings,
            Edges edges,
            Statements statements) {
        this.tables = tables;
        this.audit = audit;
        this.sessions = sessions;
        this.recordings = recordings;
        this.edges = edges;
        this.statements = statements;
    }

    /// Destroys the key of a recording whose session has ended, and which is not on hold. A recording that is deleted
    /// stays so, with who did it first.
    public Written<RecordingRow> delete(Actor actor, TenantId tenant, SessionId session, String reason) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            var found = recordings.get(tenant, session);
            var of = sessions.get(tenant, session);
            if (found.isEmpty() || of.isEmpty()) {
                return new Written.Refused<>(Reason.ABSENT, "There is no such recording.");
            }
            var before = found.get();
            if (before.deletion().isPresent()) {
                return new Written.Done<>(before);
            }
            if (of.get().live()) {
                return new Written.Refused<>(Reason.IN_USE, LIVE);
            }
            if (before.state() == RecordingState.LIVE && edges.hasLease(of.get().edge())) {
                return new Written.Refused<>(
                        Reason.IN_USE, "The end of the recording is still being stored. Please try again in a moment.");
            }
            var after = before.deleted(
                    new Deletion(tables.clock().instant().truncatedTo(ChronoUnit.MILLIS), actor.id(), reason));
            var transaction = new Transaction(tables)
                    .put(
                            Table.LIVE,
                            Recordings.item(after).number(Item.VERSION, before.version() + 1),
                            Condition.version(before.version()),
                            Reason.STALE,
                            STALE)
                    .check(
                            Table.LIVE,
                            Keys.session(tenant, session),
                            Keys.SESSION,
                            Condition.with(OUTCOME),
                            Reason.IN_USE,
                            LIVE)
                    .put(Table.LIVE, Item.of(partition(tenant), session.value()));
            Holds.checkNone(transaction, tenant, session);
            var refused = audit.commit(transaction, draft(actor, after));
            if (refused.isEmpty()) {
                return new Written.Done<>(after);
            }
            if (refused.get().reason() != Reason.STALE) {
                return refused.get().refused();
            }
        }
        throw new StoreUnavailable("could not delete the recording of " + session + ": others kept changing it");
    }

    private static AuditLog.Draft draft(Actor actor, RecordingRow row) {
        return new AuditLog.Draft(
                row.tenant(),
                actor,
                Verifier.DELETED,
                row.session().value(),
                Map.of(
                        Verifier.REASON,
                        row.deletion().map(Deletion::reason).orElse(""),
                        "state",
                        row.state().name(),
                        Verifier.CHUNKS,
                        Integer.toString(row.chunks()),
                        Verifier.LAST_HASH,
                        HexFormat.of().formatHex(row.lastHash())));
    }

    /// Recordings whose keys are destroyed and of which chunks may be left, at most `limit`.
    List<SessionId> unfinished(TenantId tenant, int limit) {
        return tables.between(Table.LIVE, partition(tenant), "ses_0", "ses_8", false, limit).stream()
                .map(item -> new SessionId(item.sort()))
                .toList();
    }

    /// Deletes at most `most` chunks of a recording whose key is destroyed, and a bounded number of its statements in
    /// the
    /// index; whether none is left. What fails is logged and stays noted.
    public boolean finish(ChunkStore chunks, TenantId tenant, SessionId session, int most) {
        try {
            if (!chunks.delete(tenant, session, most)) {
                return false;
            }
        } catch (IOException e) {
            LOG.warn("the chunks of the deleted recording {} are not deleted yet; nobody can read them", session, e);
            return false;
        }
        var of = sessions.get(tenant, session);
        if (of.isPresent() && !statements.delete(of.get(), Math.max(most, STATEMENTS_AT_ONCE))) {
            return false;
        }
        tables.delete(Table.LIVE, partition(tenant), session.value(), Condition.none());
        return true;
    }

    private static String partition(TenantId tenant) {
        return Keys.tenant(tenant) + "#DELETIONS";
    }
}
