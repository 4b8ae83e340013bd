package dev.sallyport.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.api.Connections.Database;
import dev.sallyport.api.Groups;
import dev.sallyport.api.Keys.NewKey;
import dev.sallyport.api.Reviews.Approve;
import dev.sallyport.api.SallyportClient;
import dev.sallyport.api.Users.UserWrite;
import dev.sallyport.tests.bed.EndToEnd;
import dev.sallyport.tests.bed.Instance;
import dev.sallyport.tests.bed.LastSession;
import dev.sallyport.tests.bed.Mysql;
import dev.sallyport.tests.bed.NewConnections;
import dev.sallyport.tests.bed.Ran;
import dev.sallyport.tests.bed.Run;
import dev.sallyport.tests.bed.Shared;
import dev.sallyport.tests.bed.Tunnel;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Guardrails on a real MariaDB, by `mysql` and a driver: attack class 31, and P4 where a text hides where a value
/// comes
/// from.
@EndToEnd
class MysqlGuardrailTest {

    private static final String EMAIL = "alice@example.com";

    private final Instance instance = Shared.instance();
    private final Mysql server = Mysql.shared();

    @BeforeEach
    void tables() throws Exception {
        server.as(
                "drop table if exists guarded",
                "create table guarded (id int primary key, email varchar(100), city varchar(100))",
                "insert into guarded select seq, concat('jane.roe', seq, '@example.org'), 'Berlin' from seq_1_to_20");
    }

    /// What is held waits for a second.
    private String guarded(List<String> guardrails, @Nullable String rules, String masking) throws Exception {
        return NewConnections.reviewedMysql(instance, database(guardrails, rules, masking), List.of(), 1);
    }

    private Database database(List<String> guardrails, @Nullable String rules, String masking) {
        return new Database(
                "127.0.0.1",
                server.port(),
                Mysql.USER,
                "seal:" + Mysql.PASSWORD,
                Mysql.DATABASE,
                null,
                "disable",
                null,
                null,
                null,
                masking,
                null,
                guardrails,
                rules);
    }

    private static Ran mysql(int port, String user, String password, String input) throws Exception {
        return Run.of(
                        List.of(
                                "mysql",
                                "--no-defaults",
                                "--skip-ssl",
                                "--default-character-set=utf8mb4",
                                "--host=127.0.0.1",
                                "--port=" + port,
                                "--user=" + user,
                                "--database=" + Mysql.DATABASE,
                                "--comments",
                                "--skip-column-names",
                                "--force"),
                        Map.of("MYSQL_PWD", password))
                .input(input)
                .now();
    }

    private static Ran mysql(Tunnel tunnel, String input) throws Exception {
        return mysql(tunnel.port(), "anyone", "whatever", input);
    }

    private String rows() throws Exception {
        return mysql(server.port(), Mysql.USER, Mysql.PASSWORD, "select count(*) from guarded;")
                .out()
                .strip();
    }

    /// A statement that may not run reaches no server, the user reads why, and the session goes on.
    @Test
    void whatWouldChangeEveryRowIsRefusedByGrammar() throws Exception {
        try (var tunnel =
                Tunnel.open(instance, "alice", guarded(List.of("safe-writes", "mysql-dangerous"), null, "none"))) {
            var ran = mysql(tunnel, """
                    delete from guarded;
                    delete /* where id = 1 */ from guarded where 'a' = 'a' or id = 5;
                    /*!50000 delete from guarded */;
                    update guarded set city = 'Rome' where id = id;
                    prepare p from 'delete from guarded';
                    execute immediate concat('delete', ' from guarded');
                    truncate table guarded;
                    select load_file('/etc/passwd');
                    select 1 into outfile '/tmp/never';
                    set global max_connections = 1;
                    select 'still here';
                    begin;
                    delete from guarded where id = 1;
                    truncate guarded;
                    commit;
                    """);
            assertThat(ran.out()).as("%s", ran).isEqualTo("still here\n");
            assertThat(ran.err())
                    .contains("(42501)")
                    .contains("This changes every row of the table")
                    .contains("refused by the guardrail rule safe-writes/every-row")
                    .contains("This empties a table. (nobody approved it within 1 second)")
                    .contains("mysql-dangerous/files")
                    .contains("mysql-dangerous/copy-files")
                    .contains("mysql-dangerous/server");
            assertThat(ran.err().lines().filter(line -> line.startsWith("ERROR")))
                    .hasSize(11);
        }
        assertThat(rows()).isEqualTo("19");
        var shown = LastSession.sealed(instance, EMAIL).show();
        assertThat(shown).contains("block").contains("safe-writes/every-row").contains("hold");
    }

