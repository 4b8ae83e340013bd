package dev.sallyport.edge.relay;

import dev.sallyport.core.id.AgentInstanceId;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.link.Carry;
import dev.sallyport.core.link.Frame;
import dev.sallyport.core.link.Message;
import dev.sallyport.core.link.Message.Stream;
import dev.sallyport.core.link.Ticket;
import dev.sallyport.core.session.Outcome;
import dev.sallyport.edge.admission.Sight;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/// An edge, an agent, a store and their users in one thread and in virtual time, driven by a seed: calls that
/// break, machines that crash, start again, stand still and step their clocks, a store that is slow or does not
/// answer, rights that are taken away and sessions that expire, at any point; with [Promises] asked after every
/// step.
///
/// What decides is the product's own: admission and judge, live index and sight, the order in which bytes
/// cross, deadlines, the link's machines, chunks and the recovery of recordings. What only blocks (threads,
/// sockets, files) is simulated. While the product waits for the store, the world goes on within that call.
final class World {

    private static final int TRACE = 60;

    /// How deep the world may go on within calls of calls.
    private static final int DEEPEST = 3;

    private static final long QUARTER = Duration.ofMillis(250).toNanos();

    /// What a world is about, besides everything else: what comes seldom comes often in some.
    private enum Theme {
        ANYTHING,
        /// Much is sent.
        BULK,
        /// Rights are taken away while they are being looked at.
        ADMITTING,
        /// One call in ten of the store fails.
        FLAKY,
        /// Clocks step, and sessions are short.
        CLOCKS
    }

    /// How often each theme comes: much data takes much time.
    private static final int[] THEMES = {0, 0, 0, 1, 2, 2, 3, 3, 4, 4};

    /// Kinds of what [#rare] does.
    private static final int KINDS = 24;

    private final long seed;
    private final Set<Bug> bugs;
    private final Theme theme;
    private final List<Integer> kinds = new ArrayList<>();
    private final boolean strict;
    private final Duration certificate;
    private final Deque<String> trace = new ArrayDeque<>();
    private final Map<SessionId, String> names = new HashMap<>();
    private final List<Wire> wires = new ArrayList<>();
    private final List<SimulatedEdge> former = new ArrayList<>();
    private Optional<SimulatedEdge> edge = Optional.empty();
    private Optional<SimulatedAgent> agent = Optional.empty();
    private long now;
    private long storeFailsUntil;
    private long storeIsSlowUntil;
    private long objectStoreFailsUntil;
    private long nextLook;
    private int depth;
    private int edges;
    private int agents;
    private int logins;
    private long seenVersion;
    private boolean calm;
    private boolean forges;

    final Random random;
    final SimulatedStore store;
    final SimulatedChunks chunks = new SimulatedChunks();
    final Promises promises = new Promises(this);

    /// Recordings that lie in the spool of an edge that is gone.
    final List<SimulatedRecording> leftSpools = new ArrayList<>();

    World(long seed, Set<Bug> bugs) {
        this.seed = seed;
        this.bugs = EnumSet.noneOf(Bug.class);
        this.bugs.addAll(bugs);
        this.random = new Random(seed);
        this.strict = random.nextInt(4) == 0;
        this.theme = Theme.values()[THEMES[random.nextInt(THEMES.length)]];
        // what may happen at all differs from world to world, so that each thing comes alone, too, and often
        for (int kind = 0; kind < KINDS; kind++) {
            if (random.nextInt(3) == 0) {
                kinds.add(kind);
            }
        }
        if (theme == Theme.BULK) {
            kinds.addAll(List.of(2, 2, 2, 2, 4));
        }
        if (theme == Theme.CLOCKS) {
            kinds.addAll(List.of(3, 3));
        }
        this.certificate = seconds(36_000);
        this.store = new SimulatedStore(this, seconds(86_400), strict);
    }

    private Duration seconds(int most) {
        boolean brief = random.nextInt(theme == Theme.CLOCKS ? 2 : 4) == 0;
        return Duration.ofSeconds(brief ? 5 + random.nextInt(40) : most);
    }

