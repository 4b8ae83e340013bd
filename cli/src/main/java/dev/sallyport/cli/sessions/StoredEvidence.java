package dev.sallyport.cli.sessions;

import dev.sallyport.api.Audit;
import dev.sallyport.api.Refused;
import dev.sallyport.api.SallyportClient;
import dev.sallyport.core.audit.AuditChain;
import dev.sallyport.core.audit.AuditEntry;
import dev.sallyport.core.audit.AuditLine;
import dev.sallyport.core.audit.AuditMinute;
import dev.sallyport.core.audit.Checkpoint;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.recording.Evidence;
import dev.sallyport.core.recording.RecordingState;
import dev.sallyport.core.secret.Secret;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What vouches for a recording, as the API has it. Nothing of it is trusted.
///
/// The checkpoints are those from the session's start to the one that knows its recording's end, or to the
/// latest. Audit entries that are not about the session stand by their hashes alone.
///
/// Of a recording that was deleted they are those that cover its deletion, and there are neither chunks nor key.
final class StoredEvidence implements Evidence {

    private final SallyportClient client;
    private final TenantId tenant;
    private final SessionId session;
    private final Optional<OpenRecording> recording;
    private final Instant from;
    private final Optional<Instant> deleted;
    private @Nullable List<Checkpoint.Signed> checkpoints;

    private StoredEvidence(
            SallyportClient client,
            TenantId tenant,
            SessionId session,
            Optional<OpenRecording> recording,
            Instant from,
            Optional<Instant> deleted) {
        this.client = client;
        this.tenant = tenant;
        this.session = session;
        this.recording = recording;
        this.from = from;
        this.deleted = deleted;
    }

    /// @param started when the session began
    static StoredEvidence of(SallyportClient client, OpenRecording recording, Instant started) {
        return new StoredEvidence(
                client, recording.tenant(), recording.session(), Optional.of(recording), started, Optional.empty());
    }

    /// Of a recording that was deleted.
    static StoredEvidence ofDeleted(SallyportClient client, TenantId tenant, SessionId session, Instant deleted) {
        return new StoredEvidence(client, tenant, session, Optional.empty(), deleted, Optional.of(deleted));
    }

    @Override
    public TenantId tenant() {
        return tenant;
    }

    @Override
    public SessionId session() {
        return session;
    }

    @Override
    public List<Integer> chunks() throws IOException {
        return recording.isEmpty() ? List.of() : recording.get().chunks().numbers(tenant, session);
    }

    @Override
    public Optional<byte[]> chunk(int number) throws IOException {
        return recording.isEmpty() ? Optional.empty() : recording.get().chunks().get(tenant, session, number);
    }

    @Override
    public Optional<Secret> dataKey() {
        return recording.map(OpenRecording::key);
    }

    @Override
    public List<Checkpoint.Signed> checkpoints() throws IOException {
        var known = checkpoints;
        if (known == null) {
            known = fetched();
            checkpoints = known;
        }
        return known;
    }

    private List<Checkpoint.Signed> fetched() throws IOException {
        var all = new ArrayList<Checkpoint.Signed>();
        for (long from = first(); ; ) {
            var page = page(from);
            if (page.isEmpty()) {
                return all;
            }
            for (var one : page) {
                var signed = signed(one);
                all.add(signed);
                if (knowsTheEnd(signed)) {
                    return all;
                }
            }
            from = page.getLast().sequence() + 1;
        }
    }

    /// Number of the first checkpoint that covers a minute of the session, found by halving: there is one for
    /// each minute of a tenant's life.
    private long first() throws IOException {
        long start = minute(from);
        long before = 0;
        long after = 1;
        while (isBefore(after, start)) {
            before = after;
            after *= 2;
        }
        while (before + 1 < after) {
            long middle = (before + after) >>> 1;
            if (isBefore(middle, start)) {
                before = middle;
            } else {
                after = middle;
            }
        }
        return after;
    }

    private boolean isBefore(long number, long minute) throws IOException {
        var page = page(number);
        return !page.isEmpty() && read(signed(page.getFirst())).minute() < minute;
    }

    private static long minute(Instant time) {
        return time.getEpochSecond() / 60;
    }

    private boolean knowsTheEnd(Checkpoint.Signed signed) throws IOException {
        if (deleted.isPresent()) {
            // the line of the deletion may stand in the minute after it
            return read(signed).minute() > minute(deleted.get());
        }
        return read(signed).recordings().stream()
                .filter(mark -> mark.session().equals(session()))
                .anyMatch(mark -> mark.state() == RecordingState.COMPLETE || mark.state() == RecordingState.RECOVERED);
    }

    private List<Audit.Checkpoint> page(long from) throws IOException {
        try {
            return client.checkpoints(from).items();
        } catch (Refused e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private static Checkpoint.Signed signed(Audit.Checkpoint one) throws IOException {
        try {
            return new Checkpoint.Signed(
                    Base64.getUrlDecoder().decode(one.text()),
                    Base64.getUrlDecoder().decode(one.signature()));
        } catch (IllegalArgumentException e) {
            throw new IOException("the API's answer could not be understood", e);
        }
    }

    private static Checkpoint read(Checkpoint.Signed signed) throws IOException {
        try {
            return signed.checkpoint();
        } catch (IllegalArgumentException e) {
            throw new IOException("a checkpoint cannot be read by this program", e);
        }
    }

    @Override
    public List<AuditLine> audit() throws IOException {
        var lines = new ArrayList<AuditLine>();
        long covered = -1;
        for (var signed : checkpoints()) {
            for (var minute : read(signed).audit()) {
                lines.addAll(lines(minute.minute()));
            }
            covered = read(signed).minute();
        }
        if (deleted.isPresent()) {
            long minute = minute(deleted.get());
            for (long open = Math.max(minute, covered + 1); open <= minute + 1; open++) {
                lines.addAll(lines(open));
            }
        }
        return lines;
    }

    private List<AuditLine> lines(long minute) throws IOException {
        try {
            return client.auditMinute(name(minute)).items().stream()
                    .map(this::line)
                    .toList();
        } catch (Refused e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private AuditLine line(Audit.Entry told) {
        var entry = new AuditEntry(
                tenant(),
                told.id(),
                told.actor(),
                told.action(),
                told.object(),
                told.source(),
                new TreeMap<>(told.details()));
        return entry.object().equals(session().value())
                ? new AuditLine.Told(entry)
                : new AuditLine.Hashed(AuditMinute.of(entry), AuditChain.hash(entry));
    }

    private static String name(long minute) {
        var time = Instant.ofEpochSecond(minute * 60).atOffset(ZoneOffset.UTC);
        return "%04d%02d%02d%02d%02d"
                .formatted(
                        time.getYear(), time.getMonthValue(), time.getDayOfMonth(), time.getHour(), time.getMinute());
    }
}
