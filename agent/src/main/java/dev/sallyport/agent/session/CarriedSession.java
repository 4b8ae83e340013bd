package dev.sallyport.agent.session;

import dev.sallyport.agent.target.Output;
import dev.sallyport.agent.target.Target;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.link.LinkLost;
import dev.sallyport.core.link.Message;
import dev.sallyport.core.link.SessionLink;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One open session: what comes over the link goes to the target, and back.
///
/// The caller's thread receives; one more writes input, one reads each output, one waits for the end. All are
/// virtual, and all have ended when [#carry] returns.
final class CarriedSession {

    private static final Logger LOG = LoggerFactory.getLogger(CarriedSession.class);

    /// How often the deadline is looked at.
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final SessionId id;
    private final Target target;
    private final SessionLink link;
    private final Deadline deadline;
    private final PendingInput input = new PendingInput();
    private final ReentrantLock sending = new ReentrantLock();
    private final AtomicBoolean killed = new AtomicBoolean();
    private volatile boolean over;

    CarriedSession(SessionId id, Target target, SessionLink link, Deadline deadline) {
        this.id = id;
        this.target = target;
        this.link = link;
        this.deadline = deadline;
    }

    /// Returns when the session has ended and nothing of it is left.
    ///
    /// @throws LinkLost when the link ended first
    void carry() throws LinkLost, InterruptedException {
        link.send(new Message.Opened());
        var writer = start("input", this::writeInput);
        var waiter = start("end", this::awaitTarget);
        try {
            receive();
        } catch (LinkLost e) {
            if (!over) {
                throw e;
            }
        } finally {
            kill();
            link.end();
            input.close();
            waiter.join();
            target.close();
            writer.interrupt();
            writer.join();
        }
    }

    /// Receives until the link ends.
    private void receive() throws LinkLost, InterruptedException {
        while (true) {
            var received = link.receive(LOOK);
            if (received.isPresent()) {
                take(received.get());
            }
            if (deadline.passed() && !killed.get()) {
                LOG.info("session {}: its time is over", id);
                kill();
            }
        }
    }

    private void take(SessionLink.Received received) {
        long number = received.number();
        switch (received.message()) {
            case Message.Data data
            when data.stream() == Message.Stream.INPUT -> {
                var bytes = data.bytes();
                int written = input.idle() ? target.writeNow(bytes) : 0;
                if (written == bytes.length && written > 0) {
                    link.consumed(number);
                } else if (!input.add(Arrays.copyOfRange(bytes, written, bytes.length), number)) {
                    LOG.error("session {}: the edge sent more than it may", id);
                    kill();
                }
                return;
            }
            case Message.EndOfStream _ -> {
                target.inputOver();
                input.end(number);
                return;
            }
            case Message.Resize resize -> target.resize(resize);
            case Message.Signal(var name) -> target.signal(name);
            case Message.HoldSeen seen -> {
                if (!target.seen(seen)) {
                    LOG.error("session {}: the edge tells of a statement that does not wait", id);
                    kill();
                }
            }
            case Message.Decided decided -> {
                if (!target.decided(decided)) {
                    LOG.error("session {}: the edge decides a statement that does not wait", id);
                    kill();
                }
            }
            case Message.Close(var why) -> {
                LOG.info("session {} is closed: {}", id, why);
                kill();
            }
            case Message.Data _,
                    Message.Echo _,
                    Message.Opened _,
                    Message.Failed _,
                    Message.Exit _,
                    Message.File _,
                    Message.Hold _,
                    Message.HoldEnded _,
                    Message.Statement _ -> {
                LOG.error("session {}: the edge sent what only agents send", id);
                kill();
            }
        }
        if (input.passed(number)) {
            link.consumed(number);
        }
    }

    private void writeInput() throws InterruptedException {
        boolean open = true;
        while (true) {
            var piece = input.take();
            if (piece.closed()) {
                return;
            }
            try {
                if (piece.end()) {
                    target.endInput();
                } else if (open) {
                    open = target.write(piece.bytes());
                }
            } catch (IOException e) {
                // the target takes no more; what it still says is worth hearing
                LOG.debug("session {}: the target takes no input", id, e);
                open = false;
            }
            link.consumed(input.written(piece));
        }
    }

    private void awaitTarget() throws LinkLost, InterruptedException {
        var output = start("output", () -> pump(Message.Stream.OUTPUT, target.output()));
        var errors = target.errors().map(from -> start("errors", () -> pump(Message.Stream.ERROR, from)));
        var exit = target.exit();
        output.join();
        if (errors.isPresent()) {
            errors.get().join();
        }
        send(exit);
        over = true;
        link.end();
    }

    private void pump(Message.Stream stream, Output from) throws LinkLost, InterruptedException {
        var sender = new Sender(stream);
        try {
            from.into(sender);
        } catch (IOException e) {
            LOG.warn("session {}: the target's output broke off", id, e);
            sender.take(new Output.Piece.End());
            kill();
        }
    }

    /// Sends the pieces of one stream.
    private final class Sender implements Output.Receiver {

        private final Message.Stream stream;
        private long offset;

        Sender(Message.Stream stream) {
            this.stream = stream;
        }

        @Override
        public void take(Output.Piece piece) throws LinkLost, InterruptedException {
            var _ = sent(piece);
        }

        @Override
        public void recorded(Output.Piece piece) throws LinkLost, InterruptedException {
            link.awaitConsumed(sent(piece));
        }

        private long sent(Output.Piece piece) throws LinkLost, InterruptedException {
            sending.lock();
            try {
                return switch (piece) {
                    case Output.Piece.Bytes(var bytes) -> {
                        var data = new Message.Data(stream, offset, bytes);
                        offset += bytes.length;
                        yield link.send(data);
                    }
                    case Output.Piece.Echo(var on) -> link.send(new Message.Echo(on));
                    case Output.Piece.File(var json) -> link.send(new Message.File(json));
                    case Output.Piece.Statement(var part, var json) -> link.send(new Message.Statement(part, json));
                    case Output.Piece.Hold(var hold) -> link.send(hold);
                    case Output.Piece.HoldEnded(var end) -> link.send(end);
                    case Output.Piece.End() -> target.forwards() ? link.send(new Message.EndOfStream(stream)) : 0;
                };
            } finally {
                sending.unlock();
            }
        }
    }

    private void send(Message message) throws LinkLost, InterruptedException {
        sending.lock();
        try {
            link.send(message);
        } finally {
            sending.unlock();
        }
    }

    /// Ends the target, once; returns at once.
    void kill() {
        if (killed.compareAndSet(false, true)) {
            start("kill", target::kill);
        }
    }

    private interface Part {
        void run() throws LinkLost, InterruptedException;
    }

    private Thread start(String name, Part part) {
        return Thread.ofVirtual().name(id + " " + name).start(() -> {
            try {
                part.run();
            } catch (LinkLost e) {
                kill();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException e) {
                LOG.error("session {}: its {} broke", id, name, e);
                kill();
            }
        });
    }
}
