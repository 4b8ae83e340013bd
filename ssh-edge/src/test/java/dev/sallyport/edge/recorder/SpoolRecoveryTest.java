package dev.sallyport.edge.recorder;

import static dev.sallyport.edge.recorder.TestRecorder.session;
import static dev.sallyport.edge.recorder.TestRecorder.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sallyport.core.id.EdgeId;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.recording.Event;
import dev.sallyport.core.recording.Event.Kind;
import dev.sallyport.core.recording.RecordingState;
import dev.sallyport.core.recording.SealedRecording;
import dev.sallyport.core.session.Outcome;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolRecoveryTest {

    @TempDir
    private Path folder;

    private TestRecorder test;

    @BeforeEach
    void start() throws IOException {
        test = new TestRecorder(folder);
    }

    @AfterEach
    void stop() throws Exception {
        test.close();
    }

    /// Appends, of which `one` is stored and `two` is only in the spool; returns what a kill leaves of the
    /// spool.
    private Path killedAfter(SessionId session, String one, String two) throws Exception {
        var recording = test.open(session);
        if (!one.isEmpty()) {
            recording.append(Kind.OUTPUT, text(one), 1, 0);
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> test.recorder.live(session).orElseThrow().chunks() == 1);
        }
        test.chunks.down(true);
        if (!two.isEmpty()) {
            recording.append(Kind.OUTPUT, text(two), 2, 0);
        }
        var left = test.copyOfSpool();
        test.close();
        test.chunks.down(false);
        SpoolRecovery.delete(test.spool.resolve(test.edge.value()));
        return left;
    }

    @Test
    void whatWasOnlyInTheSpoolIsInTheRecordingAfterwards() throws Exception {
        var session = session();
        var left = killedAfter(session, "stored ", "spooled");

        var report = test.recovery().run(test.spool);

        assertThat(report.left()).isEmpty();
        assertThat(report.recovered()).hasSize(1);
        assertThat(test.output(session)).isEqualTo(text("stored spooled"));
        assertThat(test.events(session))
                .extracting(event -> event.kind() + " " + event.text())
                .containsExactly(
                        "OUTPUT stored ",
                        "OUTPUT spooled",
                        "RECOVERED the edge was lost; its spool had 1 events that were not stored yet",
                        "END EdgeLost: the edge was lost");
        var sealed = test.sealedAs(session);
        assertThat(sealed.state()).isEqualTo(RecordingState.RECOVERED);
        var reader = test.reader(session);
        while (reader.next().isPresent()) {
            // to the end
        }
        assertThat(reader.position()).isEqualTo(sealed.position());
        assertThat(left).doesNotExist();
    }

    @Test
    void ofARecordingThatWasDeletedNothingIsStoredAnyMore() throws Exception {
        var session = session();
        var left = killedAfter(session, "stored ", "spooled");
        var told = new ArrayList<SealedRecording>();
        var listener = new SealedListener() {
            @Override
            public void sealed(SealedRecording recording) {
                told.add(recording);
            }

            @Override
            public boolean deleted(TenantId tenant, SessionId one) {
                return tenant.equals(test.tenant) && one.equals(session);
            }
        };

        var report = new SpoolRecovery(test.chunks, test.keys, listener, Clock.systemUTC()).run(test.spool);

        assertThat(report.left()).isEmpty();
        assertThat(report.recovered()).isEmpty();
        assertThat(told).isEmpty();
        assertThat(test.chunks.numbers(test.tenant, session)).hasSize(1);
        assertThat(left).as("the spool with what was typed").doesNotExist();
    }

    @Test
    void nothingStoredYetIsNoHindrance() throws Exception {
        var session = session();
        killedAfter(session, "", "spooled");
        assertThat(test.recovery().run(test.spool).recovered()).hasSize(1);
        assertThat(test.output(session)).isEqualTo(text("spooled"));
    }

    @Test
    void everythingStoredButTheEndIsSealed() throws Exception {
        var session = session();
        killedAfter(session, "stored", "");
        assertThat(test.recovery().run(test.spool).recovered()).hasSize(1);
        assertThat(test.output(session)).isEqualTo(text("stored"));
        assertThat(test.events(session).getLast().kind()).isEqualTo(Kind.END);
    }

    @Test
    void aSecondRecoveryOfTheSameSpoolStoresNothingTwice() throws Exception {
        var session = session();
        var left = killedAfter(session, "stored ", "spooled");
        var again = left.resolveSibling(EdgeId.next(Clock.systemUTC()).value());
        Files.createDirectory(again);
        try (var files = Files.list(left)) {
            for (var file : files.toList()) {
                Files.copy(file, again.resolve(file.getFileName()));
            }
        }

        assertThat(test.recovery().run(test.spool).recovered()).hasSize(2);

        assertThat(test.output(session)).isEqualTo(text("stored spooled"));
        assertThat(test.spool).isEmptyDirectory();
    }

    @Test
    void aRecordingThatWasSealedInTheSpoolKeepsItsOutcome() throws Exception {
        var session = session();
        var recording = test.open(session);
        test.chunks.down(true);
        recording.append(Kind.OUTPUT, text("a"), 1, 0);
        recording.seal(new Outcome.Exited(3));
        test.close();
        test.chunks.down(false);

        assertThat(test.recovery().run(test.spool).recovered()).hasSize(1);

        assertThat(test.events(session)).extracting(Event::kind).containsExactly(Kind.OUTPUT, Kind.RECOVERED, Kind.END);
        assertThat(test.events(session).getLast().text()).isEqualTo("Exited: the target ended with exit status 3");
    }

    @Test
    void aLivingEdgesSpoolIsLeftAlone() throws Exception {
        var session = session();
        var recording = test.open(session);
        recording.append(Kind.OUTPUT, text("a"), 1, 0);

        var report = test.recovery().run(test.spool);

        assertThat(report.recovered()).isEmpty();
        assertThat(report.left()).isEmpty();
        recording.append(Kind.OUTPUT, text("b"), 1, 0);
        recording.seal(new Outcome.Exited(0));
        await().atMost(Duration.ofSeconds(30)).until(() -> test.sealed.containsKey(session));
        assertThat(test.output(session)).isEqualTo(text("ab"));
    }

    @Test
    void aChunkStoreOutOfReachLeavesTheSpoolForLater() throws Exception {
        var session = session();
        var left = killedAfter(session, "stored ", "spooled");
        test.chunks.down(true);
        assertThat(test.recovery().run(test.spool).left()).containsExactly(left);
        test.chunks.down(false);
        assertThat(test.recovery().run(test.spool).left()).isEmpty();
        assertThat(test.output(session)).isEqualTo(text("stored spooled"));
    }

    @Test
    void aTornRecordIsIgnoredWhereverItIsTorn() throws Exception {
        var session = session();
        var left = killedAfter(session, "", "one");
        var segment = left.resolve("00000000.segment");
        var whole = Files.readAllBytes(segment);
        // The opening takes what is before the event, which ends the file.
        int event = SpoolRecord.PREFIX + SpoolRecord.Appended.HEAD + 3;
        int opening = whole.length - event;
        for (int length = whole.length - 1; length > opening; length -= 7) {
            var other = left.resolveSibling(EdgeId.next(Clock.systemUTC()).value());
            Files.createDirectory(other);
            Files.createFile(other.resolve(SpoolLock.FILE));
            Files.write(other.resolve("00000000.segment"), Arrays.copyOf(whole, length));
            var chunks = new UnreliableChunkStore(folder.resolve("torn" + length));
            var recovery = new SpoolRecovery(chunks, test.keys, test::sealed, Clock.systemUTC());
            Files.move(left.resolve(SpoolLock.FILE), folder.resolve("kept"));

            var report = recovery.run(test.spool);

            Files.move(folder.resolve("kept"), left.resolve(SpoolLock.FILE));
            assertThat(report.recovered()).hasSize(1);
            assertThat(report.recovered().getFirst().position().events()).isEqualTo(2);
        }
    }

    @Test
    void aDamagedSpoolGivesAnIncompleteRecording() throws Exception {
        var session = session();
        var recording = test.open(session);
        test.chunks.down(true);
        for (int i = 0; i < 100; i++) {
            recording.append(
                    Kind.OUTPUT, "%05d ".formatted(i).repeat(10_000).getBytes(StandardCharsets.US_ASCII), i, 0);
        }
        var left = test.copyOfSpool();
        test.close();
        test.chunks.down(false);
        SpoolRecovery.delete(test.spool.resolve(test.edge.value()));
        try (var file = new RandomAccessFile(left.resolve("00000001.segment").toFile(), "rw")) {
            file.seek(500_000);
            file.write(7);
        }

        test.recovery().run(test.spool);

        var sealed = test.sealedAs(session);
        assertThat(sealed.state()).isEqualTo(RecordingState.INCOMPLETE);
        assertThat(test.events(session))
                .filteredOn(event -> event.kind() == Kind.RECOVERED)
                .singleElement()
                .extracting(Event::text)
                .asString()
                .contains("missing");
    }

    @Test
    void aLongRecordingOutlivesTheSegmentThatItsOpeningWasIn() throws Exception {
        var session = session();
        var quiet = test.open(session);
        quiet.append(Kind.OUTPUT, text("early "), 1, 0);
        var other = session();
        var loud = test.open(other);
        for (int i = 0; i < 100; i++) {
            loud.append(Kind.OUTPUT, new byte[60_000], i, 0);
        }
        loud.seal(new Outcome.Exited(0));
        await().atMost(Duration.ofSeconds(30))
                .until(() -> test.recorder.segments() == 1 && test.sealed.containsKey(other));
        assertThat(test.spool.resolve(test.edge.value()).resolve("00000000.segment"))
                .doesNotExist();

        test.chunks.down(true);
        quiet.append(Kind.OUTPUT, text("late"), 2, 0);
        var left = test.copyOfSpool();
        test.close();
        test.chunks.down(false);
        SpoolRecovery.delete(test.spool.resolve(test.edge.value()));

        assertThat(test.recovery().run(test.spool).recovered()).hasSize(1);
        assertThat(test.output(session)).isEqualTo(text("early late"));
        assertThat(left).doesNotExist();
    }

    @Test
    void garbageInASegmentIsNoRecord() {
        var random = new Random(5);
        for (int i = 0; i < 5000; i++) {
            var garbage = new byte[random.nextInt(300)];
            random.nextBytes(garbage);
            if (garbage.length > 8 && i % 2 == 0) {
                var body = ByteBuffer.wrap(garbage);
                body.putInt(0, garbage.length - 8).putInt(4, SpoolRecord.crc(garbage, 8, garbage.length - 8));
                garbage[8] = (byte) (1 + i % 4);
                body.putInt(4, SpoolRecord.crc(garbage, 8, garbage.length - 8));
            }
            var record = SpoolRecord.read(ByteBuffer.wrap(garbage));
            assertThat(record.isEmpty()
                            || record.get() instanceof SpoolRecord.Closed
                            || record.get() instanceof SpoolRecord.Appended)
                    .isTrue();
        }
    }
}
