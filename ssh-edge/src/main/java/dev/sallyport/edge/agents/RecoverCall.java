package dev.sallyport.edge.agents;

import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.link.TailEvent;
import dev.sallyport.core.link.Ticket;
import dev.sallyport.proto.BadFrame;
import dev.sallyport.proto.FrameMapper;
import dev.sallyport.proto.v1.TailFrame;
import dev.sallyport.proto.v1.TailHead;
import dev.sallyport.proto.v1.TailStored;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One `Recover` call: reads a tail at the receiver's pace, a few events ahead.
final class RecoverCall implements StreamObserver<TailFrame>, TailReceiver.Tail {

    private static final Logger LOG = LoggerFactory.getLogger(RecoverCall.class);

    /// Events that are here and not taken.
    private static final int AHEAD = 8;

    /// How long the agent may say nothing.
    private static final int LONGEST_SILENCE_SECONDS = 30;

    /// What came, in order.
    private sealed interface Came {

        record One(TailEvent event) implements Came {}

        record End() implements Came {}

        record Gone(String why) implements Came {}
    }

    private final AgentDirectory.KnownAgent agent;
    private final TailReceiver receiver;
    private final ServerCallStreamObserver<TailStored> down;
    private final BlockingQueue<Came> came = new LinkedBlockingQueue<>();
    private boolean begun;
    private boolean ended;
    private boolean answered;

    /// @param whenOver called once, when the call is over
    RecoverCall(
            AgentDirectory.KnownAgent agent,
            TailReceiver receiver,
            StreamObserver<TailStored> down,
            Runnable whenOver) {
        var told = new AtomicBoolean();
        Runnable over = () -> {
            if (told.compareAndSet(false, true)) {
                whenOver.run();
            }
        };
        this.agent = agent;
        this.receiver = receiver;
        this.down = (ServerCallStreamObserver<TailStored>) down;
        this.down.disableAutoRequest();
        this.down.setOnCloseHandler(over);
        this.down.setOnCancelHandler(() -> {
            came.add(new Came.Gone("the agent is gone"));
            over.run();
        });
        this.down.request(AHEAD);
    }

    @Override
    public void onNext(TailFrame frame) {
        try {
            switch (frame.getBodyCase()) {
                case HEAD -> begin(frame.getHead());
                case EVENT -> {
                    if (!begun || ended) {
                        throw new BadFrame("an event outside a tail");
                    }
                    came.add(new Came.One(FrameMapper.read(frame.getEvent())));
                }
                case END -> {
                    ended = true;
                    came.add(new Came.End());
                }
                case BODY_NOT_SET -> throw new BadFrame("a frame without a body that this version knows");
            }
        } catch (BadFrame | IllegalArgumentException e) {
            came.add(new Came.Gone("the tail is not well formed"));
            refuse(Status.INVALID_ARGUMENT.withDescription("the tail is not well formed"));
        }
    }

    private void begin(TailHead head) throws BadFrame {
        if (begun) {
            throw new BadFrame("a second head");
        }
        begun = true;
        var tenant = new TenantId(head.getTenantId());
        var session = new SessionId(head.getSessionId());
        var ticket = new Ticket(head.getTicket().toByteArray());
        if (!tenant.equals(agent.tenant())) {
            answer(new TailReceiver.Answer.Refused("the session is not this agent's"));
            return;
        }
        Thread.ofVirtual().name("tail of " + session).start(() -> receive(tenant, session, ticket));
    }

    private void receive(TenantId tenant, SessionId session, Ticket ticket) {
        try {
            answer(receiver.receive(agent, tenant, session, ticket, this));
        } catch (TailReceiver.Broken e) {
            LOG.info("the tail of {} did not come whole: {}", session, e.getMessage());
            refuse(Status.ABORTED.withDescription("the tail did not come whole"));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            refuse(Status.UNAVAILABLE.withDescription("the edge stops"));
        } catch (RuntimeException e) {
            LOG.error("could not take the tail of {}", session, e);
            refuse(Status.INTERNAL.withDescription("the tail could not be taken now"));
        }
    }

    @Override
    public Optional<TailEvent> next() throws TailReceiver.Broken, InterruptedException {
        var next = came.poll(LONGEST_SILENCE_SECONDS, TimeUnit.SECONDS);
        return switch (next) {
            case null -> throw new TailReceiver.Broken("the agent said nothing for " + LONGEST_SILENCE_SECONDS + " s");
            case Came.One one -> {
                down.request(1);
                yield Optional.of(one.event());
            }
            case Came.End end -> {
                came.add(end);
                yield Optional.empty();
            }
            case Came.Gone gone -> {
                came.add(gone);
                throw new TailReceiver.Broken(gone.why());
            }
        };
    }

    private synchronized void answer(TailReceiver.Answer answer) {
        if (answered) {
            return;
        }
        answered = true;
        down.onNext(
                switch (answer) {
                    case TailReceiver.Answer.Stored() ->
                        TailStored.newBuilder().setStored(true).build();
                    case TailReceiver.Answer.Later(var problem) ->
                        TailStored.newBuilder()
                                .setProblem(problem)
                                .setRetry(true)
                                .build();
                    case TailReceiver.Answer.Refused(var problem) ->
                        TailStored.newBuilder().setProblem(problem).build();
                });
        down.onCompleted();
    }

    private synchronized void refuse(Status status) {
        if (!answered) {
            answered = true;
            down.onError(new StatusRuntimeException(status));
        }
    }

    @Override
    public void onError(Throwable problem) {
        came.add(new Came.Gone("the agent is gone"));
    }

    @Override
    public void onCompleted() {
        if (!ended) {
            came.add(new Came.Gone("the agent stopped in mid-tail"));
        }
        if (!begun) {
            refuse(Status.INVALID_ARGUMENT.withDescription("a tail begins with its head"));
        }
    }
}
