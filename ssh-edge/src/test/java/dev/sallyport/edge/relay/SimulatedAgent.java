package dev.sallyport.edge.relay;

import dev.sallyport.core.id.AgentInstanceId;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.link.Carry;
import dev.sallyport.core.link.ForgedFrame;
import dev.sallyport.core.link.Frame;
import dev.sallyport.core.link.LinkLost;
import dev.sallyport.core.link.Message;
import dev.sallyport.core.link.Message.Stream;
import dev.sallyport.core.link.TailEvent;
import dev.sallyport.core.recording.Event;
import dev.sallyport.core.recording.RecordingState;
import dev.sallyport.core.session.Order;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One run of the agent: the real link machines, and what `agent.session` and `agent.tail` do with them.
final class SimulatedAgent {

    /// How long the tail of a session that is over is kept for its own edge, before it is offered to any.
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private record Kept(TailEvent event, long agentNumber, long edgeNumber) {}

    /// One session, with its target and its tail.
    final class Carried {
        final Order order;
        final Carry carry;
        final Instant deadline;
        final long deadlineNanos;
        final Deque<Message> pending = new ArrayDeque<>();
        Optional<Wire> wire;
        boolean opened;
        boolean killed;
        boolean exited;
        long produced;
        long taken;
        long inputReceived;
        long sent;
        Optional<Long> overSince = Optional.empty();

        Carried(Frame.Open open, Wire wire) {
            this.order = open.order();
            this.wire = Optional.of(wire);
            this.carry = Carry.accepted(open, instance, machine.nanos());
            this.deadline = open.order().deadline();
            this.deadlineNanos = machine.nanos()
                    + Math.max(0, Duration.between(machine.wall(), deadline).toNanos());
        }

        SessionId id() {
            return order.session();
        }
    }

    /// What is left of a session that is over.
    private record Left(SessionId session, List<Kept> tail, long since) {}

    private final World world;
    private final Machine machine;
    private final AgentInstanceId instance;
    private final List<Carried> sessions = new ArrayList<>();
    private final Map<SessionId, List<Kept>> tails = new HashMap<>();
    private final List<Left> left = new ArrayList<>();
    private long seenVersion;

    SimulatedAgent(World world, int number, Machine machine, long seenVersion) {
        this.world = world;
        this.machine = machine;
        this.seenVersion = seenVersion;
        this.instance = new AgentInstanceId("ins_" + "%026d".formatted(number));
        machine.every(Duration.ofSeconds(1), this::tick);
    }

    AgentInstanceId instance() {
        return instance;
    }

    Machine machine() {
        return machine;
    }

    List<Carried> sessions() {
        return sessions;
    }

    long seenVersion() {
        return seenVersion;
    }

    boolean hasTails() {
        return !left.isEmpty();
    }

    void hear(Wire wire, Frame frame) {
        var carried = sessions.stream()
                .filter(session -> session.wire.filter(call -> call == wire).isPresent())
                .findFirst();
        if (carried.isEmpty()) {
            if (frame.body() instanceof Frame.Open open && !wire.dead) {
                open(wire, open);
            }
            return;
        }
        var session = carried.get();
        try {
            session.carry.received(frame, machine.nanos());
        } catch (ForgedFrame forged) {
            throw new AssertionError("P9: an honest frame was called forged: " + forged.reason());
        }
        session.carry
                .takeStored()
                .ifPresent(told -> tails.getOrDefault(session.id(), new ArrayList<>())
                        .removeIf(kept ->
                                kept.agentNumber() <= told.agentNumber() && kept.edgeNumber() <= told.edgeNumber()));
        flush(session);
    }

    /// As `agent.session.OrderCheck`: the signature is taken for good here.
    private void open(Wire wire, Frame.Open open) {
        var session = new Carried(open, wire);
        long version = open.order().definition().bytes()[0];
        sessions.add(session);
        tails.put(session.id(), new ArrayList<>());
        boolean old = version < seenVersion && !world.plants(Bug.OLDER_DEFINITION_OBEYED);
        boolean late = !machine.wall().isBefore(open.order().deadline());
        if (old || late) {
            say(session, new Message.Failed(Message.Failed.Reason.REFUSED, "no"));
            session.exited = true;
        } else {
            world.promises.opens(session.id(), version, seenVersion);
            seenVersion = Math.max(seenVersion, version);
            say(session, new Message.Opened());
            session.opened = true;
        }
        flush(session);
    }

    /// The target writes something.
    void produce(Carried session) {
        boolean full = !session.pending.isEmpty();
        if (!session.opened || session.exited || (full && !world.plants(Bug.WINDOW_IGNORED))) {
            return;
        }
        var bytes = world.bytes(session.id(), Stream.OUTPUT, session.produced);
        say(session, new Message.Data(Stream.OUTPUT, session.produced, bytes));
        session.produced += bytes.length;
    }

    void exit(Carried session) {
        if (session.opened && !session.exited && session.pending.isEmpty()) {
            session.exited = true;
            say(session, new Message.Exit(Optional.of(0), Optional.empty(), false));
        }
    }

    /// Keeps, then sends; what the window has no room for waits.
    private void say(Carried session, Message message) {
        session.pending.add(message);
        world.promises.holds(session.pending.size());
        push(session);
    }

    void push(Carried session) {
        while (!session.pending.isEmpty()) {
            var message = session.pending.element();
            long number = session.sent + 1;
            keepOutput(session, message, number);
            try {
                long given = session.carry.send(message, machine.nanos());
                if (given == 0) {
                    flush(session);
                    return;
                }
                session.sent = given;
            } catch (LinkLost lost) {
                session.pending.clear();
                return;
            }
            session.pending.remove();
            if (message instanceof Message.Exit || message instanceof Message.Failed) {
                session.carry.end(machine.nanos());
            }
        }
        flush(session);
    }

