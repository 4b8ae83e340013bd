package dev.sallyport.core.link;

import dev.sallyport.core.id.AgentInstanceId;
import dev.sallyport.core.link.LinkLost.Why;
import dev.sallyport.core.session.Order;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.function.Consumer;

/// One session's link, as one side sees it: numbers, acknowledgements, window, ticket, break, resume and end,
/// as a state machine without I/O, threads or clock.
///
/// Each method is an event. It changes the state, and leaves the frames that the event calls for to be taken
/// with [#drain] and put on the session's present call, in order. Time comes in as nanoseconds of a monotonic
/// clock; a `now` before an earlier one counts as that one. Not thread-safe: [LinkShell] drives it in
/// production, a seeded simulation in the tests.
///
/// What holds, whatever calls break and whenever:
/// - messages are taken in the order they were sent, none twice, none left out, until the link is over;
/// - each side keeps what the other has not consumed: at most [SessionLink#WINDOW] of data and [#RESERVE] of
///   control messages, counted by [#weight];
/// - a ticket opens one session, within [#TICKET] of its making; a session continues only for who shows its
///   ticket, and only within [SessionLink#RESUME] of the break;
/// - while no call carries the session, an agent takes no message: its target is frozen;
/// - a frame that the protocol does not allow throws [ForgedFrame], and ends the link.
public final class Carry {

    /// How long after its making a ticket is accepted.
    public static final Duration TICKET = Duration.ofSeconds(30);

    /// What control messages may take beyond the window, so that data which nobody reads does not keep a signal
    /// from arriving.
    public static final int RESERVE = 65_536;

    /// What any message counts besides its bytes, so that many small ones are bounded too.
    public static final int OVERHEAD = 256;

    /// Consumed weight that is acknowledged at once; less waits for a frame that goes anyway, or for [#tick]. On
    /// a long line a sender has at least the rest of the window under way.
    private static final int ACKNOWLEDGE_AT = SessionLink.WINDOW / 16;

    private static final long RESUME_NANOS = SessionLink.RESUME.toNanos();
    private static final long TICKET_NANOS = TICKET.toNanos();
    private static final long ACKNOWLEDGE_NANOS = Duration.ofSeconds(1).toNanos();
    private static final int STREAMS = 3;

    /// Which end of the link this is.
    public enum Side {
        EDGE,
        AGENT
    }

    /// Where the link is in its life.
    public enum Phase {
        /// Edge: the order is sent, the ticket has not come back.
        OPENING,
        /// Messages go both ways, or would if a call carried them.
        ACTIVE,
        /// This side has ended it, and the other has not yet said that it knows.
        ENDING,
        /// For good.
        OVER
    }

    private final Side side;
    private final Order order;
    private final Ticket ticket;
    private final Optional<AgentInstanceId> instance;
    private final long madeAt;
    private final ArrayDeque<Frame> out = new ArrayDeque<>();

    private Phase phase;
    private Optional<Why> why = Optional.empty();
    private long now;
    private boolean connected = true;
    private boolean resuming;
    private long brokenAt;
    private long endedAt;

    // what this side says: numbers up to acknowledged are done with there, the rest up to sent is retained
    private final ArrayDeque<Message> retained = new ArrayDeque<>();
    private final long[] sentBytes = new long[STREAMS];
    private long sent;
    private long emitted;
    private long acknowledged;
    private long retainedWeight;
    private boolean accepted;
    private boolean answered;
    private boolean lastSaid;
    private long closeNumber;
    private Optional<Frame.Stored> stored = Optional.empty();

    // what the other side says: numbers up to consumed are done with, up to taken handed out, up to received here
    private final ArrayDeque<Message> queue = new ArrayDeque<>();
    private final Weights weights = new Weights();

    /// The last message that the other side does not go on without our having done with it.
    private long awaitedNumber;
    private final long[] receivedBytes = new long[STREAMS];
    private long received;
    private long taken;
    private long consumed;
    private long announced;
    private long announcedAt;
    private long unconsumedWeight;
    private long unannouncedWeight;
    private boolean heardAnswer;
    private boolean heardLast;
    private Optional<Frame.Stored> untoldStored = Optional.empty();

