package dev.sallyport.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.api.Connections.Database;
import dev.sallyport.tests.bed.EndToEnd;
import dev.sallyport.tests.bed.Instance;
import dev.sallyport.tests.bed.LastSession;
import dev.sallyport.tests.bed.NewConnections;
import dev.sallyport.tests.bed.Postgres;
import dev.sallyport.tests.bed.Ran;
import dev.sallyport.tests.bed.Shared;
import dev.sallyport.tests.bed.Tunnel;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Guardrails on PostgreSQL, by psql and a driver: attack class 31, and P4 where a text hides where a value comes from.
@EndToEnd
class GuardrailTest {

    private static final String EMAIL = "alice@example.com";

    private final Instance instance = Shared.instance();
    private final Postgres server = Postgres.shared();

    @BeforeEach
    void tables() throws Exception {
        var made = Postgres.psql(
                server.port(),
                Postgres.USER,
                Postgres.PASSWORD,
                "drop table if exists guarded; create table guarded (id int primary key, email text, city text);"
                        + " insert into guarded select n, 'jane.roe' || n || '@example.org', 'Berlin'"
                        + " from generate_series(1, 20) n;",
                "-d",
                Postgres.DATABASE,
                "-v",
                "ON_ERROR_STOP=1");
        assertThat(made.status()).as("%s", made).isZero();
    }

    private String guarded(List<String> guardrails, @Nullable String rules, String masking) throws Exception {
        return NewConnections.reviewed(
                instance,
                new Database(
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
                        masking,
                        null,
                        guardrails,
                        rules),
                List.of(),
                // nobody is there to approve what is held
                1);
    }

    private static Ran psql(Tunnel tunnel, String input) throws Exception {
        return Postgres.psql(tunnel.port(), "anyone", "x", input, "-At");
    }

    private String rows() throws Exception {
        return Postgres.psql(
                        server.port(),
                        Postgres.USER,
                        Postgres.PASSWORD,
                        "select count(*) from guarded;",
                        "-At",
                        "-d",
                        Postgres.DATABASE)
                .out()
                .strip();
    }

    /// A statement that may not run reaches no server, the user reads why, and the session goes on.
    @Test
    void whatWouldChangeEveryRowIsRefusedByGrammar() throws Exception {
        try (var tunnel = Tunnel.open(instance, "alice", guarded(List.of("safe-writes"), null, "none"))) {
            var ran = psql(tunnel, """
                    delete from guarded;
                    delete /* where id = 1 */ from guarded where 1=1;
                    with gone as (delete from guarded returning *) select count(*) from gone;
                    explain analyze delete from guarded;
                    prepare p as delete from guarded;
                    do $$ begin delete from guarded; end $$;
                    drop table guarded;
                    select 'still here';
                    delete from guarded where id = 1;
                    """);
            assertThat(ran.out()).as("%s", ran).contains("still here").contains("DELETE 1");
            assertThat(ran.err())
                    .contains("ERROR:  This changes every row of the table")
                    .contains("Refused by the guardrail rule safe-writes/every-row.")
                    .contains("DO runs a program that is not read")
                    .contains("This takes something of the schema away. (nobody approved it within 1 second)");
            assertThat(ran.err().lines().filter(line -> line.contains("ERROR:")))
                    .hasSize(7);
        }
        assertThat(rows()).isEqualTo("19");
        var shown = LastSession.sealed(instance, EMAIL).show();
        assertThat(shown).contains("block").contains("safe-writes/every-row").contains("hold");
    }

    /// The cache of verdicts knows texts, and not their shapes.
    @Test
    void anAllowedTextSaysNothingOfAnotherOfItsShape() throws Exception {
        try (var tunnel = Tunnel.open(instance, "alice", guarded(List.of("safe-writes"), null, "none"))) {
            var ran = psql(
                    tunnel,
                    "delete from guarded where 1=2;\ndelete from guarded where 1=2;\ndelete from guarded where 1=1;\n");
            assertThat(ran.out()).isEqualTo("DELETE 0\nDELETE 0\n");
            assertThat(ran.err()).contains("safe-writes/every-row");
        }
        assertThat(rows()).isEqualTo("20");
    }

    @Test
    void statementsOfADriverAreHeldAgainstTheSameRules() throws Exception {
        try (var tunnel = Tunnel.open(instance, "alice", guarded(List.of("read-only"), null, "none"));
                var connection = DriverManager.getConnection(
                        "jdbc:postgresql://127.0.0.1:" + tunnel.port() + "/", "anyone", "x");
                var statement = connection.prepareStatement("select city from guarded where id = ?")) {
            statement.setInt(1, 3);
            for (int round = 0; round < 8; round++) {
                try (var rows = statement.executeQuery()) {
                    assertThat(rows.next()).isTrue();
                    assertThat(rows.getString(1)).isEqualTo("Berlin");
                }
            }
            try (var write = connection.prepareStatement("update guarded set city = ? where id = 1")) {
                write.setString(1, "Paris");
                assertThatThrownBy(write::executeUpdate)
                        .isInstanceOf(SQLException.class)
                        .hasMessageContaining("This connection is for reading.");
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

                rule asked
                  warn
                  when reads guarded
                  when words berlin
                  say Berlin is watched.
                """;
        try (var tunnel = Tunnel.open(instance, "alice", guarded(List.of("safe-writes"), rules, "none"))) {
            var ran = psql(tunnel, """
                    update guarded set city = 'Rome' where id = 2;
                    delete from guarded where id > 10;
                    delete from guarded where id > 18;
                    select count(*) from guarded where city = 'Berlin';
                    selct 1;
                    """);
            assertThat(ran.out()).as("%s", ran).isEqualTo("DELETE 2\n18\n");
            assertThat(ran.err())
                    .contains("ERROR:  Cities do not move.")
                    .contains("ERROR:  At most three rows at once.")
                    .contains("WARNING:  Berlin is watched.")
                    .contains("syntax error at or near \"selct\"");
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
                    "with q as (select upper(email) as b from guarded where id = 1) select b || '!' from q",
                    "select split_part(email, '@', 1) as city from guarded where id = 1",
                    "select (select translate(email, '@', '#') from guarded where id = 1)",
                    "select encode(email::bytea, 'hex') from guarded where id = 1")) {
                var ran = psql(tunnel, query + ";");
                assertThat(ran.out())
                        .as("%s: %s", query, ran)
                        .isNotBlank()
                        .doesNotContainIgnoringCase("roe")
                        .doesNotContain("eor")
                        .doesNotContain("6a616e65");
            }
            var open = psql(tunnel, "select city, id from guarded where id = 1;");
            assertThat(open.out()).isEqualTo("Berlin|1\n");
        }
    }
}
