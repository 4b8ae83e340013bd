package dev.sallyport.cli.declared;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.api.Connections.Ssh;
import dev.sallyport.cli.TestingApi;
import dev.sallyport.cli.TestingSally;
import dev.sallyport.cli.TestingSally.Ran;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is drafted of other programs' files is what `apply` takes.
class ImportTest {

    private static final String KEY =
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBv0vQV6zrkLwNYJkqGC1bmHUcFUmLWEGNVJpkVMKyhf";

    @TempDir
    private Path folder;

    private Path ssh;
    private TestingSally sally;

    @BeforeEach
    void start() throws IOException {
        sally = new TestingSally(folder);
        ssh = Files.createDirectories(folder.resolve("home/.ssh"));
    }

    private Ran ran(String... arguments) {
        var ran = sally.run(arguments);
        assertThat(ran.code()).as(ran.err()).isZero();
        return ran;
    }

    private Ran sshConfig(String text, String... options) throws IOException {
        Files.writeString(ssh.resolve("config"), text);
        var arguments = new ArrayList<>(List.of("import", "ssh-config", "--agent", "office"));
        arguments.addAll(List.of(options));
        return ran(arguments.toArray(new String[0]));
    }

    /// What `apply` makes of a draft.
    private Tenant applied(Ran draft) throws IOException {
        try (var api = new TestingApi()) {
            var tenant = new Tenant(api);
            var ran = TestingSally.with(folder, api).stdin(draft.out()).run("apply", "-f", "-", "--yes");
            assertThat(ran.code()).as("%s%n%s", ran.err(), draft.out()).isZero();
            return tenant;
        }
    }

    @Test
    void hostsBecomeConnectionsByTheFirstValueThatFits() throws Exception {
        Files.writeString(ssh.resolve("known_hosts"), """
                10.0.0.5,web %s
                @revoked 10.0.0.5 ssh-ed25519 AAAArevoked
                [10.0.0.6]:2222 %s
                """.formatted(KEY, KEY));
        var draft = sshConfig("""
                # a comment
                Host web-1 web-alias
                    HostName=10.0.0.5
                Host Web_2 !nothing
                    HostName 10.0.0.6
                    Port 2222
                    User "root"
                    ProxyJump bastion
                Host *.internal db?
                    User dba
                Match exec "true"
                    HostName evil
                    User evil
                Host db1
                Host *
                    User deploy
                    HostName late
                    ForwardAgent no
                """);
        assertThat(draft.out()).contains("# not carried over: proxyjump bastion: the agent has to reach the host");
        assertThat(draft.err())
                .contains("Host *.internal", "Match exec", "4 connections carried over", "web_2: was called Web_2")
                .contains("db1: no key of this host")
                .doesNotContain("forwardagent", "nothing");
        var connections = applied(draft).connections;
        assertThat(connections.stream().map(one -> one.name()).toList())
                .containsExactly("web-1", "web-alias", "web_2", "db1");
        var web = Objects.requireNonNull(connections.getFirst().ssh());
        assertThat(web.host()).isEqualTo("10.0.0.5");
        assertThat(web.user()).isEqualTo("deploy");
        assertThat(web.hostKeys()).containsExactly(KEY);
        assertThat(web.privateKey()).isEqualTo("file:/etc/sallyport/secrets/web-1");
        var second = Objects.requireNonNull(connections.get(2).ssh());
        assertThat(second.user() + "@" + second.host() + ":" + second.port()).isEqualTo("root@10.0.0.6:2222");
        assertThat(second.hostKeys()).containsExactly(KEY);
        var third = Objects.requireNonNull(connections.get(3).ssh());
        assertThat(third.user()).as("a pattern before it says so").isEqualTo("dba");
        assertThat(third.host()).as("what Match says does not count").isEqualTo("late");
        assertThat(third.knownHosts()).isEqualTo("/etc/sallyport/known_hosts");
    }

    @Test
    void aHashedNameInKnownHostsIsFound() throws Exception {
        var salt = new byte[20];
        var mac = Mac.getInstance("HmacSHA1");
        mac.init(new SecretKeySpec(salt, "HmacSHA1"));
        var base64 = Base64.getEncoder();
        var hash = base64.encodeToString(mac.doFinal("web".getBytes(StandardCharsets.UTF_8)));
        Files.writeString(
                ssh.resolve("known_hosts"),
                "|1|" + base64.encodeToString(salt) + "|" + hash + " " + KEY + "\n|1|x|y a b\n");
        var draft = sshConfig("Host web\n", "--user", "deploy", "--private-key", "env:KEY");
        assertThat(applied(draft).connections.getFirst().ssh())
                .isEqualTo(new Ssh("web", 22, "deploy", null, "env:KEY", List.of(KEY), null, List.of()));
    }

    @Test
    void includedFilesAreReadWithinBounds() throws Exception {
        Files.createDirectories(ssh.resolve("more"));
        Files.writeString(ssh.resolve("more/a.conf"), "User inside\nHost a\n  HostName 10.0.0.1\n");
        var draft = sshConfig("""
                Host x
                  Include more/*.conf
                  Port 23
                Include nowhere/*
                Host *
                  User other
                """);
        var connections = applied(draft).connections;
        var x = Objects.requireNonNull(connections.getFirst().ssh());
        assertThat(x.user() + " " + x.port()).isEqualTo("inside 23");
        var a = Objects.requireNonNull(connections.get(1).ssh());
        assertThat(a.user() + " " + a.host())
                .as("within a Host, Include counts for that one")
                .isEqualTo("other a");

        Files.writeString(ssh.resolve("config"), "Include config\n");
        var endless = sally.run("import", "ssh-config", "--agent", "office");
        assertThat(endless.code()).isEqualTo(1);
        assertThat(endless.err()).contains("Include leads to more than 100 files, or deeper than 16");
    }

