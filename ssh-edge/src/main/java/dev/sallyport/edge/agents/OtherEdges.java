package dev.sallyport.edge.agents;

import dev.sallyport.core.id.AgentId;
import dev.sallyport.core.id.AgentInstanceId;
import dev.sallyport.core.id.EdgeId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.link.ForgedFrame;
import dev.sallyport.core.link.Frame;
import dev.sallyport.proto.BadFrame;
import dev.sallyport.proto.v1.EdgeRelayGrpc;
import dev.sallyport.proto.v1.Passed;
import dev.sallyport.proto.v1.Resuming;
import dev.sallyport.proto.v1.Take;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The way to the other edges of the cell: one connection to each, made when it is needed.
///
/// Asks the edges where an agent is attached for one of its calls, and takes agents that come here for a
/// session of another edge to that edge.
final class OtherEdges implements CarryCall.Resuming, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(OtherEdges.class);

    /// Most edges to which there is a connection at a time (`cell.connections`).
    private static final int MOST = 64;

    /// Sessions of other edges that are looked for at a time (`cell.lookups`).
    private static final int MOST_LOOKUPS = 64;

    /// How long one edge may take to find an idle call.
    static final Duration LONGEST_TAKE = Duration.ofSeconds(4);

    private static final int CONNECT_MILLIS = 3_000;
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(10);

    /// What came of asking another edge for a call of an agent.
    sealed interface Taken {

        /// @param instance whose call it is
        record Call(AgentInstanceId instance, RelayedCall call) implements Taken {}

        /// No edge that answers has the agent.
        record NotAttached() implements Taken {}

        /// The agent is there, without an idle call in time.
        record NoneIdle() implements Taken {}
    }

    private record Dialled(String address, ManagedChannel channel) {}

    private final CellIdentity identity;
    private final Cell cell;
    private final LentCalls lent;
    private final BooleanSupplier sees;
    private final EventLoopGroup io;
    private final Executor threads;
    private final Semaphore lookups = new Semaphore(MOST_LOOKUPS);
    private final LinkedHashMap<EdgeId, Dialled> dialled = new LinkedHashMap<>();
    private boolean closed;

    OtherEdges(
            CellIdentity identity,
            Cell cell,
            LentCalls lent,
            BooleanSupplier sees,
            EventLoopGroup io,
            Executor threads) {
        this.identity = identity;
        this.cell = cell;
        this.lent = lent;
        this.sees = sees;
        this.io = io;
        this.threads = threads;
    }

    /// Takes an idle call of the agent, at any edge that has it.
    ///
    /// @throws RuntimeException when the store does not say where the agent is
    Taken take(TenantId tenant, AgentId agent, Duration longest) throws InterruptedException {
        long until = System.nanoTime() + longest.toNanos();
        var others = new ArrayList<>(cell.attached(tenant, agent));
        // no edge is asked first by all
        Collections.shuffle(others);
        boolean busy = false;
        for (var other : others) {
            var left = Duration.ofNanos(until - System.nanoTime());
            if (left.isNegative()) {
                break;
            }
            try {
                var taking = new Taking();
                stub(other).start(taking);
                taking.call()
                        .say(Passed.newBuilder()
                                .setTake(Take.newBuilder()
                                        .setTenantId(tenant.value())
                                        .setAgentId(agent.value()))
                                .build());
                return taking.await(left.compareTo(LONGEST_TAKE) < 0 ? left : LONGEST_TAKE);
            } catch (NotTaken e) {
                busy |= e.status.getCode() == Status.Code.RESOURCE_EXHAUSTED;
                LOG.info("edge {} lends no call of agent {}: {}", other.edge(), agent, e.getMessage());
            } catch (IOException e) {
                LOG.warn("edge {} cannot be dialled", other.edge(), e);
            }
        }
        return busy ? new Taken.NoneIdle() : new Taken.NotAttached();
    }

    @Override
    public void resume(CarryCall call, Frame.Resume resume, dev.sallyport.proto.v1.Frame wire) {
        var agent = call.instance().agent();
        if (lent.full() || !lookups.tryAcquire()) {
            call.close(Status.UNAVAILABLE.withDescription("too much at once; come back"));
            return;
        }
        Optional<Cell.Other> holder;
        try {
            holder = cell.holding(agent.tenant(), resume.session());
        } catch (RuntimeException e) {
            LOG.warn("could not look up who holds session {}", resume.session(), e);
            call.close(Status.UNAVAILABLE.withDescription("sessions cannot be looked up now; come back"));
            return;
        } finally {
            lookups.release();
        }
        if (holder.isEmpty()) {
            call.close(CarryCall.unknown());
            return;
        }
        try {
            var continuing = new Continuing();
            stub(holder.get()).resume(continuing);
            continuing.lend(
                    call,
                    Passed.newBuilder()
                            .setResuming(Resuming.newBuilder()
                                    .setTenantId(agent.tenant().value())
                                    .setAgentId(agent.agent().value())
                                    .setInstanceId(call.instance().id().value()))
                            .build(),
                    Passed.newBuilder().setFrame(wire).build());
        } catch (IOException e) {
            LOG.warn("edge {} cannot be dialled", holder.get().edge(), e);
            call.close(Status.UNAVAILABLE.withDescription("the session's edge cannot be reached; come back"));
        }
    }

    private EdgeRelayGrpc.EdgeRelayStub stub(Cell.Other other) throws IOException {
        ManagedChannel channel;
        synchronized (this) {
            if (closed) {
                throw new IOException("this edge stops");
            }
            var known = dialled.get(other.edge());
            if (known == null || !known.address().equals(other.address())) {
                if (known != null) {
                    known.channel().shutdown();
                }
                known = new Dialled(other.address(), dial(other));
                dialled.put(other.edge(), known);
                if (dialled.size() > MOST) {
                    // what it carries goes on; a new call dials anew
                    dialled.pollFirstEntry().getValue().channel().shutdown();
                }
            }
            channel = known.channel();
        }
        channel.resetConnectBackoff();
        return EdgeRelayGrpc.newStub(channel);
    }

    private ManagedChannel dial(Cell.Other other) throws IOException {
        return NettyChannelBuilder.forTarget("dns:///" + other.address())
                .overrideAuthority("edge.sallyport.internal")
                .sslContext(identity.client(other.edge()))
                .eventLoopGroup(io)
                .channelType(NioSocketChannel.class)
                .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
                .executor(threads)
                .flowControlWindow(RelayPort.FLOW_CONTROL_WINDOW)
                .maxInboundMessageSize(RelayPort.LONGEST_MESSAGE)
                .maxInboundMetadataSize(RelayPort.LONGEST_HEADERS)
                .keepAliveTime(KEEP_ALIVE.toSeconds(), TimeUnit.SECONDS)
                .keepAliveTimeout(KEEP_ALIVE.toSeconds(), TimeUnit.SECONDS)
                .disableRetry()
                .build();
    }

    @Override
    public void close() {
        List<Dialled> all;
        synchronized (this) {
            closed = true;
            all = List.copyOf(dialled.values());
            dialled.clear();
        }
        all.forEach(one -> one.channel().shutdown());
        for (var one : all) {
            try {
                if (!one.channel().awaitTermination(1, TimeUnit.SECONDS)) {
                    one.channel().shutdownNow();
                }
            } catch (InterruptedException e) {
                one.channel().shutdownNow();
                Thread.currentThread().interrupt();
            }
        }
    }

    /// The other edge has no call to lend.
    private static final class NotTaken extends Exception {

        private static final long serialVersionUID = 1;
        private final transient Status status;

        NotTaken(Status status) {
            super(String.valueOf(status.getDescription()), status.getCause());
            this.status = status;
        }
    }

    /// A call to an edge where the agent is, for a session of this one.
    private static final class Taking implements ClientResponseObserver<Passed, Passed> {

        private final CompletableFuture<AgentInstanceId> taken = new CompletableFuture<>();
        private Optional<RelayedCall> call = Optional.empty();

        @Override
        public void beforeStart(ClientCallStreamObserver<Passed> stream) {
            call = Optional.of(new RelayedCall(stream));
        }

        RelayedCall call() {
            return call.orElseThrow();
        }

        Taken await(Duration longest) throws NotTaken, InterruptedException {
            try {
                return new Taken.Call(taken.get(longest.toNanos(), TimeUnit.NANOSECONDS), call());
            } catch (ExecutionException e) {
                throw new NotTaken(Status.fromThrowable(e.getCause()));
            } catch (TimeoutException e) {
                call().close(Status.CANCELLED);
                throw new NotTaken(Status.DEADLINE_EXCEEDED.withDescription("it did not answer in time"));
            } catch (InterruptedException e) {
                call().close(Status.CANCELLED);
                throw e;
            }
        }

        @Override
        public void onNext(Passed passed) {
            try {
                switch (passed.getBodyCase()) {
                    case TAKEN ->
                        taken.complete(new AgentInstanceId(passed.getTaken().getInstanceId()));
                    case FRAME -> call().passed(passed.getFrame());
                    case AGENT_REVOKED -> call().agentRevoked();
                    case TAKE, RESUMING -> throw new ForgedFrame("what the other side says");
                    case BODY_NOT_SET -> {
                        // of a newer version: nothing to this one
                    }
                }
            } catch (BadFrame | ForgedFrame | IllegalArgumentException e) {
                LOG.warn("by way of another edge came {}", e.getMessage());
                call().forged();
            }
        }

        @Override
        public void onError(Throwable problem) {
            taken.completeExceptionally(problem);
            call().gone();
        }

        @Override
        public void onCompleted() {
            onError(Status.UNAVAILABLE.withDescription("it ended the call").asException());
        }
    }

    /// A call to the edge that holds a session, for an agent that came here.
    private final class Continuing implements ClientResponseObserver<Passed, Passed> {

        private Optional<ClientCallStreamObserver<Passed>> up = Optional.empty();
        private volatile Optional<LentCall> call = Optional.empty();

        @Override
        public void beforeStart(ClientCallStreamObserver<Passed> stream) {
            up = Optional.of(stream);
            stream.disableAutoRequestWithInitial(0);
            stream.setOnReadyHandler(() -> call.ifPresent(LentCall::edgeReady));
        }

        void lend(CarryCall agents, Passed who, Passed first) {
            var stream = up.orElseThrow();
            var lending = new LentCall(agents, stream, sees, lent::remove);
            lent.add(lending);
            call = Optional.of(lending);
            stream.onNext(who);
            stream.onNext(first);
            lending.begin();
        }

        @Override
        public void onNext(Passed passed) {
            switch (passed.getBodyCase()) {
                case FRAME -> call.ifPresent(lending -> lending.fromEdge(passed.getFrame()));
                case TAKE, TAKEN, RESUMING, AGENT_REVOKED, BODY_NOT_SET ->
                    call.ifPresent(lending -> lending.cut("the session's edge said what it may not"));
            }
        }

        @Override
        public void onError(Throwable problem) {
            call.ifPresent(lending -> lending.edgeGone(Status.fromThrowable(problem)));
        }

        @Override
        public void onCompleted() {
            call.ifPresent(LentCall::edgeDone);
        }
    }
}
