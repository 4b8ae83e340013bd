package dev.sallyport.store;

import dev.sallyport.core.audit.AuditEntry;
import dev.sallyport.core.audit.Checkpoint;
import dev.sallyport.core.audit.RecordingMark;
import dev.sallyport.core.audit.Sealer;
import dev.sallyport.core.hash.Sha256;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.recording.RecordingRow;
import dev.sallyport.core.tenant.TenantSigners;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Seals the minutes of every tenant's audit log that are over, and signs what was in them, with the recordings
/// that ended then, as the tenant's next checkpoint.
///
/// To be run once a minute, by whoever holds the tenants' keys. Several at a time do no harm: a checkpoint is
/// written only where none of its number is. A tenant in whose log nothing new stands costs two reads.
public final class CheckpointWriter {

    /// Most minutes that one run seals for a tenant; the next run goes on from there.
    public static final int MOST_MINUTES = 240;

    /// How much earlier than its own id a tenant's first entry may be, by another clock.
    private static final Duration BEFORE_TENANT = Duration.ofDays(1);

    private static final Logger LOG = LoggerFactory.getLogger(CheckpointWriter.class);

    private final Store store;
    private final TenantSigners signers;
    private final Clock clock;

    public CheckpointWriter(Store store, TenantSigners signers, Clock clock) {
        this.store = store;
        this.signers = signers;
        this.clock = clock;
    }

    /// Writes what checkpoints are due, and returns how many. One tenant's trouble is logged and leaves the
    /// others alone.
    public int run() {
        int written = 0;
        for (var tenant : store.tenants().all()) {
            try {
                written += run(tenant);
            } catch (RuntimeException e) {
                LOG.error("no checkpoint could be written for {}", tenant, e);
            }
        }
        return written;
    }

    /// The same for one tenant.
    ///
    /// @throws IllegalStateException when the tenant's last checkpoint is not what the tenant's key signed:
    ///     nothing is built on that
    int run(TenantId tenant) {
        var signer = signers.of(tenant);
        var last = store.checkpoints().last(tenant).map(stored -> {
            var signed = new Checkpoint.Signed(stored.bytes(), stored.signature());
            if (!signed.verifies(signer.publicKey()) || signed.checkpoint().number() != stored.sequence()) {
                throw new IllegalStateException("the last checkpoint of " + tenant + " was tampered with");
            }
            return signed.checkpoint();
        });
        long covered = last.map(Checkpoint::minute).orElse(-1L);
        var from = last.map(checkpoint -> start(checkpoint.minute() + 1))
                .orElseGet(() -> Instant.ofEpochMilli(tenant.epochMillis()).minus(BEFORE_TENANT));
        long sealable = Sealer.sealable(clock.instant());
        if (sealable <= covered || minutes(tenant, from, sealable).isEmpty()) {
            return 0;
        }
        store.auditLog().seal(tenant, start(sealable));
        // from here on nothing is added; what came between the look and the seal is seen now
        var minutes = minutes(tenant, from, sealable);
        long through = sealable;
        if (minutes.size() > MOST_MINUTES) {
            minutes = minutes.subList(0, MOST_MINUTES);
            through = number(minutes.getLast());
        }
        var audit = new TreeMap<Long, List<AuditEntry>>();
        var recordings = new LinkedHashSet<SessionId>();
        for (var minute : minutes) {
            audit.put(number(minute), store.auditLog().minute(tenant, minute));
            recordings.addAll(store.auditLog().recordingsEnded(tenant, minute));
        }
        int written = 0;
        for (var checkpoint : Sealer.next(tenant, last, through, audit, marks(tenant, recordings))) {
            var signed = checkpoint.sign(signer);
            if (!store.checkpoints()
                    .append(new Checkpoints.Stored(tenant, checkpoint.number(), signed.bytes(), signed.signature()))) {
                return written;
            }
            written++;
        }
        return written;
    }

    private List<Instant> minutes(TenantId tenant, Instant from, long through) {
        return store.auditLog().minutes(tenant, from, start(through));
    }

    private List<RecordingMark> marks(TenantId tenant, Iterable<SessionId> sessions) {
        var marks = new ArrayList<RecordingMark>();
        for (var session : sessions) {
            Optional<RecordingRow> row = store.recordings().get(tenant, session);
            row.ifPresent(recording -> marks.add(new RecordingMark(
                    session,
                    recording.chunks(),
                    recording.chunks() == 0 ? Sha256.NONE : new Sha256(recording.lastHash()),
                    recording.state())));
        }
        return marks;
    }

    private static Instant start(long minute) {
        return Instant.ofEpochSecond(60 * minute);
    }

    private static long number(Instant minute) {
        return minute.getEpochSecond() / 60;
    }
}
