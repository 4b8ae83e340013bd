package dev.sallyport.edge.agents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
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
import dev.sallyport.core.link.Ticket;
import dev.sallyport.core.recording.RecordingLevel;
import dev.sallyport.core.session.Order;
import dev.sallyport.core.session.SessionRequest;
import dev.sallyport.proto.v1.Accepted;
import dev.sallyport.proto.v1.Ack;
import dev.sallyport.proto.v1.Data;
import dev.sallyport.proto.v1.End;
import dev.sallyport.proto.v1.Frame;
import dev.sallyport.proto.v1.Idle;
import dev.sallyport.proto.v1.Open;
import dev.sallyport.proto.v1.Opened;
import dev.sallyport.proto.v1.Resume;
import dev.sallyport.proto.v1.Resumed;
import dev.sallyport.proto.v1.Stored;
import io.grpc.Status;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Attack classes 34, 37, 38 and 39: what a hostile agent, or a stranger at the agents' port, tries.
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class AgentAttacksTest {

    private static final Clock CLOCK = Clock.systemUTC();
    private static final Duration PATIENCE = Duration.ofSeconds(RawAgent.PATIENCE_SECONDS);

    private final Map<String, AgentDirectory.KnownAgent> tokens = new ConcurrentHashMap<>();
    private final TenantId tenant = TenantId.next(CLOCK);
    private final AtomicLong later = new AtomicLong();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<AutoCloseable> opened = new ArrayList<>();
    private final EdgeId edgeId = EdgeId.next(CLOCK);

    @TempDir
    private Path folder;

    private GrpcAgentLinks edge;
    private EdgeIdentity identity;

    @BeforeEach
    void start() throws IOException {
        identity = EdgeIdentity.open(folder, Set.of(), CLOCK);
        edge = GrpcAgentLinks.start(
                new GrpcAgentLinks.Settings(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), edgeId, 4),
                identity,
                new Directory(),
                (agent, of, session, ticket, tail) -> new TailReceiver.Answer.Refused("no tails here"),
                CLOCK,
                () -> System.nanoTime() + later.get());
    }

    @AfterEach
    void stop() throws Exception {
        for (var thing : opened) {
            thing.close();
        }
        edge.close();
    }

    @Test
    void nobodyGetsInWithoutATokenOrWithoutAttaching() throws Exception {
        for (var token : List.of(Optional.<String>empty(), Optional.of("nobody's"), Optional.of("x".repeat(2_000)))) {
            var agent = agent(token);
            assertThat(agent.attach().status()).isEqualTo(Status.Code.UNAUTHENTICATED);
            assertThat(agent.idle().status()).isEqualTo(Status.Code.UNAUTHENTICATED);
        }
        var known = agent(Optional.of(know("demo")));
        assertThat(known.idle().status()).as("before it attached").isEqualTo(Status.Code.UNAUTHENTICATED);
        assertThat(edge.attached()).isZero();
    }

    static Stream<Frame> nothingThatACallBeginsWith() {
        var ticket = ByteString.copyFrom(new byte[32]);
        return Stream.of(
                Frame.getDefaultInstance(),
                frame().setOpen(Open.getDefaultInstance()).build(),
                frame().setAccepted(Accepted.newBuilder().setTicket(ticket)).build(),
                frame().setResumed(Resumed.getDefaultInstance()).build(),
                frame().setAck(Ack.getDefaultInstance()).build(),
                frame().setEnd(End.getDefaultInstance()).build(),
                frame().setStored(Stored.getDefaultInstance()).build(),
                frame().setNumber(1).setOpened(Opened.getDefaultInstance()).build(),
                frame().setNumber(1).setData(data(10)).build(),
                // malformed
                frame().setNumber(-1).setData(data(10)).build(),
                frame().setNumber(1).setData(data(0)).build(),
                frame().setNumber(1).setData(data(65_537)).build(),
                frame().setIdle(Idle.newBuilder().setInstanceId("ins_nobody")).build(),
                frame().setNumber(1)
                        .setIdle(Idle.newBuilder()
                                .setInstanceId(AgentInstanceId.next(CLOCK).value()))
                        .build(),
                frame().setResume(Resume.newBuilder().setSessionId("../..").setTicket(ticket))
                        .build(),
                // another instance, a session that is not there
                frame().setIdle(Idle.newBuilder()
                                .setInstanceId(AgentInstanceId.next(CLOCK).value()))
                        .build(),
                frame().setResume(Resume.newBuilder()
                                .setInstanceId(AgentInstanceId.next(CLOCK).value())
                                .setSessionId(SessionId.next(CLOCK).value())
                                .setTicket(ticket))
                        .build());
    }

    /// Class 37.
    @Test
    void aForgedFrameEndsItsCallAndNothingElse() throws Exception {
        var token = know("demo");
        var hostile = agent(Optional.of(token));
        hostile.attached();
        var honest = hostile.idle();
        var link = started(hostile, honest);
        long forged = edge.forged();
        for (var frame : nothingThatACallBeginsWith().toList()) {
            var first = hostile.carry();
            first.send(frame);
            assertThat(first.status()).as("first: %s", frame).isEqualTo(Status.Code.NOT_FOUND);
            var afterIdle = hostile.idle();
            afterIdle.send(frame);
            assertThat(afterIdle.status()).as("on an idle call: %s", frame).isEqualTo(Status.Code.NOT_FOUND);
        }
        assertThat(edge.forged())
                .isGreaterThanOrEqualTo(
                        forged + 2 * nothingThatACallBeginsWith().count());
        assertThat(edge.broken(session(honest))).isFalse();
        honest.send(frame().setNumber(1).setOpened(Opened.getDefaultInstance()).build());
        assertThat(link.receive().message()).as("its honest session goes on").isEqualTo(new Message.Opened());
    }

    /// Class 37, in a session.
    @Test
    void aForgedFrameInASessionEndsTheSession() throws Exception {
        var hostile = agent(Optional.of(know("demo")));
        hostile.attached();
        for (var frame : List.of(
                frame().setNumber(2).setOpened(Opened.getDefaultInstance()).build(),
                frame().setNumber(1).setData(data(10)).build(),
                frame().setNumber(1)
                        .setConsumed(7)
                        .setOpened(Opened.getDefaultInstance())
                        .build(),
                frame().setIdle(Idle.newBuilder().setInstanceId(hostile.instance.value()))
                        .build(),
                Frame.getDefaultInstance(),
                frame().setNumber(1).setData(data(65_537)).build())) {
            var call = hostile.idle();
            var link = started(hostile, call);
            call.send(frame);
            assertThatExceptionOfType(LinkLost.class)
                    .as("%s", frame.getBodyCase())
                    .isThrownBy(link::receive)
                    .satisfies(e -> assertThat(e.why()).isEqualTo(LinkLost.Why.RULES_BROKEN));
            assertThat(call.status()).isNotEqualTo(Status.Code.OK);
        }
        await().atMost(PATIENCE).until(() -> edge.carried() == 0);
        assertThat(edge.attached()).as("the attachment itself lives").isEqualTo(1);
    }

    /// Class 37: a message that is too large by far.
    @Test
    void aGiantFrameEndsItsCall() throws Exception {
        var hostile = agent(Optional.of(know("demo")));
        hostile.attached();
        var call = hostile.idle();
        call.send(frame().setNumber(1).setData(data(1 << 20)).build());
        assertThat(call.status()).isNotEqualTo(Status.Code.OK);
        assertThat(edge.attached()).isEqualTo(1);
    }

    /// Classes 37 and 39: another agent, of the same or another tenant, shows session and even ticket of
    /// somebody.
    @Test
    void aSessionIsNotResumedByAnotherAgentOrInstance() throws Exception {
        var token = know("victim");
        var victim = agent(Optional.of(token));
        victim.attached();
        var call = victim.idle();
        var link = started(victim, call);
        var open = call.next();
        var resume = Resume.newBuilder()
                .setSessionId(open.getOpen().getOrder().getSessionId())
                .setTicket(open.getOpen().getTicket());
        var thief = agent(Optional.of(know("thief", TenantId.next(CLOCK))));
        thief.attached();
        var clone = agent(Optional.of(token));
        clone.attached();
        for (var attacker : List.of(thief, clone)) {
            for (var named : List.of(attacker.instance, victim.instance)) {
                var attempt = attacker.carry();
                attempt.send(
                        frame().setResume(resume.setInstanceId(named.value())).build());
                assertThat(attempt.status()).isEqualTo(Status.Code.NOT_FOUND);
            }
        }
        var wrongTicket = victim.carry();
        wrongTicket.send(frame().setResume(
                        resume.setInstanceId(victim.instance.value()).setTicket(ByteString.copyFrom(new byte[32])))
                .build());
        assertThat(wrongTicket.status()).isEqualTo(Status.Code.NOT_FOUND);
        assertThat(link.broken()).isFalse();
        call.send(frame().setNumber(1).setOpened(Opened.getDefaultInstance()).build());
        assertThat(link.receive().message()).isEqualTo(new Message.Opened());
    }

    /// Class 38.
    @Test
    void twoInstancesOfOneKeyEachCarryTheirOwnAndRevocationTakesBoth() throws Exception {
        var token = know("demo");
        var one = agent(Optional.of(token));
        var two = agent(Optional.of(token));
        var attachOne = one.attached();
        var attachTwo = two.attached();
        var callOne = one.idle();
        var callTwo = two.idle();
        await().atMost(PATIENCE).until(() -> edge.idle(id(token)) == 2);
        var links = new HashSet<SessionLink>();
        var first = threads.submit(() -> edge.start(id(token), order(tenant)));
        var second = threads.submit(() -> edge.start(id(token), order(tenant)));
        callOne.send(RawAgent.accepted(RawAgent.ticket(callOne.next())));
        callTwo.send(RawAgent.accepted(RawAgent.ticket(callTwo.next())));
        links.add(link(first));
        links.add(link(second));
        assertThat(edge.attached()).isEqualTo(2);

        edge.detach(id(token));
        for (var link : links) {
            assertThatExceptionOfType(LinkLost.class).isThrownBy(link::receive);
        }
        assertThat(attachOne.status()).isEqualTo(Status.Code.PERMISSION_DENIED);
        assertThat(attachTwo.status()).isEqualTo(Status.Code.PERMISSION_DENIED);
        await().atMost(PATIENCE).until(() -> edge.attached() == 0);
        assertThat(callOne.next().hasEnd())
                .as("each is told that its session is over")
                .isTrue();
        assertThat(callTwo.next().hasEnd()).isTrue();
    }

    /// Class 38: a token that counts no longer, without anybody saying so to this edge.
    @Test
    void aTokenThatWasRevokedElsewhereIsNoticedWithinAMinute() throws Exception {
        var token = know("demo");
        var agent = agent(Optional.of(token));
        var attach = agent.attached();
        tokens.remove(token);
        // half a minute at a time: a heartbeat is due before
        later.addAndGet(Duration.ofSeconds(61).toNanos());
        assertThat(attach.status()).isIn(Status.Code.PERMISSION_DENIED, Status.Code.UNAVAILABLE);
        var again = agent(Optional.of(token));
        assertThat(again.attach().status()).isEqualTo(Status.Code.UNAUTHENTICATED);
    }

    /// Class 39.
    @Test
    void aTicketIsTakenOnceInTimeAndOnItsOwnCall() throws Exception {
        var token = know("demo");
        var agent = agent(Optional.of(token));
        agent.attached();

        var other = agent.idle();
        var elsewhere = agent.idle();
        await().atMost(PATIENCE).until(() -> edge.idle(id(token)) == 2);
        var starting = threads.submit(() -> edge.start(id(token), order(tenant)));
        await().atMost(PATIENCE).until(() -> !other.came.isEmpty() || !elsewhere.came.isEmpty());
        var took = other.came.isEmpty() ? elsewhere : other;
        var idle = took == other ? elsewhere : other;
        var ticket = RawAgent.ticket(took.next());
        idle.send(RawAgent.accepted(ticket));
        assertThat(idle.status()).as("on another call").isEqualTo(Status.Code.NOT_FOUND);
        took.send(RawAgent.accepted(ticket));
        var link = link(starting);
        took.send(RawAgent.accepted(ticket));
        assertThatExceptionOfType(LinkLost.class).as("twice").isThrownBy(link::receive);

        var wrong = agent.idle();
        var refused = threads.submit(() -> edge.start(id(token), order(tenant)));
        wrong.next();
        wrong.send(RawAgent.accepted(Ticket.next()));
        assertThat(refused.get(RawAgent.PATIENCE_SECONDS, TimeUnit.SECONDS))
                .as("another ticket")
                .isInstanceOf(AgentLinks.Start.Busy.class);
    }

    /// Class 39: a ticket that comes when its time is over.
    @Test
    void aTicketThatComesLateOpensNothing() throws Exception {
        var token = know("demo");
        var agent = agent(Optional.of(token));
        agent.attached();
        var call = agent.idle();
        await().atMost(PATIENCE).until(() -> edge.idle(id(token)) == 1);
        var starting = threads.submit(() -> edge.start(id(token), order(tenant)));
        var ticket = RawAgent.ticket(call.next());
        later.addAndGet(Duration.ofSeconds(31).toNanos());
        call.send(RawAgent.accepted(ticket));
        assertThat(starting.get(RawAgent.PATIENCE_SECONDS, TimeUnit.SECONDS)).isInstanceOf(AgentLinks.Start.Busy.class);
        await().atMost(PATIENCE).until(() -> edge.carried() == 0);
    }

    @Test
    void anOrderGoesOnlyToAnAgentOfItsTenant() throws Exception {
        var token = know("demo");
        var agent = agent(Optional.of(token));
        agent.attached();
        agent.idle();
        await().atMost(PATIENCE).until(() -> edge.idle(id(token)) == 1);
        assertThat(edge.start(id(token), order(TenantId.next(CLOCK)))).isInstanceOf(AgentLinks.Start.NotAttached.class);
    }

    @Test
    void anInstanceThatFallsSilentIsDetached() throws Exception {
        var agent = agent(Optional.of(know("demo")));
        var attach = agent.attached();
        later.addAndGet(Duration.ofSeconds(31).toNanos());
        assertThat(attach.status()).isEqualTo(Status.Code.UNAVAILABLE);
        await().atMost(PATIENCE).until(() -> edge.attached() == 0);
    }

    @Test
    void moreIdleCallsThanAnyoneNeedsAreRefused() throws Exception {
        var token = know("demo");
        var agent = agent(Optional.of(token));
        agent.attached();
        var calls = new ArrayList<RawAgent.Call<Frame, Frame>>();
        for (int i = 0; i < Instance.MOST_WAITING + 10; i++) {
            calls.add(agent.idle());
        }
        await().atMost(PATIENCE)
                .until(() -> calls.stream().filter(call -> call.ended.isDone()).count() == 10);
        assertThat(edge.idle(id(token))).isEqualTo(Instance.MOST_WAITING);
    }

    /// Class 34.
    @Test
    void aThousandHalfHandshakesKeepNobodyOut() throws Exception {
        var half = new byte[] {0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, (byte) 0xfc};
        for (int i = 0; i < 1_000; i++) {
            var socket = new Socket(InetAddress.getLoopbackAddress(), edge.port());
            opened.add(socket);
            if (i % 2 == 0) {
                try {
                    socket.getOutputStream().write(half);
                } catch (IOException e) {
                    // it was dropped already
                }
            }
        }
        assertThat(edge.unattachedConnections()).isLessThanOrEqualTo(NewConnections.MOST);
        var agent = agent(Optional.of(know("demo")));
        agent.attached();
        assertThat(edge.attached()).isEqualTo(1);
        assertThat(edge.droppedConnections()).isPositive();
        later.addAndGet(NewConnections.LONGEST.plusSeconds(1).toNanos());
        await().atMost(PATIENCE).until(() -> edge.unattachedConnections() == 0);
    }

    private SessionLink started(RawAgent agent, RawAgent.Call<Frame, Frame> call) throws Exception {
        var token = tokens.entrySet().iterator().next();
        await().atMost(PATIENCE).until(() -> edge.idle(token.getValue().agent()) > 0);
        var starting = threads.submit(() -> edge.start(token.getValue().agent(), order(tenant)));
        var open = call.next();
        // for who looks at it later
        call.came.add(open);
        call.send(RawAgent.accepted(RawAgent.ticket(open)));
        assertThat(agent.instance).isNotNull();
        return link(starting);
    }

    private static SessionLink link(Future<AgentLinks.Start> starting) throws Exception {
        return switch (starting.get(RawAgent.PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            case AgentLinks.Start.Started(var link) -> link;
            case AgentLinks.Start.NotAttached() -> throw new AssertionError("not attached");
            case AgentLinks.Start.Busy() -> throw new AssertionError("busy");
        };
    }

    private static SessionId session(RawAgent.Call<Frame, Frame> call) throws InterruptedException {
        return new SessionId(call.next().getOpen().getOrder().getSessionId());
    }

    private RawAgent agent(Optional<String> token) throws IOException {
        var agent = new RawAgent(edge.port(), identity, token);
        opened.add(agent);
        return agent;
    }

    private String know(String name) {
        return know(name, tenant);
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

    private Order order(TenantId of) {
        return new Order(
                SessionId.next(CLOCK),
                of,
                edgeId,
                UserId.next(CLOCK),
                "alice@example.com",
                new SignedDefinition(new byte[] {1}, new byte[64]),
                new SessionRequest.Shell(Optional.empty()),
                Map.of(),
                RecordingLevel.FULL,
                Instant.now().plusSeconds(60));
    }

    private static Frame.Builder frame() {
        return Frame.newBuilder();
    }

    private static Data data(int size) {
        return Data.newBuilder()
                .setStream(dev.sallyport.proto.v1.Stream.OUTPUT)
                .setBytes(ByteString.copyFrom(new byte[size]))
                .build();
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
}
