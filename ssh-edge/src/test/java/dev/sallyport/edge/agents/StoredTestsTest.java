package dev.sallyport.edge.agents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sallyport.core.agent.Agent;
import dev.sallyport.core.agent.Agent.TokenHash;
import dev.sallyport.core.agent.AgentToken;
import dev.sallyport.core.connection.ConnectionDefinition;
import dev.sallyport.core.connection.ConnectionName;
import dev.sallyport.core.connection.ConnectionTest;
import dev.sallyport.core.connection.SignedDefinition;
import dev.sallyport.core.connection.TargetSettings;
import dev.sallyport.core.connection.TestStep;
import dev.sallyport.core.edge.Mail;
import dev.sallyport.core.id.AgentId;
import dev.sallyport.core.id.ConnectionId;
import dev.sallyport.core.id.EdgeId;
import dev.sallyport.core.id.TestId;
import dev.sallyport.edge.admission.LiveSessions;
import dev.sallyport.edge.admission.TestDataKeys;
import dev.sallyport.edge.mailbox.CellMember;
import dev.sallyport.proto.TestMapper;
import dev.sallyport.proto.v1.AttachDown;
import dev.sallyport.proto.v1.AttachUp;
import dev.sallyport.proto.v1.Tested;
import dev.sallyport.store.ExampleTenant;
import dev.sallyport.store.LocalDynamo;
import dev.sallyport.store.Store;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// From the mail of an edge to the outcome in the store, by way of an agent that speaks message by message.
@Timeout(120)
class StoredTestsTest {

    private static final Clock CLOCK = Clock.systemUTC();

    private final Store store = LocalDynamo.store();
    private final ExampleTenant acme = new ExampleTenant(store, "acme");
    private final EdgeId edge = EdgeId.next(CLOCK);
    private final List<RawAgent> opened = new ArrayList<>();

    @TempDir
    private Path folder;

    private EdgeIdentity identity;
    private GrpcAgentLinks links;
    private StoredTests tests;
    private AgentToken token;
    private ConnectionDefinition connection;

