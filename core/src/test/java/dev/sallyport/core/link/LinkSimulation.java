package dev.sallyport.core.link;

import dev.sallyport.core.connection.SignedDefinition;
import dev.sallyport.core.id.AgentInstanceId;
import dev.sallyport.core.id.EdgeId;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.id.Ulid;
import dev.sallyport.core.id.UserId;
import dev.sallyport.core.recording.RecordingLevel;
import dev.sallyport.core.session.Order;
import dev.sallyport.core.session.SessionRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/// One session between two [Carry] machines over calls that break, driven by a seed, with what the link
/// promises checked after every step.
///
/// Each end has its own clock, which may stand, jump and step back. A call may die at any moment, with what is
/// in flight; each end notices in its own time, or not before the agent is there with another call. The two
/// applications do what edge and agent do: record, then send or release.
final class LinkSimulation {

    private static final byte[][] BYTES = {new byte[1], new byte[100], new byte[5_000], new byte[65_536]};
    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final int TRACE = 60;

    /// One call: two queues of frames.
    private static final class Call {
        final int id;
        final Deque<Frame> toEdge = new ArrayDeque<>();
        final Deque<Frame> toAgent = new ArrayDeque<>();
        boolean dead;
        boolean known;

        Call(int id) {
            this.id = id;
        }
    }

    /// One end, with its machine, its clock, and what its application did.
    private static final class End {
        final Carry.Side side;
        final List<Message> sent = new ArrayList<>();
        final long[] offsets = new long[3];
        Optional<Carry> carry = Optional.empty();
        Optional<Call> call = Optional.empty();
        Carry.Phase phase = Carry.Phase.OPENING;
        long clock;
        long highestClock;
        long brokenAt = -1;
        long taken;
        long recorded;
        boolean exited;
        boolean applicationEnded;

        End(Carry.Side side, long clock) {
            this.side = side;
            this.clock = clock;
            this.highestClock = clock;
        }
    }

    private final long seed;
    private final Random random;
    private final Ticket ticket;
    private final Order order;
    private final AgentInstanceId instance;
    private final End edge;
    private final End agent;
    private final List<Call> calls = new ArrayList<>();
    private final Deque<String> trace = new ArrayDeque<>();
    private final long madeAt;
    private int opened;
    private boolean forgedOnPurpose;
    private boolean calm;

    LinkSimulation(long seed) {
        this.seed = seed;
        this.random = new Random(seed);
        var bytes = new byte[Ticket.LENGTH];
        random.nextBytes(bytes);
        this.ticket = new Ticket(bytes);
        this.order = new Order(
                new SessionId("ses_" + Ulid.of(1, random)),
                new TenantId("ten_" + Ulid.of(1, random)),
                new EdgeId("edg_" + Ulid.of(1, random)),
                new UserId("usr_" + Ulid.of(1, random)),
                "alice@example.com",
                new SignedDefinition(new byte[0], new byte[0]),
                new SessionRequest.Shell(Optional.empty()),
                Map.of(),
                RecordingLevel.FULL,
                Instant.EPOCH);
        this.instance = new AgentInstanceId("ins_" + Ulid.of(1, random));
        // monotonic clocks start anywhere, near their overflow too
        this.edge = new End(Carry.Side.EDGE, random.nextBoolean() ? Long.MAX_VALUE - 20 * SECOND : random.nextInt());
        this.agent = new End(Carry.Side.AGENT, -random.nextInt(1_000_000));
        this.madeAt = edge.clock;
    }

    /// Runs the whole session.
    ///
    /// @throws AssertionError when a promise was broken; it says how to see that again
    void run(int steps) {
        try {
            var first = call();
            edge.carry = Optional.of(Carry.ordered(order, ticket, edge.clock));
            edge.call = Optional.of(first);
            first.known = true;
            flush(edge);
            if (random.nextInt(20) == 0) {
                edge.clock += 31 * SECOND;
            }
            for (int i = 0; i < steps; i++) {
                step();
                check();
            }
            if (seed % 3 == 0) {
                attack();
                forge();
                check();
            }
            calm = true;
            settle();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError(
                    "seed " + seed + ": " + e.getMessage()
                            + "\nto see it again: ./mvnw -pl core test -Dtest=LinkSimulationTest -Dseed=" + seed
                            + "\nthe last events were:\n  " + String.join("\n  ", trace),
                    e);
        }
    }

