package dev.sallyport.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.api.Connections.ConnectionWrite;
import dev.sallyport.api.Connections.Database;
import dev.sallyport.tests.bed.EndToEnd;
import dev.sallyport.tests.bed.Instance;
import dev.sallyport.tests.bed.OnItsOwn;
import dev.sallyport.tests.bed.Postgres;
import dev.sallyport.tests.bed.Ran;
import dev.sallyport.tests.bed.Tunnel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/// Guardrails and masking rules of a tenant, made by `sally` and met by `psql`: what the control plane signs reaches
/// the agent with each session, and counts there.
@EndToEnd
@TestInstance(Lifecycle.PER_CLASS)
class PolicyNounTest implements OnItsOwn {

    private static final String NO_DELETES = """
            rule deletes
              block
              when does delete
              say Nothing is deleted here.
            """;

    private final Postgres server = Postgres.shared();
    private List<Instance> started = List.of();

    /// What the case has made, and deletes.
    private final List<List<String>> made = new ArrayList<>();

    @TempDir
    private Path folder = Path.of("");

    @BeforeAll
    void start() throws Exception {
        started = List.of(Instance.start());
        var tables = Postgres.psql(
                server.port(),
                Postgres.USER,
                Postgres.PASSWORD,
                "drop table if exists staff; create table staff (id int primary key, iban text, badge text, note text);"
                        + " insert into staff select n, 'account-' || n, 'person-' || n, 'badge EMP-100' || n"
                        + " from generate_series(1, 3) n;",
                "-d",
                Postgres.DATABASE,
                "-v",
                "ON_ERROR_STOP=1");
        assertThat(tables.status()).as("%s", tables).isZero();
        connection("shop-prod", "prod");
        connection("shop-test", "test");
        sally("admin", "groups", "create", "interns");
    }

    @AfterAll
    void stop() {
        started.forEach(Instance::close);
    }

    @AfterEach
    void asBefore() throws Exception {
        for (var one : made.reversed()) {
            sally(one.toArray(String[]::new));
        }
        made.clear();
    }

    @Override
    public Instance instance() {
        return started.getFirst();
    }

    private void connection(String name, String env) throws Exception {
        var database = new Database(
                "127.0.0.1",
                server.port(),
                Postgres.USER,
                "seal:" + Postgres.PASSWORD,
                Postgres.DATABASE,
                null,
                "disable",
                null,
                null,
                null,
                "none",
                null,
                List.of(),
                null);
        try (var admin = instance().admin()) {
            admin.createConnection(new ConnectionWrite(
                    name,
                    "local",
                    "postgres",
                    null,
                    null,
                    null,
                    database,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    Map.of("env", env),
                    null,
                    null));
        }
    }

    private Ran sally(String... words) throws Exception {
        var ran = instance().sally(words).now();
        assertThat(ran.status()).as("%s", ran).isZero();
        return ran;
    }

    private void guardrail(String name, String rules, String... more) throws Exception {
        var file = Files.writeString(folder.resolve(name + ".rules"), rules);
        var words = new ArrayList<>(List.of("admin", "guardrails", "create", name, "--rules", file.toString()));
        words.addAll(List.of(more));
        sally(words.toArray(String[]::new));
        made.add(List.of("admin", "guardrails", "delete", name));
    }

    private void masking(String name, String... more) throws Exception {
        var words = new ArrayList<>(List.of("admin", "masking", "create", name));
        words.addAll(List.of(more));
        sally(words.toArray(String[]::new));
        made.add(List.of("admin", "masking", "delete", name));
    }

    private Ran psql(String connection, String input) throws Exception {
        try (var tunnel = Tunnel.open(instance(), "alice", connection)) {
            return Postgres.psql(tunnel.port(), "anyone", "x", input, "-At");
        }
    }

    @Test
    void aGuardrailByTagBlocksOnOneConnectionAndNotOnTheOther() throws Exception {
        guardrail("no-deletes", NO_DELETES, "--tag", "env=prod");
        var prod = psql("shop-prod", "delete from staff where id = 99;\nselect 'on';\n");
        assertThat(prod.err())
                .as("%s", prod)
                .contains("Nothing is deleted here.")
                .contains("no-deletes/deletes");
        assertThat(prod.out()).isEqualTo("on\n");
        assertThat(psql("shop-test", "delete from staff where id = 99;\n").out())
                .isEqualTo("DELETE 0\n");

        sally("admin", "guardrails", "update", "no-deletes", "--enabled", "no");
        assertThat(psql("shop-prod", "delete from staff where id = 99;\n").out())
                .isEqualTo("DELETE 0\n");
    }

    @Test
    void aGuardrailForAGroupBlocksItsMembersAndNobodyElse() throws Exception {
        guardrail("interns-delete-nothing", NO_DELETES, "--group", "interns");
        assertThat(psql("shop-test", "delete from staff where id = 99;\n").out())
                .isEqualTo("DELETE 0\n");

        sally("admin", "users", "update", "alice@example.com", "--add-group", "interns");
        made.add(List.of("admin", "users", "update", "alice@example.com", "--remove-group", "interns"));
        assertThat(psql("shop-test", "delete from staff where id = 99;\n").err())
                .contains("Nothing is deleted here.");
    }

