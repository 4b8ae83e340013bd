package dev.sallyport.cli.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.api.Connections.Connection;
import dev.sallyport.cli.TestingApi;
import dev.sallyport.cli.TestingSally;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExecTest {

    private static final String SCRIPTED = "-T -o BatchMode=yes";
    private static final String LOOKED_AT = "-tt -o BatchMode=yes -o LogLevel=ERROR";

    @TempDir
    private Path folder;

    private TestingApi api;
    private TestingSally sally;

    @BeforeEach
    void start() throws IOException {
        api = new TestingApi();
        api.on("GET /v1/connections/bash", TestingApi.connection("bash"));
        api.on("GET /v1/connections/pg", database("pg"));
        sally = configured(new TestingSally(folder));
        Files.writeString(folder.resolve("ssh_config"), "Host alice\n    IdentityFile alice\n");
    }

    @AfterEach
    void stop() {
        api.close();
    }

    private TestingSally configured(TestingSally one) throws IOException {
        return one.configure("""
                {"url": "%s", "key": "sally_x", "ssh_config": "%s/ssh_config"}""".formatted(api.url(), folder));
    }

    private static Connection database(String name) {
        return new Connection(
                "con_2",
                name,
                "postgres",
                null,
                null,
                null,
                null,
                null,
                null,
                "required",
                null,
                false,
                0,
                60,
                Map.of(),
                List.of(),
                null,
                1,
                null,
                null,
                600);
    }

    /// Somebody looks at stdout, and may type.
    private TestingSally person() throws IOException {
        return configured(new TestingSally(folder).onATerminal().person(_ -> ""));
    }

    /// An ssh that keeps its words, and its stdin where that is not what the tests themselves were started with, and
    /// ends as told.
    private void fakeSsh(TestingSally one, int status) throws IOException {
        var bin = Files.createDirectories(folder.resolve("bin"));
        var fake = Files.writeString(bin.resolve("ssh"), """
                #!/bin/sh
                printf '%%s\\n' "$@" >%1$s/words
                [ -f /dev/stdin ] && /bin/cat >%1$s/input
                exit %2$d
                """.formatted(folder, status));
        Files.setPosixFilePermissions(fake, PosixFilePermissions.fromString("rwx------"));
        one.variable("PATH", bin.toString());
    }

    private String line(String options, String connection, String rest) {
        return "ssh -F " + folder + "/ssh_config " + options + " -l alice+" + connection + " -- alice" + rest + "\n";
    }

    @Test
    void aScriptGetsNoTerminalAndNoQuestions() {
        assertThat(sally.run("exec", "--dry-run", "bash", "--", "-v", "it's").out())
                .isEqualTo(line(SCRIPTED, "bash", " -v 'it'\\''s'"));
        assertThat(sally.run("exec", "--dry-run", "pg", "select 1").out())
                .isEqualTo(line(SCRIPTED, "pg", " 'select 1'"));
    }

    @Test
    void wordsArePassedOnAsTheyAreAndTheExitStatusComesBack() throws IOException {
        fakeSsh(sally, 41);
        assertThat(sally.run("exec", "bash", "--", "a  b", "$(c)").code()).isEqualTo(41);
        assertThat(Files.readString(folder.resolve("words"))).endsWith("--\nalice\na  b\n$(c)\n");
    }

    @Test
    void aFileIsSshsStdinByteForByteAndTheExitStatusComesBack() throws IOException {
        fakeSsh(sally, 1);
        var bytes = new byte[3_000_000];
        for (int at = 0; at < bytes.length; at++) {
            bytes[at] = (byte) (at * 31 + at / 256);
        }
        Files.write(folder.resolve("big file.sql"), bytes);
        var ran = sally.run("exec", "pg", "-f", "big file.sql");
        assertThat(ran.code()).as(ran.err()).isEqualTo(1);
        assertThat(Files.readAllBytes(folder.resolve("input"))).isEqualTo(bytes);
        assertThat(Files.readString(folder.resolve("words"))).endsWith("-l\nalice+pg\n--\nalice\n");
        assertThat(sally.run("exec", "--dry-run", "pg", "--file=big file.sql").out())
                .isEqualTo(line(SCRIPTED, "pg", " < '" + folder + "/big file.sql'"));
    }

    @Test
    void whatIsPipedInIsRunWithOrWithoutSayingSo() {
        assertThat(sally.run("exec", "--dry-run", "pg").out()).isEqualTo(line(SCRIPTED, "pg", ""));
        assertThat(sally.run("exec", "--dry-run", "pg", "-f", "-").out()).isEqualTo(line(SCRIPTED, "pg", ""));
    }

    @Test
    void whatCannotBeRunIsSaidInASentenceAndNothingIsRun() throws IOException {
        Files.writeString(folder.resolve("one.sql"), "select 1");
        var person = person();
        fakeSsh(person, 0);
        for (var wrong : Map.of(
                        List.of("pg"), "sally: say what to run: a command behind the name, -f FILE, or something",
                        List.of("pg", "-f", "none.sql"), "none.sql cannot be read: there is no such file. Nothing",
                        List.of("pg", "-f", "."), " is a folder, not a file. Nothing was run.",
                        List.of("pg", "-f", "one.sql", "select 1"), "say either a command or -f FILE, not both.",
                        List.of("pg", "-f", "-", "-t"), "takes a file or a pipe on stdin, not a terminal.")
                .entrySet()) {
            var words = new ArrayList<>(wrong.getKey());
            words.addFirst("exec");
            var ran = person.run(words.toArray(String[]::new));
            assertThat(ran.code()).as("%s", words).isEqualTo(2);
            assertThat(ran.err()).contains(wrong.getValue()).hasLineCount(1);
            assertThat(ran.out()).isEmpty();
        }
        assertThat(folder.resolve("words")).doesNotExist();
    }

    @Test
    void whoLooksAtADatabaseGetsATable() throws IOException {
        Files.writeString(folder.resolve("one.sql"), "select 1");
        assertThat(person().run("exec", "--dry-run", "pg", "select 1").out())
                .isEqualTo(line(LOOKED_AT, "pg", " 'select 1'"));
        assertThat(person().run("exec", "--dry-run", "pg", "-f", "one.sql").out())
                .contains(LOOKED_AT);
    }

    @Test
    void whereSomethingIsPipedInOrNobodyLooksOrItIsNoDatabaseThereIsNoTable() throws IOException {
        var piped = configured(new TestingSally(folder).onATerminal());
        assertThat(piped.run("exec", "--dry-run", "pg", "select 1").out()).contains(SCRIPTED);
        assertThat(piped.run("exec", "--dry-run", "pg").out()).contains(SCRIPTED);
        assertThat(person().run("exec", "--dry-run", "bash", "uptime").out()).contains(SCRIPTED);
        // The API does not know it; ssh may.
        assertThat(person().run("exec", "--dry-run", "other", "uptime").out()).contains(SCRIPTED);
    }

    @Test
    void aTableCanBeAskedFor() {
        assertThat(sally.run("exec", "--dry-run", "-t", "pg", "select 1").out())
                .isEqualTo(line(LOOKED_AT, "pg", " 'select 1'"));
        assertThat(sally.run("exec", "--dry-run", "--table", "pg", "-f", "-").out())
                .isEqualTo(line(LOOKED_AT, "pg", ""));
    }
}
