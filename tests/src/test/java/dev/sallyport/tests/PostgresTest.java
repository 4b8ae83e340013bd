package dev.sallyport.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sallyport.api.Connections.Database;
import dev.sallyport.tests.bed.EndToEnd;
import dev.sallyport.tests.bed.Instance;
import dev.sallyport.tests.bed.LastSession;
import dev.sallyport.tests.bed.NewConnections;
import dev.sallyport.tests.bed.Postgres;
import dev.sallyport.tests.bed.Ran;
import dev.sallyport.tests.bed.Shared;
import dev.sallyport.tests.bed.Tunnel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// PostgreSQL through the edge and the agent, with the clients that people have: `psql` and a driver.
@EndToEnd
class PostgresTest {

    private static final String EMAIL = "alice@example.com";

    private final Instance instance = Shared.instance();
    private final Postgres server = Postgres.shared();

    private Ran direct(String input, String... more) throws IOException, InterruptedException {
        var arguments = new ArrayList<>(List.of(more));
        arguments.addAll(List.of("-d", Postgres.DATABASE));
        return Postgres.psql(server.port(), Postgres.USER, Postgres.PASSWORD, input, arguments.toArray(String[]::new));
    }

    private Ran through(String input, String... more) throws Exception {
        try (var tunnel = Tunnel.open(instance, "alice", NewConnections.postgres(instance, server))) {
            return Postgres.psql(tunnel.port(), "anyone", "whatever", input, more);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select 1 as one, null as none, 'a''b' as text, 1.50::numeric, now() is not null;",
                "select generate_series(1, 5000) as n, repeat('x', 100);",
                "select 1; select 2; select 'drei';",
                "select * from nowhere;\nselect 1;",
                "begin; create table t (a int); insert into t values (1), (2); select * from t; rollback;",
                "begin; select 1/0; select 1; rollback; select 2;",
                "\\d pg_class\n\\dn\n\\l template1\n",
                "select 1 as a, 'x'::text as b \\gdesc\nselect 2 \\gx\n",
                "create temp table c (a int, b text);\n\\copy c from stdin\n1\tone\n2\t\\N\n\\.\n\\copy c to stdout csv header\n",
                "copy (select g, 'a\tb' from generate_series(1, 3) g) to stdout;\n",
                "do $$ begin raise notice 'heard %', 1; raise warning 'and'; end $$;",
                "listen here; notify here, 'said';\nselect 1;",
                "prepare p(int) as select $1 + 1; execute p(41); deallocate p;",
                "set datestyle to German; select date '2026-11-23'; show datestyle;",
                "select 'ä€😀' as unicode; set client_encoding to latin1; select length('ä');",
                "select $1::int + $2 \\bind 40 2 \\g\n",
                "select * from (values (1, array['a','b']), (2, null)) v(x, y) order by x desc;",
                "\\set ON_ERROR_STOP on\nselect nothing;\nselect 2;",
                ";;; -- nothing\n/* nothing */;",
                "select repeat('long ', 400000);",
            })
    void whatPsqlPrintsThroughUsIsWhatItPrintsDirectly(String input) throws Exception {
        var expected = direct(input);
        var got = through(input);
        assertThat(pid(got.out())).as("%s", got).isEqualTo(pid(expected.out()));
        assertThat(pid(got.err())).isEqualTo(pid(expected.err()));
        assertThat(got.status()).isEqualTo(expected.status());
    }

    /// A notification names the process that sent it.
    private static String pid(String text) {
        return text.replaceAll("PID [0-9]+", "PID N");
    }

    @Test
    void everyStatementIsInTheRecordingWithHowItWent() throws Exception {
        var ran = through(
                "create temp table s (a int);\ninsert into s values (1), (2);\nselect * from s;\nselect nothing;\n");
        assertThat(ran.status()).as("%s", ran).isZero();
        var recorded = LastSession.sealed(instance, EMAIL);
        var shown = recorded.show();
        assertThat(shown)
                .contains("Statements:")
                .containsPattern("allow +1 +2 +.*insert into s values")
                .containsPattern("allow +1 +2 +.*select \\* from s")
                .containsPattern("allow +1 +0 +.*42703 +.*select nothing");
        assertThat(shown).doesNotContain(Postgres.PASSWORD).doesNotContain("whatever");
        assertThat(recorded.verify().status()).isZero();
        var replayed = instance.sally("sessions", "replay", "--speed", "1000", recorded.session())
                .now();
        assertThat(replayed.out()).contains("select * from s;\n-> 2 rows").contains("-> error 42703");
    }

