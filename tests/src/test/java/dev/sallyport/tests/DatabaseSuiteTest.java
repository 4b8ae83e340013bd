package dev.sallyport.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.api.Connections.Database;
import dev.sallyport.tests.bed.EndToEnd;
import dev.sallyport.tests.bed.Instance;
import dev.sallyport.tests.bed.LastSession;
import dev.sallyport.tests.bed.Mysql;
import dev.sallyport.tests.bed.NewConnections;
import dev.sallyport.tests.bed.Postgres;
import dev.sallyport.tests.bed.Ran;
import dev.sallyport.tests.bed.Run;
import dev.sallyport.tests.bed.Shared;
import dev.sallyport.tests.bed.Tunnel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// The suites of statements that the wires pass (`inspect`), through the whole product: what `psql` and `mysql` show is
/// what they show directly, and where values are masked, only the cells of `suite.masked` differ.
@EndToEnd
class DatabaseSuiteTest {

    private static final String EMAIL = "alice@example.com";
    private static final Path SUITES =
            Path.of(System.getProperty("basedir", "."), "../inspect/src/test/resources/dev/sallyport/inspect");

    /// Judged by the grammar, and all allowed.
    private static final String RULES = "unread allow\nrule none\n  block\n  when reads nobody.has_this\n";

    private final Instance instance = Shared.instance();

    private Database to(int port, String user, String password, String database, @Nullable String masking) {
        return new Database(
                "127.0.0.1",
                port,
                user,
                "seal:" + password,
                database,
                List.of("suite"),
                "disable",
                null,
                null,
                null,
                masking,
                null,
                null,
                RULES);
    }

    private static List<String> cells(String text, String separator) {
        return List.of(text.split("[\n" + separator + "]", -1));
    }

    /// The cells that differ are these, in order.
    private static void onlyMasked(Ran direct, Ran shown, String separator, Path expected) throws IOException {
        var different = new ArrayList<String>();
        for (var pair : List.of(
                Map.entry(cells(direct.out(), separator), cells(shown.out(), separator)),
                Map.entry(cells(direct.err(), "\n"), cells(shown.err(), "\n")))) {
            assertThat(pair.getValue()).hasSameSizeAs(pair.getKey());
            for (int i = 0; i < pair.getKey().size(); i++) {
                if (!pair.getKey().get(i).equals(pair.getValue().get(i))) {
                    different.add(
                            pair.getKey().get(i) + " => " + pair.getValue().get(i));
                }
            }
        }
        assertThat(different).isEqualTo(Files.readAllLines(expected));
    }

    private static void same(Ran direct, Ran shown) {
        assertThat(shown.err()).isEqualTo(direct.err());
        assertThat(shown.out()).isEqualTo(direct.out());
        assertThat(shown.status()).isEqualTo(direct.status());
    }

    /// What a run printed, without what is never the same twice.
    private static Ran settled(Ran ran) {
        return new Ran(ran.status(), settled(ran.out()), settled(ran.err()));
    }

    private static byte[] settled(String text) {
        return text.replaceAll("PID [0-9]+", "PID N")
                .replaceAll("psql:[^ ]*suite.sql", "psql:suite.sql")
                .replaceAll("(Connection id: +)[0-9]+", "$1N")
                .getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }

    private static Ran psql(int port, String user, String password, String... more) throws Exception {
        var arguments = new ArrayList<>(List.of("-d", Postgres.DATABASE, "-f", SUITES + "/postgres/suite.sql"));
        arguments.addAll(List.of(more));
        return settled(Postgres.psql(port, user, password, "", arguments.toArray(String[]::new)));
    }

    @Test
    void psqlShowsTheSame() throws Exception {
        var server = Postgres.shared();
        var cells = new String[] {"-A", "-F", "\u001f"};
        var direct = psql(server.port(), Postgres.USER, Postgres.PASSWORD, cells);
        var plain = NewConnections.postgres(
                instance, to(server.port(), Postgres.USER, Postgres.PASSWORD, Postgres.DATABASE, "none"));
        try (var tunnel = Tunnel.open(instance, "alice", plain)) {
            same(direct, psql(tunnel.port(), "anyone", "whatever", cells));
        }
        assertThat(LastSession.sealed(instance, EMAIL).verify().status()).isZero();
        var masked = NewConnections.postgres(
                instance, to(server.port(), Postgres.USER, Postgres.PASSWORD, Postgres.DATABASE, null));
        try (var tunnel = Tunnel.open(instance, "alice", masked)) {
            var shown = psql(tunnel.port(), "anyone", "whatever", cells);
            onlyMasked(direct, shown, "\u001f", SUITES.resolve("postgres/suite.masked"));
        }
        assertThat(LastSession.sealed(instance, EMAIL).verify().status()).isZero();
    }

    private static Ran mysql(int port, String user, String password) throws Exception {
        var command = List.of(
                "mysql",
                "--no-defaults",
                "--skip-ssl",
                "--default-character-set=utf8mb4",
                "--host=127.0.0.1",
                "--port=" + port,
                "--user=" + user,
                "--batch",
                "--force",
                "--local-infile=0",
                Mysql.DATABASE);
        var suite = Files.readString(SUITES.resolve("mysql/suite.sql"));
        return settled(
                Run.of(command, Map.of("MYSQL_PWD", password)).input(suite).now());
    }

    @Test
    void mysqlShowsTheSame() throws Exception {
        var server = Mysql.shared();
        var direct = mysql(server.port(), Mysql.USER, Mysql.PASSWORD);
        var plain =
                NewConnections.mysql(instance, to(server.port(), Mysql.USER, Mysql.PASSWORD, Mysql.DATABASE, "none"));
        try (var tunnel = Tunnel.open(instance, "alice", plain)) {
            same(direct, mysql(tunnel.port(), "anyone", "whatever"));
        }
        assertThat(LastSession.sealed(instance, EMAIL).verify().status()).isZero();
        var masked =
                NewConnections.mysql(instance, to(server.port(), Mysql.USER, Mysql.PASSWORD, Mysql.DATABASE, null));
        try (var tunnel = Tunnel.open(instance, "alice", masked)) {
            var shown = mysql(tunnel.port(), "anyone", "whatever");
            onlyMasked(direct, shown, "\t", SUITES.resolve("mysql/suite.masked"));
        }
        assertThat(LastSession.sealed(instance, EMAIL).verify().status()).isZero();
    }
}
