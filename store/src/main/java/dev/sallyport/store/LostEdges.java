package dev.sallyport.store;

import dev.sallyport.core.audit.Actor;
import dev.sallyport.core.id.EdgeId;
import dev.sallyport.core.recording.RecordingState;
import dev.sallyport.core.session.Outcome;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Watches the beats of the other edges, and closes the sessions of one that no longer beats.
///
/// An edge is lost when its beat did not change for [#LOST] of this machine's monotonic time. Its lease is
/// taken first, so that it ends what it still holds when it comes back; then its sessions' rows are closed,
/// again at each look for [#LINGERS], because an admission may have been under way in it; then it is forgotten.
/// Any number of edges may do so at once, and the control plane besides them (when the last edge is lost nobody else
/// would); one may finish what another began.
public final class LostEdges {

    /// How long a beat stands still before its edge is lost.
    public static final Duration LOST = Duration.ofSeconds(20);

    /// Longest time between two looks in which a beat can be said to have stood still: when the store did not answer
    /// for
    /// longer, or this process stood still itself, no edge could beat, or nobody would have seen it.
    public static final Duration LONGEST_GAP = Duration.ofSeconds(10);

    /// How long the sessions of a lost edge are still looked for.
    public static final Duration LINGERS = Duration.ofSeconds(60);

    private static final Logger LOG = LoggerFactory.getLogger(LostEdges.class);

    private final Store store;
    private final Optional<EdgeId> self;
    private final Actor actor;
    private final Clock clock;
    private final LongSupplier nanos;
    private final Map<EdgeId, Seen> seen = new HashMap<>();
    private long lookedAt;

    private record Seen(long beat, long since) {}

    /// For an edge, which looks after all others.
    public LostEdges(Store store, EdgeId self, Clock clock, LongSupplier nanos) {
        this(store, Optional.of(self), new Actor(self.value(), ""), clock, nanos);
    }

    /// For the control plane, which looks after all.
    public LostEdges(Store store, Clock clock, LongSupplier nanos) {
        this(store, Optional.empty(), Actor.SYSTEM, clock, nanos);
    }

    private LostEdges(Store store, Optional<EdgeId> self, Actor actor, Clock clock, LongSupplier nanos) {
        this.store = store;
        this.self = self;
        this.actor = actor;
        this.clock = clock;
        this.nanos = nanos;
    }

    /// One look at all edges; closes those that are lost.
    public synchronized void look() {
        long now = nanos.getAsLong();
        var beats = store.edges().beats();
        if (now - lookedAt > LONGEST_GAP.toNanos()) {
            seen.replaceAll((edge, was) -> new Seen(was.beat(), now));
        }
        lookedAt = now;
        seen.keySet().retainAll(beats.keySet());
        self.ifPresent(beats::remove);
        beats.forEach((edge, beat) -> {
            var before = seen.get(edge);
            if (before == null || before.beat() != beat) {
                seen.put(edge, new Seen(beat, now));
            } else if (beat >= 0
                    && now - before.since() >= LOST.toNanos()
                    && store.edges().takeOver(edge, beat)) {
                LOG.warn("edge {} was lost", edge);
                seen.put(edge, new Seen(Edges.NO_LEASE, now));
            }
            var after = seen.get(edge);
            if (after != null && after.beat() == Edges.NO_LEASE) {
                closeSessions(edge);
                if (now - after.since() >= LINGERS.toNanos() && store.edges().forgetLost(edge)) {
                    seen.remove(edge);
                }
            }
        });
    }

    /// Closes every other edge at once: for who knows that it is alone.
    public synchronized void closeOthers() {
        store.edges().beats().forEach((edge, beat) -> {
            if (!self.equals(Optional.of(edge)) && store.edges().takeOver(edge, beat)) {
                closeSessions(edge);
                store.edges().forgetLost(edge);
            }
        });
    }

    private void closeSessions(EdgeId edge) {
        var sessions = store.edges().sessions(edge);
        if (!sessions.isEmpty()) {
            LOG.warn("edge {} left {} sessions; closing them", edge, sessions.size());
        }
        for (var held : sessions) {
            store.recordings()
                    .change(
                            held.tenant(),
                            held.session(),
                            row -> row.state() == RecordingState.LIVE ? row.as(RecordingState.INCOMPLETE) : row);
            store.sessions().end(actor, held.tenant(), held.session(), new Outcome.EdgeLost(), clock.instant());
            store.edges().release(edge, held.session());
        }
    }
}
