package dev.sallyport.edge.agents;

import dev.sallyport.core.id.AgentInstanceId;
import dev.sallyport.core.link.Ticket;
import dev.sallyport.proto.v1.AgentLinkGrpc;
import dev.sallyport.proto.v1.AttachDown;
import dev.sallyport.proto.v1.AttachUp;
import dev.sallyport.proto.v1.Frame;
import dev.sallyport.proto.v1.Hello;
import dev.sallyport.proto.v1.Idle;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// Speaks the agents' protocol frame by frame, so that it can also be broken.
final class RawAgent implements AutoCloseable {

    static final int PATIENCE_SECONDS = 60;

    final AgentInstanceId instance = AgentInstanceId.next(Clock.systemUTC());
    final ManagedChannel channel;
    final AgentLinkGrpc.AgentLinkStub stub;

    RawAgent(int port, EdgeIdentity identity, Optional<String> token) throws IOException {
        channel = NettyChannelBuilder.forAddress("localhost", port)
                .sslContext(GrpcSslContexts.forClient()
                        .trustManager(identity.chain().getLast())
                        .build())
                .build();
        var headers = new Metadata();
        token.ifPresent(text ->
                headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + text));
        stub = AgentLinkGrpc.newStub(channel).withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    /// What one call brought, and how it ended.
    static final class Call<U, D> implements StreamObserver<D> {
        final BlockingQueue<D> came = new LinkedBlockingQueue<>();
        final CompletableFuture<Status> ended = new CompletableFuture<>();
        private Optional<StreamObserver<U>> up = Optional.empty();

        /// Where to it sends.
        void up(StreamObserver<U> stream) {
            up = Optional.of(stream);
        }

        void send(U message) {
            try {
                up.orElseThrow().onNext(message);
            } catch (IllegalStateException e) {
                // the call is over already
            }
        }

        D next() throws InterruptedException {
            var next = came.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (next == null) {
                throw new AssertionError("nothing came");
            }
            return next;
        }

        Status.Code status() throws Exception {
            return ended.get(PATIENCE_SECONDS, TimeUnit.SECONDS).getCode();
        }

        @Override
        public void onNext(D message) {
            came.add(message);
        }

        @Override
        public void onError(Throwable problem) {
            ended.complete(Status.fromThrowable(problem));
        }

        @Override
        public void onCompleted() {
            ended.complete(Status.OK);
        }
    }

    Call<AttachUp, AttachDown> attach() {
        return attach("pty");
    }

    Call<AttachUp, AttachDown> attach(String capability) {
        var call = new Call<AttachUp, AttachDown>();
        call.up = Optional.of(stub.attach(call));
        call.send(AttachUp.newBuilder()
                .setHello(Hello.newBuilder()
                        .setInstanceId(instance.value())
                        .setWireVersion(1)
                        .setVersion("raw")
                        .addCapabilities(capability))
                .build());
        return call;
    }

    /// Attaches, and waits for the welcome.
    Call<AttachUp, AttachDown> attached() throws InterruptedException {
        var call = attach();
        call.next();
        return call;
    }

    Call<Frame, Frame> carry() {
        var call = new Call<Frame, Frame>();
        call.up = Optional.of(stub.carry(call));
        return call;
    }

    Call<Frame, Frame> idle() {
        var call = carry();
        call.send(Frame.newBuilder()
                .setIdle(Idle.newBuilder().setInstanceId(instance.value()))
                .build());
        return call;
    }

    static Frame accepted(Ticket ticket) {
        return dev.sallyport.proto.FrameMapper.write(
                new dev.sallyport.core.link.Frame(0, 0, new dev.sallyport.core.link.Frame.Accepted(ticket)));
    }

    static Ticket ticket(Frame open) {
        return new Ticket(open.getOpen().getTicket().toByteArray());
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
