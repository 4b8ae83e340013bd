package dev.sallyport.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sallyport.api.Connections.ConnectionWrite;
import dev.sallyport.api.Connections.Tcp;
import dev.sallyport.standalone.ports.FreePorts;
import dev.sallyport.tests.bed.EchoServer;
import dev.sallyport.tests.bed.EndToEnd;
import dev.sallyport.tests.bed.Instance;
import dev.sallyport.tests.bed.Shared;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Forwarded connections (`-L`, `-W`): to a connection by name, and to nothing else.
@EndToEnd
class ForwardingTest {

    private final Instance instance = Shared.instance();

    @Test
    void aForwardedPortReachesTheServiceBehindTheAgent() throws Exception {
        try (var server = EchoServer.start()) {
            var name = tcp(server.port());
            int local = FreePorts.next();
            var ssh = new ProcessBuilder(List.of(
                            "ssh",
                            "-F",
                            instance.folder().resolve("ssh_config").toString(),
                            "-N",
                            "-L",
                            local + ":" + name + ":1",
                            "alice"))
                    .inheritIO()
                    .start();
            try {
                await().atMost(Duration.ofSeconds(30)).ignoreExceptions().until(() -> {
                    new Socket(InetAddress.getLoopbackAddress(), local).close();
                    return true;
                });
                var bytes = new byte[4 << 20];
                new Random(5).nextBytes(bytes);
                for (int i = 0; i < 3; i++) {
                    assertThat(echo(local, bytes)).as("connection %d", i).isEqualTo(bytes);
                }
            } finally {
                ssh.destroy();
                ssh.waitFor();
            }
        }
    }

    @Test
    void stdinAndStdoutReachTheService() throws Exception {
        try (var server = EchoServer.start()) {
            var name = tcp(server.port());
            var ran = instance.sshWith(List.of("-W", name + ":1"), "alice")
                    .input("there and back\n")
                    .now();
            assertThat(ran.out()).as("%s", ran).isEqualTo("there and back\n");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"169.254.169.254:80", "127.0.0.1:22", "localhost:8009", "[::1]:8010", "nosuch:1", "bash:1"})
    void nothingElseIsReached(String destination) throws Exception {
        var ran = instance.sshWith(List.of("-W", destination), "alice")
                .input("GET / HTTP/1.0\r\n\r\n")
                .now();
        assertThat(ran.status()).as("%s", ran).isEqualTo(255);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err()).contains("open failed");
    }

    @Test
    void aTcpConnectionHasNoTerminal() throws Exception {
        try (var server = EchoServer.start()) {
            var ran = instance.ssh("alice", tcp(server.port()), "id").now();
            assertThat(ran.status()).as("%s", ran).isEqualTo(253);
            assertThat(ran.err()).startsWith("sally: ");
        }
    }

    private String tcp(int port) throws Exception {
        var name = "tcp-" + UUID.randomUUID().toString().substring(0, 8);
        instance.admin()
                .createConnection(new ConnectionWrite(
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
        return name;
    }

    private static byte[] echo(int port, byte[] bytes) throws IOException, InterruptedException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            var writing = Thread.ofVirtual().start(() -> {
                try {
                    socket.getOutputStream().write(bytes);
                    socket.shutdownOutput();
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            var back = socket.getInputStream().readAllBytes();
            writing.join();
            return back;
        }
    }
}
