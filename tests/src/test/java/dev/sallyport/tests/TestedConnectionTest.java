package dev.sallyport.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.api.Audit;
import dev.sallyport.api.ConnectionTests.ConnectionTest;
import dev.sallyport.api.Connections.Connection;
import dev.sallyport.api.Connections.ConnectionWrite;
import dev.sallyport.api.Connections.Ssh;
import dev.sallyport.api.Connections.Tcp;
import dev.sallyport.api.SallyportClient;
import dev.sallyport.tests.bed.EndToEnd;
import dev.sallyport.tests.bed.Instance;
import dev.sallyport.tests.bed.Ran;
import dev.sallyport.tests.bed.Shared;
import dev.sallyport.tests.bed.Sshd;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// `sally admin connections test`, from the command to the target and back.
@EndToEnd
class TestedConnectionTest {

    private final Instance instance = Shared.instance();
    private final SallyportClient api = admin(instance);

    private static SallyportClient admin(Instance instance) {
        try {
            return instance.admin();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @AfterEach
    void close() {
        api.close();
    }

    private Ran test(String connection, String... more) throws Exception {
        var words = new java.util.ArrayList<>(List.of("admin", "connections", "test", connection));
        words.addAll(List.of(more));
        return instance.sally(words.toArray(String[]::new)).now();
    }

    private static void failed(Ran ran, String step, String why) {
        assertThat(ran.status()).as("%s", ran).isEqualTo(1);
        assertThat(ran.out()).as("%s", ran).containsPattern("(?m)^" + step + " +failed ");
        assertThat(ran.out().lines().filter(line -> line.contains(" failed "))).hasSize(1);
        assertThat(ran.err()).as("%s", ran).contains("does not work: ").contains(why);
    }

    private void with(ConnectionWrite write, Check check) throws Exception {
        var made = api.createConnection(write);
        try {
            check.of(made);
        } finally {
            api.deleteConnection(made.id());
        }
    }

    private interface Check {
        void of(Connection made) throws Exception;
    }

    private ConnectionWrite like(Connection host, String name, @Nullable Ssh ssh, @Nullable Tcp tcp) {
        return new ConnectionWrite(
                name,
                host.agent(),
                ssh == null ? "tcp" : "ssh",
                null,
                ssh,
                tcp,
                null,
                null,
                null,
                null,
                null,
                null,
                null);
    }

    @Test
    void whatWorksPassesWithoutASessionAndStandsInTheAuditLog() throws Exception {
        int before = api.sessions(Map.of("limit", "200")).items().size();
        for (var connection : List.of("bash", "demo-host")) {
            var ran = test(connection);
            assertThat(ran.status()).as("%s", ran).isZero();
            assertThat(ran.err()).contains(connection + " works.");
            assertThat(ran.out())
                    .doesNotContain(" failed ")
                    .contains(connection.equals("bash") ? "program " : "login ");
        }
        assertThat(api.sessions(Map.of("limit", "200")).items()).hasSize(before);

        var json = test("bash", "-o", "json");
        var shown = dev.sallyport.api.ApiJson.readLeniently(ConnectionTest.class, json.outBytes());
        assertThat(shown.state()).isEqualTo("passed");
        assertThat(api.audit(Map.of("limit", "100")).items())
                .filteredOn(entry -> shown.id().equals(entry.details().get("test")))
                .extracting(Audit.Entry::action)
                .containsExactlyInAnyOrder("connection.test.asked", "connection.test.ended");
    }

    @Test
    void aWrongHostKeyAndAClosedPortAreNamed() throws Exception {
        var host = api.connection("demo-host");
        var ssh = Objects.requireNonNull(host.ssh());
        int closed;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closed = socket.getLocalPort();
        }
        try (var other = Sshd.start()) {
            // the key of another machine, as if somebody had taken the target's place
            var words = Files.readString(other.folder().resolve("host.pub")).split(" ", -1);
            var wrong = new Ssh(
                    ssh.host(),
                    ssh.port(),
                    ssh.user(),
                    ssh.password(),
                    ssh.privateKey(),
                    List.of(words[0] + " " + words[1]),
                    null,
                    null);
            with(
                    like(host, "taken-over", wrong, null),
                    made -> failed(test(made.name()), "host key", "not the one of this connection: SHA256:"));
        }
        var nowhere = new Ssh(
                ssh.host(),
                closed,
                ssh.user(),
                ssh.password(),
                ssh.privateKey(),
                ssh.hostKeys(),
                ssh.knownHosts(),
                null);
        with(
                like(host, "closed-ssh", nowhere, null),
                made -> failed(test(made.name()), "address", "refused the connection"));
        with(
                like(host, "closed-tcp", null, new Tcp("127.0.0.1", closed)),
                made -> failed(test(made.id()), "address", "refused the connection"));
    }
}
