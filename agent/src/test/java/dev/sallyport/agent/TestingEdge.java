package dev.sallyport.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.agent.session.TestingAgent;
import dev.sallyport.core.agent.AgentKey;
import dev.sallyport.core.agent.AgentToken;
import dev.sallyport.core.id.AgentId;
import dev.sallyport.core.id.TenantId;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/// An edge's door as far as TLS: a certificate of a CA of its own, made by `keytool`.
public final class TestingEdge implements AutoCloseable {

    private static final String PASSWORD = "testing";

    private final SSLServerSocket server;
    private final byte[] pin;

    private TestingEdge(SSLServerSocket server, byte[] pin) {
        this.server = server;
        this.pin = pin;
    }

    /// @param name what the certificate is for, such as `ip:127.0.0.1`
    /// @param more further options of `keytool` for the certificate
    static TestingEdge start(Path folder, String name, String... more) throws Exception {
        var made = keys(folder, name, more);
        var context = SSLContext.getInstance("TLSv1.3");
        context.init(made.managers().getKeyManagers(), null, null);
        var server = (SSLServerSocket)
                context.getServerSocketFactory().createServerSocket(0, 16, InetAddress.getLoopbackAddress());
        var edge = new TestingEdge(server, made.pin());
        Thread.ofVirtual().start(edge::serve);
        return edge;
    }

    /// What a server shows as an edge, and the pin of its CA.
    public record Keys(KeyManagerFactory managers, byte[] pin) {}

    /// @param name what the certificate is for, such as `ip:127.0.0.1`
    /// @param more further options of `keytool` for the certificate
    public static Keys keys(Path folder, String name, String... more) throws Exception {
        var file = Files.createTempDirectory(folder, "edge").resolve("keys.p12");
        keytool(file, "ca", "-ext", "bc:c");
        var options = new ArrayList<>(List.of("-signer", "ca", "-ext", "san=" + name));
        options.addAll(List.of(more));
        keytool(file, "edge", options.toArray(String[]::new));
        var made = KeyStore.getInstance(file.toFile(), PASSWORD.toCharArray());
        var chain = made.getCertificateChain("edge");
        var served = KeyStore.getInstance("PKCS12");
        served.load(null, null);
        var key = (PrivateKey) made.getKey("edge", PASSWORD.toCharArray());
        served.setKeyEntry("edge", key, PASSWORD.toCharArray(), chain);
        var keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(served, PASSWORD.toCharArray());
        return new Keys(
                keys,
                MessageDigest.getInstance("SHA-256")
                        .digest(chain[1].getPublicKey().getEncoded()));
    }

    private static void keytool(Path file, String alias, String... more) throws Exception {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-alias",
                alias,
                "-dname",
                "CN=" + alias,
                "-keystore",
                file.toString(),
                "-storepass",
                PASSWORD));
        command.addAll(List.of(more));
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var said = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }

    private void serve() {
        while (!server.isClosed()) {
            try (var socket = (SSLSocket) server.accept()) {
                socket.startHandshake();
                var _ = socket.getInputStream().read();
            } catch (IOException e) {
                // whoever only looked has left, or the test is over
            }
        }
    }

    int port() {
        return server.getLocalPort();
    }

    byte[] pin() {
        return pin.clone();
    }

    /// A key for this edge's address that pins a CA.
    public static AgentKey key(int port, byte[] pin) {
        var clock = Clock.systemUTC();
        return new AgentKey(
                "127.0.0.1",
                port,
                AgentToken.issue(TestingAgent.signer(), TenantId.next(clock), AgentId.next(clock), "testing"),
                pin);
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
