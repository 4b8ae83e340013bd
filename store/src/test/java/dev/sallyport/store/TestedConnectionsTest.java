package dev.sallyport.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.audit.Actor;
import dev.sallyport.core.audit.AuditEntry;
import dev.sallyport.core.connection.ConnectionTest;
import dev.sallyport.core.connection.TestStep;
import dev.sallyport.core.edge.EdgeAddress;
import dev.sallyport.core.edge.Mail;
import dev.sallyport.core.id.EdgeId;
import dev.sallyport.core.id.TestId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

class TestedConnectionsTest {

    private static final ConnectionTest.End FAILED = new ConnectionTest.End(
            List.of(
                    TestStep.passed(TestStep.AGENT, "attached, on host", Duration.ZERO),
                    TestStep.passed(TestStep.SECRETS, "", Duration.ofMillis(3)),
                    TestStep.failed(TestStep.ADDRESS, "nothing  listens there", Duration.ofMillis(1_234))),
            Instant.parse("2026-11-22T10:00:03Z"));

    private final MutableClock clock = new MutableClock(Instant.parse("2026-11-22T10:00:00Z"));
    private final Store store = LocalDynamo.store(clock);
    private final ExampleTenant acme = new ExampleTenant(store, "acme");
    private final EdgeId edge = EdgeId.next(clock);
    private final Actor self = new Actor(edge.value(), "");

    private ConnectionTest test() {
        return new ConnectionTest(
                acme.id(),
                TestId.next(clock),
                acme.bash().id(),
                acme.bash().name(),
                acme.agent().id(),
                ExampleTenant.ADMIN.id(),
                clock.instant(),
                Optional.empty());
    }

    private ConnectionTest asked() {
        return store.connectionTests().ask(ExampleTenant.ADMIN, test(), edge).orThrow();
    }

    private List<AuditEntry> audit() {
        return store
                .auditLog()
                .list(acme.id(), Instant.EPOCH, clock.instant().plusSeconds(60), Optional.empty(), 100)
                .items()
                .stream()
                .filter(entry -> entry.action().startsWith("connection.test"))
                .toList();
    }

    @Test
    void aTestIsReadBackAsItWasWrittenAndItsEdgeAloneHasMail() {
        store.edges().register(new EdgeAddress(edge, "", clock.instant()));
        var other = EdgeId.next(clock);
        store.edges().register(new EdgeAddress(other, "", clock.instant()));
        var test = asked();

        assertThat(store.connectionTests().get(acme.id(), test.id())).contains(test);
        assertThat(store.mailboxes().read(edge))
                .extracting(Mailboxes.Letter::mail)
                .containsExactly(new Mail.TestConnection(acme.id(), test.id()));
        assertThat(store.mailboxes().read(other)).isEmpty();

        assertThat(store.connectionTests().end(self, test, FAILED)).isTrue();
        assertThat(store.connectionTests().get(acme.id(), test.id())).contains(test.ended(FAILED));
    }

    @Test
    void bothWhoAskedAndHowItEndedStandInTheAuditLog() {
        var test = asked();
        clock.advance(Duration.ofSeconds(1));
        assertThat(store.connectionTests().end(self, test, FAILED)).isTrue();

        var entries = audit();
        assertThat(entries)
                .extracting(AuditEntry::action)
                .containsExactly("connection.test.ended", "connection.test.asked");
        assertThat(entries).allSatisfy(entry -> {
            assertThat(entry.object()).isEqualTo(acme.bash().id().value());
            assertThat(entry.details()).containsEntry("test", test.id().value()).containsEntry("name", "bash");
        });
        assertThat(entries.getLast().actor()).isEqualTo("admin");
        assertThat(entries.getLast().source()).isEqualTo("192.0.2.1");
        assertThat(entries.getFirst().details())
                .containsEntry("outcome", "failed")
                .containsEntry("step", "address")
                .containsEntry("sentence", "nothing  listens there");
    }

    @Test
    void aTestIsTakenOnceWhoeverHasMail() throws Exception {
        var test = asked();
        var takes = new ArrayList<Callable<Boolean>>();
        for (int i = 0; i < 8; i++) {
            takes.add(() -> store.connectionTests()
                    .take(acme.id(), test.id(), EdgeId.next(clock))
                    .isPresent());
        }
        assertThat(AtOnce.run(takes)).filteredOn(taken -> taken).hasSize(1);
    }

    @Test
    void theFirstOutcomeStays() {
        var test = asked();
        assertThat(store.connectionTests().end(self, test, FAILED)).isTrue();
        var passed =
                new ConnectionTest.End(List.of(TestStep.passed(TestStep.LOGIN, "", Duration.ZERO)), clock.instant());
        assertThat(store.connectionTests().end(self, test, passed)).isFalse();
        assertThat(store.connectionTests()
                        .get(acme.id(), test.id())
                        .orElseThrow()
                        .end())
                .contains(FAILED);
        assertThat(store.connectionTests().take(acme.id(), test.id(), edge)).isEmpty();
        assertThat(audit()).hasSize(2);
    }

    @Test
    void aTestThatNobodyAnswersHasFailedAfterItsTimeAndIsNotBegunAnyMore() {
        var test = asked();
        clock.advance(ConnectionTest.LONGEST.minusMillis(1));
        assertThat(test.endAt(clock.instant())).isEmpty();
        clock.advance(Duration.ofMillis(1));
        assertThat(test.endAt(clock.instant()))
                .hasValueSatisfying(end -> assertThat(end.passed()).isFalse());
        assertThat(store.connectionTests().take(acme.id(), test.id(), edge)).isEmpty();
    }

    @Test
    void aTestIsGoneAfterTenMinutesAndAnotherTenantNeverSeesIt() {
        var test = asked();
        var other = new ExampleTenant(store, "other");
        assertThat(store.connectionTests().get(other.id(), test.id())).isEmpty();
        assertThat(store.connectionTests().take(other.id(), test.id(), edge)).isEmpty();
        clock.advance(ConnectionTest.KEPT.plusSeconds(1));
        assertThat(store.connectionTests().get(acme.id(), test.id())).isEmpty();
    }

    @Test
    void aTestThatEndsAtOnceHasNoMail() {
        store.edges().register(new EdgeAddress(edge, "", clock.instant()));
        var test = store.connectionTests()
                .ended(ExampleTenant.ADMIN, test().ended(FAILED))
                .orThrow();
        assertThat(store.connectionTests().get(acme.id(), test.id())).contains(test);
        assertThat(store.mailboxes().read(edge)).isEmpty();
        assertThat(audit()).extracting(AuditEntry::action).containsExactly("connection.test.ended");
    }
}
