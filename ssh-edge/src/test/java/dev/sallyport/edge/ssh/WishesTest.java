package dev.sallyport.edge.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sallyport.core.connection.ConnectionDefinition;
import dev.sallyport.core.recording.Event.Kind;
import dev.sallyport.core.recording.RecordingLevel;
import dev.sallyport.core.session.Outcome;
import dev.sallyport.core.session.SessionRequest;
import dev.sallyport.edge.fake.EchoTarget;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Everything else that clients wish for: forwarding, files, variables, several channels at once; and what of
/// it is refused, and how.
final class WishesTest {

    @TempDir
    private static Path folder;

    private static TestingDoor door;

    @BeforeAll
    static void open() {
        door = TestingDoor.open(folder);
        door.agents.serve("echo", new EchoTarget());
    }

    @AfterAll
    static void close() {
        door.close();
    }

    @AfterEach
    void nothingIsLeft() {
        await().untilAsserted(() -> {
            assertThat(door.sessions.live()).isZero();
            assertThat(door.agents.carried()).isZero();
        });
    }

    @Test
    void aPortIsForwardedToAConnection() throws Exception {
        int port = freePort();
        try (var client =
                Client.start(door.ssh("alice", "-N", "-L", "127.0.0.1:" + port + ":echo:5432", "alice@127.0.0.1"))) {
            try (var socket = dial(port)) {
                socket.getOutputStream().write("hello".getBytes(StandardCharsets.UTF_8));
                assertThat(new String(socket.getInputStream().readNBytes(5), StandardCharsets.UTF_8))
                        .isEqualTo("hello");
                socket.shutdownOutput();
                assertThat(socket.getInputStream().read()).isEqualTo(-1);
            }
            await().untilAsserted(
                            () -> assertThat(door.admission.last().outcome).contains(new Outcome.Exited(0)));
            var tape = door.recorder.last();
            assertThat(tape.head.level()).isEqualTo(RecordingLevel.METADATA);
            assertThat(tape.events.getFirst().text()).isEqualTo("forward echo:5432");
            assertThat(tape.text(Kind.PASSED))
                    .contains("\"stream\":\"input\",\"offset\":0,\"bytes\":5,\"sha256\":\"2cf24dba5fb0a30e")
                    .contains("\"stream\":\"output\",\"offset\":0,\"bytes\":5,\"sha256\":\"2cf24dba5fb0a30e");
            assertThat(tape.kinds()).doesNotContain(Kind.INPUT, Kind.OUTPUT);
            assertThat(client.running()).isTrue();
        }
    }

    @Test
    void standardInputIsForwardedAtAnySize() {
        var data = new byte[5 << 20];
        new Random(2).nextBytes(data);
        try (var client = Client.start(door.ssh("alice", "-W", "echo:1", "alice@127.0.0.1"))) {
            Thread.ofVirtual().start(() -> {
                client.type(data);
                client.endInput();
            });
            assertThat(client.result().bytes()).isEqualTo(data);
        }
    }

    @Test
    void whatIsNoConnectionIsNotForwardedTo() {
        for (var target : List.of(
                "127.0.0.1:22",
                "169.254.169.254:80",
                "[::1]:22",
                "localhost:" + door.port(),
                "nothere:1",
                "metadata.google.internal:80",
                "ECHO:1",
                "echo.:1")) {
            int orders = door.agents.orders.size();
            var result = door.alice("-W", target, "alice@127.0.0.1");
            assertThat(result.status()).as(target).isEqualTo(255);
            assertThat(result.error()).as(target).contains("sally: ").contains("administratively prohibited");
            assertThat(door.agents.orders).hasSize(orders);
        }
    }

    @Test
    void aJumpIsToldWhatToSay() {
        var result = door.alice("-W", "host:22", "alice@127.0.0.1");
        assertThat(result.error()).contains("say ssh alice+host@HOST (not -J, and not -W)");
        result = door.alice("-W", "bash:22", "alice@127.0.0.1");
        assertThat(result.error()).contains("not one to forward to");
    }

