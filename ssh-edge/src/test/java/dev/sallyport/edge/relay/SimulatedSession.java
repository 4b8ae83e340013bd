package dev.sallyport.edge.relay;

import dev.sallyport.core.id.AgentInstanceId;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.link.Carry;
import dev.sallyport.core.link.LinkLost;
import dev.sallyport.core.link.Message;
import dev.sallyport.core.link.Message.Stream;
import dev.sallyport.core.link.SessionLink;
import dev.sallyport.core.link.Ticket;
import dev.sallyport.core.recording.Event;
import dev.sallyport.core.session.Outcome;
import dev.sallyport.edge.admission.Admission.Decision;
import dev.sallyport.edge.admission.LiveSession;
import dev.sallyport.edge.recorder.Recorder.RecordingFailed;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/// One session as its edge has it: what [Relay] and [Sessions] do, each step apart, with the same [Crossing],
/// [Ending] and [Pulse].
final class SimulatedSession {

    private static final long ENDING = RelayLimits.DEFAULTS.ending().toNanos();

    private final World world;
    private final SimulatedEdge edge;
    private final Decision.Granted granted;
    private final Ending ending = new Ending();
    private final Pulse pulse;

    final LiveSession live;
    final Ticket ticket;
    final AgentInstanceId instance;
    final SimulatedRecording recording;
    final Carry carry;
    Optional<Wire> wire;

    // the user
    private long typed;
    private long shown;

    // on their way
    private Optional<SessionLink.Received> received = Optional.empty();
    private Optional<byte[]> input = Optional.empty();
    private Crossing out = new Crossing();
    private Crossing in = new Crossing();
    private long inputOffset;
    private long sent;
    private boolean outputOver;
    private boolean closed;
    private boolean finished;
    private Optional<Long> endingSince = Optional.empty();

    SimulatedSession(
            World world,
            SimulatedEdge edge,
            Decision.Granted granted,
            LiveSession live,
            SimulatedRecording recording,
            Ticket ticket,
            AgentInstanceId instance,
            Wire wire) {
        this.world = world;
        this.edge = edge;
        this.granted = granted;
        this.live = live;
        this.recording = recording;
        this.ticket = ticket;
        this.instance = instance;
        this.wire = Optional.of(wire);
        this.carry = Carry.ordered(granted.order(), ticket, edge.nanos());
        this.pulse = new Pulse(
                Duration.ZERO,
                live.credential().expires(),
                granted.order().deadline(),
                granted.atDeadline(),
                RelayLimits.DEFAULTS.warning(),
                edge.clock().instant(),
                edge.deadlineNanos());
        granted.live().onEnd(ending::end);
    }

    SessionId id() {
        return granted.order().session();
    }

    SimulatedEdge edge() {
        return edge;
    }

    long shown() {
        return shown;
    }

    long typed() {
        return typed;
    }

    boolean finished() {
        return finished;
    }

    boolean ended() {
        return ending.outcome().isPresent();
    }

    void end(Outcome outcome) {
        ending.end(outcome);
    }

    void type() {
        if (input.isEmpty() && !ended()) {
            input = Optional.of(world.bytes(id(), Stream.INPUT, typed));
            in = new Crossing();
        }
    }

    /// One step of what moves output: take a message, or take it one step further.
    void moveOutput() {
        if (outputOver || finished) {
            return;
        }
        if (received.isEmpty()) {
            try {
                received = carry.next();
                out = new Crossing();
            } catch (LinkLost lost) {
                outputOver = true;
                ending.end(new Outcome.AgentLost());
                return;
            }
        }
        if (received.isEmpty()) {
            return;
        }
        long number = received.get().number();
        switch (received.get().message()) {
            case Message.Data data -> {
                if (crosses(out, () -> recordOutput(data, number), () -> show(data))) {
                    done(number, data.bytes().length);
                }
            }
            case Message.Opened() -> done(number, 0);
            case Message.Failed failed -> {
                outputOver = true;
                done(number, 0);
                ending.end(new Outcome.TargetFailed(failed.reason()));
            }
            case Message.Exit _ -> {
                outputOver = true;
                try {
                    append(Event.Kind.EXIT, "status 0".getBytes(StandardCharsets.UTF_8), number, 0);
                    ending.end(new Outcome.Exited(0));
                } catch (RecordingFailed e) {
                    ending.end(new Outcome.RecordingFailed());
                }
                done(number, 0);
            }
            case Message.EndOfStream _,
                    Message.Resize _,
                    Message.Signal _,
                    Message.Echo _,
                    Message.File _,
                    Message.Statement _,
                    Message.Hold _,
                    Message.HoldEnded _,
                    Message.HoldSeen _,
                    Message.Decided _,
                    Message.Close _ -> done(number, 0);
        }
    }

    private void done(long number, int bytes) {
        received = Optional.empty();
        if (!(world.plants(Bug.ACKNOWLEDGEMENT_SKIPPED) && bytes > 0 && bytes < 1_000)) {
            carry.consumed(number, edge.nanos());
        }
        flush();
    }

    /// One step of what moves input.
    void moveInput() {
        if (finished || input.isEmpty()) {
            return;
        }
        var bytes = input.get();
        if (waitsForRoom(bytes)) {
            return;
        }
        if (crosses(in, () -> append(Event.Kind.INPUT, bytes, 0, sent + 1), () -> send(bytes))) {
            input = Optional.empty();
        }
    }

