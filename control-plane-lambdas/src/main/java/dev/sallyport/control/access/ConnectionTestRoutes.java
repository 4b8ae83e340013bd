package dev.sallyport.control.access;

import static dev.sallyport.control.http.Router.ADMINS;
import static dev.sallyport.control.http.Router.READERS;

import dev.sallyport.api.ConnectionTests;
import dev.sallyport.control.http.Answer;
import dev.sallyport.control.http.Caller;
import dev.sallyport.control.http.Declined;
import dev.sallyport.control.http.RateLimits;
import dev.sallyport.control.http.Router;
import dev.sallyport.control.http.Router.Call;
import dev.sallyport.core.connection.ConnectionDefinition;
import dev.sallyport.core.connection.ConnectionTest;
import dev.sallyport.core.connection.TestStep;
import dev.sallyport.core.edge.Attachment;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.id.TestId;
import dev.sallyport.store.Store;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// `/v1/connections/{connection}/tests`: whether a connection works, up to the login.
///
/// The control plane dials nobody: it asks an edge to which the agent is attached, by mail.
public final class ConnectionTestRoutes {

    private final Store store;
    private final RateLimits limits;
    private final Clock clock;

    @Inject
    ConnectionTestRoutes(Store store, RateLimits limits, Clock clock) {
        this.store = store;
        this.limits = limits;
        this.clock = clock;
    }

    void addTo(Router router) {
        router.route("POST", "/v1/connections/{connection}/tests", ADMINS, this::create)
                .route("GET", "/v1/connections/{connection}/tests/{test}", READERS, this::show);
    }

    private Answer create(Caller caller, Call call) throws Declined {
        var connection = ConnectionRoutes.find(store, caller.tenant(), call.part("connection"))
                .orElseThrow(Declined::notFound);
        limits.countTest(caller.tenant());
        var test = new ConnectionTest(
                caller.tenant(),
                TestId.next(clock),
                connection.id(),
                connection.name(),
                connection.agent(),
                caller.actor().id(),
                clock.instant().truncatedTo(ChronoUnit.MILLIS),
                Optional.empty());
        var attached = store.attachments().of(caller.tenant(), connection.agent());
        var able = attached.stream()
                .filter(one -> one.capabilities().contains(ConnectionTest.CAPABILITY))
                .max(Comparator.comparing(Attachment::since));
        var written = able.isPresent()
                ? store.connectionTests().ask(caller.actor(), test, able.get().edge())
                : store.connectionTests().ended(caller.actor(), test.ended(nobody(connection, attached, test)));
        var shown = shown(written.orThrow());
        return Answer.accepted(shown)
                .with("Location", "/v1/connections/" + shown.connection() + "/tests/" + shown.id());
    }

    /// There is no agent that could be asked.
    private ConnectionTest.End nobody(ConnectionDefinition connection, List<Attachment> attached, ConnectionTest test) {
        var name = agentName(test.tenant(), connection);
        var sentence = attached.isEmpty()
                ? "the agent " + name + " is not attached to any edge: start it, or look into its log"
                : "the agent " + name + " is too old to test connections: upgrade it";
        return new ConnectionTest.End(List.of(TestStep.failed(TestStep.AGENT, sentence, Duration.ZERO)), test.asked());
    }

    private String agentName(TenantId tenant, ConnectionDefinition connection) {
        return store.agents()
                .get(tenant, connection.agent())
                .map(agent -> agent.name())
                .orElse(connection.agent().value());
    }

    private Answer show(Caller caller, Call call) throws Declined {
        var connection = ConnectionRoutes.find(store, caller.tenant(), call.part("connection"))
                .orElseThrow(Declined::notFound);
        TestId id;
        try {
            id = new TestId(call.part("test"));
        } catch (IllegalArgumentException e) {
            throw Declined.notFound();
        }
        return Answer.ok(shown(store.connectionTests()
                .get(caller.tenant(), id)
                .filter(test -> test.connection().equals(connection.id()))
                .orElseThrow(Declined::notFound)));
    }

    private ConnectionTests.ConnectionTest shown(ConnectionTest test) {
        var end = test.endAt(clock.instant());
        return new ConnectionTests.ConnectionTest(
                test.id().value(),
                test.connection().value(),
                test.connectionName().value(),
                test.agent().value(),
                end.map(how -> how.passed() ? "passed" : "failed").orElse("running"),
                end.map(how -> how.steps().stream()
                                .map(ConnectionTestRoutes::shown)
                                .toList())
                        .orElse(List.of()),
                test.asked(),
                end.map(ConnectionTest.End::at).orElse(null));
    }

    private static ConnectionTests.Step shown(TestStep step) {
        return new ConnectionTests.Step(
                step.name(),
                step.passed() ? "passed" : "failed",
                step.sentence(),
                step.took().toMillis());
    }
}
