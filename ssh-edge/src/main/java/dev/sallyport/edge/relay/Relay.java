package dev.sallyport.edge.relay;

import dev.sallyport.core.link.LinkLost;
import dev.sallyport.core.link.Message;
import dev.sallyport.core.link.Message.Stream;
import dev.sallyport.core.link.SessionLink;
import dev.sallyport.core.recording.Event;
import dev.sallyport.core.session.Outcome;
import dev.sallyport.edge.admission.Admission;
import dev.sallyport.edge.recorder.Recorder.RecordingFailed;
import dev.sallyport.edge.review.Reviews;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;

/// Moves one session's bytes between the user's channel and the agent's link, until one side ends it.
///
/// Two virtual threads, one for each direction, and in each the order of [Crossing]: input is in the recording
/// before it is sent to the agent; output is in the recording before it is shown to the user. Only what was
/// sent on makes room for more, so that what a session holds in memory is bounded by its two windows. When the
/// recording fails nothing more passes, either way.
final class Relay {

    private final ClientChannel client;
    private final SessionLink link;
    private final Tape tape;
    private final Admission.Live live;
    private final Opening opening;
    private final Ending ending;
    private final RelayLimits limits;
    private final Pulse pulse;
    private final Supplier<Optional<Outcome>> overdue;
    private final CountDownLatch inputOver = new CountDownLatch(1);
    private final CountDownLatch outputOver = new CountDownLatch(1);

    /// Whether the target's terminal shows what is typed.
    private volatile boolean echo = true;

    /// Whether each side has said on a forwarded stream that it sends no more.
    private volatile boolean inputEnded;

    private volatile boolean outputEnded;

    private volatile Optional<Message.Failed> notOpened = Optional.empty();

    /// Whoever numbers a message: the input thread, whoever tells the agent what became of what it holds, and at last
    /// the
    /// one who ends.
    private final ReentrantLock sending = new ReentrantLock();

    /// Number of the last message that went out.
    private volatile long sent;

    private final Reviews.Held held;

    /// @param overdue whether a limit of time has ended the session already
    /// @param reviews begins the reviews of what the session holds
    Relay(
            ClientChannel client,
            Opening opening,
            SessionLink link,
            Tape tape,
            Admission.Live live,
            RelayLimits limits,
            Pulse pulse,
            Supplier<Optional<Outcome>> overdue,
            Function<Reviews.Agent, Reviews.Held> reviews) {
        this.client = client;
        this.link = link;
        this.tape = tape;
        this.live = live;
        this.opening = opening;
        this.ending = opening.ending();
        this.limits = limits;
        this.pulse = pulse;
        this.overdue = overdue;
        this.held = reviews.apply(this::tell);
    }

    /// Relays until the session is over, and returns its outcome. The link is ended then; channel and recording
    /// are not.
    Outcome run() {
        var input = Thread.ofVirtual().name("relay-input").start(this::relayInput);
        client.onLeft(this::left);
        live.onReview(held::decided);
        ending.onEnd(() -> Thread.ofVirtual().name("relay-end").start(() -> end(input)));
        try {
            relayOutput();
        } finally {
            outputOver.countDown();
            input.interrupt();
            link.end();
            held.close();
        }
        return ending.outcome().orElseThrow();
    }

    /// What the agent said when it could not open the target.
    Optional<Message.Failed> notOpened() {
        return notOpened;
    }

