package dev.sallyport.agent.link;

import dev.sallyport.core.id.EdgeId;
import dev.sallyport.core.link.ForgedFrame;
import dev.sallyport.core.link.Frame;
import dev.sallyport.core.link.LinkShell;
import dev.sallyport.proto.BadFrame;
import dev.sallyport.proto.FrameMapper;
import dev.sallyport.proto.TestMapper;
import dev.sallyport.proto.v1.AgentLinkGrpc;
import dev.sallyport.proto.v1.AttachDown;
import dev.sallyport.proto.v1.AttachUp;
import dev.sallyport.proto.v1.Draining;
import dev.sallyport.proto.v1.Heartbeat;
import dev.sallyport.proto.v1.Hello;
import dev.sallyport.proto.v1.Notice;
import dev.sallyport.proto.v1.TestOrder;
import dev.sallyport.proto.v1.Tested;
import dev.sallyport.proto.v1.Welcome;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.MetadataUtils;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContext;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One connection to one edge: the `Attach` call, the idle calls, and the calls that carry sessions.
///
/// One virtual thread serves it ([#serve]): it keeps calls idle, continues broken sessions, sends heartbeats,
/// and ends when the edge was not heard for [#DEAD].
final class Attachment {

    /// Most idle calls, whatever an edge asks for.
    static final int MOST_IDLE = 64;

    /// Most tests that an edge may have to be answered at a time; what it asks for beyond that is dropped.
    static final int MOST_TESTS = 16;

    /// How an attachment ended.
    enum Ended {
        /// The connection broke, or could not be made.
        BROKEN,
        /// The edge does not want this agent: revoked, too old, attached twice.
        REFUSED,
        /// It is an edge that this instance is attached to already.
        THERE_ALREADY,
        /// The edge takes no new sessions.
        DRAINING
    }

    private static final Logger LOG = LoggerFactory.getLogger(Attachment.class);
    private static final int WIRE_VERSION = 1;
    private static final Duration HEARTBEAT = Duration.ofSeconds(10);
    private static final Duration DEAD = Duration.ofSeconds(30);
    private static final Duration LONGEST_WELCOME = Duration.ofSeconds(10);
    private static final Duration LONGEST_RESUME = Duration.ofSeconds(10);
    private static final Duration TAILS = Duration.ofSeconds(10);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final int FLOW_CONTROL_WINDOW = 4 << 20;
    private static final int LONGEST_MESSAGE = 1 << 20;
    private static final int LONGEST_HEADERS = 8_192;
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    private final AgentLink.Settings settings;
    private final InetSocketAddress address;
    private final ManagedChannel channel;
    private final AgentLinkGrpc.AgentLinkStub stub;

    /// For `Carry`: frames are dealt with on the thread that reads them, which costs a key less than another
    /// thread would.
    private final AgentLinkGrpc.AgentLinkStub frames;

    private final ExecutorService threads;
    private final CarriedSessions sessions;
    private final ConnectionTester tester;
    private final Function<Attachment, List<EdgeId>> elsewhere;
    private final LongSupplier nanos;
    private final Consumer<Attachment> handOverTails;
    private final AttachCall attach = new AttachCall();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Set<CarryCall> idle = new HashSet<>();
    private final Map<CarryCall, Long> resuming = new HashMap<>();
    private Optional<EdgeId> edge = Optional.empty();
    private Optional<Status> over = Optional.empty();
    private boolean draining;
    private int calls;
    private int tests;
    private int wanted;
    private long heardAt;
    private final Backoff refusals = new Backoff(Duration.ofMillis(200), Duration.ofSeconds(8), new SecureRandom());
    private long nextIdle;