    private void step() {
        int what = random.nextInt(1_000);
        if (what < 300) {
            deliver();
        } else if (what < 420) {
            send(edge);
        } else if (what < 560) {
            send(agent);
        } else if (what < 680) {
            take(edge);
        } else if (what < 800) {
            take(agent);
        } else if (what < 860) {
            consume(edge);
        } else if (what < 910) {
            consume(agent);
        } else if (what < 930) {
            tick(random.nextBoolean() ? edge : agent);
        } else if (what < 945) {
            passTime();
        } else if (what < 965) {
            breakCall();
        } else if (what < 985) {
            notice(random.nextBoolean() ? edge : agent);
        } else if (what < 995) {
            reconnect();
        } else if (what < 997) {
            stored();
        } else if (random.nextInt(40) == 0) {
            rare();
        }
    }

    private void rare() {
        switch (random.nextInt(6)) {
            case 0 -> end(edge);
            case 1 -> end(agent);
            case 2 -> crash(edge);
            case 3 -> crash(agent);
            case 4 -> attack();
            default -> forge();
        }
    }

    /// The network holds from here on, nobody sends any more, and time passes slowly: everything that was sent
    /// and is not lost for good must arrive.
    private void settle() {
        for (int round = 0; round < 130; round++) {
            while (deliverAny()) {
                take(edge);
                take(agent);
                consume(edge);
                consume(agent);
            }
            notice(edge);
            notice(agent);
            if (agent.carry.isPresent() && !agent.carry.get().connected()) {
                reconnect();
            }
            edge.clock += SECOND;
            agent.clock += SECOND;
            tick(edge);
            tick(agent);
            check();
        }
        if (edge.carry.isEmpty() || agent.carry.isEmpty()) {
            var left = edge.carry.isEmpty() ? agent : edge;
            expect(
                    left.carry.isEmpty() || left.carry.get().phase() == Carry.Phase.OVER || opened == 0,
                    "an end outlives the other for good");
            return;
        }
        var edgeCarry = edge.carry.get();
        var agentCarry = agent.carry.get();
        expect(
                (edgeCarry.phase() == Carry.Phase.OVER) == (agentCarry.phase() == Carry.Phase.OVER),
                "one end is over, the other is " + edgeCarry.phase() + " and " + agentCarry.phase());
        if (edgeCarry.phase() == Carry.Phase.ACTIVE) {
            expect(edgeCarry.connected() && agentCarry.connected(), "the session did not come back");
            expect(edge.taken == agent.sent.size(), "the edge has " + edge.taken + " of " + agent.sent.size());
            expect(agent.taken == edge.sent.size(), "the agent has " + agent.taken + " of " + edge.sent.size());
            expect(edgeCarry.weightHeld() == 0 && agentCarry.weightHeld() == 0, "something is retained for nothing");
        }
        boolean agentEnded =
                agentCarry.why().filter(LinkLost.Why.ENDED_HERE::equals).isPresent();
        boolean edgeHeard =
                edgeCarry.why().filter(LinkLost.Why.ENDED_THERE::equals).isPresent();
        if (agentEnded && edgeHeard && !edge.applicationEnded) {
            expect(
                    edge.taken == agent.sent.size(),
                    "the agent's last words were lost: " + edge.taken + " of " + agent.sent.size());
        }
    }

    private void send(End end) {
        observe(end);
        if (end.carry.isEmpty() || calm) {
            return;
        }
        var carry = end.carry.get();
        if (end.side == Carry.Side.AGENT && end.exited) {
            return;
        }
        var message = end.side == Carry.Side.EDGE ? edgeMessage() : agentMessage();
        try {
            // an edge has it in the recording before it sends it
            long number = carry.send(message, end.clock);
            if (number > 0 && number > end.sent.size()) {
                end.sent.add(message);
                expect(number == end.sent.size(), "numbers count from 1 without a gap");
                if (message instanceof Message.Data data) {
                    end.offsets[slot(data)] += data.bytes().length;
                }
                end.exited |= message instanceof Message.Exit;
                log(end.side + " says " + number + " " + message.getClass().getSimpleName());
            }
        } catch (LinkLost e) {
            expect(end.applicationEnded || carry.phase() == Carry.Phase.OVER, "lost without a reason");
        }
        flush(end);
    }

