package dev.sallyport.edge.agents;

import dev.sallyport.core.audit.Actor;
import dev.sallyport.core.connection.ConnectionTest;
import dev.sallyport.core.connection.TestOrder;
import dev.sallyport.core.connection.TestStep;
import dev.sallyport.core.edge.Mail;
import dev.sallyport.core.id.EdgeId;
import dev.sallyport.core.text.Escaped;
import dev.sallyport.store.Store;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Does the tests of connections for which this edge has mail: takes each in the store, asks the agent, and writes
/// what it said.
///
/// A test that cannot be taken, because it was before or is too old, is not done: mail that comes twice changes
/// nothing. One whose outcome cannot be written ends by its time.
public final class StoredTests {

    /// Tests that are done at the same time; more wait.
    static final int AT_ONCE = 64;

    private static final Logger LOG = LoggerFactory.getLogger(StoredTests.class);

    private final Store store;
    private final EdgeId edge;
    private final GrpcAgentLinks agents;
    private final Clock clock;
    private final Semaphore room = new Semaphore(AT_ONCE);

    public StoredTests(Store store, EdgeId edge, GrpcAgentLinks agents, Clock clock) {
        this.store = store;
        this.edge = edge;
        this.agents = agents;
        this.clock = clock;
    }

    /// Begins a test, and does not wait for it.
    public void begin(Mail.TestConnection mail) {
        Thread.ofVirtual().name("test " + mail.test()).start(() -> {
            try {
                if (!room.tryAcquire(ConnectionTest.LONGEST.toSeconds(), TimeUnit.SECONDS)) {
                    return;
                }
                try {
                    test(mail);
                } finally {
                    room.release();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException e) {
                LOG.warn("test {} was not done", mail.test(), e);
            }
        });
    }

    private void test(Mail.TestConnection mail) throws InterruptedException {
        var taken = store.connectionTests().take(mail.tenant(), mail.test(), edge);
        if (taken.isEmpty()) {
            return;
        }
        var test = taken.get();
        var end = new ConnectionTest.End(steps(test), clock.instant());
        if (store.connectionTests().end(new Actor(edge.value(), ""), test, end)) {
            LOG.info("test {} of {}: {}", test.id(), test.connection(), end.passed() ? "passed" : "failed");
        }
    }

    private List<TestStep> steps(ConnectionTest test) throws InterruptedException {
        var found = store.connections().get(test.tenant(), test.connection());
        if (found.isEmpty()) {
            return List.of(TestStep.failed(TestStep.DEFINITION, "the connection was deleted", Duration.ZERO));
        }
        long begun = System.nanoTime();
        var order = new TestOrder(test.id(), test.tenant(), found.get().signed());
        var tested = agents.test(found.get().definition().agent(), order, ConnectionTest.LONGEST_AT_EDGE);
        return switch (tested) {
            case Tested.Answered(var host, var answered) -> {
                var steps = new ArrayList<TestStep>();
                steps.add(TestStep.passed(TestStep.AGENT, "attached, on " + Escaped.of(host), Duration.ZERO));
                answered.stream().limit(TestStep.MOST - 1).forEach(steps::add);
                yield steps;
            }
            case Tested.NotAttached() -> noAnswer("the agent has just left; please try again", begun);
            case Tested.TooOld() -> noAnswer("the agent is too old to test connections: upgrade it", begun);
            case Tested.Busy() -> noAnswer("the agent has other tests to do; please try again", begun);
            case Tested.Lost() -> noAnswer("the agent left before it answered; please try again", begun);
            case Tested.Silent() ->
                noAnswer(
                        "the agent did not answer within " + ConnectionTest.LONGEST_AT_EDGE.toSeconds() + " seconds",
                        begun);
        };
    }

    private static List<TestStep> noAnswer(String sentence, long begun) {
        return List.of(
                TestStep.failed(TestStep.AGENT, sentence, Duration.ofNanos(Math.max(0, System.nanoTime() - begun))));
    }
}