    @Test
    void aDriverPreparesAndPipelines() throws Exception {
        try (var tunnel = Tunnel.open(instance, "alice", NewConnections.postgres(instance, server));
                var connection = driver(tunnel.port(), "prepareThreshold=1&binaryTransfer=true")) {
            try (var statement = connection.createStatement()) {
                statement.execute(
                        "create temp table d (id int primary key, t text, n numeric, u uuid, b bytea, a int[])");
            }
            try (var insert = connection.prepareStatement("insert into d values (?, ?, ?, gen_random_uuid(), ?, ?)")) {
                for (int i = 0; i < 500; i++) {
                    insert.setInt(1, i);
                    insert.setString(2, "row " + i);
                    insert.setBigDecimal(3, new java.math.BigDecimal(i + ".25"));
                    insert.setBytes(4, new byte[] {(byte) i, 0, 1});
                    insert.setArray(5, connection.createArrayOf("int4", new Object[] {i, i + 1}));
                    insert.addBatch();
                }
                assertThat(insert.executeBatch()).hasSize(500).containsOnly(1);
            }
            connection.setAutoCommit(false);
            try (var select = connection.prepareStatement("select * from d where id < ? order by id")) {
                select.setFetchSize(50);
                for (int round = 0; round < 3; round++) {
                    select.setInt(1, 200);
                    try (var rows = select.executeQuery()) {
                        int count = 0;
                        while (rows.next()) {
                            assertThat(rows.getString("t")).isEqualTo("row " + count);
                            assertThat(rows.getBigDecimal("n")).isEqualByComparingTo(count + ".25");
                            assertThat(rows.getBytes("b")).containsExactly((byte) count, 0, 1);
                            count++;
                        }
                        assertThat(count).isEqualTo(200);
                    }
                }
            }
            connection.commit();
            try (var statement = connection.createStatement()) {
                assertThatThrownBy(() -> statement.execute("insert into d (id) values (1)"))
                        .isInstanceOf(SQLException.class)
                        .hasMessageContaining("duplicate key");
                assertThatThrownBy(() -> statement.execute("select 1"))
                        .hasMessageContaining("current transaction is aborted");
            }
            connection.rollback();
            assertThat(connection.isValid(5)).isTrue();
        }
    }