    private Carry(Side side, Phase phase, Order order, Ticket ticket, Optional<AgentInstanceId> instance, long now) {
        this.side = side;
        this.phase = phase;
        this.order = order;
        this.ticket = ticket;
        this.instance = instance;
        this.now = now;
        this.madeAt = now;
        this.announcedAt = now;
    }

    /// Edge: orders a session, with a new ticket, on the call that the frames go to.
    public static Carry ordered(Order order, Ticket ticket, long now) {
        var carry = new Carry(Side.EDGE, Phase.OPENING, order, ticket, Optional.empty(), now);
        carry.out.add(new Frame(0, 0, new Frame.Open(order, ticket)));
        return carry;
    }

    /// Agent: takes an order that came on a call, and says so.
    public static Carry accepted(Frame.Open open, AgentInstanceId instance, long now) {
        var carry = new Carry(Side.AGENT, Phase.ACTIVE, open.order(), open.ticket(), Optional.of(instance), now);
        carry.out.add(new Frame(0, 0, new Frame.Accepted(open.ticket())));
        return carry;
    }

    public Order order() {
        return order;
    }

    public Phase phase() {
        return phase;
    }

    /// Edge: whether the agent has shown the ticket, and so had the order; it may be over since.
    public boolean accepted() {
        return accepted;
    }

    /// Whether a call carries the session.
    public boolean connected() {
        return connected;
    }

    /// Why it is over, or will be.
    public Optional<Why> why() {
        return why;
    }

    /// Hands out the frames that wait to be sent, in order; they go to the session's present call.
    public void drain(Consumer<Frame> call) {
        for (var frame = out.poll(); frame != null; frame = out.poll()) {
            call.accept(frame);
        }
    }

    /// Sends a message, and returns its number; 0 when the window is full and it was not taken.
    ///
    /// @throws LinkLost when the link is over, or this side has ended it
    public long send(Message message, long at) throws LinkLost {
        pass(at);
        if (phase == Phase.OVER || phase == Phase.ENDING) {
            throw lost();
        }
        if (message instanceof Message.Close && closeNumber > 0) {
            return closeNumber;
        }
        checkOwn(message);
        if (!fits(message)) {
            return 0;
        }
        int weight = weight(message);
        sent++;
        retained.add(message);
        retainedWeight += weight;
        switch (message) {
            case Message.Data data -> sentBytes[slot(data.stream())] += data.bytes().length;
            case Message.Opened ignored -> answered = true;
            case Message.Failed ignored -> lastSaid = true;
            case Message.Exit ignored -> lastSaid = true;
            case Message.Close ignored -> closeNumber = sent;
            case Message.EndOfStream ignored -> {}
            case Message.Resize ignored -> {}
            case Message.Signal ignored -> {}
            case Message.Echo ignored -> {}
            case Message.File ignored -> {}
            case Message.Statement ignored -> {}
            case Message.Hold ignored -> {}
            case Message.HoldEnded ignored -> {}
            case Message.HoldSeen ignored -> {}
            case Message.Decided ignored -> {}
        }
        if (connected && phase == Phase.ACTIVE) {
            say(sent, message);
        }
        return sent;
    }

    /// Whether [#send] would take a message now.
    ///
    /// @throws LinkLost as in [#send]
    public boolean hasRoom(Message message) throws LinkLost {
        if (phase == Phase.OVER || phase == Phase.ENDING) {
            throw lost();
        }
        return fits(message);
    }

    /// Whether the other side has consumed this message of ours and those before it.
    ///
    /// @throws LinkLost as in [#send], while it has not
    public boolean isConsumed(long number) throws LinkLost {
        if (acknowledged >= number) {
            return true;
        }
        if (phase == Phase.OVER || phase == Phase.ENDING) {
            throw lost();
        }
        return false;
    }

    private boolean fits(Message message) {
        return retainedWeight + weight(message) <= room(message);
    }

