package dev.sallyport.edge.agents;

import dev.sallyport.core.connection.ConnectionTest;
import dev.sallyport.core.connection.TestOrder;
import dev.sallyport.core.connection.TestStep;
import dev.sallyport.core.id.AgentInstanceId;
import dev.sallyport.core.id.TestId;
import dev.sallyport.proto.TestMapper;
import dev.sallyport.proto.v1.AttachDown;
import dev.sallyport.proto.v1.CarryWanted;
import dev.sallyport.proto.v1.Draining;
import dev.sallyport.proto.v1.Heartbeat;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/// One running process of an agent, attached to this edge over one connection, with its calls.
///
/// It lives as long as its `Attach` call: when that ends, its other calls end too, and their sessions wait to
/// be resumed.
final class Instance {

    /// Most calls of one instance that carry no session.
    static final int MOST_WAITING = 64;

    /// Most tests that one instance is asked for at a time.
    static final int MOST_TESTS = 8;

    private final AgentDirectory.Attachment attachment;
    private final TokenCheck.Caller caller;
    private final Attachments attachments;
    private final ServerCallStreamObserver<AttachDown> down;
    private final Set<CarryCall> calls = new HashSet<>();
    private final Set<CarryCall> waiting = new HashSet<>();
    private final ArrayDeque<CarryCall> idle = new ArrayDeque<>();
    private final Map<TestId, CompletableFuture<List<TestStep>>> tests = new HashMap<>();
    private boolean closed;
    private boolean draining;
    private volatile long heardAt;
    private volatile long beatAt;
    private volatile long checkedAt;

    Instance(
            AgentDirectory.Attachment attachment,
            TokenCheck.Caller caller,
            Attachments attachments,
            ServerCallStreamObserver<AttachDown> down,
            long now) {
        this.attachment = attachment;
        this.caller = caller;
        this.attachments = attachments;
        this.down = down;
        this.heardAt = now;
        this.beatAt = now;
        this.checkedAt = now;
    }

    AgentDirectory.Attachment attachment() {
        return attachment;
    }

    AgentDirectory.KnownAgent agent() {
        return attachment.agent();
    }

    AgentInstanceId id() {
        return attachment.instance();
    }

    TokenCheck.Caller caller() {
        return caller;
    }

    void heard(long now) {
        heardAt = now;
    }

    long heardAt() {
        return heardAt;
    }

    /// When its token was last looked up.
    long checkedAt() {
        return checkedAt;
    }

    void checked(long now) {
        checkedAt = now;
    }

    /// It takes no new sessions. Its idle calls end, so that it knows when nothing can begin any more.
    void drains() {
        List<CarryCall> unused;
        synchronized (this) {
            draining = true;
            unused = List.copyOf(idle);
            idle.clear();
        }
        unused.forEach(CarryCall::finish);
    }

    synchronized boolean draining() {
        return draining;
    }

    void beat(long now, long wallMillis) {
        beatAt = now;
        tell(AttachDown.newBuilder()
                .setHeartbeat(Heartbeat.newBuilder().setSentMillis(wallMillis))
                .build());
    }

    long beatAt() {
        return beatAt;
    }

    void wantIdle(int count) {
        tell(AttachDown.newBuilder()
                .setCarryWanted(CarryWanted.newBuilder().setIdle(count))
                .build());
    }

    void sayDraining() {
        tell(AttachDown.newBuilder().setDraining(Draining.getDefaultInstance()).build());
    }

    synchronized void tell(AttachDown message) {
        if (!closed) {
            down.onNext(message);
        }
    }

    /// Whether it knows what a test is.
    boolean tests() {
        return attachment.capabilities().contains(ConnectionTest.CAPABILITY);
    }

    /// Asks for a test. What it will say; cancelled when the instance goes. Empty when it has [#MOST_TESTS] to do,
    /// or does not read what it was told before: what waits for it here has a bound.
    Optional<CompletableFuture<List<TestStep>>> ask(TestOrder order) {
        var answer = new CompletableFuture<List<TestStep>>();
        synchronized (this) {
            if (tests.size() >= MOST_TESTS || (!closed && !down.isReady())) {
                return Optional.empty();
            }
            if (closed) {
                answer.cancel(false);
            } else {
                tests.put(order.test(), answer);
                down.onNext(
                        AttachDown.newBuilder().setTest(TestMapper.write(order)).build());
            }
        }
        return Optional.of(answer);
    }

    /// It has answered; what nobody waits for is dropped.
    void answered(TestId test, List<TestStep> steps) {
        Optional<CompletableFuture<List<TestStep>>> answer;
        synchronized (this) {
            answer = Optional.ofNullable(tests.remove(test));
        }
        answer.ifPresent(waiting -> waiting.complete(steps));
    }

    /// Nobody waits for this test any more.
    synchronized void forget(TestId test) {
        tests.remove(test);
    }

    /// A call has come.
    ///
    /// @return whether there is room for it
    synchronized boolean opened(CarryCall call) {
        if (closed || waiting.size() >= MOST_WAITING) {
            return false;
        }
        calls.add(call);
        waiting.add(call);
        return true;
    }

    /// The call waits for a session.
    void idle(CarryCall call) {
        synchronized (this) {
            if (closed || !waiting.contains(call)) {
                return;
            }
            if (!draining) {
                idle.add(call);
            }
        }
        if (draining()) {
            call.finish();
        } else {
            attachments.changed();
        }
    }

    /// The call continues a session.
    synchronized void carries(CarryCall call) {
        waiting.remove(call);
    }

    /// An idle call for a new session; it is no longer idle then.
    synchronized Optional<CarryCall> takeIdle() {
        var call = idle.poll();
        if (call == null) {
            return Optional.empty();
        }
        waiting.remove(call);
        return Optional.of(call);
    }

    synchronized void gone(CarryCall call) {
        calls.remove(call);
        waiting.remove(call);
        idle.remove(call);
    }

    synchronized int idleCalls() {
        return idle.size();
    }

    /// All its `Carry` calls, whatever they do.
    synchronized int openCalls() {
        return calls.size();
    }

    /// Calls that have come and said nothing since before `then`.
    synchronized List<CarryCall> silentSince(long then) {
        var silent = new ArrayList<CarryCall>();
        for (var call : waiting) {
            if (!idle.contains(call) && call.since() - then < 0) {
                silent.add(call);
            }
        }
        return silent;
    }

    /// The `Attach` call is over, or is to be: ends what hangs on it.
    ///
    /// @param status what the agent reads; none when the call is gone already
    /// @param carrying whether calls that carry a session end too; they are otherwise left to say its end
    void close(Optional<Status> status, boolean carrying) {
        List<CarryCall> ended;
        List<CompletableFuture<List<TestStep>>> unanswered;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            unanswered = List.copyOf(tests.values());
            tests.clear();
            ended = new ArrayList<>(carrying ? calls : waiting);
            if (status.isPresent()) {
                down.onError(new StatusRuntimeException(status.get()));
            }
        }
        attachments.remove(this);
        unanswered.forEach(answer -> answer.cancel(false));
        ended.forEach(call -> {
            call.close(Status.UNAVAILABLE.withDescription("detached"));
            call.onError(Status.UNAVAILABLE.asRuntimeException());
        });
    }
}