    Attachment(
            AgentLink.Settings settings,
            AgentLink.Dialled door,
            SslContext tls,
            EventLoopGroup io,
            ExecutorService threads,
            CarriedSessions sessions,
            ConnectionTester tester,
            Function<Attachment, List<EdgeId>> elsewhere,
            LongSupplier nanos,
            Consumer<Attachment> handOverTails) {
        this.settings = settings;
        this.address = door.address();
        this.threads = threads;
        this.sessions = sessions;
        this.tester = tester;
        this.elsewhere = elsewhere;
        this.nanos = nanos;
        this.handOverTails = handOverTails;
        this.wanted = settings.idleCalls();
        this.nextIdle = nanos.getAsLong();
        this.channel = NettyChannelBuilder.forAddress(address)
                .overrideAuthority(door.name().toString())
                .sslContext(tls)
                .eventLoopGroup(io)
                .channelType(NioSocketChannel.class)
                .executor(threads)
                .flowControlWindow(FLOW_CONTROL_WINDOW)
                .maxInboundMessageSize(LONGEST_MESSAGE)
                .maxInboundMetadataSize(LONGEST_HEADERS)
                .keepAliveTime(HEARTBEAT.toSeconds(), TimeUnit.SECONDS)
                .keepAliveTimeout(HEARTBEAT.toSeconds(), TimeUnit.SECONDS)
                .keepAliveWithoutCalls(true)
                .disableRetry()
                .build();
        var headers = new Metadata();
        headers.put(AUTHORIZATION, "Bearer " + settings.key().token().text());
        this.stub = AgentLinkGrpc.newStub(channel).withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
        this.frames = stub.withExecutor(Runnable::run);
    }

    AgentLinkGrpc.AgentLinkStub stub() {
        return stub;
    }

    /// The edge that answered, once it has.
    Optional<EdgeId> edge() {
        lock.lock();
        try {
            return edge;
        } finally {
            lock.unlock();
        }
    }