    /// The protocol has no notices: the client waits, and what it gets is what the statement answers. Promise P6.
    @Test
    void aHeldStatementRunsOnceWhenAnotherApprovesIt() throws Exception {
        var email = "mysql-lead@example.com";
        try (var admin = instance.admin()) {
            var _ = admin.createGroup(new Groups.NewGroup("mysql-leads"));
            var _ = admin.createUser(new UserWrite(email, null, "lead", List.of("mysql-leads"), null));
        }
        var name = NewConnections.reviewedMysql(
                instance, database(List.of("safe-writes"), null, "none"), List.of("mysql-leads"), 300);
        try (var admin = instance.admin();
                var tunnel = Tunnel.open(instance, "alice", name)) {
            var secret = admin.createKey(new NewKey(email, "member", email, null, null))
                    .secret();
            try (var lead = instance.api(secret)) {
                var ran = new CompletableFuture<Ran>();
                var _ = Thread.ofVirtual().start(() -> {
                    try {
                        ran.complete(mysql(tunnel, "truncate guarded;\nselect 'on';\n"));
                    } catch (Exception e) {
                        ran.completeExceptionally(e);
                    }
                });
                var review = lead.review(pending(lead, name));
                assertThat(review.statement()).isEqualTo("truncate guarded");
                assertThat(rows()).as("nothing runs before it is approved").isEqualTo("20");
                var _ = lead.approveReview(review.id(), new Approve(null, null));
                assertThat(ran.get(60, TimeUnit.SECONDS).out()).isEqualTo("on\n");
                assertThat(rows()).isEqualTo("0");
                assertThatThrownBy(() -> lead.approveReview(review.id(), new Approve(null, null)))
                        .hasMessageContaining("used");
            }
        }
    }

