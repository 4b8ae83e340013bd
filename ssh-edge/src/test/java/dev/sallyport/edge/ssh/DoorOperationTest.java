package dev.sallyport.edge.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sallyport.core.connection.ConnectionDefinition;
import dev.sallyport.core.recording.Event.Kind;
import dev.sallyport.core.session.Outcome;
import dev.sallyport.edge.EdgeLimits;
import dev.sallyport.edge.Limit;
import dev.sallyport.edge.relay.RelayLimits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What an operator does to a door while it runs, what stands in front of it, and what time does to sessions.
final class DoorOperationTest {

    private static final byte[] PROXY = {
        0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a, 0x21, 0x11, 0x00, 0x0c
    };

    @TempDir
    private Path folder;

    @Test
    void listeningElsewhereDropsNobody() throws IOException {
        try (var door = TestingDoor.open(folder);
                var client = Client.start(door.ssh("alice", "alice@127.0.0.1", "bash"))) {
            client.type("echo before\n");
            await().untilAsserted(() -> assertThat(client.outputText()).isEqualTo("before\n"));
            int before = door.port();
            door.door.listen(List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
            await().until(() -> door.door.addresses().size() == 1 && door.port() != before);
            assertThat(door.alice("alice@127.0.0.1", "bash", "echo new").output())
                    .isEqualTo("new\n");
            assertThat(Client.run(List.of("ssh", "-F", "none", "-p", Integer.toString(before), "127.0.0.1"))
                            .error())
                    .contains("Connection refused");
            client.type("echo after; exit 2\n");
            assertThat(client.result().status()).isEqualTo(2);
            assertThat(client.outputText()).isEqualTo("before\nafter\n");
            try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                var busy = new InetSocketAddress(InetAddress.getLoopbackAddress(), taken.getLocalPort());
                org.assertj.core.api.Assertions.assertThatThrownBy(() -> door.door.listen(List.of(busy)))
                        .isInstanceOf(IOException.class);
            }
            assertThat(door.alice("alice@127.0.0.1", "bash", "echo still").output())
                    .isEqualTo("still\n");
        }
    }

    @Test
    void otherHostKeysAreShownToThoseWhoComeThen() throws IOException {
        try (var door = TestingDoor.open(folder)) {
            door.key("operator", "-t", "ecdsa");
            door.door.show(door.hostKeys.with(door.file("operator")));
            Files.writeString(door.file("known_hosts"), "* " + door.read("operator.pub") + "\n");
            var result = Client.run(List.of(
                    "ssh",
                    "-F",
                    "none",
                    "-o",
                    "HostKeyAlgorithms=ecdsa-sha2-nistp256",
                    "-o",
                    "UserKnownHostsFile=" + door.file("known_hosts"),
                    "-o",
                    "StrictHostKeyChecking=yes",
                    "-i",
                    door.file("alice").toString(),
                    "-p",
                    Integer.toString(door.port()),
                    "alice@127.0.0.1",
                    "bash",
                    "echo in"));
            assertThat(result.output()).as(result.error()).isEqualTo("in\n");
        }
    }

    @Test
    void hostKeysStayOverARestart() throws IOException {
        var first = HostKeys.in(folder, List.of("edge.example"), Clock.systemUTC());
        assertThat(first.publicKeys()).hasSize(1);
        first.makeMissing();
        var second = HostKeys.in(folder, List.of("edge.example"), Clock.systemUTC());
        assertThat(second.certificateAuthority()).isEqualTo(first.certificateAuthority());
        assertThat(second.publicKeys()).isEqualTo(first.publicKeys()).hasSize(2);
        assertThat(Files.getPosixFilePermissions(folder.resolve("ssh_host_ca_key")))
                .hasSize(2);
        assertThat(TestingDoor.check(List.of(
                        "ssh-keygen", "-lf", folder.resolve("ssh_host_rsa_key").toString())))
                .startsWith("3072 ");
    }

    @Test
    void anAddressBehindALoadBalancerIsTheClients() throws IOException {
        try (var door = TestingDoor.open(folder, DoorLimits.DEFAULTS, RelayLimits.DEFAULTS, "127.0.0.1/32");
                var balancer = new Balancer(door.port(), header("10.9.8.7"))) {
            door.key("away");
            door.sign("away", "ca", "-I", "x", "-n", "alice", "-O", "source-address=10.9.8.0/24");
            var result = Client.run(door.ssh(
                    "away",
                    "-p",
                    Integer.toString(balancer.port()),
                    "-o",
                    "Port=" + balancer.port(),
                    "alice@127.0.0.1"));
            assertThat(result.status()).isEqualTo(255);
            result = Client.run(through(door.ssh("away", "alice@127.0.0.1", "bash", "echo in"), balancer.port()));
            assertThat(result.output()).as(result.error()).isEqualTo("in\n");
            assertThat(door.admission.last().request.credential().source()).isEqualTo("10.9.8.7");
            var bare = Client.run(door.ssh("alice", "alice@127.0.0.1", "bash", "echo in"));
            assertThat(bare.status()).isEqualTo(255);
        }
    }