    /// Edge: what the object store has. Goes out of turn, and again after a break; each call replaces the one
    /// before.
    public void stored(long agentNumber, long edgeNumber, long at) {
        pass(at);
        if (phase != Phase.ACTIVE) {
            return;
        }
        long agent = Math.max(agentNumber, stored.map(Frame.Stored::agentNumber).orElse(0L));
        long edge = Math.max(edgeNumber, stored.map(Frame.Stored::edgeNumber).orElse(0L));
        stored = Optional.of(new Frame.Stored(agent, edge));
        if (connected) {
            put(stored.get());
        }
    }

    /// Agent: what the edge said with [#stored] since this was asked last.
    public Optional<Frame.Stored> takeStored() {
        var told = untoldStored;
        untoldStored = Optional.empty();
        return told;
    }

    /// The next message; empty when there is none now.
    ///
    /// @throws LinkLost when there will be none any more
    public Optional<SessionLink.Received> next() throws LinkLost {
        if (phase == Phase.ENDING || (phase == Phase.OVER && queue.isEmpty())) {
            throw lost();
        }
        boolean frozen = side == Side.AGENT && !connected;
        var message = frozen ? null : queue.poll();
        if (message == null) {
            return Optional.empty();
        }
        taken++;
        return Optional.of(new SessionLink.Received(taken, message));
    }

    /// Messages up to `number`, which were taken, are done with.
    public void consumed(long number, long at) {
        pass(at);
        if (number > taken) {
            throw new IllegalArgumentException("a message is consumed after it was received");
        }
        while (consumed < number) {
            int weight = weights.remove();
            unconsumedWeight -= weight;
            unannouncedWeight += weight;
            consumed++;
        }
        boolean awaited = announced < awaitedNumber && awaitedNumber <= consumed;
        if ((unannouncedWeight >= ACKNOWLEDGE_AT || awaited) && connected && phase == Phase.ACTIVE) {
            put(new Frame.Ack());
        }
    }

    /// A frame came on the session's present call.
    ///
    /// @throws ForgedFrame when it must not come; the link is then over, and the call is to be cut
    public void received(Frame frame, long at) throws ForgedFrame {
        pass(at);
        try {
            hear(frame);
        } catch (ForgedFrame e) {
            over(Why.RULES_BROKEN);
            throw e;
        }
    }

    /// What came on the session's present call was no frame at all: the link is over, and the call is to be
    /// cut.
    public void forged(long at) {
        pass(at);
        over(Why.RULES_BROKEN);
    }

    /// Agent: the edge that ordered the session knows nothing of it any more.
    public void forgotten(long at) {
        pass(at);
        if (phase != Phase.OVER) {
            over(Why.NOT_RESUMED);
        }
    }

    private void hear(Frame frame) throws ForgedFrame {
        if (phase == Phase.OVER) {
            return;
        }
        switch (frame.body()) {
            case Frame.Said said -> {
                if (phase == Phase.OPENING) {
                    throw new ForgedFrame("a message before the order was accepted");
                }
                if (!connected) {
                    throw new ForgedFrame("a message before the session was resumed");
                }
                acknowledge(frame.consumed());
                hearMessage(frame.number(), said.message());
            }
            case Frame.Accepted accepted -> {
                if (side != Side.EDGE || phase != Phase.OPENING) {
                    throw new ForgedFrame("accepted twice, or by the wrong side");
                }
                if (!accepted.ticket().equals(ticket)) {
                    throw new ForgedFrame("accepted with another ticket");
                }
                if (now - madeAt > TICKET_NANOS) {
                    throw new ForgedFrame("accepted with a ticket that is too old");
                }
                phase = Phase.ACTIVE;
                this.accepted = true;
                sayAgain(0);
            }
            case Frame.Resumed resumed -> {
                if (!resuming) {
                    throw new ForgedFrame("resumed without having been asked to");
                }
                checkHeard(resumed.received());
                acknowledge(frame.consumed());
                resuming = false;
                connected = true;
                // what was acknowledged on the call that broke may not have arrived
                put(new Frame.Ack());
                sayAgain(resumed.received());
                if (phase == Phase.ENDING) {
                    put(new Frame.End());
                }
            }
            case Frame.Ack ignored -> {
                if (phase == Phase.OPENING) {
                    throw new ForgedFrame("an acknowledgement before the order was accepted");
                }
                acknowledge(frame.consumed());
            }
            case Frame.Stored told -> {
                if (side != Side.AGENT || told.agentNumber() > emitted) {
                    throw new ForgedFrame("stored what was never said");
                }
                acknowledge(frame.consumed());
                untoldStored = Optional.of(told);
            }
            case Frame.End ignored -> {
                if (phase == Phase.ENDING) {
                    over(Why.ENDED_HERE);
                } else {
                    var answer = new Frame(0, consumed, new Frame.End());
                    over(Why.ENDED_THERE);
                    out.add(answer);
                }
            }
            case Frame.Idle ignored -> throw new ForgedFrame("idle in the middle of a session");
            case Frame.Open ignored -> throw new ForgedFrame("another order in the middle of a session");
            case Frame.Resume ignored -> throw new ForgedFrame("resume in the middle of a session");
        }
    }

