package dev.sallyport.cli.sessions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.api.ApiJson;
import dev.sallyport.api.Sessions.Session;
import dev.sallyport.cli.TestingApi;
import dev.sallyport.cli.TestingSally;
import dev.sallyport.core.recording.Event.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShowTest {

    private static final String WRITTEN = """
            {"protocol":"sftp","operation":"write","path":"/tmp/a","bytes":3,"sha256":"ab12","complete":true,"result":"ok"}""";

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

    private TestingSally.Ran show(String... options) throws IOException {
        var words = new java.util.ArrayList<>(java.util.List.of("sessions", "show", recording.session.value()));
        words.addAll(java.util.List.of(options));
        return TestingSally.with(folder, api).run(words.toArray(String[]::new));
    }

    @Test
    void filesAreListedWithTheirSizesAndHashes() throws IOException {
        recording
                .add(Kind.REQUEST, "subsystem sftp")
                .add(Kind.FILE, WRITTEN)
                .add(Kind.FILE, "{\"protocol\":\"sftp\",\"operation\":\"rename\",\"path\":\"a\",\"to\":\"b\"}")
                .add(
                        Kind.FILE,
                        "{\"protocol\":\"scp\",\"operation\":\"read\",\"path\":\"c\",\"bytes\":1,"
                                + "\"complete\":false}")
                .add(Kind.PASSED, "{\"stream\":\"input\",\"offset\":0,\"bytes\":40,\"sha256\":\"00\"}")
                .add(Kind.PASSED, "{\"stream\":\"input\",\"offset\":40,\"bytes\":2,\"sha256\":\"00\"}")
                .add(Kind.PASSED, "{\"stream\":\"output\",\"offset\":0,\"bytes\":7,\"sha256\":\"00\"}")
                .sealed();
        var ran = show();
        assertThat(ran.code()).as(ran.err()).isZero();
        assertThat(ran.out())
                .containsPattern("sftp write +/tmp/a +3 +ok +ab12\n")
                .containsPattern("sftp rename +a -> b")
                .containsPattern("scp read +c +1 +broke off")
                .contains("Passed without being kept: 42 bytes to the target, 7 bytes back.");
    }

    @Test
    void typedLinesAreMarkedAsGuessesAndCommandsAreNot() throws IOException {
        recording
                .add(Kind.REQUEST, "exec uptime")
                .add(Kind.REQUEST, "shell")
                .add(Kind.INPUT, "ls -k\u007fl\r")
                .sealed();
        assertThat(show().out()).containsPattern("    uptime\n").containsPattern("  ~ ls -l\n");
    }

    @Test
    void jsonHasTheApisRecordAndBehindItWhatTheRecordingTells() throws Exception {
        recording.add(Kind.REQUEST, "exec scp -t /tmp").add(Kind.FILE, WRITTEN).sealed();
        var ran = show("-o", "json");
        assertThat(ran.code()).as(ran.err()).isZero();
        var bytes = ran.out().getBytes(StandardCharsets.UTF_8);
        assertThat(ApiJson.readLeniently(Session.class, bytes).id()).isEqualTo(recording.session.value());
        var told = ApiJson.readLeniently(Told.class, bytes);
        assertThat(told.ran()).singleElement().satisfies(one -> {
            assertThat(one.text()).isEqualTo("scp -t /tmp");
            assertThat(one.guess()).isFalse();
        });
        assertThat(told.files()).singleElement().satisfies(one -> {
            assertThat(one.path()).isEqualTo("/tmp/a");
            assertThat(one.bytes()).isEqualTo(3);
            assertThat(one.sha256()).isEqualTo("ab12");
        });
        assertThat(told.whole()).isTrue();
    }

    @Test
    void whatAnAgentMadeUpIsToldAsUnknownAndDoesNothingToATerminal() throws IOException {
        recording
                .add(Kind.FILE, "not json")
                .add(Kind.FILE, "{\"path\":\"\\u001b[2J\\u202e\",\"bytes\":1e400}")
                .add(Kind.FILE, "{\"operation\":\"read\",\"path\":\"\\u001b]0;x\\u0007\"}")
                .add(Kind.PASSED, "{\"stream\":\"input\",\"bytes\":-5}")
                .add(Kind.PASSED, "]")
                .sealed();
        var ran = show();
        assertThat(ran.code()).as(ran.err()).isZero();
        assertThat(ran.out())
                .contains("unknown")
                .contains("could not be understood")
                .contains("\\x1b]0;x\\x07")
                .doesNotContain("\u001b")
                .doesNotContain("Passed");
    }

    @Test
    void aLongRecordingIsLookedAtAsFarAsItWasAskedFor() throws IOException {
        recording.add(Kind.REQUEST, "exec x");
        for (int i = 0; i < 80; i++) {
            recording.add(Kind.OUTPUT, new byte[60_000]).cut();
        }
        recording.add(Kind.FILE, WRITTEN).sealed();
        assertThat(show().err()).contains("--all");
        assertThat(show().out()).doesNotContain("/tmp/a");
        assertThat(show("--all").out()).contains("/tmp/a");
    }
}
