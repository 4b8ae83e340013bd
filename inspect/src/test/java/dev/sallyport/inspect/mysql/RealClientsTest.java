package dev.sallyport.inspect.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What real clients show of a real MariaDB through the wire equals what they show of it directly.
class RealClientsTest {

    private static final String MARIADB = "jdbc:mariadb://127.0.0.1:%d/shop?sslMode=disable&allowMultiQueries=true";
    private static final String MYSQL =
            "jdbc:mysql://127.0.0.1:%d/shop?sslMode=DISABLED&allowMultiQueries=true&allowPublicKeyRetrieval=false";

    private static final String[] TEXTS = {
        "drop table if exists t",
        "create table t (a int primary key auto_increment, b varchar(100), c decimal(10,2), d datetime(6), e blob,"
                + " f double, g date, h time(3), i bigint unsigned, j json, k bit(10), l year, m enum('x','y'),"
                + " n float, o tinyint, p smallint unsigned, q mediumint, r timestamp null, s set('u','v'))",
        "insert into t values (null,'héllo',12.50,'2026-01-02 03:04:05.678901',x'00ff27',1.5e10,'1999-12-31',"
                + "'-12:34:56.789',18446744073709551615,'{\"a\":1}',b'1010',2026,'y',2.5,-128,65535,-8388608,"
                + "'2020-02-29 12:00:00','u,v')",
        "insert into t (b) values (null), (''), ('日本語 😀')",
        "select * from t",
        "select b, 'x' as ' ', null, 1+1, now() is null, true from t order by a desc",
        "select 1; select 2, 'x'; update t set b='z' where a=1; select b from t where a=1",
        "select 1; select * from nowhere; select 2",
        "select nothing from t",
        "selec",
        "use other",
        "select database()",
        "use shop",
        "set sql_mode='ANSI_QUOTES'",
        "select \"a\" from t",
        "set sql_mode=default",
        "begin",
        "update t set b='w'",
        "select count(*) from t where b='w'",
        "rollback",
        "select b from t order by a",
        "explain select * from t",
        "show columns from t",
        "select repeat('x', 70000), repeat('y', 251), repeat('z', 65536)",
        "select 1 from t where 1=0",
        "drop procedure if exists p",
        "create procedure p() begin select 1; select 2 from t; update t set o = 1; end",
        "call p()",
        "/* a comment */ select 1 -- and more",
        "select * from information_schema.collations where character_set_name = 'latin1' order by id",
        "show warnings",
        "select 1/0",
        "show warnings",
        "do sleep(0)",
        "checksum table t",
        "analyze table t"
    };

    static Connection open(String url, int port) throws SQLException {
        return DriverManager.getConnection(String.format(url, port), Maria.NATIVE, Maria.PASSWORD);
    }

