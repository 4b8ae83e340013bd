package dev.sallyport.core.connection;

import dev.sallyport.core.id.AgentId;
import dev.sallyport.core.id.ConnectionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.id.TestId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// One test of a connection: its agent opens the target up to the login, and runs nothing.
///
/// @param by who asked for it: a user's or a key's id
/// @param asked when
/// @param end how it went, once somebody said so
public record ConnectionTest(
        TenantId tenant,
        TestId id,
        ConnectionId connection,
        ConnectionName connectionName,
        AgentId agent,
        String by,
        Instant asked,
        Optional<End> end) {

    /// How long a test may take in all, from the request to the outcome; who has not heard by then will not.
    public static final Duration LONGEST = Duration.ofSeconds(30);

    /// How long an edge waits for its agent, from its mail on.
    public static final Duration LONGEST_AT_EDGE = Duration.ofSeconds(25);

    /// How long an agent may take for what it does.
    public static final Duration LONGEST_AT_AGENT = Duration.ofSeconds(20);

    /// How long a test can be looked up.
    public static final Duration KEPT = Duration.ofMinutes(10);

    /// What an agent is able to do that does tests, as it says when it attaches.
    public static final String CAPABILITY = "test";

    /// The outcome.
    ///
    /// @param steps in the order in which they were done; at least one
    public record End(List<TestStep> steps, Instant at) {

        public End {
            if (steps.isEmpty() || steps.size() > TestStep.MOST) {
                throw new IllegalArgumentException("a test has 1 to " + TestStep.MOST + " steps");
            }
            steps = List.copyOf(steps);
        }

        /// Whether every step passed.
        public boolean passed() {
            return failure().isEmpty();
        }

        /// The step that did not pass.
        public Optional<TestStep> failure() {
            return steps.stream().filter(step -> !step.passed()).findFirst();
        }
    }

    /// How it went as one must take it at `now`: a test that nobody answered in time has failed.
    public Optional<End> endAt(Instant now) {
        var latest = asked.plus(LONGEST);
        if (end.isPresent() || now.isBefore(latest)) {
            return end;
        }
        return Optional.of(new End(
                List.of(TestStep.failed(
                        TestStep.AGENT,
                        "nobody answered within " + LONGEST.toSeconds()
                                + " seconds: the edge or the agent may be gone; please try again",
                        LONGEST)),
                latest));
    }

    /// The same test with its outcome.
    public ConnectionTest ended(End how) {
        return new ConnectionTest(tenant, id, connection, connectionName, agent, by, asked, Optional.of(how));
    }
}
