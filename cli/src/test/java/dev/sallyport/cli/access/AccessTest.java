package dev.sallyport.cli.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.api.Access;
import dev.sallyport.api.Problem;
import dev.sallyport.api.Problem.FieldError;
import dev.sallyport.api.Rules;
import dev.sallyport.cli.TestingApi;
import dev.sallyport.cli.TestingSally;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccessTest {

    private static final Rules.Rule FREEZE = new Rules.Rule(
            "rul_1",
            "fre\u001b[31meze",
            "deny",
            List.of("engineers"),
            List.of(),
            List.of(),
            List.of("*"),
            Map.of(),
            List.of("exec"),
            List.of(),
            List.of(new Rules.Window(List.of("mon", "tue"), "09:00", "18:00", "Europe/Berlin")),
            1);

    @TempDir
    private Path folder;

    private TestingApi api;
    private TestingSally sally;

    @BeforeEach
    void start() throws IOException {
        api = new TestingApi();
        sally = TestingSally.with(folder, api);
    }

    @AfterEach
    void stop() {
        api.close();
    }

    private void answer(boolean allowed, String because, List<Rules.Rule> rules) {
        api.on(
                "GET /v1/access/explain",
                new Access.Explanation(
                        allowed,
                        "usr_1",
                        "alice@example.com",
                        "prod-db",
                        "exec",
                        because,
                        "2026-11-23T10:00:00Z",
                        null,
                        rules,
                        List.of()));
    }

    @Test
    void aDenialNamesItsRuleAndEndsWithThree() {
        answer(false, "An access rule denies it.", List.of(FREEZE));

        var ran = sally.run("access", "explain", "alice@example.com", "prod-db", "--mode", "exec");

        assertThat(ran.code()).isEqualTo(3);
        assertThat(ran.out())
                .startsWith("alice@example.com may not exec on prod-db. An access rule denies it.\n")
                .contains("fre\\x1b[31meze  rul_1  deny");
        assertThat(api.last("GET").query()).contains("user=alice@example.com", "connection=prod-db", "mode=exec");
    }

    @Test
    void aPermissionEndsWithZero() {
        answer(true, "An access rule allows it.", List.of());
        var ran = sally.run("access", "explain", "alice@example.com", "prod-db", "-o", "json");
        assertThat(ran.code()).isZero();
        assertThat(ran.out()).contains("\"allowed\": true");
        assertThat(api.last("GET").query()).contains("mode=connect");
    }

    @Test
    void aRuleThatDoesNotCountThenIsNamed() {
        api.on(
                "GET /v1/access/explain",
                new Access.Explanation(
                        false,
                        "usr_1",
                        "alice@example.com",
                        "prod-db",
                        "exec",
                        "No access rule that speaks of it counts at that time and from there.",
                        "2026-11-23T10:00:00Z",
                        null,
                        List.of(),
                        List.of(FREEZE)));

        var ran = sally.run("access", "explain", "a", "b", "--at", "2026-11-23T10:00:00Z", "--from", "192.0.2.7");

        assertThat(ran.code()).isEqualTo(3);
        assertThat(ran.out())
                .contains("These do not count then, or from an address that is not known (--from):", "rul_1");
        assertThat(api.last("GET").query()).contains("at=2026-11-23T10:00:00Z", "from=192.0.2.7");
    }

    @Test
    void whatIsNotThereIsSaid() {
        api.on(
                "GET /v1/access/explain",
                Problem.invalid(List.of(new FieldError("user", "is needed: a user of this tenant"))));
        var ran = sally.run("access", "explain", "nobody", "prod-db");
        assertThat(ran.code()).isEqualTo(2);
        assertThat(ran.err()).contains("user: is needed");
    }

    @Test
    void whoMayIsListedFromAllPages() {
        api.on(
                "GET /v1/access/who",
                request -> request.query().contains("cursor=more")
                        ? new Access.Page(
                                List.of(new Access.Allowed("usr_2", "bob@example.com", List.of("exec"))), null)
                        : new Access.Page(
                                List.of(new Access.Allowed("usr_1", "alice@example.com", List.of("connect", "exec"))),
                                "more"));

        var ran = sally.run("access", "who", "prod-db");

        assertThat(ran.code()).isZero();
        assertThat(ran.out()).isEqualTo("""
                        USER               ID     MODES
                        alice@example.com  usr_1  connect,exec
                        bob@example.com    usr_2  exec
                        """);
    }

    @Test
    void nobodyIsASentence() {
        api.on("GET /v1/access/who", new Access.Page(List.of(), null));
        var ran = sally.run("access", "who", "prod-db");
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err()).contains("nobody may use it");
    }
}
