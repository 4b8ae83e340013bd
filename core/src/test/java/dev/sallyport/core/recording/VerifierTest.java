package dev.sallyport.core.recording;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.audit.AuditEntry;
import dev.sallyport.core.audit.AuditLine;
import dev.sallyport.core.audit.Checkpoint;
import dev.sallyport.core.audit.RecordingMark;
import dev.sallyport.core.audit.Sealer;
import dev.sallyport.core.hash.Sha256;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.id.Ulid;
import dev.sallyport.core.recording.Event.Kind;
import dev.sallyport.core.recording.Verification.Broken;
import dev.sallyport.core.recording.Verification.Sound;
import dev.sallyport.core.recording.Verification.SoundSoFar;
import dev.sallyport.core.secret.Secret;
import dev.sallyport.core.tenant.TenantKey;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Attack class 42, and what else may be done to a recording, its checkpoints and the audit log.
class VerifierTest {

    private static final long MINUTE = Written.START / 60_000_000;

    @TempDir
    private Path folder;

    private TenantKey.Signer signer;
    private Written written;

    /// The evidence as it is, to be spoiled by each test.
    private final List<byte[]> chunks = new ArrayList<>();
    private final List<Integer> numbers = new ArrayList<>();
    private final List<Checkpoint.Signed> checkpoints = new ArrayList<>();
    private final List<AuditLine> audit = new ArrayList<>();
    private final List<AuditEntry> entries = new ArrayList<>();
    private boolean withKey = true;

    /// Three chunks, a checkpoint after the first and one after the last, with three audit entries.
    @BeforeEach
    void record() throws Exception {
        var pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        signer = TenantKey.Signer.of(pair.getPrivate(), new TenantKey(pair.getPublic()));
        written = new Written(folder);
        written.add(Kind.REQUEST, "shell").add(Kind.OUTPUT, "one").cut(RecordingState.LIVE);
        entry(MINUTE, "session.started");
        checkpoint(MINUTE, RecordingState.LIVE);
        written.add(Kind.INPUT, "in").add(Kind.OUTPUT, "two").cut(RecordingState.LIVE);
        written.add(Kind.EXIT, "status 0").add(Kind.END, "Exited: …").cut(RecordingState.COMPLETE);
        entry(MINUTE + 1, "session.ended");
        entry(MINUTE + 1, "user.updated");
        checkpoint(MINUTE + 1, RecordingState.COMPLETE);
        load(written);
    }

    private void load(Written from) throws IOException {
        chunks.clear();
        numbers.clear();
        for (int number : from.chunks.numbers(from.tenant, from.session)) {
            numbers.add(number);
            chunks.add(from.chunks.get(from.tenant, from.session, number).orElseThrow());
        }
    }

    private void entry(long minute, String action) {
        entry(minute, action, "");
    }

    private void deletion(long minute, SessionId session) {
        entry(minute, "recording.deleted", session.value());
    }

    private void entry(long minute, String action, String object) {
        var entry = new AuditEntry(
                written.tenant,
                Ulid.next(minute * 60_000 + entries.size()),
                "usr",
                action,
                object,
                "",
                new TreeMap<>(Map.of("reason", "mistake", "chunks", "3", "last_hash", "07")));
        entries.add(entry);
        audit.add(new AuditLine.Told(entry));
    }

    private void checkpoint(long minute, RecordingState state) {
        var position = written.writer.position();
        checkpoint(minute, new RecordingMark(written.session, position.chunks(), position.hash(), state));
    }

    private void checkpoint(long minute, RecordingMark... marks) {
        var last = checkpoints.isEmpty()
                ? Optional.<Checkpoint>empty()
                : Optional.of(checkpoints.getLast().checkpoint());
        long after = last.map(Checkpoint::minute).orElse(-1L);
        var minutes = new TreeMap<Long, List<AuditEntry>>();
        for (var entry : entries) {
            long at = Ulid.epochMillis(entry.id()) / 60_000;
            if (at > after && at <= minute) {
                minutes.computeIfAbsent(at, any -> new ArrayList<>()).add(entry);
            }
        }
        for (var next : Sealer.next(written.tenant, last, minute, minutes, List.of(marks))) {
            checkpoints.add(next.sign(signer));
        }
    }

