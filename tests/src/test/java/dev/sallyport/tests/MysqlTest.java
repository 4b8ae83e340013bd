package dev.sallyport.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sallyport.api.Connections.Database;
import dev.sallyport.tests.bed.EndToEnd;
import dev.sallyport.tests.bed.Instance;
import dev.sallyport.tests.bed.LastSession;
import dev.sallyport.tests.bed.Mysql;
import dev.sallyport.tests.bed.NewConnections;
import dev.sallyport.tests.bed.Ran;
import dev.sallyport.tests.bed.Run;
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
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// MySQL's protocol through the edge and the agent, to a real MariaDB, with the clients that people have:
/// `mysql` and both drivers.
@EndToEnd
class MysqlTest {

    private static final String EMAIL = "alice@example.com";
    private static final String MARIADB = "jdbc:mariadb://127.0.0.1:%d/%s?sslMode=disable&%s";
    private static final String MYSQL = "jdbc:mysql://127.0.0.1:%d/%s?sslMode=DISABLED&%s";

    private final Instance instance = Shared.instance();
    private final Mysql server = Mysql.shared();

    private static Ran mysql(int port, String user, String password, String input, String... more)
            throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(
                "mysql",
                "--no-defaults",
                "--skip-ssl",
                "--default-character-set=utf8mb4",
                "--host=127.0.0.1",
                "--port=" + port,
                "--user=" + user));
        command.addAll(List.of(more));
        return Run.of(command, Map.of("MYSQL_PWD", password)).input(input).now();
    }

    private Ran direct(String input, String... more) throws IOException, InterruptedException {
        var arguments = new ArrayList<>(List.of(more));
        arguments.add(Mysql.DATABASE);
        return mysql(server.port(), Mysql.USER, Mysql.PASSWORD, input, arguments.toArray(String[]::new));
    }

    private Ran through(Database database, String input, String... more) throws Exception {
        try (var tunnel = Tunnel.open(instance, "alice", NewConnections.mysql(instance, database))) {
            return mysql(tunnel.port(), "anyone", "whatever", input, more);
        }
    }

    private Ran through(String input, String... more) throws Exception {
        return through(server.settings("none"), input, more);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select 1 as one, null as none, 'a''b' as text, cast(1.50 as decimal(5,2)), now() is not null;",
                "select seq as n, repeat('x', 100) from seq_1_to_5000;",
                "select 1; select 2; select 'drei';",
                "select * from nowhere;\nselect 1;",
                "create temporary table t (a int); begin; insert into t values (1), (2); rollback; select * from t;",
                "show databases like 's%'; use stock; select database(); show tables;",
                "select 1/0; show warnings;",
                "prepare p from 'select ? + 1'; set @a = 41; execute p using @a; deallocate prepare p;",
                "select 'ä€😀' as unicode; set names latin1; select length('ä');",
                "select repeat('long ', 400000);",
                "/* nothing */; -- nothing\nselect /*! 3 */ as three;",
                "select * from information_schema.character_sets order by 1;",
                "set sql_mode = 'ANSI_QUOTES'; select \"a\" from (select 1 as a) t;",
                "create temporary table w (id int auto_increment primary key, b blob, j json);"
                        + " insert into w (b, j) values (x'00ff', '{\"a\": 1}'); select hex(b), j from w; describe w;",
                "create or replace procedure shown() begin select 1 as a; select 2 as b; end;\ncall shown();"
                        + "\ndrop procedure shown;",
                "select 1\\G\nselect 'x' as y \\g\n",
                "explain select * from (select 1) x;",
                "do sleep(0); select row_count();",
            })
    void whatMysqlPrintsThroughUsIsWhatItPrintsDirectly(String input) throws Exception {
        for (var how : List.of(List.of("--table"), List.of("--force", "-vvv", "--column-type-info"))) {
            var options = how.toArray(String[]::new);
            var expected = direct(input, options);
            var got = through(input, options);
            assertThat(took(got.out())).as("%s", got).isEqualTo(took(expected.out()));
            assertThat(got.err()).isEqualTo(expected.err());
            assertThat(got.status()).isEqualTo(expected.status());
        }
    }

    /// How long something took is never the same, and MariaDB's own names of types are not carried.
    private static String took(String text) {
        return text.replaceAll("\\([0-9]+\\.[0-9]+ sec\\)", "(N sec)").replace(" (format=json)", "");
    }

    @Test
    void everyStatementIsInTheRecordingWithHowItWent() throws Exception {
        var ran = through(
                "create temporary table s (a int);\ninsert into s values (1), (2);\nselect * from s;\nselect nothing;\n",
                "--force");
        assertThat(ran.status()).as("%s", ran).isZero();
        var recorded = LastSession.sealed(instance, EMAIL);
        var shown = recorded.show();
        assertThat(shown)
                .contains("Statements:")
                .containsPattern("allow +[0-9]+ +2 +.*insert into s values")
                .containsPattern("allow +[0-9]+ +2 +.*select \\* from s")
                .containsPattern("allow +[0-9]+ +0 +.*42S22 +.*select nothing");
        assertThat(shown).doesNotContain(Mysql.PASSWORD).doesNotContain("whatever");
        assertThat(recorded.verify().status()).isZero();
        var replayed = instance.sally("sessions", "replay", "--speed", "1000", recorded.session())
                .now();
        assertThat(replayed.out()).contains("select * from s\n-> 2 rows").contains("-> error 42S22");
    }

    private static Connection driver(String url, int port, String options) throws SQLException {
        return DriverManager.getConnection(url.formatted(port, Mysql.DATABASE, options), "anyone", "whatever");
    }

    @ParameterizedTest
    @ValueSource(strings = {MARIADB, MYSQL})
    void driversPrepareBatchAndFetch(String url) throws Exception {
        server.as("create or replace table d (id int primary key, t text, n decimal(20,2), b blob, at datetime(6))");
        try (var tunnel = Tunnel.open(instance, "alice", NewConnections.mysql(instance, server));
                var connection = driver(
                        url,
                        tunnel.port(),
                        "useServerPrepStmts=true&rewriteBatchedStatements=true&allowMultiQueries=true")) {
            var at = java.sql.Timestamp.valueOf("2026-11-23 01:02:03.456789");
            try (var insert = connection.prepareStatement("insert into d values (?, ?, ?, ?, ?)")) {
                for (int i = 0; i < 500; i++) {
                    insert.setInt(1, i);
                    insert.setString(2, "row " + i);
                    insert.setBigDecimal(3, new java.math.BigDecimal(i + ".25"));
                    insert.setBytes(4, new byte[] {(byte) i, 0, 1});
                    insert.setTimestamp(5, at);
                    insert.addBatch();
                }
                assertThat(insert.executeBatch()).hasSize(500);
            }
            try (var texts = connection.createStatement()) {
                // MariaDB's driver sends these without waiting for answers
                for (int i = 500; i < 560; i++) {
                    texts.addBatch("insert into d (id, t) values (" + i + ", 'text')");
                }
                assertThat(texts.executeBatch()).hasSize(60);
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
                            assertThat(rows.getTimestamp("at")).isEqualTo(at);
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
                        .hasMessageContaining("Duplicate entry");
                assertThat(statement.execute(
                                "select 1; update d set t = 'x' where id = 1; select t from d where id = 1"))
                        .isTrue();
                assertThat(statement.getMoreResults()).isFalse();
                assertThat(statement.getUpdateCount()).isOne();
                assertThat(statement.getMoreResults()).isTrue();
                try (var rows = statement.getResultSet()) {
                    assertThat(rows.next()).isTrue();
                    assertThat(rows.getString(1)).isEqualTo("x");
                }
            }
            connection.rollback();
            assertThat(connection.isValid(5)).isTrue();
        }
    }

    @Test
    void aValueOfManyPacketsPasses() throws Exception {
        try (var tunnel = Tunnel.open(instance, "alice", NewConnections.mysql(instance, server));
                var connection = driver(MARIADB, tunnel.port(), "useServerPrepStmts=true");
                var statement = connection.prepareStatement("select length(?), repeat('y', 20000000)")) {
            statement.setBytes(1, new byte[18_000_000]);
            try (var rows = statement.executeQuery()) {
                assertThat(rows.next()).isTrue();
                assertThat(rows.getInt(1)).isEqualTo(18_000_000);
                assertThat(rows.getString(2)).hasSize(20_000_000);
            }
        }
    }

    @Test
    void aClientThatChangesItsUserIsStillWhoItWas() throws Exception {
        try (var tunnel = Tunnel.open(instance, "alice", NewConnections.mysql(instance, server));
                var connection = driver(MYSQL, tunnel.port(), "useServerPrepStmts=true");
                var statement = connection.createStatement()) {
            statement.execute("set @kept = 1");
            connection.unwrap(com.mysql.cj.jdbc.JdbcConnection.class).changeUser("somebody", "else");
            try (var rows = statement.executeQuery("select current_user(), @kept")) {
                assertThat(rows.next()).isTrue();
                assertThat(rows.getString(1)).isEqualTo("app@localhost");
                assertThat(rows.getString(2)).isNull();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {MARIADB, MYSQL})
    void aStatementIsStoppedByItsOwnClientOnly(String url) throws Exception {
        // what stops it logs in to the server as the session did: once with TLS, once without
        var name = NewConnections.mysql(
                instance,
                url.equals(MYSQL) ? server.secured("127.0.0.1", "verify-full", server.ca()) : server.settings("none"));
        try (var tunnel = Tunnel.open(instance, "alice", name);
                var connection = driver(url, tunnel.port(), "");
                var statement = connection.createStatement()) {
            var failure = new CompletableFuture<String>();
            var running = Thread.ofVirtual().start(() -> {
                try (var rows = statement.executeQuery("select sleep(100)")) {
                    // one that is stopped fails, or says so in its row
                    failure.complete(rows.next() && rows.getInt(1) == 1 ? "stopped" : "it was not stopped");
                } catch (SQLException e) {
                    failure.complete("stopped");
                }
            });
            await().until(() -> sleeping() == 1);
            statement.cancel();
            assertThat(failure.get(60, TimeUnit.SECONDS)).isEqualTo("stopped");
            running.join(Duration.ofSeconds(10));
            assertThat(sleeping()).isZero();
            // the session goes on
            try (var again = connection.createStatement();
                    var rows = again.executeQuery("select 1")) {
                assertThat(rows.next()).isTrue();
            }
        }
    }

    private long sleeping() throws SQLException {
        try (var direct = DriverManager.getConnection(
                        MARIADB.formatted(server.port(), Mysql.DATABASE, ""), Mysql.USER, Mysql.PASSWORD);
                var statement = direct.createStatement();
                var rows = statement.executeQuery(
                        "select count(*) from information_schema.processlist where info like 'select sleep(100)%'")) {
            rows.next();
            return rows.getLong(1);
        }
    }

    @Test
    void noSessionIsKilledByItsNumberAtTheServer() throws Exception {
        try (var direct = DriverManager.getConnection(
                        MARIADB.formatted(server.port(), Mysql.DATABASE, ""), Mysql.USER, Mysql.PASSWORD);
                var statement = direct.createStatement()) {
            long id;
            try (var rows = statement.executeQuery("select connection_id()")) {
                rows.next();
                id = rows.getLong(1);
            }
            var killed = through("kill " + id + ";\nkill query " + id + ";\n/*!50000 kill*/ " + id + ";", "--force");
            assertThat(killed.err())
                    .contains("ERROR 1227 (42501) at line 1: a connection cannot be ended from here")
                    .contains("at line 3")
                    .doesNotContain("at line 2");
            try (var rows = statement.executeQuery("select 1")) {
                assertThat(rows.next()).as("it is still there").isTrue();
            }
        }
    }

    @Test
    void theServerSeesWhoItIs() throws Exception {
        var ran = through(
                "select attr_value, current_user(), database() from performance_schema.session_connect_attrs"
                        + " where processlist_id = connection_id() and attr_name = 'program_name';",
                "-N");
        assertThat(ran.out()).as("%s", ran).isEqualTo("sallyport " + EMAIL + " mysql\tapp@localhost\tshop\n");
    }

    @Test
    void clientsAreGreetedWithTheServersOwnVersion() throws Exception {
        try (var tunnel = Tunnel.open(instance, "alice", NewConnections.mysql(instance, server));
                var connection = driver(MARIADB, tunnel.port(), "");
                var direct = DriverManager.getConnection(
                        MARIADB.formatted(server.port(), Mysql.DATABASE, ""), Mysql.USER, Mysql.PASSWORD)) {
            assertThat(connection.getMetaData().getDatabaseProductVersion())
                    .isEqualTo(direct.getMetaData().getDatabaseProductVersion());
        }
    }

    @Test
    void whatDoesNotWorkIsSaidInTheClientsOwnWords() throws Exception {
        var other = through("select 1", "-D", "mysql");
        assertThat(other.status()).isOne();
        assertThat(other.err()).contains("this connection does not lead to the database that you name: say shop");
        assertThat(through("select database()", "-N", "-D", "stock").out()).isEqualTo("stock\n");
        var refused = through(server.settings("wrong", "none", false), "select 1");
        assertThat(refused.err())
                .contains("the database does not accept the connection's user or password (error 1045)")
                .doesNotContain("wrong");
        var nobody = through(
                new Database("127.0.0.1", 1, "app", "seal:x", null, null, "disable", null, null, null, null),
                "select 1");
        assertThat(nobody.err()).contains("the agent could not connect to the database");
        // no client is offered compression, and one that wants it goes without
        var compressed = through("show status like 'Compression';", "--compress", "-N");
        assertThat(compressed.out()).as("%s", compressed).isEqualTo("Compression\tOFF\n");
    }

    @Test
    void aFileOfTheClientsIsReadOnlyWhereTheConnectionAllowsIt(@TempDir Path folder) throws Exception {
        var file = Files.writeString(folder.resolve("rows.txt"), "1\n2\n3\n");
        server.as("create or replace table loaded (a int)");
        var load = "load data local infile '" + file + "' into table loaded; select count(*) from loaded;";
        var refused = through(load, "--local-infile=1", "-N");
        assertThat(refused.status()).as("%s", refused).isOne();
        assertThat(refused.out()).isEmpty();
        var allowed = through(server.settings(Mysql.PASSWORD, "none", true), load, "--local-infile=1", "-N");
        assertThat(allowed.out()).as("%s", allowed).isEqualTo("3\n");
    }

    /// Attack class 18: whoever is in between has neither a certificate of that CA nor of that name.
    @Test
    void theServersCertificateIsHeldToItsCaAndItsName(@TempDir Path folder) throws Exception {
        var secured = "select variable_value <> '' from information_schema.session_status"
                + " where variable_name = 'ssl_cipher';";
        var stranger = folder.resolve("another.crt");
        var made = Run.of(List.of(
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
                        folder.resolve("another.key").toString(),
                        "-out",
                        stranger.toString()))
                .now();
        assertThat(made.status()).isZero();
        assertThat(through(server.secured("127.0.0.1", "verify-full", server.ca()), secured, "-N")
                        .out())
                .isEqualTo("1\n");
        assertThat(through(server.secured("localhost", "verify-full", server.ca()), secured)
                        .err())
                .contains("TLS certificate was not accepted");
        assertThat(through(server.secured("localhost", "verify-ca", server.ca()), secured, "-N")
                        .out())
                .isEqualTo("1\n");
        assertThat(through(server.secured("127.0.0.1", "verify-ca", Files.readString(stranger)), secured)
                        .err())
                .contains("TLS certificate was not accepted");
        assertThat(through(server.secured("127.0.0.1", "verify-full", null), secured)
                        .err())
                .contains("TLS certificate was not accepted");
        for (var mode : List.of("require", "prefer")) {
            assertThat(through(server.secured("127.0.0.1", mode, null), secured, "-N")
                            .out())
                    .isEqualTo("1\n");
        }
        assertThat(through(server.secured("127.0.0.1", "disable", null), secured, "-N")
                        .out())
                .isEqualTo("0\n");
    }

    private static final String CUSTOMER =
            "select 7 as id, 'Berlin' as city, 'jane.roe@example.org' as mail, '4111 1111 1111 1111' as card,"
                    + " 4111111111111111 as number, json_object('contact', 'jane.roe@example.org') as data,"
                    + " cast('jane.roe@example.org' as binary) as raw, cast(12.50 as decimal(5,2)) as price";

    /// Promise P4, as far as values go: whatever carries them.
    @Test
    void whatUsersNeedNotSeeIsMaskedWithoutASingleRule() throws Exception {
        var rows = through(server.settings((String) null), CUSTOMER + ";", "-N");
        assertThat(rows.out())
                .as("%s", rows)
                .startsWith("7\tBerlin\t[email]\t")
                .contains("1111\t")
                .endsWith("\t12.50\n")
                .doesNotContain("jane.roe")
                .doesNotContain("4111");
        var recorded = LastSession.sealed(instance, EMAIL);
        assertThat(recorded.show()).contains("email").doesNotContain("jane.roe");
        var failed = through(
                server.settings((String) null),
                "create temporary table u (mail varchar(100) primary key);"
                        + " insert into u select concat('jane.roe', '@example.org');\n"
                        + " insert into u select concat('jane.roe', '@example.org');");
        assertThat(failed.err()).contains("Duplicate entry '[email]'").doesNotContain("jane.roe@");
        var warned = through(
                server.settings((String) null),
                "select cast(concat('jane.roe', '@example.org') as int); show warnings;",
                "-N");
        assertThat(warned.out()).contains("Truncated incorrect").doesNotContain("jane.roe");
    }

    @ParameterizedTest
    @ValueSource(strings = {MARIADB, MYSQL})
    void valuesInBinaryFormAreMaskedToo(String url) throws Exception {
        try (var tunnel =
                        Tunnel.open(instance, "alice", NewConnections.mysql(instance, server.settings((String) null)));
                var connection = driver(url, tunnel.port(), "useServerPrepStmts=true");
                var statement = connection.prepareStatement(CUSTOMER + " where 1 = ?")) {
            statement.setInt(1, 1);
            for (int round = 0; round < 3; round++) {
                try (var rows = statement.executeQuery()) {
                    assertThat(rows.next()).isTrue();
                    assertThat(rows.getInt("id")).isEqualTo(7);
                    assertThat(rows.getString("city")).isEqualTo("Berlin");
                    assertThat(rows.getString("mail")).isEqualTo("[email]");
                    assertThat(rows.getLong("number")).isNotEqualTo(4111111111111111L);
                    assertThat(rows.getString("data")).contains("contact").doesNotContain("jane.roe");
                    assertThat(new String(rows.getBytes("raw"), java.nio.charset.StandardCharsets.UTF_8))
                            .doesNotContain("jane.roe");
                    assertThat(rows.getBigDecimal("price")).isEqualByComparingTo("12.50");
                }
            }
        }
    }

    @Test
    void noRecordingHoldsAPasswordThatAStatementNames() throws Exception {
        var ran = through("select 1 as one /* alter user nobody identified by 'hunter-2-hunter' */;", "--comments");
        assertThat(ran.status()).as("%s", ran).isZero();
        var shown = LastSession.sealed(instance, EMAIL).show();
        assertThat(shown).contains("alter user nobody identified by").doesNotContain("hunter-2");
    }
}
