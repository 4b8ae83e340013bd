package dev.sallyport.edge.agents;

import dev.sallyport.core.id.AgentId;
import dev.sallyport.core.id.AgentInstanceId;
import dev.sallyport.core.id.EdgeId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.link.ForgedFrame;
import dev.sallyport.proto.BadFrame;
import dev.sallyport.proto.FrameMapper;
import dev.sallyport.proto.v1.EdgeRelayGrpc;
import dev.sallyport.proto.v1.Frame;
import dev.sallyport.proto.v1.Passed;
import dev.sallyport.proto.v1.Resuming;
import dev.sallyport.proto.v1.Take;
import dev.sallyport.proto.v1.Taken;
import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerTransportFilter;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The port for the other edges of the cell: TLS 1.3 with certificates on both sides.
///
/// It lends them calls of agents that are attached here, and takes agents of theirs that come for a session of
/// this edge. Who calls is what the certificate says.
final class RelayPort implements AutoCloseable {

    /// What HTTP/2 holds of one call that does not go on, each way.
    static final int FLOW_CONTROL_WINDOW = 1 << 20;

    /// A frame, and what it is wrapped in.
    static final int LONGEST_MESSAGE = (1 << 20) + 1_024;

    static final int LONGEST_HEADERS = 8_192;

    private static final Logger LOG = LoggerFactory.getLogger(RelayPort.class);
    private static final Duration HANDSHAKE = Duration.ofSeconds(10);
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(10);
    private static final int MOST_RESETS = 1_000;
    private static final int RESETS_SECONDS = 10;
    private static final Context.Key<EdgeId> CALLER = Context.key("edge");

    /// What the port needs of the edge around it.
    ///
    /// @param sees whether this edge may pass anything on
    /// @param drains whether it lends no call any more
    record Surroundings(
            Sessions sessions, Attachments attachments, LentCalls lent, BooleanSupplier sees, BooleanSupplier drains) {}

    private final Server server;
    private final NewConnections connections;

    private RelayPort(Server server, NewConnections connections) {
        this.server = server;
        this.connections = connections;
    }

    /// Opens the port.
    ///
    /// @param listen port 0 takes a free one
    static RelayPort start(
            InetSocketAddress listen,
            CellIdentity identity,
            Surroundings edge,
            EventLoopGroup acceptor,
            EventLoopGroup workers,
            Executor threads,
            LongSupplier nanos)
            throws IOException {
        var connections = new NewConnections(nanos);
        var server = NettyServerBuilder.forAddress(listen)
                .sslContext(identity.server())
                .channelFactory(connections::serverChannel)
                .bossEventLoopGroup(acceptor)
                .workerEventLoopGroup(workers)
                .executor(threads)
                .addTransportFilter(new Known(connections))
                .intercept(new Caller())
                .addService(new Service(edge))
                .handshakeTimeout(HANDSHAKE.toSeconds(), TimeUnit.SECONDS)
                .flowControlWindow(FLOW_CONTROL_WINDOW)
                .maxInboundMessageSize(LONGEST_MESSAGE)
                .maxInboundMetadataSize(LONGEST_HEADERS)
                .maxConcurrentCallsPerConnection(2 * Sessions.MOST)
                .maxRstFramesPerWindow(MOST_RESETS, RESETS_SECONDS)
                .keepAliveTime(KEEP_ALIVE.toSeconds(), TimeUnit.SECONDS)
                .keepAliveTimeout(KEEP_ALIVE.toSeconds(), TimeUnit.SECONDS)
                .permitKeepAliveTime(KEEP_ALIVE.toSeconds() / 2, TimeUnit.SECONDS)
                .build();
        server.start();
        return new RelayPort(server, connections);
    }

    int port() {
        return server.getPort();
    }

    /// To be called each second: who has not shown a certificate in time goes.
    void tick() {
        connections.tick();
    }

    @Override
    public void close() {
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
    }

    /// Counts a connection no longer as a stranger's once its handshake is over.
    private static final class Known extends ServerTransportFilter {

        private final NewConnections connections;

        Known(NewConnections connections) {
            this.connections = connections;
        }

