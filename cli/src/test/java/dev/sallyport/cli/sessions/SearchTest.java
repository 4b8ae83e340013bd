package dev.sallyport.cli.sessions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.api.ApiJson;
import dev.sallyport.api.Statements.Gap;
import dev.sallyport.api.Statements.Page;
import dev.sallyport.api.Statements.Statement;
import dev.sallyport.cli.Examples;
import dev.sallyport.cli.TestingApi;
import dev.sallyport.cli.TestingSally;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SearchTest {

    private static final String SESSION = "ses_01kaxyz0000000000000000009";

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

    private static Statement statement(String text) {
        return new Statement(
                SESSION,
                3,
                Examples.START,
                "usr_01kaxyz0000000000000000001",
                "alice@example.com",
                "prod-db",
                text,
                false,
                "block",
                "no drops");
    }

    private void answer(List<Statement> items, List<Gap> gaps) {
        api.on("GET /v1/statements", new Page(items, null, Examples.START, gaps));
    }

    @Test
    void whatIsFoundIsShownWithItsSession() throws IOException {
        answer(List.of(statement("drop\n  table users")), List.of());
        var ran = TestingSally.with(folder, api)
                .run("sessions", "search", "drop", "table", "--connection", "prod-db", "--verdict", "block");
        assertThat(ran.code()).isZero();
        assertThat(ran.out())
                .contains(SESSION, "alice@example.com  prod-db  block (no drops)", "    drop table users")
                .doesNotContain("\u001b");
        assertThat(api.last("GET").query()).contains("q=drop table", "connection=prod-db", "verdict=block", "limit=20");
    }

    @Test
    void textsOfOthersCannotWriteToTheTerminal() throws IOException {
        answer(List.of(statement("drop \u001b[2J table \u202e x")), List.of());
        var out = TestingSally.with(folder, api)
                .onATerminal()
                .run("sessions", "search", "drop", "x")
                .out();
        assertThat(out).contains("\u001b[1;33mdrop\u001b[0m \\x1b[2J table \\u202e \u001b[1;33mx\u001b[0m");
        assertThat(out.replace("\u001b[1;33m", "").replace("\u001b[0m", "")).doesNotContain("\u001b", "\u202e");
    }

    @Test
    void nothingFoundIsSaidAndSoIsWhatIsMissing() throws IOException {
        answer(List.of(), List.of(new Gap(SESSION, "usr_1", "alice@example.com", "prod-db", 17, Examples.START)));
        var ran = TestingSally.with(folder, api).run("sessions", "search", "drop");
        assertThat(ran.code()).isZero();
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err())
                .contains(
                        "no statement is like that since ", "17 statements of session " + SESSION, "not in the index");
    }

    @Test
    void shortPagesAreAskedForUntilThereIsEnough() throws IOException {
        api.on("GET /v1/statements", new Page(List.of(), "next", Examples.START.plusSeconds(9), List.of()));
        var ran = TestingSally.with(folder, api).run("sessions", "search", "drop");
        assertThat(ran.err()).contains("the search has not come further back", "--until 2026-01-22T11:00:09.001Z");
    }

    @Test
    void jsonIsTheApis() throws Exception {
        answer(List.of(statement("drop table x")), List.of());
        var out = TestingSally.with(folder, api)
                .run("sessions", "search", "drop", "-o", "json")
                .out();
        assertThat(ApiJson.readLeniently(Page.class, out.getBytes(StandardCharsets.UTF_8))
                        .items())
                .containsExactly(statement("drop table x"));
    }
}
