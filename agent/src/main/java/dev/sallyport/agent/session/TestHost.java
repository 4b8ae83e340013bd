package dev.sallyport.agent.session;

import dev.sallyport.agent.link.ConnectionTester;
import dev.sallyport.agent.target.NotOpened;
import dev.sallyport.agent.target.Steps;
import dev.sallyport.agent.target.Targets;
import dev.sallyport.core.agent.AgentToken;
import dev.sallyport.core.connection.ConnectionTest;
import dev.sallyport.core.connection.TestOrder;
import dev.sallyport.core.connection.TestStep;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tests the connections of this agent: checks each order as a session's, opens the target up to the login, and
/// runs nothing.
///
/// A test that takes longer than it may is answered for at once, and keeps its place until it has really ended.
public final class TestHost implements ConnectionTester {

    /// Most tests at a time.
    static final int MOST = 4;

    private static final Logger LOG = LoggerFactory.getLogger(TestHost.class);

    private final OrderCheck check;
    private final Targets targets;
    private final Duration longest;
    private final LongSupplier nanos;
    private final Semaphore room = new Semaphore(MOST);

    /// @param only the name of the one connection that is opened; none: all that are the agent's
    public TestHost(AgentToken own, Optional<String> only, SeenVersions versions, Targets targets, Clock clock) {
        this(new OrderCheck(own, only, versions, clock), targets, ConnectionTest.LONGEST_AT_AGENT, System::nanoTime);
    }

    TestHost(
            AgentToken own, SeenVersions versions, Targets targets, Clock clock, Duration longest, LongSupplier nanos) {
        this(new OrderCheck(own, Optional.empty(), versions, clock), targets, longest, nanos);
    }

    private TestHost(OrderCheck check, Targets targets, Duration longest, LongSupplier nanos) {
        this.check = check;
        this.targets = targets;
        this.longest = longest;
        this.nanos = nanos;
    }

    @Override
    public List<TestStep> test(TestOrder order) throws InterruptedException {
        if (!room.tryAcquire()) {
            return List.of(TestStep.failed(
                    TestStep.AGENT,
                    "the agent does " + MOST + " tests at a time, and has as many; please try again",
                    Duration.ZERO));
        }
        var steps = new Steps(nanos);
        var doing = Thread.ofVirtual().name("test " + order.test()).start(() -> {
            try {
                test(order, steps);
            } finally {
                room.release();
            }
        });
        if (doing.join(longest)) {
            return steps.done();
        }
        doing.interrupt();
        return steps.late("this was not done when the test's " + longest.toSeconds() + " seconds were over");
    }

    private void test(TestOrder order, Steps steps) {
        try {
            var definition = steps.step(
                    TestStep.DEFINITION,
                    () -> {
                        var checked = check.check(order);
                        targets.allow(checked);
                        return checked;
                    },
                    checked -> "version " + checked.version() + ", signed by the tenant's key, type "
                            + checked.target().type());
            targets.test(definition, steps);
        } catch (NotOpened e) {
            LOG.info("test {} did not pass: {}", order.test(), e.getMessage());
        } catch (InterruptedException e) {
            LOG.info("test {} took too long", order.test());
        } catch (RuntimeException e) {
            LOG.error("test {} broke", order.test(), e);
        }
    }
}
