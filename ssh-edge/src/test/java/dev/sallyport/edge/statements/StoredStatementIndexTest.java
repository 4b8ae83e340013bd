package dev.sallyport.edge.statements;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.access.AccessMode;
import dev.sallyport.core.connection.SignedDefinition;
import dev.sallyport.core.id.EdgeId;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.recording.RecordingLevel;
import dev.sallyport.core.recording.RecordingRow;
import dev.sallyport.core.recording.RecordingState;
import dev.sallyport.core.session.Order;
import dev.sallyport.core.session.Session;
import dev.sallyport.core.session.SessionRequest;
import dev.sallyport.core.statement.IndexedStatement;
import dev.sallyport.core.statement.StatementSearch;
import dev.sallyport.edge.statements.StoredStatementIndex.Limits;
import dev.sallyport.store.ExampleTenant;
import dev.sallyport.store.LocalDynamo;
import dev.sallyport.store.MutableClock;
import dev.sallyport.store.StatementFinder;
import dev.sallyport.store.Store;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.exception.SdkClientException;

class StoredStatementIndexTest {

    private final MutableClock clock = new MutableClock(Instant.parse("2026-11-23T10:00:00Z"));
    private final Store store = LocalDynamo.store(clock);
    private final ExampleTenant acme = new ExampleTenant(store, "acme");
    private final Order order = start();

    @Test
    void whatIsRecordedIsFoundOnceTheSessionIsOver() {
        var index = index(store, Limits.DEFAULT);
        try (var session = index.open(order, acme.bash())) {
            session.recorded(line(1, "drop table users"));
            session.recorded("{\"number\":1,\"continues\":true,\"text\":\"and more\"}");
            session.recorded("no line at all");
            session.recorded(line(2, "drop view v"));
        }
        assertThat(texts("drop")).containsExactlyInAnyOrder("drop table users", "drop view v");
        assertThat(index.missing()).isZero();
        assertThat(missing()).isZero();
    }

    @Test
    void theSameTextIsThereOnceAMinute() {
        try (var session = index(store, Limits.DEFAULT).open(order, acme.bash())) {
            for (int i = 0; i < 500; i++) {
                session.recorded(line(i, "update counters"));
            }
            clock.advance(Duration.ofMinutes(1));
            session.recorded(line(500, "update counters"));
        }
        assertThat(texts("counters")).hasSize(2);
        assertThat(missing()).isZero();
    }

    @Test
    void whatIsBeyondTheLimitIsCountedAndSaidToBeMissing() {
        var index = index(store, new Limits(3, 100, 1_000, Duration.ofSeconds(20)));
        try (var session = index.open(order, acme.bash())) {
            for (int i = 0; i < 10; i++) {
                session.recorded(line(i, "insert into t" + i));
            }
        }
        assertThat(texts("insert")).hasSize(3);
        assertThat(index.missing()).isEqualTo(7);
        assertThat(missing()).isEqualTo(7);
    }

    @Test
    void aStoreThatIsSlowCostsTheIndexAndNotTheSession() throws InterruptedException {
        var goOn = new CountDownLatch(1);
        var writing = new CountDownLatch(1);
        var slow = LocalDynamo.again(store, call -> {
            if (call.equals("batchWriteItem")) {
                writing.countDown();
                awaitQuietly(goOn);
            }
        });
        var index = index(slow, new Limits(1_000, 5, 1_000, Duration.ofMillis(50)));
        var session = index.open(order, acme.bash());
        session.recorded(line(0, "insert into first"));
        writing.await();
        for (int i = 1; i <= 20; i++) {
            session.recorded(line(i, "insert into t" + i));
        }
        assertThat(index.missing()).isEqualTo(15);
        session.close();
        goOn.countDown();
        org.awaitility.Awaitility.await()
                .untilAsserted(() -> assertThat(missing()).isEqualTo(20));
        assertThat(texts("insert")).containsExactly("insert into first");
    }

    @Test
    void aTextThatFindsNoRoomAmongAllThatWaitIsMissing() {
        var index = index(store, new Limits(1_000, 100, 10, Duration.ofSeconds(20)));
        try (var session = index.open(order, acme.bash())) {
            session.recorded(line(0, "drop table longer_than_ten_characters"));
        }
        assertThat(texts("drop")).isEmpty();
        assertThat(missing()).isEqualTo(1);
    }

    @Test
    void aStoreThatFailsLosesWhatItDidNotTakeAndSaysSo() {
        var fails = new AtomicBoolean(true);
        var failing = LocalDynamo.again(store, call -> {
            if (call.equals("batchWriteItem") && fails.getAndSet(false)) {
                throw SdkClientException.create("away");
            }
        });
        var index = index(failing, Limits.DEFAULT);
        try (var session = index.open(order, acme.bash())) {
            session.recorded(line(0, "drop table users"));
        }
        assertThat(texts("drop")).isEmpty();
        assertThat(missing()).isEqualTo(1);
        var found = store.statements().find(acme.id(), query("drop"), Optional.empty());
        assertThat(found.gaps()).singleElement().satisfies(gap -> {
            assertThat(gap.session()).isEqualTo(order.session());
            assertThat(gap.count()).isEqualTo(1);
        });
    }

    private StoredStatementIndex index(Store in, Limits limits) {
        return new StoredStatementIndex(in.statements(), clock, limits);
    }

    private long missing() {
        return store.statements().missing(acme.id(), order.session());
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String line(long number, String text) {
        return "{\"number\":" + number + ",\"kind\":\"query\",\"verdict\":\"allow\",\"text\":\"" + text + "\"}";
    }

    private List<String> texts(String words) {
        return store.statements().find(acme.id(), query(words), Optional.empty()).items().stream()
                .map(IndexedStatement::text)
                .toList();
    }

    private StatementFinder.Query query(String words) {
        return new StatementFinder.Query(
                StatementSearch.of(words).orElseThrow(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                clock.instant().minusSeconds(3_600),
                clock.instant().plusSeconds(1),
                50);
    }

    private Order start() {
        var connection = acme.bash();
        var id = SessionId.next(clock);
        var edge = EdgeId.next(clock);
        var session = new Session(
                acme.id(),
                id,
                acme.alice().id(),
                acme.alice().email(),
                connection.id(),
                connection.name(),
                1,
                acme.agent().id(),
                edge,
                AccessMode.CONNECT,
                "forward",
                Optional.empty(),
                "192.0.2.9",
                new Session.ShownCertificate(acme.ca().fingerprint(), 7, "id", ExampleTenant.fingerprint("k")),
                RecordingLevel.STATEMENTS,
                true,
                clock.instant(),
                clock.instant().plusSeconds(60),
                Optional.empty());
        var _ = store.sessions()
                .start(
                        ExampleTenant.ADMIN,
                        session,
                        new RecordingRow(
                                acme.id(),
                                id,
                                new byte[] {9},
                                RecordingLevel.STATEMENTS,
                                RecordingState.LIVE,
                                0,
                                new byte[0],
                                1))
                .orThrow();
        return new Order(
                id,
                acme.id(),
                edge,
                acme.alice().id(),
                acme.alice().email(),
                SignedDefinition.sign(connection, acme.signer()),
                new SessionRequest.Shell(Optional.empty()),
                Map.of(),
                RecordingLevel.STATEMENTS,
                clock.instant().plusSeconds(60));
    }
}