    @Test
    void aSessionKeepsThePolicyThatItBeganWith() throws Exception {
        try (var tunnel = Tunnel.open(instance(), "alice", "shop-test")) {
            var before = Postgres.psql(tunnel.port(), "anyone", "x", "delete from staff where id = 99;", "-At");
            assertThat(before.out()).isEqualTo("DELETE 0\n");
            guardrail("late", NO_DELETES);
            assertThat(psql("shop-test", "delete from staff where id = 99;\n").err())
                    .contains("late/deletes");
        }
    }

    @Test
    void columnsAndPatternsAreMaskedByEachStrategy() throws Exception {
        masking("accounts", "--mask", "column staff.iban", "--strategy", "partial 1", "--connection", "shop-prod");
        masking("badges", "--mask", "column public.staff.badge", "--strategy", "hash", "--connection", "shop-prod");
        masking("numbers", "--mask", "pattern EMP-[0-9]+", "--strategy", "redact", "--tag", "env=prod");
        var query = "select iban, badge, note from staff where id = 1;\n";
        assertThat(psql("shop-test", query).out()).isEqualTo("account-1|person-1|badge EMP-1001\n");

        var row = psql("shop-prod", query).out().strip().split("\\|", -1);
        assertThat(row).hasSize(3);
        assertThat(row[0]).isEqualTo("*******-1");
        assertThat(row[1]).matches("[0-9a-f]{16}");
        assertThat(row[2]).isEqualTo("badge [numbers]");
        assertThat(psql("shop-prod", "select upper(badge), badge from staff where id = 1;\n")
                        .out())
                .as("an expression of it is masked, too, and its hash is the same in each session")
                .doesNotContainIgnoringCase("person")
                .contains(row[1]);

        sally("admin", "masking", "update", "badges", "--strategy", "token invalid");
        assertThat(psql("shop-prod", "select badge from staff where id = 1;\n").out())
                .matches("[a-z]{6}-[0-9]\n")
                .isNotEqualTo("person-1\n");
        sally("admin", "masking", "update", "badges", "--strategy", "null");
        assertThat(psql("shop-prod", "select badge from staff where id = 1;\n").out())
                .isEqualTo("\n");
        sally("admin", "masking", "update", "badges", "--strategy", "truncate 3");
        assertThat(psql("shop-prod", "select badge from staff where id = 1;\n").out())
                .isEqualTo("per\n");
    }

    @Test
    void aGroupSeesWhatOthersDoNot() throws Exception {
        masking("badges", "--mask", "column staff.badge", "--strategy", "redact");
        masking(
                "engineers see badges",
                "--mask",
                "column staff.badge",
                "--strategy",
                "show",
                "--group",
                "engineers",
                "--order",
                "1");
        var query = "select badge from staff where id = 2;\n";
        assertThat(psql("shop-test", query).out()).isEqualTo("person-2\n");
        sally("admin", "masking", "update", "engineers see badges", "--group", "interns");
        assertThat(psql("shop-test", query).out()).isEqualTo("[badges]\n");
    }

    @Test
    void aDryRunTellsWhatWouldHaveBeen() throws Exception {
        guardrail("no-deletes", NO_DELETES, "--tag", "env=prod");
        var file = Files.writeString(
                folder.resolve("file.sql"), "select 1;\n\n-- gone\ndelete from staff;\nselct;\nselect ';';\n");
        var ran = instance()
                .sally("guardrails", "test", "no-deletes", "-f", file.toString(), "--fail")
                .now();
        assertThat(ran.status()).as("%s", ran).isEqualTo(1);
        assertThat(ran.out())
                .contains("would have blocked 1, held 1 and warned of 0 of 4")
                .containsPattern("3 +block +no-deletes/deletes")
                .containsPattern("5 +hold +unread");

        assertThat(psql("shop-test", "delete from staff where id = 77;\nselect 7;\n")
                        .out())
                .contains("DELETE 0");
        var past = sally("guardrails", "test", "--on", "shop-prod", "--sessions", "--connection", "shop-test");
        assertThat(past.out()).contains("delete from staff where id = 77").containsPattern("would have blocked [1-9]");
        assertThat(sally("guardrails", "test", "--on", "shop-test", "-f", file.toString())
                        .out())
                .contains("would have blocked 0, held 0");
    }

    @Test
    void declarationsSayBothNounsAndTheSecondTimeNothingChanges() throws Exception {
        var file = Files.writeString(folder.resolve("policy.yaml"), """
                guardrails:
                  - name: declared
                    description: By a file.
                    rules: |
                      rule deletes
                        block
                        when does delete
                    tags: {env: prod}
                    order: 7
                masking_rules:
                  - name: declared badges
                    masks: [column staff.badge]
                    strategy: partial
                    groups: [interns]
                """);
        made.add(List.of("admin", "guardrails", "delete", "declared"));
        made.add(List.of("admin", "masking", "delete", "declared badges"));
        var first = sally("apply", "-f", file.toString(), "--yes");
        assertThat(first.out()).containsPattern("guardrail +declared").containsPattern("masking rule +declared badges");
        assertThat(psql("shop-prod", "delete from staff;\n").err()).contains("declared/deletes");
        assertThat(sally("apply", "-f", file.toString(), "--check").out()).doesNotContain("declared");
        var out = folder.resolve("export.tar");
        sally("export", "-o", out.toString());
        assertThat(Files.readString(out, java.nio.charset.StandardCharsets.ISO_8859_1))
                .contains("guardrails.jsonl")
                .contains("\"name\":\"declared badges\"");
    }
}
