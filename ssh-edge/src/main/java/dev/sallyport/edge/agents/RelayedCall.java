package dev.sallyport.edge.agents;

import dev.sallyport.core.link.ForgedFrame;
import dev.sallyport.core.link.Frame;
import dev.sallyport.core.link.LinkShell;
import dev.sallyport.proto.BadFrame;
import dev.sallyport.proto.FrameMapper;
import dev.sallyport.proto.v1.Passed;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.CallStreamObserver;
import java.util.Optional;

/// A call of an agent that is attached to another edge, as the edge that holds the session has it: frames go by
/// way of that edge. Whoever opened the call, this edge or the other, it behaves alike.
///
/// What is sent is serialised by this object's monitor, as in [CarryCall].
final class RelayedCall implements LinkShell.Wire {

    private final CallStreamObserver<Passed> out;
    private volatile Optional<LinkShell> carried = Optional.empty();
    private boolean closed;

    RelayedCall(CallStreamObserver<Passed> out) {
        this.out = out;
    }

    /// Puts a session on this call; its frames go to `shell` from now on.
    void carry(LinkShell shell) {
        carried = Optional.of(shell);
        if (isClosed()) {
            shell.onBroken(this);
        }
    }

    /// A frame of the agent came by way of the other edge.
    ///
    /// @throws ForgedFrame when it must not come; the caller closes the call
    void passed(dev.sallyport.proto.v1.Frame wire) throws BadFrame, ForgedFrame {
        if (isClosed()) {
            return;
        }
        var shell = carried;
        if (shell.isEmpty()) {
            throw new ForgedFrame("a frame on a call that carries nothing");
        }
        shell.get().onFrame(this, FrameMapper.read(wire));
    }

    /// The agent may no longer be where it is: its sessions are over.
    void agentRevoked() {
        carried.ifPresent(LinkShell::end);
    }

    /// What came is nothing that may come.
    void forged() {
        carried.ifPresent(shell -> shell.onForged(this, "a forged frame"));
        close(Status.NOT_FOUND.withDescription("no such session here"));
        gone();
    }

    /// The call is gone, for whatever reason.
    void gone() {
        synchronized (this) {
            closed = true;
        }
        carried.ifPresent(shell -> shell.onBroken(this));
    }

    /// Sends what is no frame.
    synchronized void say(Passed message) {
        if (!closed) {
            out.onNext(message);
        }
    }

    @Override
    public void send(Frame frame) {
        say(Passed.newBuilder().setFrame(FrameMapper.write(frame)).build());
    }

    @Override
    public synchronized void finish() {
        if (!closed) {
            closed = true;
            out.onCompleted();
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
            out.onError(new StatusRuntimeException(status));
        }
    }

    private synchronized boolean isClosed() {
        return closed;
    }
}