    private void hearMessage(long number, Message message) throws ForgedFrame {
        if (number != received + 1) {
            throw new ForgedFrame("message " + number + " where " + (received + 1) + " was expected");
        }
        checkOther(message);
        int weight = weight(message);
        if (unconsumedWeight + weight > SessionLink.WINDOW + RESERVE + OVERHEAD) {
            throw new ForgedFrame("more than the window holds");
        }
        received++;
        if (message instanceof Message.Data data) {
            receivedBytes[slot(data.stream())] += data.bytes().length;
        }
        if (phase == Phase.ENDING) {
            // nobody takes it any more; it is only kept in step for the numbers
            return;
        }
        if (message instanceof Message.Statement(var part, var _) && part == Message.Statement.Part.REFUSED) {
            awaitedNumber = received;
        }
        unconsumedWeight += weight;
        weights.add(weight);
        queue.add(message);
    }

    /// The session's call has broken: nothing comes, and nothing goes.
    public void broken(long at) {
        pass(at);
        if (connected) {
            connected = false;
            brokenAt = now;
        }
        resuming = false;
        out.clear();
    }

    /// Agent: another call is there; asks on it to continue.
    ///
    /// @return whether there is anything to continue
    public boolean reconnect(long at) {
        tick(at);
        if (phase == Phase.OVER || side != Side.AGENT) {
            return false;
        }
        broken(now);
        resuming = true;
        out.add(new Frame(0, consumed, new Frame.Resume(instance.orElseThrow(), order.session(), ticket, received)));
        return true;
    }

    /// Edge: the agent asks on another call to continue. When it may, that call takes the place of the present
    /// one.
    ///
    /// @return whether it may; if not, the link is over
    /// @throws ForgedFrame when whoever asks is not who carries this session; nothing has changed then
    public boolean resume(Frame.Resume resume, long at) throws ForgedFrame {
        if (side != Side.EDGE || !resume.ticket().equals(ticket)) {
            throw new ForgedFrame("resume with another ticket");
        }
        checkHeard(resume.received());
        tick(at);
        if (phase == Phase.OVER) {
            return false;
        }
        out.clear();
        resuming = false;
        connected = true;
        if (phase == Phase.OPENING) {
            // whoever shows the ticket has the order
            phase = Phase.ACTIVE;
            accepted = true;
        }
        put(new Frame.Resumed(received));
        if (phase == Phase.ENDING) {
            put(new Frame.End());
        } else {
            sayAgain(resume.received());
            stored.ifPresent(this::put);
        }
        return true;
    }

    /// Time passes; to be called each second.
    public void tick(long at) {
        pass(at);
        switch (phase) {
            case OPENING -> {
                if (now - madeAt > TICKET_NANOS) {
                    over(Why.NOT_RESUMED);
                }
            }
            case ACTIVE -> {
                if (!connected && now - brokenAt > RESUME_NANOS) {
                    over(Why.NOT_RESUMED);
                } else if (connected && announced < consumed && now - announcedAt >= ACKNOWLEDGE_NANOS) {
                    put(new Frame.Ack());
                }
            }
            case ENDING -> {
                if (now - endedAt > RESUME_NANOS) {
                    over(Why.ENDED_HERE);
                }
            }
            case OVER -> {}
        }
    }