    @BeforeEach
    void start() throws Exception {
        identity = EdgeIdentity.open(folder, Set.of(), CLOCK);
        links = GrpcAgentLinks.start(
                new GrpcAgentLinks.Settings(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), edge, 4),
                identity,
                new StoredAgents(store, edge, CLOCK),
                (agent, of, session, ticket, tail) -> new TailReceiver.Answer.Refused("no tails here"));
        tests = new StoredTests(store, edge, links, CLOCK);
        var id = AgentId.next(CLOCK);
        token = AgentToken.issue(acme.signer(), acme.id(), id, "office");
        store.agents()
                .create(
                        ExampleTenant.ADMIN,
                        new Agent(
                                acme.id(),
                                id,
                                "office",
                                List.of(new TokenHash(token.hash(), Optional.empty())),
                                Optional.empty(),
                                Optional.empty(),
                                false,
                                1))
                .orThrow();
        connection = store.connections()
                .create(
                        ExampleTenant.ADMIN,
                        SignedDefinition.sign(
                                new ConnectionDefinition(
                                        acme.id(),
                                        ConnectionId.next(CLOCK),
                                        new ConnectionName("redis"),
                                        1,
                                        id,
                                        new TargetSettings.Tcp("10.0.0.9", 6_379),
                                        true,
                                        Optional.empty(),
                                        false,
                                        ConnectionDefinition.DEFAULT_IDLE,
                                        ConnectionDefinition.DEFAULT_LONGEST,
                                        new TreeMap<>(),
                                        Set.of()),
                                acme.signer()))
                .orThrow()
                .definition();
    }

    @AfterEach
    void stop() {
        opened.forEach(RawAgent::close);
        links.close();
    }

    private RawAgent.Call<AttachUp, AttachDown> attach(String capability) throws Exception {
        var agent = new RawAgent(links.port(), identity, Optional.of(token.text()));
        opened.add(agent);
        var call = agent.attach(capability);
        assertThat(call.next().hasWelcome()).isTrue();
        return call;
    }

    private ConnectionTest asked() {
        return store.connectionTests()
                .ask(
                        ExampleTenant.ADMIN,
                        new ConnectionTest(
                                acme.id(),
                                TestId.next(CLOCK),
                                connection.id(),
                                connection.name(),
                                connection.agent(),
                                "admin",
                                CLOCK.instant(),
                                Optional.empty()),
                        edge)
                .orThrow();
    }

    private void begin(ConnectionTest test) {
        tests.begin(new Mail.TestConnection(test.tenant(), test.id()));
    }

    private ConnectionTest.End ended(ConnectionTest test) {
        return await().atMost(Duration.ofSeconds(30))
                .until(
                        () -> store.connectionTests()
                                .get(acme.id(), test.id())
                                .orElseThrow()
                                .end(),
                        Optional::isPresent)
                .orElseThrow();
    }

    private static dev.sallyport.proto.v1.TestOrder order(RawAgent.Call<AttachUp, AttachDown> call) throws Exception {
        while (true) {
            var message = call.next();
            if (message.hasTest()) {
                return message.getTest();
            }
        }
    }

    private static boolean asks(RawAgent.Call<AttachUp, AttachDown> call) {
        return call.came.stream().anyMatch(AttachDown::hasTest);
    }

    private static void answer(RawAgent.Call<AttachUp, AttachDown> call, Tested tested) {
        call.send(AttachUp.newBuilder().setTested(tested).build());
    }

    private static Tested answer(String test, TestStep... steps) {
        return TestMapper.write(new TestId(test), List.of(steps));
    }

    private static void failed(ConnectionTest.End end, String sentence) {
        assertThat(end.steps()).singleElement().satisfies(step -> {
            assertThat(step.name()).isEqualTo("agent");
            assertThat(step.passed()).isFalse();
            assertThat(step.sentence()).contains(sentence);
        });
    }

    @Test
    void anEdgeWithMailAsksTheAgentOnceAndWritesWhatItSays() throws Exception {
        var call = attach("test");
        var member = new CellMember(
                store,
                edge,
                () -> "",
                new LiveSessions(),
                new TestDataKeys(),
                CLOCK,
                agent -> {},
                mail -> {
                    // mail may come twice
                    tests.begin(mail);
                    tests.begin(mail);
                },
                () -> {});
        try {
            member.start();
            var test = asked();
            var order = TestMapper.read(order(call));
            assertThat(order.test()).isEqualTo(test.id());
            assertThat(order.tenant()).isEqualTo(acme.id());
            assertThat(order.definition().verify(acme.signer().publicKey())).isEqualTo(connection);
            answer(
                    call,
                    answer(
                            order.test().value(),
                            TestStep.passed("definition", "version 1", Duration.ofMillis(1)),
                            TestStep.failed("address", "refused", Duration.ofMillis(12))));

            var end = ended(test);
            assertThat(end.steps()).extracting(TestStep::name).containsExactly("agent", "definition", "address");
            assertThat(end.failure())
                    .hasValueSatisfying(step -> assertThat(step.took()).isEqualTo(Duration.ofMillis(12)));
            await().untilAsserted(() -> assertThat(store.mailboxes().read(edge)).isEmpty());
            assertThat(call.came).noneMatch(AttachDown::hasTest);
            assertThat(store.auditLog()
                            .list(acme.id(), Instant.EPOCH, CLOCK.instant().plusSeconds(60), Optional.empty(), 100)
                            .items())
                    .filteredOn(entry -> entry.action().equals("connection.test.ended"))
                    .singleElement()
                    .satisfies(entry -> {
                        assertThat(entry.actor()).isEqualTo(edge.value());
                        assertThat(entry.details()).containsEntry("outcome", "failed");
                    });
        } finally {
            member.close();
        }
    }

    @Test
    void anAgentThatIsGoneOrTooOldIsToldPolitelyAndNotAsked() throws Exception {
        var nobody = asked();
        begin(nobody);
        failed(ended(nobody), "has just left");

        var call = attach("pty");
        var old = asked();
        begin(old);
        failed(ended(old), "too old to test connections");
        assertThat(call.came).noneMatch(AttachDown::hasTest);
    }

    @Test
    void anAgentThatLeavesInBetweenEndsTheTestAtOnce() throws Exception {
        var call = attach("test");
        var test = asked();
        begin(test);
        order(call);
        opened.getFirst().close();
        failed(ended(test), "left before it answered");
    }

    @Test
    void anAgentWhoseKeyIsRevokedEndsTheTestAtOnce() throws Exception {
        var call = attach("test");
        var test = asked();
        begin(test);
        order(call);
        links.detach(connection.agent());
        failed(ended(test), "left before it answered");
    }

    @Test
    void aDeletedConnectionIsNotTested() throws Exception {
        var call = attach("test");
        var test = asked();
        store.connections().delete(ExampleTenant.ADMIN, connection).orThrow();
        begin(test);
        assertThat(ended(test).failure())
                .hasValueSatisfying(step -> assertThat(step.sentence()).contains("was deleted"));
        assertThat(call.came).noneMatch(AttachDown::hasTest);
    }

    /// Attack class 37: an agent speaks for itself alone, and for what it was asked.
    @Test
    void answersThatNobodyAskedForOrThatAreNotWellFormedCountForNothing() throws Exception {
        var call = attach("test");
        var stranger = attach("test");
        var test = asked();
        begin(test);
        await().until(() -> asks(call) || asks(stranger));
        var own = asks(call) ? call : stranger;
        var other = own == call ? stranger : call;
        var id = order(own).getTestId();

        var forged = answer(id, TestStep.passed("login", "forged", Duration.ZERO));
        answer(other, forged);
        answer(own, answer(TestId.next(CLOCK).value(), TestStep.passed("login", "forged", Duration.ZERO)));
        answer(own, Tested.newBuilder().setTestId(id).build());
        answer(own, Tested.newBuilder().setTestId("tst_").build());
        answer(own, answer(id, TestStep.failed("address", "\u001b[31mred\u202e", Duration.ZERO)));
        var end = ended(test);
        assertThat(end.failure())
                .hasValueSatisfying(step -> assertThat(step.sentence()).isEqualTo("\\x1b[31mred\\u202e"));
        answer(own, forged);
        assertThat(end.steps()).noneMatch(step -> step.sentence().contains("forged"));
    }

    @Test
    void anInstanceIsAskedForSoManyTestsAtATimeAndNoMore() throws Exception {
        var call = attach("test");
        var waiting = new ArrayList<ConnectionTest>();
        for (int i = 0; i < Instance.MOST_TESTS; i++) {
            var test = asked();
            waiting.add(test);
            begin(test);
        }
        var orders = new ArrayList<dev.sallyport.proto.v1.TestOrder>();
        for (int i = 0; i < Instance.MOST_TESTS; i++) {
            orders.add(order(call));
        }
        var more = asked();
        begin(more);
        failed(ended(more), "has other tests to do");
        for (var order : orders) {
            answer(call, answer(order.getTestId(), TestStep.passed("address", "", Duration.ZERO)));
        }
        waiting.forEach(test -> assertThat(ended(test).passed()).isTrue());
        var again = asked();
        begin(again);
        answer(call, answer(order(call).getTestId(), TestStep.passed("address", "", Duration.ZERO)));
        assertThat(ended(again).passed()).isTrue();
    }
}
