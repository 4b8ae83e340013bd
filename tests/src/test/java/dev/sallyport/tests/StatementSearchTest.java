package dev.sallyport.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sallyport.tests.bed.EndToEnd;
import dev.sallyport.tests.bed.Instance;
import dev.sallyport.tests.bed.LastSession;
import dev.sallyport.tests.bed.NewConnections;
import dev.sallyport.tests.bed.NotCompared;
import dev.sallyport.tests.bed.Postgres;
import dev.sallyport.tests.bed.Ran;
import dev.sallyport.tests.bed.Shared;
import dev.sallyport.tests.bed.Tunnel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What was done in databases, found again by `sally sessions search`, and `sally exec` with SQL.
@EndToEnd
class StatementSearchTest {

    private static final String EMAIL = "alice@example.com";

    private final Instance instance = Shared.instance();
    private final Postgres server = Postgres.shared();

    /// A name that no other case uses.
    private final String table = "found_" + ThreadLocalRandom.current().nextInt(1_000_000_000);

    @TempDir
    private Path folder;

    private Ran search(String... words) throws Exception {
        var arguments = new String[words.length + 2];
        arguments[0] = "sessions";
        arguments[1] = "search";
        System.arraycopy(words, 0, arguments, 2, words.length);
        var ran = instance.sally(arguments).now();
        assertThat(ran.status()).as("%s", ran).isZero();
        return ran;
    }

    @Test
    void whatPsqlDidIsFoundAndAPasswordIsNot() throws Exception {
        var connection = NewConnections.postgres(instance, server);
        var secret = "geheimnis_" + table;
        try (var tunnel = Tunnel.open(instance, "alice", connection)) {
            var ran = Postgres.psql(
                    tunnel.port(),
                    "anyone",
                    "whatever",
                    "create table public." + table + " (a int);\ndrop table public." + table + ";\ncreate role " + table
                            + ";\nalter user " + table + " password '" + secret + "';\ndrop role " + table + ";\n");
            assertThat(ran.status()).as("%s", ran).isZero();
        }
        var session = LastSession.sealed(instance, EMAIL).session();

        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(search("drop", "table", table).out())
                        .contains(session, EMAIL, connection, "drop table public." + table));
        assertThat(search("\"drop table\"", table, "--connection", connection).out())
                .contains("drop table public." + table)
                .doesNotContain("create table");
        assertThat(search("alter", "user", table).out())
                .contains("alter user " + table + " password")
                .doesNotContain(secret);
        for (var words : new String[] {secret, "geheimnis", "\"password '" + secret + "'\" alter"}) {
            var none = search(words);
            assertThat(none.out()).isEmpty();
            assertThat(none.err()).contains("no statement is like that since ").doesNotContain("not in the index");
        }
        assertThat(search("drop", table, "--verdict", "block").out()).isEmpty();
        assertThat(search("drop", table, "--user", "bob@example.com").out()).isEmpty();
        assertThat(instance.sally("admin", "audit").now().out()).contains("statements.searched");
    }

    @Test
    @NotCompared("a run of the CLI is no client of the instance")
    void execRunsSqlAndAFileOfIt() throws Exception {
        var connection = NewConnections.postgres(instance, server);
        var one = instance.sally("exec", connection, "select 7 as id, 'Berlin' as city")
                .now();
        assertThat(one.status()).as("%s", one).isZero();
        assertThat(one.out()).isEqualTo("id\tcity\n7\tBerlin\n");

        var table = instance.sally("exec", "-t", connection, "--", "select 7 as id, 'Berlin' as city")
                .now();
        assertThat(table.status()).as("%s", table).isZero();
        assertThat(table.out()).contains(" id | city\r\n----+--------\r\n 7  | Berlin\r\n(1 row)\r\n");

        var file = Files.writeString(
                folder.resolve("migration.sql"), "select 'first; one';\nselect nothing;\nselect 'never';\n");
        var ran = instance.sally("exec", connection, "-f", file.toString()).now();
        assertThat(ran.status()).as("%s", ran).isEqualTo(1);
        assertThat(ran.out()).contains("first; one").doesNotContain("never");
        assertThat(ran.err()).contains("ERROR:").contains("nothing");

        var stdin = instance.sally("exec", connection, "-f", "-")
                .input("select 42 as answer;\n")
                .now();
        assertThat(stdin.status()).as("%s", stdin).isZero();
        assertThat(stdin.out()).isEqualTo("answer\n42\n");
        assertThat(LastSession.sealed(instance, EMAIL).show()).contains("select 42 as answer");
    }
}