    private void relayInput() {
        long offset = 0;
        try {
            while (true) {
                switch (client.next()) {
                    case ClientChannel.Input.Bytes(var bytes) -> {
                        var data = new Message.Data(Stream.INPUT, offset, bytes);
                        if (!sends(data, () -> tape.input(bytes, !echo, sent + 1), () -> {})) {
                            return;
                        }
                        offset += bytes.length;
                        client.consumed(bytes.length);
                    }
                    case ClientChannel.Input.End() -> {
                        if (!sends(
                                new Message.EndOfStream(Stream.INPUT),
                                () -> tape.note(Event.Kind.END_OF_INPUT, "", 0, sent + 1),
                                // first, because the target may end, and the client close, before we are back
                                () -> inputEnded = true)) {
                            return;
                        }
                    }
                    case ClientChannel.Input.Control(var message) -> {
                        if (!sends(message, () -> note(message), () -> {})) {
                            return;
                        }
                    }
                    case ClientChannel.Input.Left() -> {
                        left();
                        return;
                    }
                }
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        } catch (LinkLost lost) {
            // what the agent said before it ended the link may still have to be shown: how its target exited, say
            if (lost.why() != LinkLost.Why.ENDED_THERE) {
                ending.end(outcomeOf(lost));
            }
        } catch (RecordingFailed failed) {
            ending.end(new Outcome.RecordingFailed());
        } finally {
            inputOver.countDown();
        }
    }

    private interface Writing<E extends Exception> {
        void run() throws RecordingFailed, E, InterruptedException;
    }

    private interface Release<E extends Exception> {
        void run() throws E, InterruptedException;
    }

    /// Takes a message to the agent through. There is room for it before it has its number: nobody else waits for room
    /// meanwhile.
    private boolean sends(Message message, Writing<LinkLost> record, Runnable first)
            throws RecordingFailed, LinkLost, InterruptedException {
        try {
            return crosses(
                    () -> {
                        link.awaitRoom(message);
                        sending.lockInterruptibly();
                        record.run();
                    },
                    () -> {
                        first.run();
                        sent = link.send(message);
                    });
        } finally {
            if (sending.isHeldByCurrentThread()) {
                sending.unlock();
            }
        }
    }

    /// Tells the agent what became of what it holds.
    private void tell(Message message) {
        try {
            boolean _ = sends(message, () -> {}, () -> {});
        } catch (LinkLost | RecordingFailed over) {
            // what it held ends with the session
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Takes a piece through, in the order of [Crossing]; false when it may not pass any more.
    private <E extends Exception> boolean crosses(Writing<E> record, Release<E> release)
            throws RecordingFailed, E, InterruptedException {
        var crossing = new Crossing();
        while (true) {
            switch (crossing.next()) {
                case ASK -> crossing.asked(live.pass() && ending.outcome().isEmpty());
                case RECORD -> {
                    pulse.beat();
                    record.run();
                    crossing.recorded();
                }
                case RELEASE -> {
                    release.run();
                    crossing.released();
                }
                case PASSED -> {
                    return true;
                }
                case HELD -> {
                    return false;
                }
            }
        }
    }

    /// The channel is gone. A forwarded stream that both sides had ended is simply over, and the target's exit
    /// is on its way.
    private void left() {
        if (inputEnded && outputEnded) {
            Thread.ofVirtual().name("relay-left").start(() -> {
                try {
                    outputOver.await(limits.farewell().toMillis(), TimeUnit.MILLISECONDS);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                ending.end(new Outcome.UserLeft());
            });
        } else {
            ending.end(new Outcome.UserLeft());
        }
    }

    private void note(Message message) throws RecordingFailed {
        switch (message) {
            case Message.Resize size -> tape.note(Event.Kind.RESIZE, size.columns() + "x" + size.rows(), 0, sent + 1);
            case Message.Signal(var name) -> tape.note(Event.Kind.SIGNAL, name, 0, sent + 1);
            case Message.Data _,
                    Message.EndOfStream _,
                    Message.Echo _,
                    Message.Opened _,
                    Message.Failed _,
                    Message.Exit _,
                    Message.File _,
                    Message.Statement _,
                    Message.Hold _,
                    Message.HoldEnded _,
                    Message.HoldSeen _,
                    Message.Decided _,
                    Message.Close _ -> throw new IllegalStateException("a client does not say that in mid-session");
        }
    }

    private void relayOutput() {
        try {
            while (true) {
                var received = link.receive();
                long number = received.number();
                switch (received.message()) {
                    case Message.Data data -> {
                        // what does not cross is dropped, and the target's end awaited
                        boolean _ = crosses(
                                () -> tape.output(data.stream(), data.bytes(), number),
                                () -> client.write(data.stream(), data.bytes()));
                    }
                    case Message.EndOfStream _ -> {
                        outputEnded = true;
                        client.endOutput();
                    }
                    case Message.Echo(var on) -> echo = on;
                    case Message.Opened() -> opening.opened();
                    case Message.File(var json) -> tape.note(Event.Kind.FILE, json, number, 0);
                    case Message.Statement(var part, var json) ->
                        tape.note(
                                switch (part) {
                                    case JUDGED, REFUSED -> Event.Kind.STATEMENT;
                                    case ANSWERED -> Event.Kind.ANSWER;
                                },
                                json,
                                number,
                                0);
                    case Message.Failed failed -> {
                        notOpened = Optional.of(failed);
                        ending.end(new Outcome.TargetFailed(failed.reason()));
                        return;
                    }
                    case Message.Exit exit -> {
                        noteExit(exit, number);
                        link.consumed(number);
                        // the agent keeps the deadline, too, and may be quicker with its signal than we are
                        ending.end(
                                exit.signal().flatMap(signal -> overdue.get()).orElseGet(() -> outcomeOf(exit)));
                        return;
                    }
                    case Message.Hold hold -> {
                        if (!held.held(hold)) {
                            throw new LinkLost(LinkLost.Why.RULES_BROKEN);
                        }
                    }
                    case Message.HoldEnded ended -> {
                        if (!held.ended(ended)) {
                            throw new LinkLost(LinkLost.Why.RULES_BROKEN);
                        }
                    }
                    case Message.Resize _, Message.Signal _, Message.HoldSeen _, Message.Decided _, Message.Close _ ->
                        throw new LinkLost(LinkLost.Why.RULES_BROKEN);
                }
                link.consumed(number);
            }
        } catch (InterruptedException interrupted) {
            ending.end(new Outcome.EdgeLost());
            Thread.currentThread().interrupt();
        } catch (LinkLost lost) {
            ending.end(outcomeOf(lost));
        } catch (RecordingFailed failed) {
            ending.end(new Outcome.RecordingFailed());
        } catch (IOException gone) {
            ending.end(new Outcome.UserLeft());
            drain();
        }
    }

    /// The user is gone: waits for the target's end, which is recorded; what else comes is nobody's.
    private void drain() {
        try {
            while (true) {
                var received = link.receive();
                link.consumed(received.number());
                if (received.message() instanceof Message.Exit exit) {
                    noteExit(exit, received.number());
                    return;
                }
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (LinkLost | RecordingFailed over) {
            // the outcome is known
        }
    }

    private void noteExit(Message.Exit exit, long number) throws RecordingFailed {
        tape.flush();
        tape.note(
                Event.Kind.EXIT,
                exit.signal()
                        .map(name -> "signal " + name)
                        .orElse("status " + exit.status().orElse(-1)),
                number,
                0);
    }

    /// Asks the agent to end the target, gives it a moment to say how that went, and cuts the link.
    private void end(Thread input) {
        try {
            var outcome = ending.outcome().orElseThrow();
            if (outcome instanceof Outcome.Exited || outcome instanceof Outcome.Signalled) {
                return;
            }
            client.abandon();
            input.interrupt();
            if (inputOver.await(limits.ending().toMillis(), TimeUnit.MILLISECONDS)
                    && !(outcome instanceof Outcome.RecordingFailed)) {
                var closer = Thread.ofVirtual().name("relay-close").start(() -> close(outcome));
                outputOver.await(
                        (outcome instanceof Outcome.UserLeft ? limits.farewell() : limits.ending()).toMillis(),
                        TimeUnit.MILLISECONDS);
                closer.interrupt();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            link.end();
        }
    }

    private void close(Outcome outcome) {
        try {
            link.send(new Message.Close(outcome.sentence()));
        } catch (LinkLost gone) {
            // ended already
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Outcome outcomeOf(Message.Exit exit) {
        return exit.signal()
                .<Outcome>map(signal -> new Outcome.Signalled(signal, exit.coreDumped()))
                .orElseGet(() -> exit.status()
                        .<Outcome>map(Outcome.Exited::new)
                        .orElseGet(() -> new Outcome.TargetFailed("it ended without saying how")));
    }

    private static Outcome outcomeOf(LinkLost lost) {
        return switch (lost.why()) {
            case NOT_RESUMED, ENDED_THERE, ENDED_HERE -> new Outcome.AgentLost();
            case RULES_BROKEN -> new Outcome.TargetFailed("the agent broke the rules of the link");
        };
    }
}
