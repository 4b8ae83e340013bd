package dev.sallyport.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.api.Keys.NewKey;
import dev.sallyport.api.SallyportClient;
import dev.sallyport.tests.bed.AfterEachCase;
import dev.sallyport.tests.bed.Instance;
import dev.sallyport.tests.bed.NotCompared;
import dev.sallyport.tests.bed.Recorded;
import dev.sallyport.tests.bed.Run;
import dev.sallyport.tests.bed.Shared;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Attacks from outside, through the whole product; the number is the class's in `docs/security.md`. Those that
/// need raw frames or packets stand with the part that they concern.
@Tag("attack")
@ExtendWith(AfterEachCase.class)
class AttackTest {

    private final Instance instance = Shared.instance();

    @TempDir
    Path folder = Path.of("");

    @Test
    void class15ForwardingReachesOnlyConnections() throws Exception {
        for (var destination : List.of(
                "169.254.169.254:80",
                "[fd00:ec2::254]:80",
                "127.0.0.1:8009",
                "localhost:8010",
                "0.0.0.0:12222",
                "demo-host:22")) {
            var ran = instance.sshWith(List.of("-W", destination), "alice")
                    .input("x")
                    .now();
            if (!destination.startsWith("demo-host")) {
                assertThat(ran.status()).as("%s: %s", destination, ran).isEqualTo(255);
            }
            assertThat(ran.out()).as(destination).isEmpty();
        }
        var inside = instance.sshWith(List.of("-W", "169.254.169.254:80"), "alice+demo-host")
                .input("x")
                .now();
        assertThat(inside.status()).as("%s", inside).isEqualTo(255);
    }

    @Test
    void class19TheClientsEnvironmentInjectsNothing() throws Exception {
        var ran = instance.sshWith(
                        List.of(
                                "-o",
                                "SetEnv=LD_PRELOAD=/tmp/evil.so",
                                "-o",
                                "SetEnv=BASH_ENV=/tmp/evil",
                                "-o",
                                "SetEnv=PATH=/tmp/evil"),
                        "alice",
                        "bash",
                        "env")
                .now();
        assertThat(ran.status()).as("%s", ran).isZero();
        assertThat(ran.out())
                .doesNotContain("evil")
                .doesNotContain("LD_PRELOAD")
                .doesNotContain("BASH_ENV");
        var locale = instance.sshWith(List.of("-o", "SetEnv=LC_ALL=$(id)\u001b[31m"), "alice", "bash", "env")
                .now();
        assertThat(locale.out()).doesNotContain("uid=").doesNotContain("\u001b[31m");
    }

    @Test
    @NotCompared("an scp that is none is recorded in full, and what its client writes is its own")
    void class21PathsOfScpAndSftpStayOnTheTarget() throws Exception {
        var config = instance.folder().resolve("ssh_config").toString();
        for (var path : List.of("../../../../etc/hostname", "-oProxyCommand=touch%20evil", "a\nb")) {
            Run.of(List.of(
                            "scp",
                            "-q",
                            "-O",
                            "-F",
                            config,
                            "alice+demo-host:" + path,
                            folder.resolve("got").toString()))
                    .now();
            Run.of(List.of(
                            "scp",
                            "-q",
                            "-F",
                            config,
                            "alice+demo-host:" + path,
                            folder.resolve("got").toString()))
                    .now();
        }
        assertThat(Files.exists(instance.folder().resolve("evil"))).isFalse();
        var show = Recorded.newest(instance, "alice@example.com").show();
        assertThat(show).doesNotContain("\u001b");
    }

    @Test
    void class25ARecordingIsReadByNobodyWithoutTheRight() throws Exception {
        instance.ssh("alice", "bash", "echo private").now();
        var recorded = Recorded.newest(instance, "alice@example.com");
        recorded.awaitState("complete");
        var admin = instance.admin();
        var bobs = admin.createKey(new NewKey("bob", "member", "bob@example.com", null, null))
                .secret();
        var alices = admin.createKey(new NewKey("alice", "member", "alice@example.com", null, null))
                .secret();
        var url = cliField("url");
        for (var path : List.of("", "/recording", "/recording/chunks", "/recording/chunks/0")) {
            var address = url + "/v1/sessions/" + recorded.session() + path;
            assertThat(status(address, bobs)).as("bob %s", path).isEqualTo(404);
            assertThat(status(address, "sally_nobody")).as("nobody %s", path).isEqualTo(401);
            assertThat(status(address, "")).as("without a key %s", path).isEqualTo(401);
        }
        assertThat(status(url + "/v1/sessions/" + recorded.session(), alices)).isEqualTo(200);
        try (var bob = new SallyportClient(URI.create(url), bobs)) {
            assertThat(bob.me()).isNotNull();
        }
    }