    private Evidence evidence() {
        return new Evidence() {
            @Override
            public TenantId tenant() {
                return written.tenant;
            }

            @Override
            public SessionId session() {
                return written.session;
            }

            @Override
            public List<Integer> chunks() {
                return numbers;
            }

            @Override
            public Optional<byte[]> chunk(int number) {
                return Optional.of(chunks.get(numbers.indexOf(number)));
            }

            @Override
            public List<Checkpoint.Signed> checkpoints() {
                return checkpoints;
            }

            @Override
            public List<AuditLine> audit() {
                return audit;
            }

            @Override
            public Optional<Secret> dataKey() {
                return withKey ? Optional.of(written.key) : Optional.empty();
            }
        };
    }

    private Verification verify() {
        try {
            return Verifier.verify(evidence(), signer.publicKey());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /// With the key and without: broken at this event, or at none.
    private void assertBroken(Optional<Long> event, String sentence) {
        for (boolean key : List.of(true, false)) {
            withKey = key;
            assertBrokenAsIs(event, sentence);
        }
    }

    private void assertBrokenAsIs(Optional<Long> event, String sentence) {
        var found = verify();
        assertThat(found)
                .as(found.sentence() + (withKey ? " (with key)" : " (without)"))
                .isInstanceOf(Broken.class);
        assertThat(found.sentence()).contains(sentence);
        var first = ((Broken) found).firstBadEvent();
        assertThat(first.isPresent() ? Optional.of(first.getAsLong()) : Optional.empty())
                .as(found.sentence())
                .isEqualTo(event);
    }

    @Test
    void anUntouchedRecordingIsSoundWithTheKeyAndWithout() {
        var found = verify();
        assertThat(found).as(found.sentence()).isInstanceOf(Sound.class);
        assertThat(((Sound) found).events()).isEqualTo(6);
        assertThat(((Sound) found).state()).isEqualTo(RecordingState.COMPLETE);
        assertThat(((Sound) found).opened()).isTrue();

        withKey = false;
        found = verify();
        assertThat(found).as(found.sentence()).isInstanceOf(Sound.class);
        assertThat(((Sound) found).opened()).isFalse();
        assertThat(found.sentence()).contains("not looked at");
    }

    @Test
    void aChainRewrittenWholeWithRightHashesIsFound() throws IOException {
        rewrite("ONE", "two");
        assertBroken(Optional.of(0L), "rewritten");
    }

    @Test
    void aChainRewrittenAfterACheckpointIsFoundThere() {
        var writer = new ChunkWriter(
                written.tenant,
                written.session,
                written.head,
                written.key,
                Chunks.parse(chunks.get(0)).after());
        var two = writer.next();
        writer.add(new Event(two, Kind.OUTPUT, 3, written.time, new byte[3]));
        chunks.set(1, writer.cut(RecordingState.LIVE));
        writer.add(new Event(writer.next(), Kind.END, 0, written.time, new byte[0]));
        chunks.set(2, writer.cut(RecordingState.COMPLETE));
        assertBroken(Optional.of(2L), "rewritten");
    }

    /// Writes all chunks anew, with the data key and another text.
    private void rewrite(String first, String second) throws IOException {
        var writer =
                new ChunkWriter(written.tenant, written.session, written.head, written.key, RecordingPosition.START);
        writer.add(new Event(0, Kind.OUTPUT, 0, written.time, first.getBytes(StandardCharsets.UTF_8)));
        chunks.set(0, writer.cut(RecordingState.LIVE));
        writer.add(new Event(1, Kind.OUTPUT, 3, written.time, second.getBytes(StandardCharsets.UTF_8)));
        chunks.set(1, writer.cut(RecordingState.LIVE));
        writer.add(new Event(2, Kind.END, 0, written.time, new byte[0]));
        chunks.set(2, writer.cut(RecordingState.COMPLETE));
    }

    @Test
    void aTailThatWasCutIsFound() {
        chunks.removeLast();
        numbers.removeLast();
        assertBroken(Optional.of(4L), "tail was cut");
        chunks.clear();
        numbers.clear();
        assertBroken(Optional.of(0L), "tail was cut");
    }

    @Test
    void aForgedEndIsFound() {
        var writer = new ChunkWriter(
                written.tenant,
                written.session,
                written.head,
                written.key,
                Chunks.parse(chunks.get(0)).after());
        writer.add(new Event(2, Kind.END, 0, written.time, new byte[0]));
        chunks.set(1, writer.cut(RecordingState.COMPLETE));
        chunks.removeLast();
        numbers.removeLast();
        assertBroken(Optional.of(3L), "end is forged");
    }

    @Test
    void aForgedEndOfAnIncompleteRecordingIsFound() throws IOException {
        chunks.removeLast();
        numbers.removeLast();
        checkpoints.removeLast();
        var position = Chunks.parse(chunks.get(1)).after();
        checkpoint(MINUTE + 1, new RecordingMark(written.session, 2, position.hash(), RecordingState.INCOMPLETE));
        assertThat(verify()).isInstanceOf(Sound.class);

        var writer = new ChunkWriter(written.tenant, written.session, written.head, written.key, position);
        writer.add(new Event(4, Kind.END, 0, written.time, new byte[0]));
        chunks.add(writer.cut(RecordingState.COMPLETE));
        numbers.add(2);
        assertBroken(Optional.of(4L), "end is forged");
    }

    @Test
    void anEndThatNoLaterCheckpointKnowsIsForged() {
        checkpoints.removeLast();
        assertThat(verify()).isInstanceOf(SoundSoFar.class);
        checkpoint(MINUTE + 5);
        entry(MINUTE + 30, "user.updated");
        checkpoint(MINUTE + 30);

        assertBrokenAsIs(Optional.of(2L), "end is forged");
        withKey = false;
        assertThat(verify()).isInstanceOf(SoundSoFar.class);
    }

    @Test
    void aChunkOfAnotherSessionIsFound() throws IOException {
        var other = new Written(folder, written.tenant).complete();
        chunks.set(1, other.chunks.get(other.tenant, other.session, 1).orElseThrow());
        assertBroken(Optional.of(2L), "another session");
    }

    @Test
    void anotherRecordingWholeIsFound() throws IOException {
        load(new Written(folder, written.tenant).complete());
        assertBroken(Optional.of(0L), "another session");
    }

    @Test
    void aMissingChunkIsFound() {
        chunks.remove(1);
        numbers.remove(1);
        assertBroken(Optional.of(2L), "chunk 1 is missing");
    }

    @Test
    void chunksInAnotherOrderAreFound() {
        var one = chunks.get(1);
        chunks.set(1, chunks.get(2));
        chunks.set(2, one);
        assertBroken(Optional.of(2L), "wrong place");
    }

    @Test
    void chunksAfterTheEndAreFound() {
        var writer = new ChunkWriter(
                written.tenant,
                written.session,
                written.head,
                written.key,
                Chunks.parse(chunks.get(2)).after());
        writer.add(new Event(6, Kind.END, 0, written.time, new byte[0]));
        chunks.add(writer.cut(RecordingState.COMPLETE));
        numbers.add(3);
        assertBroken(Optional.of(6L), "after the end");
    }

    @Test
    void everyFlippedBitIsFoundAndNamesAnEventOfItsChunk() {
        for (int number = 0; number < 3; number++) {
            var chunk = chunks.get(number);
            for (int bit = 0; bit < chunk.length * 8; bit += 17) {
                var changed = chunk.clone();
                changed[bit / 8] ^= (byte) (1 << bit % 8);
                chunks.set(number, changed);
                for (boolean key : List.of(true, false)) {
                    withKey = key;
                    var found = verify();
                    assertThat(found)
                            .as("chunk %d bit %d %s".formatted(number, bit, found.sentence()))
                            .isInstanceOf(Broken.class);
                    long first = ((Broken) found).firstBadEvent().orElse(-1);
                    if (key) {
                        assertThat(first)
                                .as("chunk %d bit %d %s".formatted(number, bit, found.sentence()))
                                .isEqualTo(2L * number);
                    } else {
                        assertThat(first).isBetween(Math.max(0, 2L * number - 2), 2L * number);
                    }
                }
            }
            chunks.set(number, chunk);
        }
    }

    @Test
    void aRemovedAuditRowIsFound() {
        for (int row = 0; row < 3; row++) {
            var line = audit.remove(row);
            assertBroken(Optional.empty(), "a row was removed");
            audit.add(row, line);
        }
    }

    @Test
    void aChangedAuditRowIsFound() {
        var entry = entries.get(0);
        audit.set(
                0,
                new AuditLine.Told(new AuditEntry(
                        entry.tenant(),
                        entry.id(),
                        "someone else",
                        entry.action(),
                        entry.object(),
                        entry.source(),
                        new TreeMap<>(Map.of()))));
        assertBroken(Optional.empty(), "a row was changed");
    }

    @Test
    void anAddedAuditRowIsFound() {
        audit.add(new AuditLine.Hashed(MINUTE + 1, Sha256.of(new byte[1])));
        assertBroken(Optional.empty(), "a row was added");
        audit.removeLast();
        audit.add(new AuditLine.Hashed(MINUTE - 5, Sha256.of(new byte[1])));
        assertBroken(Optional.empty(), "they were added");
    }

    @Test
    void auditRowsThatOnlyTheirHashesTellAreEnough() {
        audit.set(2, new AuditLine.Hashed(MINUTE + 1, audit.get(2).hash()));
        assertThat(verify()).isInstanceOf(Sound.class);
    }

    @Test
    void aRowOfAMinuteThatIsNotSealedYetIsNoFault() {
        entry(MINUTE + 2, "user.updated");
        assertThat(verify()).isInstanceOf(Sound.class);
    }

    @Test
    void aCheckpointByAnotherKeyIsFound() throws Exception {
        var pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        var other = TenantKey.Signer.of(pair.getPrivate(), new TenantKey(pair.getPublic()));
        checkpoints.set(1, checkpoints.get(1).checkpoint().sign(other));
        assertBroken(Optional.empty(), "not signed by this tenant's key");
    }

    @Test
    void aCheckpointThatWasChangedIsFound() {
        var bytes = checkpoints.get(1).bytes().clone();
        bytes[bytes.length - 3] ^= 1;
        checkpoints.set(1, new Checkpoint.Signed(bytes, checkpoints.get(1).signature()));
        assertBroken(Optional.empty(), "not signed");
    }

    @Test
    void aMissingCheckpointIsFound() {
        checkpoint(
                MINUTE + 2,
                new RecordingMark(SessionId.next(Clock.systemUTC()), 1, Sha256.of(new byte[1]), RecordingState.LIVE));
        checkpoints.remove(1);
        assertBroken(Optional.empty(), "checkpoint 2 is missing");
    }

    @Test
    void leavingOutTheLatestCheckpointsGivesNoMoreThanSoundSoFar() {
        checkpoints.removeLast();
        var found = verify();
        assertThat(found).as(found.sentence()).isInstanceOf(SoundSoFar.class);
        assertThat(((SoundSoFar) found).vouched()).isEqualTo(2);

        checkpoints.clear();
        audit.clear();
        assertThat(((SoundSoFar) verify()).vouched()).isZero();
    }

    @Test
    void bytesThatComeTwiceOrAreMissingAreFoundWithTheKey() throws IOException {
        for (long offset : List.of(2L, 4L)) {
            var writer = new ChunkWriter(
                    written.tenant, written.session, written.head, written.key, RecordingPosition.START);
            writer.add(new Event(0, Kind.OUTPUT, 0, 1, new byte[3]));
            writer.add(new Event(1, Kind.OUTPUT, offset, 2, new byte[3]));
            writer.add(new Event(2, Kind.END, 0, 3, new byte[0]));
            chunks.clear();
            chunks.add(writer.cut(RecordingState.COMPLETE));
            numbers.clear();
            numbers.add(0);
            checkpoints.clear();
            checkpoint(
                    MINUTE + 1,
                    new RecordingMark(written.session, 1, writer.position().hash(), RecordingState.COMPLETE));
            assertBrokenAsIs(Optional.of(1L), offset == 2 ? "twice" : "missing");
        }
    }

    @Test
    void aDeletedRecordingIsDeletedAndNotTamperedWith() throws IOException {
        deletion(MINUTE + 5, written.session);
        checkpoint(MINUTE + 5, RecordingState.COMPLETE);
        gone();
        var found = verify();
        assertThat(found).as(found.sentence()).isInstanceOfSatisfying(Verification.Deleted.class, deleted -> {
            assertThat(deleted.vouched()).isTrue();
            assertThat(deleted.by()).isEqualTo(entries.getLast().actor());
        });
        assertThat(found.sentence()).contains("deleted on ", " by ", "It had 3 chunks; the last one's hash was 07.");

        load(written);
        assertThat(verify()).as("chunks that an object store keeps locked").isInstanceOf(Verification.Deleted.class);
    }

    @Test
    void aFreshDeletionIsNotVouchedForYet() {
        deletion(MINUTE + 5, written.session);
        gone();
        assertThat(verify())
                .isInstanceOfSatisfying(
                        Verification.Deleted.class,
                        deleted -> assertThat(deleted.vouched()).isFalse());
    }

    @Test
    void chunksThatAreGoneWithoutAWordInTheAuditLogWereCut() {
        gone();
        assertBrokenAsIs(Optional.of(0L), "the tail was cut");
    }

    @Test
    void aLineThatNobodyVouchesForHidesNoForgery() {
        deletion(MINUTE + 5, written.session);
        chunks.get(1)[chunks.get(1).length - 1] ^= 1;
        assertThat(verify()).isInstanceOf(Broken.class);
    }

    @Test
    void aLineThatWasAddedToASealedMinuteIsNoDeletion() {
        deletion(MINUTE + 1, written.session);
        gone();
        assertBrokenAsIs(Optional.empty(), "a row was added");
    }

    @Test
    void theDeletionOfAnotherRecordingIsNotThisOnes() {
        deletion(MINUTE + 5, SessionId.next(Clock.systemUTC()));
        checkpoint(MINUTE + 5, RecordingState.COMPLETE);
        gone();
        assertBrokenAsIs(Optional.of(0L), "the tail was cut");
    }

    /// As after a deletion: neither chunks nor key.
    private void gone() {
        chunks.clear();
        numbers.clear();
        withKey = false;
    }

    @Test
    void aBundleIsReadAsItWasWritten() throws IOException {
        audit.set(2, new AuditLine.Hashed(MINUTE + 1, audit.get(2).hash()));
        var file = folder.resolve("bundle.zip");
        try (var out = Files.newOutputStream(file)) {
            RecordingBundle.write(out, evidence(), signer.publicKey());
        }
        try (var bundle = RecordingBundle.open(file)) {
            assertThat(bundle.claimedKey().text()).isEqualTo(signer.publicKey().text());
            assertThat(bundle.session()).isEqualTo(written.session);
            assertThat(Verifier.verify(bundle, signer.publicKey())).isInstanceOf(Sound.class);
            var events = Written.all(bundle.reader().orElseThrow());
            assertThat(Written.lines(events)).isEqualTo(Written.lines(written.read()));
        }
        withKey = false;
        try (var out = Files.newOutputStream(file)) {
            RecordingBundle.write(out, evidence(), signer.publicKey());
        }
        try (var bundle = RecordingBundle.open(file)) {
            assertThat(bundle.reader()).isEmpty();
            assertThat(Verifier.verify(bundle, signer.publicKey())).isInstanceOf(Sound.class);
        }
    }

    @Test
    void aBundleCutOffAnywhereIsRefusedOrBroken() throws IOException {
        var bytes = new ByteArrayOutputStream();
        RecordingBundle.write(bytes, evidence(), signer.publicKey());
        var whole = bytes.toByteArray();
        var file = folder.resolve("cut.zip");
        for (int length = 0; length < whole.length; length += 11) {
            Files.write(file, Arrays.copyOf(whole, length));
            try (var bundle = RecordingBundle.open(file)) {
                assertThat(Verifier.verify(bundle, signer.publicKey())).isNotInstanceOf(Sound.class);
            } catch (IOException e) {
                // refused
            }
        }
    }

    private static final class Chunks {
        static Chunk parse(byte[] stored) {
            try {
                return Chunk.parse(stored);
            } catch (BadChunk e) {
                throw new AssertionError(e);
            }
        }
    }
}
