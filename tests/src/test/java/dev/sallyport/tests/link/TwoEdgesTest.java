package dev.sallyport.tests.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sallyport.agent.link.AgentLink;
import dev.sallyport.agent.link.EdgeDoor;
import dev.sallyport.agent.link.TailSource;
import dev.sallyport.core.agent.AgentKey;
import dev.sallyport.core.id.EdgeId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// An agent attaches to two edges, where there are two.
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class TwoEdgesTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    private final EdgeId second = EdgeId.next(Clock.systemUTC());

    @Test
    void behindOneBalancerAnAgentDialsUntilItHasAnotherEdge() throws Exception {
        try (var rig = new LinkRig(folder)) {
            var other = rig.edge(second, 0, System::nanoTime);
            // some connections to the same edge, then one to the other, and so on
            try (var balancer = new Balancer(rig.edge.port(), rig.edge.port(), rig.edge.port(), other.port())) {
                var token = rig.token();
                var agent = rig.agent(token, balancer.port(), LinkRig::echo);
                awaitEdges(agent, rig.edgeId, second);
                await().atMost(PATIENCE).until(() -> rig.edge.attached() == 1 && other.attached() == 1);
                assertThat(rig.directory.attached).hasSize(2);
                try (var link = rig.start(token.agent())) {
                    assertThat(link.receive().number()).isOne();
                }
                // an edge that is lost is found again when it is back; the other stays
                int port = other.port();
                other.close();
                awaitEdges(agent, rig.edgeId);
                var back = EdgeId.next(Clock.systemUTC());
                rig.edge(back, port, System::nanoTime);
                awaitEdges(agent, rig.edgeId, back);
            }
        }
    }

    @Test
    void aSecondEdgeMayHaveAnAddressOfItsOwn() throws Exception {
        try (var rig = new LinkRig(folder)) {
            var other = rig.edge(second, 0, System::nanoTime);
            var key = new AgentKey("localhost", rig.edge.port(), rig.token(), rig.identity.pin());
            var agent = rig.agent(
                    key,
                    List.of(EdgeDoor.parse("127.0.0.1:" + other.port())),
                    LinkRig::echo,
                    TailSource.none(),
                    System::nanoTime);
            awaitEdges(agent, rig.edgeId, second);
        }
    }

    @Test
    void whereThereIsOneEdgeAnAgentIsAttachedOnce() throws Exception {
        try (var rig = new LinkRig(folder);
                var balancer = new Balancer(rig.edge.port())) {
            var agent = rig.agent(rig.token(), balancer.port(), LinkRig::echo);
            awaitEdges(agent, rig.edgeId);
            // it has looked for another, in vain, and gave the edge that it has no trouble
            await().atMost(PATIENCE).until(() -> balancer.connections() >= 4);
            assertThat(rig.edge.attached()).isOne();
            assertThat(rig.directory.attached).hasSize(1);
            assertThat(agent.edges()).containsExactly(rig.edgeId);
        }
    }

    private static void awaitEdges(AgentLink agent, EdgeId... edges) {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(agent.edges()).containsExactlyInAnyOrder(edges));
    }

    /// Passes each connection on to the next of its ports; when nobody listens there, it closes.
    private static final class Balancer implements AutoCloseable {

        private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        private final AtomicInteger connections = new AtomicInteger();

        Balancer(int... ports) throws IOException {
            Thread.ofPlatform().daemon().start(() -> {
                while (!server.isClosed()) {
                    try {
                        var client = server.accept();
                        int port = ports[connections.getAndIncrement() % ports.length];
                        Thread.ofPlatform().daemon().start(() -> pass(client, port));
                    } catch (IOException closed) {
                        return;
                    }
                }
            });
        }

        int port() {
            return server.getLocalPort();
        }

        int connections() {
            return connections.get();
        }

        private static void pass(Socket client, int port) {
            try (client;
                    var edge = new Socket(InetAddress.getLoopbackAddress(), port)) {
                Thread.ofPlatform().daemon().start(() -> {
                    try (client;
                            edge) {
                        client.getInputStream().transferTo(edge.getOutputStream());
                    } catch (IOException over) {
                        // one of them is gone
                    }
                });
                edge.getInputStream().transferTo(client.getOutputStream());
            } catch (IOException over) {
                // one of them is gone
            }
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }
}