    private static String shown(Connection connection) throws SQLException {
        var printed = new Printed().run(connection, TEXTS);
        try (var statement = connection.prepareStatement("select ?, a, b, c, d, f, i from t where a < ?")) {
            // often enough for a driver that prepares at the server only what runs often
            for (int i = 0; i < 12; i++) {
                printed.run(statement, "p" + i, i);
            }
        }
        printed.prepare(
                connection,
                "insert into t (b,c,d,e,f,g,i,o) values (?,?,?,?,?,?,?,?)",
                "prepared",
                new java.math.BigDecimal("3.14"),
                java.time.LocalDateTime.of(2026, 1, 2, 3, 4, 5, 600_000_000),
                new byte[] {1, 0, 2},
                2.5,
                java.time.LocalDate.of(2000, 1, 1),
                7L,
                3);
        printed.prepare(connection, "select * from t");
        printed.prepare(connection, "select nothing from t where a = ?", 1);
        printed.prepare(connection, "call p()");
        try (var statement = connection.prepareStatement("insert into t (b) values (?)")) {
            for (int i = 0; i < 50; i++) {
                statement.setString(1, "batch" + i);
                statement.addBatch();
            }
            assertThat(statement.executeBatch()).hasSize(50);
        }
        return printed.run(connection, "select count(*) from t where b like 'batch%'")
                .toString();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                MARIADB,
                MARIADB + "&useServerPrepStmts=true",
                MARIADB + "&useServerPrepStmts=true&disablePipeline=true",
                MARIADB + "&useBulkStmts=true&useCompression=true",
                MARIADB + "&characterEncoding=utf8",
                MYSQL,
                MYSQL + "&useServerPrepStmts=true&cachePrepStmts=true",
                MYSQL + "&useServerPrepStmts=true&useCursorFetch=true&defaultFetchSize=2",
                MYSQL + "&characterSetResults=latin1&useCompression=true",
                MYSQL + "&rewriteBatchedStatements=true&trackSessionState=true"
            })
    void aDriverShowsTheSame(String url) throws Exception {
        var maria = Maria.running();
        String direct;
        try (var connection = open(url, maria.port)) {
            direct = shown(connection);
        }
        for (int piece : new int[] {65_536, 7}) {
            try (var through = new Through(maria.port, Through.Settings.PLAIN.piece(piece));
                    var connection = open(url, through.port())) {
                assertThat(shown(connection)).isEqualTo(direct);
                through.check();
                assertThat(through.texts()).contains("selec", "select database()");
            }
        }
    }

    private static String client(int port, List<String> more, String input) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("mysql", "--no-defaults", "--ssl=0", "-h127.0.0.1", "-P" + port));
        command.addAll(List.of("-u" + Maria.NATIVE, "-p" + Maria.PASSWORD, "--default-character-set=utf8mb4"));
        command.addAll(more);
        // apart: what comes first of the two is the client's buffers' business
        var errors = Files.createTempFile("mysql-errors", ".txt");
        try {
            var process =
                    new ProcessBuilder(command).redirectError(errors.toFile()).start();
            try (var in = process.getOutputStream()) {
                in.write(input.getBytes(StandardCharsets.UTF_8));
            }
            var shown = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            boolean _ = process.waitFor(60, TimeUnit.SECONDS);
            return shown + "\n-- stderr\n" + Files.readString(errors);
        } finally {
            Files.delete(errors);
        }
    }

    @Test
    void theMysqlClientShowsTheSame() throws Exception {
        var maria = Maria.running();
        var script = String.join(";\n", TEXTS) + ";\n\\u other\nselect database();\nselect 'last';\n";
        var forms = Map.of("-f", "-vvv", "--table", "-f", "--xml", "-f", "--column-type-info", "-f");
        for (var form : forms.entrySet()) {
            var arguments = List.of(form.getKey(), form.getValue(), "shop");
            // the first run finds what the others find: whether a table was there is a warning
            assertThat(client(maria.port, arguments, script)).contains("last");
            var direct = client(maria.port, arguments, script);
            assertThat(direct).contains("last").contains("ERROR 1064");
            try (var through = new Through(maria.port, Through.Settings.PLAIN)) {
                assertThat(timeless(client(through.port(), arguments, script))).isEqualTo(timeless(direct));
                through.check();
            }
        }
    }

    /// Without how long things took.
    private static String timeless(String text) {
        return text.replaceAll("\\(\\d+\\.\\d+ sec\\)", "");
    }

    @Test
    void aLoadOfClientsAtOnceIsServed() throws Exception {
        var maria = Maria.running();
        try (var through = new Through(maria.port, Through.Settings.PLAIN)) {
            var process = new ProcessBuilder(
                            "mysqlslap",
                            "--no-defaults",
                            "--ssl=0",
                            "-h127.0.0.1",
                            "-P" + through.port(),
                            "-uanybody",
                            "-panything",
                            "--concurrency=8",
                            "--number-of-queries=400",
                            "--auto-generate-sql",
                            "--auto-generate-sql-load-type=mixed")
                    .redirectErrorStream(true)
                    .start();
            var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(said).isZero();
            assertThat(through.answered.size()).as(said).isGreaterThan(400);
            through.check();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {MARIADB, MARIADB + "&useServerPrepStmts=true", MYSQL + "&useServerPrepStmts=true"})
    void valuesLongerThanOnePacketPass(String url) throws Exception {
        var maria = Maria.running();
        var blob = new byte[17 * 1024 * 1024 + 5];
        new java.util.Random(1).nextBytes(blob);
        try (var through = new Through(maria.port, Through.Settings.PLAIN);
                var direct = open(MARIADB, maria.port);
                var connection = open(url, through.port())) {
            var _ = new Printed()
                    .run(direct, "create or replace table big (id int, b longblob)", "insert into big values (1, '')");
            try (var statement = direct.prepareStatement("update big set b = ?")) {
                statement.setBytes(1, blob);
                assertThat(statement.executeUpdate()).isEqualTo(1);
            }
            try (var statement = connection.prepareStatement("select b, id from big where id = ?")) {
                statement.setInt(1, 1);
                try (var result = statement.executeQuery()) {
                    assertThat(result.next()).isTrue();
                    assertThat(result.getBytes(1)).isEqualTo(blob);
                    assertThat(result.getInt(2)).isEqualTo(1);
                    assertThat(result.next()).isFalse();
                }
            }
            assertThat(new Printed().run(connection, "select 1").toString()).contains("1|");
            through.check();
        }
    }

    @Test
    void parametersLongerThanOnePacketPassAndSuchStatementsDoNot() throws Exception {
        var maria = Maria.running();
        var blob = new byte[17 * 1024 * 1024 + 5];
        java.util.Arrays.fill(blob, (byte) 'x');
        try (var through = new Through(maria.port, Through.Settings.PLAIN);
                var connection = open(MYSQL + "&useServerPrepStmts=true&maxAllowedPacket=60000000", through.port())) {
            var _ = new Printed().run(connection, "create or replace table big (id int, b longblob)");
            try (var statement = connection.prepareStatement("insert into big values (1, ?)")) {
                statement.setBytes(1, blob);
                assertThat(statement.executeUpdate()).isEqualTo(1);
                statement.setBinaryStream(1, new java.io.ByteArrayInputStream(blob), blob.length);
                assertThat(statement.executeUpdate()).isEqualTo(1);
            }
            assertThat(new Printed()
                            .run(connection, "select id, length(b) from big")
                            .toString())
                    .contains(String.valueOf(blob.length));
            var text = "select '" + new String(blob, StandardCharsets.US_ASCII) + "'";
            assertThat(new Printed().run(connection, text).toString()).contains("too long to be judged");
            assertThat(new Printed().run(connection, "select 1").toString()).contains("1|");
            through.check();
        }
    }
}
