package dev.sallyport.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.api.Connections;
import dev.sallyport.api.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SallyTest {

    @TempDir
    private Path folder;

    private TestingApi api;

    @BeforeEach
    void start() throws IOException {
        api = new TestingApi();
    }

    @AfterEach
    void stop() {
        api.close();
    }

    @Test
    void helpNamesTheCommandsAndTheExitCodes() {
        var ran = new TestingSally(folder).run("--help");
        assertThat(ran.code()).isZero();
        assertThat(ran.out())
                .contains("connect", "ssh-config", "sessions", "admin", "login", "logout", "status", "version")
                .contains("Exit codes:", "not what was recorded");
        assertThat(ran.err()).isEmpty();
    }

    @Test
    void aWrongCommandLineIsSaidInASentenceAndIsExitCode2() {
        for (var words : List.of("nosuch", "sessions", "ls --nosuch", "sessions ls --limit x", "admin users create")) {
            var ran = new TestingSally(folder).run(words.split(" "));
            assertThat(ran.code()).as(words).isEqualTo(2);
            assertThat(ran.err())
                    .as(words)
                    .startsWith("sally: ")
                    .contains("--help")
                    .hasLineCount(1);
        }
    }

    @Test
    void aWordThatIsNoCommandIsNamedAndSoAreTheCommands() {
        assertThat(new TestingSally(folder).run("sessions", "list").err())
                .isEqualTo(
                        "sally: there is no command 'list' here; there are ls, search, show, follow, replay, download,"
                                + " verify, kill, hold, release, holds, delete-recording. See  sally sessions --help\n");
        assertThat(new TestingSally(folder).run("sessions").err())
                .startsWith("sally: say what to do: ls, search, show, follow,");
        assertThat(new TestingSally(folder).run("status", "x").err()).startsWith("sally: 'x' is one word too many.");
        assertThat(new TestingSally(folder)
                        .run("admin", "revocations", "create")
                        .err())
                .startsWith("sally: Missing");
    }

    @Test
    void theVersionIsAnOptionAsWell() {
        var version = new TestingSally(folder).run("version").out();
        assertThat(version).startsWith("sally ");
        for (var option : List.of("--version", "-V")) {
            var ran = new TestingSally(folder).run(option);
            assertThat(ran.code()).isZero();
            assertThat(ran.out()).isEqualTo(version);
        }
    }

    @Test
    void aLimitThatIsNoneIsSaid() {
        for (var words : List.of("sessions ls --limit 0", "sessions ls --limit -1", "admin audit --limit 10001")) {
            var ran = new TestingSally(folder).run(words.split(" "));
            assertThat(ran.code()).as(words).isEqualTo(2);
            assertThat(ran.err()).as(words).isEqualTo("sally: --limit takes a number from 1 to 10000.\n");
        }
    }

    @Test
    void withoutConfigurationItSaysWhatToDo() {
        var ran = new TestingSally(folder).run("ls");
        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.err()).startsWith("sally: there is no configuration.").contains("make up", "--config");
    }

    @Test
    void theConfigurationIsFoundInTheNearestFolderAbove() throws IOException {
        var below = Files.createDirectories(folder.resolve("a/b/c"));
        api.on("GET /v1/connections", new Connections.Page(List.of(), null));
        var ran = TestingSally.with(folder, api).runIn(below, "ls");
        assertThat(ran.code()).as(ran.err()).isZero();
        assertThat(api.last("GET").key()).contains("Bearer sally_test");
    }

    @Test
    void whatIsMissingInTheConfigurationIsNamed() throws IOException {
        var ran = new TestingSally(folder)
                .configure("{\"url\": \"http://127.0.0.1:1\"}")
                .run("ls");
        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.err()).contains("has no \"key\"").contains("cli.json");
    }

    @Test
    void aDamagedConfigurationIsNamedAndNotRepeated() throws IOException {
        var ran = new TestingSally(folder).configure("{\"key\": sally_secret").run("ls");
        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.err()).contains("cli.json").doesNotContain("sally_secret");
    }

    @Test
    void whereNothingAnswersTheAddressIsSaid() throws IOException {
        var url = api.url();
        api.close();
        var ran = new TestingSally(folder)
                .configure("{\"url\": \"" + url + "\", \"key\": \"sally_x\"}")
                .run("ls");
        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.err()).contains(url.toString(), "nothing answers there").doesNotContain("Exception", "\tat ");
    }

    @ParameterizedTest
    @CsvSource({
        "NOT_FOUND, 3",
        "FORBIDDEN, 3",
        "UNAUTHENTICATED, 3",
        "CONFLICT, 3",
        "INVALID, 2",
        "TOO_LARGE, 2",
        "FAILED, 1",
        "UNAVAILABLE, 1"
    })
    void aProblemIsItsSentenceAndAnExitCode(Problem.Type type, int code) throws IOException {
        api.on("GET /v1/users/bob", Problem.of(type, "What went wrong, and\nwhat \u001b[31mto do"));
        var ran = TestingSally.with(folder, api).run("admin", "users", "show", "bob");
        assertThat(ran.code()).isEqualTo(code);
        assertThat(ran.err()).isEqualTo("sally: What went wrong, and\\nwhat \\x1b[31mto do.\n");
        assertThat(ran.out()).isEmpty();
    }

    @Test
    void whatIsNoAnswerOfOursIsSaidSo() throws IOException {
        api.on("GET /v1/connections", "<html>".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        var ran = TestingSally.with(folder, api).run("ls");
        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.err()).contains("could not be understood");
    }

    @Test
    void anArgumentThatStartsWithAnAtSignIsNoFile() throws IOException {
        Files.writeString(folder.resolve("secret"), "--help");
        api.on("GET /v1/users/@secret", Problem.of(Problem.Type.NOT_FOUND, "No."));
        var ran = TestingSally.with(folder, api).run("admin", "users", "show", "@secret");
        assertThat(ran.code()).isEqualTo(3);
    }

    @Test
    void anEmptyListSaysWhatToDoNext() throws IOException {
        api.on("GET /v1/connections", new Connections.Page(List.of(), null));
        var ran = TestingSally.with(folder, api).run("ls");
        assertThat(ran.code()).isZero();
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err()).startsWith("sally: there is no connection").contains("sally admin rules create");
    }

    @Test
    void coloursAreForTerminalsAndNotWithNoColor() {
        assertThat(new TestingSally(folder).run("--help").out()).doesNotContain("\u001b");
        assertThat(new TestingSally(folder).onATerminal().run("--help").out()).contains("\u001b[");
        assertThat(new TestingSally(folder)
                        .onATerminal()
                        .variable("NO_COLOR", "1")
                        .run("--help")
                        .out())
                .doesNotContain("\u001b");
    }
}
