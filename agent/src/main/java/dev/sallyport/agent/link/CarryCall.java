package dev.sallyport.agent.link;

import dev.sallyport.core.link.ForgedFrame;
import dev.sallyport.core.link.Frame;
import dev.sallyport.core.link.LinkShell;
import dev.sallyport.proto.BadFrame;
import dev.sallyport.proto.FrameMapper;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One `Carry` call of this agent: idles until the edge puts a session on it, or continues one.
///
/// gRPC calls [#onNext] and its siblings one at a time, on the connection's own thread or on one that breaks
/// the call off: they hand over and return. What is sent is serialised by this object's monitor.
final class CarryCall
        implements ClientResponseObserver<dev.sallyport.proto.v1.Frame, dev.sallyport.proto.v1.Frame>, LinkShell.Wire {

    private static final Logger LOG = LoggerFactory.getLogger(CarryCall.class);

    /// What a call tells its owner.
    interface Owner {

        /// An order came on an idle call; the session's shell takes the call from here.
        LinkShell opened(CarryCall call, Frame.Open open) throws ForgedFrame;

        /// The call is over. Called once.
        void over(CarryCall call, Status status);
    }

    private final Owner owner;
    private final Executor threads;
    private volatile Optional<LinkShell> carried;
    private Optional<ClientCallStreamObserver<dev.sallyport.proto.v1.Frame>> up = Optional.empty();
    private boolean closed;
    private boolean toldOver;

    /// @param threads where the owner is told of the end
    /// @param continued the session that this call continues; none for an idle call
    CarryCall(Owner owner, Executor threads, Optional<LinkShell> continued) {
        this.owner = owner;
        this.threads = threads;
        this.carried = continued;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<dev.sallyport.proto.v1.Frame> stream) {
        synchronized (this) {
            up = Optional.of(stream);
        }
    }

    /// The session on this call.
    Optional<LinkShell> carried() {
        return carried;
    }

    @Override
    public void onNext(dev.sallyport.proto.v1.Frame wire) {
        try {
            var frame = FrameMapper.read(wire);
            var shell = carried;
            if (shell.isPresent()) {
                shell.get().onFrame(this, frame);
            } else if (frame.body() instanceof Frame.Open open) {
                var opened = owner.opened(this, open);
                carried = Optional.of(opened);
                opened.begin();
            } else {
                throw new ForgedFrame("something else than an order on an idle call");
            }
        } catch (BadFrame | ForgedFrame e) {
            LOG.warn("the edge sent {}", e.getMessage());
            carried.ifPresent(shell -> shell.onForged(this, "a forged frame"));
            cut("a forged frame");
        }
    }

    @Override
    public void onError(Throwable problem) {
        over(Status.fromThrowable(problem));
    }

    @Override
    public void onCompleted() {
        over(Status.OK);
    }

    private void over(Status status) {
        synchronized (this) {
            closed = true;
            if (toldOver) {
                return;
            }
            toldOver = true;
        }
        // whoever breaks a call off may hold locks that these need
        threads.execute(() -> {
            carried.ifPresent(shell -> shell.onBroken(this));
            owner.over(this, status);
        });
    }

    @Override
    public synchronized void send(Frame frame) {
        if (!closed) {
            up.ifPresent(stream -> stream.onNext(FrameMapper.write(frame)));
        }
    }

    @Override
    public synchronized void finish() {
        if (!closed) {
            closed = true;
            up.ifPresent(ClientCallStreamObserver::onCompleted);
        }
    }

    @Override
    public synchronized void cut(String why) {
        if (!closed) {
            closed = true;
            up.ifPresent(stream -> stream.cancel(why, null));
        }
    }
}