        @Override
        public Attributes transportReady(Attributes attributes) {
            var remote = attributes.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
            if (remote != null) {
                connections.attached(remote);
            }
            return attributes;
        }
    }

    /// Tells each call which edge it comes from.
    private static final class Caller implements ServerInterceptor {

        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            var session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
            try {
                if (session != null && session.getPeerCertificates()[0] instanceof X509Certificate shown) {
                    var context = Context.current().withValue(CALLER, CellTrust.edge(shown));
                    return Contexts.interceptCall(context, call, headers, next);
                }
            } catch (SSLPeerUnverifiedException | CertificateException e) {
                LOG.warn("a call of nobody from the cell", e);
            }
            call.close(Status.UNAUTHENTICATED.withDescription("edges of the cell only"), new Metadata());
            return new ServerCall.Listener<>() {};
        }
    }

    private static final class Service extends EdgeRelayGrpc.EdgeRelayImplBase {

        private final Surroundings edge;

        Service(Surroundings edge) {
            this.edge = edge;
        }

        @Override
        public StreamObserver<Passed> start(StreamObserver<Passed> down) {
            return new Lending(edge, CALLER.get(), (ServerCallStreamObserver<Passed>) down);
        }

        @Override
        public StreamObserver<Passed> resume(StreamObserver<Passed> down) {
            return new Continuing(edge, CALLER.get(), (ServerCallStreamObserver<Passed>) down);
        }
    }

    /// Another edge wants a call of an agent that is attached here.
    private static final class Lending implements StreamObserver<Passed> {

        private final Surroundings edge;
        private final EdgeId caller;
        private final ServerCallStreamObserver<Passed> down;
        private volatile Optional<LentCall> lent = Optional.empty();
        private Optional<TenantId> tenant = Optional.empty();
        private boolean ordered;
        private boolean refused;

        Lending(Surroundings edge, EdgeId caller, ServerCallStreamObserver<Passed> down) {
            this.edge = edge;
            this.caller = caller;
            this.down = down;
            down.setOnCancelHandler(() -> lent.ifPresent(call -> call.edgeGone(Status.CANCELLED)));
            down.setOnReadyHandler(() -> lent.ifPresent(LentCall::edgeReady));
            down.disableAutoRequest();
            down.request(1);
        }

        @Override
        public void onNext(Passed passed) {
            if (refused) {
                return;
            }
            try {
                switch (passed.getBodyCase()) {
                    case TAKE -> take(passed.getTake());
                    case FRAME -> pass(passed.getFrame());
                    case TAKEN, RESUMING, AGENT_REVOKED, BODY_NOT_SET ->
                        throw new ForgedFrame("what an edge may not say here");
                }
            } catch (ForgedFrame | IllegalArgumentException e) {
                LOG.warn("edge {} said {}", caller, e.getMessage());
                refused = true;
                var status = Status.INVALID_ARGUMENT.withDescription("a call that is not well formed");
                if (lent.isPresent()) {
                    lent.get().cut("the session's edge said what it may not");
                } else {
                    down.onError(new StatusRuntimeException(status));
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                refuse(Status.UNAVAILABLE.withDescription("the edge stops"));
            }
        }

        private void take(Take take) throws ForgedFrame, InterruptedException {
            if (tenant.isPresent()) {
                throw new ForgedFrame("a second take");
            }
            var of = new TenantId(take.getTenantId());
            tenant = Optional.of(of);
            if (edge.drains().getAsBoolean()
                    || !edge.sees().getAsBoolean()
                    || edge.lent().full()) {
                refuse(Status.UNAVAILABLE.withDescription("this edge lends nothing now"));
                return;
            }
            var taken = edge.attachments().take(new AgentId(take.getAgentId()), of, OtherEdges.LONGEST_TAKE);
            switch (taken) {
                case Attachments.Taken.NotAttached() ->
                    refuse(Status.NOT_FOUND.withDescription("the agent is not attached here"));
                case Attachments.Taken.NoneIdle() ->
                    refuse(Status.RESOURCE_EXHAUSTED.withDescription("the agent has no idle call"));
                case Attachments.Taken.Call(var instance, var call) -> {
                    var lending = new LentCall(call, down, edge.sees(), edge.lent()::remove);
                    edge.lent().add(lending);
                    lent = Optional.of(lending);
                    down.onNext(Passed.newBuilder()
                            .setTaken(Taken.newBuilder()
                                    .setInstanceId(instance.id().value()))
                            .build());
                    lending.begin();
                    if (down.isCancelled()) {
                        lending.edgeGone(Status.CANCELLED);
                    }
                }
            }
        }

        private void pass(Frame frame) throws ForgedFrame {
            if (lent.isEmpty()) {
                throw new ForgedFrame("a frame on a call that was not lent");
            }
            if (!ordered) {
                // an edge orders in its own name only, and for the tenant whose agent it asked for
                var order = frame.getOpen().getOrder();
                if (!order.getEdgeId().equals(caller.value())
                        || !order.getTenantId().equals(tenant.orElseThrow().value())) {
                    throw new ForgedFrame("an order in another's name");
                }
                ordered = true;
            }
            lent.get().fromEdge(frame);
        }

        private void refuse(Status status) {
            refused = true;
            down.onError(new StatusRuntimeException(status));
        }

        @Override
        public void onError(Throwable problem) {
            lent.ifPresent(call -> call.edgeGone(Status.fromThrowable(problem)));
        }

        @Override
        public void onCompleted() {
            if (lent.isPresent()) {
                lent.get().edgeDone();
            } else if (!refused) {
                refused = true;
                down.onCompleted();
            }
        }
    }

    /// An agent that is attached to another edge comes for a session of this one.
    private static final class Continuing implements StreamObserver<Passed> {

        private final Surroundings edge;
        private final EdgeId caller;
        private final RelayedCall call;
        private Optional<Resuming> agent = Optional.empty();
        private boolean resumed;
        private boolean over;

        Continuing(Surroundings edge, EdgeId caller, ServerCallStreamObserver<Passed> down) {
            this.edge = edge;
            this.caller = caller;
            this.call = new RelayedCall(down);
            down.setOnCancelHandler(call::gone);
        }

        @Override
        public void onNext(Passed passed) {
            if (over) {
                return;
            }
            try {
                switch (passed.getBodyCase()) {
                    case RESUMING -> {
                        if (agent.isPresent()) {
                            throw new ForgedFrame("a second agent on one call");
                        }
                        agent = Optional.of(passed.getResuming());
                    }
                    case FRAME -> {
                        if (resumed) {
                            call.passed(passed.getFrame());
                        } else {
                            resumed = true;
                            resume(passed.getFrame());
                        }
                    }
                    case AGENT_REVOKED -> call.agentRevoked();
                    case TAKE, TAKEN, BODY_NOT_SET -> throw new ForgedFrame("what an edge may not say here");
                }
            } catch (BadFrame | ForgedFrame | IllegalArgumentException e) {
                over = true;
                edge.sessions().forged("an agent by way of edge " + caller, e);
                call.forged();
            }
        }

        private void resume(Frame wire) throws BadFrame, ForgedFrame {
            var who = agent.orElseThrow(() -> new ForgedFrame("a frame of nobody"));
            if (!(FrameMapper.read(wire).body() instanceof dev.sallyport.core.link.Frame.Resume resume)
                    || !resume.instance().value().equals(who.getInstanceId())) {
                throw new ForgedFrame("something else than the agent's resume");
            }
            var session = edge.sessions().find(resume.session());
            if (session.isEmpty()) {
                refuse();
                return;
            }
            if (!session.get()
                    .carriedBy(
                            new TenantId(who.getTenantId()),
                            new AgentId(who.getAgentId()),
                            new AgentInstanceId(who.getInstanceId()))) {
                throw new ForgedFrame("resume of a session that another agent carries");
            }
            var shell = session.get().shell();
            if (!shell.resume(resume, call)) {
                refuse();
                return;
            }
            call.carry(shell);
        }

        private void refuse() {
            over = true;
            call.close(CarryCall.unknown());
        }

        @Override
        public void onError(Throwable problem) {
            call.gone();
        }

        @Override
        public void onCompleted() {
            call.finish();
            call.gone();
        }
    }
}