    /// Runs it to its end.
    ///
    /// @throws AssertionError when a promise was broken; it says how to see that again
    void run(int steps) {
        try {
            startAgent(0);
            startEdge();
            for (int i = 0; i < steps; i++) {
                step();
                promises.check();
            }
            settle();
        } catch (AssertionError | RuntimeException | IOException e) {
            throw new AssertionError(
                    "seed " + seed + ": " + e.getMessage()
                            + "\nto see it again: ./mvnw -pl ssh-edge -am test -Dtest=WorldSimulationTest#theWorld*"
                            + " -Dsurefire.failIfNoSpecifiedTests=false -Dseed=" + seed
                            + "\nthe last events were:\n  " + String.join("\n  ", trace),
                    e);
        } finally {
            edge.ifPresent(SimulatedEdge::close);
            former.forEach(SimulatedEdge::close);
        }
    }

    // ---- for the machines

    long now() {
        return now;
    }

    boolean plants(Bug bug) {
        return bugs.contains(bug);
    }

    boolean strict() {
        return strict;
    }

    boolean forges() {
        return forges;
    }

    boolean objectStoreAnswers() {
        return now >= objectStoreFailsUntil;
    }

    Optional<SimulatedEdge> edge() {
        return edge.filter(SimulatedEdge::up);
    }

    Optional<SimulatedAgent> agent() {
        return agent;
    }

    Wire wire(SimulatedEdge to) {
        var wire = new Wire(to);
        wires.add(wire);
        return wire;
    }

    /// What a session is called in the trace: the same for a seed, whatever its id.
    String name(SessionId session) {
        return names.computeIfAbsent(session, any -> "s" + names.size());
    }

    void log(String event) {
        trace.add(Duration.ofNanos(now).toMillis() + " ms: " + event);
        if (trace.size() > TRACE) {
            trace.removeFirst();
        }
    }

    /// Bytes of a stream, the next piece.
    byte[] bytes(SessionId session, Stream stream, long offset) {
        boolean large = random.nextInt(theme == Theme.BULK ? 2 : 30) == 0;
        var bytes = new byte[large ? 65_536 : new int[] {1, 20, 700, 5_000}[random.nextInt(4)]];
        Arrays.fill(bytes, (byte) offset);
        return bytes;
    }

    /// An edge calls the store: it takes a while, in which the world goes on, and may fail.
    void call(SimulatedEdge caller) {
        goOn(caller);
        boolean flaky = theme == Theme.FLAKY && random.nextInt(10) == 0;
        if (!caller.up() || (!calm && (flaky || now < storeFailsUntil))) {
            throw SimulatedStore.unavailable();
        }
    }

    /// The store answers what it has done, unless the answer is lost.
    void answer(SimulatedEdge caller) {
        goOn(caller);
        if (!caller.up() || (!calm && random.nextInt(20) == 0)) {
            log("the store's answer is lost");
            throw SimulatedStore.unavailable();
        }
    }

    private void goOn(SimulatedEdge caller) {
        if (depth >= DEEPEST) {
            return;
        }
        depth++;
        try {
            if (now < storeIsSlowUntil) {
                pass(Duration.ofMillis(random.nextInt(3_000)));
            }
            if (!calm && theme == Theme.ADMITTING && random.nextInt(12) == 0) {
                revoke();
                pass(Duration.ofMillis(random.nextInt(1_000)));
            }
            if (!calm && random.nextInt(3) == 0) {
                for (int i = random.nextInt(4); i > 0; i--) {
                    step();
                }
            }
            while (caller.machine().stopped() && caller.up()) {
                pass(Duration.ofNanos(caller.machine().stoppedUntil() - now));
            }
        } finally {
            depth--;
        }
    }

    void forgotten(Wire wire, SessionId session) {
        agent.ifPresent(one -> one.forgotten(session));
    }

    // ---- steps

