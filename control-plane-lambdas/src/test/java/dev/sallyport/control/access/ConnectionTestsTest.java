package dev.sallyport.control.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.api.ConnectionTests;
import dev.sallyport.api.Problem;
import dev.sallyport.control.Bed;
import dev.sallyport.control.Filled;
import dev.sallyport.core.audit.Actor;
import dev.sallyport.core.audit.AuditEntry;
import dev.sallyport.core.connection.ConnectionTest;
import dev.sallyport.core.connection.TestStep;
import dev.sallyport.core.edge.Attachment;
import dev.sallyport.core.edge.EdgeAddress;
import dev.sallyport.core.edge.Mail;
import dev.sallyport.core.id.AgentId;
import dev.sallyport.core.id.AgentInstanceId;
import dev.sallyport.core.id.EdgeId;
import dev.sallyport.core.id.TestId;
import dev.sallyport.store.Mailboxes;
import dev.sallyport.store.MutableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ConnectionTestsTest {

    private final MutableClock clock = new MutableClock(Instant.parse("2026-11-22T10:00:00Z"));
    private final Bed bed = new Bed(clock);
    private final Filled acme = new Filled(bed, "acme");

    private EdgeId edge() {
        var edge = EdgeId.next(clock);
        bed.store.edges().register(new EdgeAddress(edge, "", clock.instant()));
        return edge;
    }

    private void attach(EdgeId edge, String... capabilities) {
        bed.store
                .attachments()
                .attached(new Attachment(
                        acme.id(),
                        new AgentId(acme.agent.agent().id()),
                        AgentInstanceId.next(clock),
                        edge,
                        "0.1.0",
                        "host",
                        "192.0.2.8",
                        Optional.empty(),
                        Set.of(capabilities),
                        clock.instant()));
    }

    private Bed.Reply post() {
        return bed.post(acme.admin, "/v1/connections/bash/tests", "");
    }

    private ConnectionTests.ConnectionTest get(String test) {
        return bed.get(acme.admin, "/v1/connections/bash/tests/" + test).as(ConnectionTests.ConnectionTest.class);
    }

    private List<AuditEntry> audit(String test) {
        return bed.audit(acme.id()).stream()
                .filter(entry -> test.equals(entry.details().get("test")))
                .toList();
    }

    @Test
    void aTestIsMailToOneEdgeWhereTheAgentIsAndItsOutcomeIsShown() {
        var other = edge();
        attach(other, "custom");
        var edge = edge();
        attach(edge, "custom", "test");

        var reply = post();
        assertThat(reply.status()).isEqualTo(202);
        var test = reply.as(ConnectionTests.ConnectionTest.class);
        assertThat(test.state()).isEqualTo("running");
        assertThat(test.steps()).isEmpty();
        assertThat(test.connectionName()).isEqualTo("bash");
        assertThat(reply.headers().get("Location"))
                .isEqualTo("/v1/connections/" + acme.connection.id() + "/tests/" + test.id());
        var id = new TestId(test.id());
        assertThat(bed.store.mailboxes().read(edge))
                .extracting(Mailboxes.Letter::mail)
                .contains(new Mail.TestConnection(acme.id(), id));
        assertThat(bed.store.mailboxes().read(other))
                .extracting(Mailboxes.Letter::mail)
                .doesNotContain(new Mail.TestConnection(acme.id(), id));
        assertThat(get(test.id())).isEqualTo(test);

        var row = bed.store.connectionTests().take(acme.id(), id, edge).orElseThrow();
        var end = new ConnectionTest.End(
                List.of(
                        TestStep.passed("agent", "attached, on host", Duration.ZERO),
                        TestStep.failed("program", "is not there", Duration.ofMillis(40))),
                clock.instant());
        assertThat(bed.store.connectionTests().end(new Actor(edge.value(), ""), row, end))
                .isTrue();

        var shown = get(test.id());
        assertThat(shown.state()).isEqualTo("failed");
        assertThat(shown.ended()).isEqualTo(clock.instant());
        assertThat(shown.steps())
                .containsExactly(
                        new ConnectionTests.Step("agent", "passed", "attached, on host", 0),
                        new ConnectionTests.Step("program", "failed", "is not there", 40));
        assertThat(audit(test.id()))
                .extracting(AuditEntry::action)
                .containsExactlyInAnyOrder("connection.test.asked", "connection.test.ended");
        assertThat(audit(test.id()))
                .filteredOn(entry -> entry.action().equals("connection.test.asked"))
                .singleElement()
                .satisfies(entry -> {
                    assertThat(entry.object()).isEqualTo(acme.connection.id());
                    assertThat(entry.source()).isEqualTo("192.0.2.7");
                });
    }

    @Test
    void anAgentThatIsNowhereOrTooOldIsSaidAtOnce() {
        var reply = post();
        assertThat(reply.status()).isEqualTo(202);
        var test = reply.as(ConnectionTests.ConnectionTest.class);
        assertThat(test.state()).isEqualTo("failed");
        assertThat(test.steps()).singleElement().satisfies(step -> {
            assertThat(step.name()).isEqualTo("agent");
            assertThat(step.sentence()).contains("the agent first is not attached to any edge");
        });
        assertThat(get(test.id())).isEqualTo(test);
        assertThat(audit(test.id()))
                .singleElement()
                .satisfies(entry -> assertThat(entry.details()).containsEntry("outcome", "failed"));

        // of an edge that nobody knows any more
        attach(EdgeId.next(clock), "test");
        assertThat(post().as(ConnectionTests.ConnectionTest.class)
                        .steps()
                        .getFirst()
                        .sentence())
                .contains("is not attached");

        var edge = edge();
        attach(edge, "custom", "pty");
        assertThat(post().as(ConnectionTests.ConnectionTest.class)
                        .steps()
                        .getFirst()
                        .sentence())
                .contains("the agent first is too old to test connections: upgrade it");
        assertThat(bed.store.mailboxes().read(edge)).noneMatch(letter -> letter.mail() instanceof Mail.TestConnection);
    }

    @Test
    void aTestThatNobodyAnswersHasFailedAfterHalfAMinuteAndIsGoneAfterTen() {
        attach(edge(), "test");
        var test = post().as(ConnectionTests.ConnectionTest.class);
        clock.advance(Duration.ofSeconds(29));
        assertThat(get(test.id()).state()).isEqualTo("running");
        clock.advance(Duration.ofSeconds(1));
        var shown = get(test.id());
        assertThat(shown.state()).isEqualTo("failed");
        assertThat(shown.steps().getFirst().sentence()).contains("nobody answered within 30 seconds");
        clock.advance(Duration.ofMinutes(10));
        assertThat(bed.get(acme.admin, "/v1/connections/bash/tests/" + test.id())
                        .status())
                .isEqualTo(404);
    }

    @Test
    void aTestIsOfItsOwnConnectionTenantAndNobodyElses() {
        attach(edge(), "test");
        var test = post().as(ConnectionTests.ConnectionTest.class);
        bed.post(acme.admin, "/v1/connections", Filled.bash("another"));
        var other = new Filled(bed, "other");
        var nowhere = bed.get(acme.admin, "/v1/connections/bash/tests/tst_00000000000000000000000000");
        assertThat(nowhere.status()).isEqualTo(404);
        for (var path : List.of("another", "nowhere", acme.agent.agent().id())) {
            assertThat(bed.get(acme.admin, "/v1/connections/" + path + "/tests/" + test.id())
                            .text())
                    .as(path)
                    .isEqualTo(nowhere.text());
        }
        for (var connection : List.of("bash", acme.connection.id())) {
            assertThat(bed.get(other.admin, "/v1/connections/" + connection + "/tests/" + test.id())
                            .text())
                    .isEqualTo(nowhere.text());
        }
        assertThat(bed.post(other.admin, "/v1/connections/" + acme.connection.id() + "/tests", "")
                        .text())
                .isEqualTo(nowhere.text());
        assertThat(bed.get(acme.admin, "/v1/connections/bash/tests/x%00y").text())
                .isEqualTo(nowhere.text());
    }

    @Test
    void onlyAnAdminTestsAndOnlyWhoReadsAllReadsTheOutcome() {
        var shown = "/v1/connections/bash/tests/" + acme.test;
        for (var key : List.of(acme.auditor, acme.alicesKey)) {
            assertThat(bed.post(key, "/v1/connections/bash/tests", "").problem().is(Problem.Type.FORBIDDEN))
                    .isTrue();
        }
        assertThat(bed.get(acme.auditor, shown).status()).isEqualTo(200);
        assertThat(bed.get(acme.alicesKey, shown).problem().is(Problem.Type.FORBIDDEN))
                .isTrue();
    }

    /// Nobody looks for open ports with it.
    @Test
    void aTenantTestsTwentyAtOnceAndThenOneASecond() {
        int begun = 0;
        while (post().status() == 202) {
            begun++;
            assertThat(begun).isLessThan(25);
        }
        // the first of twenty was the bed's
        assertThat(begun).isEqualTo(19);
        var refused = post();
        assertThat(refused.problem().is(Problem.Type.TOO_MANY_REQUESTS)).isTrue();
        assertThat(refused.headers()).containsEntry("Retry-After", "1");
        clock.advance(Duration.ofSeconds(1));
        assertThat(post().status()).isEqualTo(202);
        assertThat(post().status()).isEqualTo(429);
    }

    @Test
    void aTestThatIsSentTwiceUnderOneKeyIsDoneOnce() {
        attach(edge(), "test");
        var key = Map.of("Idempotency-Key", "one");
        var path = "/v1/connections/bash/tests";
        var first = bed.call("POST", path, acme.admin, "", key);
        var again = bed.call("POST", path, acme.admin, "", key);
        assertThat(again.text()).isEqualTo(first.text());
        assertThat(again.headers().get("Location")).isEqualTo(first.headers().get("Location"));
    }
}
