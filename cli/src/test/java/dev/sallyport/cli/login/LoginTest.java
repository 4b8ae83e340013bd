package dev.sallyport.cli.login;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.api.Me;
import dev.sallyport.api.Problem;
import dev.sallyport.api.Sessions;
import dev.sallyport.cli.TestingApi;
import dev.sallyport.cli.TestingSally;
import dev.sallyport.cli.output.Moment;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoginTest {

    @TempDir
    private Path folder;

    private TestingApi api;
    private Path file;

    @BeforeEach
    void start() throws IOException {
        api = new TestingApi();
        file = folder.resolve("home/.config/sallyport/cli.json");
        api.on(
                        "GET /v1/me",
                        request -> request.key().equals(java.util.Optional.of("Bearer sally_good"))
                                ? me(null)
                                : Problem.of(Problem.Type.UNAUTHENTICATED, "That is no key."))
                .on("GET /v1/sessions", new Sessions.Page(List.of(), null));
    }

    @AfterEach
    void stop() {
        api.close();
    }

    private static Me me(Me.@Nullable SshDoor door) {
        return new Me(
                "key_1", "member", false, "ten_1", "acme", "MCow", "usr_1", "alice@example.com", null, null, door);
    }

    private TestingSally sally() {
        return new TestingSally(folder);
    }

    private String url() {
        return api.url().toString();
    }

    @Test
    void theKeyOfStdinIsProvenAndThenKeptForItsOwnerOnly() throws IOException {
        var ran = sally().stdin("sally_good\n").run("login", "--url", url());
        assertThat(ran.code()).as(ran.err()).isZero();
        assertThat(ran.err()).contains("alice@example.com", "member of acme", file.toString());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.resolveSibling(""))))
                .isEqualTo("rwx------");
        assertThat(sally().run("status").out()).contains("alice@example.com, member", url());
        try (var beside = Files.list(file.resolveSibling(""))) {
            assertThat(beside).containsExactly(file);
        }
    }

    @Test
    void aKeyThatTheApiDoesNotTakeLeavesWhatWasThere() throws IOException {
        sally().stdin("sally_good").run("login", "--url", url());
        var before = Files.readString(file);
        var ran = sally().stdin("sally_bad").run("login");
        assertThat(ran.code()).isEqualTo(3);
        assertThat(ran.err()).isEqualTo("sally: That is no key.\n");
        assertThat(Files.readString(file)).isEqualTo(before);
    }

    @Test
    void whereNothingAnswersNothingIsWritten() {
        var url = url();
        api.close();
        var ran = sally().stdin("sally_good").run("login", "--url", url);
        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.err()).contains(url, "nothing answers there", "Nothing was written");
        assertThat(file).doesNotExist();
    }

    @Test
    void aPersonIsAskedAndAFileGoesBefore() throws IOException {
        var questions = new ArrayList<String>();
        var asked = sally().person(question -> {
            questions.add(question);
            return "sally_good";
        });
        assertThat(asked.stdin("sally_bad").run("login", "--url", url()).code()).isZero();
        assertThat(questions).containsExactly("API key for " + url() + " (not shown): ");
        Files.writeString(folder.resolve("key"), "sally_good\nmore\n");
        assertThat(asked.run("login", "--key-file", "key").code()).isZero();
        assertThat(questions).hasSize(1);
    }

    @Test
    void whatIsNoKeyOrNoAddressIsSaidAndNeverRepeated() {
        for (var key : List.of("", "  \n", "sally secret", "sally_\u001b[31msecret")) {
            var ran = sally().stdin(key).run("login", "--url", url());
            assertThat(ran.code()).as(key).isEqualTo(2);
            assertThat(ran.err()).doesNotContain("secret").hasLineCount(1);
        }
        assertThat(sally().stdin("sally_good").run("login").code()).isEqualTo(2);
        for (var url : List.of("file:///etc", "sallyport", "http://", "https://a b")) {
            assertThat(sally().stdin("sally_good").run("login", "--url", url).code())
                    .as(url)
                    .isEqualTo(2);
        }
        assertThat(sally().run("login", "--url", url(), "--key-file", "none").code())
                .isEqualTo(1);
        assertThat(api.requests()).isEmpty();
        assertThat(file).doesNotExist();
    }

    @Test
    void whatTheFileKnowsOfTheSameSallyportStaysAndOfAnotherGoes() throws IOException {
        var named = folder.resolve("mine.json");
        Files.writeString(named, """
                {"url": "%s", "key": "sally_old", "login": "carol", "later": {"unknown": [1, 2]}}""".formatted(url()));
        assertThat(sally().stdin("sally_good")
                        .run("login", "--config", named.toString())
                        .code())
                .isZero();
        assertThat(Files.readString(named))
                .contains("sally_good", "carol", "later", "unknown")
                .doesNotContain("sally_old");
        Files.writeString(named, """
                {"url": "https://other.example.com", "key": "sally_old", "host_ca": "theirs"}""");
        sally().stdin("sally_good").run("login", "--config", named.toString(), "--url", url());
        assertThat(Files.readString(named)).contains(url()).doesNotContain("other.example.com", "theirs");
    }

    @Test
    void aSymbolicLinkIsFollowedAndADamagedFileIsLeftAlone() throws IOException {
        Files.createDirectories(file.resolveSibling(""));
        var kept = folder.resolve("dotfiles.json");
        Files.createSymbolicLink(file, kept);
        assertThat(sally().stdin("sally_good").run("login", "--url", url()).code())
                .isZero();
        assertThat(file).isSymbolicLink();
        assertThat(Files.readString(kept)).contains("sally_good");
        for (var damaged : List.of("{\"key\": sally_secret", "[1]", "null", "")) {
            Files.writeString(kept, damaged);
            var ran = sally().stdin("sally_good").run("login", "--url", url());
            assertThat(ran.code()).as(damaged).isEqualTo(1);
            assertThat(ran.err()).contains("mend it").doesNotContain("sally_secret");
            assertThat(Files.readString(kept)).isEqualTo(damaged);
        }
    }

    @Test
    void aNearerConfigurationIsNamed() throws IOException {
        var ran = sally().configure("{}").stdin("sally_good").run("login", "--url", url());
        assertThat(ran.err()).contains(".sallyport/cli.json goes before it");
    }

    @Test
    void logoutTakesTheKeyAndNothingElse() throws IOException {
        sally().stdin("sally_good").run("login", "--url", url());
        assertThat(sally().run("logout").code()).isZero();
        assertThat(Files.readString(file)).contains(url()).doesNotContain("sally_good");
        assertThat(sally().run("status").err()).contains("has no \"key\"");
        assertThat(sally().run("logout").err()).contains("there is no key");
    }

    @Test
    void statusSaysWhatTheKeyMayAndUntilWhenAndAsksForNoMore() throws IOException {
        var until = Instant.parse("2030-01-02T03:04:05Z");
        api.on(
                "GET /v1/me",
                new Me(
                        "key_1",
                        "admin",
                        false,
                        "ten_1",
                        "acme",
                        "MCow",
                        null,
                        null,
                        List.of("users:read"),
                        until,
                        null));
        var ran = TestingSally.with(folder, api).run("status");
        assertThat(ran.code()).as(ran.err()).isZero();
        assertThat(ran.out()).contains("users:read only", Moment.local(until)).doesNotContain("live sessions");
        assertThat(api.requests()).noneMatch(request -> request.path().equals("/v1/sessions"));
        assertThat(TestingSally.with(folder, api).run("status", "-o", "json").out())
                .contains("\"scopes\"", "\"expires_at\": \"2030-01-02T03:04:05Z\"");

        for (var scope : List.of("*:read", "sessions:read")) {
            api.on(
                    "GET /v1/me",
                    new Me("key_1", "admin", false, "ten_1", "acme", "MCow", null, null, List.of(scope), null, null));
            assertThat(TestingSally.with(folder, api).run("status").out())
                    .contains("live sessions", "until it is deleted");
        }
    }

    @Test
    void statusSaysWhetherTheDoorAnswersAndSpeaksSsh() throws IOException {
        assertThat(status("SSH-2.0-x\r\n", 0)).contains(", answers");
        assertThat(status("HTTP/1.1 400\r\n", 1)).contains("does not speak SSH");
        int nobody;
        try (var closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = closed.getLocalPort();
        }
        api.on("GET /v1/me", me(new Me.SshDoor("127.0.0.1", nobody, null)));
        var ran = TestingSally.with(folder, api).run("status", "-o", "json");
        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.out()).contains("\"door\"", "\"answers\": false", "nothing answers there");
    }

    private String status(String greeting, int code) throws IOException {
        try (var door = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread.startVirtualThread(() -> {
                try (var socket = door.accept()) {
                    socket.getOutputStream().write(greeting.getBytes(StandardCharsets.US_ASCII));
                } catch (IOException e) {
                    // the assertion below says it
                }
            });
            api.on("GET /v1/me", me(new Me.SshDoor("127.0.0.1", door.getLocalPort(), null)));
            var ran = TestingSally.with(folder, api).run("status");
            assertThat(ran.code()).as(ran.err()).isEqualTo(code);
            return ran.out();
        }
    }
}
