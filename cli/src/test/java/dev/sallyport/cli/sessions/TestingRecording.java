package dev.sallyport.cli.sessions;

import dev.sallyport.api.Audit;
import dev.sallyport.api.Sessions;
import dev.sallyport.cli.Examples;
import dev.sallyport.cli.TestingApi;
import dev.sallyport.core.audit.AuditEntry;
import dev.sallyport.core.audit.AuditMinute;
import dev.sallyport.core.audit.Checkpoint;
import dev.sallyport.core.audit.RecordingMark;
import dev.sallyport.core.audit.Sealer;
import dev.sallyport.core.id.ConnectionId;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.id.Ulid;
import dev.sallyport.core.recording.ChunkWriter;
import dev.sallyport.core.recording.Event;
import dev.sallyport.core.recording.FolderChunkStore;
import dev.sallyport.core.recording.RecordingHead;
import dev.sallyport.core.recording.RecordingLevel;
import dev.sallyport.core.recording.RecordingPosition;
import dev.sallyport.core.recording.RecordingState;
import dev.sallyport.core.recording.StreamOffsets;
import dev.sallyport.core.secret.Secret;
import dev.sallyport.core.tenant.FileTenantSigners;
import dev.sallyport.core.tenant.TenantKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A recording in a folder, as the edge writes it, and the API that hands it out.
final class TestingRecording {

    private static final DateTimeFormatter MINUTE =
            DateTimeFormatter.ofPattern("yyyyMMddHHmm").withZone(ZoneOffset.UTC);

    final TenantId tenant = TenantId.next(Clock.systemUTC());
    final SessionId session = SessionId.next(Clock.systemUTC());

    private final Secret key = Secret.of(new byte[] {
        1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30,
        31, 32
    });
    private final FolderChunkStore chunks;
    private final TenantKey.Signer signer;
    private final ChunkWriter writer;
    private final StreamOffsets offsets = new StreamOffsets();
    private final List<AuditEntry> audit = new ArrayList<>();
    private final List<Checkpoint.Signed> checkpoints = new ArrayList<>();
    private volatile String state = "live";
    private volatile @Nullable Instant ended;
    private long time;

    TestingRecording(Path folder) {
        chunks = new FolderChunkStore(folder.resolve("recordings"));
        signer = new FileTenantSigners(folder.resolve("keys")).of(tenant);
        time = Examples.START.getEpochSecond() * 1_000_000;
        writer = new ChunkWriter(
                tenant,
                session,
                new RecordingHead(ConnectionId.next(Clock.systemUTC()), RecordingLevel.FULL, time),
                key,
                RecordingPosition.START);
    }

    TenantKey tenantKey() {
        return signer.publicKey();
    }

    TestingRecording add(Event.Kind kind, byte[] bytes) {
        time += 1_000;
        var event = new Event(writer.next(), kind, offsets.next(kind), time, bytes);
        writer.add(event);
        offsets.passed(event);
        return this;
    }

    TestingRecording add(Event.Kind kind, String text) {
        return add(kind, text.getBytes(StandardCharsets.UTF_8));
    }

    TestingRecording cut() throws IOException {
        return cut(RecordingState.LIVE);
    }

    private TestingRecording cut(RecordingState chunkState) throws IOException {
        int number = writer.position().chunks();
        chunks.put(tenant, session, number, writer.cut(chunkState));
        return this;
    }

    /// The session ended long ago, and its recording was sealed.
    TestingRecording sealed() throws IOException {
        add(Event.Kind.EXIT, "status 3");
        add(Event.Kind.END, "Exited: the target ended with exit status 3");
        cut(RecordingState.COMPLETE);
        return over("complete");
    }

    /// The session is over.
    TestingRecording over(String recordingState) {
        ended = Examples.START.plusSeconds(60);
        state = recordingState;
        return this;
    }

    /// What happened to the session is in the audit log.
    TestingRecording audited(String action) {
        audit.add(new AuditEntry(
                tenant,
                Ulid.next(Examples.START.plusSeconds(audit.size()).toEpochMilli()),
                "usr_01kaxyz0000000000000000001",
                action,
                session.value(),
                "192.0.2.7",
                new TreeMap<>()));
        return this;
    }

    /// The next checkpoint covers all of it.
    TestingRecording checkpoint() {
        var mark = new RecordingMark(
                session,
                writer.position().chunks(),
                writer.position().hash(),
                state.equals("live") ? RecordingState.LIVE : RecordingState.COMPLETE);
        var minutes = new TreeMap<Long, List<AuditEntry>>();
        audit.forEach(entry -> minutes.computeIfAbsent(AuditMinute.of(entry), any -> new ArrayList<>())
                .add(entry));
        long through = Examples.START.getEpochSecond() / 60 + 5;
        Sealer.next(tenant, Optional.empty(), through, minutes, List.of(mark))
                .forEach(each -> checkpoints.add(each.sign(signer)));
        return this;
    }

    /// Neither chunks are left nor the key.
    void deleted() throws IOException {
        boolean _ = chunks.delete(tenant, session, Integer.MAX_VALUE);
    }

    void forget(int auditRow) {
        audit.remove(auditRow);
    }

    TestingRecording serve(TestingApi api) {
        var path = "/v1/sessions/" + session;
        api.on("GET " + path, (TestingApi.Answering)
                request -> Examples.session(session.value(), "alice@example.com", null, ended));
        api.on("GET " + path + "/recording", (TestingApi.Answering) request -> new Sessions.Recording(
                session.value(),
                tenant.value(),
                state,
                "full",
                key.reveal(Base64.getUrlEncoder().withoutPadding()::encodeToString),
                signer.publicKey().text()));
        api.on("GET " + path + "/recording/chunks", (TestingApi.Answering) request -> {
            var before = state;
            int from = Integer.parseInt(request.query().substring("from=".length()));
            var items = numbers().stream()
                    .filter(number -> number >= from)
                    .limit(2)
                    .map(number -> new Sessions.Chunk(number, "/stored/" + number))
                    .toList();
            for (var item : items) {
                api.on("GET /stored/" + item.number(), (TestingApi.Answering) any -> chunk(item.number()));
            }
            return new Sessions.Chunks(session.value(), before, items);
        });
        api.on("GET /v1/checkpoints", (TestingApi.Answering) request -> {
            long from = Long.parseLong(request.query().substring("from=".length()));
            var base64 = Base64.getUrlEncoder().withoutPadding();
            var items = new ArrayList<Audit.Checkpoint>();
            for (int i = (int) from - 1; i < checkpoints.size(); i++) {
                var signed = checkpoints.get(i);
                items.add(Audit.Checkpoint.of(
                        i + 1, base64.encodeToString(signed.bytes()), base64.encodeToString(signed.signature())));
            }
            return new Audit.Checkpoints(items);
        });
        api.on(
                "GET /v1/audit/minutes/" + MINUTE.format(Examples.START.plusSeconds(60)),
                new Audit.Page(List.of(), null));
        api.on("GET /v1/audit/minutes/" + MINUTE.format(Examples.START), (TestingApi.Answering) request ->
                new Audit.Page(
                        audit.stream()
                                .map(entry -> new Audit.Entry(
                                        entry.id(),
                                        Examples.START,
                                        entry.actor(),
                                        entry.action(),
                                        entry.object(),
                                        entry.source(),
                                        entry.details()))
                                .toList(),
                        null));
        return this;
    }

    private List<Integer> numbers() {
        try {
            return chunks.numbers(tenant, session);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    byte[] chunk(int number) {
        try {
            return chunks.get(tenant, session, number).orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
