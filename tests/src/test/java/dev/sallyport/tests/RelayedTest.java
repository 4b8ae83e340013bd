package dev.sallyport.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sallyport.api.Connections.ConnectionWrite;
import dev.sallyport.api.Connections.Tcp;
import dev.sallyport.api.Users.UserWrite;
import dev.sallyport.standalone.ports.FreePorts;
import dev.sallyport.tests.bed.EchoServer;
import dev.sallyport.tests.bed.EndToEnd;
import dev.sallyport.tests.bed.Instance;
import dev.sallyport.tests.bed.LastSession;
import dev.sallyport.tests.bed.NotCompared;
import dev.sallyport.tests.bed.OnItsOwn;
import dev.sallyport.tests.bed.OpenSession;
import dev.sallyport.tests.bed.Ran;
import dev.sallyport.tests.bed.Run;
import dev.sallyport.tests.bed.Terminal;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Two edges, the agent attached to the second only, and users at the first: each group of rows of
/// `docs/ssh-door.md` once, with the real clients, and what each refuses.
@EndToEnd
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RelayedTest implements OnItsOwn {

    private static final String HOST = "alice+demo-host";
    private static final String ALICE = "alice@example.com";

    private List<Instance> started = List.of();

    @TempDir
    private Path folder = Path.of("");

    @BeforeAll
    void start() throws Exception {
        started = List.of(Instance.start("--edges", "2", "--agent-at", "2"));
        assertThat(instance().metric("edge", "sallyport_edge_agents")).isZero();
        assertThat(instance().metric("edge-2", "sallyport_edge_agents")).isOne();
    }

    @AfterAll
    void stop() {
        started.forEach(Instance::close);
    }

    @Override
    public Instance instance() {
        return started.getFirst();
    }

    @Test
    void aCommandRunsThereAndItsStatusAndBothStreamsComeBack() throws Exception {
        var ran = instance()
                .ssh("alice", "bash", "echo out; echo err >&2; exit 7")
                .now();
        assertThat(ran.status()).as("%s", ran).isEqualTo(7);
        assertThat(ran.out()).isEqualTo("out\n");
        assertThat(ran.err()).isEqualTo("err\n");
        var killed = instance().ssh("alice", "bash", "kill -TERM $$").now();
        assertThat(killed.status()).as("ssh's own word for a signal").isEqualTo(255);
        var target = instance().ssh(HOST, "echo on the host; exit 5").now();
        assertThat(target.status()).as("%s", target).isEqualTo(5);
        assertThat(target.out()).isEqualTo("on the host\n");
        assertThat(instance().ssh("alice", "report").now().status()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"alice bash", HOST})
    @NotCompared("a terminal shows both streams as one")
    void aTerminalIsOne(String where) throws Exception {
        var command = new ArrayList<>(List.of("ssh", "-q", "-t", "-F", config()));
        command.addAll(List.of(where.split(" ")));
        try (var terminal = Terminal.of(command)) {
            terminal.awaitScreen("\\$\\s*$");
            terminal.type("trap 'echo now $(stty size)' WINCH; echo first $(stty size)");
            terminal.awaitScreen("first 24 80\n");
            terminal.resize(100, 30);
            terminal.type("");
            terminal.awaitScreen("now 30 100\n");
            terminal.type("sleep 300; echo ended with $?");
            terminal.awaitScreen("sleep 300");
            await().pollDelay(Duration.ofMillis(500)).until(() -> true);
            terminal.press("C-c");
            terminal.type("echo still here");
            terminal.awaitScreen("\nstill here\n");
            terminal.type("exit 4");
            assertThat(terminal.status()).isEqualTo(4);
        }
        assertThat(LastSession.sealed(instance(), ALICE).show()).contains("echo still here");
    }

    @ParameterizedTest
    @CsvSource({"alice,bash", "alice+demo-host,"})
    void bulkGoesBothWays(String login, String connection) throws Exception {
        var words = new ArrayList<String>();
        if (connection != null) {
            words.add(connection);
        }
        words.add("head -c 100000000 /dev/zero");
        var down = instance().ssh(login, words.toArray(String[]::new)).added();
        assertThat(down.length()).isEqualTo(100_000_000);
        words.set(words.size() - 1, "sha256sum");
        var bytes = new byte[20 << 20];
        new Random(7).nextBytes(bytes);
        var up =
                instance().ssh(login, words.toArray(String[]::new)).input(bytes).now();
        assertThat(up.out()).as("%s", up).isEqualTo(sha256(bytes) + "  -\n");
    }

    @Test
    void linesComeAsTheyAreWritten() throws Exception {
        try (var client = instance().open("alice", "bash", "while read line; do echo got $line; done")) {
            for (int i = 0; i < 20; i++) {
                client.type("line " + i + "\n");
                client.awaitOut("got line " + i + "\n");
            }
            client.endInput();
            assertThat(client.ended().status()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-s", "-O"})
    void filesAreCopied(String option) throws Exception {
        var content = new byte[3_456_789];
        new Random(3).nextBytes(content);
        var file = Files.write(folder.resolve("file" + option), content);
        done("scp", "-q", "-F", config(), option, file.toString(), HOST + ":relayed" + option);
        done("scp", "-q", "-F", config(), option, HOST + ":relayed" + option, folder.resolve("back" + option) + "");
        assertThat(folder.resolve("back" + option)).hasBinaryContent(content);
        assertThat(LastSession.sealed(instance(), ALICE).show()).contains(sha256(content));
        done(instance().ssh(HOST, "rm ./relayed" + option).now());
        var missing = Run.of(List.of("scp", "-F", config(), option, HOST + ":nowhere", folder + "/x"))
                .now();
        assertThat(missing.status()).as("%s", missing).isNotZero();
    }

    @Test
    void sftpRsyncAndGitWork() throws Exception {
        var content = new byte[1_234_567];
        new Random(4).nextBytes(content);
        var file = Files.write(folder.resolve("file"), content);
        var batch = Files.writeString(
                folder.resolve("batch"), "put " + file + " r-sftp\nget r-sftp " + folder + "/sftp-back\nrm r-sftp\n");
        done("sftp", "-q", "-F", config(), "-b", batch.toString(), HOST);
        assertThat(folder.resolve("sftp-back")).hasBinaryContent(content);
        var shell = "ssh -F " + config();
        done("rsync", "-a", "-e", shell, file.toString(), HOST + ":r-rsync");
        done("rsync", "-a", "-e", shell, HOST + ":r-rsync", folder + "/rsync-back");
        assertThat(folder.resolve("rsync-back")).hasBinaryContent(content);
        done(instance()
                .ssh(HOST, "rm r-rsync && rm -rf r.git && git init -q --bare r.git")
                .now());
        var git = "core.sshCommand=ssh -F " + config();
        var work = folder.resolve("work").toString();
        done("git", "-c", git, "clone", "-q", HOST + ":r.git", work);
        Files.write(folder.resolve("work/file"), content);
        done("git", "-C", work, "add", "file");
        done("git", "-C", work, "-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-q", "-m", "file");
        done("git", "-C", work, "-c", git, "push", "-q", "origin", "HEAD");
        done("git", "-c", git, "clone", "-q", HOST + ":r.git", folder + "/again");
        assertThat(folder.resolve("again/file")).hasBinaryContent(content);
        done(instance().ssh(HOST, "rm -rf r.git").now());
    }

    @Test
    void aPortIsForwarded() throws Exception {
        try (var server = EchoServer.start()) {
            createTcp("relayed-tcp", server.port());
            var ran = instance()
                    .sshWith(List.of("-W", "relayed-tcp:1"), "alice")
                    .input("there and back\n")
                    .now();
            assertThat(ran.out()).as("%s", ran).isEqualTo("there and back\n");
            int local = FreePorts.next();
            var ssh = new ProcessBuilder("ssh", "-F", config(), "-N", "-L", local + ":relayed-tcp:1", "alice")
                    .inheritIO()
                    .start();
            try {
                await().atMost(Duration.ofSeconds(30)).ignoreExceptions().until(() -> {
                    new Socket(InetAddress.getLoopbackAddress(), local).close();
                    return true;
                });
                var bytes = new byte[8 << 20];
                new Random(5).nextBytes(bytes);
                assertThat(echo(local, bytes)).isEqualTo(bytes);
            } finally {
                ssh.destroy();
                ssh.waitFor();
            }
            var shell = instance().ssh("alice", "relayed-tcp", "id").now();
            assertThat(shell.status()).as("%s", shell).isEqualTo(253);
        }
    }

    @Test
    void severalSessionsShareOneConnection() throws Exception {
        var socket = folder.resolve("mux");
        var options = List.of("-o", "ControlMaster=auto", "-o", "ControlPath=" + socket, "-o", "ControlPersist=60");
        assertThat(instance().sshWith(options, "alice", "bash", "true").now().status())
                .isZero();
        try (var threads = java.util.concurrent.Executors.newVirtualThreadPerTaskExecutor()) {
            var all = IntStream.range(0, 8)
                    .mapToObj(i -> threads.submit(() -> instance()
                            .sshWith(options, "alice", "bash", "echo number " + i)
                            .now()))
                    .toList();
            for (int i = 0; i < all.size(); i++) {
                assertThat(all.get(i).get(60, TimeUnit.SECONDS).out()).isEqualTo("number " + i + "\n");
            }
        } finally {
            new ProcessBuilder("ssh", "-O", "exit", "-o", "ControlPath=" + socket, "alice")
                    .redirectErrorStream(true)
                    .start()
                    .waitFor();
        }
    }

    @Test
    void anAdminEndsASessionWithinASecond() throws Exception {
        var tries = new ArrayList<Long>();
        for (int i = 0; i < 3; i++) {
            try (var session = OpenSession.start(instance(), "alice", "bash");
                    var admin = instance().admin()) {
                admin.killSession(session.id());
                long decided = System.nanoTime();
                var ended = session.ended();
                tries.add(Duration.ofNanos(System.nanoTime() - decided).toMillis());
                assertThat(ended.status()).as("%s", ended).isEqualTo(253);
                assertThat(ended.err()).contains("sally: ").contains("ended by");
                assertThat(session.recorded().show()).contains("Killed");
            }
        }
        assertThat(tries.stream().sorted().toList().get(1)).as("%s ms", tries).isLessThan(1_000);
    }

    @Test
    void aUserWhoLosesTheRightLosesTheSessionsThatRun() throws Exception {
        try (var session = OpenSession.start(instance(), "alice", "bash")) {
            putAliceInto(List.of());
            try {
                var ended = session.ended();
                assertThat(ended.status()).as("%s", ended).isEqualTo(253);
                assertThat(instance().ssh("alice", "bash", "true").now().status())
                        .isEqualTo(253);
            } finally {
                putAliceInto(List.of("engineers"));
            }
        }
        assertThat(instance().ssh("alice", "bash", "true").now().status()).isZero();
    }

    @Test
    @NotCompared("sftp adds words of its own to ours")
    void whatIsRefusedIsRefusedHereToo() throws Exception {
        var bob = instance().ssh("bob", "bash", "id").now();
        assertThat(bob.status()).as("%s", bob).isEqualTo(253);
        assertThat(bob.err()).startsWith("sally: ");
        var unknown = instance().ssh("alice", "nosuch", "id").now();
        assertThat(unknown.status()).as("%s", unknown).isEqualTo(253);
        assertThat(unknown.err()).isEqualTo(bob.err().replace("bash", "nosuch"));
        for (var destination : List.of("169.254.169.254:80", "127.0.0.1:22", "bash:1", "nosuch:1")) {
            var ran = instance()
                    .sshWith(List.of("-W", destination), "alice")
                    .input("x")
                    .now();
            assertThat(ran.status()).as("%s: %s", destination, ran).isEqualTo(255);
            assertThat(ran.out()).isEmpty();
        }
        var sftp = Run.of(List.of("sftp", "-q", "-F", config(), "-b", "/dev/null", "alice+bash"))
                .now();
        assertThat(sftp.status()).as("%s", sftp).isNotZero();
        var back = instance()
                .sshWith(List.of("-o", "ExitOnForwardFailure=yes", "-R", "0:127.0.0.1:1"), "alice", "bash", "id")
                .now();
        assertThat(back.status()).as("%s", back).isNotZero();
        var menu = instance().ssh("alice").input("").now();
        assertThat(menu.status()).as("%s", menu).isEqualTo(253);
        assertThat(menu.err()).contains("bash");
    }

    // ----

    private String config() {
        return instance().folder().resolve("ssh_config").toString();
    }

    private void createTcp(String name, int port) throws Exception {
        try (var admin = instance().admin()) {
            admin.createConnection(new ConnectionWrite(
                    name,
                    "local",
                    "tcp",
                    null,
                    null,
                    new Tcp("127.0.0.1", port),
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null));
        }
    }

    private void putAliceInto(List<String> groups) throws Exception {
        try (var admin = instance().admin()) {
            admin.updateUser(ALICE, new UserWrite(ALICE, null, "Alice", groups, null));
        }
    }

    private static byte[] echo(int port, byte[] bytes) throws Exception {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            var writing = Thread.ofVirtual().start(() -> {
                try {
                    socket.getOutputStream().write(bytes);
                    socket.shutdownOutput();
                } catch (java.io.IOException e) {
                    throw new AssertionError(e);
                }
            });
            var back = socket.getInputStream().readAllBytes();
            writing.join();
            return back;
        }
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    private static void done(String... words) throws Exception {
        done(Run.of(List.of(words)).now());
    }

    private static void done(Ran ran) {
        assertThat(ran.status()).as("%s", ran).isZero();
    }
}