    /// Ends the link. An agent's messages are still sent again if need be; an edge's are not.
    public void end(long at) {
        pass(at);
        switch (phase) {
            case OPENING -> {
                out.add(new Frame(0, 0, new Frame.End()));
                var frames = new ArrayDeque<>(out);
                over(Why.ENDED_HERE);
                out.addAll(frames);
            }
            case ACTIVE -> {
                phase = Phase.ENDING;
                why = Optional.of(Why.ENDED_HERE);
                endedAt = now;
                forgetReceived();
                if (connected) {
                    put(new Frame.End());
                }
            }
            case ENDING, OVER -> {}
        }
    }

    /// What a message counts in a window: its bytes or characters, and [#OVERHEAD].
    public static int weight(Message message) {
        return OVERHEAD
                + switch (message) {
                    case Message.Data data -> data.bytes().length;
                    case Message.Failed failed -> failed.reason().length();
                    case Message.File file -> file.json().length();
                    case Message.Statement statement -> statement.json().length();
                    case Message.Hold hold -> hold.length();
                    case Message.HoldEnded ignored -> 0;
                    case Message.HoldSeen seen -> seen.approvers().length();
                    case Message.Decided decided -> decided.length();
                    case Message.Close ignored -> 0;
                    case Message.Signal signal -> signal.name().length();
                    case Message.EndOfStream ignored -> 0;
                    case Message.Resize ignored -> 0;
                    case Message.Echo ignored -> 0;
                    case Message.Opened ignored -> 0;
                    case Message.Exit ignored -> 0;
                };
    }

    private static long room(Message message) {
        return switch (message) {
            case Message.Data ignored -> SessionLink.WINDOW;
            case Message.File ignored -> SessionLink.WINDOW;
            case Message.Statement ignored -> SessionLink.WINDOW;
            case Message.Hold ignored -> SessionLink.WINDOW;
            case Message.HoldEnded ignored -> SessionLink.WINDOW + RESERVE;
            // an agent that waits for them takes no data meanwhile
            case Message.HoldSeen ignored -> SessionLink.WINDOW + RESERVE;
            case Message.Decided ignored -> SessionLink.WINDOW + RESERVE;
            // once in a session, and never in vain
            case Message.Close ignored -> Long.MAX_VALUE;
            case Message.Failed ignored -> SessionLink.WINDOW + RESERVE;
            case Message.Signal ignored -> SessionLink.WINDOW + RESERVE;
            case Message.EndOfStream ignored -> SessionLink.WINDOW + RESERVE;
            case Message.Resize ignored -> SessionLink.WINDOW + RESERVE;
            case Message.Echo ignored -> SessionLink.WINDOW + RESERVE;
            case Message.Opened ignored -> SessionLink.WINDOW + RESERVE;
            case Message.Exit ignored -> SessionLink.WINDOW + RESERVE;
        };
    }

    private void checkOwn(Message message) {
        if (side(message) != side) {
            throw new IllegalStateException("a message of the other side");
        }
        if (side == Side.AGENT && (lastSaid || answered == answers(message))) {
            throw new IllegalStateException("a session begins with opened or failed, and ends with failed or exit");
        }
        if (message instanceof Message.Data data && data.offset() != sentBytes[slot(data.stream())]) {
            throw new IllegalStateException("a stream's bytes are sent without a gap");
        }
    }

    private void checkOther(Message message) throws ForgedFrame {
        if (side(message) == side) {
            throw new ForgedFrame("a message of this side, from the other");
        }
        if (side == Side.EDGE) {
            if (heardLast) {
                throw new ForgedFrame("a message after the last");
            }
            if (heardAnswer == answers(message)) {
                throw new ForgedFrame("a message before the target was opened, or opened twice");
            }
            heardAnswer = true;
            heardLast = message instanceof Message.Failed || message instanceof Message.Exit;
        }
        if (message instanceof Message.Data data && data.offset() != receivedBytes[slot(data.stream())]) {
            throw new ForgedFrame("bytes that leave a gap in their stream");
        }
    }

