package dev.sallyport.store;

import dev.sallyport.core.audit.Actor;
import dev.sallyport.core.id.ConnectionId;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.recording.ChunkStore;
import dev.sallyport.core.recording.Retention;
import dev.sallyport.core.session.Session;
import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Deletes the recordings whose time is over, of every tenant.
///
/// To be run again and again by the control plane; several at a time do no harm. A run does a bounded part of a
/// tenant's work, and the next one goes on from there, also after a crash: where it stands is stored. Days on which
/// nothing is left to delete are not looked at again.
public final class RetentionSweep {

    /// Sessions that one run looks at for a tenant.
    public static final int MOST_LOOKED_AT = 2_000;

    /// Recordings that one run deletes for a tenant.
    public static final int MOST_DELETED = 500;

    /// Chunks that one run deletes for a tenant.
    public static final int MOST_CHUNKS = 5_000;

    private static final int BATCH = 100;
    private static final Logger LOG = LoggerFactory.getLogger(RetentionSweep.class);

    private final Store store;
    private final ChunkStore chunks;
    private final Clock clock;

    public RetentionSweep(Store store, ChunkStore chunks, Clock clock) {
        this.store = store;
        this.chunks = chunks;
        this.clock = clock;
    }

    /// Deletes what is due, and returns how many recordings. One tenant's trouble is logged and leaves the others
    /// alone.
    public int run() {
        int deleted = 0;
        for (var tenant : store.tenants().all()) {
            try {
                deleted += run(tenant);
            } catch (RuntimeException e) {
                LOG.error("the retention of {} could not be looked after", tenant, e);
            }
        }
        return deleted;
    }

    /// The same for one tenant.
    int run(TenantId tenant) {
        var ofTenant = store.settings().get(tenant).recordingRetention();
        var ofConnections = store.connections().retentions(tenant);
        int deleted = new Pass(tenant, ofTenant, ofConnections).run();
        finish(tenant);
        return deleted;
    }

    private void finish(TenantId tenant) {
        int left = MOST_CHUNKS;
        for (var session : store.deletions().unfinished(tenant, MOST_DELETED)) {
            if (left <= 0) {
                return;
            }
            var row = store.recordings().get(tenant, session);
            int some = Math.max(1, row.map(recording -> recording.chunks()).orElse(1));
            // a lost edge may have stored some of which the row does not know
            store.deletions().finish(chunks, tenant, session, Math.min(left, 2 * some + BATCH));
            left -= some;
        }
    }

    /// Where the last run of a tenant stopped.
    ///
    /// @param after the last session of the day that was looked at
    /// @param kept whether one of the day is left that may be due some time
    record Position(String day, SessionId after, boolean kept) {}

    /// One run for one tenant.
    private final class Pass {

        private final TenantId tenant;
        private final Optional<Retention> ofTenant;
        private final Map<ConnectionId, Retention> ofConnections;
        private final Instant now = clock.instant();
        private int lookedAt;
        private int deleted;

        Pass(TenantId tenant, Optional<Retention> ofTenant, Map<ConnectionId, Retention> ofConnections) {
            this.tenant = tenant;
            this.ofTenant = ofTenant;
            this.ofConnections = ofConnections;
        }

        int run() {
            var shortest = Stream.concat(ofTenant.stream(), ofConnections.values().stream())
                    .min(Comparator.comparingInt(Retention::days));
            if (shortest.isEmpty()) {
                return 0;
            }
            var last = now.minus(shortest.get().length());
            var from = store.sessions().sweptTo(tenant);
            for (var day : store.sessions().daysToSweep(tenant, from.map(Position::day), last)) {
                if (!day(day, from.filter(position -> position.day().equals(day)))) {
                    return deleted;
                }
            }
            if (from.isPresent()) {
                store.sessions().sweepFromTheStart(tenant);
            }
            return deleted;
        }

        /// Whether the day was done, and not only part of it.
        private boolean day(String day, Optional<Position> from) {
            var after = from.map(Position::after);
            boolean kept = from.map(Position::kept).orElse(false);
            while (true) {
                var some = store.sessions().ofDay(tenant, day, after, BATCH);
                if (some.isEmpty()) {
                    if (!kept) {
                        store.sessions().nothingToSweep(tenant, day, now);
                    }
                    return true;
                }
                kept |= deleteDue(some);
                lookedAt += some.size();
                after = Optional.of(some.getLast().id());
                if (lookedAt >= MOST_LOOKED_AT || deleted >= MOST_DELETED) {
                    store.sessions().sweptTo(tenant, new Position(day, after.get(), kept));
                    return false;
                }
            }
        }

        /// Whether one of these is left whose recording is not deleted.
        private boolean deleteDue(List<Session> some) {
            var due = some.stream()
                    .filter(session -> retention(session)
                            .flatMap(kept -> session.end().map(end -> kept.due(end.at())))
                            .filter(at -> !now.isBefore(at))
                            .isPresent())
                    .toList();
            boolean left = due.size() < some.size();
            var ids = due.stream().map(Session::id).toList();
            var rows = store.recordings().all(tenant, ids);
            var held = store.holds().among(tenant, ids);
            for (var session : due) {
                var row = Optional.ofNullable(rows.get(session.id()));
                if (row.isEmpty() || row.get().deletion().isPresent()) {
                    continue;
                }
                left |= held.contains(session.id()) || !delete(session);
            }
            return left;
        }

        private boolean delete(Session session) {
            int days = retention(session).orElseThrow().days();
            var reason = "kept for " + days + (days == 1 ? " day" : " days") + ", as is set for "
                    + (ofConnections.containsKey(session.connection()) ? "its connection" : "its tenant");
            return switch (store.deletions().delete(Actor.RETENTION, tenant, session.id(), reason)) {
                case Written.Done<?> _ -> {
                    deleted++;
                    yield true;
                }
                case Written.Refused<?>(var refusal, var why) -> {
                    LOG.info("the recording of {} is not deleted now: {} {}", session.id(), refusal, why);
                    yield false;
                }
            };
        }

        private Optional<Retention> retention(Session session) {
            return Optional.ofNullable(ofConnections.get(session.connection())).or(() -> ofTenant);
        }
    }
}