    private Message edgeMessage() {
        return switch (random.nextInt(200)) {
            case 0, 1, 2, 3, 4, 5 -> new Message.Resize(random.nextInt(500), 24, 0, 0);
            case 6, 7 -> new Message.Signal("INT");
            case 8 -> new Message.Close("for the test");
            default -> new Message.Data(Message.Stream.INPUT, edge.offsets[0], bytes());
        };
    }

    private Message agentMessage() {
        if (agent.sent.isEmpty()) {
            return new Message.Opened();
        }
        return switch (random.nextInt(1_500)) {
            case 0, 1, 2, 3, 4 -> new Message.Echo(random.nextBoolean());
            case 5 -> new Message.File("{}");
            case 6 -> new Message.Exit(Optional.of(0), Optional.empty(), false);
            default ->
                random.nextInt(5) == 0
                        ? new Message.Data(Message.Stream.ERROR, agent.offsets[2], bytes())
                        : new Message.Data(Message.Stream.OUTPUT, agent.offsets[1], bytes());
        };
    }

    private byte[] bytes() {
        return BYTES[random.nextInt(BYTES.length)];
    }

    private static int slot(Message.Data data) {
        return switch (data.stream()) {
            case INPUT -> 0;
            case OUTPUT -> 1;
            case ERROR -> 2;
        };
    }

    private void take(End end) {
        if (end.carry.isEmpty()) {
            return;
        }
        var carry = end.carry.get();
        try {
            var next = carry.next();
            if (next.isPresent()) {
                var other = end == edge ? agent : edge;
                long number = next.get().number();
                expect(number == end.taken + 1, end.side + " took " + number + " after " + end.taken);
                expect(number <= other.sent.size(), end.side + " took what was never said");
                expect(
                        next.get().message() == other.sent.get((int) number - 1),
                        end.side + " took another message as " + number);
                expect(end.side == Carry.Side.EDGE || carry.connected(), "a frozen agent took a message");
                expect(!end.applicationEnded, "a message after the end");
                end.taken = number;
            }
        } catch (LinkLost e) {
            expect(
                    carry.phase() == Carry.Phase.OVER || carry.phase() == Carry.Phase.ENDING,
                    "lost, and yet " + carry.phase());
        }
    }

    /// The edge records before it releases; both release only what they recorded.
    private void consume(End end) {
        observe(end);
        if (end.carry.isEmpty() || end.taken == 0) {
            return;
        }
        end.recorded = calm ? end.taken : end.recorded + random.nextLong(end.taken - end.recorded + 1);
        expect(end.recorded <= end.taken, "recorded what was never taken");
        end.carry.get().consumed(end.recorded, end.clock);
        flush(end);
    }

    private void deliver() {
        if (!calls.isEmpty()) {
            deliver(calls.get(random.nextInt(calls.size())), random.nextBoolean());
        }
    }

    private boolean deliverAny() {
        for (var call : List.copyOf(calls)) {
            boolean toEdge = !call.toEdge.isEmpty();
            if (toEdge || !call.toAgent.isEmpty()) {
                deliver(call, toEdge);
                return true;
            }
        }
        return false;
    }

    private void deliver(Call call, boolean toEdge) {
        var frame = (toEdge ? call.toEdge : call.toAgent).poll();
        if (frame == null) {
            return;
        }
        if (toEdge) {
            toEdge(call, frame);
        } else {
            toAgent(call, frame);
        }
    }

    private void toEdge(Call call, Frame frame) {
        observe(edge);
        if (edge.carry.isEmpty()) {
            // the edge is another one now, and knows nothing of the session
            die(call);
            if (frame.body() instanceof Frame.Resume
                    && agent.call.filter(call::equals).isPresent()) {
                agent.carry.ifPresent(carry -> carry.forgotten(agent.clock));
            }
            return;
        }
        var carry = edge.carry.get();
        try {
            if (!call.known && frame.body() instanceof Frame.Resume resume) {
                call.known = true;
                long broken = edge.brokenAt;
                boolean tooLate =
                        !carry.connected() && broken >= 0 && edge.highestClock - broken > SessionLink.RESUME.toNanos();
                boolean continues = carry.resume(resume, edge.clock);
                log("edge resumes on call " + call.id + ": " + continues);
                expect(!(tooLate && continues && carry.phase() == Carry.Phase.ACTIVE), "resumed after 60 s");
                if (continues) {
                    edge.call.filter(former -> former != call).ifPresent(this::die);
                    edge.call = Optional.of(call);
                    edge.brokenAt = -1;
                } else {
                    die(call);
                }
            } else if (edge.call.filter(call::equals).isPresent()) {
                boolean opening = carry.phase() == Carry.Phase.OPENING;
                carry.received(frame, edge.clock);
                if (opening && carry.phase() == Carry.Phase.ACTIVE) {
                    expect(edge.highestClock - madeAt <= Carry.TICKET.toNanos(), "a ticket was taken too late");
                }
            }
        } catch (ForgedFrame e) {
            if (edge.call.filter(call::equals).isEmpty()) {
                // an old wish to continue, overtaken by a newer one on another call
                expect(call.dead, "an honest resume was called forged: " + e.reason());
                return;
            }
            boolean tooOld =
                    frame.body() instanceof Frame.Accepted && edge.highestClock - madeAt > Carry.TICKET.toNanos();
            expect(forgedOnPurpose || tooOld, "an honest frame was called forged: " + e.reason());
            edge.call.ifPresent(this::die);
        }
        flush(edge);
    }