    /// Between the recording of input and the question whether it may go.
    private boolean waitsForRoom(byte[] bytes) {
        try {
            return in.next() == Crossing.Step.ASK
                    && in.isRecorded()
                    && !carry.hasRoom(new Message.Data(Stream.INPUT, inputOffset, bytes))
                    && !world.plants(Bug.WAITS_AFTER_IT_ASKED);
        } catch (LinkLost lost) {
            ending.end(new Outcome.AgentLost());
            return true;
        }
    }

    private interface Writing {
        void run() throws RecordingFailed;
    }

    private interface Release {
        /// @return false when there is no room yet
        boolean run();
    }

    /// One step; true when the piece is through, or out of the way for good.
    private boolean crosses(Crossing crossing, Writing record, Release release) {
        boolean early = world.plants(crossing == out ? Bug.RELEASED_BEFORE_RECORDED : Bug.SENT_BEFORE_RECORDED);
        switch (crossing.next()) {
            case ASK -> {
                if (crossing.isRecorded() && world.plants(Bug.NOT_ASKED_AGAIN)) {
                    crossing.asked(true);
                    return false;
                }
                switch (live.passing()) {
                    case PASSES -> crossing.asked(!ended());
                    case NEVER -> crossing.asked(false);
                    case NOT_NOW -> {}
                }
                // nothing lies between the answer and what it allows, unless there is no room
                release(crossing, release, early);
            }
            case RECORD -> {
                if (early && !release.run()) {
                    return false;
                }
                try {
                    record.run();
                } catch (RecordingFailed e) {
                    if (!world.plants(Bug.RECORDING_FAILURE_IGNORED)) {
                        ending.end(new Outcome.RecordingFailed());
                        outputOver |= crossing == out;
                        return true;
                    }
                }
                crossing.recorded();
            }
            case RELEASE -> release(crossing, release, early);
            case PASSED, HELD -> {
                return true;
            }
        }
        return false;
    }

    private static void release(Crossing crossing, Release release, boolean already) {
        if (crossing.next() == Crossing.Step.RELEASE && (already || release.run())) {
            crossing.released();
        }
    }

    private void append(Event.Kind kind, byte[] bytes, long agentNumber, long edgeNumber) throws RecordingFailed {
        recording.append(kind, bytes, agentNumber, edgeNumber, edge.spoolHasRoom());
    }

    private void recordOutput(Message.Data data, long number) throws RecordingFailed {
        append(data.stream() == Stream.ERROR ? Event.Kind.ERROR : Event.Kind.OUTPUT, data.bytes(), number, 0);
    }

    private boolean show(Message.Data data) {
        world.promises.shows(this, data);
        shown = data.offset() + data.bytes().length;
        return true;
    }

    private boolean send(byte[] bytes) {
        try {
            long number = carry.send(new Message.Data(Stream.INPUT, inputOffset, bytes), edge.nanos());
            if (number == 0) {
                return false;
            }
            world.promises.sends(this, inputOffset, bytes.length);
            sent = number;
            inputOffset += bytes.length;
            typed += bytes.length;
            flush();
        } catch (LinkLost lost) {
            ending.end(new Outcome.AgentLost());
        }
        return true;
    }

    /// What happens to a session that must end, step by step.
    void moveEnd() {
        if (finished || ending.outcome().isEmpty()) {
            return;
        }
        var outcome = ending.outcome().get();
        if (endingSince.isEmpty()) {
            endingSince = Optional.of(edge.nanos());
            input = Optional.empty();
        }
        if (!closed && !(outcome instanceof Outcome.RecordingFailed) && !(outcome instanceof Outcome.Exited)) {
            try {
                closed = true;
                sent = carry.send(new Message.Close(outcome.name()), edge.nanos());
                flush();
            } catch (LinkLost over) {
                outputOver = true;
            }
        }
        boolean atOnce = outputOver || outcome instanceof Outcome.RecordingFailed;
        if (atOnce || edge.nanos() - endingSince.get() > ENDING) {
            carry.end(edge.nanos());
            flush();
            recording.seal(outcome);
            finished = true;
            granted.live().ended(outcome);
            world.log("session " + world.name(id()) + " is over: " + outcome.name());
        }
    }

    /// Once a second.
    void checkDeadline() {
        pulse.check(edge.clock().instant(), edge.deadlineNanos()).ifPresent(ending::end);
    }

    void tick() {
        carry.tick(edge.nanos());
        flush();
    }

    void noticeBreak() {
        if (wire.filter(call -> call.dead && call.toEdge.isEmpty()).isPresent()) {
            wire = Optional.empty();
            carry.broken(edge.nanos());
        }
    }

    void flush() {
        carry.drain(frame -> wire.filter(call -> !call.dead).ifPresent(call -> call.toAgent.add(frame)));
        if (carry.phase() == Carry.Phase.OVER) {
            wire.filter(call -> call.toAgent.isEmpty()).ifPresent(call -> call.cut(world.random));
        }
    }

    /// Whether nothing is under way in it.
    boolean quiet() {
        return received.isEmpty() && input.isEmpty();
    }
}