    private void step() {
        int what = random.nextInt(1_000);
        if (what < 250) {
            deliver();
        } else if (what < 350) {
            sessions(SimulatedSession::moveOutput);
        } else if (what < 420) {
            sessions(SimulatedSession::moveInput);
        } else if (what < 460) {
            sessions(SimulatedSession::moveEnd);
        } else if (what < 510) {
            for (int i = theme == Theme.BULK ? 20 : 1; i > 0; i--) {
                sessions(session -> {
                    if (!calm) {
                        session.type();
                        session.moveInput();
                    }
                });
            }
        } else if (what < 560) {
            for (int i = theme == Theme.BULK ? 4 : 1; i > 0; i--) {
                carried((host, session) -> host.produce(session));
            }
        } else if (what < 640) {
            carried(SimulatedAgent::take);
        } else if (what < 680) {
            if (theme != Theme.BULK || random.nextInt(8) == 0) {
                carried(SimulatedAgent::consume);
            }
        } else if (what < 700) {
            carried(SimulatedAgent::push);
        } else if (what < 720) {
            carried(SimulatedAgent::noticeBreak);
            sessions(SimulatedSession::noticeBreak);
        } else if (what < 740) {
            carried(SimulatedAgent::reconnect);
        } else if (what < 860) {
            pass(Duration.ofMillis(random.nextInt(random.nextInt(8) == 0 ? 2_000 : 100)));
        } else if (what < 900) {
            login();
        } else if (what < 910) {
            breakCall();
        } else if (what < 925) {
            sendTail();
        } else if (what < 940) {
            start();
        } else {
            rare();
        }
    }

    private void rare() {
        if (kinds.isEmpty() || random.nextInt(4) > 0) {
            return;
        }
        switch (kinds.get(random.nextInt(kinds.size()))) {
            case 0 -> crashEdge();
            case 1 -> crashAgent();
            case 2 -> stop();
            case 3 -> stepClock();
            case 4 -> revoke();
            case 5, 6 -> kill();
            case 7, 8 -> store.change();
            case 9 -> {
                storeFailsUntil =
                        now + Duration.ofMillis(random.nextInt(40_000)).toNanos();
                log("the store fails");
            }
            case 10 -> {
                storeIsSlowUntil =
                        now + Duration.ofMillis(random.nextInt(10_000)).toNanos();
                log("the store is slow");
            }
            case 11 -> {
                objectStoreFailsUntil =
                        now + Duration.ofMillis(random.nextInt(60_000)).toNanos();
                log("the object store fails");
            }
            case 12 ->
                edge().ifPresent(one -> {
                    one.room = !one.room;
                    log("the spool has room: " + one.room);
                });
            case 13 -> sessions(session -> session.end(new Outcome.UserLeft()));
            case 14 -> carried(SimulatedAgent::exit);
            case 15 -> forge();
            case 16, 17 -> resumeAsAnother();
            case 18, 19 -> replay();
            case 20 -> orderOldVersion();
            case 21, 22 -> pass(Duration.ofSeconds(random.nextInt(12)));
            case 23 -> {
                if (random.nextInt(4) == 0) {
                    pass(Duration.ofSeconds(random.nextInt(100)));
                }
            }
            default -> throw new IllegalStateException("there are fewer kinds");
        }
    }

    private interface EdgeStep {
        void run(SimulatedSession session);
    }

    private interface AgentStep {
        void run(SimulatedAgent host, SimulatedAgent.Carried session);
    }

    private void sessions(EdgeStep step) {
        edge().filter(one -> !one.machine().stopped() && !one.sessions().isEmpty())
                .ifPresent(one -> step.run(
                        one.sessions().get(random.nextInt(one.sessions().size()))));
    }

    private void carried(AgentStep step) {
        agent.filter(one -> !one.machine().stopped() && !one.sessions().isEmpty())
                .ifPresent(one -> step.run(
                        one, one.sessions().get(random.nextInt(one.sessions().size()))));
    }

    /// Time passes, and the machines do what is due.
    void pass(Duration time) {
        long until = now + time.toNanos();
        do {
            now = Math.min(until, now + QUARTER);
            edge().filter(one -> !one.machine().stopped())
                    .ifPresent(one -> one.machine().turn());
            agent.filter(one -> !one.machine().stopped())
                    .ifPresent(one -> one.machine().turn());
            if (now >= nextLook) {
                nextLook = now + Duration.ofSeconds(2).toNanos();
                store.closeLost();
            }
        } while (now < until);
    }

    private void deliver() {
        if (wires.isEmpty()) {
            return;
        }
        var wire = wires.get(random.nextInt(wires.size()));
        if (random.nextBoolean()) {
            deliverToEdge(wire);
        } else {
            deliverToAgent(wire);
        }
        wires.removeIf(call -> call.dead && call.isEmpty());
    }

