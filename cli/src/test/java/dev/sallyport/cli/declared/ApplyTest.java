package dev.sallyport.cli.declared;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.api.Connections.Connection;
import dev.sallyport.api.Problem;
import dev.sallyport.api.Rules.Rule;
import dev.sallyport.cli.TestingApi;
import dev.sallyport.cli.TestingSally;
import dev.sallyport.cli.TestingSally.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApplyTest {

    private static final String CA =
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBv0vQV6zrkLwNYJkqGC1bmHUcFUmLWEGNVJpkVMKyhf ca@example";

    private static final String ALL = """
            agents:
              - name: office
            groups:
              - name: engineers
            users:
              - email: Alice@example.com
                groups: [engineers]
            connections:
              - name: web-1
                agent: office
                type: ssh
                ssh:
                  host: 10.0.0.5
                  user: deploy
                  private_key: "seal:the key itself"
                  known_hosts: /etc/sallyport/known_hosts
                tags: {env: yes, ticket: 010}
            rules:
              - name: engineers use the web
                groups: [engineers]
                users: [alice@example.com]
                connections: ['web-*']
              - name: nobody runs commands
                effect: deny
                groups: [engineers]
                connections: ['*']
                modes: [exec]
            """;

    @TempDir
    private Path folder;

    private TestingApi api;
    private Tenant tenant;
    private TestingSally sally;

    @BeforeEach
    void start() throws IOException {
        api = new TestingApi();
        tenant = new Tenant(api);
        sally = TestingSally.with(folder, api);
    }

    @AfterEach
    void stop() {
        api.close();
    }

    private Ran apply(String yaml, String... options) throws IOException {
        Files.writeString(folder.resolve("access.yaml"), yaml);
        var arguments = new ArrayList<>(List.of("apply", "-f", "access.yaml"));
        arguments.addAll(List.of(options));
        return sally.run(arguments.toArray(new String[0]));
    }

    private List<String> changes() {
        return api.requests().stream()
                .filter(request -> !request.method().equals("GET"))
                .map(request -> request.method() + " " + request.path())
                .toList();
    }

    @Test
    void whatIsDeclaredIsMadeInTheOrderThatNeedsItAndTwiceIsOnce() throws Exception {
        var ran = apply(ALL, "--yes");
        assertThat(ran.code()).as(ran.err()).isZero();
        assertThat(changes())
                .as("what denies comes before what allows, and before what is reached")
                .containsExactly(
                        "POST /v1/groups",
                        "POST /v1/agents",
                        "POST /v1/users",
                        "POST /v1/access-rules",
                        "POST /v1/connections",
                        "POST /v1/access-rules");
        assertThat(tenant.rules.getFirst().effect()).isEqualTo("deny");
        assertThat(tenant.connections.getFirst().tags())
                .as("what has no quotes is the text that stands there")
                .containsEntry("env", "yes")
                .containsEntry("ticket", "010");
        assertThat(ran.out())
                .contains(
                        "+ connection  web-1\n", "    ssh.host: 10.0.0.5\n", "6 to create, 0 to change, 0 to delete.\n")
                .contains("created agent office\n  run on its machine as root, once, until 2030-01-01T00:00:00Z:"
                        + " sallyport-agent install --join line-of-office\n")
                .contains("ssh.private_key: seal:…\n")
                .doesNotContain("the key itself", "idle_seconds");
        assertThat(tenant.connections.getFirst().agent()).isEqualTo("agt_2");

        var again = apply(ALL, "--yes");
        assertThat(again.code()).as(again.out()).isZero();
        assertThat(again.out()).isEmpty();
        assertThat(again.err())
                .contains(
                        "no difference",
                        "web-1: what is sealed already is not compared with the file: ssh.private_key");
        assertThat(changes()).hasSize(6);
        assertThat(apply(ALL, "--check").code()).isZero();
    }

    @Test
    void aDifferenceIsShownFieldByFieldAndCheckEndsWithTwoAndChangesNothing() throws Exception {
        assertThat(apply(ALL, "--yes").code()).isZero();
        int before = changes().size();
        var other =
                ALL.replace("10.0.0.5", "10.0.0.6").replace("env: yes, ", "").replace("modes: [exec]", "");
        var checked = apply(other, "--check");
        assertThat(checked.code()).isEqualTo(2);
        assertThat(checked.out())
                .contains("~ connection  web-1\n")
                .contains("    ssh.host: 10.0.0.5 → 10.0.0.6\n")
                .contains("    tags.env: yes → (none)\n")
                .contains("    modes: exec → connect, exec\n")
                .contains("0 to create, 2 to change, 0 to delete.")
                .doesNotContain("seal");
        assertThat(changes()).hasSize(before);

        assertThat(apply(other, "--yes").code()).isZero();
        assertThat(changes().subList(before, before + 2))
                .containsExactly("PUT /v1/access-rules/rul_4", "PUT /v1/connections/con_5");
        assertThat(api.last("PUT").ifMatch())
                .as("only what was shown is changed")
                .isPresent();
        assertThat(apply(other, "--check").code()).isZero();
    }

    @Test
    void aSealedValueIsWrittenAgainWhereThatIsAskedFor() throws Exception {
        assertThat(apply(ALL, "--yes").code()).isZero();
        var ran = apply(ALL.replace("the key itself", "another one"), "--reseal", "--yes");
        assertThat(ran.out()).contains("ssh.private_key: sealed:… → seal:…").doesNotContain("another one");
        assertThat(api.last("PUT").body()).contains("seal:another one");
    }

    @Test
    void whatNoFileNamesStaysUnlessPruneIsSaid() throws Exception {
        assertThat(apply(ALL, "--yes").code()).isZero();
        int before = changes().size();
        var less = """
                connections: []
                rules: []
                """;
        var kept = apply(less, "--yes");
        assertThat(kept.code()).isZero();
        assertThat(kept.err()).contains("web-1", "--prune deletes what no file names");
        assertThat(changes()).hasSize(before);
        var pruned = apply(less, "--prune", "--yes");
        assertThat(pruned.code()).as(pruned.err()).isZero();
        assertThat(pruned.out()).contains("- connection  web-1", "0 to create, 0 to change, 3 to delete.");
        assertThat(changes().subList(before, changes().size()))
                .as("who is allowed goes first, who is denied last; nouns that no file names stay")
                .containsExactly(
                        "DELETE /v1/access-rules/rul_6",
                        "DELETE /v1/connections/con_5",
                        "DELETE /v1/access-rules/rul_4");
        assertThat(tenant.agents).hasSize(1);
        assertThat(tenant.users).hasSize(1);
    }

    @Test
    void pruneNeitherDeletesWhoPrunesNorTakesAnAgentFromAConnection() throws Exception {
        tenant.user("me@example.com", List.of());
        var self = apply("users: []", "--prune", "--yes");
        assertThat(self.code()).isEqualTo(1);
        assertThat(self.err()).contains("me@example.com: is you");

        assertThat(apply(ALL, "--yes").code()).isZero();
        var agent = apply("agents: []", "--prune", "--yes");
        assertThat(agent.code()).isEqualTo(1);
        assertThat(agent.err()).contains("agent office: cannot be deleted while the connection web-1 uses it");
        assertThat(tenant.agents).hasSize(1);
    }

    @Test
    void aTrustedCaGoesOnlyWithPrune() throws Exception {
        var declared = "ssh_server:\n  trusted_cas:\n    - " + CA + "\n  cert_attr: principal\n";
        assertThat(apply(declared, "--yes").code()).isZero();
        assertThat(tenant.cas).hasSize(1);
        assertThat(apply(declared, "--check").code()).isZero();

        var none = "ssh_server: {trusted_cas: []}";
        assertThat(apply(none, "--check").code()).isZero();
        var pruned = apply(none, "--check", "--prune");
        assertThat(pruned.code()).isEqualTo(2);
        assertThat(pruned.out()).contains("~ ssh_server\n", "trusted_cas.SHA256:", "→ (none)");
    }

    @Test
    void everyMistakeIsToldWithItsLineAndNothingIsAskedOrChanged() throws Exception {
        var ran = apply("""
                connections:
                  - name: Web 1
                    agent: office
                    type: ssh
                    ssh:
                      host: 10.0.0.5
                      port: 70000
                      user: deploy
                      password: text:hunter2
                      known_hosts: /k
                      jump: bastion
                  - name: b
                    agent: office
                    type: tcp
                    tcp: {host: h, port: 1}
                    custom: {entrypoint: [/bin/sh], environment: {TOKEN: hunter2}}
                  - name: b
                    agent: office
                    type: tcp
                    tcp: {host: h, port: 1}
                rules:
                  - name: r
                    connections: ['*']
                conections: []
                """, "--yes");
        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.err())
                .contains("access.yaml:2: connections[0].name: ")
                .contains("access.yaml:7: connections[0].ssh.port: takes a number from 1 to 65535.")
                .contains("access.yaml:9: connections[0].ssh.password: is a secret")
                .contains("access.yaml:11: connections[0].ssh.jump: is not known here")
                .contains("access.yaml:16: connections[1].custom: does not belong")
                .contains("access.yaml:16: connections[1].custom.environment: a secret reference starts with a scheme")
                .contains("access.yaml:17: connections[2]: is declared already, at access.yaml:12.")
                .contains("access.yaml:22: rules[0].groups: is needed, or users")
                .contains("access.yaml:24: conections: is not known here")
                .contains("Nothing was changed.")
                .as("a secret that stands in the wrong place is not repeated")
                .doesNotContain("hunter2");
        assertThat(api.requests()).isEmpty();
    }

    @Test
    void whatRefersToNothingIsFoundBeforeAnythingIsChanged() throws Exception {
        var ran = apply("""
                connections:
                  - {name: a, agent: nowhere, type: tcp, tcp: {host: h, port: 1}}
                rules:
                  - {name: r, groups: [ghosts], users: [ghost@example.com], connections: ['*']}
                """, "--yes");
        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.err())
                .contains("connections[0].agent: there is no such agent")
                .contains("rules[0].groups: there is no group ghosts")
                .contains("rules[0].users: there is no user ghost@example.com");
        assertThat(changes()).isEmpty();
    }

    @Test
    void whatYamlCouldDoBesidesIsRefused() throws Exception {
        var deep = "[".repeat(100_000);
        for (var yaml : List.of(
                "agents: &a [{name: x}]\ngroups: *a\n",
                "agents: !!java.net.URL [http://localhost]",
                "groups: [{name: !!binary aGVsbG8=}]",
                "agents: [{name: x, name: y}]",
                "agents: " + deep,
                "agents: {a: 1",
                "agents: [\u0007]",
                "- agents",
                "? {a: b}\n: c\n",
                "agents: office",
                "agents: [office]",
                "connections: [{name: [a]}]",
                "\ufeff\u0000")) {
            var ran = apply(yaml, "--yes");
            assertThat(ran.code())
                    .as(yaml.substring(0, Math.min(40, yaml.length())))
                    .isEqualTo(1);
            assertThat(ran.err())
                    .contains("access.yaml", "Nothing was changed.")
                    .doesNotContain("mistake of this program");
        }
        assertThat(api.requests()).isEmpty();
    }

    @Test
    void everyCutOfAFileIsReadOrRefusedWithASentence() throws Exception {
        for (int i = 0; i < ALL.length(); i += 7) {
            var ran = apply(ALL.substring(0, i), "--check");
            assertThat(ran.err()).as(ALL.substring(0, i)).doesNotContain("mistake of this program");
        }
        assertThat(changes()).isEmpty();
    }

    @Test
    void jsonAndStdinAndAFolderOfFilesAreReadAsOne() throws Exception {
        var access = Files.createDirectories(folder.resolve("access"));
        Files.writeString(access.resolve("a.yaml"), "agents: [{name: office}]\n---\ngroups: [{name: engineers}]\n");
        Files.writeString(access.resolve("b.json"), """
                {"connections": [{"name": "redis", "agent": "office", "type": "tcp",
                \t"tcp": {"host": "10.0.0.9", "port": 6379}}]}""");
        Files.writeString(access.resolve(".hidden.yaml"), "nonsense");
        Files.writeString(access.resolve("README.md"), "nonsense");
        var ran = sally.run("apply", "-f", "access", "--yes");
        assertThat(ran.code()).as(ran.err()).isZero();
        assertThat(tenant.connections.stream().map(Connection::name)).containsExactly("redis");

        Files.writeString(access.resolve("c.yml"), "agents: [{name: office}]");
        assertThat(sally.run("apply", "-f", "access", "--yes").err())
                .contains("access/c.yml:1: agents[0]: is declared already, at access/a.yaml:1.");

        var stdin = sally.stdin("groups: [{name: oncall}]");
        assertThat(stdin.run("apply", "-f", "-").code()).isEqualTo(2);
        assertThat(stdin.run("apply", "-f", "-", "--yes").code()).isZero();
        assertThat(tenant.groups).hasSize(2);
    }

    @Test
    void whenAndFromWhereARuleCountsIsPartOfIt() throws Exception {
        tenant.group("engineers");
        var rule = """
                rules:
                  - name: office hours
                    groups: [engineers]
                    connections: ['*']
                    source_networks: [192.0.2.0/24]
                    time_windows:
                      - {days: [tue, mon], from: "09:00", to: 18:00, zone: Europe/Berlin}
                """;
        var ran = apply(rule, "--yes");
        assertThat(ran.code()).as(ran.err()).isZero();
        assertThat(ran.out()).contains("source_networks: 192.0.2.0/24", "'mon,tue 09:00-18:00 Europe/Berlin'");
        assertThat(apply(rule, "--check").code()).isZero();
        assertThat(apply(rule.replace("tue, mon", "mon, tue"), "--check").code())
                .isZero();
        assertThat(apply(rule.replace("192.0.2.0/24", ""), "--check").out())
                .contains("source_networks: 192.0.2.0/24 → (none)");
        assertThat(apply(
                                rule.replace("mon", "monday")
                                        .replace("18:00", "24:00")
                                        .replace("/Berlin", "/Nowhere")
                                        .replace("2.0/24", "2.0/99"),
                                "--check")
                        .err())
                .contains("rules[0].time_windows[0].days: takes mon,", "time_windows[0].to: is a time of the day")
                .contains("time_windows[0].zone: is not a zone", "rules[0].source_networks: takes networks");
    }

    @Test
    void anApiThatHasHadEnoughForNowIsWaitedFor() throws Exception {
        var asked = new AtomicInteger();
        api.on(
                "POST /v1/groups",
                request -> asked.incrementAndGet() == 1
                        ? Problem.of(Problem.Type.TOO_MANY_REQUESTS, "Wait.")
                        : tenant.group("oncall"));
        var ran = apply("groups: [{name: oncall}]", "--yes");
        assertThat(ran.code()).as(ran.err()).isZero();
        assertThat(asked).hasValue(2);
        assertThat(tenant.groups).hasSize(1);
        assertThat(ran.err()).as("nobody looks").isEmpty();
    }

    @Test
    void whoWaitsAtATerminalSeesHowFarItIsAndNothingOfItInTheOutput() throws Exception {
        tenant.group("first");
        var asked = new AtomicInteger();
        api.on(
                "POST /v1/groups",
                request -> asked.incrementAndGet() < 3
                        ? Problem.of(Problem.Type.TOO_MANY_REQUESTS, "Wait.")
                        : tenant.group("oncall"));
        sally.onATerminal();
        var ran = apply("groups: [{name: first}, {name: oncall}]", "--yes");
        assertThat(ran.code()).as(ran.err()).isZero();
        assertThat(ran.err())
                .contains("\r0 of 1 changes are made, now group oncall: 1 s")
                .endsWith(" \r");
        assertThat(ran.out()).doesNotContain("\r").contains("created group oncall");
    }

    @Test
    void theGuidesExampleIsApplied() throws Exception {
        var guide = Files.readString(Path.of("..", "docs", "declarations.md"));
        var example = guide.substring(guide.indexOf("```yaml\n") + 8);
        var ran = apply(example.substring(0, example.indexOf("```")), "--yes");
        assertThat(ran.code()).as(ran.err()).isZero();
        assertThat(tenant.connections).hasSize(3);
        assertThat(tenant.rules).hasSize(2);
        assertThat(tenant.guardrails).hasSize(1);
        assertThat(tenant.maskingRules).hasSize(1);
        assertThat(apply(example.substring(0, example.indexOf("```")), "--check")
                        .code())
                .isZero();
    }

    @Test
    void guardrailsAndMaskingRulesAreChangedAndPruned() throws Exception {
        var yaml = """
                guardrails: [{name: g, rules: "rule r\\n block\\n when unlimited", order: 3}]
                masking_rules: [{name: m, masks: [type email], strategy: token}]
                """;
        assertThat(apply(yaml, "--yes").code()).isZero();
        assertThat(tenant.maskingRules.getFirst().strategy()).isEqualTo("token invalid");
        assertThat(apply(yaml, "--check").code()).isZero();
        var changed = apply(yaml.replace("order: 3", "enabled: false").replace("token", "hash"), "--yes");
        assertThat(changed.code()).as(changed.err()).isZero();
        assertThat(tenant.guardrails.getFirst().enabled()).isFalse();
        assertThat(tenant.guardrails.getFirst().order()).isEqualTo(100);
        assertThat(tenant.maskingRules.getFirst().strategy()).isEqualTo("hash");

        var wrong = apply(yaml.replace("block", "blok").replace("email", "e-mails"), "--check");
        assertThat(wrong.err()).contains("line 2: 'blok' is none of rule").contains("no entity type has this name");
        assertThat(apply("guardrails: []\nmasking_rules: []", "--yes", "--prune")
                        .code())
                .isZero();
        assertThat(tenant.guardrails).isEmpty();
        assertThat(tenant.maskingRules).isEmpty();
    }

    @Test
    void somebodyIsAskedAndOnlyAYesIsOne() throws Exception {
        assertThat(apply(ALL).err()).contains("--yes");
        assertThat(changes()).isEmpty();
        sally.person(question -> {
            throw new AssertionError("nothing is secret");
        });
        for (var answer : List.of("", "n\n", "yess\n", "\n")) {
            sally.stdin(answer);
            assertThat(apply(ALL).code()).as(answer).isEqualTo(3);
        }
        assertThat(changes()).isEmpty();
        sally.stdin("Yes\n");
        var ran = apply(ALL);
        assertThat(ran.code()).isZero();
        assertThat(ran.err()).contains("Do this? [y/N]");
    }

    @Test
    void whatChangedMeanwhileIsNotOverwritten() throws Exception {
        assertThat(apply(ALL, "--yes").code()).isZero();
        var con = tenant.connections.getFirst();
        api.on("GET /v1/connections/" + con.id(), TestingApi.connection("web-1"));
        int before = changes().size();
        var ran = apply(ALL.replace("10.0.0.5", "10.0.0.6"), "--yes");
        assertThat(ran.code()).isEqualTo(3);
        assertThat(ran.err())
                .contains("0 of 1 changes are made; connection web-1: somebody has changed it since the plan was made");
        assertThat(changes()).hasSize(before);
    }

    @Test
    void aRefusalInTheMiddleSaysWhatIsDoneAndTheNextApplyGoesOn() throws Exception {
        api.on("POST /v1/connections", Problem.of(Problem.Type.INVALID, "Some field is wrong."));
        var ran = apply(ALL, "--yes");
        assertThat(ran.code()).isEqualTo(2);
        assertThat(ran.err()).contains("4 of 6 changes are made; connection web-1: Some field is wrong.");
        assertThat(ran.out())
                .contains("run on its machine as root, once, until 2030-01-01T00:00:00Z:"
                        + " sallyport-agent install --join line-of-office");
        assertThat(apply(ALL, "--check").out()).contains("2 to create, 0 to change, 0 to delete.");
    }

    @Test
    void whatIsNotSaidOfAPersonStays() throws Exception {
        tenant.group("engineers");
        tenant.group("oncall");
        tenant.user("alice@example.com", List.of("oncall"));
        assertThat(apply("users: [{email: alice@example.com}]", "--check").code())
                .isZero();
        assertThat(apply("users: [{email: alice@example.com, groups: [engineers]}]", "--yes")
                        .code())
                .isZero();
        assertThat(tenant.users.getFirst().groups()).containsExactly("engineers");
        assertThat(tenant.users.getFirst().subject()).isEqualTo("subject");
    }

    @Test
    void textOfOthersIsEscapedAndColoursAreForTerminals() throws Exception {
        tenant.group("engineers");
        assertThat(apply("rules: [{name: \"\\e[31mred\", groups: [engineers], connections: ['*']}]", "--check")
                        .out())
                .contains("\\x1b[31mred")
                .doesNotContain("\u001b");
        sally.onATerminal();
        assertThat(apply("groups: [{name: oncall}]", "--check").out()).contains("\u001b[32m+ group  oncall\u001b[0m");
    }

    @Test
    void twoRulesOfOneNameAreNoAnswerToWhichOneIsMeant() throws Exception {
        tenant.group("engineers");
        for (int i = 1; i < 3; i++) {
            tenant.rule(new Rule(
                    "rul_" + i,
                    "r",
                    "allow",
                    List.of("engineers"),
                    List.of(),
                    List.of(),
                    List.of("*"),
                    Map.of(),
                    List.of("exec"),
                    List.of(),
                    List.of(),
                    1));
        }
        var ran = apply("rules: [{name: r, groups: [engineers], connections: ['*']}]", "--check");
        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.err().toLowerCase(Locale.ROOT)).contains("2 rules are called so", "rul_1 --name");
    }

    @Test
    void serviceAccountsAreKnownByNameAndByIdWhichIsTheSame() throws Exception {
        var bot = tenant.serviceAccount("deploy-bot");
        tenant.serviceAccount("backup.1");
        var rules = "rules: [{name: r, service_accounts: [%s], connections: ['*']}]";
        var made = apply(rules.formatted("deploy-bot"), "--yes");
        assertThat(made.code()).as(made.err()).isZero();
        assertThat(made.out()).contains("service_accounts: deploy-bot\n");
        assertThat(tenant.rules.getFirst().serviceAccounts()).containsExactly(bot.id());

        for (var same : List.of("deploy-bot", bot.id(), "deploy-bot, " + bot.id())) {
            assertThat(apply(rules.formatted(same), "--check").code()).as(same).isZero();
        }
        var more = apply(rules.formatted("backup.1, deploy-bot"), "--check");
        assertThat(more.code()).isEqualTo(2);
        assertThat(more.out()).contains("service_accounts: deploy-bot → backup.1, deploy-bot");
    }

    @Test
    void aServiceAccountThatIsNotThereOrIsNoNameIsNamedBeforeAnythingIsDone() throws Exception {
        tenant.serviceAccount("deploy-bot");
        for (var wrong : List.of("ghost-bot", "svc_00000000000000000000000000")) {
            var ran = apply("rules: [{name: r, service_accounts: [" + wrong + "], connections: ['*']}]", "--yes");
            assertThat(ran.code()).isEqualTo(1);
            assertThat(ran.err()).contains("rules[0].service_accounts: there is no service account " + wrong);
        }
        var ran = apply("rules: [{name: r, service_accounts: [Deploy_Bot], connections: ['*']}]", "--yes");
        assertThat(ran.err()).contains("rules[0].service_accounts: takes names");
        assertThat(changes()).isEmpty();
    }
}