    @Test
    void insideATargetItsHostsAreMeant() throws Exception {
        try (var echo = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> {
                try (var peer = echo.accept()) {
                    peer.getInputStream().transferTo(peer.getOutputStream());
                } catch (IOException over) {
                    // the test is over
                }
            });
            try (var client =
                    Client.start(door.ssh("alice", "-W", "127.0.0.1:" + echo.getLocalPort(), "alice+host@127.0.0.1"))) {
                client.type("inside");
                await().untilAsserted(() -> assertThat(client.outputText()).isEqualTo("inside"));
            }
        }
        assertThat(door.admission.last().order.request()).isInstanceOf(SessionRequest.Forward.class);
    }

    @Test
    void aTargetThatCannotBeReachedIsSaidInTheAnswer() {
        door.agents.serve(
                "echo",
                (order, link) -> link.send(new dev.sallyport.core.link.Message.Failed(
                        dev.sallyport.core.link.Message.Failed.Reason.TARGET, "connection refused by \u001b[2Jdb")));
        try {
            var result = door.alice("-W", "echo:1", "alice@127.0.0.1");
            assertThat(result.error()).contains("connect failed").contains("connection refused by ?[2Jdb");
            assertThat(result.error()).doesNotContain("\u001b");
        } finally {
            door.agents.serve("echo", new EchoTarget());
        }
    }

    @Test
    void aCertificateWithoutForwardingForwardsNothing() {
        door.key("plain");
        door.sign("plain", "ca", "-I", "p", "-n", "alice", "-O", "clear");
        var result = Client.run(door.ssh("plain", "-W", "echo:1", "alice@127.0.0.1"));
        assertThat(result.error()).contains("sally: the certificate lacks permit-port-forwarding");
        assertThat(Client.run(door.ssh("plain", "alice@127.0.0.1", "bash", "echo done"))
                        .output())
                .isEqualTo("done\n");
        var shell = String.join(" ", door.ssh("plain", "alice+bash@127.0.0.1"));
        try (var client = Client.start(List.of("script", "-qec", shell, "/dev/null"))) {
            await().untilAsserted(() ->
                    assertThat(client.outputText()).contains("sally: no terminal: the certificate lacks permit-pty"));
            client.type("exit 6\n");
            assertThat(client.result().status()).isEqualTo(6);
        }
    }

    @Test
    void aForcedCommandIsAllThatACertificateIsGoodFor() {
        door.key("forced");
        door.sign("forced", "ca", "-I", "f", "-n", "alice", "-O", "force-command=bash echo forced");
        assertThat(Client.run(door.ssh("forced", "alice@127.0.0.1", "bash", "echo mine"))
                        .output())
                .isEqualTo("forced\n");
        assertThat(Client.run(door.ssh("forced", "alice@127.0.0.1")).output()).isEqualTo("forced\n");
        assertThat(Client.run(door.ssh("forced", "alice+bash@127.0.0.1", "id")).output())
                .isEqualTo("forced\n");
        assertThat(Client.run(door.ssh("forced", "-s", "alice@127.0.0.1", "sftp"))
                        .output())
                .isEqualTo("forced\n");
        var other = Client.run(door.ssh("forced", "alice+host@127.0.0.1", "id"));
        assertThat(other.status()).isEqualTo(253);
        assertThat(other.error()).contains("one command only");
        assertThat(Client.run(door.ssh("forced", "-W", "echo:1", "alice@127.0.0.1"))
                        .error())
                .contains("one command only");
    }

    @Test
    void whatIsNotForwardedToTheUserIsSaidOnce() {
        var result = Client.run(door.ssh(
                "alice", "-o", "ExitOnForwardFailure=no", "-R", "0:127.0.0.1:1", "alice@127.0.0.1", "bash", "true"));
        assertThat(result.status()).isZero();
        assertThat(result.error()).containsOnlyOnce("sally: nothing is forwarded from here to you (-R)");
    }

    @Test
    void thatTheAgentIsNotForwardedIsSaidAtATerminalOnly() throws Exception {
        var socket = door.file("ssh-agent");
        try (var _ = new FakeSshAgent(socket, new byte[0], data -> data)) {
            var agent = "IdentityAgent=" + socket;
            var terminal = door.alice("-A", "-tt", "-o", agent, "alice@127.0.0.1", "bash", "true");
            assertThat(terminal.error()).containsOnlyOnce("sally: the ssh-agent is not forwarded");
            var script = door.alice("-A", "-T", "-o", agent, "alice@127.0.0.1", "bash", "true");
            assertThat(script.status()).isZero();
            assertThat(script.error()).doesNotContain("ssh-agent");
        }
    }

    @Test
    void aSocketFileIsNotForwardedTo() throws Exception {
        var socket = folder.resolve("sock");
        try (var client =
                Client.start(door.ssh("alice", "-N", "-L", freePort() + ":/var/run/docker.sock", "alice@127.0.0.1"))) {
            assertThat(Files.exists(socket)).isFalse();
            assertThat(client.running()).isTrue();
        }
    }

    @Test
    void onlyAcceptedVariablesReachTheTarget() {
        door.admission.add(
                "env",
                TestingDoor.custom("bash"),
                connection -> new ConnectionDefinition(
                        connection.tenant(),
                        connection.id(),
                        connection.name(),
                        1,
                        connection.agent(),
                        connection.target(),
                        true,
                        Optional.empty(),
                        false,
                        connection.idle(),
                        connection.longest(),
                        connection.tags(),
                        Set.of("DEPLOY")));
        var result = door.alice(
                "-o",
                "SetEnv=LC_ALL=C.UTF-8 LANG=../../etc LD_PRELOAD=/x BASH_ENV=/x DEPLOY=blue OTHER=1 LC_X=$(id)",
                "alice@127.0.0.1",
                "env",
                "true");
        assertThat(result.status()).isZero();
        assertThat(door.agents.orders.getLast().environment())
                .containsOnlyKeys("LC_ALL", "DEPLOY")
                .containsEntry("DEPLOY", "blue");
    }

    @Test
    void manyChannelsOfOneClientAreSessionsOfTheirOwn() throws Exception {
        var control = Files.createTempDirectory("mux").resolve("s");
        try (var master = Client.start(door.ssh("alice", "-M", "-N", "-S", control.toString(), "alice@127.0.0.1"))) {
            await().until(() -> Files.exists(control));
            assertThat(master.running()).isTrue();
            var clients = java.util.stream.IntStream.range(0, 20)
                    .mapToObj(i -> Client.start(List.of(
                            "ssh", "-F", "none", "-S", control.toString(), "x", "bash", "sleep 0.2; echo " + i)))
                    .toList();
            for (int i = 0; i < 20; i++) {
                assertThat(clients.get(i).endInput().result().output()).isEqualTo(i + "\n");
            }
            assertThat(Client.run(List.of("ssh", "-F", "none", "-S", control.toString(), "x", "nothere"))
                            .status())
                    .isEqualTo(253);
        }
    }

    @Test
    void filesAreCopiedInEveryWay() throws Exception {
        var data = new byte[300_000];
        new Random(3).nextBytes(data);
        var source = Files.write(folder.resolve("data.bin"), data);
        var sink = Files.createDirectory(folder.resolve("sink"));
        TestingDoor.check(
                door.client("scp", "-P", "alice", source.toString(), "alice+host@127.0.0.1:" + sink.resolve("scp")));
        TestingDoor.check(door.client(
                "scp", "-P", "alice", "-O", source.toString(), "alice+host@127.0.0.1:" + sink.resolve("old-scp")));
        assertThat(door.recorder.last().head.level()).isEqualTo(RecordingLevel.METADATA);
        var batch = Files.writeString(folder.resolve("batch"), "put " + source + " " + sink.resolve("sftp") + "\n");
        TestingDoor.check(door.client("sftp", "-P", "alice", "-b", batch.toString(), "alice+host@127.0.0.1"));
        var shell = String.join(" ", door.ssh("alice"));
        TestingDoor.check(
                List.of("rsync", "-e", shell, source.toString(), "alice+host@127.0.0.1:" + sink.resolve("rsync")));
        for (var name : List.of("scp", "old-scp", "sftp", "rsync")) {
            assertThat(sink.resolve(name)).as(name).hasBinaryContent(data);
        }
        var refused = Client.run(door.client("sftp", "-P", "alice", "alice+bash@127.0.0.1"));
        assertThat(refused.status()).isNotZero();
        assertThat(refused.error()).contains("serves no files");
        refused = Client.run(door.client("sftp", "-P", "alice", "alice@127.0.0.1"));
        assertThat(refused.error()).contains("alice+CONNECTION@");
    }

    @Test
    void aRepositoryIsCloned() throws Exception {
        var repository = folder.resolve("repo");
        TestingDoor.check(List.of("git", "init", "-q", repository.toString()));
        Files.writeString(repository.resolve("file"), "content");
        TestingDoor.check(List.of("git", "-C", repository.toString(), "add", "file"));
        TestingDoor.check(List.of(
                "git", "-C", repository.toString(), "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "x"));
        TestingDoor.check(List.of(
                "git",
                "-c",
                "core.sshCommand=" + String.join(" ", door.ssh("alice")),
                "clone",
                "-q",
                "alice+host@127.0.0.1:" + repository,
                folder.resolve("clone").toString()));
        assertThat(folder.resolve("clone").resolve("file")).hasContent("content");
        assertThat(door.recorder.last().head.level()).isEqualTo(RecordingLevel.METADATA);
    }

    @Test
    void anEditorsWayOfWorkingWorks() throws Exception {
        int socks = freePort();
        try (var client = Client.start(
                        door.ssh("alice", "-T", "-D", "127.0.0.1:" + socks, "alice+host@127.0.0.1", "bash"));
                var echo = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            client.type("echo ready\n");
            await().untilAsserted(() -> assertThat(client.outputText()).isEqualTo("ready\n"));
            Thread.ofVirtual().start(() -> {
                try (var peer = echo.accept()) {
                    peer.getInputStream().transferTo(peer.getOutputStream());
                } catch (IOException over) {
                    // the test is over
                }
            });
            try (var socket = dial(socks)) {
                int port = echo.getLocalPort();
                socket.getOutputStream().write(new byte[] {5, 1, 0});
                assertThat(socket.getInputStream().readNBytes(2)).containsExactly(5, 0);
                socket.getOutputStream().write(new byte[] {5, 1, 0, 1, 127, 0, 0, 1, (byte) (port >> 8), (byte) port});
                assertThat(socket.getInputStream().readNBytes(10)[1]).isZero();
                socket.getOutputStream().write("through".getBytes(StandardCharsets.UTF_8));
                assertThat(new String(socket.getInputStream().readNBytes(7), StandardCharsets.UTF_8))
                        .isEqualTo("through");
            }
            client.type("exit 4\n");
            assertThat(client.result().status()).isEqualTo(4);
        }
    }

    @Test
    void aTerminalsSizeAndItsChangesReachTheTarget() throws Exception {
        var sizes = new java.util.concurrent.CopyOnWriteArrayList<String>();
        door.agents.serve("bash", (order, link) -> {
            if (order.request() instanceof SessionRequest.Shell(var pty)) {
                pty.ifPresent(terminal -> sizes.add(terminal.columns() + "x" + terminal.rows()));
            }
            link.send(new dev.sallyport.core.link.Message.Opened());
            while (true) {
                if (link.receive().message() instanceof dev.sallyport.core.link.Message.Resize size) {
                    sizes.add(size.columns() + "x" + size.rows());
                    if (size.columns() == 120 && size.rows() == 40) {
                        link.send(new dev.sallyport.core.link.Message.Exit(Optional.of(0), Optional.empty(), false));
                        return;
                    }
                }
            }
        });
        try {
            var command = String.join(" ", door.ssh("alice", "-tt", "alice@127.0.0.1", "bash"));
            var now = folder.resolve("now");
            try (var client = Client.start(List.of(
                    "script",
                    "-qec",
                    "T=$(tty); stty rows 30 cols 100; (until [ -e " + now
                            + " ]; do sleep 0.05; done; stty rows 40 cols 120 < $T) & " + command,
                    "/dev/null"))) {
                await().untilAsserted(() -> assertThat(sizes).containsExactly("100x30"));
                Files.createFile(now);
                assertThat(client.result().status()).isZero();
            }
            // stty sets rows and columns one after the other: a size between may be seen as well.
            assertThat(sizes).startsWith("100x30").endsWith("120x40");
            assertThat(door.recorder.last().text(Kind.RESIZE)).endsWith("120x40");
        } finally {
            door.agents.serve("bash", new dev.sallyport.edge.fake.ProcessTarget());
        }
    }

    @Test
    void whatIsTypedWithoutEchoIsKeptAsItsLengthOnly() {
        door.agents.serve("bash", (order, link) -> {
            link.send(new dev.sallyport.core.link.Message.Opened());
            link.send(new dev.sallyport.core.link.Message.Echo(false));
            link.send(new dev.sallyport.core.link.Message.Data(
                    dev.sallyport.core.link.Message.Stream.OUTPUT, 0, "Password: ".getBytes(StandardCharsets.UTF_8)));
            link.receive();
            link.send(new dev.sallyport.core.link.Message.Exit(Optional.of(0), Optional.empty(), false));
        });
        try (var client = Client.start(door.ssh("alice", "alice@127.0.0.1", "bash"))) {
            await().untilAsserted(() -> assertThat(client.outputText()).isEqualTo("Password: "));
            client.type("hunter2\n");
            assertThat(client.result().status()).isZero();
            var tape = door.recorder.last();
            assertThat(tape.text(Kind.HIDDEN_INPUT)).isEqualTo("8");
            assertThat(tape.text(Kind.INPUT)).isEmpty();
        } finally {
            door.agents.serve("bash", new dev.sallyport.edge.fake.ProcessTarget());
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static Socket dial(int port) {
        return await().ignoreException(java.net.ConnectException.class)
                .until(() -> new Socket(InetAddress.getLoopbackAddress(), port), socket -> true);
    }
}