    private boolean deliverToEdge(Wire wire) {
        if (!wire.edge.up()) {
            wire.toEdge.clear();
            wire.cut(random);
            return false;
        }
        if (wire.edge.machine().stopped() || wire.toEdge.isEmpty()) {
            return false;
        }
        wire.edge.hear(wire, wire.toEdge.remove());
        return true;
    }

    private boolean deliverToAgent(Wire wire) {
        if (agent.isEmpty() || agent.get().machine().stopped() || wire.toAgent.isEmpty()) {
            return false;
        }
        agent.get().hear(wire, wire.toAgent.remove());
        return true;
    }

    private void login() {
        // one at a time begins here; others may begin while it waits
        if (!calm && logins < (theme == Theme.BULK ? 2 : 6)) {
            edge().filter(one -> !one.machine().stopped()).ifPresent(one -> {
                logins++;
                one.login(one.clock().instant().plus(certificate));
            });
        }
    }

    private void breakCall() {
        if (!wires.isEmpty()) {
            wires.get(random.nextInt(wires.size())).cut(random);
            log("a call breaks");
        }
    }

    private void sendTail() {
        if (edge().isPresent()) {
            agent.ifPresent(one -> one.sendTail(random.nextInt(4) == 0 ? random.nextInt(5) : -1));
        }
    }

    private void start() {
        if (agent.isEmpty() && random.nextInt(3) == 0) {
            startAgent(seenVersion);
        }
        if (edge().isEmpty() && random.nextInt(3) == 0) {
            startEdge();
        }
    }

    private void startAgent(long seen) {
        agents++;
        agent = Optional.of(new SimulatedAgent(this, agents, new Machine(this, random.nextInt()), seen));
        log("an agent starts");
    }

    private void startEdge() {
        edges++;
        edge.ifPresent(former::add);
        long offset =
                random.nextBoolean() ? Long.MAX_VALUE - Duration.ofSeconds(20).toNanos() - now : random.nextInt();
        var next = new SimulatedEdge(this, edges, new Machine(this, offset));
        edge = Optional.of(next);
        log("an edge starts");
        next.start();
        if (next.up()) {
            try {
                for (var recording : leftSpools) {
                    recording.recover();
                }
            } catch (IOException e) {
                throw new AssertionError("P2: a spool could not be recovered", e);
            }
            leftSpools.clear();
        }
    }

    private void crashEdge() {
        edge().ifPresent(one -> {
            boolean kept = random.nextBoolean();
            log("the edge crashes, its spool kept: " + kept);
            one.crash(kept);
        });
    }

    private void crashAgent() {
        agent.ifPresent(one -> {
            log("the agent crashes");
            seenVersion = one.seenVersion();
            one.crash();
            agent = Optional.empty();
        });
    }

    private void stop() {
        edge().ifPresent(one -> {
            var time = Duration.ofMillis(random.nextInt(random.nextInt(3) == 0 ? 60_000 : 5_000));
            log("the edge stands still for " + time.toMillis() + " ms");
            one.machine().stop(time);
            if (time.compareTo(Sight.STALL.plusMillis(500)) > 0) {
                one.stallEnded = Math.max(one.stallEnded, now + time.toNanos());
            }
        });
    }

    private void stepClock() {
        var by = Duration.ofSeconds(random.nextBoolean() ? 3_600 : -3_600);
        if (random.nextBoolean()) {
            edge().ifPresent(one -> one.machine().stepClock(by));
        } else {
            agent.ifPresent(one -> one.machine().stepClock(by));
        }
        log("a clock steps by " + by);
    }

    private void revoke() {
        var rights = SimulatedStore.Right.values();
        var right = rights[random.nextInt(rights.length)];
        log(right + " is taken away");
        store.revoke(right);
    }

    private void kill() {
        sessions(session -> {
            log("session " + name(session.id()) + " is killed");
            promises.kills(session.id());
            store.kill(session.id());
        });
    }

    // ---- attackers

    /// The agent turns on one of its sessions: a frame that must not come.
    private void forge() {
        sessions(session -> {
            if (session.carry.phase() == Carry.Phase.ACTIVE && session.carry.connected()) {
                forges = true;
                var frames = List.of(
                        new Frame(0, 0, new Frame.Accepted(session.ticket)),
                        new Frame(0, Long.MAX_VALUE, new Frame.Ack()),
                        new Frame(Long.MAX_VALUE, 0, new Frame.Said(new Message.Echo(true))),
                        new Frame(0, 0, new Frame.Idle(session.instance)),
                        new Frame(0, 0, new Frame.Stored(1, 1)));
                session.wire.ifPresent(call -> session.edge().hear(call, frames.get(random.nextInt(frames.size()))));
            }
        });
    }

