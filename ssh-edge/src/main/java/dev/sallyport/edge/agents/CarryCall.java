package dev.sallyport.edge.agents;

import dev.sallyport.core.link.ForgedFrame;
import dev.sallyport.core.link.Frame;
import dev.sallyport.core.link.LinkShell;
import dev.sallyport.proto.BadFrame;
import dev.sallyport.proto.FrameMapper;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Optional;

/// One `Carry` call of an attached agent: waits for its first frame, then idles until a session is put on it,
/// or continues one.
///
/// gRPC calls [#onNext] and its siblings one at a time. What is sent is serialised by this object's monitor,
/// which is only ever held for putting a frame into Netty's queue.
final class CarryCall implements StreamObserver<dev.sallyport.proto.v1.Frame>, LinkShell.Wire {

    private final Instance instance;
    private final Sessions sessions;
    private final ServerCallStreamObserver<dev.sallyport.proto.v1.Frame> down;
    private final long since;
    private boolean begun;
    private volatile Optional<LinkShell> carried = Optional.empty();
    private boolean closed;

    CarryCall(Instance instance, Sessions sessions, StreamObserver<dev.sallyport.proto.v1.Frame> down, long since) {
        this.instance = instance;
        this.sessions = sessions;
        this.down = (ServerCallStreamObserver<dev.sallyport.proto.v1.Frame>) down;
        this.since = since;
        this.down.setOnCancelHandler(this::gone);
        this.down.setOnCloseHandler(this::gone);
    }

    /// When it came, in nanoseconds of the monotonic clock.
    long since() {
        return since;
    }

    /// Puts a session on this idle call; its frames go to `shell` from now on.
    void carry(LinkShell shell) {
        carried = Optional.of(shell);
        if (isClosed()) {
            shell.onBroken(this);
        }
    }

    @Override
    public void onNext(dev.sallyport.proto.v1.Frame wire) {
        if (isClosed()) {
            return;
        }
        try {
            var frame = FrameMapper.read(wire);
            var shell = carried;
            if (shell.isPresent()) {
                shell.get().onFrame(this, frame);
            } else if (begun) {
                throw new ForgedFrame("a frame on an idle call");
            } else {
                begin(frame);
            }
        } catch (BadFrame | ForgedFrame e) {
            forged(e);
        }
    }

    private void begin(Frame frame) throws ForgedFrame {
        begun = true;
        switch (frame.body()) {
            case Frame.Idle idle -> {
                if (!idle.instance().equals(instance.id())) {
                    throw new ForgedFrame("idle for another instance");
                }
                instance.idle(this);
            }
            case Frame.Resume resume -> {
                if (!resume.instance().equals(instance.id())) {
                    throw new ForgedFrame("resume for another instance");
                }
                instance.carries(this);
                resume(resume);
            }
            case Frame.Open _,
                    Frame.Accepted _,
                    Frame.Resumed _,
                    Frame.Ack _,
                    Frame.End _,
                    Frame.Stored _,
                    Frame.Said _ -> throw new ForgedFrame("a call begins with idle or resume");
        }
    }

    private void resume(Frame.Resume resume) throws ForgedFrame {
        var session = sessions.find(resume.session());
        if (session.isEmpty()) {
            close(Status.NOT_FOUND.withDescription("no such session here"));
            return;
        }
        if (!session.get().carriedBy(instance)) {
            throw new ForgedFrame("resume of a session that another agent carries");
        }
        var shell = session.get().shell();
        // before the shell answers: what comes back must find it
        carried = Optional.of(shell);
        if (!shell.resume(resume, this)) {
            close(Status.NOT_FOUND.withDescription("no such session here"));
        } else if (isClosed()) {
            shell.onBroken(this);
        }
    }

    private void forged(Exception e) {
        sessions.forged(instance.agent(), e);
        carried.ifPresent(shell -> shell.onForged(this, "a forged frame"));
        // the same answer as for a session that is not here: nobody learns what exists
        close(Status.NOT_FOUND.withDescription("no such session here"));
        gone();
    }

    @Override
    public void onError(Throwable problem) {
        gone();
    }

    @Override
    public void onCompleted() {
        finish();
        gone();
    }

    private void gone() {
        synchronized (this) {
            closed = true;
        }
        instance.gone(this);
        carried.ifPresent(shell -> shell.onBroken(this));
    }

    @Override
    public synchronized void send(Frame frame) {
        if (!closed) {
            down.onNext(FrameMapper.write(frame));
        }
    }

    @Override
    public synchronized void finish() {
        if (!closed) {
            closed = true;
            down.onCompleted();
        }
    }

    @Override
    public void cut(String why) {
        close(Status.ABORTED.withDescription(why));
    }

    /// Ends the call at once.
    synchronized void close(Status status) {
        if (!closed) {
            closed = true;
            down.onError(new StatusRuntimeException(status));
        }
    }

    private synchronized boolean isClosed() {
        return closed;
    }
}