    private void toAgent(Call call, Frame frame) {
        if (agent.carry.isEmpty()) {
            if (frame.body() instanceof Frame.Open open && opened == 0 && !call.dead) {
                opened++;
                agent.carry = Optional.of(Carry.accepted(open, instance, agent.clock));
                agent.call = Optional.of(call);
                log("agent accepts");
                flush(agent);
            } else {
                die(call);
            }
            return;
        }
        if (agent.call.filter(call::equals).isEmpty()) {
            return;
        }
        try {
            agent.carry.get().received(frame, agent.clock);
        } catch (ForgedFrame e) {
            expect(forgedOnPurpose, "an honest frame was called forged: " + e.reason());
            die(call);
        }
        flush(agent);
    }

    private void tick(End end) {
        observe(end);
        end.carry.ifPresent(carry -> carry.tick(end.clock));
        flush(end);
    }

    private void passTime() {
        var end = random.nextBoolean() ? edge : agent;
        end.clock += switch (random.nextInt(16)) {
            case 0 -> -10 * SECOND;
            case 1 -> 5 * SECOND;
            case 2 -> random.nextInt(10) == 0 ? 61 * SECOND : 20 * SECOND;
            default -> random.nextLong(SECOND);
        };
    }

    /// The machine is about to be told the time.
    private static void observe(End end) {
        if (end.clock - end.highestClock > 0) {
            end.highestClock = end.clock;
        }
    }

    private void breakCall() {
        if (!calls.isEmpty()) {
            die(calls.get(random.nextInt(calls.size())));
        }
    }

    /// A call dies; some of what is in flight may still arrive.
    private void die(Call call) {
        if (call.dead) {
            return;
        }
        call.dead = true;
        cut(call.toEdge);
        cut(call.toAgent);
        log("call " + call.id + " dies");
    }

    private void cut(Deque<Frame> flight) {
        int arrives = flight.isEmpty() ? 0 : random.nextInt(flight.size() + 1);
        while (flight.size() > arrives) {
            flight.removeLast();
        }
    }

    private void notice(End end) {
        observe(end);
        if (end.call.filter(call -> call.dead && inFlight(end, call).isEmpty()).isPresent()) {
            end.call = Optional.empty();
            end.carry.ifPresent(carry -> {
                if (carry.connected() && end.brokenAt < 0) {
                    end.brokenAt = end.highestClock;
                }
                carry.broken(end.clock);
            });
            log(end.side + " notices the break");
        }
    }

    private Deque<Frame> inFlight(End end, Call call) {
        return end == edge ? call.toEdge : call.toAgent;
    }

    private void reconnect() {
        if (agent.carry.isEmpty()) {
            return;
        }
        var carry = agent.carry.get();
        boolean needless = carry.connected() && random.nextInt(10) > 0;
        boolean waiting = calm && agent.call.filter(call -> !call.dead).isPresent();
        if (needless || waiting) {
            return;
        }
        if (carry.reconnect(agent.clock)) {
            agent.call.ifPresent(this::die);
            var call = call();
            agent.call = Optional.of(call);
            log("agent asks on call " + call.id);
            flush(agent);
        }
    }

    private void stored() {
        observe(edge);
        edge.carry.ifPresent(carry -> carry.stored(edge.taken, agent.taken, edge.clock));
        flush(edge);
        agent.carry
                .flatMap(Carry::takeStored)
                .ifPresent(told -> expect(told.agentNumber() <= agent.sent.size(), "stored what was never sent"));
    }