    /// An agent with the same key, which has got hold of the ticket, wants to go on with a session; or one
    /// without.
    private void resumeAsAnother() {
        sessions(session -> {
            boolean stolen = random.nextBoolean();
            var other = new AgentInstanceId("ins_" + "7".repeat(26));
            session.edge()
                    .hear(
                            new Wire(session.edge()),
                            new Frame(
                                    0,
                                    0,
                                    new Frame.Resume(
                                            stolen ? other : session.instance,
                                            session.id(),
                                            stolen ? session.ticket : Ticket.next(),
                                            0)));
        });
    }

    /// What was said on a call that broke is said again on another.
    private void replay() {
        sessions(session ->
                session.edge().hear(new Wire(session.edge()), new Frame(0, 0, new Frame.Accepted(session.ticket))));
    }

    /// An edge hands out an order with a definition that was replaced.
    private void orderOldVersion() {
        if (agent.isPresent() && store.version() > 1 && edge().isPresent()) {
            promises.ordersOld(agent.get(), edge().get());
        }
    }

    // ---- the end

    /// All faults are over, and what was begun comes to its end.
    private void settle() throws IOException {
        calm = true;
        log("calm");
        edge().ifPresent(one -> one.room = true);
        storeIsSlowUntil = 0;
        storeFailsUntil = 0;
        objectStoreFailsUntil = 0;
        if (agent.isEmpty()) {
            startAgent(seenVersion);
        }
        for (int second = 0; second < 70 && (second < 5 || !atRest()); second++) {
            if (edge().isEmpty()) {
                startEdge();
            }
            quietSecond();
        }
        for (int second = 0; second < 3; second++) {
            // what is acknowledged once a second arrives
            quietSecond();
        }
        promises.checkCalm();
        edge().ifPresent(one -> one.sessions().forEach(session -> session.end(new Outcome.UserLeft())));
        for (int second = 0; second < 90 && (second < 3 || !allOver()); second++) {
            quietSecond();
        }
        promises.check();
        edge.ifPresent(SimulatedEdge::close);
        promises.checkEnd();
    }

    /// Whether whoever can be connected is.
    private boolean atRest() {
        return edge().filter(one -> !one.machine().stopped())
                        .filter(one -> one.sessions().stream()
                                .allMatch(session -> session.finished()
                                        || (session.carry.connected() && session.quiet() && !session.ended())))
                        .isPresent()
                && agent.get().sessions().stream().allMatch(session -> session.carry.connected());
    }

    private boolean allOver() {
        return edge().filter(one -> one.sessions().isEmpty() && one.recordings().isEmpty())
                        .isPresent()
                && agent.get().sessions().isEmpty()
                && !agent.get().hasTails()
                && store.ends.keySet().containsAll(store.rows.keySet());
    }

    private void quietSecond() {
        boolean moved = true;
        for (int round = 0; moved && round < 10_000; round++) {
            moved = false;
            for (var wire : List.copyOf(wires)) {
                moved |= deliverToEdge(wire);
                moved |= deliverToAgent(wire);
            }
            wires.removeIf(call -> call.dead && call.isEmpty());
            var host = agent.get();
            for (var carried : List.copyOf(host.sessions())) {
                long before = carried.taken;
                host.take(carried);
                host.consume(carried);
                host.push(carried);
                host.noticeBreak(carried);
                moved |= carried.taken > before;
            }
            if (edge().filter(one -> !one.machine().stopped()).isPresent()) {
                for (var session : List.copyOf(edge().get().sessions())) {
                    boolean quiet = session.quiet();
                    long shown = session.shown();
                    for (int i = 0; i < 6; i++) {
                        session.moveOutput();
                        session.moveInput();
                    }
                    session.moveEnd();
                    session.noticeBreak();
                    moved |= (!quiet && session.quiet()) || session.shown() > shown;
                }
            }
        }
        agent.ifPresent(host -> List.copyOf(host.sessions()).forEach(host::reconnect));
        sendTail();
        pass(Duration.ofSeconds(1));
    }
}
