package dev.sallyport.core.audit;

import dev.sallyport.core.hash.Sha256;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Decides what goes into a tenant's next checkpoints. Reading, signing and storing is the caller's.
public final class Sealer {

    /// How long after its end a minute may get audit entries (`audit.open`); it is sealed after that.
    public static final Duration OPEN = Duration.ofSeconds(30);

    private Sealer() {}

    /// The last minute that may be sealed at `now`.
    public static long sealable(Instant now) {
        return Math.floorDiv(now.minus(OPEN).toEpochMilli(), 60_000) - 1;
    }

    /// The checkpoints that follow `last`, each naming the one before; none when there is nothing to say.
    ///
    /// More than one only where one would be too large. A tenant of which nothing is heard gets no checkpoints,
    /// but the next one says that the minutes between were empty.
    ///
    /// @param through the last minute to cover, at most [#sealable]
    /// @param audit the entries of all minutes after the last checkpoint's, up to `through`, by minute
    /// @param recordings where recordings stand that were sealed, or got chunks, since the last checkpoint
    public static List<Checkpoint> next(
            TenantId tenant,
            Optional<Checkpoint> last,
            long through,
            SortedMap<Long, ? extends Collection<AuditEntry>> audit,
            Collection<RecordingMark> recordings) {
        long covered = last.map(Checkpoint::minute).orElse(-1L);
        if (through < covered || (!audit.isEmpty() && audit.firstKey() <= covered)) {
            throw new IllegalArgumentException("a minute that is sealed already");
        }
        if (!audit.isEmpty() && audit.lastKey() > through) {
            throw new IllegalArgumentException("a minute that is not over yet");
        }
        var minutes = new ArrayList<AuditMinute>();
        audit.forEach((minute, entries) -> {
            if (!entries.isEmpty()) {
                minutes.add(minute(tenant, minute, entries));
            }
        });
        var marks = new ArrayList<>(bySession(recordings).values());
        last.ifPresent(checkpoint -> marks.removeAll(checkpoint.recordings()));
        var checkpoints = new ArrayList<Checkpoint>();
        var before = last;
        while (!minutes.isEmpty() || !marks.isEmpty()) {
            var someMinutes = take(minutes, Checkpoint.MOST_MINUTES);
            var someMarks = take(marks, Checkpoint.MOST_RECORDINGS);
            long minute = minutes.isEmpty() ? through : someMinutes.getLast().minute();
            var checkpoint = new Checkpoint(
                    tenant,
                    before.map(Checkpoint::number).orElse(0L) + 1,
                    minute,
                    before.map(Checkpoint::hash).orElse(Sha256.NONE),
                    someMinutes,
                    someMarks);
            checkpoints.add(checkpoint);
            before = Optional.of(checkpoint);
        }
        return checkpoints;
    }

    private static AuditMinute minute(TenantId tenant, long minute, Collection<AuditEntry> entries) {
        for (var entry : entries) {
            if (!entry.tenant().equals(tenant) || AuditMinute.of(entry) != minute) {
                throw new IllegalArgumentException("an audit entry of another tenant or minute");
            }
        }
        return AuditChain.minute(minute, entries);
    }

    /// The last mark of each session, ascending.
    private static Map<String, RecordingMark> bySession(Collection<RecordingMark> recordings) {
        var marks = new TreeMap<String, RecordingMark>();
        for (var mark : recordings) {
            SessionId session = mark.session();
            var other = marks.get(session.value());
            if (other == null || other.chunks() <= mark.chunks()) {
                marks.put(session.value(), mark);
            }
        }
        return marks;
    }

    private static <T> List<T> take(List<T> from, int most) {
        var some = from.subList(0, Math.min(most, from.size()));
        var taken = List.copyOf(some);
        some.clear();
        return taken;
    }
}
