package dev.sallyport.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sallyport.api.Users.UserWrite;
import dev.sallyport.edge.Edge;
import dev.sallyport.tests.bed.AfterEachCase;
import dev.sallyport.tests.bed.GuardedStore.Statement;
import dev.sallyport.tests.bed.Instance;
import dev.sallyport.tests.bed.NewConnections;
import dev.sallyport.tests.bed.OpenSession;
import dev.sallyport.tests.bed.Postgres;
import dev.sallyport.tests.bed.Recorded;
import dev.sallyport.tests.bed.Split;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// What an edge may do in DynamoDB (`edge.json`, for the infrastructure) is enough, and no line of it is idle: two
/// edges
/// whose store denies everything else do all that edges do. The table `config` they only read.
@Tag("attack")
@ExtendWith(AfterEachCase.class)
class EdgeRoleTest {

    private static final Duration WIDE = Duration.ofMinutes(2);

    @Test
    void edgesDoAllThatTheyDoWithinTheirRoleAndNeedAllOfIt() throws Exception {
        var role = Statement.in(role());
        try (var split = new Split.Setup().twoEdges().guarded(role).start()) {
            var guard = split.guard();
            var control = split.control();
            sessions(control);
            loseTheEdge(split);

            await().atMost(WIDE)
                    .untilAsserted(() -> assertThat(guard.used()).containsExactlyInAnyOrderElementsOf(role));
            System.err.println("SEEN "
                    + guard.seen().stream()
                            .map(a -> a.table() + " "
                                    + a.leadingKey()
                                            .replaceAll("ten_[0-9a-z]+", "T")
                                            .replaceAll(
                                                    "(EDGE#|SES#|AGENT#|DUE#|AUDIT#|MINUTES#|SESSIONS#|APIKEY#|CA#|SLUG#).+",
                                                    "$1*")
                                    + " " + a.action())
                            .sorted()
                            .distinct()
                            .collect(java.util.stream.Collectors.joining("\n")));
            assertThat(guard.denied()).isEmpty();
            assertThat(guard.seen())
                    .filteredOn(access -> access.table().equals("config"))
                    .isNotEmpty()
                    .allMatch(access ->
                            List.of("GetItem", "Query", "BatchGetItem").contains(access.action()));

            assertThat(ask(guard.address(), "PutItem", """
                    {"TableName": "sallyport.config", "Item": {"pk": {"S": "TEN#ten_x"}, "sk": {"S": "RULE#rul_x"}}}
                    """)).contains("AccessDeniedException");
            assertThat(guard.denied()).hasSize(1);
        }
    }

    private static void sessions(Instance control) throws Exception {
        assertThat(control.ssh("alice", "bash", "echo in").now().status()).isZero();
        assertThat(control.ssh("bob", "bash", "true").now().status()).isEqualTo(253);
        var database = NewConnections.postgres(control, Postgres.shared());
        var asked = control.ssh("alice", database, "select 'an edge indexes this' as statement")
                .now();
        assertThat(asked.status()).as("%s", asked).isZero();
        await().atMost(WIDE)
                .untilAsserted(
                        () -> assertThat(control.sally("sessions", "search", "statement", "--connection", database)
                                        .now()
                                        .out())
                                .contains("an edge indexes this"));
        var tested = control.sally("admin", "connections", "test", "bash").now();
        assertThat(tested.status()).as("%s", tested).isZero();
        try (var session = OpenSession.start(control, "alice", "bash")) {
            assertThat(control.sally("sessions", "kill", session.id()).now().status())
                    .isZero();
            assertThat(session.ended().status()).isEqualTo(253);
        }
        try (var session = OpenSession.start(control, "alice", "bash")) {
            putAliceInto(control, List.of());
            assertThat(session.ended().status()).isEqualTo(253);
        }
        putAliceInto(control, List.of("engineers"));
    }

    /// What it had in its spool is recovered, and its lease is somebody else's to close.
    private static void loseTheEdge(Split split) throws Exception {
        try (var session = OpenSession.start(split.control(), "alice", "bash")) {
            var recorded = Recorded.newest(split.control(), "alice@example.com");
            split.edge().kill();
            assertThat(session.ended().status()).isEqualTo(255);
            split.edge().restart();
            recorded.awaitState("recovered");
        }
        split.awaitWorking();
    }

    private static void putAliceInto(Instance control, List<String> groups) throws Exception {
        control.admin()
                .updateUser("alice@example.com", new UserWrite("alice@example.com", null, "Alice", groups, null));
    }

    private static String ask(URI store, String action, String body) throws IOException, InterruptedException {
        try (var client = HttpClient.newHttpClient()) {
            return client.send(
                            HttpRequest.newBuilder(store)
                                    .header("X-Amz-Target", "DynamoDB_20120810." + action)
                                    .POST(HttpRequest.BodyPublishers.ofString(body))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }

    private static String role() throws IOException {
        try (var in = Edge.class.getResourceAsStream("edge.json")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