    private void end(End end) {
        observe(end);
        end.carry.ifPresent(carry -> {
            carry.end(end.clock);
            end.applicationEnded = true;
            log(end.side + " ends");
        });
        flush(end);
    }

    private void crash(End end) {
        if (end.carry.isEmpty()) {
            return;
        }
        log(end.side + " crashes");
        end.call.ifPresent(this::die);
        end.carry = Optional.empty();
        end.call = Optional.empty();
    }

    /// Somebody without the ticket, or with impossible numbers, asks to continue: nothing may change.
    private void attack() {
        observe(edge);
        if (edge.carry.isEmpty()) {
            return;
        }
        var carry = edge.carry.get();
        var phase = carry.phase();
        boolean connected = carry.connected();
        var resume = random.nextBoolean()
                ? new Frame.Resume(instance, order.session(), Ticket.next(), 0)
                : new Frame.Resume(instance, order.session(), ticket, edge.sent.size() + 1L);
        try {
            carry.resume(resume, edge.clock);
            throw new AssertionError("a stranger resumed the session");
        } catch (ForgedFrame e) {
            expect(carry.phase() == phase && carry.connected() == connected, "a stranger changed the session");
        }
    }

    /// The agent turns: a frame that must not come ends the session, and nothing else.
    private void forge() {
        observe(edge);
        if (edge.carry.isEmpty() || edge.call.isEmpty() || edge.carry.get().phase() == Carry.Phase.OVER) {
            return;
        }
        forgedOnPurpose = true;
        var carry = edge.carry.get();
        var frames = List.of(
                new Frame(0, 0, new Frame.Accepted(Ticket.next())),
                new Frame(0, edge.sent.size() + 1L, new Frame.Ack()),
                new Frame(agent.sent.size() + 2L, 0, new Frame.Said(new Message.Echo(true))),
                new Frame(0, 0, new Frame.Idle(instance)),
                new Frame(0, 0, new Frame.Resumed(0)),
                new Frame(0, 0, new Frame.Stored(1, 1)),
                new Frame(1, 0, new Frame.Said(new Message.Signal("KILL"))));
        var frame = frames.get(random.nextInt(frames.size()));
        try {
            carry.received(frame, edge.clock);
            throw new AssertionError(
                    "a forged frame passed: " + frame.body().getClass().getSimpleName());
        } catch (ForgedFrame e) {
            expect(carry.phase() == Carry.Phase.OVER, "a forged frame did not end the link");
            edge.call.ifPresent(this::die);
            log("edge refuses a forged frame");
        }
    }

    private Call call() {
        var call = new Call(calls.size());
        calls.add(call);
        if (calls.size() > 4) {
            // long gone on both ends
            calls.removeFirst();
        }
        return call;
    }

    private void flush(End end) {
        if (end.carry.isEmpty()) {
            return;
        }
        end.carry
                .get()
                .drain(frame -> end.call.ifPresent(call -> {
                    if (!call.dead) {
                        (end == edge ? call.toAgent : call.toEdge).add(frame);
                    }
                }));
    }

    private void check() {
        finish(edge);
        finish(agent);
        check(edge);
        check(agent);
        expect(opened <= 1, "one order was opened twice");
    }

    /// An end whose link is over finishes its call, when what it sent has arrived.
    private void finish(End end) {
        boolean over =
                end.carry.filter(carry -> carry.phase() == Carry.Phase.OVER).isPresent();
        if (over) {
            end.call
                    .filter(call -> (end == edge ? call.toAgent : call.toEdge).isEmpty())
                    .ifPresent(this::die);
        }
    }

    private void check(End end) {
        if (end.carry.isEmpty()) {
            return;
        }
        var carry = end.carry.get();
        expect(
                carry.weightHeld() <= SessionLink.WINDOW + Carry.RESERVE + Carry.OVERHEAD,
                end.side + " holds " + carry.weightHeld());
        expect(carry.phase().compareTo(end.phase) >= 0, "back from " + end.phase + " to " + carry.phase());
        end.phase = carry.phase();
        if (carry.connected()) {
            end.brokenAt = -1;
        }
    }

    private void log(String event) {
        trace.add(event);
        if (trace.size() > TRACE) {
            trace.removeFirst();
        }
    }

    private static void expect(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }
}
