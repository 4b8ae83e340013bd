package dev.sallyport.edge.agents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.sallyport.core.connection.SignedDefinition;
import dev.sallyport.core.id.AgentId;
import dev.sallyport.core.id.EdgeId;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.id.UserId;
import dev.sallyport.core.link.Message;
import dev.sallyport.core.link.SessionLink;
import dev.sallyport.core.link.Ticket;
import dev.sallyport.core.recording.RecordingLevel;
import dev.sallyport.core.session.Order;
import dev.sallyport.core.session.SessionRequest;
import dev.sallyport.proto.FrameMapper;
import dev.sallyport.proto.v1.Data;
import dev.sallyport.proto.v1.EdgeRelayGrpc;
import dev.sallyport.proto.v1.Frame;
import dev.sallyport.proto.v1.Opened;
import dev.sallyport.proto.v1.Passed;
import dev.sallyport.proto.v1.Resume;
import dev.sallyport.proto.v1.Resuming;
import dev.sallyport.proto.v1.Take;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Who is no edge of the cell, an edge that lies, and an agent that takes a ticket from one edge to another
/// (attack classes 37 and 39).
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class CellAttacksTest {

    private static final Clock CLOCK = Clock.systemUTC();
    private static final Duration PATIENCE = Duration.ofSeconds(RawAgent.PATIENCE_SECONDS);

    private final Map<String, AgentDirectory.KnownAgent> tokens = new ConcurrentHashMap<>();
    private final TenantId tenant = TenantId.next(CLOCK);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<AutoCloseable> opened = new ArrayList<>();
    private final EdgeId usersId = EdgeId.next(CLOCK);
    private final EdgeId agentsId = EdgeId.next(CLOCK);
    private final EdgeId thirdId = EdgeId.next(CLOCK);
    private final Map<EdgeId, Integer> ports = new ConcurrentHashMap<>();

    @TempDir
    private Path folder;

    @TempDir
    private Path elsewhere;

    private EdgeIdentity identity;
    private GrpcAgentLinks users;
    private GrpcAgentLinks agents;

    @BeforeEach
    void start() throws IOException {
        identity = EdgeIdentity.open(folder, Set.of(), CLOCK);
        users = edge(usersId, agentsId);
        agents = edge(agentsId, usersId);
    }

    @AfterEach
    void stop() throws Exception {
        for (var thing : opened.reversed()) {
            thing.close();
        }
    }

    private GrpcAgentLinks edge(EdgeId id, EdgeId other) throws IOException {
        var loopback = InetAddress.getLoopbackAddress();
        var links = GrpcAgentLinks.start(
                new GrpcAgentLinks.Settings(new InetSocketAddress(loopback, 0), id, 4),
                identity,
                new Directory(),
                (agent, of, session, ticket, tail) -> new TailReceiver.Answer.Refused("no tails here"),
                Optional.of(new GrpcAgentLinks.Between(
                        new InetSocketAddress(loopback, 0),
                        CellIdentity.make(folder, id, CLOCK),
                        new KnowsOne(other),
                        () -> true)),
                CLOCK,
                System::nanoTime);
        opened.add(links);
        ports.put(id, links.relayPort().orElseThrow());
        return links;
    }

    @Test
    void anEdgeOfTheCellGetsIn() throws Exception {
        var call = take(dial(CellIdentity.make(folder, thirdId, CLOCK).client(agentsId)));
        assertThat(call.status()).as("there is no such agent").isEqualTo(Status.Code.NOT_FOUND);
    }

    @Test
    void whoIsNoEdgeOfTheCellDoesNotGetPastTheHandshake() throws Exception {
        var yesterday = Clock.fixed(Instant.now().minus(Duration.ofDays(400)), ZoneOffset.UTC);
        var stranger = CellIdentity.make(elsewhere, usersId, CLOCK);
        var expired = CellIdentity.make(folder, usersId, yesterday);
        var forged = CellIdentity.signed(
                new EdgeIdentity.Pair(
                        identity.chain().getLast(), EdgeIdentity.newKeys().getPrivate()),
                usersId,
                Instant.now());
        var agentFacing = List.of(identity.chain().get(0), identity.chain().get(1));
        var ca = identity.chain().getLast();
        var attempts = Map.of(
                "no certificate",
                client().build(),
                "the certificate that agents see",
                client().keyManager(identity.key(), agentFacing).build(),
                "a self-made CA's, in an edge's name",
                client().keyManager(stranger.key(), stranger.certificate(), stranger.authority())
                        .build(),
                "one in the name of the cell's CA, signed by another key",
                client().keyManager(forged.key(), forged.certificate(), ca).build(),
                "one that has expired",
                client().keyManager(expired.key(), expired.certificate(), ca).build());
        attempts.forEach((what, tls) -> {
            try {
                assertThat(take(dial(tls)).status()).as(what).isEqualTo(Status.Code.UNAVAILABLE);
            } catch (Exception e) {
                throw new AssertionError(what, e);
            }
        });
        assertThat(take(dial(CellIdentity.make(folder, thirdId, CLOCK).client(agentsId)))
                        .status())
                .isEqualTo(Status.Code.NOT_FOUND);
    }

    /// Class 34, at this port: who connects and says nothing keeps no edge out.
    @Test
    void silentConnectionsKeepNoEdgeOut() throws Exception {
        var silent = new ArrayList<Socket>();
        for (int i = 0; i < NewConnections.MOST_PER_ADDRESS + 50; i++) {
            var socket = new Socket(
                    InetAddress.getLoopbackAddress(),
                    Optional.ofNullable(ports.get(agentsId)).orElseThrow());
            silent.add(socket);
            opened.add(socket);
        }
        var call = take(dial(CellIdentity.make(folder, thirdId, CLOCK).client(agentsId)));
        assertThat(call.status()).isEqualTo(Status.Code.NOT_FOUND);
        for (var socket : silent.subList(0, 50)) {
            socket.setSoTimeout(RawAgent.PATIENCE_SECONDS * 1_000);
            assertThat(socket.getInputStream().read())
                    .as("the oldest made room")
                    .isNegative();
        }
    }

    @Test
    void anAgentTakesNoCertificateOfTheCellForItsEdge() throws Exception {
        var shown = CellIdentity.make(folder, usersId, CLOCK).certificate();
        assertThat(shown.getSubjectAlternativeNames())
                .singleElement()
                .satisfies(name -> assertThat(name.getLast()).isEqualTo("sallyport:edge:" + usersId));
    }

    /// Whoever stands where another edge was gets no order and no ticket.
    @Test
    void anEdgeIsDialledByItsNameNotByItsAddress() throws Exception {
        var stranger = CellIdentity.make(elsewhere, agentsId, CLOCK);
        var third = CellIdentity.make(folder, thirdId, CLOCK);
        var ca = identity.chain().getLast();
        var forged = CellIdentity.signed(
                new EdgeIdentity.Pair(ca, EdgeIdentity.newKeys().getPrivate()), agentsId, Instant.now());
        var takes = new AtomicInteger();
        for (var tls : List.of(
                server(third.key(), third.certificate(), ca),
                server(stranger.key(), stranger.certificate(), stranger.authority()),
                server(forged.key(), forged.certificate(), ca),
                server(identity.key(), identity.chain().getFirst(), ca))) {
            ports.put(agentsId, impostor(tls, takes).getPort());
            assertThat(users.start(AgentId.next(CLOCK), order(tenant, usersId)))
                    .isEqualTo(new AgentLinks.Start.NotAttached());
        }
        assertThat(takes).hasValue(0);
        // the same by one that is who it should be
        var genuine = CellIdentity.make(folder, agentsId, CLOCK);
        ports.put(
                agentsId,
                impostor(server(genuine.key(), genuine.certificate(), ca), takes)
                        .getPort());
        assertThat(users.start(AgentId.next(CLOCK), order(tenant, usersId)))
                .isEqualTo(new AgentLinks.Start.NotAttached());
        assertThat(takes).hasValue(1);
    }

    @Test
    void anEdgeOrdersInItsOwnNameAndForTheTenantItAskedFor() throws Exception {
        var token = know("demo", tenant);
        var agent = agent(agents, token);
        agent.attached();
        var third = dial(CellIdentity.make(folder, thirdId, CLOCK).client(agentsId));
        for (var order : List.of(order(tenant, usersId), order(TenantId.next(CLOCK), thirdId))) {
            var idle = agent.idle();
            await().atMost(PATIENCE).until(() -> agents.idle(id(token)) == 1);
            var call = take(third, tenant, id(token));
            assertThat(call.next().getTaken().getInstanceId()).isEqualTo(agent.instance.value());
            call.send(frame(FrameMapper.write(new dev.sallyport.core.link.Frame(
                    0, 0, new dev.sallyport.core.link.Frame.Open(order, Ticket.next())))));
            assertThat(call.status()).isEqualTo(Status.Code.UNAVAILABLE);
            assertThat(idle.status()).isEqualTo(Status.Code.UNAVAILABLE);
            assertThat(idle.came).as("the order went no further").isEmpty();
        }
        // what comes first must be an order, and before it a take, once
        var idle = agent.idle();
        await().atMost(PATIENCE).until(() -> agents.idle(id(token)) == 1);
        var call = take(third, tenant, id(token));
        call.next();
        call.send(frame(Frame.newBuilder()
                .setNumber(1)
                .setOpened(Opened.getDefaultInstance())
                .build()));
        assertThat(call.status()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(idle.came).isEmpty();
        var early = start(third);
        early.send(frame(Frame.getDefaultInstance()));
        assertThat(early.status()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        var other = start(third);
        other.send(Passed.getDefaultInstance());
        assertThat(other.status()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        var malformed = start(third);
        malformed.send(Passed.newBuilder()
                .setTake(Take.newBuilder().setTenantId("../..").setAgentId("x"))
                .build());
        assertThat(malformed.status()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        await().atMost(PATIENCE).until(() -> agents.lentCalls() == 0);
    }

    /// Another tenant's agent is not there for an edge that asks in the wrong tenant.
    @Test
    void anAgentIsLentForItsOwnTenantOnly() throws Exception {
        var token = know("demo", tenant);
        var agent = agent(agents, token);
        agent.attached();
        agent.idle();
        await().atMost(PATIENCE).until(() -> agents.idle(id(token)) == 1);
        var third = dial(CellIdentity.make(folder, thirdId, CLOCK).client(agentsId));
        assertThat(take(third, TenantId.next(CLOCK), id(token)).status()).isEqualTo(Status.Code.NOT_FOUND);
        assertThat(agents.idle(id(token))).isOne();
    }

    /// Class 39: the ticket of a session of one edge, at another edge.
    @Test
    void aTicketOfOneEdgeIsUselessOnAnother() throws Exception {
        var token = know("victim", tenant);
        var victim = agent(agents, token);
        victim.attached();
        var call = victim.idle();
        var link = startedElsewhere(call, id(token));
        var open = call.next();
        // a session that the agents' edge holds itself
        var own = victim.idle();
        await().atMost(PATIENCE).until(() -> agents.idle(id(token)) == 1);
        var starting = threads.submit(() -> agents.start(id(token), order(tenant, agentsId)));
        var ownOpen = own.next();
        own.send(RawAgent.accepted(RawAgent.ticket(ownOpen)));
        var ownLink = ((AgentLinks.Start.Started) starting.get(60, TimeUnit.SECONDS)).link();

        var thief = agent(agents, know("thief", TenantId.next(CLOCK)));
        thief.attached();
        var clone = agent(agents, token);
        clone.attached();
        var stolen = Resume.newBuilder()
                .setSessionId(open.getOpen().getOrder().getSessionId())
                .setTicket(open.getOpen().getTicket());
        for (var attacker : List.of(thief, clone)) {
            for (var named : List.of(attacker.instance, victim.instance)) {
                assertThat(resume(attacker, stolen.setInstanceId(named.value())))
                        .isEqualTo(Status.Code.NOT_FOUND);
            }
        }
        // its own agent, with the ticket of one for the session of the other, and with none
        stolen.setInstanceId(victim.instance.value());
        assertThat(resume(victim, stolen.clone().setTicket(ownOpen.getOpen().getTicket())))
                .isEqualTo(Status.Code.NOT_FOUND);
        assertThat(resume(victim, stolen.clone().setTicket(ByteString.copyFrom(new byte[32]))))
                .isEqualTo(Status.Code.NOT_FOUND);
        assertThat(resume(
                        victim,
                        stolen.clone().setSessionId(ownOpen.getOpen().getOrder().getSessionId())))
                .isEqualTo(Status.Code.NOT_FOUND);
        assertThat(link.broken()).isFalse();
        assertThat(ownLink.broken()).isFalse();
        call.send(Frame.newBuilder()
                .setNumber(1)
                .setOpened(Opened.getDefaultInstance())
                .build());
        assertThat(link.receive().message()).as("it goes on").isEqualTo(new Message.Opened());
        assertThat(users.forged()).isPositive();
    }

    /// Class 39: even an edge of the cell continues no session for an agent that does not carry it.
    @Test
    void anEdgeContinuesASessionForItsOwnAgentOnly() throws Exception {
        var token = know("victim", tenant);
        var victim = agent(agents, token);
        victim.attached();
        var call = victim.idle();
        var link = startedElsewhere(call, id(token));
        var open = call.next();
        var third = dial(CellIdentity.make(folder, thirdId, CLOCK).client(usersId), usersId);
        var resume = Frame.newBuilder()
                .setResume(Resume.newBuilder()
                        .setInstanceId(victim.instance.value())
                        .setSessionId(open.getOpen().getOrder().getSessionId())
                        .setTicket(open.getOpen().getTicket()))
                .build();
        var who = Resuming.newBuilder()
                .setTenantId(tenant.value())
                .setAgentId(id(token).value())
                .setInstanceId(victim.instance.value())
                .build();
        for (var said : List.of(
                who.toBuilder().setTenantId(TenantId.next(CLOCK).value()).build(),
                who.toBuilder().setAgentId(AgentId.next(CLOCK).value()).build(),
                who.toBuilder().setInstanceId("").build(),
                Resuming.getDefaultInstance())) {
            var attempt = continuing(third);
            attempt.send(Passed.newBuilder().setResuming(said).build());
            attempt.send(frame(resume));
            assertThat(attempt.status()).as("%s", said).isEqualTo(Status.Code.NOT_FOUND);
        }
        var ofNobody = continuing(third);
        ofNobody.send(frame(resume));
        assertThat(ofNobody.status()).isEqualTo(Status.Code.NOT_FOUND);
        var noResume = continuing(third);
        noResume.send(Passed.newBuilder().setResuming(who).build());
        noResume.send(frame(Frame.newBuilder()
                .setNumber(1)
                .setOpened(Opened.getDefaultInstance())
                .build()));
        assertThat(noResume.status()).isEqualTo(Status.Code.NOT_FOUND);
        assertThat(link.broken()).isFalse();
        // and as it should be said, the session goes on there
        var right = continuing(third);
        right.send(Passed.newBuilder().setResuming(who).build());
        right.send(frame(resume));
        assertThat(right.next().getFrame().hasResumed()).isTrue();
        assertThat(call.status()).as("the former call is cut").isNotEqualTo(Status.Code.OK);
    }

    /// Class 37: what an agent forges ends its session at the edge that holds it, and nothing else.
    @Test
    void aForgedFrameByWayOfAnotherEdgeEndsTheSession() throws Exception {
        var token = know("demo", tenant);
        var hostile = agent(agents, token);
        hostile.attached();
        for (var forged : List.of(
                Frame.newBuilder()
                        .setNumber(2)
                        .setOpened(Opened.getDefaultInstance())
                        .build(),
                Frame.getDefaultInstance(),
                Frame.newBuilder()
                        .setNumber(1)
                        .setData(Data.newBuilder()
                                .setStream(dev.sallyport.proto.v1.Stream.OUTPUT)
                                .setBytes(ByteString.copyFrom(new byte[70_000])))
                        .build())) {
            var call = hostile.idle();
            startedElsewhere(call, id(token));
            call.send(forged);
            assertThat(call.status()).isNotEqualTo(Status.Code.OK);
            await().atMost(PATIENCE).until(() -> users.carried() == 0 && agents.lentCalls() == 0);
        }
        assertThat(agents.attached()).isOne();
    }

    // ----

    /// A session of the users' edge, on that call; its order is to be read there again.
    private SessionLink startedElsewhere(RawAgent.Call<Frame, Frame> call, AgentId id) throws Exception {
        await().atMost(PATIENCE).until(() -> agents.idle(id) == 1);
        var starting = threads.submit(() -> users.start(id, order(tenant, usersId)));
        var open = call.next();
        call.came.add(open);
        call.send(RawAgent.accepted(RawAgent.ticket(open)));
        return ((AgentLinks.Start.Started) starting.get(60, TimeUnit.SECONDS)).link();
    }

    private static Status.Code resume(RawAgent agent, Resume.Builder resume) throws Exception {
        var attempt = agent.carry();
        attempt.send(Frame.newBuilder().setResume(resume).build());
        return attempt.status();
    }

    private static SslContextBuilder client() {
        // Java's own TLS sends whatever chain it is given
        return GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.JDK)
                .trustManager(InsecureTrustManagerFactory.INSTANCE)
                .protocols("TLSv1.3");
    }

    private static SslContext server(java.security.PrivateKey key, X509Certificate... chain) throws IOException {
        return GrpcSslContexts.configure(SslContextBuilder.forServer(key, chain), SslProvider.JDK)
                .clientAuth(ClientAuth.REQUIRE)
                .trustManager(InsecureTrustManagerFactory.INSTANCE)
                .protocols("TLSv1.3")
                .build();
    }

    private Server impostor(SslContext tls, AtomicInteger takes) throws IOException {
        var server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .sslContext(tls)
                .addService(new EdgeRelayGrpc.EdgeRelayImplBase() {
                    @Override
                    public StreamObserver<Passed> start(StreamObserver<Passed> down) {
                        takes.incrementAndGet();
                        down.onError(Status.NOT_FOUND.asRuntimeException());
                        return new RawAgent.Call<Passed, Passed>();
                    }
                })
                .build()
                .start();
        opened.add(server::shutdownNow);
        return server;
    }

    private ManagedChannel dial(SslContext tls) {
        return dial(tls, agentsId);
    }

    private ManagedChannel dial(SslContext tls, EdgeId to) {
        var channel = NettyChannelBuilder.forAddress(
                        "127.0.0.1", Optional.ofNullable(ports.get(to)).orElseThrow())
                .sslContext(tls)
                .build();
        opened.add(channel::shutdownNow);
        return channel;
    }

    private static RawAgent.Call<Passed, Passed> start(ManagedChannel channel) {
        var call = new RawAgent.Call<Passed, Passed>();
        call.up(EdgeRelayGrpc.newStub(channel).start(call));
        return call;
    }

    private static RawAgent.Call<Passed, Passed> continuing(ManagedChannel channel) {
        var call = new RawAgent.Call<Passed, Passed>();
        call.up(EdgeRelayGrpc.newStub(channel).resume(call));
        return call;
    }

    private RawAgent.Call<Passed, Passed> take(ManagedChannel channel) {
        return take(channel, tenant, AgentId.next(CLOCK));
    }

    private static RawAgent.Call<Passed, Passed> take(ManagedChannel channel, TenantId tenant, AgentId agent) {
        var call = start(channel);
        call.send(Passed.newBuilder()
                .setTake(Take.newBuilder().setTenantId(tenant.value()).setAgentId(agent.value()))
                .build());
        return call;
    }

    private static Passed frame(Frame frame) {
        return Passed.newBuilder().setFrame(frame).build();
    }

    private RawAgent agent(GrpcAgentLinks edge, String token) throws IOException {
        var agent = new RawAgent(edge.port(), identity, Optional.of(token));
        opened.add(agent);
        return agent;
    }

    private String know(String name, TenantId of) {
        var agent = AgentId.next(CLOCK);
        var token = "token-of-" + agent;
        tokens.put(token, new AgentDirectory.KnownAgent(of, agent, name));
        return token;
    }

    private AgentId id(String token) {
        return Optional.ofNullable(tokens.get(token)).orElseThrow().agent();
    }

    private static Order order(TenantId of, EdgeId by) {
        return new Order(
                SessionId.next(CLOCK),
                of,
                by,
                UserId.next(CLOCK),
                "alice@example.com",
                new SignedDefinition(new byte[] {1}, new byte[64]),
                new SessionRequest.Shell(Optional.empty()),
                Map.of(),
                RecordingLevel.FULL,
                Instant.now().plusSeconds(60));
    }

    private final class Directory implements AgentDirectory {
        @Override
        public Optional<KnownAgent> authenticate(String token) {
            return Optional.ofNullable(tokens.get(token));
        }

        @Override
        public void attached(Attachment attachment) {}

        @Override
        public void detached(Attachment attachment) {}

        @Override
        public void noticed(KnownAgent agent, String text) {}
    }

    /// Everything is at the one other edge.
    private final class KnowsOne implements Cell {

        private final EdgeId other;

        KnowsOne(EdgeId other) {
            this.other = other;
        }

        @Override
        public List<Other> attached(TenantId of, AgentId agent) {
            return List.of(there());
        }

        @Override
        public Optional<Other> holding(TenantId of, SessionId session) {
            return other.equals(usersId) ? Optional.of(there()) : Optional.empty();
        }

        private Other there() {
            return new Other(other, "127.0.0.1:" + ports.get(other));
        }
    }
}
