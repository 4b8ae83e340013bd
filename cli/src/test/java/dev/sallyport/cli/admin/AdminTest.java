package dev.sallyport.cli.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.api.Agents;
import dev.sallyport.api.ApiJson;
import dev.sallyport.api.Cas;
import dev.sallyport.api.Connections;
import dev.sallyport.api.Connections.Connection;
import dev.sallyport.api.Connections.ConnectionWrite;
import dev.sallyport.api.Connections.Custom;
import dev.sallyport.api.Keys;
import dev.sallyport.api.Rules.RuleWrite;
import dev.sallyport.api.Rules.Window;
import dev.sallyport.api.ServiceAccounts;
import dev.sallyport.api.SshServer;
import dev.sallyport.api.SshServer.Apply;
import dev.sallyport.api.Users;
import dev.sallyport.api.Users.UserWrite;
import dev.sallyport.cli.TestingApi;
import dev.sallyport.cli.TestingSally;
import dev.sallyport.cli.output.Moment;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdminTest {

    private static final Users.User ALICE =
            new Users.User("usr_1", "alice@example.com", "sub-1", "Alice", List.of("engineers", "oncall"), "active", 3);

    @TempDir
    private Path folder;

    private TestingApi api;
    private TestingSally sally;

    @BeforeEach
    void start() throws IOException {
        api = new TestingApi();
        sally = TestingSally.with(folder, api);
    }

    @AfterEach
    void stop() {
        api.close();
    }

    private <T> T sent(String method, Class<T> type) throws ApiJson.NotReadable {
        return ApiJson.readStrictly(type, api.last(method).body().getBytes(StandardCharsets.UTF_8));
    }

    private void ok(String... arguments) {
        var ran = sally.run(arguments);
        assertThat(ran.code()).as(ran.err()).isZero();
    }

    @Test
    void aUserIsChangedWhereSaidAndStaysAsItIsElsewhere() throws Exception {
        api.on("GET /v1/users/alice%40example.com", ALICE).on("PUT /v1/users/usr_1", ALICE);
        ok("admin", "users", "update", "alice@example.com", "--remove-group", "oncall", "--add-group", "dba");
        assertThat(sent("PUT", UserWrite.class))
                .isEqualTo(new UserWrite("alice@example.com", "sub-1", "Alice", List.of("engineers", "dba"), "active"));
    }

    @Test
    void anUpdateThatSaysNothingIsAUsageErrorAndAsksNothing() {
        for (var noun : List.of("users", "rules", "connections")) {
            assertThat(sally.run("admin", noun, "update", "x").code()).isEqualTo(2);
        }
        assertThat(sally.run("admin", "sshserver", "apply").code()).isEqualTo(2);
        assertThat(api.requests()).isEmpty();
    }

    private static Connection connection(Custom custom) {
        return new Connection(
                "con_1",
                "bash",
                "custom",
                "agt_1",
                custom,
                null,
                null,
                null,
                null,
                "required",
                null,
                true,
                900,
                86_400,
                Map.of("team", "web"),
                List.of("LANG"),
                null,
                5,
                90,
                java.util.List.of(),
                600);
    }

    @Test
    void aCustomConnectionIsMadeOfItsFlagsAndWhatFollows() throws Exception {
        var custom =
                new Custom(List.of("/bin/bash", "-l"), "demo", "argument", null, Map.of("A", "text:b=c"), null, null);
        api.on("POST /v1/connections", connection(custom));
        ok(
                "admin",
                "connections",
                "create",
                "bash",
                "--type",
                "custom",
                "--agent",
                "office",
                "--run-as",
                "demo",
                "--command",
                "argument",
                "--env",
                "A=text:b=c",
                "--idle",
                "15m",
                "--tag",
                "team=web",
                "--",
                "/bin/bash",
                "-l");
        assertThat(sent("POST", ConnectionWrite.class))
                .isEqualTo(new ConnectionWrite(
                        "bash",
                        "office",
                        "custom",
                        custom,
                        null,
                        null,
                        null,
                        null,
                        null,
                        900L,
                        null,
                        Map.of("team", "web"),
                        null));
    }

    @Test
    void aConnectionKeepsWhatAnUpdateDoesNotName() throws Exception {
        var custom = new Custom(List.of("/bin/bash"), "demo", null, null, Map.of("P", "sealed:abc"), null, null);
        api.on("GET /v1/connections/bash", connection(custom)).on("PUT /v1/connections/con_1", connection(custom));
        ok("admin", "connections", "update", "bash", "--strict", "false", "--longest", "1h");
        assertThat(sent("PUT", ConnectionWrite.class))
                .isEqualTo(new ConnectionWrite(
                        "bash",
                        "agt_1",
                        "custom",
                        custom,
                        null,
                        null,
                        null,
                        null,
                        "required",
                        null,
                        false,
                        900L,
                        3_600L,
                        Map.of("team", "web"),
                        List.of("LANG"),
                        90L,
                        List.of(),
                        600L));
    }

    @Test
    void aRuleAllowsBothModesUnlessItSaysOtherwise() throws Exception {
        api.on(
                "POST /v1/access-rules",
                new dev.sallyport.api.Rules.Rule(
                        "rul_1",
                        "r",
                        "allow",
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        Map.of(),
                        List.of(),
                        List.of("192.0.2.0/24"),
                        List.of(new Window(List.of("mon", "tue"), "09:00", "18:00", "Europe/Berlin")),
                        1));
        ok("admin", "rules", "create", "r", "--group", "engineers", "--connection", "staging-*");
        assertThat(sent("POST", RuleWrite.class))
                .isEqualTo(new RuleWrite(
                        "r",
                        "allow",
                        List.of("engineers"),
                        List.of(),
                        List.of("staging-*"),
                        Map.of(),
                        List.of("connect", "exec")));
    }

    @Test
    void aServiceAccountIsMadeAndChangedAndMayHaveKeysAndRules() throws Exception {
        var account = new ServiceAccounts.ServiceAccount("svc_1", "deploy-bot", "s", List.of("a"), "active", 1);
        api.on("POST /v1/service-accounts", account);
        api.on("GET /v1/service-accounts/deploy-bot", account);
        api.on("PUT /v1/service-accounts/svc_1", account);
        ok("admin", "service-accounts", "create", "deploy-bot", "--group", "a");
        assertThat(sent("POST", ServiceAccounts.ServiceAccountWrite.class))
                .isEqualTo(new ServiceAccounts.ServiceAccountWrite("deploy-bot", null, List.of("a"), null));
        ok("admin", "service-accounts", "update", "deploy-bot", "--add-group", "b", "--status", "inactive");
        assertThat(sent("PUT", ServiceAccounts.ServiceAccountWrite.class))
                .isEqualTo(new ServiceAccounts.ServiceAccountWrite("deploy-bot", "s", List.of("a", "b"), "inactive"));

        api.on(
                "POST /v1/keys",
                new Keys.CreatedKey(
                        new Keys.Key(
                                "key_1",
                                "k",
                                "member",
                                null,
                                "svc_1",
                                Instant.EPOCH,
                                null,
                                null,
                                null,
                                List.of("connections:read")),
                        "secret"));
        ok("admin", "keys", "create", "k", "--role", "member", "--service-account", "deploy-bot");
        assertThat(sent("POST", Keys.NewKey.class))
                .isEqualTo(new Keys.NewKey("k", "member", null, "deploy-bot", null, null));
        ok("admin", "keys", "create", "k", "--role", "auditor", "--scope", "*:read", "--scope", "keys:write");
        assertThat(sent("POST", Keys.NewKey.class).scopes()).containsExactly("*:read", "keys:write");
    }

    @Test
    void aChangeOfARuleKeepsTheServiceAccountsThatItNames() throws Exception {
        var rule = new dev.sallyport.api.Rules.Rule(
                "rul_1",
                "r",
                "deny",
                List.of(),
                List.of(),
                List.of("svc_1"),
                List.of("*"),
                Map.of(),
                List.of("exec"),
                List.of(),
                List.of(),
                1);
        api.on("GET /v1/access-rules/rul_1", rule);
        api.on("PUT /v1/access-rules/rul_1", rule);
        ok("admin", "rules", "update", "rul_1", "--name", "other");
        assertThat(sent("PUT", RuleWrite.class).serviceAccounts()).containsExactly("svc_1");
        ok("admin", "rules", "update", "rul_1", "--service-account", "svc_2");
        assertThat(sent("PUT", RuleWrite.class).serviceAccounts()).containsExactly("svc_2");
    }

    @Test
    void aRuleMayCountInWindowsAndFromNetworksOnly() throws Exception {
        var rule = new dev.sallyport.api.Rules.Rule(
                "rul_1",
                "r",
                "allow",
                List.of("engineers"),
                List.of(),
                List.of("svc_1"),
                List.of("*"),
                Map.of(),
                List.of("exec"),
                List.of("192.0.2.0/24"),
                List.of(new Window(List.of("fri", "sat", "sun", "mon"), "22:00", "06:00", "UTC")),
                1);
        api.on("POST /v1/access-rules", rule);
        api.on("GET /v1/access-rules/rul_1", rule);
        api.on("PUT /v1/access-rules/rul_1", rule);
        var shown = sally.run(
                "admin",
                "rules",
                "create",
                "r",
                "--group",
                "engineers",
                "--connection",
                "*",
                "--from-network",
                "192.0.2.0/24",
                "--window",
                "fri-mon 22:00-06:00 UTC");
        assertThat(shown.out()).contains("192.0.2.0/24", "fri,sat,sun,mon 22:00-06:00 UTC");
        assertThat(sent("POST", RuleWrite.class).timeWindows()).isEqualTo(rule.timeWindows());
        assertThat(sent("POST", RuleWrite.class).sourceNetworks()).containsExactly("192.0.2.0/24");

        ok("admin", "rules", "update", "rul_1", "--name", "other");
        assertThat(sent("PUT", RuleWrite.class).timeWindows()).isEqualTo(rule.timeWindows());
        ok("admin", "rules", "update", "rul_1", "--window", "", "--from-network", "");
        assertThat(sent("PUT", RuleWrite.class).timeWindows()).isEmpty();
        assertThat(sent("PUT", RuleWrite.class).sourceNetworks()).isEmpty();

        for (var wrong : List.of("09:00-18:00", "mon-tue-wed 09:00-18:00 UTC", "noday 09:00-18:00 UTC", "9-18 UTC")) {
            var ran = sally.run("admin", "rules", "update", "rul_1", "--window", wrong);
            assertThat(ran.code()).as(wrong).isEqualTo(2);
            assertThat(ran.err()).contains("mon-fri 09:00-18:00 Europe/Berlin");
        }
    }

    @Test
    void anAgentsKeyIsShownOnceAndTheJsonHoldsNothingElse() {
        var agent = new Agents.Agent("agt_1", "office", "active", null, 1, 0, List.of(), null, 1);
        api.on("POST /v1/agents", new Agents.KeyedAgent(agent, "sallyport://edge:8010?token=t&pin=p", null));
        var ran = sally.run("admin", "agents", "create", "office", "--key", "-o", "json");
        assertThat(ran.out()).startsWith("{").contains("sallyport://edge:8010?token=t&pin=p");
        assertThat(ran.err()).contains("shown once", "SALLYPORT_KEY");
    }

    @Test
    void aNewAgentIsOneLineToRunOnItsMachine() throws Exception {
        var agent = new Agents.Agent("agt_1", "office", "active", null, 0, 0, List.of(), null, 1);
        var until = Instant.parse("2026-01-01T00:00:00Z");
        var join = new Agents.Join("sallyport+https://t:p@api", "sallyport-agent install --join LINE", until);
        api.on("POST /v1/agents", new Agents.KeyedAgent(agent, null, join));
        var ran = sally.run("admin", "agents", "create", "office");
        assertThat(sent("POST", Agents.NewAgent.class)).isEqualTo(new Agents.NewAgent("office", true));
        assertThat(ran.out()).contains("sallyport-agent install --join LINE\n");
        assertThat(ran.err()).contains("counts once, until " + Moment.local(until));

        api.on("POST /v1/agents/office/join", new Agents.KeyedAgent(agent, null, join));
        assertThat(sally.run("admin", "agents", "join", "office").out()).contains("install --join LINE");
    }

    @Test
    void applySendsWhatIsNamedAndNothingElse() throws Exception {
        api.on(
                "PUT /v1/ssh-server",
                new SshServer.Configuration(List.of(), List.of(), "principal", "email", null, null));
        Files.writeString(folder.resolve("host_key"), "-----BEGIN");
        ok(
                "admin",
                "sshserver",
                "apply",
                "--trusted-ca",
                "ssh-ed25519 AAAA ca 1\n",
                "--trusted-ca",
                "ssh-ed25519 BBBB",
                "--listen-address",
                "0.0.0.0:12222",
                "--user-attr",
                "email",
                "--cert-attr",
                "principal",
                "--hosts-key",
                "host_key");
        assertThat(sent("PUT", Apply.class))
                .isEqualTo(new Apply(
                        List.of("ssh-ed25519 AAAA ca 1", "ssh-ed25519 BBBB"),
                        null,
                        "principal",
                        "email",
                        "0.0.0.0:12222",
                        "-----BEGIN"));
    }

    @Test
    void aCaThatWaitsForItsProofIsShownWithTheLineToRun() throws Exception {
        var pending = new SshServer.PendingCa(
                "SHA256:x", "ssh-ed25519 AAAA", "nonce", "printf %s 'nonce' | ssh-keygen …", List.of("SHA256:old"));
        api.on(
                "PUT /v1/ssh-server",
                new SshServer.Configuration(List.of(), List.of(pending), "principal", "email", null, null));
        var ran = sally.run("admin", "sshserver", "apply", "--trusted-ca", "ssh-ed25519 AAAA");
        assertThat(ran.code()).isZero();
        assertThat(ran.out()).contains("not trusted yet", "none, so nobody can log in");
        assertThat(ran.err())
                .contains("sally admin sshserver apply --proof")
                .contains("\n  printf %s 'nonce' | ssh-keygen …\n");

        Files.writeString(folder.resolve("ca.proof"), "-----BEGIN SSH SIGNATURE-----\n");
        ok("admin", "sshserver", "apply", "--proof", "ca.proof");
        assertThat(sent("PUT", Apply.class))
                .isEqualTo(new Apply(null, List.of("-----BEGIN SSH SIGNATURE-----\n"), null, null, null, null));
    }

    private static final String CA_KEY =
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJrx/iDhiu2wGpif18SWvgqO41fqBpgAZbxCBoiqXWdd";
    private static final String CA_ID = "6il1IiVYUWrQR8BxOr8DZWVghwxTViQ1uyhrm6cDWps";

    @Test
    void aCaIsAddedProvenAndDeletedByItsFingerprint() throws Exception {
        var fingerprint = "SHA256:" + CA_ID;
        var until = Instant.parse("2026-01-01T00:00:00Z");
        var pending = new Cas.Ca(
                CA_ID,
                fingerprint,
                CA_KEY,
                "pending",
                "nonce",
                "printf %s 'nonce' | ssh-keygen …",
                until,
                List.of("old"));
        api.on("POST /v1/cas", pending).on("GET /v1/cas/" + CA_ID, pending);
        var added = sally.run("admin", "cas", "add", CA_KEY + " our ca\n");
        assertThat(sent("POST", Cas.NewCa.class).publicKey()).isEqualTo(CA_KEY + " our ca");
        assertThat(added.out()).contains("pending", "old");
        assertThat(added.err())
                .contains("sally admin cas add KEY --proof")
                .contains("\n  printf %s 'nonce' | ssh-keygen …\n");
        assertThat(sally.run("admin", "cas", "show", fingerprint).err()).contains("ssh-keygen …");

        Files.writeString(folder.resolve("ca.proof"), "-----BEGIN SSH SIGNATURE-----\n");
        api.on(
                "POST /v1/cas/" + CA_ID + "/proof",
                new Cas.Ca(CA_ID, fingerprint, CA_KEY, "trusted", null, null, null, null));
        var proven = sally.run("admin", "cas", "add", CA_KEY + " our ca", "--proof", "ca.proof");
        assertThat(sent("POST", Cas.Proof.class).proof()).isEqualTo("-----BEGIN SSH SIGNATURE-----\n");
        assertThat(proven.out()).contains("trusted");
        assertThat(proven.err()).isEmpty();
        assertThat(sally.run("admin", "cas", "add", "ssh-rsa", "--proof", "ca.proof")
                        .code())
                .isEqualTo(2);

        api.on("DELETE /v1/cas/" + CA_ID, new byte[0]).on("GET /v1/cas", new Cas.Page(List.of(pending), null));
        assertThat(sally.run("admin", "cas", "ls").out()).contains(fingerprint, "pending");
        ok("admin", "cas", "delete", fingerprint);
    }

    @Test
    void aFingerprintWithSignsOfBase64IsOnePartOfThePath() {
        sally.run("admin", "cas", "show", "SHA256:a+b/c");
        assertThat(api.last("GET").path()).isEqualTo("/v1/cas/a-b_c");
    }

    @Test
    void severalAreDeletedAndAMissingOneStopsIt() {
        api.on("DELETE /v1/users/a", new byte[0]);
        var ran = sally.run("admin", "users", "delete", "a", "b", "c");
        assertThat(ran.code()).isEqualTo(3);
        assertThat(ran.out()).isEqualTo("deleted a\n");
        assertThat(ran.err()).startsWith("sally: b: ");
        assertThat(api.requests()).hasSize(2);
    }

    @Test
    void aRevocationIsOfExactlyOneKind() {
        assertThat(sally.run("admin", "revocations", "create").code()).isEqualTo(2);
        assertThat(sally.run("admin", "revocations", "create", "--key-id", "a", "--user", "b")
                        .code())
                .isEqualTo(2);
        assertThat(sally.run("admin", "revocations", "create", "--serial", "7").code())
                .isEqualTo(2);
        assertThat(api.requests()).isEmpty();
    }

    @Test
    void secretsOfAConnectionAreShownAsTheApiGivesThem() {
        var custom = new Custom(List.of("/bin/bash"), null, null, null, Map.of("P", "env:PASSWORD"), null, null);
        api.on("GET /v1/connections", new Connections.Page(List.of(connection(custom)), null))
                .on("GET /v1/connections/bash", connection(custom));
        assertThat(sally.run("admin", "connections", "show", "bash").out())
                .contains("P=env:PASSWORD", "15 min", "team=web");
        assertThat(sally.run("admin", "connections", "ls").out()).contains("con_1", "bash");
    }
}
