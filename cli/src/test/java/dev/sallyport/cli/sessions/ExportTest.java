package dev.sallyport.cli.sessions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.api.Agents;
import dev.sallyport.api.Audit;
import dev.sallyport.api.Connections;
import dev.sallyport.api.Exports;
import dev.sallyport.api.Groups;
import dev.sallyport.api.Guardrails;
import dev.sallyport.api.Keys;
import dev.sallyport.api.MaskingRules;
import dev.sallyport.api.Problem;
import dev.sallyport.api.Revocations;
import dev.sallyport.api.Rules;
import dev.sallyport.api.ServiceAccounts;
import dev.sallyport.api.Sessions;
import dev.sallyport.api.Settings;
import dev.sallyport.api.SshServer;
import dev.sallyport.api.Users;
import dev.sallyport.cli.Examples;
import dev.sallyport.cli.TestingApi;
import dev.sallyport.cli.TestingSally;
import dev.sallyport.core.recording.Event.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `sally export`, unpacked by the machine's own tar.
class ExportTest {

    @TempDir
    private Path folder;

    private TestingApi api;
    private TestingRecording recording;

    @BeforeEach
    void start() throws IOException {
        api = new TestingApi();
        recording = new TestingRecording(folder).serve(api);
        recording.audited("session.started").add(Kind.OUTPUT, "shown").sealed();
        recording.checkpoint();
        var custom = new Connections.Custom(
                List.of("/bin/bash"),
                "demo",
                null,
                null,
                Map.of("A", "sealed:TOPSECRET", "B", "env:NAME"),
                Map.of("F", "sealed:TOPSECRET"),
                null);
        var ssh = new Connections.Ssh(
                "host", 22, "deploy", "sealed:TOPSECRET", "sealed:TOPSECRET", List.of(), null, List.of());
        api.on(
                        "POST /v1/exports",
                        new Exports.Export(
                                recording.tenant.value(),
                                "acme",
                                recording.tenantKey().text(),
                                Examples.START,
                                "key_1"))
                .on(
                        "GET /v1/settings",
                        new Settings.TenantSettings(30, new Settings.Quotas(null, null, null, null, null, null, 0), 1))
                .on("GET /v1/ssh-server", sshServer())
                .on("GET /v1/service-accounts", new ServiceAccounts.Page(List.of(), null))
                .on("GET /v1/groups", new Groups.Page(List.of(), null))
                .on("GET /v1/keys", new Keys.Page(List.of(), null))
                .on("GET /v1/agents", new Agents.Page(List.of(), null))
                .on(
                        "GET /v1/connections",
                        new Connections.Page(
                                List.of(connection("one", custom, null), connection("two", null, ssh)), null))
                .on("GET /v1/access-rules", new Rules.Page(List.of(), null))
                .on("GET /v1/guardrails", new Guardrails.Page(List.of(), null))
                .on("GET /v1/masking-rules", new MaskingRules.Page(List.of(), null))
                .on("GET /v1/revocations", new Revocations.Page(List.of(), null))
                .on("GET /v1/holds", new Sessions.HoldPage(List.of(), null))
                .on("GET /v1/audit", new Audit.Page(List.of(), null))
                .on("GET /v1/users", (TestingApi.Answering)
                        request -> request.query().isEmpty()
                                ? new Users.Page(List.of(user("alice")), "more")
                                : new Users.Page(List.of(user("bob")), null))
                .on(
                        "GET /v1/sessions",
                        new Sessions.Page(
                                List.of(Examples.session(
                                        recording.session.value(), "alice@example.com", null, Examples.START)),
                                null));
    }

    @AfterEach
    void stop() {
        api.close();
    }

    private static SshServer.Configuration sshServer() {
        return new SshServer.Configuration(List.of(), List.of(), "principal", "email", null, null);
    }

    private static Users.User user(String name) {
        return new Users.User("usr_" + name, name + "@example.com", null, name, List.of(), "active", 1);
    }

    private static Connections.Connection connection(
            String name,
            Connections.@org.jspecify.annotations.Nullable Custom custom,
            Connections.@org.jspecify.annotations.Nullable Ssh ssh) {
        var plain = TestingApi.connection(name);
        return new Connections.Connection(
                plain.id(),
                name,
                plain.type(),
                "agt_1",
                custom,
                ssh,
                null,
                null,
                null,
                plain.recording(),
                null,
                false,
                0,
                60,
                Map.of(),
                List.of(),
                null,
                1,
                7,
                List.of("leads"),
                600);
    }

