package dev.sallyport.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.api.Connections.Database;
import dev.sallyport.tests.bed.EndToEnd;
import dev.sallyport.tests.bed.Instance;
import dev.sallyport.tests.bed.LastSession;
import dev.sallyport.tests.bed.NewConnections;
import dev.sallyport.tests.bed.Postgres;
import dev.sallyport.tests.bed.Shared;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// SQL without a client: after the connection's name, or on stdin.
@EndToEnd
class SqlTest {

    private final Instance instance = Shared.instance();
    private final Postgres server = Postgres.shared();

    private String connection(String masking) throws Exception {
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
                        masking,
                        null,
                        List.of("safe-writes"),
                        null));
    }

    @Test
    void aCommandIsRunAndItsRowsAreTabSeparated() throws Exception {
        var ran = instance.ssh(
                        "alice", connection("none"), "select 1 as one, null as none, E'a\\tb' as text; select 2 as two")
                .now();
        assertThat(ran.status()).as("%s", ran).isZero();
        assertThat(ran.out()).isEqualTo("one\tnone\ttext\n1\t\\N\ta\\tb\ntwo\n2\n");
        assertThat(LastSession.sealed(instance, "alice@example.com").show()).contains("select 2 as two");
    }

    @Test
    void stdinIsRunStatementByStatementUntilTheFirstError() throws Exception {
        var ran = instance.ssh("alice", connection("none")).input("""
                        -- a comment; with a semicolon
                        create temp table t (a int, b text);
                        insert into t values (1, 'x;y'), (2, $$z;'$$);
                        select b from t order by a;
                        delete from t;
                        select 'never';
                        """).now();
        assertThat(ran.status()).as("%s", ran).isEqualTo(1);
        assertThat(ran.out()).isEqualTo("b\nx;y\nz;'\n");
        assertThat(ran.err())
                .contains("CREATE TABLE\nINSERT 0 2\n")
                .contains("ERROR:  This changes every row of the table")
                .contains("safe-writes/every-row");
    }

    @Test
    void largeResultsStreamAndAreMasked() throws Exception {
        var ran = instance.ssh(
                        "alice",
                        connection("default"),
                        "select n, 'jane.roe' || n || '@example.org' as mail from generate_series(1, 50000) n")
                .now();
        assertThat(ran.status()).as("%s", ran.err()).isZero();
        assertThat(ran.out().lines()).hasSize(50_001);
        assertThat(ran.out()).endsWith("50000\t[email]\n").doesNotContain("jane.roe");
    }

    @Test
    void whatIsNotSqlIsSaid() throws Exception {
        var wrong = instance.ssh("alice", connection("none"), "selct 1").now();
        assertThat(wrong.status()).as("%s", wrong).isEqualTo(1);
        assertThat(wrong.err()).contains("ERROR:").contains("selct");
        var psqls = instance.ssh("alice", connection("none")).input("\\d\n").now();
        assertThat(psqls.status()).isEqualTo(1);
        assertThat(psqls.err()).contains("sally: commands that begin with \\ are psql's");
        var data = instance.ssh("alice", connection("none"), "create temp table t (a int); copy t from stdin")
                .now();
        assertThat(data.status()).isEqualTo(1);
        assertThat(data.err()).contains("ERROR:").contains("data for a COPY goes through a forwarded port");
    }

    @Test
    void aTerminalGetsATable() throws Exception {
        var ran = instance.sshWith(List.of("-tt"), "alice", connection("none"), "select 7 as id, 'Berlin' as city")
                .now();
        assertThat(ran.out()).as("%s", ran).contains(" id | city\r\n----+--------\r\n 7  | Berlin\r\n(1 row)\r\n");
    }

    @Test
    void sallyRunsAFileAndAsksForATable(@TempDir Path folder) throws Exception {
        var connection = connection("none");
        var file = Files.writeString(
                folder.resolve("report.sql"), "select 7 as id, 'Berlin' as city;\nselct 1;\nselect 'never';\n");
        var ran = instance.sally("exec", "--as", "alice", connection, "-f", file.toString())
                .now();
        assertThat(ran.status()).as("%s", ran).isEqualTo(1);
        assertThat(ran.out()).isEqualTo("id\tcity\n7\tBerlin\n");
        assertThat(ran.err()).contains("ERROR:").contains("selct");
        var table = instance.sally("exec", "--as", "alice", "--table", connection, "select 7 as id")
                .now();
        assertThat(table.status()).as("%s", table).isZero();
        assertThat(table.out()).isEqualTo(" id\r\n----\r\n 7\r\n(1 row)\r\n\r\n");
        assertThat(table.err()).contains("is over; replay it with").doesNotContain("Connection to");
        var missing = instance.sally("exec", "--as", "alice", connection, "-f", file + ".not")
                .now();
        assertThat(missing.status()).as("%s", missing).isEqualTo(2);
        assertThat(missing.err()).contains("there is no such file. Nothing was run.");
    }

    @Test
    void ctrlCEndsACommandOnATerminal() throws Exception {
        var ran = instance.sshWith(List.of("-tt"), "alice", connection("none"), "select pg_sleep(600)")
                .input("\u0003")
                .keepInputOpen()
                .now();
        assertThat(ran.status()).as("%s", ran).isNotZero();
    }
}
