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
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What the drivers of Node.js, `pg` and `mysql2`, tell of a database through the edge and the agent is what they tell
/// of it directly: rows, types, errors, notices, prepared statements, big results.
@EndToEnd
class NodeDriversTest {

    private static final String EMAIL = "alice@example.com";
    private static final Path ROOT =
            Path.of(System.getProperty("basedir", "."), "..").toAbsolutePath().normalize();
    private static final Path SCRIPTS = ROOT.resolve("tests/src/test/resources/dev/sallyport/tests/node");

    private static String packages = "";
    private static String node = "";

    private final Instance instance = Shared.instance();

    @BeforeAll
    static void install() throws Exception {
        node = tool("node") + "/node";
        packages = tool("npm", SCRIPTS.toString(), "node-drivers");
    }

    private static String tool(String name, String... arguments) throws Exception {
        var command =
                new ArrayList<>(List.of(ROOT.resolve("tools").resolve(name).toString()));
        command.addAll(List.of(arguments));
        var ran = Run.of(command).now();
        assertThat(ran.status()).as("%s", ran).isZero();
        return ran.out().strip();
    }

    private static Ran run(String script, int port, String user, String password, String database) throws Exception {
        var command =
                List.of(node, SCRIPTS.resolve(script).toString(), Integer.toString(port), user, password, database);
        // pg warns, with the process's number, of queries that are not waited for
        return Run.of(command, Map.of("PACKAGES", packages, "NODE_NO_WARNINGS", "1"))
                .now();
    }

    private static void same(Ran direct, Ran shown) {
        assertThat(direct.status()).as("%s", direct).isZero();
        assertThat(shown.out()).as("%s", shown).isEqualTo(direct.out());
        assertThat(shown.err()).isEqualTo(direct.err());
        assertThat(shown.status()).isZero();
    }

    @Test
    void pgTellsTheSame() throws Exception {
        var server = Postgres.shared();
        var direct = run("pg.mjs", server.port(), Postgres.USER, Postgres.PASSWORD, Postgres.DATABASE);
        assertThat(direct.out()).contains("\"code\":\"42703\"", "\"code\":\"23505\"", "row 50000", "57014", "heard 1");
        try (var tunnel = Tunnel.open(instance, "alice", NewConnections.postgres(instance, server))) {
            same(direct, run("pg.mjs", tunnel.port(), "anyone", "whatever", Postgres.DATABASE));
        }
        assertThat(LastSession.sealed(instance, EMAIL).verify().status()).isZero();
    }

    @Test
    void pgReadsWhatIsMasked() throws Exception {
        var server = Postgres.shared();
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
                null);
        try (var tunnel = Tunnel.open(instance, "alice", NewConnections.postgres(instance, database))) {
            var shown = run("masked.mjs", tunnel.port(), "anyone", "whatever", Postgres.DATABASE);
            assertThat(shown.out())
                    .as("%s", shown)
                    .contains("\"email\":[\"[email]\"]", "\"documents\":[{\"to\":\"[email]\"}]")
                    .contains("\"document\":{\"to\":\"[email]\"}", "\"numbers\":[\"1111\",\"7\"]")
                    .doesNotContain("jane.roe");
        }
    }

    @Test
    void mysql2TellsTheSame() throws Exception {
        var server = Mysql.shared();
        var direct = run("mysql2.mjs", server.port(), Mysql.USER, Mysql.PASSWORD, Mysql.DATABASE);
        assertThat(direct.out()).contains("ER_DUP_ENTRY", "ER_BAD_FIELD_ERROR", "row 50000", "by hand", "TIMEOUT");
        try (var tunnel = Tunnel.open(instance, "alice", NewConnections.mysql(instance, server))) {
            same(direct, run("mysql2.mjs", tunnel.port(), "anyone", "whatever", Mysql.DATABASE));
        }
        assertThat(LastSession.sealed(instance, EMAIL).verify().status()).isZero();
    }
}
