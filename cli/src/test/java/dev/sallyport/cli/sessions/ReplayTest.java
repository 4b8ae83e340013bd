package dev.sallyport.cli.sessions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.cli.TestingApi;
import dev.sallyport.cli.TestingSally;
import dev.sallyport.core.recording.Event.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplayTest {

    @TempDir
    private Path folder;

    private TestingApi api;
    private TestingRecording recording;

    @BeforeEach
    void start() throws IOException {
        api = new TestingApi();
        recording = new TestingRecording(folder).serve(api);
    }

    @AfterEach
    void stop() {
        api.close();
    }

    private TestingSally.Ran sally(String... arguments) throws IOException {
        return TestingSally.with(folder, api).run(arguments);
    }

    @Test
    void whatGoesIntoAPipeIsExactlyWhatWasRecorded() throws IOException {
        var bytes = new byte[300_000];
        new Random(1).nextBytes(bytes);
        recording.add(Kind.REQUEST, "exec cat").add(Kind.INPUT, "typed");
        for (int i = 0; i < bytes.length; i += 60_000) {
            recording.add(Kind.OUTPUT, java.util.Arrays.copyOfRange(bytes, i, i + 60_000));
            recording.add(Kind.ERROR, new byte[] {(byte) 0xff, 0x1b, (byte) i}).cut();
        }
        recording.add(Kind.MESSAGE, "bye").sealed();

        var ran = sally("sessions", "replay", recording.session.value(), "--no-wait");

        assertThat(ran.code()).as(ran.err()).isZero();
        assertThat(ran.outBytes()).isEqualTo(bytes);
        assertThat(ran.errBytes()).hasSize(5 * 3 + "sally: bye\n".length());
        assertThat(ran.err()).endsWith("sally: bye\n");
    }

    @Test
    void aLiveRecordingIsShownAsFarAsItGoesAndSaysSo() throws IOException {
        recording.add(Kind.OUTPUT, "so far").cut();
        var ran = sally("sessions", "replay", recording.session.value(), "--no-wait");
        assertThat(ran.code()).isZero();
        assertThat(ran.out()).isEqualTo("so far");
        assertThat(ran.err()).startsWith("sally: the session goes on").contains("sally sessions follow");
    }

    @Test
    void anIncompleteRecordingIsShownAndSaysSo() throws IOException {
        recording.add(Kind.OUTPUT, "line 1\n").cut().over("incomplete");
        var ran = sally("sessions", "replay", recording.session.value());
        assertThat(ran.code()).isZero();
        assertThat(ran.out()).isEqualTo("line 1\n");
        assertThat(ran.err()).startsWith("sally: the recording is incomplete");
    }

    @Test
    void aChunkThatWasChangedIsNamedAndIsExitCode4() throws IOException {
        recording.add(Kind.OUTPUT, "good").cut().add(Kind.OUTPUT, "bad").sealed();
        var changed = recording.chunk(1);
        changed[changed.length - 1] ^= 1;
        var file = folder.resolve("recordings/" + recording.tenant + "/" + recording.session + "/000001.chunk");
        Files.write(file, changed);
        var ran = sally("sessions", "replay", recording.session.value());
        assertThat(ran.code()).isEqualTo(4);
        assertThat(ran.out()).isEqualTo("good");
        assertThat(ran.err()).contains("cannot be trusted from event 1 on");
    }

    @Test
    void aTerminalGetsNothingThatMakesItAnswerOrAct() throws IOException {
        recording
                .add(Kind.OUTPUT, "\u001b[1mbold\u001b]52;c;ZXZpbA==\u0007\u001b[6n")
                .add(Kind.OUTPUT, "\u001b]0;ti")
                .add(Kind.OUTPUT, "tle\u001b\\ end")
                .sealed();
        var ran = TestingSally.with(folder, api)
                .onATerminal()
                .run("sessions", "replay", recording.session.value(), "--no-wait");
        assertThat(ran.out()).startsWith("\u001b[1mbold end").doesNotContain("\u001b]", "\u001b[6n");

        var raw = TestingSally.with(folder, api)
                .onATerminal()
                .run("sessions", "replay", recording.session.value(), "--no-wait", "--raw");
        assertThat(raw.out()).isEqualTo("\u001b[1mbold\u001b]52;c;ZXZpbA==\u0007\u001b[6n\u001b]0;title\u001b\\ end");
    }

    @Test
    void followingShowsWhatIsAddedAndEndsWithTheSession() throws Exception {
        recording.add(Kind.OUTPUT, "one ").cut();
        var following = CompletableFuture.supplyAsync(() -> {
            try {
                return sally("sessions", "follow", recording.session.value());
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        org.awaitility.Awaitility.await()
                .until(() -> api.requests().stream()
                                .filter(request -> request.path().endsWith("/chunks"))
                                .count()
                        > 2);
        recording.add(Kind.OUTPUT, "two").sealed();
        var ran = following.get();
        assertThat(ran.code()).as(ran.err()).isZero();
        assertThat(ran.out()).isEqualTo("one two");
        assertThat(ran.err()).isEqualTo("sally: the session ended: the target ended with exit status 3.\n");
    }

    @Test
    void showTellsWhatWasRunAndMarksGuesses() throws IOException {
        recording
                .add(Kind.REQUEST, "shell")
                .add(Kind.RESIZE, "80x24")
                .add(Kind.INPUT, "lx\u007fs -l\u001b[31m\r")
                .sealed();
        var ran = sally("sessions", "show", recording.session.value());
        assertThat(ran.code()).as(ran.err()).isZero();
        assertThat(ran.out())
                .contains("alice@example.com", "192.0.2.7", "complete, level full")
                .contains("Exited: the target ended with exit status 3")
                .contains("  ~ ls -l\n")
                .doesNotContain("\u001b");
    }

    @Test
    void exportsAreWrittenWholeAndForTheirOwnerOnly() throws IOException {
        recording.add(Kind.RESIZE, "80x24").add(Kind.OUTPUT, "hello\r\n").sealed();
        var id = recording.session.value();
        assertThat(sally("sessions", "download", id, "--format", "asciicast").code())
                .isZero();
        var cast = folder.resolve(id + ".cast");
        assertThat(Files.readString(cast)).startsWith("{\"version\"").contains("hello");
        assertThat(Files.getPosixFilePermissions(cast)).hasSize(2);

        var text = sally("sessions", "download", id, "--format", "text", "-o", "-");
        assertThat(text.out()).isEqualTo("hello\n");
        var lines = sally("sessions", "download", id, "--format", "jsonl", "-o", "-");
        assertThat(lines.out()).hasLineCount(4);

        var again = sally("sessions", "download", id, "--format", "asciicast");
        assertThat(again.code()).isEqualTo(1);
        assertThat(again.err()).contains("exists already", "--force");
    }

    @Test
    void whatIsNoIdOfASessionIsAUsageError() throws IOException {
        var ran = sally("sessions", "replay", "../me");
        assertThat(ran.code()).isEqualTo(2);
        assertThat(api.requests()).isEmpty();
    }
}
