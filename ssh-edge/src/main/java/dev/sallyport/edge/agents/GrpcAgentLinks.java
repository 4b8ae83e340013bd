package dev.sallyport.edge.agents;

import dev.sallyport.core.connection.TestOrder;
import dev.sallyport.core.connection.TestStep;
import dev.sallyport.core.id.AgentId;
import dev.sallyport.core.id.AgentInstanceId;
import dev.sallyport.core.id.EdgeId;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TestId;
import dev.sallyport.core.link.LinkShell;
import dev.sallyport.core.link.Ticket;
import dev.sallyport.core.session.Order;
import dev.sallyport.proto.v1.AgentLinkGrpc;
import dev.sallyport.proto.v1.AttachDown;
import dev.sallyport.proto.v1.AttachUp;
import dev.sallyport.proto.v1.Frame;
import dev.sallyport.proto.v1.TailFrame;
import dev.sallyport.proto.v1.TailStored;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallExecutorSupplier;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The agents' port: gRPC over TLS 1.3. Agents dial in and attach; sessions go out to them on idle calls.
///
/// Nothing here waits on a Netty thread: calls run on virtual threads, but for the frames of `Carry`, which the
/// connection's own thread puts into queues that the window bounds ([CarryCall]). An instance that was not heard for
/// [#DEAD] is detached; its sessions wait to be resumed.
public final class GrpcAgentLinks implements AgentLinks, AutoCloseable {

    /// How often each side says that it is alive.
    static final Duration HEARTBEAT = Duration.ofSeconds(10);

    /// Silence after which an instance is gone.
    static final Duration DEAD = Duration.ofSeconds(30);

    private static final Logger LOG = LoggerFactory.getLogger(GrpcAgentLinks.class);
    private static final Duration LONGEST_START = Duration.ofSeconds(10);
    private static final Duration LONGEST_SILENT_CALL = Duration.ofSeconds(10);
    private static final Duration CHECK_TOKEN = Duration.ofSeconds(60);
    private static final int FLOW_CONTROL_WINDOW = 4 << 20;
    private static final int LONGEST_MESSAGE = 262_144;
    private static final int LONGEST_HEADERS = 8_192;
    private static final int MOST_CALLS_PER_CONNECTION = 4_096;
    private static final int MOST_RECOVERING = 64;
    private static final int MOST_RESETS = 1_000;
    private static final int RESETS_SECONDS = 10;

    /// How the port is set up.
    ///
    /// @param listen port 0 takes a free one
    /// @param idleCalls how many idle calls each instance is asked to keep
    public record Settings(InetSocketAddress listen, EdgeId edge, int idleCalls) {

        public Settings {
            if (idleCalls < 1 || idleCalls > Instance.MOST_WAITING) {
                throw new IllegalArgumentException("an instance keeps 1 to " + Instance.MOST_WAITING + " idle calls");
            }
        }
    }

    /// How this edge and the others of its cell reach each other's agents.
    ///
    /// @param listen where the others reach this edge; port 0 takes a free one
    /// @param sees whether this edge sees what is decided elsewhere: else it passes nothing on for the others
    public record Between(InetSocketAddress listen, CellIdentity identity, Cell cell, BooleanSupplier sees) {}

    private final AgentDirectory directory;
    private final Clock clock;
    private final LongSupplier nanos;
    private final Sessions sessions = new Sessions();
    private final Attachments attachments;
    private final LentCalls lent = new LentCalls();
    private final NewConnections connections;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final ScheduledExecutorService ticker;
    private final EventLoopGroup acceptor = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final EventLoopGroup workers = new MultiThreadIoEventLoopGroup(0, NioIoHandler.newFactory());
    private final Server server;
    private final Optional<RelayPort> relayPort;
    private final Optional<OtherEdges> others;
    private volatile boolean draining;

