package dev.sallyport.tests.link;

import static org.awaitility.Awaitility.await;

import dev.sallyport.agent.link.AgentLink;
import dev.sallyport.agent.link.ConnectionTester;
import dev.sallyport.agent.link.EdgeDoor;
import dev.sallyport.agent.link.SessionOpener;
import dev.sallyport.agent.link.TailSource;
import dev.sallyport.core.agent.AgentKey;
import dev.sallyport.core.agent.AgentToken;
import dev.sallyport.core.connection.SignedDefinition;
import dev.sallyport.core.id.AgentId;
import dev.sallyport.core.id.AgentInstanceId;
import dev.sallyport.core.id.EdgeId;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.id.UserId;
import dev.sallyport.core.link.LinkLost;
import dev.sallyport.core.link.Message;
import dev.sallyport.core.link.SessionLink;
import dev.sallyport.core.link.TailEvent;
import dev.sallyport.core.link.Ticket;
import dev.sallyport.core.recording.RecordingLevel;
import dev.sallyport.core.session.Order;
import dev.sallyport.core.session.SessionRequest;
import dev.sallyport.core.tenant.TenantKey;
import dev.sallyport.edge.agents.AgentDirectory;
import dev.sallyport.edge.agents.AgentLinks;
import dev.sallyport.edge.agents.Cell;
import dev.sallyport.edge.agents.CellIdentity;
import dev.sallyport.edge.agents.EdgeIdentity;
import dev.sallyport.edge.agents.GrpcAgentLinks;
import dev.sallyport.edge.agents.TailReceiver;
import dev.sallyport.tests.bed.CuttingRelay;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/// An edge's agent port and agents that dial it, in one process, over real TLS.
final class LinkRig implements AutoCloseable {

    /// A directory in memory, which can forget a token.
    static final class Directory implements AgentDirectory {
        private final Map<String, KnownAgent> byHash = new ConcurrentHashMap<>();
        final List<Attachment> attached = new CopyOnWriteArrayList<>();
        final List<String> notices = new CopyOnWriteArrayList<>();

        void know(AgentToken token) {
            byHash.put(token.hash(), new KnownAgent(token.tenant(), token.agent(), token.name()));
        }

        void revoke(AgentToken token) {
            byHash.remove(token.hash());
        }

        @Override
        public Optional<KnownAgent> authenticate(String token) {
            return Optional.ofNullable(byHash.get(AgentToken.hash(token)));
        }

        @Override
        public void attached(Attachment attachment) {
            attached.add(attachment);
        }

        @Override
        public void detached(Attachment attachment) {
            attached.remove(attachment);
        }

        @Override
        public void noticed(KnownAgent agent, String text) {
            notices.add(text);
        }
    }

    /// Keeps the tails that it is given.
    static final class Tails implements TailReceiver {
        final Map<SessionId, List<TailEvent>> received = new ConcurrentHashMap<>();

        @Override
        public Answer receive(
                AgentDirectory.KnownAgent agent, TenantId tenant, SessionId session, Ticket ticket, Tail tail)
                throws Broken, InterruptedException {
            var events = new ArrayList<TailEvent>();
            for (var event = tail.next(); event.isPresent(); event = tail.next()) {
                events.add(event.get());
            }
            received.put(session, events);
            return new Answer.Stored();
        }
    }

    static final TenantKey.Signer SIGNER = signer();

    final TenantId tenant = TenantId.next(Clock.systemUTC());
    final Directory directory = new Directory();
    final Tails tails = new Tails();
    final EdgeIdentity identity;
    final EdgeId edgeId = EdgeId.next(Clock.systemUTC());
    final GrpcAgentLinks edge;
    private final Deque<Closeable> opened = new ArrayDeque<>();

    LinkRig(Path folder) throws IOException {
        this(folder, System::nanoTime);
    }

    LinkRig(Path folder, LongSupplier nanos) throws IOException {
        identity = EdgeIdentity.open(folder, Set.of(), Clock.systemUTC());
        edge = edge(edgeId, 0, nanos);
    }

    /// One more edge, or the same after a restart.
    GrpcAgentLinks edge(EdgeId id, int port, LongSupplier nanos) throws IOException {
        var listen = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        var links = GrpcAgentLinks.start(
                new GrpcAgentLinks.Settings(listen, id, 4), identity, directory, tails, Clock.systemUTC(), nanos);
        opened.push(links::close);
        return links;
    }

