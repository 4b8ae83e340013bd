package dev.sallyport.inspect.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sallyport.core.policy.Operation;
import dev.sallyport.core.policy.Verdict;
import dev.sallyport.inspect.database.Asked;
import dev.sallyport.inspect.database.Judged;
import dev.sallyport.inspect.database.ServerLogin;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What sessions with a real MariaDB do besides showing results: refuse, undo, stop, begin anew.
class RealSessionsTest {

    private static final String MARIADB = "jdbc:mariadb://127.0.0.1:%d/shop?sslMode=disable&allowMultiQueries=true";
    private static final String MYSQL = "jdbc:mysql://127.0.0.1:%d/shop?sslMode=DISABLED&allowMultiQueries=true";
    private static final String PREPARED = "&useServerPrepStmts=true";

    private static final Maria MARIA = Maria.running();

    private static String shown(Connection connection, String... texts) throws SQLException {
        return new Printed().run(connection, texts).toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {MARIADB, MYSQL, MARIADB + PREPARED, MYSQL + PREPARED})
    void aBlockedStatementLeavesSessionAndTransactionAsTheyAre(String url) throws Exception {
        try (var through = new Through(MARIA.port, Through.Settings.PLAIN.judge(Readings.blocking("forbidden")));
                var connection = RealClientsTest.open(url, through.port())) {
            assertThat(shown(connection, "create or replace table kept (a int)"))
                    .isEqualTo("0 changed\n");
            connection.setAutoCommit(false);
            var printed = new Printed()
                    .prepare(connection, "insert into kept values (?)", 1)
                    .prepare(connection, "select forbidden from kept where a = ?", 1)
                    .run(connection, "delete from kept /* forbidden */", "select 1; drop table kept /* forbidden */")
                    .prepare(connection, "select count(*) from kept where 1 = ?", 1);
            assertThat(printed.toString())
                    .contains("1227 42501 not this word (refused by the guardrail rule test/words; ask who")
                    .endsWith("count(*)|\n1|\n");
            connection.rollback();
            assertThat(shown(connection, "select count(*) from kept")).isEqualTo("count(*)|\n0|\n");
            // every refusal of a statement is told to the record: those that clients prepare anew, too
            await().untilAsserted(() -> assertThat(through.answered.stream()
                            .filter(answer -> answer.error().equals(Optional.of("42501"))))
                    .as("%s", through.texts())
                    .hasSize((int) through.texts().stream()
                            .filter(text -> text.contains("forbidden"))
                            .count()));
            through.check();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {MARIADB, MYSQL, MARIADB + PREPARED, MYSQL + PREPARED})
    void aStatementThatChangesTooManyRowsIsUndone(String url) throws Exception {
        try (var through = new Through(MARIA.port, Through.Settings.PLAIN.judge(Readings.limiting(2)));
                var direct = MARIA.direct("");
                var connection = RealClientsTest.open(url, through.port())) {
            assertThat(shown(
                            direct,
                            "create or replace table counted (a int) engine=innodb",
                            "insert into counted values (1),(2),(3),(4)"))
                    .endsWith("4 changed\n");
            var printed = new Printed()
                    .prepare(connection, "update counted set a = a + 10 where a <= ?", 3)
                    .prepare(connection, "update counted set a = a + 10 where a <= ?", 2)
                    .prepare(connection, "update counted set nothing = ?", 2)
                    .prepare(connection, "select sum(a) from counted where 1 = ?", 1);
            assertThat(printed.toString())
                    .contains("42501 not so many rows (it would have changed 3 rows, and was undone)")
                    .contains("\n2 changed\n1054 42S22 ")
                    .endsWith("|\n30|\n");
            // outside of a transaction of ours it cannot be counted
            connection.setAutoCommit(false);
            assertThat(new Printed()
                            .prepare(connection, "delete from counted where a = ?", 3)
                            .toString())
                    .contains("42501 not so many rows (its rows are counted only when it is sent alone");
            connection.setAutoCommit(true);
            assertThat(shown(connection, "create table if not exists x (a int)"))
                    .contains("42501");
            assertThat(shown(direct, "select sum(a), @@in_transaction from counted"))
                    .endsWith("|\n30|0|\n");
            assertThat(shown(connection, "select @@in_transaction")).endsWith("|\n0|\n");
            through.check();
        }
    }

    @Test
    void whatCannotBeUndoneIsSaid() throws Exception {
        try (var through = new Through(MARIA.port, Through.Settings.PLAIN.judge(Readings.limiting(2)));
                var connection = RealClientsTest.open(MARIADB, through.port());
                var direct = MARIA.direct("")) {
            assertThat(shown(direct, "create or replace table plain (a int) engine=myisam"))
                    .isEqualTo("0 changed\n");
            assertThat(shown(connection, "insert into plain values (1),(2),(3)"))
                    .contains("some of it could not be undone");
            // rows that are returned are not sent before they are counted
            assertThat(shown(connection, "insert into plain values (1),(2),(3) returning a"))
                    .contains("cannot be taken back")
                    .doesNotContain("a|");
            assertThat(shown(connection, "select 1")).isEqualTo("1|\n1|\n");
            through.check();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {MARIADB, MYSQL})
    void aStatementIsStoppedByItsOwnClient(String url) throws Exception {
        try (var through = new Through(MARIA.port, Through.Settings.PLAIN);
                var connection = RealClientsTest.open(url, through.port());
                var statement = connection.createStatement()) {
            var sleeping = CompletableFuture.supplyAsync(() -> {
                try (var row = statement.executeQuery("select sleep(30), 'slept'")) {
                    return row.next() ? row.getString(1) : "nothing";
                } catch (SQLException e) {
                    return "error " + e.getErrorCode() + " " + e.getSQLState();
                }
            });
            awaitRunning("select sleep(30), 'slept'");
            statement.cancel();
            // MariaDB's driver tells the server's error, MySQL's one of its own without a number
            assertThat(sleeping.get(20, java.util.concurrent.TimeUnit.SECONDS))
                    .isIn("1", "error 1317 70100", "error 0 null");
            assertThat(through.texts()).anyMatch(text -> text.startsWith("KILL QUERY "));
            assertThat(shown(connection, "select 1")).isEqualTo("1|\n1|\n");
            await().until(() -> through.ends.contains("a statement was stopped"));
            assertThat(through.problems).isEmpty();
        }
    }

    private static void awaitRunning(String text) throws SQLException {
        try (var direct = MARIA.direct("")) {
            await().until(() -> shown(direct, "select info from information_schema.processlist")
                    .contains(text));
        }
    }

    @Test
    void nothingElseIsKilled() throws Exception {
        try (var through = new Through(MARIA.port, Through.Settings.PLAIN);
                var direct = MARIA.direct("");
                var connection = RealClientsTest.open(MARIADB, through.port())) {
            var id = shown(direct, "select connection_id()").replaceAll("\\D", "");
            for (var text : List.of(
                    "kill " + id,
                    "KILL CONNECTION " + id,
                    "kill hard " + id,
                    "/*!50000 kill*/ " + id,
                    "/*!99999 ' */ kill " + id + " /*' */",
                    "select 1--1; kill " + id + ";",
                    "select 1; kill query " + id,
                    "kill query id " + id,
                    "kill user by_native",
                    "-- comment\nkill query (select " + id + ")")) {
                assertThat(shown(connection, text)).as(text).startsWith("1227 42501 ");
            }
            // a number that is none of this user's sessions: nothing happens, as if its statement had just ended
            assertThat(shown(connection, "kill query " + id)).isEqualTo("0 changed\n");
            assertThat(shown(connection, "select 'kill 1', `kill`.kill from (select 1 as `kill`) `kill` -- kill"))
                    .contains("kill 1|1|");
            assertThat(shown(direct, "select 1")).isEqualTo("1|\n1|\n");
            through.check();
        }
    }

    @Test
    void aFileOfTheClientsIsReadOnlyWhereThatIsAllowed(@TempDir Path folder) throws Exception {
        var file = Files.writeString(folder.resolve("rows.txt"), "1\n2\n3\n".repeat(30_000));
        var load = "load data local infile '" + file + "' into table loaded";
        try (var direct = MARIA.direct("")) {
            assertThat(shown(direct, "create or replace table loaded (a int)")).isEqualTo("0 changed\n");
        }
        var url = MYSQL + "&allowLoadLocalInfile=true";
        try (var through = new Through(MARIA.port, Through.Settings.PLAIN);
                var connection = RealClientsTest.open(url, through.port())) {
            assertThat(shown(connection, load)).doesNotContain("changed");
            assertThat(shown(connection, "select count(*) from loaded")).endsWith("\n0|\n");
            through.check();
        }
        var allowed = new MysqlOptions(Optional.empty(), true, false);
        try (var through = new Through(MARIA.port, Through.Settings.PLAIN.options(allowed));
                var connection = RealClientsTest.open(url, through.port())) {
            // what may be something else reads no file
            assertThat(shown(connection, "/* */ " + load)).startsWith("1148 42501 ");
            assertThat(shown(connection, "select count(*) from loaded")).endsWith("\n0|\n");
            assertThat(shown(connection, load)).endsWith("90000 changed\n");
            through.check();
        }
        var understood = Through.Settings.PLAIN
                .options(allowed)
                .judge(asked -> new Judged(
                        Verdict.ALLOW,
                        asked.text().orElse("").startsWith("load") ? Readings.of(Operation.COPY_IN) : Readings.UNREAD));
        for (int piece : new int[] {65_536, 11}) {
            try (var through = new Through(MARIA.port, understood.piece(piece));
                    var connection = RealClientsTest.open(url, through.port())) {
                assertThat(shown(connection, "truncate loaded", load)).endsWith("90000 changed\n");
                assertThat(shown(connection, "select count(*) from loaded")).endsWith("\n90000|\n");
                through.check();
            }
        }
    }

    @Test
    void theServerIsReachedByTls() throws Exception {
        for (var tls : List.of(ServerLogin.Tls.PREFER, ServerLogin.Tls.REQUIRE)) {
            try (var through = new Through(MARIA.port, Through.Settings.PLAIN.user(Maria.NATIVE, tls));
                    var connection = RealClientsTest.open(MARIADB, through.port())) {
                assertThat(shown(connection, "show status like 'ssl_version'")).contains("TLSv1");
                through.check();
            }
        }
    }

    @Test
    void theServerIsToldWhoTheUserIs() throws Exception {
        try (var through = new Through(MARIA.port, Through.Settings.PLAIN);
                var connection =
                        RealClientsTest.open(MARIADB + "&connectionAttributes=program_name:books", through.port())) {
            assertThat(through.starts.getLast().parameters()).containsEntry("program_name", "books");
            assertThat(through.starts.getLast().database()).contains("shop");
            assertThat(shown(
                            connection,
                            "select attr_name, attr_value from performance_schema.session_connect_attrs"
                                    + " where processlist_id = connection_id() order by 1"))
                    .satisfiesAnyOf(
                            said -> assertThat(said).contains("program_name|alice@example.com books|"),
                            // a server without its performance schema remembers none
                            said -> assertThat(said).endsWith("attr_value|\n"));
            through.check();
        }
    }

    @Test
    void aSessionBeginsAnew() throws Exception {
        try (var through = new Through(MARIA.port, Through.Settings.PLAIN);
                var connection = RealClientsTest.open(MYSQL + PREPARED, through.port())) {
            var mysql = connection.unwrap(com.mysql.cj.jdbc.JdbcConnection.class);
            assertThat(shown(connection, "set @a = 1", "set sql_mode = 'ANSI_QUOTES'"))
                    .isEqualTo("0 changed\n0 changed\n");
            assertThat(settings(through, connection, "select 1").ansiQuotes()).isTrue();
            mysql.resetServerState();
            assertThat(shown(connection, "select @a")).endsWith("|\nnull|\n");
            assertThat(settings(through, connection, "select 2").ansiQuotes()).isFalse();

            assertThat(shown(connection, "set @a = 1", "use other")).isEqualTo("0 changed\n0 changed\n");
            mysql.changeUser("somebody", "else");
            assertThat(shown(connection, "select @a, current_user()")).endsWith("|\nnull|by_native@localhost|\n");
            assertThat(shown(connection, "select 3")).isEqualTo("3|\n3|\n");
            through.check();
        }
        // the driver resets what it takes for a MariaDB
        var named = new MysqlOptions(Optional.of("11.4.5-MariaDB"), false, false);
        try (var through = new Through(MARIA.port, Through.Settings.PLAIN.options(named));
                var connection = RealClientsTest.open(MARIADB + "&useResetConnection=true", through.port())) {
            assertThat(shown(connection, "set @a = 1")).isEqualTo("0 changed\n");
            connection.unwrap(org.mariadb.jdbc.Connection.class).reset();
            assertThat(shown(connection, "select @a")).endsWith("|\nnull|\n");
            through.check();
        }
    }

    private static dev.sallyport.inspect.sql.SqlSettings settings(Through through, Connection connection, String text)
            throws SQLException {
        assertThat(shown(connection, text)).doesNotContain("42000");
        return through.asked.stream()
                .filter(asked -> asked.text().equals(Optional.of(text)))
                .findFirst()
                .map(Asked::settings)
                .orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(strings = {MARIADB, MYSQL})
    void settingsAreThoseOfTheServer(String url) throws Exception {
        try (var through = new Through(MARIA.port, Through.Settings.PLAIN);
                var connection = RealClientsTest.open(url, through.port())) {
            var first = settings(through, connection, "select 1");
            assertThat(first.searchPath()).containsExactly("shop");
            assertThat(first.serverVersion()).contains(110405);
            assertThat(first.backslashEscapes()).isTrue();
            assertThat(first.ansiQuotes()).isFalse();
            assertThat(first.other()).startsWith("mariadb ");

            assertThat(shown(connection, "set sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES'"))
                    .contains("0 changed");
            var second = settings(through, connection, "select 2");
            assertThat(second.backslashEscapes()).isFalse();
            assertThat(second.ansiQuotes()).isTrue();

            // what is set inside, and what would keep the server from telling
            assertThat(shown(
                            connection,
                            "set session_track_system_variables = ''",
                            "create or replace procedure other.modes() set session sql_mode = ''",
                            "call other.modes()",
                            "set sql_mode = ''",
                            "use other"))
                    .doesNotContain("42000");
            var third = settings(through, connection, "select 3");
            // a procedure's mode is its own, what is set after it is not
            assertThat(third.ansiQuotes()).isFalse();
            assertThat(third.backslashEscapes()).isTrue();
            assertThat(third.searchPath()).containsExactly("other");

            assertThat(shown(
                            connection,
                            "set @x = concat('set session', '_track_system_variables = \\'\\'')",
                            "prepare p from @x",
                            "execute p",
                            "set sql_mode = 'ANSI_QUOTES'"))
                    .doesNotContain("42000");
            assertThat(settings(through, connection, "select 4").ansiQuotes()).isTrue();
            through.check();
        }
    }

    @Test
    void aPreparedStatementIsAskedAgainUnderOtherSettings() throws Exception {
        try (var through = new Through(
                        MARIA.port,
                        Through.Settings.PLAIN.judge(asked -> asked.settings().ansiQuotes()
                                        && asked.text().orElse("").contains("now or never")
                                ? new Judged(new Verdict.Block("test/quotes", "not with quotes"), Readings.UNREAD)
                                : new Judged(Verdict.ALLOW, Readings.UNREAD)));
                var connection = RealClientsTest.open(MARIADB + PREPARED, through.port());
                var statement = connection.prepareStatement("select 'now or never', ?")) {
            new Printed().run(statement, 1);
            new Printed().run(statement, 2);
            assertThat(times(through, "now or never")).isEqualTo(1);
            assertThat(shown(connection, "set sql_mode = 'ANSI_QUOTES'")).isEqualTo("0 changed\n");
            statement.setInt(1, 3);
            org.assertj.core.api.Assertions.assertThatThrownBy(statement::execute)
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("not with quotes");
            assertThat(times(through, "now or never")).isEqualTo(2);
            assertThat(shown(connection, "set sql_mode = default")).isEqualTo("0 changed\n");
            new Printed().run(statement, 4);
            through.check();
        }
    }

    private static long times(Through through, String word) {
        return through.texts().stream().filter(text -> text.contains(word)).count();
    }

    @Test
    void textsAreReadInTheClientsCharacterSet() throws Exception {
        try (var through = new Through(MARIA.port, Through.Settings.PLAIN)) {
            for (var set : List.of("latin1", "utf8mb4", "cp1251")) {
                var charset = Charsets.java(set).orElseThrow();
                var letter = set.equals("cp1251") ? "я" : "é";
                var process = new ProcessBuilder(
                                "mysql",
                                "--no-defaults",
                                "--ssl=0",
                                "-h127.0.0.1",
                                "-P" + through.port(),
                                "-ux",
                                "-py",
                                "--default-character-set=" + set,
                                "-N",
                                "shop")
                        .start();
                try (var in = process.getOutputStream()) {
                    in.write(("select '" + letter + "', hex(convert('" + letter + "' using utf16));\n")
                            .getBytes(charset));
                }
                assertThat(new String(process.getInputStream().readAllBytes(), charset))
                        .startsWith(letter + "\t");
                assertThat(through.texts().getLast()).startsWith("select '" + letter + "'");
            }
            through.check();
        }
    }

    @Test
    void theServersRefusalIsASentence() throws Exception {
        try (var through = new Through(MARIA.port, Through.Settings.PLAIN.user("nobody", ServerLogin.Tls.DISABLE))) {
            org.assertj.core.api.Assertions.assertThatThrownBy(
                            () -> RealClientsTest.open(MARIADB, through.port()).close())
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("does not accept the connection's user or password (error 1045)");
            assertThat(through.ends).hasSize(1);
        }
    }
}
