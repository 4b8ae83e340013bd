package dev.sallyport.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sallyport.api.Connections.ConnectionWrite;
import dev.sallyport.api.Connections.Custom;
import dev.sallyport.api.Connections.Tcp;
import dev.sallyport.standalone.ports.FreePorts;
import dev.sallyport.tests.bed.EchoServer;
import dev.sallyport.tests.bed.EndToEnd;
import dev.sallyport.tests.bed.Instance;
import dev.sallyport.tests.bed.Laptop;
import dev.sallyport.tests.bed.LastSession;
import dev.sallyport.tests.bed.NotCompared;
import dev.sallyport.tests.bed.Ran;
import dev.sallyport.tests.bed.Shared;
import dev.sallyport.tests.bed.Terminal;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The commands of `docs/ssh-door.md` as they stand there, word for word but for the port, each with what must
/// not work.
@EndToEnd
class SeedCommandsTest {

    private static final String ALICE = "alice@example.com";

    private final Instance instance = Shared.instance();
    private Laptop laptop = new Laptop(instance, instance.folder());
    private String port = "";
    private String mybash = "";
    private String myscript = "";

    @BeforeEach
    void connections() throws Exception {
        laptop = Laptop.of(instance);
        port = laptop.port();
        mybash = custom("mybash", List.of("/bin/bash"), null);
        myscript = custom("myscript", List.of("/bin/sh", "-c", "echo \"for $SALLYPORT_USER_EMAIL\"; exit 6"), "none");
    }

    @Test
    @NotCompared("a terminal shows both streams as one, which this case compares itself")
    void aTerminal() throws Exception {
        try (var terminal = Terminal.of(List.of(
                "ssh",
                "-F",
                laptop.folder().resolve("ssh_config").toString(),
                "-t",
                "-i",
                laptop.folder().resolve("certs/alice").toString(),
                "-p",
                port,
                "alice@edge",
                mybash))) {
            terminal.awaitScreen("\\$\\s*$");
            terminal.type("echo $((6*7)); tty");
            terminal.awaitScreen("\n42\n/dev/pts/");
            terminal.type("exit 3");
            assertThat(terminal.status()).isEqualTo(3);
            var recorded = LastSession.sealed(instance, ALICE);
            var output = new String(recorded.output(), StandardCharsets.UTF_8);
            assertThat(terminal.shown())
                    .startsWith(output)
                    .endsWith("\nsally: session " + recorded.session()
                            + " is over; replay it with: sally sessions replay " + recorded.session()
                            + "\r\nConnection to 127.0.0.1 closed.\r\r\n");
        }
    }

    @Test
    void aTerminalIsNothingForWhoHasNoRule() throws Exception {
        try (var terminal = Terminal.of(List.of(
                "ssh",
                "-F",
                laptop.folder().resolve("ssh_config").toString(),
                "-t",
                "-i",
                laptop.folder().resolve("certs/bob").toString(),
                "-p",
                port,
                "bob@edge",
                mybash))) {
            assertThat(terminal.status()).isEqualTo(253);
            assertThat(terminal.shown()).startsWith("sally: there is no connection " + mybash);
        }
    }

    @Test
    void aCommand() throws Exception {
        var ran = laptop.ssh("-i", "./certs/alice", "-p", port, "alice@edge", mybash, "ls", "-l", "/")
                .now();
        assertThat(ran.status()).as("%s", ran).isZero();
        assertThat(ran.out()).contains(" etc\n").contains("drwx");
        var recorded = LastSession.sealed(instance, ALICE);
        assertThat(recorded.output()).isEqualTo(ran.outBytes());
        assertThat(recorded.show()).contains("    ls -l /\n");
    }