    /// Whether the edge has answered, and the attachment lives.
    boolean welcomed() {
        lock.lock();
        try {
            return edge.isPresent() && over.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /// Attaches. Whether the edge has taken this agent; if not, [#ended] says why.
    boolean attach() throws InterruptedException {
        heardAt = nanos.getAsLong();
        stub.attach(attach);
        attach.begun();
        attach.say(AttachUp.newBuilder().setHello(hello()).build());
        if (sessions.draining()) {
            sayDraining();
        }
        return awaitWelcome();
    }

    /// Serves, once attached, until that is over or the edge drains.
    Ended serve() throws InterruptedException {
        LOG.info("attached to edge {} at {}", edge().orElseThrow(), address);
        return serveOn(false);
    }

    /// Serves a draining edge until its sessions are over.
    void serveOut() {
        try {
            var _ = serveOn(true);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Ended serveOn(boolean out) throws InterruptedException {
        var home = edge().orElseThrow();
        long beatAt = nanos.getAsLong();
        long tailsAt = beatAt - TAILS.toNanos();
        while (true) {
            long now = nanos.getAsLong();
            if (now - beatAt >= HEARTBEAT.toNanos()) {
                beatAt = now;
                attach.say(AttachUp.newBuilder()
                        .setHeartbeat(Heartbeat.newBuilder().setSentMillis(System.currentTimeMillis()))
                        .build());
            }
            if (now - tailsAt >= TAILS.toNanos()) {
                tailsAt = now;
                threads.execute(() -> handOverTails.accept(this));
            }
            for (var shell : sessions.toResume(home, elsewhere.apply(this))) {
                resume(shell);
            }
            if (!out) {
                fillIdle(now);
            }
            lock.lockInterruptibly();
            try {
                cancelLateResumes(now);
                if (over.isPresent()) {
                    return ended();
                }
                if (now - heardAt > DEAD.toNanos()) {
                    LOG.warn("the edge was not heard for {} s", DEAD.toSeconds());
                    return Ended.BROKEN;
                }
                if (draining && !out) {
                    return Ended.DRAINING;
                }
                // sessions of other edges go by way of this one, too
                if (out && calls == idle.size() && !sessions.any(home)) {
                    return Ended.DRAINING;
                }
                var _ = changed.awaitNanos(PAUSE.toNanos());
            } finally {
                lock.unlock();
            }
        }
    }

    private Hello hello() {
        var hello = Hello.newBuilder()
                .setInstanceId(settings.instance().value())
                .setVersion(settings.version())
                .setWireVersion(WIRE_VERSION)
                .setHost(settings.host())
                .addAllCapabilities(settings.capabilities());
        settings.sealingKey().ifPresent(hello::setSealingKey);
        elsewhere.apply(this).forEach(other -> hello.addElsewhere(other.value()));
        return hello.build();
    }

    private boolean awaitWelcome() throws InterruptedException {
        long left = LONGEST_WELCOME.toNanos();
        lock.lockInterruptibly();
        try {
            while (edge.isEmpty() && over.isEmpty() && left > 0) {
                left = changed.awaitNanos(left);
            }
            return edge.isPresent() && over.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /// How it ended that is over, or never began.
    Ended ended() {
        lock.lock();
        try {
            var status = over.orElse(Status.DEADLINE_EXCEEDED.withDescription("the edge did not answer"));
            return switch (status.getCode()) {
                case UNAUTHENTICATED, PERMISSION_DENIED -> {
                    LOG.warn(
                            "the edge refuses this agent's key ({}); if it was revoked, give the agent a new one",
                            reason(status));
                    yield Ended.REFUSED;
                }
                case ALREADY_EXISTS -> {
                    LOG.debug("{} is an edge that this agent is attached to", address);
                    yield Ended.THERE_ALREADY;
                }
                case FAILED_PRECONDITION, INVALID_ARGUMENT -> {
                    LOG.warn("the edge does not take this agent: {}", reason(status));
                    yield Ended.REFUSED;
                }
                default -> {
                    LOG.warn("not attached to {}: {}", address, reason(status));
                    yield Ended.BROKEN;
                }
            };
        } finally {
            lock.unlock();
        }
    }

    /// What went wrong, down to the cause that tells.
    private static String reason(Status status) {
        var cause = status.getCause();
        while (cause != null && cause.getCause() != null) {
            cause = cause.getCause();
        }
        var description = status.getDescription() == null ? status.getCode().toString() : status.getDescription();
        // gRPC appends the names of its own handlers.
        description = description.replaceFirst("(?s)\\s*Channel Pipeline: .*", "");
        return FrameMapper.sentence(cause == null ? description : description + " (" + cause.getMessage() + ")");
    }

    private void fillIdle(long now) {
        int missing;
        lock.lock();
        try {
            missing = over.isPresent() || draining || nextIdle - now > 0 ? 0 : wanted - idle.size();
        } finally {
            lock.unlock();
        }
        for (int i = 0; i < missing; i++) {
            var call = new CarryCall(new Idle(), threads, Optional.empty());
            lock.lock();
            try {
                if (sessions.draining()) {
                    return;
                }
                idle.add(call);
                calls++;
            } finally {
                lock.unlock();
            }
            frames.carry(call);
            call.send(new Frame(0, 0, new Frame.Idle(settings.instance())));
        }
    }

    private void resume(LinkShell shell) {
        var call = new CarryCall(new Resuming(), threads, Optional.of(shell));
        lock.lock();
        try {
            resuming.put(call, nanos.getAsLong());
            calls++;
        } finally {
            lock.unlock();
        }
        frames.carry(call);
        if (!shell.reconnect(call)) {
            call.cut("the session is over");
        }
    }

    private void cancelLateResumes(long now) {
        for (var entry : resuming.entrySet()) {
            var call = entry.getKey();
            boolean waits = call.carried().map(LinkShell::broken).orElse(false);
            if (!waits) {
                entry.setValue(now);
            } else if (now - entry.getValue() > LONGEST_RESUME.toNanos()) {
                threads.execute(() -> call.cut("the edge did not answer"));
            }
        }
    }

    /// Calls on which the edge may still put a session.
    int idleCalls() {
        lock.lock();
        try {
            return idle.size();
        } finally {
            lock.unlock();
        }
    }

    /// Calls that are not over, idle ones too.
    int openCalls() {
        lock.lock();
        try {
            return calls;
        } finally {
            lock.unlock();
        }
    }

    void notice(String text) {
        attach.say(AttachUp.newBuilder()
                .setNotice(Notice.newBuilder().setText(FrameMapper.sentence(text)))
                .build());
    }

    void sayDraining() {
        attach.say(
                AttachUp.newBuilder().setDraining(Draining.getDefaultInstance()).build());
    }

    /// Ends the connection with everything on it.
    void close() {
        attach.end();
        channel.shutdownNow();
    }

    private void signal(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Owns the calls that idle, and what they carry later.
    private final class Idle implements CarryCall.Owner {

        @Override
        public LinkShell opened(CarryCall call, Frame.Open open) throws ForgedFrame {
            // in this order: at no moment is it neither an order that may come nor a session
            var shell = sessions.open(open, call);
            signal(() -> {
                idle.remove(call);
                refusals.reset();
            });
            return shell;
        }

        @Override
        public void over(CarryCall call, Status status) {
            signal(() -> {
                calls--;
                if (idle.remove(call)) {
                    // not asked for in a hurry again: the edge may not want it
                    nextIdle = nanos.getAsLong() + refusals.next().toNanos();
                }
            });
        }
    }

    /// Owns the calls that continue a session.
    private final class Resuming implements CarryCall.Owner {

        @Override
        public LinkShell opened(CarryCall call, Frame.Open open) throws ForgedFrame {
            throw new ForgedFrame("an order on a call that continues a session");
        }

        @Override
        public void over(CarryCall call, Status status) {
            call.carried().ifPresent(shell -> {
                boolean home = edge().map(shell.order().edge()::equals).orElse(false);
                if (home && status.getCode() == Status.Code.NOT_FOUND) {
                    shell.onForgotten();
                }
                sessions.tried(shell);
            });
            signal(() -> {
                calls--;
                resuming.remove(call);
            });
        }
    }

    /// The `Attach` call.
    private final class AttachCall implements ClientResponseObserver<AttachUp, AttachDown> {

        private Optional<ClientCallStreamObserver<AttachUp>> starting = Optional.empty();
        private Optional<ClientCallStreamObserver<AttachUp>> up = Optional.empty();
        private boolean closed;

        @Override
        public synchronized void beforeStart(ClientCallStreamObserver<AttachUp> stream) {
            starting = Optional.of(stream);
        }

        /// gRPC takes nothing, not even the end, on a call that is still being started.
        synchronized void begun() {
            up = starting;
        }

        synchronized void say(AttachUp message) {
            if (!closed) {
                up.ifPresent(stream -> stream.onNext(message));
            }
        }

        synchronized void end() {
            if (!closed) {
                closed = true;
                up.ifPresent(ClientCallStreamObserver::onCompleted);
            }
        }

        @Override
        public void onNext(AttachDown message) {
            long now = nanos.getAsLong();
            signal(() -> {
                heardAt = now;
                switch (message.getBodyCase()) {
                    case WELCOME -> welcome(message.getWelcome());
                    case CARRY_WANTED ->
                        wanted = Math.clamp(message.getCarryWanted().getIdle(), 1, MOST_IDLE);
                    case DRAINING -> draining = true;
                    case TEST -> {
                        if (tests < MOST_TESTS) {
                            tests++;
                            threads.execute(() -> test(message.getTest()));
                        }
                    }
                    case HEARTBEAT, BODY_NOT_SET -> {
                        // heard is all
                    }
                }
            });
        }

        private void test(TestOrder order) {
            try {
                var wanted = TestMapper.read(order);
                answer(TestMapper.write(wanted.test(), tester.test(wanted)));
            } catch (BadFrame e) {
                LOG.warn("the edge asked for a test that is not well formed", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException e) {
                LOG.error("a test failed", e);
            } finally {
                signal(() -> tests--);
            }
        }

        /// An edge that does not read gets no answer: what waits for it here has a bound.
        private synchronized void answer(Tested tested) {
            if (!closed && up.filter(ClientCallStreamObserver::isReady).isPresent()) {
                say(AttachUp.newBuilder().setTested(tested).build());
            }
        }

        private void welcome(Welcome welcome) {
            try {
                edge = Optional.of(new EdgeId(welcome.getEdgeId()));
            } catch (IllegalArgumentException e) {
                over = Optional.of(Status.INVALID_ARGUMENT.withDescription("the edge's welcome is not well formed"));
            }
        }

        @Override
        public void onError(Throwable problem) {
            ended(Status.fromThrowable(problem));
        }

        @Override
        public void onCompleted() {
            ended(Status.UNAVAILABLE.withDescription("the edge ended the attachment"));
        }

        private void ended(Status status) {
            synchronized (this) {
                closed = true;
            }
            signal(() -> {
                if (over.isEmpty()) {
                    over = Optional.of(status);
                }
            });
        }
    }
}
