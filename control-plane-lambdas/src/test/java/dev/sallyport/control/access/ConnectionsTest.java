package dev.sallyport.control.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.api.Agents;
import dev.sallyport.api.Connections;
import dev.sallyport.api.Connections.ConnectionWrite;
import dev.sallyport.api.Connections.Custom;
import dev.sallyport.api.Connections.Database;
import dev.sallyport.api.Connections.Ssh;
import dev.sallyport.api.Connections.Tcp;
import dev.sallyport.api.Problem;
import dev.sallyport.control.Bed;
import dev.sallyport.control.Filled;
import dev.sallyport.core.agent.AgentKey;
import dev.sallyport.core.connection.ConnectionName;
import dev.sallyport.core.connection.TargetSettings;
import dev.sallyport.core.edge.Attachment;
import dev.sallyport.core.id.AgentId;
import dev.sallyport.core.id.AgentInstanceId;
import dev.sallyport.core.id.EdgeId;
import dev.sallyport.core.secret.Sealing;
import dev.sallyport.core.secret.Secret;
import dev.sallyport.core.secret.SecretReference;
import dev.sallyport.core.tenant.TenantKey;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class ConnectionsTest {

    private final Bed bed = new Bed();
    private final Filled acme = new Filled(bed, "acme");

    @Test
    void aConnectionIsSignedByTheTenantsKeyAsItIsWritten() throws Exception {
        var stored = bed.store
                .connections()
                .byName(acme.id(), new ConnectionName("bash"))
                .orElseThrow();

        var definition =
                stored.signed().verify(TenantKey.parse(acme.tenant.tenant().publicKey()));

        assertThat(definition.version()).isEqualTo(1);
        assertThat(definition.target()).isInstanceOf(TargetSettings.Custom.class);
    }

    @Test
    void whatIsWrittenIsWhatIsShownAndEachChangeRaisesTheVersion() {
        var write = connection(
                "web",
                "ssh",
                null,
                new Ssh(
                        "10.0.0.5",
                        null,
                        "deploy",
                        null,
                        "file:/etc/keys/web",
                        List.of("ssh-ed25519 AAAA"),
                        null,
                        List.of("127.0.0.1:80")),
                null);
        var made = bed.post(acme.admin, "/v1/connections", write).as(Connections.Connection.class);
        assertThat(made.version()).isEqualTo(1);
        assertThat(made.ssh()).isNotNull().satisfies(ssh -> {
            assertThat(ssh.port()).isEqualTo(22);
            assertThat(ssh.privateKey()).isEqualTo("file:/etc/keys/web");
        });
        assertThat(made.idleSeconds()).isEqualTo(3_600);
        assertThat(made.recording()).isEqualTo("required");
        assertThat(bed.get(acme.auditor, "/v1/connections/web").as(Connections.Connection.class))
                .isEqualTo(made);

        var changed = bed.put(acme.admin, "/v1/connections/web", write).as(Connections.Connection.class);
        assertThat(changed.version()).isEqualTo(2);
        assertThat(changed.id()).isEqualTo(made.id());

        assertThat(bed.delete(acme.admin, "/v1/connections/" + made.id()).status())
                .isEqualTo(204);
        assertThat(bed.get(acme.admin, "/v1/connections/web").status()).isEqualTo(404);
        assertThat(bed.audit(acme.id()).stream().filter(entry -> entry.object().equals(made.id())))
                .extracting(entry -> entry.action())
                .containsExactly("connection.deleted", "connection.updated", "connection.created");
    }

    @Test
    void everyFieldThatIsWrongIsNamed() {
        assertThat(fields(new ConnectionWrite(
                        "No Name",
                        "nobody",
                        "custom",
                        new Custom(List.of(), "", "maybe", null, Map.of("A B", "env:X", "OK", "no scheme"), null, null),
                        null,
                        null,
                        "sometimes",
                        "some",
                        null,
                        -1L,
                        0L,
                        null,
                        List.of("LD PRELOAD"))))
                .containsExactlyInAnyOrder(
                        "name",
                        "agent",
                        "custom.entrypoint",
                        "recording",
                        "recording_level",
                        "idle_seconds",
                        "longest_seconds",
                        "accept_environment[0]");
        assertThat(fields(connection(
                        "x",
                        "custom",
                        new Custom(List.of("sh"), null, "maybe", null, Map.of("A B", "env:X"), null, null),
                        null,
                        null)))
                .containsExactlyInAnyOrder("custom.command", "custom.environment");
        assertThat(fields(connection("x", "custom", null, null, null))).containsExactly("custom");
        assertThat(fields(connection("x", "custom", null, null, new Tcp("h", 1))))
                .containsExactlyInAnyOrder("tcp", "custom");
        assertThat(fields(connection("x", "tcp", null, null, new Tcp(null, null))))
                .containsExactlyInAnyOrder("tcp.host", "tcp.port");
        assertThat(fields(connection("x", "tcp", null, null, new Tcp("-h", 70_000))))
                .containsExactly("tcp.port");
        assertThat(fields(connection("x", "tcp", null, null, new Tcp("-h", 70))))
                .containsExactly("tcp");
        assertThat(fields(connection("x", "oracle", null, null, null))).containsExactly("type");
        assertThat(fields(connection("x", "postgres", null, null, null))).containsExactly("postgres");
        assertThat(fields(connection("x", "mysql", null, null, null))).containsExactly("mysql");
        assertThat(fields(connection("x", null, null, null, null))).containsExactly("type");
    }

    @Test
    void anSshConnectionPinsItsHostKey() {
        var write = connection("x", "ssh", null, new Ssh("h", 22, "u", null, null, null, null, null), null);

        assertThat(fields(write)).containsExactly("ssh");
    }

    @Test
    void aPlainPasswordIsRefusedAndNotRepeated() {
        for (var password : List.of("hunter2", "text:hunter2")) {
            var reply = bed.post(
                    acme.admin,
                    "/v1/connections",
                    connection(
                            "x",
                            "ssh",
                            null,
                            new Ssh("h", 22, "u", password, null, List.of("ssh-ed25519 AAAA"), null, null),
                            null));
            assertThat(reply.wrongFields()).containsExactly("ssh.password");
            assertThat(reply.text()).doesNotContain("hunter2");
        }
    }

    @Test
    void aValueToBeSealedIsKeptSealedToTheAgentsKeyOnly() throws Exception {
        var write = connection(
                "sealed",
                "ssh",
                null,
                new Ssh("h", 22, "u", "seal:hunter2", null, List.of("ssh-ed25519 AAAA"), null, null),
                null);
        assertThat(fields(write)).containsExactly("ssh.password");

        var pair = Sealing.newKey();
        attach(Sealing.text(pair.getPublic()));
        var reply = bed.post(acme.admin, "/v1/connections", write);

        assertThat(reply.text()).doesNotContain("hunter2");
        var ssh = reply.as(Connections.Connection.class).ssh();
        assertThat(ssh).isNotNull().satisfies(shown -> {
            var reference = SecretReference.parse(String.valueOf(shown.password()));
            assertThat(reference.scheme()).isEqualTo("sealed");
            assertThat(Sealing.open(reference.rest(), pair)).contains(Secret.of("hunter2"));
        });
        assertThat(bed.audit(acme.id()).toString()).doesNotContain("hunter2");

        attach(Sealing.text(Sealing.newKey().getPublic()));
        var later = bed.put(acme.admin, "/v1/connections/sealed", write)
                .as(Connections.Connection.class)
                .ssh();
        assertThat(later).isNotNull().satisfies(shown -> {
            var reference = SecretReference.parse(String.valueOf(shown.password()));
            assertThat(Sealing.open(reference.rest(), pair))
                    .as("a key told later does not take the first one's place")
                    .contains(Secret.of("hunter2"));
        });
    }

    private void attach(String sealingKey) {
        bed.store
                .attachments()
                .attached(new Attachment(
                        acme.id(),
                        new AgentId(acme.agent.agent().id()),
                        AgentInstanceId.next(bed.clock),
                        EdgeId.next(bed.clock),
                        "0.1.0",
                        "host",
                        "192.0.2.8",
                        Optional.of(sealingKey),
                        Set.of("custom"),
                        bed.clock.instant()));
    }

    @Test
    void aMemberSeesWhatItsUserMayUseWithoutItsSettings() {
        var seen = bed.get(acme.alicesKey, "/v1/connections")
                .as(Connections.Page.class)
                .items();
        assertThat(seen).singleElement().satisfies(connection -> {
            assertThat(connection.name()).isEqualTo("bash");
            assertThat(connection.modes()).containsExactly("connect", "exec");
            assertThat(connection.agent()).isNull();
            assertThat(connection.custom()).isNull();
        });
        assertThat(bed.get(acme.bobsKey, "/v1/connections")
                        .as(Connections.Page.class)
                        .items())
                .isEmpty();
        assertThat(bed.get(acme.bobsKey, "/v1/connections/bash").text())
                .isEqualTo(bed.get(acme.bobsKey, "/v1/connections/nowhere").text());
    }

    @Test
    void anAgentsKeyIsSignedShownOnceRotatedAndRevoked() throws Exception {
        var key = AgentKey.parse(String.valueOf(acme.agent.key()));
        var tenantKey = TenantKey.parse(acme.tenant.tenant().publicKey());
        assertThat(key.token().signedBy(tenantKey)).isTrue();
        assertThat(key.token().tenant()).isEqualTo(acme.id());
        assertThat(key.port()).isEqualTo(8010);
        assertThat(bed.get(acme.admin, "/v1/agents/first").text())
                .doesNotContain(key.token().text());

        var rotated = bed.post(acme.admin, "/v1/agents/first/rotate-key", "").as(Agents.KeyedAgent.class);
        assertThat(rotated.agent().keys()).isEqualTo(2);
        var agent = bed.store
                .agents()
                .get(acme.id(), new AgentId(rotated.agent().id()))
                .orElseThrow();
        assertThat(agent.accepts(key.token().hash(), bed.clock.instant())).isTrue();
        assertThat(agent.accepts(
                        AgentKey.parse(String.valueOf(rotated.key())).token().hash(), bed.clock.instant()))
                .isTrue();

        assertThat(bed.post(acme.admin, "/v1/agents/first/revoke", "")
                        .as(Agents.Agent.class)
                        .keys())
                .isZero();
        assertThat(bed.delete(acme.admin, "/v1/agents/first").problem().is(Problem.Type.CONFLICT))
                .isTrue();
    }

    @Test
    void aDefinitionThatWouldBeTooLargeIsRefused() {
        var environment = new TreeMap<String, String>();
        for (int i = 0; i < 60; i++) {
            environment.put("V" + i, "text:" + "ü".repeat(2_000));
        }
        var write = connection(
                "x", "custom", new Custom(List.of("sh"), null, null, null, environment, null, null), null, null);

        assertThat(fields(write)).containsExactly("connection");
    }

    private List<String> fields(ConnectionWrite write) {
        return bed.post(acme.admin, "/v1/connections", write).wrongFields();
    }

    private static ConnectionWrite connection(
            String name, @Nullable String type, @Nullable Custom custom, @Nullable Ssh ssh, @Nullable Tcp tcp) {
        return new ConnectionWrite(name, "first", type, custom, ssh, tcp, null, null, null, null, null, null, null);
    }

    private static ConnectionWrite database(Database database) {
        return database("postgres", database, null);
    }

    private static ConnectionWrite database(String type, @Nullable Database postgres, @Nullable Database mysql) {
        return new ConnectionWrite(
                "shop", "first", type, null, null, null, postgres, mysql, null, null, null, null, null, null, null,
                null);
    }

    @Test
    void aDatabaseIsShownAsItWasWrittenWithItsDefaults() throws Exception {
        var written = new Database(
                "db",
                null,
                "app",
                "env:PASSWORD",
                "shop",
                List.of("shop_*"),
                null,
                null,
                null,
                null,
                null,
                null,
                List.of("safe-writes"),
                "rule x\n  block\n  when every row");
        var made = bed.post(acme.admin, "/v1/connections", database(written)).as(Connections.Connection.class);
        assertThat(made.postgres())
                .isEqualTo(new Database(
                        "db",
                        5_432,
                        "app",
                        "env:PASSWORD",
                        "shop",
                        List.of("shop_*"),
                        "verify-full",
                        null,
                        null,
                        null,
                        "default",
                        null,
                        List.of("safe-writes"),
                        "rule x\n  block\n  when every row"));
    }

    @Test
    void whatIsWrongWithADatabaseIsNamed() throws Exception {
        assertThat(fields(database(new Database(
                        null,
                        0,
                        null,
                        "text:x",
                        null,
                        null,
                        "maybe",
                        null,
                        null,
                        null,
                        "some",
                        null,
                        List.of("strict"),
                        "rule"))))
                .containsExactlyInAnyOrder(
                        "postgres.host",
                        "postgres.port",
                        "postgres.user",
                        "postgres.password",
                        "postgres.tls",
                        "postgres.masking",
                        "postgres.guardrails",
                        "postgres.rules");
        assertThat(fields(database(new Database("h", null, "u", null, null, null, null, null, "PEM", null, null))))
                .as("no certificate")
                .containsExactly("postgres.certificate");
        assertThat(fields(database(new Database("h", null, "u", null, null, null, null, null, null, "env:KEY", null))))
                .as("a key without its certificate")
                .containsExactly("postgres");
        var reads = new Database("h", null, "u", null, null, null, null, null, null, null, null, true, null, null);
        assertThat(fields(database(reads))).as("a file of the client's").containsExactly("postgres.local_infile");
        assertThat(fields(database("mysql", reads, null)))
                .as("another protocol's part")
                .containsExactlyInAnyOrder("postgres", "mysql");
        assertThat(fields(database(
                        "mysql", null, new Database(null, 0, "u", null, null, null, "x", null, null, null, "y"))))
                .containsExactlyInAnyOrder("mysql.host", "mysql.port", "mysql.tls", "mysql.masking");
    }

    @Test
    void aMysqlServerIsADatabaseOfItsOwnKind() throws Exception {
        var written = new Database("db", null, "app", "env:PASSWORD", null, null, null, null, null, null, null);
        var made = bed.post(acme.admin, "/v1/connections", database("mysql", null, written))
                .as(Connections.Connection.class);
        assertThat(made.type()).isEqualTo("mysql");
        assertThat(made.postgres()).isNull();
        assertThat(made.mysql())
                .isEqualTo(new Database(
                        "db",
                        3_306,
                        "app",
                        "env:PASSWORD",
                        null,
                        List.of(),
                        "verify-full",
                        null,
                        null,
                        null,
                        "default",
                        false,
                        List.of(),
                        null));
    }
}
