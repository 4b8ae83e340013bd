package dev.sallyport.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.api.Agents;
import dev.sallyport.api.Connections;
import dev.sallyport.api.Connections.ConnectionWrite;
import dev.sallyport.api.Keys;
import dev.sallyport.api.SshServer;
import dev.sallyport.control.http.KeyAuthentication;
import dev.sallyport.core.agent.AgentKey;
import dev.sallyport.core.audit.Actor;
import dev.sallyport.core.audit.AuditEntry;
import dev.sallyport.core.id.AgentId;
import dev.sallyport.core.secret.Sealing;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What the audit log says of a change: who, from where, what stood there before; and never a secret.
final class AuditedChangesTest {

    private static final String PLAIN = "canary-plain-password";
    private static final String LITERAL = "canary-literal-value";

    private final Bed bed = new Bed();
    private final Filled acme = new Filled(bed, "acme");
    private final List<String> secrets = new ArrayList<>();

    @Test
    void aConnectionThatIsChangedOrDeletedSaysWhatStoodThere() {
        sealable();
        var made = bed.post(acme.admin, "/v1/connections", ssh("db", "old.internal", "seal:" + PLAIN))
                .as(Connections.Connection.class);
        var address = "/v1/connections/" + made.id();
        secrets.add(sealed(made));
        var after = bed.put(acme.admin, address, ssh("db", "new.internal", "seal:" + PLAIN))
                .as(Connections.Connection.class);
        secrets.add(sealed(after));
        bed.delete(acme.admin, address);

        assertThat(entry("connection.updated").details())
                .containsEntry("before.host", "old.internal")
                .containsEntry("before.password", "sealed:…")
                .doesNotContainKeys("before.name", "before.user", "before.port", "before.definition");
        assertThat(entry("connection.deleted").details())
                .containsEntry("before.host", "new.internal")
                .containsEntry("before.port", "2222")
                .containsEntry("before.password", "sealed:…")
                .containsEntry("before.privateKey", "file:/keys/id")
                .containsEntry("before.agent", acme.agent.agent().id());
        noSecretIsThere();
    }

    @Test
    void aLiteralThatIsChangedSaysThatItWasAndNotWhatItWas() {
        var made = bed.post(acme.admin, "/v1/connections", custom("text:" + LITERAL))
                .as(Connections.Connection.class);
        secrets.add(LITERAL);
        bed.put(acme.admin, "/v1/connections/" + made.id(), custom("text:" + LITERAL + "-2"))
                .as(Connections.Connection.class);

        assertThat(entry("connection.updated").details())
                .containsEntry("before.environment", "A=env:WHERE,B=text:…")
                .doesNotContainKey("before.entrypoint");
        noSecretIsThere();
    }

    @Test
    void anAgentSaysHowManyTokensItHadAndNoneOfThem() throws Exception {
        var agent = bed.post(acme.admin, "/v1/agents", new Agents.NewAgent("second", false))
                .as(Agents.KeyedAgent.class);
        remember(agent.key());
        var address = "/v1/agents/" + agent.agent().id();
        remember(bed.post(acme.admin, address + "/rotate-key", "")
                .as(Agents.KeyedAgent.class)
                .key());
        assertThat(entry("agent.token-rotated").details()).containsEntry("before.tokens", "1");
        bed.post(acme.admin, address + "/revoke", "").as(Agents.Agent.class);
        assertThat(entry("agent.tokens-revoked").details()).containsEntry("before.tokens", "2");
        bed.delete(acme.admin, address);

        assertThat(entry("agent.deleted").details())
                .containsEntry("before.name", "second")
                .containsEntry("before.disabled", "false")
                .containsEntry("before.tokens", "0");
        noSecretIsThere();
    }

    @Test
    void anApiKeyThatIsDeletedSaysWhatItWasAndNotItsHash() {
        var made = bed.post(
                        acme.admin,
                        "/v1/keys",
                        new Keys.NewKey("robot", "auditor", null, null, List.of("192.0.2.0/24")))
                .as(Keys.CreatedKey.class);
        secrets.add(made.secret());
        secrets.add(KeyAuthentication.hash(made.secret()));
        bed.delete(acme.admin, "/v1/keys/" + made.key().id());

        assertThat(entry("apikey.deleted").details())
                .containsEntry("before.name", "robot")
                .containsEntry("before.role", "AUDITOR")
                .containsEntry("before.networks", "192.0.2.0/24")
                .doesNotContainKey("before.sha256");
        noSecretIsThere();
    }

