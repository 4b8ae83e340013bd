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
import java.util.concurrent.Executor;

/// One `Carry` call of an attached agent: waits for its first frame, then idles until a session is put on it,
/// or continues one. The session is this edge's own, or another's to which the call is lent.
///
/// Frames are asked for by hand: the next one when one was dealt with, so that a lent call goes at the pace of
/// the other edge. gRPC calls [#onNext] and its siblings one at a time, on the connection's own thread
/// ([GrpcAgentLinks]): they hand over and return, and what may wait goes to a thread of its own. What is sent is
/// serialised by this object's monitor, which is only ever held for putting a frame into Netty's queue.
final class CarryCall implements StreamObserver<dev.sallyport.proto.v1.Frame>, LinkShell.Wire {

    private final Instance instance;
    private final Sessions sessions;
    private final Resuming elsewhere;
    private final Executor threads;
    private final ServerCallStreamObserver<dev.sallyport.proto.v1.Frame> down;
    private final long since;
    private boolean begun;
    private volatile Optional<LinkShell> carried = Optional.empty();
    private volatile Optional<LentCall> lent = Optional.empty();
    private boolean closed;

    /// Who continues sessions that other edges hold.
    interface Resuming {

        /// Lends the call to the edge that holds the session, with its first frame, or closes it. May block.
        void resume(CarryCall call, Frame.Resume resume, dev.sallyport.proto.v1.Frame wire);

        /// For an edge that knows of no others.
        static Resuming nowhere() {
            return (call, resume, wire) -> call.close(unknown());
        }
    }

    CarryCall(
            Instance instance,
            Sessions sessions,
            Resuming elsewhere,
            Executor threads,
            StreamObserver<dev.sallyport.proto.v1.Frame> down,
            long since) {
        this.instance = instance;
        this.sessions = sessions;
        this.elsewhere = elsewhere;
        this.threads = threads;
        this.down = (ServerCallStreamObserver<dev.sallyport.proto.v1.Frame>) down;
        this.since = since;
        this.down.setOnCancelHandler(this::gone);
        this.down.setOnCloseHandler(this::gone);
        this.down.setOnReadyHandler(() -> lent.ifPresent(LentCall::agentReady));
        this.down.disableAutoRequest();
        this.down.request(1);
    }

    /// What an agent reads of a session that is not here, and of what it must not say: nobody learns what
    /// exists.
    static Status unknown() {
        return Status.NOT_FOUND.withDescription("no such session here");
    }

    Instance instance() {
        return instance;
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

    /// Lends this call to another edge; its frames pass through `call` from now on.
    void lend(LentCall call) {
        lent = Optional.of(call);
        if (isClosed()) {
            call.agentGone();
        } else {
            down.request(LentCall.AHEAD - 1);
        }
    }

    /// Passes a frame of the other edge on, as it is.
    synchronized void pass(dev.sallyport.proto.v1.Frame wire) {
        if (!closed) {
            down.onNext(wire);
        }
    }

    /// Whether there is room for frames to the agent.
    boolean ready() {
        return down.isReady();
    }

    /// Asks for more frames of the agent.
    void request(int frames) {
        down.request(frames);
    }

    @Override
    public void onNext(dev.sallyport.proto.v1.Frame wire) {
        if (isClosed()) {
            return;
        }
        var borrower = lent;
        if (borrower.isPresent()) {
            borrower.get().fromAgent(wire);
            return;
        }
        try {
            var frame = FrameMapper.read(wire);
            var shell = carried;
            if (shell.isPresent()) {
                shell.get().onFrame(this, frame);
                another();
            } else if (begun) {
                throw new ForgedFrame("a frame on an idle call");
            } else {
                begun = true;
                begin(frame, wire);
            }
        } catch (BadFrame | ForgedFrame e) {
            forged(e);
        }
    }

    /// Asks for the next frame.
    private void another() {
        if (!isClosed()) {
            down.request(1);
        }
    }

    private void begin(Frame frame, dev.sallyport.proto.v1.Frame wire) throws ForgedFrame {
        switch (frame.body()) {
            case Frame.Idle idle -> {
                if (!idle.instance().equals(instance.id())) {
                    throw new ForgedFrame("idle for another instance");
                }
                instance.idle(this);
                another();
            }
            case Frame.Resume resume -> {
                if (!resume.instance().equals(instance.id())) {
                    throw new ForgedFrame("resume for another instance");
                }
                instance.carries(this);
                threads.execute(() -> {
                    try {
                        resume(resume, wire);
                        another();
                    } catch (ForgedFrame e) {
                        forged(e);
                    }
                });
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

    private void resume(Frame.Resume resume, dev.sallyport.proto.v1.Frame wire) throws ForgedFrame {
        var session = sessions.find(resume.session());
        if (session.isEmpty()) {
            elsewhere.resume(this, resume, wire);
            return;
        }
        if (!session.get().carriedBy(instance)) {
            throw new ForgedFrame("resume of a session that another agent carries");
        }
        var shell = session.get().shell();
        // before the shell answers: what comes back must find it
        carried = Optional.of(shell);
        if (!shell.resume(resume, this)) {
            close(unknown());
        } else if (isClosed()) {
            shell.onBroken(this);
        }
    }

    private void forged(Exception e) {
        sessions.forged("agent " + instance.agent().agent(), e);
        carried.ifPresent(shell -> shell.onForged(this, "a forged frame"));
        close(unknown());
        gone();
    }

    @Override
    public void onError(Throwable problem) {
        gone();
    }

    @Override
    public void onCompleted() {
        lent.ifPresent(LentCall::agentDone);
        finish();
        gone();
    }

    private void gone() {
        synchronized (this) {
            closed = true;
        }
        instance.gone(this);
        carried.ifPresent(shell -> shell.onBroken(this));
        lent.ifPresent(LentCall::agentGone);
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
