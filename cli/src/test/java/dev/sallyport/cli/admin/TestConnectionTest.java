package dev.sallyport.cli.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.api.ConnectionTests.ConnectionTest;
import dev.sallyport.api.ConnectionTests.Step;
import dev.sallyport.api.Problem;
import dev.sallyport.cli.TestingApi;
import dev.sallyport.cli.TestingSally;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestConnectionTest {

    private static final String POST = "POST /v1/connections/web-1/tests";
    private static final String GET = "GET /v1/connections/con_1/tests/tst_1";

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

    private static ConnectionTest test(String state, Step... steps) {
        return new ConnectionTest(
                "tst_1",
                "con_1",
                "web-1",
                "agt_1",
                state,
                List.of(steps),
                Instant.parse("2026-11-22T10:00:00Z"),
                state.equals("running") ? null : Instant.parse("2026-11-22T10:00:01Z"));
    }

    private static final Step AGENT = new Step("agent", "passed", "attached, on host", 0);

    @Test
    void aConnectionThatWorksIsWaitedForAndToldStepByStep() {
        var asked = new AtomicInteger();
        api.on(POST, test("running")).on(GET, (TestingApi.Answering) request -> asked.incrementAndGet() < 3
                ? test("running")
                : test("passed", AGENT, new Step("host_key", "passed", "the target showed it", 12)));
        var ran = sally.run("admin", "connections", "test", "web-1");
        assertThat(ran.code()).as(ran.err()).isZero();
        assertThat(asked).hasValue(3);
        assertThat(ran.out().lines())
                .containsExactly(
                        "STEP      RESULT  TIME   WHAT",
                        "agent     passed  0 ms   attached, on host",
                        "host key  passed  12 ms  the target showed it");
        assertThat(ran.err()).isEqualTo("sally: web-1 works.\n");
    }

    @Test
    void aConnectionThatDoesNotWorkSaysWhyAndEndsWithOne() {
        api.on(POST, test("failed", AGENT, new Step("login", "failed", "not \u001b[31mlet in", 7)));
        var ran = sally.run("admin", "connections", "test", "web-1");
        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.out()).contains("login  failed  7 ms  not \\x1b[31mlet in");
        assertThat(ran.err()).isEqualTo("sally: web-1 does not work: not \\x1b[31mlet in.\n");
        assertThat(api.requests()).hasSize(1);
    }

    @Test
    void programsReadTheApisOwnRecordAndTheSameExitCode() {
        api.on(POST, test("failed", new Step("agent", "failed", "is not attached", 0)));
        var ran = sally.run("admin", "connections", "test", "web-1", "-o", "json");
        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.out()).contains("\"state\"").contains("\"failed\"").contains("is not attached");
        assertThat(ran.err()).isEmpty();
    }

    @Test
    void whatIsNotThereIsRefused() {
        assertThat(sally.run("admin", "connections", "test", "web-1").code()).isEqualTo(3);
        api.on(POST, Problem.of(Problem.Type.TOO_MANY_REQUESTS, "Wait for 1 second, and try again."));
        assertThat(sally.run("admin", "connections", "test", "web-1").code()).isNotZero();
    }
}