    private TestingSally.Ran export(String... more) throws IOException {
        var words = new ArrayList<>(List.of("export", "-o", "tenant.tar"));
        words.addAll(List.of(more));
        return TestingSally.with(folder, api).run(words.toArray(String[]::new));
    }

    private Path unpacked() throws IOException, InterruptedException {
        var into = Files.createTempDirectory(folder, "unpacked");
        assertThat(status("tar", "-xf", folder.resolve("tenant.tar").toString(), "-C", into.toString()))
                .isZero();
        return into;
    }

    private static int status(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command).inheritIO().start().waitFor();
    }

    @Test
    void theArchiveHoldsEverythingWithItsSumsAndItsRecordingsVerify() throws Exception {
        var ran = export();
        assertThat(ran.code()).as(ran.err()).isZero();
        assertThat(ran.err()).contains("1 sessions, 1 recordings");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("tenant.tar"))))
                .isEqualTo("rw-------");

        var into = unpacked();
        assertThat(status("sh", "-c", "cd '" + into + "' && sha256sum --quiet --strict -c SHA256SUMS"))
                .isZero();
        var sums = Files.readAllLines(into.resolve("SHA256SUMS"));
        try (var files = Files.walk(into)) {
            assertThat(files.filter(Files::isRegularFile)).hasSize(sums.size() + 1);
        }
        assertThat(Files.readAllLines(into.resolve("users.jsonl"))).hasSize(2);
        assertThat(Files.readString(into.resolve("settings.json"))).contains("\"recording_retention_days\":30");
        assertThat(Files.readString(into.resolve("checkpoints.jsonl"))).contains("\"sequence\":1");
        assertThat(Files.readString(into.resolve("connections.jsonl")))
                .contains("env:NAME", "sealed:…")
                .doesNotContain("TOPSECRET");

        api.close();
        var verified = new TestingSally(folder)
                .run(
                        "sessions",
                        "verify",
                        into.resolve("recordings/" + recording.session + ".zip").toString(),
                        "--key",
                        recording.tenantKey().text());
        assertThat(verified.code()).as(verified.out() + verified.err()).isZero();
        assertThat(verified.out()).startsWith("sound: ");
    }

    @Test
    void withoutRecordingsNoneIsOpened() throws Exception {
        assertThat(export("--no-recordings").code()).isZero();
        assertThat(api.requests()).noneMatch(request -> request.path().endsWith("/recording"));
        assertThat(unpacked().resolve("recordings")).doesNotExist();
    }

    @Test
    void anApiThatIsAskedTooMuchIsAskedAgain() throws Exception {
        var refusals = new AtomicInteger(1);
        api.on("GET /v1/groups", (TestingApi.Answering) request -> refusals.getAndDecrement() > 0
                ? Problem.of(Problem.Type.TOO_MANY_REQUESTS, "Too many requests.")
                : new Groups.Page(List.of(), null));
        assertThat(export().code()).isZero();
    }

    @Test
    void aRecordingThatCannotBeOpenedIsLeftOutAndSaid() throws Exception {
        api.on(
                "GET /v1/sessions/" + recording.session + "/recording",
                Problem.of(Problem.Type.FAILED, "The server failed."));
        var ran = export();
        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.err()).contains(recording.session + " is left out: The server failed.");
        assertThat(unpacked().resolve("recordings")).doesNotExist();
    }

    @Test
    void whatFailsInTheMidstLeavesNothingBehind() throws Exception {
        api.on("GET /v1/revocations", Problem.of(Problem.Type.FORBIDDEN, "This key may not do that."));
        assertThat(export().code()).isEqualTo(3);
        try (var files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .noneMatch(name -> name.endsWith(".tar") || name.endsWith(".part"));
        }
        Files.writeString(folder.resolve("tenant.tar"), "mine");
        assertThat(export().code()).isEqualTo(1);
        assertThat(Files.readString(folder.resolve("tenant.tar"))).isEqualTo("mine");
    }
}