    private static boolean answers(Message message) {
        return message instanceof Message.Opened || message instanceof Message.Failed;
    }

    /// Which side says such a message.
    private static Side side(Message message) {
        return switch (message) {
            case Message.Data data -> side(data.stream());
            case Message.EndOfStream end -> side(end.stream());
            case Message.Resize ignored -> Side.EDGE;
            case Message.Signal ignored -> Side.EDGE;
            case Message.Close ignored -> Side.EDGE;
            case Message.Echo ignored -> Side.AGENT;
            case Message.Opened ignored -> Side.AGENT;
            case Message.Failed ignored -> Side.AGENT;
            case Message.Exit ignored -> Side.AGENT;
            case Message.File ignored -> Side.AGENT;
            case Message.Statement ignored -> Side.AGENT;
            case Message.Hold ignored -> Side.AGENT;
            case Message.HoldEnded ignored -> Side.AGENT;
            case Message.HoldSeen ignored -> Side.EDGE;
            case Message.Decided ignored -> Side.EDGE;
        };
    }

    private static Side side(Message.Stream stream) {
        return stream == Message.Stream.INPUT ? Side.EDGE : Side.AGENT;
    }

    private static int slot(Message.Stream stream) {
        return switch (stream) {
            case INPUT -> 0;
            case OUTPUT -> 1;
            case ERROR -> 2;
        };
    }

    /// The other side says how far it received: not less than it has acknowledged, not more than was sent.
    private void checkHeard(long number) throws ForgedFrame {
        if (number < acknowledged || number > emitted) {
            throw new ForgedFrame("received what was never sent, or less than was acknowledged");
        }
    }

    private void acknowledge(long number) throws ForgedFrame {
        if (number < acknowledged || number > emitted) {
            throw new ForgedFrame("an acknowledgement of what was never sent, or one that goes back");
        }
        while (acknowledged < number) {
            acknowledged++;
            var message = retained.poll();
            if (message != null) {
                retainedWeight -= weight(message);
            }
        }
    }

    private void sayAgain(long after) {
        long number = sent - retained.size();
        for (var message : retained) {
            number++;
            if (number > after) {
                say(number, message);
            }
        }
    }

    private void say(long number, Message message) {
        emitted = Math.max(emitted, number);
        out.add(new Frame(number, announce(), new Frame.Said(message)));
    }

    private void put(Frame.Body body) {
        out.add(new Frame(0, announce(), body));
    }

    private long announce() {
        announced = consumed;
        announcedAt = now;
        unannouncedWeight = 0;
        return consumed;
    }

    private void over(Why because) {
        phase = Phase.OVER;
        why = Optional.of(because);
        out.clear();
        retained.clear();
        retainedWeight = 0;
        if (side == Side.AGENT || because == Why.ENDED_HERE) {
            forgetReceived();
        }
    }

    private void forgetReceived() {
        queue.clear();
        if (side == Side.EDGE) {
            retained.clear();
            retainedWeight = 0;
        }
    }

    private LinkLost lost() {
        return new LinkLost(why.orElse(Why.ENDED_HERE));
    }

    private void pass(long at) {
        if (at - now > 0) {
            now = at;
        }
    }

    /// Bytes and overhead that are kept for the other side, or for whoever takes messages here: the larger one.
    public long weightHeld() {
        return Math.max(retainedWeight, unconsumedWeight);
    }

    /// The same of both ways together.
    public long weightOfAll() {
        return retainedWeight + unconsumedWeight;
    }

    /// The weights of the messages that were received and are not consumed, oldest first.
    private static final class Weights {

        private int[] ring = new int[16];
        private int head;
        private int size;

        void add(int weight) {
            if (size == ring.length) {
                var larger = new int[ring.length * 2];
                for (int i = 0; i < size; i++) {
                    larger[i] = ring[(head + i) & (ring.length - 1)];
                }
                ring = larger;
                head = 0;
            }
            ring[(head + size) & (ring.length - 1)] = weight;
            size++;
        }

        int remove() {
            int weight = ring[head];
            head = (head + 1) & (ring.length - 1);
            size--;
            return weight;
        }
    }
}