    private void keepOutput(Carried session, Message message, long number) {
        var tail = tails.getOrDefault(session.id(), new ArrayList<>());
        boolean there = tail.stream().anyMatch(kept -> kept.agentNumber() == number);
        if (there) {
            return;
        }
        switch (message) {
            case Message.Data data ->
                tail.add(new Kept(new TailEvent(Event.Kind.OUTPUT, data.offset(), 1, data.bytes()), number, 0));
            case Message.Exit _ ->
                tail.add(new Kept(
                        new TailEvent(Event.Kind.EXIT, 0, 1, "status 0".getBytes(StandardCharsets.UTF_8)), number, 0));
            case Message.EndOfStream _,
                    Message.Resize _,
                    Message.Signal _,
                    Message.Echo _,
                    Message.Opened _,
                    Message.Failed _,
                    Message.File _,
                    Message.Statement _,
                    Message.Hold _,
                    Message.HoldEnded _,
                    Message.HoldSeen _,
                    Message.Decided _,
                    Message.Close _ -> {}
        }
    }

    /// Takes a message and gives its bytes to the target.
    void take(Carried session) {
        try {
            var next = session.carry.next();
            if (next.isEmpty()) {
                return;
            }
            session.taken = next.get().number();
            switch (next.get().message()) {
                case Message.Data data -> {
                    tails.getOrDefault(session.id(), new ArrayList<>())
                            .add(new Kept(
                                    new TailEvent(Event.Kind.INPUT, data.offset(), 1, data.bytes()), 0, session.taken));
                    if (!session.exited) {
                        world.promises.reachesTarget(this, session, data);
                        session.inputReceived = data.offset() + data.bytes().length;
                    }
                }
                case Message.Close _ -> kill(session);
                case Message.EndOfStream _,
                        Message.Resize _,
                        Message.Signal _,
                        Message.Echo _,
                        Message.Opened _,
                        Message.Failed _,
                        Message.Exit _,
                        Message.File _,
                        Message.Hold _,
                        Message.HoldEnded _,
                        Message.HoldSeen _,
                        Message.Decided _,
                        Message.Statement _ -> {}
            }
        } catch (LinkLost lost) {
            session.killed = true;
            session.exited = true;
        }
    }

    void consume(Carried session) {
        session.carry.consumed(session.taken, machine.nanos());
        flush(session);
    }

    private void kill(Carried session) {
        if (!session.killed) {
            session.killed = true;
            session.pending.clear();
            exit(session);
        }
    }

    private void tick() {
        for (var session : sessions) {
            session.carry.tick(machine.nanos());
            flush(session);
            boolean passed = !machine.wall().isBefore(session.deadline) || machine.nanos() - session.deadlineNanos >= 0;
            if (passed) {
                kill(session);
            }
            if (session.carry.phase() == Carry.Phase.OVER && session.overSince.isEmpty()) {
                session.overSince = Optional.of(world.now());
                session.exited = true;
            }
        }
        sessions.removeIf(session -> {
            boolean gone = session.overSince.isPresent();
            if (gone) {
                var tail = tails.remove(session.id());
                if (tail != null && !tail.isEmpty()) {
                    left.add(new Left(session.id(), tail, world.now()));
                }
                session.wire.ifPresent(call -> call.cut(world.random));
            }
            return gone;
        });
    }

    void noticeBreak(Carried session) {
        if (session.wire.filter(call -> call.dead && call.toAgent.isEmpty()).isPresent()) {
            session.wire = Optional.empty();
            session.carry.broken(machine.nanos());
        }
    }

    void reconnect(Carried session) {
        var edge = world.edge();
        if (edge.isEmpty() || session.carry.connected()) {
            return;
        }
        if (session.carry.reconnect(machine.nanos())) {
            session.wire.ifPresent(call -> call.cut(world.random));
            session.wire = Optional.of(world.wire(edge.get()));
            flush(session);
        }
    }

    void forgotten(SessionId id) {
        sessions.stream()
                .filter(session -> session.id().equals(id))
                .forEach(session -> session.carry.forgotten(machine.nanos()));
    }

    /// Offers what is left of a session to an edge, as `edge.recorder.StoredTails` takes it.
    void sendTail(int breaksAfter) {
        if (left.isEmpty() || world.now() - left.getFirst().since() < PATIENCE.toNanos()) {
            return;
        }
        var one = left.removeFirst();
        var state = world.store.recording(one.session());
        boolean whole = state == RecordingState.COMPLETE || state == RecordingState.RECOVERED;
        if (!world.store.ends.containsKey(one.session())) {
            left.add(one);
            return;
        }
        if (whole) {
            return;
        }
        try {
            var events = one.tail().stream().map(Kept::event).toList();
            SimulatedRecording.recover(world, one.session(), events, breaksAfter);
            world.log("the tail of " + world.name(one.session()) + " is taken");
        } catch (IOException brokeOff) {
            left.add(one);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// It is gone, with its targets and what it kept in memory.
    void crash() {
        for (var session : sessions) {
            session.wire.ifPresent(call -> call.cut(world.random));
            world.promises.tailLost(session.id());
        }
        left.forEach(one -> world.promises.tailLost(one.session()));
    }

    private void flush(Carried session) {
        session.carry.drain(frame -> session.wire.filter(call -> !call.dead).ifPresent(call -> call.toEdge.add(frame)));
    }
}