    @Test
    void aHeaderFromAnywhereElseIsRefused() throws IOException {
        try (var door = TestingDoor.open(folder);
                var spoofer = new Balancer(door.port(), header("10.9.8.7"))) {
            var result = Client.run(through(door.ssh("alice", "alice@127.0.0.1", "bash", "echo in"), spoofer.port()));
            assertThat(result.status()).isEqualTo(255);
            assertThat(result.output()).isEmpty();
        }
    }

    @Test
    void aStandardSshdInFrontOfTheDoorIsNoMatter() throws Exception {
        try (var door = TestingDoor.open(folder)) {
            door.key("jump");
            door.key("bastion");
            Files.copy(door.file("jump.pub"), door.file("authorized"));
            int port;
            try (var free = new ServerSocket(0)) {
                port = free.getLocalPort();
            }
            Files.createDirectories(Path.of("/run/sshd"));
            try (var sshd = Client.start(List.of(
                    "/usr/sbin/sshd",
                    "-D",
                    "-e",
                    "-f",
                    "none",
                    "-p",
                    Integer.toString(port),
                    "-o",
                    "HostKey=" + door.file("bastion"),
                    "-o",
                    "AuthorizedKeysFile=" + door.file("authorized"),
                    "-o",
                    "StrictModes=no",
                    "-o",
                    "PidFile=none"))) {
                await().until(() -> sshd.errorText().contains("Server listening"));
                var proxy = "ssh -F none -i " + door.file("jump") + " -p " + port
                        + " -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o BatchMode=yes -W %h:%p "
                        + System.getProperty("user.name") + "@127.0.0.1";
                var result = Client.run(
                        door.ssh("alice", "-o", "ProxyCommand=" + proxy, "alice@127.0.0.1", "bash", "echo through"));
                assertThat(result.output())
                        .as(result.error() + sshd.errorText())
                        .isEqualTo("through\n");
            }
        }
    }

    @Test
    void aSessionEndsWithItsCertificate() {
        var limits = new RelayLimits(
                Duration.ofSeconds(30), Duration.ofSeconds(5), Duration.ofMillis(500), Duration.ofSeconds(5), 1 << 20);
        try (var door = TestingDoor.open(folder, DoorLimits.DEFAULTS, limits, "")) {
            door.key("short");
            door.sign("short", "ca", "-I", "x", "-n", "alice", "-V", "-1m:+9s");
            try (var client = Client.start(door.ssh("short", "-tt", "alice@127.0.0.1", "bash"))) {
                var result = client.result();
                assertThat(result.status()).isEqualTo(253);
                assertThat(result.error())
                        .contains("sally: your certificate expires in 5 s, and this session ends with it")
                        .contains("sally: the certificate expired");
            }
            await().untilAsserted(
                            () -> assertThat(door.admission.last().outcome).contains(new Outcome.Expired()));
            assertThat(door.recorder.last().text(Kind.MESSAGE)).contains("your certificate expires");
        }
    }

    @Test
    void anIdleSessionEnds() {
        try (var door = TestingDoor.open(folder)) {
            door.admission.add(
                    "lazy",
                    TestingDoor.custom("bash"),
                    connection -> new ConnectionDefinition(
                            connection.tenant(),
                            connection.id(),
                            connection.name(),
                            1,
                            connection.agent(),
                            connection.target(),
                            true,
                            java.util.Optional.empty(),
                            false,
                            Duration.ofSeconds(2),
                            connection.longest(),
                            connection.tags(),
                            java.util.Set.of()));
            var result = door.alice("alice@127.0.0.1", "lazy", "sleep 60");
            assertThat(result.status()).isEqualTo(253);
            assertThat(result.error()).isEqualTo("sally: the session reached its limit: idle for 2 s\n");
        }
    }

    @Test
    void aListThatNobodyPicksFromIsTakenAway() {
        var limits = EdgeLimits.of(Map.of(Limit.MENU, 2_000L)).door();
        try (var door = TestingDoor.open(folder, limits, RelayLimits.DEFAULTS, "");
                var client = Client.start(door.ssh("alice", "-tt", "alice@127.0.0.1"))) {
            var result = client.result();
            assertThat(result.status()).isEqualTo(253);
            assertThat(result.error()).contains("sally: no connection was chosen");
        }
    }

