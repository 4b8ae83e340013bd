package dev.sallyport.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sallyport.api.Connections.Connection;
import dev.sallyport.api.Connections.ConnectionWrite;
import dev.sallyport.api.Connections.Ssh;
import dev.sallyport.standalone.ports.FreePorts;
import dev.sallyport.tests.bed.Client;
import dev.sallyport.tests.bed.EchoServer;
import dev.sallyport.tests.bed.EndToEnd;
import dev.sallyport.tests.bed.Instance;
import dev.sallyport.tests.bed.Shared;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// How VS Code works on a remote machine: `ssh -T -D PORT host bash`, a script on stdin that starts a server
/// there, and then connections through the SOCKS port to that server.
@EndToEnd
class EditorTest {

    private static final String BOOTSTRAP = """
            uname -s
            exec python3 -u -c '
            import os, socket, sys, threading
            threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
            server = socket.create_server(("127.0.0.1", 0))
            print("listening on", server.getsockname()[1])
            while True:
                client, _ = server.accept()
                client.sendall(b"hello " + client.recv(100))
                client.close()
            '
            """;

    private final Instance instance = Shared.instance();

    @Test
    void theServerThatItStartedIsReachedThroughTheSocksPort() throws Exception {
        try (var elsewhere = EchoServer.start()) {
            int socks = FreePorts.next();
            var ssh = editor("alice+demo-host", socks);
            try (ssh) {
                int port = port(ssh);
                for (int i = 0; i < 3; i++) {
                    assertThat(through(socks, "127.0.0.1", port, "again " + i)).isEqualTo("hello again " + i);
                }
                assertThat(through(socks, "localhost", port, "by name")).isEqualTo("hello by name");
                assertThat(through(
                                socks, "127.0.0.1", elsewhere.port(), "any port of its own loopback is allowed here"))
                        .startsWith("any port");
                assertNotReached(socks, "169.254.169.254", 80);
                assertNotReached(socks, "0.0.0.0", port);
                assertNotReached(socks, "demo-host", port);
                end(ssh);
            }
        }
    }

    @Test
    void aHostThatTheConnectionDoesNotListIsNotReached() throws Exception {
        try (var allowed = EchoServer.start();
                var other = EchoServer.start()) {
            var name = narrowed(List.of("127.0.0.1:" + allowed.port()));
            int socks = FreePorts.next();
            var ssh = editor("alice+" + name, socks);
            try (ssh) {
                int port = port(ssh);
                assertThat(through(socks, "127.0.0.1", allowed.port(), "allowed"))
                        .isEqualTo("allowed");
                assertNotReached(socks, "127.0.0.1", other.port());
                assertNotReached(socks, "127.0.0.1", port);
                assertNotReached(socks, "localhost", allowed.port());
                end(ssh);
            }
            var said = instance.sshWith(
                            List.of("-o", "User=alice+" + name, "-W", "127.0.0.1:" + other.port()), "alice+" + name)
                    .now();
            assertThat(said.err()).contains("does not allow forwarding to that host and port");
        }
    }

    private Client editor(String host, int socks) throws IOException {
        var ssh = instance.openWith(
                List.of("-T", "-D", Integer.toString(socks), "-o", "User=" + host, "-o", "LogLevel=QUIET"),
                host,
                "bash");
        ssh.type(BOOTSTRAP);
        return ssh;
    }

    private static int port(Client ssh) {
        ssh.awaitOut("listening on ");
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(ssh.out()).matches("Linux\nlistening on [0-9]+\n"));
        return Integer.parseInt(ssh.out().strip().replaceAll("(?s).* ", ""));
    }

    /// The server ends with its stdin; else it would stay on the target, as VS Code's does.
    private static void end(Client ssh) throws IOException, InterruptedException {
        ssh.endInput();
        assertThat(ssh.ended().status()).isZero();
    }

    private static String through(int socks, String host, int port, String text) throws IOException {
        var proxy = new Proxy(Proxy.Type.SOCKS, new InetSocketAddress(InetAddress.getLoopbackAddress(), socks));
        try (var socket = new Socket(proxy)) {
            socket.setSoTimeout(30_000);
            socket.connect(InetSocketAddress.createUnresolved(host, port), 30_000);
            socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static void assertNotReached(int socks, String host, int port) throws IOException {
        try {
            assertThat(through(socks, host, port, "x")).as("%s:%d", host, port).isEmpty();
        } catch (SocketException refused) {
            assertThat(refused).as("%s:%d", host, port).hasMessageContaining("SOCKS");
        }
    }

    /// A connection to the demo's host with an allow-list of its own.
    private String narrowed(List<String> forwards) throws Exception {
        var name = "narrow-" + UUID.randomUUID().toString().substring(0, 8);
        Connection demo = instance.admin().connection("demo-host");
        var ssh = java.util.Objects.requireNonNull(demo.ssh());
        instance.admin()
                .createConnection(new ConnectionWrite(
                        name,
                        "local",
                        "ssh",
                        null,
                        new Ssh(
                                ssh.host(),
                                ssh.port(),
                                ssh.user(),
                                ssh.password(),
                                ssh.privateKey(),
                                ssh.hostKeys(),
                                ssh.knownHosts(),
                                forwards),
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null));
        return name;
    }
}
