package dev.sallyport.edge.agents;

import dev.sallyport.proto.v1.AgentRevoked;
import dev.sallyport.proto.v1.End;
import dev.sallyport.proto.v1.Frame;
import dev.sallyport.proto.v1.Passed;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.CallStreamObserver;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/// A call of an agent that is attached here, lent to the edge that holds the session: frames pass both ways,
/// unread.
///
/// Each way goes at the pace of its receiver: one frame more is asked for when the receiver's side has room,
/// and at most [#AHEAD] are under way besides what HTTP/2's windows hold. When either side breaks, the other is
/// told at once; nothing is kept, since both ends of the link still have what is not acknowledged. An edge that
/// does not see what is decided elsewhere passes nothing: it breaks both sides, and the agent goes on by
/// another way.
final class LentCall {

    /// Frames that are asked for ahead, each way.
    static final int AHEAD = 4;

    private final CarryCall agent;
    private final CallStreamObserver<Passed> edge;
    private final BooleanSupplier sees;
    private final Consumer<LentCall> whenOver;
    private final AtomicInteger owedToAgent = new AtomicInteger();
    private final AtomicInteger owedToEdge = new AtomicInteger();
    private final AtomicBoolean toldOver = new AtomicBoolean();
    private boolean edgeOver;

    /// @param edge its frames are asked for by hand, [#AHEAD] of them from [#begin] on
    /// @param sees whether this edge may pass anything on
    /// @param whenOver called once
    LentCall(CarryCall agent, CallStreamObserver<Passed> edge, BooleanSupplier sees, Consumer<LentCall> whenOver) {
        this.agent = agent;
        this.edge = edge;
        this.sees = sees;
        this.whenOver = whenOver;
    }

    /// From here on frames pass.
    void begin() {
        agent.lend(this);
        edge.request(AHEAD);
    }

    Instance instance() {
        return agent.instance();
    }

    void fromAgent(Frame frame) {
        if (!sees.getAsBoolean()) {
            cut("this edge is blind");
            return;
        }
        toEdge(Passed.newBuilder().setFrame(frame).build());
        owedToAgent.incrementAndGet();
        edgeReady();
    }

    void fromEdge(Frame frame) {
        if (!sees.getAsBoolean()) {
            cut("this edge is blind");
            return;
        }
        agent.pass(frame);
        owedToEdge.incrementAndGet();
        agentReady();
    }

    /// There is room towards the edge: the agent may say more.
    void edgeReady() {
        if (edge.isReady()) {
            int owed = owedToAgent.getAndSet(0);
            if (owed > 0) {
                agent.request(owed);
            }
        }
    }

    /// There is room towards the agent: the edge may say more.
    void agentReady() {
        if (agent.ready()) {
            int owed = owedToEdge.getAndSet(0);
            if (owed > 0) {
                edge.request(owed);
            }
        }
    }

    /// The agent has said its last frame.
    void agentDone() {
        completeEdge();
        over();
    }

    /// The agent's call is gone.
    void agentGone() {
        breakEdge(Status.UNAVAILABLE.withDescription("the agent's call is gone"));
        over();
    }

    /// The edge has said its last frame.
    void edgeDone() {
        completeEdge();
        agent.finish();
        over();
    }

    /// The edge's side is gone. What it says of a session that it does not know is passed on.
    void edgeGone(Status status) {
        synchronized (this) {
            edgeOver = true;
        }
        agent.close(
                status.getCode() == Status.Code.NOT_FOUND
                        ? Status.NOT_FOUND.withDescription("no such session here")
                        : Status.UNAVAILABLE.withDescription("the way to the session's edge is gone"));
        over();
    }

    /// Breaks both sides; the agent goes on by another way, if there is one.
    void cut(String why) {
        var status = Status.UNAVAILABLE.withDescription(why);
        breakEdge(status);
        agent.close(status);
        over();
    }

    /// The agent's key was revoked: the session is over, and both sides are told so.
    void revoked() {
        toEdge(Passed.newBuilder()
                .setAgentRevoked(AgentRevoked.getDefaultInstance())
                .build());
        completeEdge();
        agent.pass(Frame.newBuilder().setEnd(End.getDefaultInstance()).build());
        agent.finish();
        over();
    }

    private synchronized void toEdge(Passed message) {
        if (!edgeOver) {
            edge.onNext(message);
        }
    }

    private synchronized void completeEdge() {
        if (!edgeOver) {
            edgeOver = true;
            edge.onCompleted();
        }
    }

    private synchronized void breakEdge(Status status) {
        if (!edgeOver) {
            edgeOver = true;
            edge.onError(new StatusRuntimeException(status));
        }
    }

    private void over() {
        if (toldOver.compareAndSet(false, true)) {
            whenOver.accept(this);
        }
    }
}