    @Test
    void whatIsNotDecidedInTimeEndsAndLeavesNothing() {
        var d = RelayLimits.DEFAULTS;
        var limits = new RelayLimits(Duration.ofSeconds(1), d.farewell(), d.ending(), d.warning(), d.passed());
        var gate = new java.util.concurrent.CountDownLatch(1);
        try (var door = TestingDoor.open(folder, DoorLimits.DEFAULTS, limits, "")) {
            // while it is being admitted
            door.admission.beforeDeciding = () -> waitFor(gate);
            var result = door.alice("alice@127.0.0.1", "bash", "echo in");
            assertThat(result.status()).isEqualTo(254);
            assertThat(result.error())
                    .isEqualTo("sally: it was not decided within 1 s whether this session may begin;"
                            + " please try again\n");
            assertThat(door.alice("-W", "echo:1", "alice@127.0.0.1").error()).contains("not decided within 1 s");
            gate.countDown();
            await().untilAsserted(() -> {
                assertThat(door.admission.admitted).hasSize(2);
                assertThat(door.admission.admitted)
                        .allSatisfy(admitted ->
                                assertThat(admitted.outcome).contains(new Outcome.TimedOut("1 s without a decision")));
                assertThat(door.sessions.live()).isZero();
            });
            assertThat(door.agents.orders).isEmpty();
            // while the target is being opened
            door.admission.beforeDeciding = () -> {};
            door.agents.serve("bash", (order, link) -> {
                while (true) {
                    link.consumed(link.receive().number());
                }
            });
            result = door.alice("alice@127.0.0.1", "bash", "echo in");
            assertThat(result.status()).isEqualTo(254);
            assertThat(result.error())
                    .startsWith("sally: it was not decided within 1 s")
                    .hasLineCount(1);
            await().untilAsserted(() -> {
                assertThat(door.admission.last().outcome).contains(new Outcome.TimedOut("1 s without a decision"));
                assertThat(door.sessions.live()).isZero();
                assertThat(door.agents.carried()).isZero();
                assertThat(door.recorder.last().sealed).isPresent();
            });
        }
    }

    @Test
    void aSessionThatWasDecidedInTimeOutlivesTheTime() {
        var d = RelayLimits.DEFAULTS;
        var limits = new RelayLimits(Duration.ofSeconds(1), d.farewell(), d.ending(), d.warning(), d.passed());
        try (var door = TestingDoor.open(folder, DoorLimits.DEFAULTS, limits, "")) {
            assertThat(door.alice("alice@127.0.0.1", "bash", "sleep 3; echo in").output())
                    .isEqualTo("in\n");
        }
    }

    private static void waitFor(java.util.concurrent.CountDownLatch gate) {
        try {
            gate.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void whatADecisionWaitsForHoldsUpNobodyElse() {
        try (var door = TestingDoor.open(folder)) {
            var gate = new java.util.concurrent.CountDownLatch(1);
            door.admission.beforeDeciding = () -> waitFor(gate);
            var waiting = java.util.stream.IntStream.range(0, 12)
                    .mapToObj(i -> Client.start(door.ssh("alice", "alice@127.0.0.1", "bash", "echo " + i)))
                    .toList();
            var forwarding = Client.start(door.ssh("alice", "-W", "echo:1", "alice@127.0.0.1"));
            waiting.getFirst().type("typed early\n");
            await().until(() -> door.door.unauthenticated() == 0);
            door.admission.beforeDeciding = () -> {};
            assertThat(door.alice("alice@127.0.0.1", "bash", "echo in").output())
                    .isEqualTo("in\n");
            assertThat(door.agents.orders).hasSize(1);
            assertThat(forwarding.outputText()).isEmpty();
            gate.countDown();
            for (int i = 0; i < 12; i++) {
                assertThat(waiting.get(i).endInput().result().output()).isEqualTo(i + "\n");
            }
            forwarding.close();
        }
    }

    /// `ssh` by way of another port: what the client believes it connects to stays the same.
    private static List<String> through(List<String> ssh, int port) {
        var command = new java.util.ArrayList<>(ssh);
        command.set(command.indexOf("-p") + 1, Integer.toString(port));
        return command;
    }

    private static byte[] header(String address) {
        return ByteBuffer.allocate(28)
                .put(PROXY)
                .put(InetAddress.ofLiteral(address).getAddress())
                .put(new byte[] {127, 0, 0, 1})
                .putShort((short) 4_242)
                .putShort((short) 22)
                .array();
    }

    /// A load balancer: puts a header in front of each connection that it passes on, one byte at a time.
    private static final class Balancer implements AutoCloseable {

        private final ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());

        Balancer(int port, byte[] header) throws IOException {
            Thread.ofVirtual().start(() -> {
                while (!server.isClosed()) {
                    try {
                        var client = server.accept();
                        Thread.ofVirtual().start(() -> pass(client, port, header));
                    } catch (IOException closed) {
                        return;
                    }
                }
            });
        }

        int port() {
            return server.getLocalPort();
        }

        private static void pass(Socket client, int port, byte[] header) {
            try (client;
                    var door = new Socket(InetAddress.getLoopbackAddress(), port)) {
                door.setTcpNoDelay(true);
                for (var one : header) {
                    door.getOutputStream().write(one);
                    door.getOutputStream().flush();
                }
                Thread.ofVirtual().start(() -> {
                    try {
                        client.getInputStream().transferTo(door.getOutputStream());
                        door.shutdownOutput();
                    } catch (IOException over) {
                        // one of them is gone
                    }
                });
                door.getInputStream().transferTo(client.getOutputStream());
            } catch (IOException over) {
                // one of them is gone
            }
        }

        @Override
        public void close() {
            try {
                server.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
