package dev.sallyport.cli.sessions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.api.Me;
import dev.sallyport.api.Problem;
import dev.sallyport.api.Sessions;
import dev.sallyport.api.Sessions.Deletion;
import dev.sallyport.cli.Examples;
import dev.sallyport.cli.TestingApi;
import dev.sallyport.cli.TestingSally;
import dev.sallyport.core.recording.Event.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Legal hold, deletion, and what is said of a recording that was deleted; the export of everything.
class KeepingTest {

    @TempDir
    private Path folder;

    private TestingApi api;
    private TestingRecording recording;
    private String path = "";

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
        path = "/v1/sessions/" + recording.session;
        api.on(
                "GET /v1/me",
                new Me(
                        "key_1",
                        "admin",
                        false,
                        recording.tenant.value(),
                        "acme",
                        recording.tenantKey().text(),
                        null,
                        null,
                        null,
                        null,
                        null));
    }

    @AfterEach
    void stop() {
        api.close();
    }

    private TestingSally.Ran run(String... arguments) throws IOException {
        return TestingSally.with(folder, api).run(arguments);
    }

    /// As the API answers after a deletion.
    private void delete() throws IOException {
        recording.deleted();
        var shown =
                Examples.session(recording.session.value(), "alice@example.com", null, Examples.START.plusSeconds(60));
        api.on(
                "GET " + path,
                new Sessions.Session(
                        shown.id(),
                        shown.user(),
                        shown.email(),
                        shown.connection(),
                        shown.connectionName(),
                        shown.agent(),
                        shown.mode(),
                        shown.request(),
                        null,
                        shown.source(),
                        shown.certificate(),
                        shown.state(),
                        shown.startedAt(),
                        shown.deadline(),
                        shown.endedAt(),
                        shown.outcome(),
                        shown.sentence(),
                        shown.exitStatus(),
                        shown.level(),
                        "deleted",
                        new Deletion(Examples.START, "usr_1", "a\u001b[31m letter"),
                        null,
                        null));
        var gone = Problem.of(Problem.Type.DELETED, "The recording of this session was deleted on X by usr_1: gone.");
        api.on("GET " + path + "/recording", gone).on("GET " + path + "/recording/chunks", gone);
    }

    @Test
    void whatWasDeletedIsNotPlayedAndSaysSo() throws IOException {
        delete();
        for (var command : List.of("replay", "follow", "download")) {
            var ran = run("sessions", command, recording.session.value());
            assertThat(ran.code()).as(command).isEqualTo(3);
            assertThat(ran.err()).as(command).contains("was deleted on X by usr_1");
            assertThat(ran.out()).as(command).isEmpty();
        }
        var shown = run("sessions", "show", recording.session.value());
        assertThat(shown.code()).isZero();
        assertThat(shown.out())
                .contains("deleted on ", " by usr_1: a\\x1b[31m letter")
                .doesNotContain("\u001b");
        assertThat(shown.err()).isEmpty();
    }

    @Test
    void aDeletionIsVerifiedByTheAuditLogAndItsCheckpoint() throws IOException {
        recording.audited("recording.deleted").checkpoint();
        delete();
        var ran = run(
                "sessions",
                "verify",
                recording.session.value(),
                "--key",
                recording.tenantKey().text());
        assertThat(ran.code()).as(ran.out() + ran.err()).isEqualTo(3);
        assertThat(ran.out())
                .startsWith("deleted: The recording was deleted on 2026-01-22T11:00:02Z by usr_")
                .contains("Checkpoint 1 vouches");
    }

    @Test
    void aFreshDeletionIsSaidToBeUnvouched() throws IOException {
        recording.audited("recording.deleted");
        delete();
        var ran = run(
                "sessions",
                "verify",
                recording.session.value(),
                "--key",
                recording.tenantKey().text());
        assertThat(ran.code()).as(ran.out() + ran.err()).isEqualTo(3);
        assertThat(ran.out()).contains("No checkpoint vouches");
    }

    @Test
    void aDeletionThatTheAuditLogDoesNotKnowIsNoDeletion() throws IOException {
        recording.checkpoint();
        delete();
        var ran = run(
                "sessions",
                "verify",
                recording.session.value(),
                "--key",
                recording.tenantKey().text());
        assertThat(ran.code()).as(ran.out() + ran.err()).isEqualTo(4);
        assertThat(ran.out()).contains("the tail was cut");
    }

    @Test
    void aSessionIsHeldReleasedAndItsRecordingDeletedWithAReason() throws IOException {
        var id = recording.session.value();
        var hold = new Sessions.Hold(id, Examples.START, "key_1", "case 12");
        api.on("PUT " + path + "/hold", hold)
                .on("GET /v1/holds", new Sessions.HoldPage(List.of(hold), null))
                .on("DELETE " + path + "/hold", new byte[0])
                .on("DELETE " + path + "/recording", Examples.session(id, "a@b", null, Examples.START));

        assertThat(run("sessions", "hold", id).code()).as("without a reason").isEqualTo(2);
        assertThat(run("sessions", "hold", id, "--reason", "case 12").out()).isEqualTo(id + " is on hold.\n");
        assertThat(api.last("PUT").body()).contains("\"reason\":\"case 12\"");
        assertThat(run("sessions", "holds").out()).contains(id, "key_1", "case 12");
        assertThat(run("sessions", "release", id, "--reason", "all & done").code())
                .isZero();
        assertThat(api.last("DELETE").query()).isEqualTo("reason=all & done");
        assertThat(run("sessions", "delete-recording", id, "--reason", "ä?").code())
                .isZero();
        assertThat(api.last("DELETE").path()).isEqualTo(path + "/recording");
        assertThat(api.last("DELETE").query()).isEqualTo("reason=ä?");
    }
}