    @Test
    @NotCompared("a terminal shows both streams as one, which this case compares itself")
    void aCommandReturnsThoughNothingComesOnStdin() throws Exception {
        try (var terminal = Terminal.of(List.of(
                "ssh",
                "-F",
                laptop.folder().resolve("ssh_config").toString(),
                "-i",
                laptop.folder().resolve("certs/alice").toString(),
                "-p",
                port,
                "alice@edge",
                mybash,
                "echo returned; exit 5"))) {
            assertThat(terminal.status()).isEqualTo(5);
            assertThat(terminal.shown()).isEqualTo("returned\r\n");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nosuch", "Mybash", "mybash.", "-v"})
    void aCommandOnWhatIsNotThereIsRefused(String connection) throws Exception {
        var ran = laptop.ssh("-i", "./certs/alice", "-p", port, "alice@edge", "--", connection, "ls", "-l")
                .now();
        assertThat(ran.status()).as("%s", ran).isEqualTo(253);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err()).startsWith("sally: ");
    }

    @Test
    void aScript() throws Exception {
        var ran = laptop.ssh("-i", "./certs/alice", "-p", port, "alice@edge", myscript)
                .now();
        assertThat(ran.status()).as("%s", ran).isEqualTo(6);
        assertThat(ran.out()).isEqualTo("for " + ALICE + "\n");
        assertThat(LastSession.sealed(instance, ALICE).output()).isEqualTo(ran.outBytes());
    }

    @Test
    void aScriptTakesNoCommandAndIsNothingForOthers() throws Exception {
        var words = laptop.ssh("-i", "./certs/alice", "-p", port, "alice@edge", myscript, "; id")
                .now();
        assertThat(words.status()).as("%s", words).isEqualTo(253);
        assertThat(words.out()).isEmpty();
        assertThat(words.err()).startsWith("sally: ");
        var bob = laptop.ssh("-i", "./certs/bob", "-p", port, "bob@edge", myscript)
                .now();
        assertThat(bob.status()).as("%s", bob).isEqualTo(253);
        assertThat(bob.out()).isEmpty();
    }

    @Test
    void stdinIsStreamed() throws Exception {
        var small = laptop.bash(
                        "echo 'echo streamed; read line; echo \"got $line\"' | ssh -F ssh_config -i ./certs/alice -p "
                                + port + " alice@edge " + mybash)
                .now();
        assertThat(small.status()).as("%s", small).isZero();
        assertThat(small.out()).isEqualTo("streamed\ngot \n");
        assertThat(LastSession.sealed(instance, ALICE).output()).isEqualTo(small.outBytes());

        var sort = custom("mysort", List.of("/usr/bin/sha256sum"), "none");
        var bytes = new byte[20 << 20];
        new Random(3).nextBytes(bytes);
        Files.write(laptop.folder().resolve("big"), bytes);
        var big = laptop.bash("cat big | ssh -F ssh_config -i ./certs/alice -p " + port + " alice@edge " + sort)
                .now();
        var hash = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        assertThat(big.out()).as("%s", big).isEqualTo(hash + "  -\n");
    }

    @Test
    void stdinReachesNothingThatIsRefused() throws Exception {
        var ran = laptop.bash("echo 'echo ran' | ssh -F ssh_config -i ./certs/bob -p " + port + " bob@edge " + mybash)
                .now();
        assertThat(ran.status()).as("%s", ran).isEqualTo(253);
        assertThat(ran.out()).isEmpty();
    }

    @Test
    void aForwardedPort() throws Exception {
        try (var server = EchoServer.start()) {
            var name = tcp(server.port());
            int local = FreePorts.next();
            var ssh = laptop.start(
                    "-i", "certs/alice", "-N", "-L", local + ":" + name + ":5432", "-p", port, "alice@edge");
            try {
                await().atMost(Duration.ofSeconds(30))
                        .ignoreExceptions()
                        .untilAsserted(() -> assertThat(said(local, "select 1")).isEqualTo("select 1"));
            } finally {
                ssh.destroy();
                assertThat(ssh.waitFor(30, java.util.concurrent.TimeUnit.SECONDS))
                        .isTrue();
            }
        }
    }

    @Test
    void aForwardedPortLeadsNowhereForWhoHasNoRuleAndToNothingElse() throws Exception {
        try (var server = EchoServer.start()) {
            var name = tcp(server.port());
            assertNotForwarded("bob", name + ":5432");
            assertNotForwarded("alice", "nosuch:5432");
            assertNotForwarded("alice", "127.0.0.1:" + server.port());
        }
    }

    private void assertNotForwarded(String user, String to) throws Exception {
        int local = FreePorts.next();
        var ssh = laptop.start("-i", "certs/" + user, "-N", "-L", local + ":" + to, "-p", port, user + "@edge");
        try {
            await().atMost(Duration.ofSeconds(30))
                    .ignoreExceptions()
                    .untilAsserted(() -> new Socket(InetAddress.getLoopbackAddress(), local).close());
            assertThat(said(local, "x")).as("%s to %s", user, to).isEmpty();
            assertThat(Files.readString(laptop.folder().resolve("output")))
                    .contains("administratively prohibited: sally: ");
        } finally {
            ssh.destroy();
            ssh.waitFor();
        }
    }

    @Test
    void withoutACertificateOrAsSomebodyElseNobodyGetsIn() throws Exception {
        assertDenied(laptop.ssh("-i", laptop.plainKey().toString(), "-p", port, "alice@edge", mybash, "id")
                .now());
        assertDenied(laptop.ssh("-i", "./certs/bob", "-p", port, "alice@edge", mybash, "id")
                .now());
        assertDenied(laptop.ssh("-i", "./certs/alice", "-p", port, "root@edge", mybash, "id")
                .now());
        Files.delete(laptop.folder().resolve("certs/alice-cert.pub"));
        assertDenied(laptop.ssh("-i", "./certs/alice", "-p", port, "alice@edge", mybash, "id")
                .now());
    }

    private static void assertDenied(Ran ran) {
        assertThat(ran.status()).as("%s", ran).isEqualTo(255);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err()).contains("Permission denied (publickey)");
    }

    /// What comes back from a forwarded port.
    private static String said(int port, String text) throws Exception {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (SocketException reset) {
            return "";
        }
    }

    private String custom(String name, List<String> entrypoint, @Nullable String command) throws Exception {
        var unique = name + "-" + UUID.randomUUID().toString().substring(0, 8);
        instance.admin()
                .createConnection(new ConnectionWrite(
                        unique,
                        "local",
                        "custom",
                        new Custom(entrypoint, Laptop.demoAccount(), command, null, null, null, null),
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null));
        return unique;
    }

    private String tcp(int target) throws Exception {
        var unique = "pg-demo-" + UUID.randomUUID().toString().substring(0, 8);
        instance.admin()
                .createConnection(new ConnectionWrite(
                        unique,
                        "local",
                        "tcp",
                        null,
                        null,
                        new Tcp("127.0.0.1", target),
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null));
        return unique;
    }
}
