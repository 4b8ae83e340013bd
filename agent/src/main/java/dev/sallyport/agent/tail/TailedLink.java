package dev.sallyport.agent.tail;

import dev.sallyport.core.link.LinkLost;
import dev.sallyport.core.link.Message;
import dev.sallyport.core.link.SessionLink;
import dev.sallyport.core.link.TailEvent;
import dev.sallyport.core.recording.Event;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A session's link that keeps what passes, as the session's recording would have it, before it goes on.
final class TailedLink implements SessionLink {

    private static final Logger LOG = LoggerFactory.getLogger(TailedLink.class);

    private final SessionLink link;
    private final SessionTail tail;
    private final boolean keepsBytes;
    private final Clock clock;
    private long sent;
    private volatile boolean hidden;
    private final AtomicLong heldBack = new AtomicLong();
    private final Executor shortening;
    private final AtomicLong storedAgent = new AtomicLong();
    private final AtomicLong storedEdge = new AtomicLong();

    /// News of what is stored that the tail has not been told.
    private final AtomicInteger untold = new AtomicInteger();

    /// @param keepsBytes whether the recording keeps what passes
    /// @param shortening where the tail is told what is stored
    TailedLink(SessionLink link, SessionTail tail, boolean keepsBytes, Clock clock, Executor shortening) {
        this.link = link;
        this.tail = tail;
        this.keepsBytes = keepsBytes;
        this.clock = clock;
        this.shortening = shortening;
        link.onStored(this::heardStored);
        tail.whenRoom(this::giveRoom);
    }

    @Override
    public long send(Message message) throws LinkLost, InterruptedException {
        long number = sent + 1;
        switch (message) {
            case Message.Data(var stream, long offset, var bytes) -> {
                if (keepsBytes) {
                    tail.awaitRoom();
                    keep(
                            stream == Message.Stream.ERROR ? Event.Kind.ERROR : Event.Kind.OUTPUT,
                            offset,
                            bytes,
                            number,
                            0);
                }
            }
            case Message.Echo(var on) -> hidden = !on;
            case Message.Exit exit ->
                keep(
                        Event.Kind.EXIT,
                        0,
                        bytes(exit.status()
                                .map(status -> "status " + status)
                                .or(() -> exit.signal().map(signal -> "signal " + signal))
                                .orElse("status 255")),
                        number,
                        0);
            case Message.File(var json) -> keep(Event.Kind.FILE, 0, bytes(json), number, 0);
            case Message.Statement(var part, var json) ->
                keep(
                        switch (part) {
                            case JUDGED, REFUSED -> Event.Kind.STATEMENT;
                            case ANSWERED -> Event.Kind.ANSWER;
                        },
                        0,
                        bytes(json),
                        number,
                        0);
            case Message.EndOfStream _,
                    Message.Resize _,
                    Message.Signal _,
                    Message.Opened _,
                    Message.Failed _,
                    Message.Hold _,
                    Message.HoldEnded _,
                    Message.HoldSeen _,
                    Message.Decided _,
                    Message.Close _ -> {}
        }
        long given = link.send(message);
        sent = given;
        return given;
    }

    @Override
    public void awaitConsumed(long number) throws LinkLost, InterruptedException {
        link.awaitConsumed(number);
    }

    @Override
    public Received receive() throws LinkLost, InterruptedException {
        var received = link.receive();
        keep(received);
        return received;
    }

    @Override
    public Optional<Received> receive(Duration longest) throws LinkLost, InterruptedException {
        var received = link.receive(longest);
        received.ifPresent(this::keep);
        return received;
    }

    private void keep(Received received) {
        long number = received.number();
        switch (received.message()) {
            case Message.Data(var stream, long offset, var bytes) -> {
                if (keepsBytes && stream == Message.Stream.INPUT) {
                    if (hidden) {
                        keep(Event.Kind.HIDDEN_INPUT, offset, bytes(Integer.toString(bytes.length)), 0, number);
                    } else {
                        keep(Event.Kind.INPUT, offset, bytes, 0, number);
                    }
                }
            }
            case Message.EndOfStream _ -> keep(Event.Kind.END_OF_INPUT, 0, new byte[0], 0, number);
            case Message.Resize resize ->
                keep(Event.Kind.RESIZE, 0, bytes(resize.columns() + "x" + resize.rows()), 0, number);
            case Message.Signal(var name) -> keep(Event.Kind.SIGNAL, 0, bytes(name), 0, number);
            case Message.Echo _,
                    Message.Opened _,
                    Message.Failed _,
                    Message.Exit _,
                    Message.File _,
                    Message.Statement _,
                    Message.Hold _,
                    Message.HoldEnded _,
                    Message.HoldSeen _,
                    Message.Decided _,
                    Message.Close _ -> {}
        }
    }

    private void keep(Event.Kind kind, long offset, byte[] bytes, long agentNumber, long edgeNumber) {
        long micros = ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant());
        tail.add(new TailedEvent(new TailEvent(kind, offset, micros, bytes), agentNumber, edgeNumber));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /// Holds the window back while the tail is full, so that input is bounded, too. Never waits.
    @Override
    public void consumed(long number) {
        heldBack.accumulateAndGet(number, Math::max);
        giveRoom();
    }

    private void giveRoom() {
        if (!tail.full()) {
            long number = heldBack.getAndSet(0);
            if (number > 0) {
                link.consumed(number);
            }
        }
    }

    /// Never waits, and however often the edge says it, one thread at a time tells the tail the latest.
    private void heardStored(long agentNumber, long edgeNumber) {
        storedAgent.accumulateAndGet(agentNumber, Math::max);
        storedEdge.accumulateAndGet(edgeNumber, Math::max);
        if (untold.getAndIncrement() == 0) {
            shortening.execute(this::tellStored);
        }
    }

    private void tellStored() {
        int told = untold.get();
        while (told != 0) {
            try {
                isStored(storedAgent.get(), storedEdge.get());
            } catch (UncheckedIOException e) {
                LOG.error("what is stored stays in the tail for now", e);
            }
            told = untold.addAndGet(-told);
        }
    }

    private void isStored(long agentNumber, long edgeNumber) {
        tail.stored(agentNumber, edgeNumber);
        giveRoom();
    }

    @Override
    public void stored(long agentNumber, long edgeNumber) {
        link.stored(agentNumber, edgeNumber);
    }

    @Override
    public void onStored(BiConsumer<Long, Long> told) {
        throw new IllegalStateException("the tail is told");
    }

    @Override
    public boolean broken() {
        return link.broken();
    }

    @Override
    public void end() {
        link.end();
    }
}