    private GrpcAgentLinks(
            Settings settings,
            EdgeIdentity identity,
            AgentDirectory directory,
            TailReceiver tails,
            Optional<Between> between,
            Clock clock,
            LongSupplier nanos)
            throws IOException {
        this.directory = directory;
        this.clock = clock;
        this.nanos = nanos;
        this.connections = new NewConnections(nanos);
        this.attachments = new Attachments(this::removed);
        this.ticker = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("agent-links-clock").factory());
        var check = new TokenCheck(directory);
        var surroundings = new AttachCall.Surroundings(
                settings.edge(),
                directory,
                attachments,
                clock,
                nanos,
                settings.idleCalls(),
                this::attached,
                () -> draining);
        var tls = GrpcSslContexts.configure(SslContextBuilder.forServer(
                        identity.key(), identity.chain().toArray(X509Certificate[]::new)))
                .protocols("TLSv1.3")
                .build();
        if (between.isPresent()) {
            var cell = between.get();
            var known = new OtherEdges(cell.identity(), cell.cell(), lent, cell.sees(), workers, threads);
            this.others = Optional.of(known);
            this.relayPort = Optional.of(RelayPort.start(
                    cell.listen(),
                    cell.identity(),
                    new RelayPort.Surroundings(sessions, attachments, lent, cell.sees(), () -> draining),
                    acceptor,
                    workers,
                    threads,
                    nanos));
        } else {
            this.others = Optional.empty();
            this.relayPort = Optional.empty();
        }
        this.server = NettyServerBuilder.forAddress(settings.listen())
                .sslContext(tls)
                .channelFactory(connections::serverChannel)
                .bossEventLoopGroup(acceptor)
                .workerEventLoopGroup(workers)
                .executor(threads)
                .callExecutor(new FramesInPlace())
                .addTransportFilter(check)
                .intercept(check)
                .addService(new Service(surroundings, tails))
                .handshakeTimeout(NewConnections.LONGEST.toSeconds(), TimeUnit.SECONDS)
                .flowControlWindow(FLOW_CONTROL_WINDOW)
                .maxInboundMessageSize(LONGEST_MESSAGE)
                .maxInboundMetadataSize(LONGEST_HEADERS)
                .maxConcurrentCallsPerConnection(MOST_CALLS_PER_CONNECTION)
                .maxRstFramesPerWindow(MOST_RESETS, RESETS_SECONDS)
                .keepAliveTime(HEARTBEAT.toSeconds(), TimeUnit.SECONDS)
                .keepAliveTimeout(HEARTBEAT.toSeconds(), TimeUnit.SECONDS)
                .permitKeepAliveTime(HEARTBEAT.toSeconds() / 2, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true)
                .build();
    }

    /// Opens the port.
    ///
    /// @throws IOException when the port is taken, or TLS cannot be set up
    public static GrpcAgentLinks start(
            Settings settings, EdgeIdentity identity, AgentDirectory directory, TailReceiver tails) throws IOException {
        return start(settings, identity, directory, tails, Clock.systemUTC(), System::nanoTime);
    }

    /// @param nanos a monotonic clock
    public static GrpcAgentLinks start(
            Settings settings,
            EdgeIdentity identity,
            AgentDirectory directory,
            TailReceiver tails,
            Clock clock,
            LongSupplier nanos)
            throws IOException {
        return start(settings, identity, directory, tails, Optional.empty(), clock, nanos);
    }

    /// Opens the port, and one for the other edges of the cell.
    ///
    /// @param between none where there is no other edge
    /// @param nanos a monotonic clock
    public static GrpcAgentLinks start(
            Settings settings,
            EdgeIdentity identity,
            AgentDirectory directory,
            TailReceiver tails,
            Optional<Between> between,
            Clock clock,
            LongSupplier nanos)
            throws IOException {
        var links = new GrpcAgentLinks(settings, identity, directory, tails, between, clock, nanos);
        try {
            links.server.start();
        } catch (IOException e) {
            links.close();
            throw e;
        }
        var _ = links.ticker.scheduleAtFixedRate(links::safeTick, 1, 1, TimeUnit.SECONDS);
        return links;
    }

    /// The port that agents dial.
    public int port() {
        return server.getPort();
    }

    /// The port that other edges of the cell dial, where there may be any.
    public Optional<Integer> relayPort() {
        return relayPort.map(RelayPort::port);
    }

    @Override
    public Set<String> capabilities(AgentId agent) {
        var instances = attachments.of(agent);
        if (instances.isEmpty()) {
            return Set.of();
        }
        // a session goes to any of them: only what all can do is promised
        var common = new HashSet<>(instances.getFirst().attachment().capabilities());
        instances.forEach(instance -> common.retainAll(instance.attachment().capabilities()));
        return Set.copyOf(common);
    }

    @Override
    public Start start(AgentId agent, Order order) throws InterruptedException {
        long deadline = nanos.getAsLong() + LONGEST_START.toNanos();
        if (sessions.full()) {
            return new Start.Busy();
        }
        var taken = attachments.take(agent, order.tenant(), LONGEST_START);
        return switch (taken) {
            case Attachments.Taken.NotAttached() -> startElsewhere(agent, order, deadline);
            case Attachments.Taken.NoneIdle() -> new Start.Busy();
            case Attachments.Taken.Call(var instance, var call) ->
                start(order, agent, instance.id(), call, call::carry, deadline);
        };
    }

    /// By way of another edge, where the agent is.
    private Start startElsewhere(AgentId agent, Order order, long deadline) throws InterruptedException {
        if (others.isEmpty()) {
            return new Start.NotAttached();
        }
        OtherEdges.Taken taken;
        try {
            taken = others.get().take(order.tenant(), agent, Duration.ofNanos(deadline - nanos.getAsLong()));
        } catch (RuntimeException e) {
            LOG.warn("could not look up where agent {} is", agent, e);
            return new Start.NotAttached();
        }
        return switch (taken) {
            case OtherEdges.Taken.NotAttached() -> new Start.NotAttached();
            case OtherEdges.Taken.NoneIdle() -> new Start.Busy();
            case OtherEdges.Taken.Call(var instance, var call) ->
                start(order, agent, instance, call, call::carry, deadline);
        };
    }

    private Start start(
            Order order,
            AgentId agent,
            AgentInstanceId instance,
            LinkShell.Wire call,
            Consumer<LinkShell> carry,
            long deadline)
            throws InterruptedException {
        var shell = LinkShell.ordered(order, Ticket.next(), call, nanos, sessions::remove);
        sessions.add(new Sessions.Carried(shell, agent, instance));
        carry.accept(shell);
        boolean accepted = false;
        try {
            shell.begin();
            accepted = shell.awaitAccepted(Duration.ofNanos(deadline - nanos.getAsLong()));
        } finally {
            if (!accepted) {
                shell.end();
            }
        }
        return accepted ? new Start.Started(shell) : new Start.Busy();
    }

    /// Asks an instance of the agent that is attached here for a test, and waits.
    public Tested test(AgentId agent, TestOrder order, Duration longest) throws InterruptedException {
        var instances = attachments.of(agent).stream()
                .filter(instance -> instance.agent().tenant().equals(order.tenant()))
                .toList();
        if (instances.isEmpty()) {
            return new Tested.NotAttached();
        }
        var able = instances.stream().filter(Instance::tests).toList();
        if (able.isEmpty()) {
            return new Tested.TooOld();
        }
        for (var instance : able) {
            var answer = instance.ask(order);
            if (answer.isPresent()) {
                return await(instance, order.test(), answer.get(), longest);
            }
        }
        return new Tested.Busy();
    }

    private static Tested await(
            Instance instance, TestId test, CompletableFuture<List<TestStep>> answer, Duration longest)
            throws InterruptedException {
        try {
            return new Tested.Answered(
                    instance.attachment().host(), answer.get(longest.toNanos(), TimeUnit.NANOSECONDS));
        } catch (CancellationException | ExecutionException e) {
            return new Tested.Lost();
        } catch (TimeoutException e) {
            return new Tested.Silent();
        } finally {
            instance.forget(test);
        }
    }

    @Override
    public int carried() {
        return sessions.count();
    }

    @Override
    public boolean broken(SessionId session) {
        return sessions.find(session).map(carried -> carried.shell().broken()).orElse(false);
    }

    @Override
    public void detach(AgentId agent) {
        sessions.endAll(agent);
        attachments.of(agent).forEach(this::revoked);
    }

    /// Looks the tokens of an agent's instances up again, now: after a rotation, or a change of the agent.
    public void recheck(AgentId agent) {
        attachments.of(agent).forEach(this::checkToken);
    }

    /// Notes all attachments anew: when this edge was not in the registry, others may have removed them.
    public void announce() {
        for (var instance : attachments.all()) {
            directory.attached(instance.attachment());
        }
    }

    /// Tells the agents to go elsewhere with what is new, and takes no more of them; sessions go on.
    public void drain() {
        draining = true;
        attachments.all().forEach(Instance::sayDraining);
    }

    /// How many instances are attached.
    public int attached() {
        return attachments.all().size();
    }

    /// How many idle calls the agent's instances keep here.
    public int idle(AgentId agent) {
        return attachments.of(agent).stream().mapToInt(Instance::idleCalls).sum();
    }

    /// How many `Carry` calls are open: those that idle and those that carry a session.
    public int openCalls() {
        return attachments.all().stream().mapToInt(Instance::openCalls).sum();
    }

    /// How many calls of agents here carry sessions of other edges.
    public int lentCalls() {
        return lent.count();
    }

    /// How many frames came that should not have.
    public long forged() {
        return sessions.forged();
    }

    /// How many connections were dropped because nobody attached over them.
    public long droppedConnections() {
        return connections.dropped();
    }

    /// How many connections there are now over which nobody has attached.
    public int unattachedConnections() {
        return connections.waiting();
    }

    /// Ends every session and every call, and closes the port.
    @Override
    public void close() {
        ticker.shutdownNow();
        draining = true;
        lent.cutAll("the edge stops");
        sessions.all().forEach(session -> session.shell().end());
        attachments
                .all()
                .forEach(instance ->
                        instance.close(Optional.of(Status.UNAVAILABLE.withDescription("the edge stops")), false));
        relayPort.ifPresent(RelayPort::close);
        others.ifPresent(OtherEdges::close);
        server.shutdown();
        try {
            if (!server.awaitTermination(1, TimeUnit.SECONDS)) {
                server.shutdownNow();
                server.awaitTermination(5, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            server.shutdownNow();
            Thread.currentThread().interrupt();
        }
        var _ = acceptor.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        var _ = workers.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    private void attached(Instance instance) {
        var former = attachments.add(instance);
        connections.attached(instance.caller().peer().remote());
        former.ifPresent(other ->
                other.close(Optional.of(Status.ABORTED.withDescription("the instance has attached again")), true));
    }

    private void removed(Instance instance) {
        instance.caller().peer().detach(instance);
        connections.unattached(instance.caller().peer().remote());
        threads.execute(() -> {
            try {
                directory.detached(instance.attachment());
                // it may have attached again meanwhile, under the same name
                for (var other : attachments.of(instance.agent().agent())) {
                    if (other.id().equals(instance.id())) {
                        directory.attached(other.attachment());
                    }
                }
            } catch (RuntimeException e) {
                LOG.warn("could not note that {} is gone", instance.id(), e);
            }
        });
    }

    private void revoked(Instance instance) {
        sessions.endAll(instance.id());
        lent.revoked(instance);
        instance.close(Optional.of(Status.PERMISSION_DENIED.withDescription("this agent's key was revoked")), false);
    }

    private void checkToken(Instance instance) {
        instance.checked(nanos.getAsLong());
        threads.execute(() -> {
            try {
                var known = directory.authenticate(instance.caller().token());
                if (known.isEmpty()
                        || !known.get().agent().equals(instance.agent().agent())) {
                    revoked(instance);
                }
            } catch (RuntimeException e) {
                LOG.warn("could not look up the token of {} again", instance.id(), e);
            }
        });
    }

    private void safeTick() {
        try {
            tick();
        } catch (RuntimeException e) {
            LOG.error("the clock of the agent links failed once", e);
        }
    }

    private void tick() {
        long now = nanos.getAsLong();
        connections.tick();
        relayPort.ifPresent(RelayPort::tick);
        sessions.tick();
        for (var instance : attachments.all()) {
            if (now - instance.heardAt() > DEAD.toNanos()) {
                LOG.warn("agent {} was not heard for {} s", instance.agent().agent(), DEAD.toSeconds());
                instance.close(Optional.of(Status.UNAVAILABLE.withDescription("no heartbeat")), true);
                continue;
            }
            if (now - instance.beatAt() >= HEARTBEAT.toNanos()) {
                instance.beat(now, clock.millis());
            }
            if (now - instance.checkedAt() >= CHECK_TOKEN.toNanos()) {
                checkToken(instance);
            }
            instance.silentSince(now - LONGEST_SILENT_CALL.toNanos())
                    .forEach(call -> call.close(Status.DEADLINE_EXCEEDED.withDescription("a call that said nothing")));
        }
    }

    /// Frames of a `Carry` call are dealt with on the thread that reads them: handing each to another thread
    /// costs a key as much as all else that the edge does for it.
    private static final class FramesInPlace implements ServerCallExecutorSupplier {

        @Override
        public @Nullable <Q, A> Executor getExecutor(ServerCall<Q, A> call, Metadata headers) {
            boolean carries = call.getMethodDescriptor().equals(AgentLinkGrpc.getCarryMethod());
            return carries ? Runnable::run : null;
        }
    }

    private final class Service extends AgentLinkGrpc.AgentLinkImplBase {

        private final AttachCall.Surroundings surroundings;
        private final TailReceiver tails;
        private final Semaphore recovering = new Semaphore(MOST_RECOVERING);

        Service(AttachCall.Surroundings surroundings, TailReceiver tails) {
            this.surroundings = surroundings;
            this.tails = tails;
        }

        @Override
        public StreamObserver<AttachUp> attach(StreamObserver<AttachDown> down) {
            return new AttachCall(surroundings, TokenCheck.CALLER.get(), down);
        }

        @Override
        public StreamObserver<Frame> carry(StreamObserver<Frame> down) {
            var instance = TokenCheck.CALLER.get().peer().instance();
            if (instance.isEmpty()) {
                return refuse(down, Status.UNAVAILABLE.withDescription("attach first"));
            }
            var call = new CarryCall(
                    instance.get(),
                    sessions,
                    others.<CarryCall.Resuming>map(known -> known).orElseGet(CarryCall.Resuming::nowhere),
                    threads,
                    down,
                    nanos.getAsLong());
            if (!instance.get().opened(call)) {
                return refuse(down, Status.RESOURCE_EXHAUSTED.withDescription("enough idle calls"));
            }
            return call;
        }

        @Override
        public StreamObserver<TailFrame> recover(StreamObserver<TailStored> down) {
            if (!recovering.tryAcquire()) {
                return refuse(down, Status.RESOURCE_EXHAUSTED.withDescription("enough tails at a time; come back"));
            }
            return new RecoverCall(TokenCheck.CALLER.get().agent(), tails, down, recovering::release);
        }

        private static <Q, A> StreamObserver<Q> refuse(StreamObserver<A> down, Status status) {
            down.onError(new StatusRuntimeException(status));
            return new StreamObserver<>() {
                @Override
                public void onNext(Q ignored) {}

                @Override
                public void onError(Throwable ignored) {}

                @Override
                public void onCompleted() {}
            };
        }
    }
}