    @Test
    void class28EscapeSequencesOfATargetDoNotReachTheAdminsTerminal() throws Exception {
        var evil = "\u001b]0;owned\u0007\u001b[2J\u202e";
        instance.ssh("alice", "bash", "printf '" + evil + "'; : " + evil).now();
        var recorded = Recorded.newest(instance, "alice@example.com");
        recorded.awaitState("complete");
        for (var ran : List.of(
                instance.sally("sessions", "show", recorded.session()).now(),
                instance.sally("sessions", "ls").now(),
                instance.sally("admin", "audit").now())) {
            assertThat(ran.out() + ran.err())
                    .doesNotContain("\u001b")
                    .doesNotContain("\u202e")
                    .doesNotContain("\u0007");
        }
    }

    @Test
    void class33OversizedFreeTextIsRefused() throws Exception {
        var huge = "x".repeat(10 << 20);
        var client = HttpClient.newHttpClient();
        var request = HttpRequest.newBuilder(URI.create(cliField("url") + "/v1/revocations"))
                .header("Authorization", "Bearer " + cliField("key"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"key_id\":\"a\",\"reason\":\"" + huge + "\"}"))
                .build();
        int status;
        try {
            status = client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode();
        } catch (IOException cutOff) {
            status = 413;
        }
        assertThat(status).isIn(400, 413, 422);
        var command = "echo " + "y".repeat(100_000);
        var ran = Run.of(List.of(
                        "ssh", "-F", instance.folder().resolve("ssh_config").toString(), "alice", "bash", command))
                .now();
        assertThat(ran.status()).as("a command of 100 kB").isIn(253, 255);
        assertThat(ran.out()).isEmpty();
    }

    @Test
    void class36AUserOfACustomConnectionCannotReadTheAgent() throws Exception {
        org.junit.jupiter.api.Assumptions.assumeTrue(
                System.getProperty("user.name").equals("root"), "run_as needs root; without it the start says so");
        long agent = instance.process().pid();
        for (var attempt : List.of(
                "cat /proc/" + agent + "/environ",
                "cat /proc/" + agent + "/maps",
                "ls -l /proc/" + agent + "/fd",
                "cat " + instance.folder() + "/agent/key",
                "ls " + instance.folder() + "/keys",
                "kill -9 " + agent,
                "head -c 10 /proc/" + agent + "/mem",
                "cat /proc/$PPID/environ")) {
            var ran = instance.ssh("alice", "bash", attempt).now();
            assertThat(ran.status()).as("%s: %s", attempt, ran).isNotZero();
            assertThat(ran.out()).as(attempt).isEmpty();
        }
        var descriptors =
                instance.ssh("alice", "bash", "ls /proc/self/fd | wc -l").now();
        assertThat(descriptors.out().strip())
                .as("stdin, stdout, stderr and ls's own")
                .isEqualTo("4");
        var privileges = instance.ssh("alice", "bash", "grep NoNewPrivs /proc/self/status")
                .now();
        assertThat(privileges.out()).isEqualTo("NoNewPrivs:\t1\n");
        assertThat(instance.process().isAlive()).isTrue();
    }

    private int status(String address, String key) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(address));
        if (!key.isEmpty()) {
            request.header("Authorization", "Bearer " + key);
        }
        return HttpClient.newHttpClient()
                .send(request.build(), HttpResponse.BodyHandlers.ofString())
                .statusCode();
    }

    private String cliField(String name) throws IOException {
        var matcher = Pattern.compile("\"" + name + "\"\\s*:\\s*\"([^\"]*)\"")
                .matcher(Files.readString(instance.folder().resolve("cli.json")));
        assertThat(matcher.find()).isTrue();
        return matcher.group(1);
    }
}
