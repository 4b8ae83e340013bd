package dev.sallyport.edge.recorder;

import static dev.sallyport.edge.recorder.TestRecorder.session;
import static dev.sallyport.edge.recorder.TestRecorder.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.recording.Event;
import dev.sallyport.core.recording.Event.Kind;
import dev.sallyport.core.recording.RecordingState;
import dev.sallyport.core.session.Outcome;
import dev.sallyport.edge.recorder.Recorder.RecordingFailed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolRecorderTest {

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

    private void awaitSealed(SessionId session) {
        await().atMost(Duration.ofSeconds(30)).until(() -> test.sealed.containsKey(session));
    }

    @Test
    void whatWasAppendedIsInTheSealedRecording() throws Exception {
        var session = session();
        var recording = test.open(session);
        recording.append(Kind.REQUEST, text("shell"), 0, 0);
        recording.append(Kind.OUTPUT, text("$ "), 1, 0);
        recording.append(Kind.INPUT, text("ls\r"), 0, 1);
        recording.append(Kind.HIDDEN_INPUT, text("8"), 0, 2);
        recording.append(Kind.INPUT, text("x"), 0, 3);
        recording.append(Kind.OUTPUT, text("a b\r\n"), 2, 0);
        recording.append(Kind.EXIT, text("status 0"), 3, 0);
        recording.seal(new Outcome.Exited(0));
        awaitSealed(session);

        var events = test.events(session);
        assertThat(events)
                .extracting(event -> event.number() + " " + event.kind() + " " + event.offset() + " " + event.text())
                .containsExactly(
                        "0 REQUEST 0 shell",
                        "1 OUTPUT 0 $ ",
                        "2 INPUT 0 ls\r",
                        "3 HIDDEN_INPUT 3 8",
                        "4 INPUT 11 x",
                        "5 OUTPUT 2 a b\r\n",
                        "6 EXIT 0 status 0",
                        "7 END 0 Exited: the target ended with exit status 0");
        assertThat(events).isSortedAccordingTo((a, b) -> Long.compare(a.time(), b.time()));
        var sealed = test.sealedAs(session);
        assertThat(sealed.state()).isEqualTo(RecordingState.COMPLETE);
        assertThat(sealed.position().events()).isEqualTo(8);
    }

    @Test
    void aLiveRecordingCanBeReadWithinMomentsAndSaysWhereItStands() throws Exception {
        var session = session();
        var recording = test.open(session);
        recording.append(Kind.OUTPUT, text("hello"), 1, 0);

        await().atMost(Duration.ofSeconds(30))
                .until(() -> test.recorder.live(session).orElseThrow().chunks() == 1);
        var reader = test.reader(session);
        assertThat(reader.next()).get().extracting(Event::text).isEqualTo("hello");
        assertThat(reader.sealed()).isFalse();
        assertThat(test.recorder.live()).containsEntry(session, reader.position());

        recording.seal(new Outcome.UserLeft());
        await().atMost(Duration.ofSeconds(30))
                .until(() -> test.recorder.live(session).isEmpty());
    }

    @Test
    void whatIsStoredIsToldByMessageNumbersAndNeverTooEarly() throws Exception {
        var session = session();
        List<String> told = new CopyOnWriteArrayList<>();
        var recording = test.open(session, (agent, edge) -> told.add(agent + " " + edge));
        test.chunks.down(true);
        recording.append(Kind.OUTPUT, text("a"), 7, 0);
        recording.append(Kind.INPUT, text("b"), 0, 4);
        assertThat(told).isEmpty();
        test.chunks.down(false);

        await().atMost(Duration.ofSeconds(30)).until(() -> told.contains("7 4"));
        recording.append(Kind.MESSAGE, text("c"), 0, 0);
        recording.seal(new Outcome.Exited(0));
        awaitSealed(session);
        assertThat(told.getLast()).isEqualTo("7 4");
    }

    @Test
    void theDatabaseIsNotFloodedWhenManyRecordingsEndTogether() throws Exception {
        int many = 5 * SpoolRecorder.NOTED_AT_ONCE;
        test.listening = new CountDownLatch(1);
        for (int i = 0; i < many; i++) {
            test.open(session()).seal(new Outcome.UserLeft());
        }
        await().atMost(Duration.ofSeconds(30))
                .until(() -> test.inListener.get() == SpoolRecorder.NOTED_AT_ONCE
                        && test.recorder.live().values().stream().allMatch(position -> position.chunks() == 1));
        test.listening.countDown();
        await().atMost(Duration.ofSeconds(30)).until(() -> test.sealed.size() == many);
        assertThat(test.mostInListener).hasValue(SpoolRecorder.NOTED_AT_ONCE);
    }

    @Test
    void bulkIsSplitIntoEventsAndChunksAndComesBackByteForByte() throws Exception {
        var session = session();
        var recording = test.open(session);
        var random = new Random(3);
        var all = new byte[5 << 20];
        random.nextBytes(all);
        for (int from = 0; from < all.length; ) {
            int length = Math.min(all.length - from, 1 + random.nextInt(200_000));
            recording.append(Kind.OUTPUT, Arrays.copyOfRange(all, from, from + length), 1, 0);
            from += length;
        }
        recording.seal(new Outcome.Exited(0));
        awaitSealed(session);

        assertThat(test.output(session)).isEqualTo(all);
        var sealed = test.sealedAs(session);
        assertThat(sealed.position().chunks()).isGreaterThan(5);
        await().atMost(Duration.ofSeconds(30)).until(() -> test.recorder.segments() == 1);
    }

    @Test
    void manySessionsShareTheSpoolAndKeepApart() throws Exception {
        var sessions = new ArrayList<SessionId>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 40; i++) {
                var session = session();
                sessions.add(session);
                var name = "session " + i + "\n";
                var _ = threads.submit(() -> {
                    var recording = test.open(session);
                    for (int event = 0; event < 500; event++) {
                        recording.append(Kind.OUTPUT, text(name), event, 0);
                    }
                    recording.seal(new Outcome.Exited(0));
                    return null;
                });
            }
        }
        for (int i = 0; i < 40; i++) {
            awaitSealed(sessions.get(i));
            assertThat(new String(test.output(sessions.get(i)), StandardCharsets.UTF_8))
                    .isEqualTo(("session " + i + "\n").repeat(500));
        }
    }

    @Test
    void aChunkStoreThatFailsIsWaitedOutWhileTheSessionGoesOn() throws Exception {
        var session = session();
        var recording = test.open(session);
        test.chunks.down(true);
        for (int i = 0; i < 100; i++) {
            recording.append(Kind.OUTPUT, new byte[50_000], i, 0);
        }
        assertThat(test.recorder.segments()).isGreaterThan(3);
        test.chunks.down(false);
        recording.seal(new Outcome.Exited(0));
        awaitSealed(session);

        assertThat(test.output(session)).hasSize(5_000_000);
        await().atMost(Duration.ofSeconds(30)).until(() -> test.recorder.segments() == 1);
    }

    @Test
    void aFullSpoolFailsTheRecordingWhichIsThenIncomplete() throws Exception {
        var session = session();
        var recording = test.open(session);
        test.chunks.down(true);
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 100_000; i++) {
                        recording.append(Kind.OUTPUT, new byte[Event.LONGEST], i, 0);
                    }
                })
                .isInstanceOf(RecordingFailed.class)
                .hasMessageContaining("full");
        assertThat(test.recorder.spooledBytes()).isLessThan(70 << 20);

        recording.seal(new Outcome.RecordingFailed());
        test.chunks.down(false);
        awaitSealed(session);
        var sealed = test.sealedAs(session);
        assertThat(sealed.state()).isEqualTo(RecordingState.INCOMPLETE);
        assertThat(test.events(session).getLast().kind()).isEqualTo(Kind.END);
    }

    @Test
    void whoContinuesARecordingOfAnotherEdgeIsNotOverwritten() throws Exception {
        var session = session();
        var recording = test.open(session);
        test.chunks.put(test.tenant, session, 0, new byte[] {1});
        recording.append(Kind.OUTPUT, text("a"), 1, 0);

        await().atMost(Duration.ofSeconds(30))
                .until(() -> test.recorder.live(session).isEmpty());
        assertThatThrownBy(() -> recording.append(Kind.OUTPUT, text("b"), 2, 0)).isInstanceOf(RecordingFailed.class);
        recording.seal(new Outcome.Exited(0));
        assertThat(test.chunks.get(test.tenant, session, 0)).get().isEqualTo(new byte[] {1});
        assertThat(test.sealed).doesNotContainKey(session);
    }

    @Test
    void nothingIsAppendedAfterTheEnd() throws Exception {
        var session = session();
        var recording = test.open(session);
        recording.seal(new Outcome.Exited(0));
        recording.seal(new Outcome.UserLeft());

        assertThatThrownBy(() -> recording.append(Kind.OUTPUT, text("b"), 2, 0)).isInstanceOf(RecordingFailed.class);
        awaitSealed(session);
        assertThat(test.events(session))
                .extracting(Event::text)
                .containsExactly("Exited: the target ended with exit status 0");
    }

    @Test
    void theSpoolIsForItsOwnerOnlyAndGoneAfterACleanStop() throws Exception {
        var session = session();
        var recording = test.open(session);
        recording.append(Kind.OUTPUT, text("a"), 1, 0);
        var spool = test.spool.resolve(test.edge.value());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(spool)))
                .isEqualTo("rwx------");
        try (var files = Files.list(spool)) {
            for (var file : files.toList()) {
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                        .isEqualTo("rw-------");
            }
        }
        recording.seal(new Outcome.Exited(0));
        test.recorder.close();

        assertThat(test.sealed).containsKey(session);
        assertThat(spool).doesNotExist();
    }
}