    @Test
    void whatStandsInAFileStaysTextInTheDraft() throws Exception {
        var draft = sshConfig("""
                Host "evil: {a: b}"
                  HostName "h\\", password: \u001b[31mx
                  User yes
                  RemoteCommand \u001b]0;x\u0007
                """);
        assertThat(draft.out()).doesNotContain("\u001b");
        assertThat(draft.err()).doesNotContain("\u001b");
        var ssh = Objects.requireNonNull(applied(draft).connections.getFirst().ssh());
        assertThat(ssh.user()).isEqualTo("yes");
        assertThat(ssh.password()).isNull();
        assertThat(Draft.quoted("\u2028\ud83d\ude00\"\\ #'")).isEqualTo("\"\\u2028\ud83d\ude00\\\"\\\\ #'\"");
    }

    private static final String HOOP = """
            agent: Default
            type: application/ssh
            overwrite: true
            tags: {env: prod, team: platform}
            access_modes: [connect]
            reviewers: [sre]
            connections:
              - name: Bastion
                env: {HOST: 10.0.1.1, USER: root, PASS: hunter2, AUTHORIZED_SERVER_KEYS: _vaultkv2:kv/data/a:key}
                tags: {team: data}
              - name: redis
                type: application/tcp
                agent: other
                env: {HOST: 10.0.1.2, PORT: "6379", EXTRA: x}
              - name: rails
                type: custom
                command: [bash, -l]
                env:
                  HOST: 10.0.1.3
                  API: aHVudGVyMg
                  SECOND: base64://aHVudGVyMw==
                  OWN: system.agent.envs
                  FILED: file:///home/admin/secret
              - name: users-db
                type: database/postgres
                env: {HOST: h, USER: u, PASS: hunter4}
            """;

    private Ran hoop(String... options) throws IOException {
        Files.writeString(folder.resolve("connections.yaml"), HOOP);
        var arguments = new ArrayList<>(List.of("import", "hoop", "connections.yaml"));
        arguments.addAll(List.of(options));
        return ran(arguments.toArray(new String[0]));
    }

    @Test
    void aConnectionsFileOfHoopIsCarriedOverWithoutItsSecrets() throws Exception {
        var draft = hoop("--run-as", "app");
        assertThat(draft.err())
                .contains("not carried over: users-db: there is no connection of the type database/postgres here yet")
                .contains("not carried over: access_modes connect", "reviewers, which is not known here")
                .contains("redis: not carried over: the variable EXTRA", "3 connections carried over");
        assertThat(draft.out() + draft.err())
                .as("values that may be secret stay where they are")
                .doesNotContain("hunter", "aHVudGVy");
        var tenant = applied(draft);
        assertThat(tenant.agents.stream().map(one -> one.name())).containsExactly("default", "other");
        var bastion = tenant.connections.getFirst();
        assertThat(bastion.name()).isEqualTo("bastion");
        assertThat(bastion.tags()).isEqualTo(Map.of("env", "prod", "team", "data"));
        assertThat(Objects.requireNonNull(bastion.ssh()).password())
                .isEqualTo("file:/etc/sallyport/secrets/bastion/PASS");
        var redis = Objects.requireNonNull(tenant.connections.get(1).tcp());
        assertThat(redis.host() + ":" + redis.port()).isEqualTo("10.0.1.2:6379");
        var rails = Objects.requireNonNull(tenant.connections.get(2).custom());
        assertThat(rails.entrypoint()).containsExactly("bash", "-l");
        assertThat(rails.runAs()).isEqualTo("app");
        assertThat(rails.environment())
                .containsEntry("HOST", "text:10.0.1.3")
                .containsEntry("OWN", "env:OWN")
                .containsEntry("API", "file:/etc/sallyport/secrets/rails/API");
    }

    @Test
    void withSecretsAreWrittenToBeSealed() throws Exception {
        var draft = hoop("--with-secrets", "--agent", "mine");
        assertThat(draft.out()).contains("seal:hunter2", "seal:hunter3", "seal:aHVudGVyMg");
        assertThat(draft.err()).as("stderr may be in a log").doesNotContain("hunter");
        var tenant = applied(draft);
        assertThat(tenant.agents.stream().map(one -> one.name())).containsExactly("mine");
        assertThat(Objects.requireNonNull(tenant.connections.get(2).custom()).environment())
                .containsEntry("FILED", "file:/etc/sallyport/secrets/rails/FILED");
    }

    @Test
    void everyCutOfAFileIsReadOrRefusedWithASentence() throws Exception {
        for (int i = 0; i < HOOP.length(); i += 5) {
            Files.writeString(folder.resolve("cut.yaml"), HOOP.substring(0, i));
            assertThat(sally.run("import", "hoop", "cut.yaml").err()).doesNotContain("mistake of this program");
        }
        assertThat(sally.run("import", "hoop", "missing.yaml").code()).isEqualTo(1);
    }
}
