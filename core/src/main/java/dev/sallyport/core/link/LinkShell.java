package dev.sallyport.core.link;

import dev.sallyport.core.id.AgentInstanceId;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.session.Order;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/// A [Carry] that threads can wait on: the blocking shell of both sides.
///
/// Sessions call it from virtual threads. Whoever owns the calls tells it of their frames and breaks with
/// [#onFrame] and [#onBroken], from any thread and without ever being blocked for longer than another caller
/// needs to hand over one frame.
public final class LinkShell implements SessionLink {

    /// One call, as the shell sees it. The shell serialises its calls to it; none of them may block or throw,
    /// and a call that is gone swallows what it is given.
    public interface Wire {

        /// Puts a frame on the call, after those before.
        void send(Frame frame);

        /// The session is over: ends the call when everything that was sent has gone out.
        void finish();

        /// Ends the call at once; `why` is for logs.
        void cut(String why);

        /// There is no call: whatever is sent is lost.
        Wire NONE = new Wire() {
            @Override
            public void send(Frame frame) {}

            @Override
            public void finish() {}

            @Override
            public void cut(String why) {}
        };
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private final Condition room = lock.newCondition();
    private final Carry carry;
    private final LongSupplier nanos;
    private final Consumer<LinkShell> whenOver;
    private Wire wire;
    private boolean toldOver;
    private BiConsumer<Long, Long> tail = (agentNumber, edgeNumber) -> {};
    private Optional<Frame.Stored> lastStored = Optional.empty();

    private LinkShell(Carry carry, Wire wire, LongSupplier nanos, Consumer<LinkShell> whenOver) {
        this.carry = carry;
        this.wire = wire;
        this.nanos = nanos;
        this.whenOver = whenOver;
    }

    /// Edge: orders a session, with a new ticket, on an idle call. [#begin] sends it.
    ///
    /// @param nanos a monotonic clock
    /// @param whenOver called once, on any thread and under no lock, when the link is over
    public static LinkShell ordered(
            Order order, Ticket ticket, Wire wire, LongSupplier nanos, Consumer<LinkShell> whenOver) {
        return new LinkShell(Carry.ordered(order, ticket, nanos.getAsLong()), wire, nanos, whenOver);
    }

    /// Agent: takes the order that came on a call. [#begin] says so.
    public static LinkShell accepted(
            Frame.Open open, AgentInstanceId instance, Wire wire, LongSupplier nanos, Consumer<LinkShell> whenOver) {
        return new LinkShell(Carry.accepted(open, instance, nanos.getAsLong()), wire, nanos, whenOver);
    }

    /// Sends what the session begins with, once its owner is ready for what comes back.
    public void begin() {
        step(() -> {});
    }

    public Order order() {
        return carry.order();
    }

    public SessionId session() {
        return carry.order().session();
    }