    /// One more edge, of a cell with others: `cell` is what it knows of them.
    GrpcAgentLinks edge(EdgeId id, CellIdentity shown, Cell cell, BooleanSupplier sees) throws IOException {
        var loopback = InetAddress.getLoopbackAddress();
        var links = GrpcAgentLinks.start(
                new GrpcAgentLinks.Settings(new InetSocketAddress(loopback, 0), id, 4),
                identity,
                directory,
                tails,
                Optional.of(new GrpcAgentLinks.Between(new InetSocketAddress(loopback, 0), shown, cell, sees)),
                Clock.systemUTC(),
                System::nanoTime);
        opened.push(links::close);
        return links;
    }

    CuttingRelay relay() throws IOException {
        return relay(InetAddress.getLoopbackAddress());
    }

    CuttingRelay relay(InetAddress address) throws IOException {
        var relay = new CuttingRelay(edge.port(), address);
        opened.push(relay::close);
        return relay;
    }

    /// A token that lets a new agent of the tenant in.
    AgentToken token() {
        return token(tenant);
    }

    AgentToken token(TenantId of) {
        var token = AgentToken.issue(SIGNER, of, AgentId.next(Clock.systemUTC()), "demo");
        directory.know(token);
        return token;
    }

    AgentLink agent(AgentToken token, int port, SessionOpener opener) throws IOException {
        return agent(token, port, opener, TailSource.none(), System::nanoTime);
    }

    AgentLink agent(AgentToken token, int port, SessionOpener opener, TailSource tails, LongSupplier nanos)
            throws IOException {
        return agent(new AgentKey("localhost", port, token, identity.pin()), opener, tails, nanos);
    }

    AgentLink agent(AgentKey key, SessionOpener opener, TailSource tails, LongSupplier nanos) throws IOException {
        return agent(key, List.of(), opener, tails, nanos);
    }

    AgentLink agent(AgentKey key, List<EdgeDoor> more, SessionOpener opener, TailSource tails, LongSupplier nanos)
            throws IOException {
        ConnectionTester noTests = order -> {
            throw new AssertionError("no test was asked for");
        };
        var link = AgentLink.start(
                new AgentLink.Settings(
                        key,
                        more,
                        AgentInstanceId.next(Clock.systemUTC()),
                        "test",
                        "here",
                        Set.of("custom", "pty"),
                        Optional.empty(),
                        4),
                opener,
                noTests,
                tails,
                nanos);
        opened.push(link::close);
        return link;
    }

    /// Waits until the agent has an idle call here.
    void awaitIdle(AgentId agent) {
        await().atMost(Duration.ofSeconds(60)).until(() -> edge.idle(agent) > 0);
    }

    SessionLink start(AgentId agent) throws InterruptedException {
        return switch (edge.start(agent, order())) {
            case AgentLinks.Start.Started(var link) -> link;
            case AgentLinks.Start.NotAttached() -> throw new AssertionError("the agent is not attached");
            case AgentLinks.Start.Busy() -> throw new AssertionError("the agent is busy");
        };
    }

    Order order() {
        return order(edgeId);
    }

    Order order(EdgeId by) {
        return new Order(
                SessionId.next(Clock.systemUTC()),
                tenant,
                by,
                UserId.next(Clock.systemUTC()),
                "alice@example.com",
                new SignedDefinition(new byte[] {1, 2, 3}, new byte[64]),
                new SessionRequest.Shell(Optional.empty()),
                Map.of("LANG", "C"),
                RecordingLevel.FULL,
                Instant.now().plusSeconds(3_600));
    }

    /// Sends back what comes, and exits at the end of input.
    static void echo(Order order, Ticket ticket, SessionLink link) throws InterruptedException {
        try {
            link.send(new Message.Opened());
            while (true) {
                var received = link.receive();
                switch (received.message()) {
                    case Message.Data data ->
                        link.send(new Message.Data(Message.Stream.OUTPUT, data.offset(), data.bytes()));
                    case Message.EndOfStream ignored -> {
                        link.send(new Message.Exit(Optional.of(0), Optional.empty(), false));
                        while (true) {
                            link.consumed(link.receive().number());
                        }
                    }
                    default -> {}
                }
                link.consumed(received.number());
            }
        } catch (LinkLost e) {
            // the session is over
        }
    }

    @Override
    public void close() throws IOException {
        for (var thing : opened) {
            thing.close();
        }
    }

    private static TenantKey.Signer signer() {
        try {
            var pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            return TenantKey.Signer.of(pair.getPrivate(), new TenantKey(pair.getPublic()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
