package dev.sallyport.edge.agents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.sallyport.core.connection.SignedDefinition;
import dev.sallyport.core.id.AgentId;
import dev.sallyport.core.id.EdgeId;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.id.UserId;
import dev.sallyport.core.link.LinkLost;
import dev.sallyport.core.link.Message;
import dev.sallyport.core.link.SessionLink;
import dev.sallyport.core.link.TailEvent;
import dev.sallyport.core.recording.Event;
import dev.sallyport.core.recording.RecordingLevel;
import dev.sallyport.core.session.Order;
import dev.sallyport.core.session.Pty;
import dev.sallyport.core.session.SessionRequest;
import dev.sallyport.proto.v1.AttachDown;
import dev.sallyport.proto.v1.AttachUp;
import dev.sallyport.proto.v1.Frame;
import dev.sallyport.proto.v1.TailFrame;
import dev.sallyport.proto.v1.TailStored;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// An agent of wire version 1, as it was recorded, at this edge; and one that is newer than this edge.
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class OldAgentTest {

    private static final Clock CLOCK = Clock.systemUTC();
    private static final Duration PATIENCE = Duration.ofSeconds(RawAgent.PATIENCE_SECONDS);

    private final AgentId agentId = AgentId.next(CLOCK);
    private final EdgeId edgeId = EdgeId.next(CLOCK);
    private final List<String> notices = new CopyOnWriteArrayList<>();
    private final List<AgentDirectory.Attachment> attached = new CopyOnWriteArrayList<>();
    private final List<TailEvent> tail = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    @TempDir
    private Path folder;

    private RecordedFrames recorded = new RecordedFrames(List.of());
    private TenantId tenant = TenantId.next(CLOCK);
    private GrpcAgentLinks edge;
    private RawAgent agent;

    @BeforeEach
    void start() throws IOException {
        recorded = RecordedFrames.of(1);
        tenant = new TenantId(recorded.of("Recover", 3, "up", TailFrame.parser())
                .getFirst()
                .getHead()
                .getTenantId());
        var identity = EdgeIdentity.open(folder, Set.of(), CLOCK);
        edge = GrpcAgentLinks.start(
                new GrpcAgentLinks.Settings(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), edgeId, 4),
                identity,
                new Directory(),
                (known, of, session, ticket, kept) -> {
                    for (var event = kept.next(); event.isPresent(); event = kept.next()) {
                        tail.add(event.get());
                    }
                    return new TailReceiver.Answer.Stored();
                },
                CLOCK,
                System::nanoTime);
        agent = new RawAgent(edge.port(), identity, Optional.of("old"));
    }

    @AfterEach
    void stop() {
        agent.close();
        edge.close();
        threads.close();
    }

    private final class Directory implements AgentDirectory {

        @Override
        public Optional<KnownAgent> authenticate(String token) {
            return token.equals("old") ? Optional.of(new KnownAgent(tenant, agentId, "demo")) : Optional.empty();
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
        public void noticed(KnownAgent known, String text) {
            notices.add(text);
        }
    }

    private RawAgent.Call<AttachUp, AttachDown> attach(boolean newer) throws Exception {
        var call = new RawAgent.Call<AttachUp, AttachDown>();
        call.up(agent.stub.attach(call));
        for (var message : recorded.of("Attach", 1, "up", AttachUp.parser())) {
            if (!message.hasDraining()) {
                call.send(newer ? RecordedFrames.newer(message) : message);
            }
        }
        if (newer) {
            call.send(AttachUp.newBuilder()
                    .setUnknownFields(RecordedFrames.unknown())
                    .build());
        }
        assertThat(call.next().getWelcome().getEdgeId()).isEqualTo(edgeId.value());
        assertThat(call.next().getCarryWanted().getIdle()).isEqualTo(4);
        return call;
    }

    private static Order order(TenantId tenant, EdgeId edge, SessionRequest request) {
        return new Order(
                SessionId.next(CLOCK),
                tenant,
                edge,
                UserId.next(CLOCK),
                "alice@example.com",
                new SignedDefinition(new byte[] {1, 2, 3}, new byte[64]),
                request,
                Map.of("LANG", "C"),
                RecordingLevel.FULL,
                CLOCK.instant().plusSeconds(3_600));
    }

    /// A call of the recorded agent that carries a session of this edge.
    private record Carried(
            RawAgent.Call<Frame, Frame> call, ClientCallStreamObserver<Frame> stream, SessionLink link, Frame open) {

        /// Waits for the edge's message of this number.
        void until(long number) throws InterruptedException {
            while (call.next().getNumber() < number) {}
        }

        void is(Message expected) throws Exception {
            var received = link.receive();
            assertThat(received.message()).usingRecursiveComparison().isEqualTo(expected);
            link.consumed(received.number());
        }
    }

    private Carried start(List<Frame> up, SessionRequest request) throws Exception {
        var call = new RawAgent.Call<Frame, Frame>();
        var stream = (ClientCallStreamObserver<Frame>) agent.stub.carry(call);
        call.up(stream);
        call.send(up.get(0));
        await().atMost(PATIENCE).until(() -> edge.idle(agentId) > 0);
        var starting = threads.submit(() -> edge.start(agentId, order(tenant, edgeId, request)));
        var open = call.next();
        var accepted = up.get(1).toBuilder();
        accepted.getAcceptedBuilder().setTicket(open.getOpen().getTicket());
        call.send(accepted.build());
        return switch (starting.get()) {
            case AgentLinks.Start.Started(var link) -> new Carried(call, stream, link, open);
            case AgentLinks.Start other -> throw new AssertionError(other.toString());
        };
    }

    private List<Frame> up(int call, boolean newer) throws Exception {
        var frames = new ArrayList<>(recorded.carried(call, "up"));
        if (newer) {
            frames.replaceAll(RecordedFrames::newer);
        }
        return frames;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /// The newer agent knows fields more, which this edge does not mind.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void itAttachesServesASessionAndLeaves(boolean newer) throws Exception {
        var attach = attach(newer);
        assertThat(attached).singleElement().satisfies(one -> {
            assertThat(one.version()).isEqualTo("test");
            assertThat(one.host()).isEqualTo("here");
            assertThat(one.capabilities()).containsExactlyInAnyOrder("custom", "pty");
        });
        await().atMost(PATIENCE).until(() -> notices.contains("something an operator should know"));

        var up = up(2, newer);
        var pty = new Pty("xterm", 80, 24, 640, 480, new byte[0]);
        var session = start(up, new SessionRequest.Shell(Optional.of(pty)));
        session.link().send(new Message.Data(Message.Stream.INPUT, 0, bytes("hello\n")));
        session.link().send(new Message.Resize(132, 43, 0, 0));
        session.link().send(new Message.Signal("INT"));
        session.until(3);
        up.subList(2, 6).forEach(session.call()::send);
        session.is(new Message.Opened());
        session.is(new Message.Echo(false));
        session.is(new Message.Data(Message.Stream.OUTPUT, 0, bytes("hello\n")));
        session.is(new Message.Data(Message.Stream.ERROR, 0, bytes("oops\n")));
        if (newer) {
            session.call()
                    .send(Frame.newBuilder()
                            .setConsumed(1)
                            .setUnknownFields(RecordedFrames.unknown())
                            .build());
        }
        session.link().stored(2, 1);
        session.link().send(new Message.EndOfStream(Message.Stream.INPUT));
        session.until(4);
        up.subList(6, 8).forEach(session.call()::send);
        session.is(new Message.File("{\"path\":\"/etc/motd\"}"));
        session.is(new Message.Exit(Optional.of(3), Optional.empty(), false));
        session.link().close();
        session.call().send(up.get(8));
        assertThat(session.call().status()).isEqualTo(Status.Code.OK);
        assertThat(edge.forged()).isZero();

        var leaving = recorded.of("Attach", 1, "up", AttachUp.parser()).getLast();
        assertThat(leaving.hasDraining()).isTrue();
        attach.send(leaving);
        await().atMost(PATIENCE)
                .until(() -> edge.start(agentId, order(tenant, edgeId, new SessionRequest.Shell(Optional.empty())))
                        instanceof AgentLinks.Start.NotAttached);
        await().atMost(PATIENCE).until(() -> edge.carried() == 0);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void itContinuesASessionWhoseCallBroke(boolean newer) throws Exception {
        attach(newer);
        var before = up(4, newer);
        var session = start(before, new SessionRequest.Exec(bytes("true"), Optional.empty()));
        session.call().send(before.get(2));
        session.is(new Message.Opened());
        session.stream().cancel("the network is gone", null);
        await().atMost(PATIENCE).until(session.link()::broken);

        var after = up(11, newer);
        var call = new RawAgent.Call<Frame, Frame>();
        call.up(agent.stub.carry(call));
        var resume = after.get(0).toBuilder();
        resume.getResumeBuilder()
                .setSessionId(session.open().getOpen().getOrder().getSessionId())
                .setTicket(session.open().getOpen().getTicket());
        call.send(resume.build());
        assertThat(call.next().getResumed().getReceived()).isEqualTo(1);
        session.link().send(new Message.Close("the session was ended by an admin"));
        assertThat(call.next().getClose().getWhy()).isEqualTo("the session was ended by an admin");
        after.subList(1, 3).forEach(call::send);
        session.is(new Message.Exit(Optional.empty(), Optional.of("KILL"), true));
        session.link().close();
        call.send(after.get(3));
        assertThat(call.status()).isEqualTo(Status.Code.OK);
        assertThat(edge.forged()).isZero();
        await().atMost(PATIENCE).until(() -> edge.carried() == 0);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void itHandsOverWhatItKept(boolean newer) throws Exception {
        attach(newer);
        var call = new RawAgent.Call<TailFrame, TailStored>();
        call.up(agent.stub.recover(call));
        for (var frame : recorded.of("Recover", 3, "up", TailFrame.parser())) {
            call.send(newer ? RecordedFrames.newer(frame) : frame);
        }
        assertThat(call.next().getStored()).isTrue();
        assertThat(tail)
                .usingRecursiveFieldByFieldElementComparator()
                .containsExactly(
                        new TailEvent(Event.Kind.OUTPUT, 0, 1_000, bytes("kept")),
                        new TailEvent(Event.Kind.OUTPUT, 4, 2_000, bytes("too")));
    }

    /// What is numbered may be something to record or to enforce: it is never passed over.
    @Test
    void aMessageThatThisEdgeDoesNotKnowEndsItsSessionAndNothingElse() throws Exception {
        attach(false);
        var session = start(up(2, false), new SessionRequest.Shell(Optional.empty()));
        session.call()
                .send(Frame.newBuilder()
                        .setNumber(1)
                        .setUnknownFields(RecordedFrames.unknown())
                        .build());
        assertThatExceptionOfType(LinkLost.class)
                .isThrownBy(session.link()::receive)
                .satisfies(e -> assertThat(e.why()).isEqualTo(LinkLost.Why.RULES_BROKEN));
        await().atMost(PATIENCE).until(() -> edge.carried() == 0);
        assertThat(edge.attached()).isEqualTo(1);
    }

    @Test
    void anotherWireVersionIsRefusedWithWhatToDo() throws Exception {
        var hello = recorded.of("Attach", 1, "up", AttachUp.parser()).getFirst().toBuilder();
        hello.getHelloBuilder().setWireVersion(2);
        var call = new RawAgent.Call<AttachUp, AttachDown>();
        call.up(agent.stub.attach(call));
        call.send(hello.build());
        assertThat(call.status()).isEqualTo(Status.Code.FAILED_PRECONDITION);
        assertThat(call.ended.join().getDescription()).contains("upgrade the older of the two");
    }
}