    @Override
    public long send(Message message) throws LinkLost, InterruptedException {
        lock.lockInterruptibly();
        try {
            while (true) {
                long number = carry.send(message, nanos.getAsLong());
                if (number > 0) {
                    flush();
                    return number;
                }
                room.await();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void awaitRoom(Message message) throws LinkLost, InterruptedException {
        lock.lockInterruptibly();
        try {
            while (!carry.hasRoom(message)) {
                room.await();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void awaitConsumed(long number) throws LinkLost, InterruptedException {
        lock.lockInterruptibly();
        try {
            while (!carry.isConsumed(number)) {
                room.await();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Received receive() throws LinkLost, InterruptedException {
        lock.lockInterruptibly();
        try {
            while (true) {
                var next = carry.next();
                if (next.isPresent()) {
                    return next.get();
                }
                arrived.await();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Optional<Received> receive(Duration longest) throws LinkLost, InterruptedException {
        long left = longest.toNanos();
        lock.lockInterruptibly();
        try {
            while (true) {
                var next = carry.next();
                if (next.isPresent() || left <= 0) {
                    return next;
                }
                left = arrived.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void consumed(long number) {
        step(() -> carry.consumed(number, nanos.getAsLong()));
    }

    @Override
    public void stored(long agentNumber, long edgeNumber) {
        step(() -> carry.stored(agentNumber, edgeNumber, nanos.getAsLong()));
    }

    @Override
    public void onStored(BiConsumer<Long, Long> tail) {
        Optional<Frame.Stored> already;
        lock.lock();
        try {
            this.tail = tail;
            already = lastStored;
        } finally {
            lock.unlock();
        }
        already.ifPresent(stored -> tail.accept(stored.agentNumber(), stored.edgeNumber()));
    }

    @Override
    public boolean broken() {
        lock.lock();
        try {
            return carry.phase() != Carry.Phase.OVER && !carry.connected();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long held() {
        lock.lock();
        try {
            return carry.weightOfAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void end() {
        step(() -> carry.end(nanos.getAsLong()));
    }

    /// Whether the link is over for good on both sides, as far as this side can know.
    public boolean over() {
        lock.lock();
        try {
            return carry.phase() == Carry.Phase.OVER;
        } finally {
            lock.unlock();
        }
    }

    /// Edge: waits until the agent has shown that it has the order.
    ///
    /// @return whether it has, within `longest`
    public boolean awaitAccepted(Duration longest) throws InterruptedException {
        long left = longest.toNanos();
        lock.lockInterruptibly();
        try {
            while (carry.phase() == Carry.Phase.OPENING && left > 0) {
                left = arrived.awaitNanos(left);
            }
            // it may have said everything already, and be over
            return carry.accepted();
        } finally {
            lock.unlock();
        }
    }

    /// A frame came on `from`; what comes on a call that is not the session's present one is dropped.
    ///
    /// @throws ForgedFrame when it must not come; the link is over then and the call cut
    public void onFrame(Wire from, Frame frame) throws ForgedFrame {
        Optional<Frame.Stored> stored = Optional.empty();
        BiConsumer<Long, Long> toldTo = (agentNumber, edgeNumber) -> {};
        lock.lock();
        try {
            if (from != wire) {
                return;
            }
            try {
                carry.received(frame, nanos.getAsLong());
            } catch (ForgedFrame e) {
                wire.cut(e.reason());
                wire = Wire.NONE;
                throw e;
            }
            stored = carry.takeStored();
            if (stored.isPresent()) {
                lastStored = stored;
                toldTo = tail;
            }
        } finally {
            afterStep();
        }
        if (stored.isPresent()) {
            toldTo.accept(stored.get().agentNumber(), stored.get().edgeNumber());
        }
    }

    /// What came on `from` is no frame at all.
    public void onForged(Wire from, String why) {
        step(() -> {
            if (from == wire) {
                wire = Wire.NONE;
                from.cut(why);
                carry.forged(nanos.getAsLong());
            }
        });
    }

    /// Agent: the edge that ordered the session knows nothing of it any more.
    public void onForgotten() {
        step(() -> carry.forgotten(nanos.getAsLong()));
    }

    /// The call is gone, for whatever reason.
    public void onBroken(Wire gone) {
        step(() -> {
            if (gone == wire) {
                wire = Wire.NONE;
                carry.broken(nanos.getAsLong());
            }
        });
    }

    /// Agent: continues on another call, by asking on it. Its frames and its break go to this shell from now
    /// on.
    ///
    /// @return false when the link is over and there is nothing to continue
    public boolean reconnect(Wire next) {
        lock.lock();
        try {
            if (!carry.reconnect(nanos.getAsLong())) {
                return false;
            }
            var former = wire;
            wire = next;
            former.cut("the session continues on another call");
            return true;
        } finally {
            afterStep();
        }
    }

    /// Edge: the agent asks to continue on another call. When it may, that call is the session's from now on.
    ///
    /// @return whether it may
    /// @throws ForgedFrame when whoever asks does not carry this session; nothing has changed then
    public boolean resume(Frame.Resume resume, Wire next) throws ForgedFrame {
        lock.lock();
        try {
            if (!carry.resume(resume, nanos.getAsLong())) {
                return false;
            }
            var former = wire;
            wire = next;
            if (former != next) {
                former.cut("the session continues on another call");
            }
            return true;
        } finally {
            afterStep();
        }
    }

    /// To be called each second.
    public void tick() {
        step(() -> carry.tick(nanos.getAsLong()));
    }

    private void step(Runnable event) {
        lock.lock();
        try {
            event.run();
        } finally {
            afterStep();
        }
    }

    /// Sends what there is to send, wakes who waits, and leaves the lock.
    private void afterStep() {
        boolean tellOver = false;
        try {
            flush();
            if (carry.phase() == Carry.Phase.OVER && !toldOver) {
                toldOver = true;
                tellOver = true;
                wire.finish();
                wire = Wire.NONE;
            }
            arrived.signalAll();
            room.signalAll();
        } finally {
            lock.unlock();
        }
        if (tellOver) {
            whenOver.accept(this);
        }
    }

    private void flush() {
        carry.drain(wire::send);
    }
}
