package dev.sallyport.edge.recorder;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.sallyport.core.id.EdgeId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.recording.BrokenRecording;
import dev.sallyport.core.recording.DataKeys;
import dev.sallyport.core.recording.Event;
import dev.sallyport.core.recording.FolderChunkStore;
import dev.sallyport.core.recording.RecordingReader;
import dev.sallyport.core.recording.SealedRecording;
import dev.sallyport.core.secret.Secret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Optional;
import org.junit.jupiter.api.Tag;

/// Whatever a disk has kept of a spool: its records are read or the rest is left, and what comes of it is a
/// whole recording or none.
@Tag("fuzz")
class SpoolFuzzTest {

    private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);

    /// One key for all: what it wraps is not what is fuzzed.
    private static final DataKeys KEYS = new DataKeys() {
        @Override
        public DataKey next(TenantId tenant) {
            return new DataKey(unwrap(tenant, new byte[0]), new byte[0]);
        }

        @Override
        public Secret unwrap(TenantId tenant, byte[] wrapped) {
            return Secret.of(new byte[32]);
        }
    };

    @FuzzTest
    void aRecordIsReadOrNotAndNeverBeyondItsEnd(byte[] bytes) {
        read(ByteBuffer.wrap(bytes));
        read(ByteBuffer.wrap(sealed(bytes)));
    }

    /// The checksums are put right, so that what a torn or rewritten record holds is met.
    @FuzzTest
    void aSpoolBecomesWholeRecordingsOrNone(byte[] bytes) throws IOException {
        var folder = Files.createTempDirectory("spool-fuzz");
        try {
            var spool = folder.resolve("spool");
            var edge = spool.resolve("edg_" + "0".repeat(26));
            assertThat(new EdgeId(edge.getFileName().toString()).value()).isNotEmpty();
            Files.createDirectories(edge);
            Files.createFile(edge.resolve(SpoolLock.FILE));
            Files.write(edge.resolve(Journal.SEGMENT.formatted(0)), repaired(bytes));
            var chunks = new FolderChunkStore(folder.resolve("recordings"));
            var told = new ArrayList<SealedRecording>();
            var report = new SpoolRecovery(chunks, KEYS, told::add, () -> NOW).run(spool);

            assertThat(told).isEqualTo(report.recovered());
            assertThat(report.left().isEmpty()).isEqualTo(Files.notExists(edge));
            for (var sealed : report.recovered()) {
                var reader = new RecordingReader(
                        chunks, sealed.tenant(), sealed.session(), KEYS.unwrap(sealed.tenant(), new byte[0]));
                Optional<Event> last = Optional.empty();
                for (var next = reader.next(); next.isPresent(); next = reader.next()) {
                    last = next;
                }
                assertThat(reader.sealed()).isTrue();
                assertThat(last.map(Event::kind)).contains(Event.Kind.END);
            }
        } catch (BrokenRecording broken) {
            throw new AssertionError("a recording that cannot be read was sealed", broken);
        } finally {
            delete(folder);
        }
    }

    private static void read(ByteBuffer in) {
        while (in.hasRemaining()) {
            int from = in.position();
            var record = SpoolRecord.read(in);
            assertThat(in.position()).isLessThanOrEqualTo(in.limit());
            if (record.isEmpty()) {
                return;
            }
            assertThat(in.position() - from).isBetween(SpoolRecord.PREFIX + 5, SpoolRecord.LONGEST);
            switch (record.get()) {
                case SpoolRecord.Opened opened -> {
                    assertThat(opened.wrappedDataKey().length).isLessThanOrEqualTo(0xffff);
                    if (opened.wrappedDataKey().length <= SpoolRecord.Opened.LONGEST_KEY) {
                        assertThat(SpoolRecord.read(ByteBuffer.wrap(opened.write())))
                                .get()
                                .usingRecursiveComparison()
                                .isEqualTo(opened);
                    }
                }
                case SpoolRecord.Appended appended ->
                    assertThat(appended.event().bytes().length).isLessThanOrEqualTo(Event.LONGEST);
                case SpoolRecord.Closed closed ->
                    assertThat(SpoolRecord.read(ByteBuffer.wrap(closed.write())))
                            .contains(closed);
            }
        }
    }

    /// The bytes as the body of one record.
    private static byte[] sealed(byte[] body) {
        return ByteBuffer.allocate(SpoolRecord.PREFIX + body.length)
                .putInt(body.length)
                .putInt(SpoolRecord.crc(body, 0, body.length))
                .put(body)
                .array();
    }

    /// The same records with checksums that are right, as far as lengths go.
    private static byte[] repaired(byte[] bytes) {
        var right = bytes.clone();
        var in = ByteBuffer.wrap(right);
        while (in.remaining() > SpoolRecord.PREFIX) {
            int length = in.getInt();
            if (length < 0 || length > in.remaining() - 4) {
                break;
            }
            int crc = SpoolRecord.crc(right, in.position() + 4, length);
            in.putInt(crc);
            in.position(in.position() + length);
        }
        return right;
    }

    private static void delete(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> {
                try {
                    Files.delete(file);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