    @Test
    void theSshDoorSaysHowCertificatesNamedUsersBefore() {
        bed.put(acme.admin, "/v1/ssh-server", new SshServer.Apply(null, null, "key_id", "email", null, null))
                .as(SshServer.Configuration.class);
        bed.put(acme.admin, "/v1/ssh-server", new SshServer.Apply(null, null, "principal", null, null, null))
                .as(SshServer.Configuration.class);

        assertThat(entry("sshserver.applied").details())
                .containsEntry("before.from", "KEY_ID")
                .doesNotContainKeys("before.to", "before.cas", "before.pending");
        noSecretIsThere();
    }

    @Test
    void everyChangeThroughTheApiSaysWhoMadeItAndFromWhere() {
        bed.delete(acme.admin, "/v1/access-rules/" + acme.rule.id());
        bed.delete(acme.admin, "/v1/keys/" + acme.spareKey.id());
        bed.post(acme.alicesKey, "/v1/sessions/" + acme.session + "/kill", "{}");
        bed.get(acme.auditor, "/v1/sessions/" + acme.session + "/recording");

        var made = bed.audit(acme.id()).stream()
                .filter(entry -> !entry.actor().equals(Actor.SYSTEM.id()))
                .filter(entry -> !entry.action().equals("session.started"))
                .toList();
        assertThat(made).hasSizeGreaterThan(12).allSatisfy(entry -> {
            assertThat(entry.source()).as(entry.action()).isEqualTo("192.0.2.7");
            assertThat(entry.actor()).as(entry.action()).matches("(usr|key)_[0-9a-z]{26}");
        });
        assertThat(entry("session.killed").actor()).isEqualTo(acme.alice.id());
    }

    private AuditEntry entry(String action) {
        return bed.audit(acme.id()).stream()
                .filter(entry -> entry.action().equals(action))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + action));
    }

    /// Of the newest 500 entries, which are all.
    private void noSecretIsThere() {
        secrets.add(PLAIN);
        secrets.add(acme.admin);
        secrets.add(KeyAuthentication.hash(acme.admin));
        var all = bed.audit(acme.id());
        assertThat(all).hasSizeLessThan(500);
        for (var secret : secrets) {
            assertThat(all)
                    .noneMatch(entry -> entry.toString().contains(secret)
                            || entry.details().values().stream().anyMatch(value -> value.contains(secret)));
        }
    }

    private void remember(@Nullable String agentKey) throws Exception {
        assertThat(agentKey).isNotNull();
        if (agentKey == null) {
            return;
        }
        secrets.add(agentKey);
        var token = AgentKey.parse(agentKey).token();
        secrets.add(token.text());
        secrets.add(token.hash());
    }

    private static String sealed(Connections.Connection connection) {
        var ssh = connection.ssh();
        assertThat(ssh).isNotNull();
        @Nullable String password = ssh == null ? null : ssh.password();
        assertThat(password).startsWith("sealed:");
        return password == null ? "" : password.substring("sealed:".length());
    }

    private void sealable() {
        bed.store
                .agents()
                .setSealingKey(
                        Actor.SYSTEM,
                        acme.id(),
                        new AgentId(acme.agent.agent().id()),
                        Sealing.text(Sealing.newKey().getPublic()))
                .orThrow();
    }

    private static ConnectionWrite ssh(String name, String host, String password) {
        return new ConnectionWrite(
                name,
                "first",
                "ssh",
                null,
                new Connections.Ssh(host, 2222, "root", password, "file:/keys/id", null, "/etc/ssh/known", null),
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null);
    }

    private static ConnectionWrite custom(String literal) {
        return new ConnectionWrite(
                "literal",
                "first",
                "custom",
                new Connections.Custom(
                        List.of("/bin/cat"), null, null, null, Map.of("A", "env:WHERE", "B", literal), null, null),
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null);
    }
}
