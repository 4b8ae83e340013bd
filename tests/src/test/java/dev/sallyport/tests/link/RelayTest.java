package dev.sallyport.tests.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.sallyport.agent.link.AgentLink;
import dev.sallyport.agent.link.EdgeDoor;
import dev.sallyport.agent.link.TailSource;
import dev.sallyport.core.agent.AgentKey;
import dev.sallyport.core.agent.AgentToken;
import dev.sallyport.core.id.AgentId;
import dev.sallyport.core.id.EdgeId;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.link.LinkLost;
import dev.sallyport.core.link.Message;
import dev.sallyport.core.link.SessionLink;
import dev.sallyport.edge.agents.AgentLinks;
import dev.sallyport.edge.agents.Cell;
import dev.sallyport.edge.agents.CellIdentity;
import dev.sallyport.edge.agents.GrpcAgentLinks;
import dev.sallyport.tests.bed.CuttingRelay;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Two edges of a cell: the user's, which holds the sessions, and the one where the agent is.
@Tag("fault")
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class RelayTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int MEGABYTE = 1 << 20;
    private static final Clock CLOCK = Clock.systemUTC();

    @TempDir
    private Path folder;

    private final EdgeId usersId = EdgeId.next(CLOCK);
    private final EdgeId agentsId = EdgeId.next(CLOCK);
    private final List<CuttingRelay> ways = new ArrayList<>();
    private final Map<EdgeId, Integer> ports = new ConcurrentHashMap<>();
    private final AtomicBoolean sees = new AtomicBoolean(true);
    private LinkRig rig;
    private GrpcAgentLinks users;
    private GrpcAgentLinks agents;

    /// All edges but `self`: what there is of agents and sessions is there.
    private record TestCell(EdgeId self, EdgeId holder, Map<EdgeId, Integer> ports) implements Cell {

        @Override
        public List<Other> attached(TenantId tenant, AgentId agent) {
            return ports.keySet().stream()
                    .filter(edge -> !edge.equals(self))
                    .map(this::other)
                    .toList();
        }

        @Override
        public Optional<Other> holding(TenantId tenant, SessionId session) {
            return self.equals(holder) || !ports.containsKey(holder) ? Optional.empty() : Optional.of(other(holder));
        }

        private Other other(EdgeId edge) {
            return new Other(edge, "127.0.0.1:" + ports.get(edge));
        }
    }

    @BeforeEach
    void start() throws Exception {
        rig = new LinkRig(folder);
        users = edge(usersId, new AtomicBoolean(true));
        agents = edge(agentsId, sees);
    }

    @AfterEach
    void stop() throws Exception {
        rig.close();
        for (var way : ways) {
            way.close();
        }
    }

    /// An edge that the others reach by a way that can be cut.
    private GrpcAgentLinks edge(EdgeId id, AtomicBoolean itSees) throws Exception {
        var links = rig.edge(id, CellIdentity.make(folder, id, CLOCK), new TestCell(id, usersId, ports), itSees::get);
        var way = new CuttingRelay(links.relayPort().orElseThrow());
        ways.add(way);
        ports.put(id, way.port());
        return links;
    }

    private AgentLink agent(AgentToken token, int port, EdgeDoor... more) throws Exception {
        return rig.agent(
                new AgentKey("localhost", port, token, rig.identity.pin()),
                List.of(more),
                LinkRig::echo,
                TailSource.none(),
                System::nanoTime);
    }

    private SessionLink session(AgentId agent) throws InterruptedException {
        await().atMost(PATIENCE).until(() -> agents.idle(agent) > 0);
        return started(users.start(agent, rig.order(usersId)));
    }

    private static SessionLink started(AgentLinks.Start start) {
        return switch (start) {
            case AgentLinks.Start.Started(var link) -> link;
            case AgentLinks.Start.NotAttached() -> throw new AssertionError("the agent is not attached");
            case AgentLinks.Start.Busy() -> throw new AssertionError("the agent is busy");
        };
    }

    private void awaitRest() {
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(users.carried()).isZero();
            assertThat(agents.lentCalls()).isZero();
            assertThat(agents.carried()).isZero();
        });
    }

    @Test
    void anAgentThatIsAttachedToTheOtherEdgeOnlyIsReached() throws Exception {
        var token = rig.token();
        agent(token, agents.port());
        try (var link = session(token.agent())) {
            assertThat(agents.lentCalls()).isOne();
            assertThat(agents.carried()).as("the session is the user's edge's").isZero();
            LinkTest.echoes(link, 100L * MEGABYTE, () -> {});
        }
        awaitRest();
    }

    @Test
    void manySessionsGoByOneWayWithoutHoldingEachOtherUp() throws Exception {
        var token = rig.token();
        agent(token, agents.port());
        var stalled = new ArrayList<SessionLink>();
        for (int i = 0; i < 12; i++) {
            var link = session(token.agent());
            stalled.add(link);
            // nobody takes what comes back: everything on the way is full
            Thread.ofVirtual().start(() -> {
                try {
                    for (long offset = 0; ; offset += 65_536) {
                        link.send(new Message.Data(Message.Stream.INPUT, offset, new byte[65_536]));
                    }
                } catch (LinkLost | InterruptedException over) {
                    // the test is over
                }
            });
        }
        try (var link = session(token.agent())) {
            LinkTest.echoes(link, 10L * MEGABYTE, () -> {});
        }
        stalled.forEach(SessionLink::end);
        awaitRest();
    }

    @Test
    void aWayBetweenEdgesThatBreaksAgainAndAgainLosesAndDoublesNothing() throws Exception {
        var token = rig.token();
        agent(token, agents.port());
        try (var link = session(token.agent())) {
            var cuts = new AtomicLong();
            LinkTest.echoes(link, 20L * MEGABYTE, () -> {
                if (cuts.getAndIncrement() % 800 == 200) {
                    ways.forEach(CuttingRelay::cut);
                }
            });
            assertThat(cuts.get()).isGreaterThan(1_200);
        }
        awaitRest();
    }

    @Test
    void anAgentWhoseConnectionBreaksContinuesByWayOfTheEdgeThatItReaches() throws Exception {
        var token = rig.token();
        var network = new CuttingRelay(agents.port());
        ways.add(network);
        agent(token, network.port());
        try (var link = session(token.agent())) {
            var cuts = new AtomicLong();
            LinkTest.echoes(link, 20L * MEGABYTE, () -> {
                if (cuts.getAndIncrement() % 800 == 200) {
                    network.cut();
                }
            });
        }
        awaitRest();
    }

    @Test
    void whenTheAgentsEdgeIsGoneTheSessionGoesOnByTheUsersOwn() throws Exception {
        var token = rig.token();
        // the user's edge cannot be dialled yet
        var home = new CuttingRelay(users.port());
        ways.add(home);
        home.refuse(true);
        agent(token, agents.port(), EdgeDoor.parse("127.0.0.1:" + home.port()));
        try (var link = session(token.agent())) {
            var sent = new AtomicLong();
            LinkTest.echoes(link, 10L * MEGABYTE, () -> {
                if (sent.getAndIncrement() == 200) {
                    home.refuse(false);
                    agents.close();
                }
            });
            assertThat(users.attached()).isOne();
        }
        await().atMost(PATIENCE).until(() -> users.carried() == 0);
    }

    @Test
    void whenTheAgentsEdgeIsGoneTheSessionGoesOnByAThird() throws Exception {
        var third = edge(EdgeId.next(CLOCK), new AtomicBoolean(true));
        var token = rig.token();
        var network = new CuttingRelay(agents.port());
        ways.add(network);
        agent(token, network.port());
        try (var link = session(token.agent())) {
            var sent = new AtomicLong();
            LinkTest.echoes(link, 10L * MEGABYTE, () -> {
                if (sent.getAndIncrement() == 200) {
                    network.target(third.port());
                    agents.close();
                }
            });
            assertThat(third.lentCalls()).isOne();
        }
        await().atMost(PATIENCE).until(() -> users.carried() == 0 && third.lentCalls() == 0);
    }

    @Test
    void anEdgeThatIsBlindPassesNothingOn() throws Exception {
        var token = rig.token();
        agent(token, agents.port());
        try (var link = session(token.agent())) {
            assertThat(link.receive().message()).isEqualTo(new Message.Opened());
            sees.set(false);
            link.send(new Message.Data(Message.Stream.INPUT, 0, new byte[] {1, 2, 3}));
            await().atMost(PATIENCE).until(link::broken);
            assertThat(users.start(token.agent(), rig.order(usersId))).isEqualTo(new AgentLinks.Start.NotAttached());
            sees.set(true);
            var echoed = (Message.Data) link.receive().message();
            assertThat(echoed.bytes()).containsExactly(1, 2, 3);
        }
        awaitRest();
    }

    @Test
    void anAgentThatIsRevokedWhereItIsLosesItsSessionsElsewhereAtOnce() throws Exception {
        var token = rig.token();
        var agent = agent(token, agents.port());
        var link = session(token.agent());
        assertThat(link.receive().message()).isEqualTo(new Message.Opened());
        rig.directory.revoke(token);
        agents.recheck(token.agent());
        assertThatExceptionOfType(LinkLost.class).isThrownBy(link::receive);
        await().atMost(PATIENCE).until(() -> agent.sessions() == 0 && agents.lentCalls() == 0);
    }

    @Test
    void anEdgeThatDrainsLendsNothingAndTakesNoAgentButWhatItCarriesGoesOn() throws Exception {
        var token = rig.token();
        agent(token, agents.port());
        try (var link = session(token.agent())) {
            agents.drain();
            assertThat(users.start(token.agent(), rig.order(usersId))).isEqualTo(new AgentLinks.Start.NotAttached());
            LinkTest.echoes(link, 5L * MEGABYTE, () -> {});
            var other = rig.token();
            var agent = agent(other, agents.port());
            await().pollDelay(Duration.ofSeconds(1)).atMost(PATIENCE).until(() -> !agent.attached());
            assertThat(agents.lentCalls()).isOne();
        }
        await().atMost(PATIENCE).until(() -> agents.lentCalls() == 0);
    }

    @Test
    void anAgentThatIsNowhereIsNotFound() throws Exception {
        assertThat(users.start(rig.token().agent(), rig.order(usersId))).isEqualTo(new AgentLinks.Start.NotAttached());
        ports.put(EdgeId.next(CLOCK), 1);
        assertThat(users.start(rig.token().agent(), rig.order(usersId))).isEqualTo(new AgentLinks.Start.NotAttached());
    }
}
