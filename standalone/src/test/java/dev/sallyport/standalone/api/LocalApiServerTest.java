package dev.sallyport.standalone.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.api.Groups;
import dev.sallyport.api.Me;
import dev.sallyport.api.Problem;
import dev.sallyport.api.Refused;
import dev.sallyport.api.SallyportClient;
import dev.sallyport.api.Tenants;
import dev.sallyport.api.Trust;
import dev.sallyport.control.ControlPlane;
import dev.sallyport.control.Instance;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.recording.FileDataKeys;
import dev.sallyport.core.recording.FolderChunkStore;
import dev.sallyport.core.tenant.FileTenantSigners;
import dev.sallyport.standalone.store.LocalStore;
import dev.sallyport.store.Store;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class LocalApiServerTest {

    private final HttpClient http = HttpClient.newHttpClient();

    private ControlPlane plane;
    private LocalStore local;
    private LocalApiServer server;
    private Tenants.CreatedTenant tenant;

    @BeforeAll
    void start(@TempDir Path folder) throws IOException {
        local = LocalStore.embedded(Files.createDirectory(folder.resolve("db")));
        var clock = Clock.systemUTC();
        var tables = local.tables(clock);
        tables.prepare();
        plane = new ControlPlane(
                new Store(tables),
                new FileTenantSigners(folder.resolve("keys")),
                new FolderChunkStore(folder.resolve("recordings")),
                FileDataKeys.readOrCreate(folder.resolve("data.key")),
                new Alone(),
                clock);
        server = LocalApiServer.start(0, plane);
        tenant = plane.createTenant("acme");
    }

    @AfterAll
    void stop() throws IOException {
        http.close();
        server.close();
        local.close();
    }

    @Test
    void theClientReachesTheHandlersOverHttp() throws Exception {
        try (var client = client(tenant.adminKey().secret())) {
            assertThat(client.me().tenant()).isEqualTo(tenant.tenant().id());
            var group = client.createGroup(new Groups.NewGroup("people @ more"));
            assertThat(client.group("people @ more").id()).isEqualTo(group.id());
            client.deleteGroup(group.id());
            assertThatThrownBy(() -> client.group("people @ more"))
                    .isInstanceOfSatisfying(
                            Refused.class,
                            refused -> assertThat(refused.problem().is(Problem.Type.NOT_FOUND))
                                    .isTrue());
        }
        try (var client = client("sally_nobody")) {
            assertThatThrownBy(client::me).isInstanceOf(Refused.class);
        }
    }

    @Test
    void anAnswerIsNeverForACacheOrABrowserOfAnotherOrigin() throws Exception {
        var answer = http.send(
                request("/v1/me").header("Origin", "https://example.com").GET().build(),
                HttpResponse.BodyHandlers.ofString());

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Cache-Control")).contains("no-store");
        assertThat(answer.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
        assertThat(answer.headers().map().keySet())
                .noneMatch(name -> name.toLowerCase(java.util.Locale.ROOT).startsWith("access-control"));
    }

    /// Class 33.
    @Test
    void aBodyThatIsTooLargeIsRefused() throws Exception {
        var answer = http.send(
                request("/v1/groups")
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString("{\"name\":\"" + "x".repeat(1_100_000) + "\"}"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());

        assertThat(answer.statusCode()).isEqualTo(413);
        assertThat(answer.body()).contains("too-large");
    }

    @Test
    void whatIsNoHttpBreaksNothingAndTellsNothing() throws Exception {
        for (var sent : new String[] {
            "\r\n\r\n",
            "GET / HTTP/9.9\r\n\r\n",
            "GET /v1/users/%zz HTTP/1.1\r\nHost: x\r\n\r\n",
            "POST /v1/groups HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
            "GET /v1/me HTTP/1.1\r\nHost: x\r\nX: " + "y".repeat(100_000) + "\r\n\r\n",
            "\u0016\u0003\u0001\u0002\u0000\u0001"
        }) {
            try (var socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), server.port())) {
                socket.setSoTimeout(60_000);
                socket.getOutputStream().write(sent.getBytes(StandardCharsets.ISO_8859_1));
                socket.shutdownOutput();
                var answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                // The JDK answers what it cannot parse itself, with the name of what it minded at most.
                assertThat(answer).doesNotContain("dev.sallyport").doesNotContain("\tat ");
            } catch (java.net.SocketException e) {
                // Closed on us: an answer as well.
                assertThat(e).isNotNull();
            }
        }
        try (var client = client(tenant.adminKey().secret())) {
            assertThat(client.me().role()).isEqualTo("admin");
        }
    }

    private SallyportClient client(String key) {
        return new SallyportClient(server.uri(), key);
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(server.uri() + path))
                .header("Authorization", "Bearer " + tenant.adminKey().secret());
    }

    /// An instance that is nobody's own and has no door.
    private static final class Alone implements Instance {

        @Override
        public Optional<TenantId> operator() {
            return Optional.empty();
        }

        @Override
        public Optional<URI> api() {
            return Optional.empty();
        }

        @Override
        public AgentDoor agentDoor() {
            return new AgentDoor("127.0.0.1", 8010, new byte[32]);
        }

        @Override
        public Optional<Me.SshDoor> sshDoor() {
            return Optional.empty();
        }

        @Override
        public Optional<DoorControl> doorControl() {
            return Optional.empty();
        }
    }

    @Test
    void withACertificateItSpeaksTlsToThoseWhoTrustIt(@TempDir Path folder) throws Exception {
        var own = certificate(folder, "api", "IP:127.0.0.1");
        var other = certificate(folder, "other", "IP:127.0.0.1");
        var loopback = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
        try (var tls = LocalApiServer.start(loopback, own, plane)) {
            var key = tenant.adminKey().secret();
            assertThat(tls.uri().getScheme()).isEqualTo("https");
            var trust = Optional.of(Trust.of(folder.resolve("api.crt")));
            try (var client = new SallyportClient(tls.uri(), key, trust)) {
                assertThat(client.me().tenant()).isEqualTo(tenant.tenant().id());
            }
            try (var stranger = new SallyportClient(tls.uri(), key)) {
                assertThatThrownBy(stranger::me).isInstanceOf(SSLException.class);
            }
            assertThat(other.name()).isEqualTo("127.0.0.1");
            try (var misled = new SallyportClient(tls.uri(), key, Optional.of(Trust.of(folder.resolve("other.crt"))))) {
                assertThatThrownBy(misled::me).isInstanceOf(SSLException.class);
            }
            var plain = URI.create("http://127.0.0.1:" + tls.port());
            try (var client = new SallyportClient(plain, key)) {
                assertThatThrownBy(client::me).isInstanceOf(IOException.class);
            }
        }
    }

    @Test
    void whatIsNoCertificateAndKeyIsRefusedByName(@TempDir Path folder) throws Exception {
        certificate(folder, "one", "DNS:one.example");
        certificate(folder, "two", "DNS:two.example");
        var one = folder.resolve("one.crt");
        var empty = Files.writeString(folder.resolve("empty"), "");
        assertThatThrownBy(() -> ApiCertificate.read(one, empty)).hasMessageContaining("not a PKCS #8 key");
        assertThatThrownBy(() -> ApiCertificate.read(empty, folder.resolve("one.key")))
                .hasMessageContaining("empty");
        assertThatThrownBy(() -> ApiCertificate.read(one, folder.resolve("two.key")))
                .hasMessageContaining("do not belong together");
        assertThatThrownBy(() -> Trust.of(empty)).hasMessageContaining("no certificate");
    }

    private static ApiCertificate certificate(Path folder, String name, String host) throws Exception {
        var openssl = new ProcessBuilder(
                        "openssl",
                        "req",
                        "-x509",
                        "-newkey",
                        "ec",
                        "-pkeyopt",
                        "ec_paramgen_curve:P-256",
                        "-nodes",
                        "-keyout",
                        name + ".key",
                        "-out",
                        name + ".crt",
                        "-days",
                        "2",
                        "-subj",
                        "/CN=" + name,
                        "-addext",
                        "subjectAltName=" + host)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        var said = new String(openssl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(openssl.waitFor()).as(said).isZero();
        return ApiCertificate.read(folder.resolve(name + ".crt"), folder.resolve(name + ".key"));
    }
}
