package dev.sallyport.cli.sessions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.api.ApiJson;
import dev.sallyport.api.Sessions.Page;
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

class ListSessionsTest {

    private static final String NEWER = "ses_01kaxyz0000000000000000009";
    private static final String OLDER = "ses_01kaxyz0000000000000000008";

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
    void sessionsStandInTheOrderOfTheApiInAlignedColumns() throws IOException {
        api.on(
                "GET /v1/sessions",
                new Page(
                        List.of(
                                Examples.session(NEWER, "alice@example.com", null, null),
                                Examples.session(OLDER, "bob@ex.com", "id", Examples.START.plusSeconds(2))),
                        null));
        var lines = TestingSally.with(folder, api)
                .run("sessions", "ls")
                .out()
                .lines()
                .toList();
        assertThat(lines).hasSize(3);
        assertThat(lines.get(0)).startsWith("SESSION");
        assertThat(lines.get(1)).startsWith(NEWER).matches(".*live +- +live");
        assertThat(lines.get(2)).startsWith(OLDER).contains("exec id").matches(".*ended +Exited 3 +complete");
        int column = lines.get(0).indexOf("CONNECTION");
        assertThat(lines.get(1).substring(column)).startsWith("bash");
        assertThat(lines.get(2).substring(column)).startsWith("bash");
    }

    @Test
    void filtersAreTheApis() throws IOException {
        api.on("GET /v1/sessions", new Page(List.of(), null));
        var ran = TestingSally.with(folder, api)
                .run(
                        "sessions",
                        "ls",
                        "--user",
                        "alice@example.com",
                        "--connection",
                        "bash",
                        "--state",
                        "live",
                        "--since",
                        "2h",
                        "--limit",
                        "7");
        assertThat(ran.code()).as(ran.err()).isZero();
        assertThat(ran.err()).isEqualTo("sally: no session is like that.\n");
        assertThat(api.last("GET").query().split("&"))
                .containsExactlyInAnyOrder(
                        "user=alice@example.com",
                        "connection=bash",
                        "state=live",
                        "from=2026-11-22T10:00:00Z",
                        "limit=7");
    }

    @Test
    void moreThanAPageIsAskedForPageByPageUpToTheLimit() throws IOException {
        var page = List.of(Examples.session(NEWER, "a@b.c", null, null), Examples.session(OLDER, "a@b.c", null, null));
        api.on("GET /v1/sessions", (TestingApi.Answering) request -> new Page(page, "more"));
        var ran = TestingSally.with(folder, api).run("sessions", "ls", "--limit", "5", "-o", "json");
        assertThat(ran.out().split("\"id\"", -1)).hasSize(6);
        assertThat(api.requests()).hasSize(3);
    }

    @Test
    void hostileTextDoesNothingToATerminal() throws IOException {
        var hostile = "a\u001b]0;owned\u0007\r\nb\u202ec\u009bd\u2028e\u0000";
        api.on("GET /v1/sessions", new Page(List.of(Examples.session(NEWER, hostile, hostile, null)), null));
        var sally = TestingSally.with(folder, api);

        var table = sally.run("sessions", "ls").out();
        assertThat(table.lines()).hasSize(2);
        assertHarmless(table);
        assertThat(table).contains("a\\x1b]0;owned\\x07\\r\\nb\\u202ec\\x9bd\\u2028e\\x00");

        var json = sally.run("sessions", "ls", "-o", "json").out();
        assertHarmless(json);
        var read = assertReads(json);
        assertThat(read.items().getFirst().email()).isEqualTo(hostile);
    }

    private static void assertHarmless(String text) {
        assertThat(text.replace("\n", "").codePoints().filter(point -> switch (Character.getType(point)) {
                    case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR -> true;
                    default -> false;
                }))
                .isEmpty();
    }

    private static Page assertReads(String json) {
        try {
            return ApiJson.readLeniently(Page.class, json.getBytes(StandardCharsets.UTF_8));
        } catch (ApiJson.NotReadable e) {
            throw new AssertionError(json, e);
        }
    }
}