    private static Connection driver(int port, String options) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + port + "/" + Postgres.DATABASE + "?sslmode=prefer&" + options,
                "anyone",
                "whatever");
    }

    @Test
    void aStatementIsStoppedByItsOwnClientOnly() throws Exception {
        var name = NewConnections.postgres(instance, server);
        try (var tunnel = Tunnel.open(instance, "alice", name);
                var connection = driver(tunnel.port(), "");
                var statement = connection.createStatement()) {
            var failure = new java.util.concurrent.CompletableFuture<String>();
            var running = Thread.ofVirtual().start(() -> {
                try {
                    statement.execute("select pg_sleep(120)");
                    failure.complete("it was not stopped");
                } catch (SQLException e) {
                    failure.complete(String.valueOf(e.getSQLState()));
                }
            });
            await().until(() -> sleeping() == 1);
            statement.cancel();
            assertThat(failure.get(60, TimeUnit.SECONDS)).isEqualTo("57014");
            running.join(Duration.ofSeconds(10));
            assertThat(sleeping()).isZero();
        }
    }

    private static long sleeping() throws SQLException {
        try (var direct = DriverManager.getConnection(
                        "jdbc:postgresql://127.0.0.1:" + Postgres.shared().port() + "/" + Postgres.DATABASE,
                        "postgres",
                        "");
                var statement = direct.createStatement();
                var rows = statement.executeQuery(
                        "select count(*) from pg_stat_activity where query = 'select pg_sleep(120)' and state = 'active'")) {
            rows.next();
            return rows.getLong(1);
        }
    }

    @Test
    void theServerSeesWhoItIs() throws Exception {
        var ran = through(
                "select application_name, usename, current_database() from pg_stat_activity"
                        + " where pid = pg_backend_pid();",
                "-At");
        assertThat(ran.out()).as("%s", ran).isEqualTo("sallyport " + EMAIL + " psql|app|shop\n");
    }

    @Test
    void whatDoesNotWorkIsSaidInTheClientsOwnWords() throws Exception {
        var other = through("select 1", "-d", "postgres");
        assertThat(other.status()).isEqualTo(2);
        assertThat(other.err())
                .contains("FATAL:  this connection does not lead to the database that you name: say shop");
        var replication = through("select 1", "-d", "dbname=shop replication=database");
        assertThat(replication.err()).contains("replication does not go through this connection");
        try (var tunnel = Tunnel.open(instance, "alice", NewConnections.postgres(instance, server.port(), "wrong"))) {
            var refused = Postgres.psql(tunnel.port(), "anyone", "whatever", "select 1");
            assertThat(refused.err())
                    .contains("the database does not let the agent in (28P01)")
                    .doesNotContain("wrong");
        }
        try (var tunnel = Tunnel.open(instance, "alice", NewConnections.postgres(instance, 1, "x"))) {
            var nobody = Postgres.psql(tunnel.port(), "anyone", "whatever", "select 1");
            assertThat(nobody.err()).contains("FATAL:  the agent could not connect to the database");
        }
    }

    private Ran overTls(String host, String mode, String ca, String input) throws Exception {
        var name = NewConnections.postgres(
                instance,
                new Database(
                        host,
                        server.port(),
                        Postgres.USER,
                        "seal:" + Postgres.PASSWORD,
                        Postgres.DATABASE,
                        null,
                        mode,
                        ca.isEmpty() ? null : ca,
                        null,
                        null,
                        "none"));
        try (var tunnel = Tunnel.open(instance, "alice", name)) {
            return Postgres.psql(tunnel.port(), "anyone", "whatever", input, "-At");
        }
    }

    /// Attack class 18: whoever is in between has neither a certificate of that CA nor of that name.
    @Test
    void theServersCertificateIsHeldToItsCaAndItsName() throws Exception {
        var secured = "select ssl from pg_stat_ssl where pid = pg_backend_pid();";
        var stranger = Files.readString(certificateOfAnother());
        assertThat(overTls("127.0.0.1", "verify-full", server.ca(), secured).out())
                .isEqualTo("t\n");
        assertThat(overTls("localhost", "verify-full", server.ca(), secured).err())
                .contains("TLS certificate was not accepted");
        assertThat(overTls("localhost", "verify-ca", server.ca(), secured).out())
                .isEqualTo("t\n");
        assertThat(overTls("127.0.0.1", "verify-ca", stranger, secured).err())
                .contains("TLS certificate was not accepted");
        assertThat(overTls("127.0.0.1", "verify-full", "", secured).err()).contains("TLS certificate was not accepted");
        assertThat(overTls("127.0.0.1", "require", "", secured).out()).isEqualTo("t\n");
        assertThat(overTls("127.0.0.1", "prefer", "", secured).out()).isEqualTo("t\n");
        assertThat(overTls("127.0.0.1", "disable", "", secured).out()).isEqualTo("f\n");
    }

    private static Path certificateOfAnother() throws IOException {
        var folder = Files.createTempDirectory("sallyport-another-ca-");
        var made = new ProcessBuilder(
                        "openssl",
                        "req",
                        "-x509",
                        "-newkey",
                        "ec",
                        "-pkeyopt",
                        "ec_paramgen_curve:P-256",
                        "-nodes",
                        "-days",
                        "2",
                        "-subj",
                        "/CN=another",
                        "-keyout",
                        "ca.key",
                        "-out",
                        "ca.crt")
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
        assertThat(made.onExit().join().exitValue()).isZero();
        return folder.resolve("ca.crt");
    }

    private String masked() throws Exception {
        return NewConnections.postgres(
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
                        null));
    }

    private static final String CUSTOMER =
            "select 7 as id, 'Berlin' as city, 'jane.roe@example.org' as mail, '4111 1111 1111 1111' as card,"
                    + " 4111111111111111::bigint as number, '{\"contact\":\"jane.roe@example.org\"}'::jsonb as data,"
                    + " array['x','jane.roe@example.org'] as list, 12.50 as price";

    /// Promise P4, as far as values go: whatever carries them.
    @Test
    void whatUsersNeedNotSeeIsMaskedWithoutASingleRule() throws Exception {
        try (var tunnel = Tunnel.open(instance, "alice", masked())) {
            var rows = Postgres.psql(tunnel.port(), "anyone", "x", CUSTOMER + ";", "-At");
            assertThat(rows.out())
                    .as("%s", rows)
                    .startsWith("7|Berlin|[email]|")
                    .contains("1111|")
                    .contains("|12.50")
                    .doesNotContain("jane.roe")
                    .doesNotContain("4111");
            var copied = Postgres.psql(tunnel.port(), "anyone", "x", "copy (" + CUSTOMER + ") to stdout;", "-At");
            assertThat(copied.out())
                    .as("%s", copied)
                    .contains("Berlin")
                    .doesNotContain("jane.roe")
                    .doesNotContain("4111 1");
            var failed =
                    Postgres.psql(tunnel.port(), "anyone", "x", "select ('jane.roe' || '@example.org')::int;", "-At");
            assertThat(failed.err())
                    .as("psql shows the line that was typed, too")
                    .contains("ERROR:  invalid input syntax for type integer: \"[email]\"")
                    .doesNotContain("jane.roe@");
            var noticed = Postgres.psql(
                    tunnel.port(), "anyone", "x", "do $$ begin raise notice 'to jane.roe@example.org'; end $$;", "-At");
            assertThat(noticed.err()).contains("NOTICE").doesNotContain("jane.roe");
            var returned = Postgres.psql(
                    tunnel.port(),
                    "anyone",
                    "x",
                    "create temp table m (mail text); insert into m values ('jane.roe@example.org') returning *;",
                    "-At");
            assertThat(returned.out()).contains("[email]").doesNotContain("jane.roe");
        }
        var recorded = LastSession.sealed(instance, EMAIL);
        assertThat(recorded.show()).contains("email 1").doesNotContain("jane.roe");
    }

    @Test
    void valuesInBinaryFormAreMaskedToo() throws Exception {
        try (var tunnel = Tunnel.open(instance, "alice", masked());
                var connection = driver(tunnel.port(), "prepareThreshold=-1&binaryTransfer=true");
                var statement = connection.prepareStatement(CUSTOMER)) {
            for (int round = 0; round < 3; round++) {
                try (var rows = statement.executeQuery()) {
                    assertThat(rows.next()).isTrue();
                    assertThat(rows.getInt("id")).isEqualTo(7);
                    assertThat(rows.getString("city")).isEqualTo("Berlin");
                    assertThat(rows.getString("mail")).isEqualTo("[email]");
                    assertThat(rows.getLong("number")).isNotEqualTo(4111111111111111L);
                    assertThat(rows.getString("data")).contains("contact").doesNotContain("jane.roe");
                    assertThat(String.valueOf(rows.getArray("list"))).doesNotContain("jane.roe");
                    assertThat(rows.getBigDecimal("price")).isEqualByComparingTo("12.50");
                }
            }
        }
    }

    @Test
    void noRecordingHoldsAPasswordThatAStatementNames() throws Exception {
        var ran = through("select 1 as one -- alter role nobody password 'hunter-2-hunter'\n;");
        assertThat(ran.status()).as("%s", ran).isZero();
        var shown = LastSession.sealed(instance, EMAIL).show();
        assertThat(shown).contains("alter role nobody password").doesNotContain("hunter-2");
    }
}
