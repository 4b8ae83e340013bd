package dev.sallyport.agent.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sallyport.agent.TestingEdge;
import dev.sallyport.core.id.AgentInstanceId;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.link.LinkLost;
import dev.sallyport.core.link.Message;
import dev.sallyport.core.link.SessionLink;
import dev.sallyport.core.link.TailEvent;
import dev.sallyport.core.link.Ticket;
import dev.sallyport.core.recording.Event;
import dev.sallyport.core.session.Order;
import dev.sallyport.core.session.SessionRequest;
import dev.sallyport.proto.v1.AgentLinkGrpc;
import dev.sallyport.proto.v1.AttachDown;
import dev.sallyport.proto.v1.AttachUp;
import dev.sallyport.proto.v1.Failed;
import dev.sallyport.proto.v1.Frame;
import dev.sallyport.proto.v1.TailFrame;
import dev.sallyport.proto.v1.TailStored;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.netty.handler.ssl.SslContextBuilder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// This agent at an edge of wire version 1, as it was recorded; and at one that is newer than the agent.
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class OldEdgeTest {

    private static final Clock CLOCK = Clock.systemUTC();
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    private Path folder;

    private final BlockingQueue<Call> calls = new LinkedBlockingQueue<>();
    private final List<Message> received = new CopyOnWriteArrayList<>();
    private final List<SessionRequest> opened = new CopyOnWriteArrayList<>();
    private final List<TailFrame> handedOver = new CopyOnWriteArrayList<>();
    private final AtomicBoolean tailStored = new AtomicBoolean(true);
    private RecordedFrames recorded = new RecordedFrames(List.of());
    private volatile boolean newer;
    private Server server;
    private AgentLink agent;

    /// One `Carry` call at the edge.
    private static final class Call implements StreamObserver<Frame> {
        private final BlockingQueue<Frame> came = new LinkedBlockingQueue<>();
        private final BlockingQueue<Optional<Throwable>> over = new LinkedBlockingQueue<>();
        private final StreamObserver<Frame> down;

        Call(StreamObserver<Frame> down) {
            this.down = down;
        }

        Frame next() throws InterruptedException {
            var frame = came.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            if (frame == null) {
                throw new AssertionError("nothing came");
            }
            return frame;
        }

        /// The next frame that is more than an acknowledgement.
        Frame said() throws InterruptedException {
            while (true) {
                var frame = next();
                if (!frame.hasAck()) {
                    return frame;
                }
            }
        }

        void send(List<Frame> frames) {
            frames.forEach(down::onNext);
        }

        @Override
        public void onNext(Frame frame) {
            came.add(frame);
        }

        @Override
        public void onError(Throwable problem) {
            over.add(Optional.of(problem));
        }

        @Override
        public void onCompleted() {
            over.add(Optional.empty());
            down.onCompleted();
        }
    }

    private final class Edge extends AgentLinkGrpc.AgentLinkImplBase {

        @Override
        public StreamObserver<AttachUp> attach(StreamObserver<AttachDown> down) {
            return new StreamObserver<>() {
                @Override
                public void onNext(AttachUp message) {
                    if (!message.hasHello()) {
                        return;
                    }
                    if (message.getHello().getElsewhereCount() > 0) {
                        down.onError(new StatusRuntimeException(Status.ALREADY_EXISTS));
                        return;
                    }
                    if (newer) {
                        down.onNext(AttachDown.newBuilder()
                                .setUnknownFields(RecordedFrames.unknown())
                                .build());
                    }
                    try {
                        recorded.of("Attach", 1, "down", AttachDown.parser())
                                .forEach(said -> down.onNext(newer ? RecordedFrames.newer(said) : said));
                    } catch (com.google.protobuf.InvalidProtocolBufferException e) {
                        throw new AssertionError(e);
                    }
                }

                @Override
                public void onError(Throwable problem) {}

                @Override
                public void onCompleted() {
                    down.onCompleted();
                }
            };
        }

        @Override
        public StreamObserver<Frame> carry(StreamObserver<Frame> down) {
            var call = new Call(down);
            calls.add(call);
            return call;
        }

        @Override
        public StreamObserver<TailFrame> recover(StreamObserver<TailStored> down) {
            return new StreamObserver<>() {
                @Override
                public void onNext(TailFrame frame) {
                    handedOver.add(frame);
                }

                @Override
                public void onError(Throwable problem) {}

                @Override
                public void onCompleted() {
                    try {
                        recorded.of("Recover", 3, "down", TailStored.parser())
                                .forEach(said -> down.onNext(newer ? RecordedFrames.newer(said) : said));
                    } catch (com.google.protobuf.InvalidProtocolBufferException e) {
                        throw new AssertionError(e);
                    }
                    down.onCompleted();
                }
            };
        }
    }

    private final class Kept implements TailSource.Tail {

        private final SessionId session = SessionId.next(CLOCK);
        private final TenantId tenant = TenantId.next(CLOCK);
        private final Ticket ticket = Ticket.next();

        @Override
        public SessionId session() {
            return session;
        }

        @Override
        public TenantId tenant() {
            return tenant;
        }

        @Override
        public Ticket ticket() {
            return ticket;
        }

        @Override
        public TailSource.Reader read() {
            Iterator<TailEvent> events = List.of(new TailEvent(Event.Kind.OUTPUT, 0, 1_000, bytes("kept")))
                    .iterator();
            return new TailSource.Reader() {
                @Override
                public Optional<TailEvent> next() {
                    return events.hasNext() ? Optional.of(events.next()) : Optional.empty();
                }

                @Override
                public void close() {}
            };
        }

        @Override
        public void stored() {
            tailStored.set(true);
        }

        @Override
        public void refused(String problem) {
            throw new AssertionError(problem);
        }
    }

    @BeforeEach
    void start() throws Exception {
        recorded = RecordedFrames.of(1);
        var keys = TestingEdge.keys(folder, "ip:127.0.0.1");
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .sslContext(GrpcSslContexts.configure(SslContextBuilder.forServer(keys.managers()))
                        .protocols("TLSv1.3")
                        .build())
                .addService(new Edge())
                .build()
                .start();
        var kept = new Kept();
        agent = AgentLink.start(
                new AgentLink.Settings(
                        TestingEdge.key(server.getPort(), keys.pin()),
                        List.of(),
                        AgentInstanceId.next(CLOCK),
                        "test",
                        "here",
                        Set.of("custom", "pty"),
                        Optional.empty(),
                        4),
                this::terminal,
                order -> List.of(),
                () -> tailStored.get() ? List.of() : List.of(kept));
    }

    @AfterEach
    void stop() {
        agent.close();
        server.shutdownNow();
    }

    /// Says what the recorded agent said.
    private void terminal(Order order, Ticket ticket, SessionLink link) throws InterruptedException {
        try {
            opened.add(order.request());
            link.send(new Message.Opened());
            while (true) {
                var next = link.receive();
                received.add(next.message());
                switch (next.message()) {
                    case Message.Data data ->
                        link.send(new Message.Data(Message.Stream.OUTPUT, data.offset(), data.bytes()));
                    case Message.Signal _ -> {
                        link.send(new Message.Echo(false));
                        link.send(new Message.Data(Message.Stream.ERROR, 0, bytes("oops\n")));
                    }
                    case Message.EndOfStream _ -> {
                        link.send(new Message.File("{\"path\":\"/etc/motd\"}"));
                        link.send(new Message.Exit(Optional.of(3), Optional.empty(), false));
                    }
                    case Message.Close _ -> link.send(new Message.Exit(Optional.of(1), Optional.empty(), false));
                    default -> {}
                }
                link.consumed(next.number());
            }
        } catch (LinkLost e) {
            // the session is over
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /// An idle call of the agent.
    private Call idle() throws InterruptedException {
        while (true) {
            var call = calls.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            if (call == null) {
                throw new AssertionError("the agent made no call");
            }
            var first = call.next();
            if (first.hasIdle()) {
                return call;
            }
        }
    }

    private List<Frame> down(int call) throws Exception {
        var frames = recorded.carried(call, "down");
        return newer ? frames.stream().map(RecordedFrames::newer).toList() : frames;
    }

    private static void heard(Call call, long number, Frame.BodyCase body) throws InterruptedException {
        var frame = call.said();
        assertThat(frame.getBodyCase()).isEqualTo(body);
        assertThat(frame.getNumber()).isEqualTo(number);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theAgentServesASession(boolean fieldsMore) throws Exception {
        newer = fieldsMore;
        var call = idle();
        var open = recorded.carried(2, "down").getFirst();
        call.send(List.of(open));
        assertThat(call.next().getAccepted().getTicket())
                .isEqualTo(open.getOpen().getTicket());
        heard(call, 1, Frame.BodyCase.OPENED);
        var frames = down(2);
        call.send(frames.subList(1, 4));
        heard(call, 2, Frame.BodyCase.DATA);
        heard(call, 3, Frame.BodyCase.ECHO);
        heard(call, 4, Frame.BodyCase.DATA);
        if (newer) {
            call.send(List.of(Frame.newBuilder()
                    .setConsumed(2)
                    .setUnknownFields(RecordedFrames.unknown())
                    .build()));
        }
        call.send(frames.subList(4, 6));
        heard(call, 5, Frame.BodyCase.FILE);
        heard(call, 6, Frame.BodyCase.EXIT);
        call.send(frames.subList(6, 7));
        assertThat(call.said().hasEnd()).isTrue();
        assertThat(received)
                .usingRecursiveFieldByFieldElementComparator()
                .containsExactly(
                        new Message.Data(Message.Stream.INPUT, 0, bytes("hello\n")),
                        new Message.Resize(132, 43, 0, 0),
                        new Message.Signal("INT"),
                        new Message.EndOfStream(Message.Stream.INPUT));
        assertThat(opened)
                .singleElement()
                .satisfies(request -> assertThat(request)
                        .isInstanceOfSatisfying(
                                SessionRequest.Shell.class,
                                shell -> assertThat(shell.pty().orElseThrow().columns())
                                        .isEqualTo(80)));
        await().atMost(PATIENCE).until(() -> agent.sessions() == 0);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theAgentContinuesASessionWhoseCallBroke(boolean fieldsMore) throws Exception {
        newer = fieldsMore;
        var call = idle();
        var open = recorded.carried(4, "down").getFirst();
        call.send(List.of(open));
        assertThat(call.next().hasAccepted()).isTrue();
        heard(call, 1, Frame.BodyCase.OPENED);
        call.down.onError(new StatusRuntimeException(Status.UNAVAILABLE));
        Call again;
        Frame first;
        do {
            again = calls.take();
            first = again.next();
        } while (!first.hasResume());
        assertThat(first.getResume().getTicket()).isEqualTo(open.getOpen().getTicket());
        again.send(down(11).subList(0, 2));
        heard(again, 2, Frame.BodyCase.EXIT);
        again.send(down(11).subList(2, 3));
        assertThat(again.said().hasEnd()).isTrue();
        assertThat(received).containsExactly(new Message.Close("the session was ended by an admin"));
        await().atMost(PATIENCE).until(() -> agent.sessions() == 0);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theAgentHandsOverWhatItKept(boolean fieldsMore) {
        newer = fieldsMore;
        tailStored.set(false);
        await().atMost(PATIENCE).until(tailStored::get);
        assertThat(handedOver)
                .extracting(TailFrame::getBodyCase)
                .startsWith(TailFrame.BodyCase.HEAD, TailFrame.BodyCase.EVENT, TailFrame.BodyCase.END);
    }

    /// What an order says that the agent does not know may be something to enforce: it opens nothing, and says why.
    @Test
    void anOrderThatSaysMoreThanTheAgentKnowsIsRefusedWithWhatToDo() throws Exception {
        var open = recorded.carried(4, "down").getFirst();
        var field = open.toBuilder();
        field.getOpenBuilder().getOrderBuilder().setUnknownFields(RecordedFrames.unknown());
        var inside = recorded.carried(2, "down").getFirst().toBuilder();
        inside.getOpenBuilder()
                .getOrderBuilder()
                .setSessionId(SessionId.next(CLOCK).value())
                .getShellBuilder()
                .getPtyBuilder()
                .setUnknownFields(RecordedFrames.unknown());
        var request = open.toBuilder();
        request.getOpenBuilder()
                .getOrderBuilder()
                .setSessionId(SessionId.next(CLOCK).value())
                .clearRequest()
                .setUnknownFields(RecordedFrames.unknown());
        for (var order : List.of(field, inside, request)) {
            var call = idle();
            call.send(List.of(order.build()));
            assertThat(call.next().hasAccepted()).isTrue();
            var failed = call.said().getFailed();
            assertThat(failed.getKind()).isEqualTo(Failed.Reason.REFUSED);
            assertThat(failed.getReason()).contains("too old to know", "upgrade the agent");
            call.send(recorded.carried(11, "down").subList(2, 3).stream()
                    .map(end -> end.toBuilder().setConsumed(1).build())
                    .toList());
        }
        assertThat(opened).isEmpty();
        await().atMost(PATIENCE).until(() -> agent.sessions() == 0);
    }
}
