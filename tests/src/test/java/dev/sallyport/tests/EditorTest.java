package dev.sallyport.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.api.Connections.Connection;
import dev.sallyport.api.Connections.ConnectionWrite;
import dev.sallyport.api.Connections.Ssh;
import dev.sallyport.tests.bed.EchoServer;
import dev.sallyport.tests.bed.Instance;
import dev.sallyport.tests.bed.Laptop;
import dev.sallyport.tests.bed.Shared;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// How VS Code works on a remote machine: `ssh -T -D PORT host bash`, a script on stdin that starts a server there, and
/// then connections through the SOCKS port to that server.
@Tag("e2e")
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
            int socks = Laptop.freePort();
            var ssh = editor("alice+demo-host", socks);
            try (var lines = new BufferedReader(new InputStreamReader(ssh.getInputStream(), StandardCharsets.UTF_8))) {
                assertThat(lines.readLine()).isEqualTo("Linux");
                int port = Integer.parseInt(String.valueOf(lines.readLine()).replace("listening on ", ""));
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
            } finally {
                end(ssh);
            }
        }
    }

    @Test
    void aHostThatTheConnectionDoesNotListIsNotReached() throws Exception {
        try (var allowed = EchoServer.start();
                var other = EchoServer.start()) {
            var name = narrowed(List.of("127.0.0.1:" + allowed.port()));
            int socks = Laptop.freePort();
            var ssh = editor("alice+" + name, socks);
            try (var lines = new BufferedReader(new InputStreamReader(ssh.getInputStream(), StandardCharsets.UTF_8))) {
                assertThat(lines.readLine()).isEqualTo("Linux");
                int port = Integer.parseInt(String.valueOf(lines.readLine()).replace("listening on ", ""));
                assertThat(through(socks, "127.0.0.1", allowed.port(), "allowed"))
                        .isEqualTo("allowed");
                assertNotReached(socks, "127.0.0.1", other.port());
                assertNotReached(socks, "127.0.0.1", port);
                assertNotReached(socks, "localhost", allowed.port());
            } finally {
                end(ssh);
            }
            var said = instance.sshWith(
                            List.of("-o", "User=alice+" + name, "-W", "127.0.0.1:" + other.port()), "alice+" + name)
                    .now();
            assertThat(said.err()).contains("does not allow forwarding to that host and port");
        }
    }

    private Process editor(String host, int socks) throws IOException {
        var ssh = new ProcessBuilder(
                        "ssh",
                        "-F",
                        instance.folder().resolve("ssh_config").toString(),
                        "-T",
                        "-D",
                        Integer.toString(socks),
                        "-o",
                        "User=" + host,
                        host,
                        "bash")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        ssh.getOutputStream().write(BOOTSTRAP.getBytes(StandardCharsets.UTF_8));
        ssh.getOutputStream().flush();
        return ssh;
    }

    /// The server ends with its stdin; else it would stay on the target, as VS Code's does.
    private static void end(Process ssh) throws IOException, InterruptedException {
        ssh.getOutputStream().close();
        assertThat(ssh.waitFor(30, TimeUnit.SECONDS)).isTrue();
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