    private static String pending(SallyportClient lead, String connection) {
        return Awaitility.await()
                .atMost(60, TimeUnit.SECONDS)
                .until(
                        () -> lead.reviews(Map.of("state", "pending")).items().stream()
                                .filter(review -> review.connectionName().equals(connection))
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow()
                .id();
    }

    /// The cache of verdicts knows texts, and not their shapes.
    @Test
    void anAllowedTextSaysNothingOfAnotherOfItsShape() throws Exception {
        try (var tunnel = Tunnel.open(instance, "alice", guarded(List.of("safe-writes"), null, "none"))) {
            var ran = mysql(tunnel, "delete from guarded where 1=2;\ndelete from guarded where 1=1;\nselect 'on';\n");
            assertThat(ran.out()).isEqualTo("on\n");
            assertThat(ran.err()).contains("safe-writes/every-row");
        }
        assertThat(rows()).isEqualTo("20");
    }

    /// What a mode makes of a text counts from the statement after it.
    @Test
    void aTextMeansWhatTheSessionsModeMakesOfIt() throws Exception {
        try (var tunnel = Tunnel.open(instance, "alice", guarded(List.of("safe-writes"), null, "none"))) {
            var ran = mysql(tunnel, """
                    delete from guarded where "city" = 'city';
                    set sql_mode = 'ANSI_QUOTES';
                    delete from guarded where "city" = 'city';
                    set sql_mode = 'NO_BACKSLASH_ESCAPES';
                    select '\\';
                    select 'done';
                    """);
            assertThat(ran.err().lines().filter(line -> line.startsWith("ERROR")))
                    .as("%s", ran)
                    .hasSize(1);
            assertThat(ran.out()).contains("done");
        }
    }

    @Test
    void statementsOfADriverAreHeldAgainstTheSameRules() throws Exception {
        try (var tunnel = Tunnel.open(instance, "alice", guarded(List.of("read-only"), null, "none"));
                var connection = DriverManager.getConnection(
                        "jdbc:mariadb://127.0.0.1:" + tunnel.port() + "/" + Mysql.DATABASE
                                + "?sslMode=disable&useServerPrepStmts=true",
                        "anyone",
                        "x");
                var statement = connection.prepareStatement("select city from guarded where id = ?")) {
            statement.setInt(1, 3);
            for (int round = 0; round < 3; round++) {
                try (var rows = statement.executeQuery()) {
                    assertThat(rows.next()).isTrue();
                    assertThat(rows.getString(1)).isEqualTo("Berlin");
                }
            }
            assertThatThrownBy(() -> {
                        try (var write = connection.prepareStatement("update guarded set city = ? where id = 1")) {
                            write.setString(1, "Paris");
                            write.executeUpdate();
                        }
                    })
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("This connection is for reading.")
                    .extracting(failure -> ((SQLException) failure).getSQLState())
                    .isEqualTo("42501");
            try (var again = statement.executeQuery()) {
                assertThat(again.next()).isTrue();
            }
        }
    }

    @Test
    void rulesOfOnesOwnComeFirst() throws Exception {
        var rules = """
                unread block

                rule cities
                  block
                  when does update
                  when uses guarded.city
                  say Cities do not move.

                rule few
                  block
                  when does delete
                  when more than 3 rows
                  say At most three rows at once.
                """;
        try (var tunnel = Tunnel.open(instance, "alice", guarded(List.of("safe-writes"), rules, "none"))) {
            var ran = mysql(tunnel, """
                    update guarded set city = 'Rome' where id = 2;
                    delete from guarded where id > 10;
                    delete from guarded where id > 18;
                    selct 1;
                    select count(*) from guarded;
                    """);
            assertThat(ran.out()).as("%s", ran).isEqualTo("18\n");
            assertThat(ran.err())
                    .contains("Cities do not move.")
                    .contains("At most three rows at once.")
                    .contains("this statement is not understood: `selct` is not understood where it stands");
        }
        assertThat(rows()).isEqualTo("18");
    }

    /// P4: a value is masked by where it comes from, whatever is made of it.
    @Test
    void aMaskedColumnStaysMaskedThroughExpressionsNamesAndSubqueries() throws Exception {
        try (var tunnel = Tunnel.open(instance, "alice", guarded(List.of(), null, "default"))) {
            for (var query : List.of(
                    "select reverse(email) from guarded where id = 1",
                    "select substr(email, 1, 5) from guarded where id = 1",
                    "select x.b from (select email as b from guarded where id = 1) x",
                    "with q as (select upper(email) as b from guarded where id = 1) select concat(b, '!') from q",
                    "select substring_index(email, '@', 1) as city from guarded where id = 1",
                    "select (select replace(email, '@', '#') from guarded where id = 1)",
                    "select group_concat(reverse(email)) from guarded where id = 1",
                    "select hex(email) from guarded where id = 1")) {
                var ran = mysql(tunnel, query + ";");
                assertThat(ran.out())
                        .as("%s: %s", query, ran)
                        .isNotBlank()
                        .doesNotContainIgnoringCase("roe")
                        .doesNotContain("eor")
                        .doesNotContainIgnoringCase("6a616e65");
            }
            var open = mysql(tunnel, "select city, id from guarded where id = 1;");
            assertThat(open.out()).isEqualTo("Berlin\t1\n");
        }
    }
}
