package dev.sallyport.agent.link;

import com.google.protobuf.ByteString;
import dev.sallyport.proto.FrameMapper;
import dev.sallyport.proto.v1.AgentLinkGrpc;
import dev.sallyport.proto.v1.TailEnd;
import dev.sallyport.proto.v1.TailFrame;
import dev.sallyport.proto.v1.TailHead;
import dev.sallyport.proto.v1.TailStored;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One `Recover` call: hands one tail to the edge, at the edge's pace.
final class TailCall implements ClientResponseObserver<TailFrame, TailStored> {

    private static final Logger LOG = LoggerFactory.getLogger(TailCall.class);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private Optional<ClientCallStreamObserver<TailFrame>> up = Optional.empty();
    private Optional<TailStored> answer = Optional.empty();
    private boolean over;

    private TailCall() {}

    /// Hands over `tail`, and tells it what came of that. When nothing came of it, it is for another time.
    static void handOver(TailSource.Tail tail, AgentLinkGrpc.AgentLinkStub stub) throws InterruptedException {
        var call = new TailCall();
        stub.recover(call);
        try (var events = tail.read()) {
            call.send(TailFrame.newBuilder()
                    .setHead(TailHead.newBuilder()
                            .setTenantId(tail.tenant().value())
                            .setSessionId(tail.session().value())
                            .setTicket(ByteString.copyFrom(tail.ticket().bytes())))
                    .build());
            for (var event = events.next(); event.isPresent(); event = events.next()) {
                if (!call.send(FrameMapper.write(event.get()))) {
                    break;
                }
            }
            call.send(
                    TailFrame.newBuilder().setEnd(TailEnd.getDefaultInstance()).build());
            call.finish();
            var answer = call.await();
            if (answer.isEmpty() || answer.get().getRetry()) {
                LOG.info("the tail of {} stays for another time", tail.session());
            } else if (answer.get().getStored()) {
                tail.stored();
            } else {
                tail.refused(FrameMapper.sentence(answer.get().getProblem()));
            }
        } catch (IOException e) {
            LOG.warn("could not read the tail of {}", tail.session(), e);
        } finally {
            call.cancel();
        }
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<TailFrame> stream) {
        up = Optional.of(stream);
        stream.setOnReadyHandler(this::signal);
    }

    /// Sends when there is room.
    ///
    /// @return false when the call is over
    private boolean send(TailFrame frame) throws InterruptedException {
        var stream = up.orElseThrow();
        lock.lockInterruptibly();
        try {
            long left = LONGEST_WAIT.toNanos();
            while (!over && !stream.isReady() && left > 0) {
                left = changed.awaitNanos(left);
            }
            if (over || left <= 0) {
                return false;
            }
            stream.onNext(frame);
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void finish() {
        lock.lock();
        try {
            if (!over) {
                up.orElseThrow().onCompleted();
            }
        } finally {
            lock.unlock();
        }
    }

    private Optional<TailStored> await() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = LONGEST_WAIT.toNanos();
            while (!over && left > 0) {
                left = changed.awaitNanos(left);
            }
            return answer;
        } finally {
            lock.unlock();
        }
    }

    private void cancel() {
        up.ifPresent(stream -> stream.cancel("done with this tail", null));
    }

    private void signal() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void onNext(TailStored stored) {
        lock.lock();
        try {
            answer = Optional.of(stored);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void onError(Throwable problem) {
        onCompleted();
    }

    @Override
    public void onCompleted() {
        lock.lock();
        try {
            over = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
