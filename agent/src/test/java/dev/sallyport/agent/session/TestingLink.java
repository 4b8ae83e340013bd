package dev.sallyport.agent.session;

import dev.sallyport.core.link.LinkLost;
import dev.sallyport.core.link.Message;
import dev.sallyport.core.link.SessionLink;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

/// A link in memory, with the agent on one side and a test in the place of an edge on the other. Keeps the
/// window both ways.
public final class TestingLink implements SessionLink {

    private static final Duration LONGEST = Duration.ofMinutes(3);

    /// Most characters of the output that a failure tells.
    private static final int TOLD = 2_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    private final Deque<Received> toAgent = new ArrayDeque<>();
    private final TreeMap<Long, Integer> unconsumedByAgent = new TreeMap<>();
    private final List<Message> fromAgent = new ArrayList<>();
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private final ByteArrayOutputStream errors = new ByteArrayOutputStream();
    private long agentNumber;
    private long edgeNumber;
    private long inputOffset;
    private long outputBytes;
    private int unread;
    private int window = WINDOW;
    private boolean reading = true;
    private boolean keeping = true;
    private Optional<LinkLost.Why> lost = Optional.empty();
    private Optional<BiConsumer<Long, Long>> tail = Optional.empty();

    // The agent's side

    @Override
    public long send(Message message) throws LinkLost, InterruptedException {
        lock.lock();
        try {
            int size = message instanceof Message.Data data ? data.bytes().length : 0;
            while (lost.isEmpty() && !reading && unread + size > window) {
                changed.await();
            }
            throwIfLost();
            agentNumber++;
            if (message instanceof Message.Data(var stream, long offset, var bytes)) {
                outputBytes += bytes.length;
                unread += reading ? 0 : size;
                var into = stream == Message.Stream.OUTPUT ? output : errors;
                if (keeping) {
                    if (offset != into.size()) {
                        throw new IllegalStateException("a wrong offset: " + offset + " for " + into.size());
                    }
                    into.writeBytes(bytes);
                }
            }
            if (keeping || !(message instanceof Message.Data)) {
                fromAgent.add(message);
            }
            changed.signalAll();
            return agentNumber;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Received receive() throws LinkLost, InterruptedException {
        return receive(Duration.ofDays(1)).orElseThrow();
    }

    @Override
    public Optional<Received> receive(Duration longest) throws LinkLost, InterruptedException {
        lock.lock();
        try {
            long nanos = longest.toNanos();
            while (toAgent.isEmpty() && lost.isEmpty() && nanos > 0) {
                nanos = changed.awaitNanos(nanos);
            }
            if (toAgent.isEmpty()) {
                throwIfLost();
                return Optional.empty();
            }
            return Optional.of(toAgent.remove());
        } finally {
            lock.unlock();
        }
    }

    /// This edge has everything in the recording at once.
    @Override
    public void awaitConsumed(long number) {}

    @Override
    public void consumed(long number) {
        lock.lock();
        try {
            unconsumedByAgent.headMap(number, true).clear();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void stored(long agentNumber, long edgeNumber) {
        tail.ifPresent(told -> told.accept(agentNumber, edgeNumber));
    }

    @Override
    public void onStored(BiConsumer<Long, Long> told) {
        tail = Optional.of(told);
    }

    @Override
    public boolean broken() {
        return false;
    }

    @Override
    public void end() {
        lose(LinkLost.Why.ENDED_HERE);
    }

    private void throwIfLost() throws LinkLost {
        if (lost.isPresent()) {
            throw new LinkLost(lost.get());
        }
    }

    // The edge's side

    /// The session's end as the edge would make it.
    public void lose(LinkLost.Why why) {
        lock.lock();
        try {
            if (lost.isEmpty()) {
                lost = Optional.of(why);
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Sends a message to the agent; blocks while the window is full.
    public void say(Message message) throws InterruptedException {
        lock.lock();
        try {
            int size = message instanceof Message.Data data ? data.bytes().length : 0;
            long nanos = LONGEST.toNanos();
            while (size > 0
                    && unconsumedByAgent.values().stream()
                                            .mapToInt(Integer::intValue)
                                            .sum()
                                    + size
                            > WINDOW) {
                if (lost.isPresent() || nanos <= 0) {
                    throw new IllegalStateException("the agent took no input");
                }
                nanos = changed.awaitNanos(nanos);
            }
            edgeNumber++;
            if (size > 0) {
                unconsumedByAgent.put(edgeNumber, size);
            }
            toAgent.add(new Received(edgeNumber, message));
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Input of the user's.
    public void type(byte[] bytes) throws InterruptedException {
        for (int at = 0; at < bytes.length; at += Message.Data.LONGEST) {
            var piece = java.util.Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + Message.Data.LONGEST));
            say(new Message.Data(Message.Stream.INPUT, inputOffset, piece));
            inputOffset += piece.length;
        }
    }

    public void type(String text) throws InterruptedException {
        type(text.getBytes(StandardCharsets.UTF_8));
    }

    /// Input bytes that the agent has not yet written to its target.
    public int inputUnderWay() {
        lock.lock();
        try {
            return unconsumedByAgent.values().stream()
                    .mapToInt(Integer::intValue)
                    .sum();
        } finally {
            lock.unlock();
        }
    }

    public void endInput() throws InterruptedException {
        say(new Message.EndOfStream(Message.Stream.INPUT));
    }

    /// From now on counts output, but keeps none.
    public TestingLink countOnly() {
        keeping = false;
        return this;
    }

    /// Stops or goes on reading what the agent sends.
    public void reading(boolean on) {
        lock.lock();
        try {
            reading = on;
            unread = 0;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    public long outputBytes() {
        lock.lock();
        try {
            return outputBytes;
        } finally {
            lock.unlock();
        }
    }

    public byte[] output() {
        lock.lock();
        try {
            return output.toByteArray();
        } finally {
            lock.unlock();
        }
    }

    public String shown() {
        return new String(output(), StandardCharsets.UTF_8);
    }

    public String errors() {
        lock.lock();
        try {
            return errors.toString(StandardCharsets.UTF_8);
        } finally {
            lock.unlock();
        }
    }

    private static String ending(String text) {
        return text.length() <= TOLD ? text : "…" + text.substring(text.length() - TOLD);
    }

    public List<Message> messages() {
        lock.lock();
        try {
            return List.copyOf(fromAgent);
        } finally {
            lock.unlock();
        }
    }

    /// Waits for a message.
    public <M extends Message> M await(Class<M> kind, Predicate<M> wanted) throws InterruptedException {
        lock.lock();
        try {
            long nanos = LONGEST.toNanos();
            while (true) {
                for (var message : fromAgent) {
                    if (kind.isInstance(message) && wanted.test(kind.cast(message))) {
                        return kind.cast(message);
                    }
                }
                if (nanos <= 0) {
                    throw new AssertionError(
                            "no " + kind.getSimpleName() + " came; there was: " + ending(shown()) + ending(errors())
                                    + fromAgent.stream()
                                            .filter(message -> !(message instanceof Message.Data))
                                            .toList());
                }
                nanos = changed.awaitNanos(nanos);
            }
        } finally {
            lock.unlock();
        }
    }

    public <M extends Message> M await(Class<M> kind) throws InterruptedException {
        return await(kind, message -> true);
    }

    /// Waits until `text` was shown.
    public void awaitShown(String text) throws InterruptedException {
        awaitShown(text, TimeUnit.SECONDS.toNanos(LONGEST.toSeconds()));
    }

    private void awaitShown(String text, long longest) throws InterruptedException {
        lock.lock();
        try {
            long nanos = longest;
            while (!output.toString(StandardCharsets.UTF_8).contains(text)) {
                if (nanos <= 0) {
                    throw new AssertionError("\"" + text + "\" was not shown, but: " + shown() + errors()
                            + fromAgent.stream()
                                    .filter(message -> !(message instanceof Message.Data))
                                    .toList());
                }
                nanos = changed.awaitNanos(nanos);
            }
        } finally {
            lock.unlock();
        }
    }
}
