package dev.sallyport.cli.sessions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.cli.TestingApi;
import dev.sallyport.cli.TestingSally;
import dev.sallyport.core.recording.Event.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerifyTest {

    @TempDir
    private Path folder;

    private TestingApi api;
    private TestingRecording recording;

    @BeforeEach
    void start() throws IOException {
        api = new TestingApi();
        recording = new TestingRecording(folder).serve(api);
        recording
                .audited("session.started")
                .add(Kind.OUTPUT, "one")
                .cut()
                .add(Kind.OUTPUT, "two")
                .sealed();
        recording.audited("session.ended");
    }

    @AfterEach
    void stop() {
        api.close();
    }

    private TestingSally.Ran verify(String... arguments) throws IOException {
        var words = new String[arguments.length + 2];
        words[0] = "sessions";
        words[1] = "verify";
        System.arraycopy(arguments, 0, words, 2, arguments.length);
        return TestingSally.with(folder, api).run(words);
    }

    private String key() {
        return recording.tenantKey().text();
    }

    @Test
    void aRecordingThatACheckpointKnowsIsSound() throws IOException {
        recording.checkpoint();
        var ran = verify(recording.session.value(), "--key", key());
        assertThat(ran.code()).as(ran.out() + ran.err()).isZero();
        assertThat(ran.out()).startsWith("sound: All 4 events");
        assertThat(ran.err()).isEmpty();
    }

    @Test
    void aFreshRecordingIsSoundSoFar() throws IOException {
        var ran = verify(recording.session.value(), "--key", key());
        assertThat(ran.code()).as(ran.out() + ran.err()).isZero();
        assertThat(ran.out()).startsWith("sound so far: ");
    }

    @Test
    void aKeyFromWhereTheRecordingComesFromIsSaidToProveLittle() throws IOException {
        recording.checkpoint();
        var ran = verify(recording.session.value());
        assertThat(ran.code()).isZero();
        assertThat(ran.err()).contains("comes from where the recording comes from");
    }

    @Test
    void aRemovedAuditRowIsFound() throws IOException {
        recording.checkpoint().forget(1);
        var ran = verify(recording.session.value(), "--key", key());
        assertThat(ran.code()).isEqualTo(4);
        assertThat(ran.out()).startsWith("NOT VERIFIED: ").contains("a row was removed");
    }

    @Test
    void aCutTailIsFoundAndTheFirstBadEventNamed() throws IOException {
        recording.checkpoint();
        Files.delete(folder.resolve("recordings/" + recording.tenant + "/" + recording.session + "/000001.chunk"));
        var ran = verify(recording.session.value(), "--key", key());
        assertThat(ran.code()).isEqualTo(4);
        assertThat(ran.out()).contains("first bad event 1", "the tail was cut");
    }

    @Test
    void anotherTenantsKeyVerifiesNothing() throws IOException {
        recording.checkpoint();
        var other = new TestingRecording(folder.resolve("other")).tenantKey().text();
        var ran = verify(recording.session.value(), "--key", other);
        assertThat(ran.code()).isEqualTo(4);
    }

    @Test
    void aBundleIsVerifiedOfflineWithAKeyFromAFile() throws IOException {
        recording.checkpoint();
        var bundle = folder.resolve("evidence.zip");
        var downloaded = TestingSally.with(folder, api)
                .run("sessions", "download", recording.session.value(), "-o", "evidence.zip");
        assertThat(downloaded.code()).as(downloaded.err()).isZero();
        Files.writeString(folder.resolve("tenant.key"), key() + "\n");
        api.close();
        Files.delete(folder.resolve(".sallyport/cli.json"));

        var offline = new TestingSally(folder).run("sessions", "verify", bundle.toString(), "--key", "tenant.key");
        assertThat(offline.code()).as(offline.out() + offline.err()).isZero();
        assertThat(offline.out()).startsWith("sound: ");

        var claimed = new TestingSally(folder).run("sessions", "verify", bundle.toString());
        assertThat(claimed.err()).contains("the one in the bundle, which proves nothing");

        var bytes = Files.readAllBytes(bundle);
        Files.write(bundle, java.util.Arrays.copyOf(bytes, bytes.length / 2));
        var cut = new TestingSally(folder).run("sessions", "verify", bundle.toString(), "--key", "tenant.key");
        assertThat(cut.code()).as(cut.out() + cut.err()).isEqualTo(4);
    }

    @Test
    void aFileThatIsNotThereIsNoVerdict() throws IOException {
        var ran = verify("nosuch.zip", "--key", key());
        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.err()).contains("there is no such file");
    }
}
