package dev.sallyport.edge.relay;

import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.link.Carry;
import dev.sallyport.core.link.ForgedFrame;
import dev.sallyport.core.link.Frame;
import dev.sallyport.core.link.Message;
import dev.sallyport.core.link.SessionLink;
import dev.sallyport.core.link.Ticket;
import dev.sallyport.core.recording.Event;
import dev.sallyport.core.recording.RecordingReader;
import dev.sallyport.core.recording.RecordingState;
import dev.sallyport.edge.admission.Sight;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What `docs/security.md` promises (P1 to P3, P9, P10), asked of the simulated world wherever bytes pass, and
/// at its end. Everything here is told in the world's own time, which no simulated machine sees.
final class Promises {

    /// What is known of one session.
    private static final class Known {
        final SimulatedSession session;
        long shown;
        long sent;
        long atTarget;
        boolean spoolLost;
        boolean tailLost;
        boolean recordingFailed;
        Optional<Long> killed = Optional.empty();

        Known(SimulatedSession session) {
            this.session = session;
        }
    }

    private final World world;
    private final Map<SessionId, Known> sessions = new HashMap<>();
    private final List<Ticket> tickets = new ArrayList<>();
    private final Set<SessionId> opened = new HashSet<>();

    Promises(World world) {
        this.world = world;
    }

    /// A session was granted to somebody who asked at `asked`.
    void admits(SimulatedEdge edge, long asked) {
        expect(
                world.store.forbiddenSince.filter(since -> since < asked).isEmpty(),
                "P3: a session was admitted after the right to it was taken away");
        expect(
                world.now() - edge.actedFrom < Sight.ADMITS.plusSeconds(10).toNanos(),
                "P3: a blind edge admitted a session");
    }

    /// A session is about to be ordered from the agent.
    void orders(SimulatedSession session) {
        expect(
                world.store.rows.containsKey(session.id()) && session.recording.recorded(Event.Kind.REQUEST) >= 0,
                "P1: a session without a row was ordered");
        expect(tickets.stream().noneMatch(session.ticket::equals), "P8: a ticket was used for two sessions");
        tickets.add(session.ticket);
        sessions.put(session.id(), new Known(session));
    }

    void opens(SessionId session, long version, long seen) {
        expect(version >= seen, "P8: an older definition was obeyed");
        expect(opened.add(session), "P8: one order was opened twice");
    }

    /// An edge that is not to be trusted brings an order with a definition that has been replaced.
    void ordersOld(SimulatedAgent agent, SimulatedEdge edge) {
        if (agent.seenVersion() > 1) {
            var order = sessions.values().stream()
                    .map(known -> known.session.carry.order())
                    .filter(one -> one.definition().bytes()[0] < agent.seenVersion())
                    .findFirst();
            order.ifPresent(one -> agent.hear(world.wire(edge), new Frame(0, 0, new Frame.Open(one, Ticket.next()))));
        }
    }

    void kills(SessionId session) {
        Optional.ofNullable(sessions.get(session)).ifPresent(known -> {
            if (known.killed.isEmpty()) {
                known.killed = Optional.of(world.now());
            }
        });
    }

    void resumes(SimulatedSession session, Frame.Resume resume) {
        expect(
                session.instance.equals(resume.instance()) && session.ticket.equals(resume.ticket()),
                "P8: another instance of the agent continued a session");
    }

    /// The edge called a frame forged.
    void refused(SimulatedSession session, ForgedFrame forged) {
        expect(
                world.forges() || forged.reason().contains("too old"),
                "P9: an honest frame was called forged: " + forged.reason());
        expect(session.carry.phase() == Carry.Phase.OVER, "P9: a forged frame did not end the link");
    }

    /// Output is shown to the user.
    void shows(SimulatedSession session, Message.Data data) {
        var known = known(session.id());
        expect(data.offset() == known.shown, "P2: output is shown twice, or left out");
        long end = data.offset() + data.bytes().length;
        known.shown = end;
        expect(session.recording.recorded(Event.Kind.OUTPUT) >= end, "P2: shown before it was recorded");
        passes(session);
    }

    /// Input goes to the agent.
    void sends(SimulatedSession session, long offset, int length) {
        var known = known(session.id());
        expect(offset == known.sent, "P2: input is sent twice, or left out");
        known.sent = offset + length;
        expect(session.recording.recorded(Event.Kind.INPUT) >= known.sent, "P1: sent before it was recorded");
        passes(session);
    }

    /// Input is written to the target.
    void reachesTarget(SimulatedAgent agent, SimulatedAgent.Carried carried, Message.Data data) {
        var known = known(carried.id());
        expect(opened.contains(carried.id()), "P1: input reached a target that was not opened");
        expect(world.store.rows.containsKey(carried.id()), "P1: input reached a target without a session");
        expect(data.offset() == known.atTarget, "P2: the target got input twice, or not all of it");
        known.atTarget += data.bytes().length;
        expect(
                known.session.recording.recorded(Event.Kind.INPUT) >= known.atTarget,
                "P1: the target got what was not recorded");
        expect(
                agent.machine().nanos() - carried.deadlineNanos
                        < Duration.ofMillis(1_250).toNanos(),
                "P3: the agent served a session beyond its time");
    }

    /// A byte passes an edge, either way.
    private void passes(SimulatedSession session) {
        var edge = session.edge();
        var known = known(session.id());
        long now = world.now();
        expect(!session.recording.failed(), "P10: a byte passed although the recording had failed");
        expect(edge.stallEnded <= edge.actedFrom, "P3: a byte passed after a stall, before the mailbox was read");
        for (var taken : List.of(known.killed, world.store.forbiddenSince)) {
            taken.ifPresent(since -> {
                expect(since >= edge.actedFrom, "P3: a byte passed though the edge had read that it must not");
                var most = world.strict() ? Sight.FREEZES_STRICT : Sight.FREEZES;
                expect(now - since < most.toNanos(), "P3: a byte passed for too long after the right was taken away");
            });
        }
        var row = Optional.ofNullable(world.store.rows.get(session.id()))
                .orElseThrow(() -> new AssertionError("P1: a byte passed without a session"));
        expect(
                now - row.decidedAt() - row.longest().toNanos() < 0,
                "P3: a byte passed after the session's time was over");
        var most = world.strict() ? Sight.FREEZES_STRICT : Sight.FREEZES;
        expect(now - edge.actedFrom < most.toNanos(), "P3: a byte passed a blind edge");
    }

    /// How many messages the agent holds besides the link's window.
    void holds(int messages) {
        expect(messages <= 2, "P9: the agent holds more than its window");
    }

    void spoolLost(SessionId session) {
        Optional.ofNullable(sessions.get(session)).ifPresent(known -> known.spoolLost = true);
    }

    void tailLost(SessionId session) {
        Optional.ofNullable(sessions.get(session)).ifPresent(known -> known.tailLost = true);
    }

    /// After every step.
    void check() {
        for (var known : sessions.values()) {
            expect(
                    known.session.carry.weightHeld() <= SessionLink.WINDOW + Carry.RESERVE + Carry.OVERHEAD,
                    "P9: an edge holds more than the window");
            known.recordingFailed |= known.session.recording.failed();
        }
        world.agent()
                .ifPresent(agent -> agent.sessions()
                        .forEach(carried -> expect(
                                carried.carry.weightHeld() <= SessionLink.WINDOW + Carry.RESERVE + Carry.OVERHEAD,
                                "P9: the agent holds more than the window")));
    }

    /// The world has been calm for a while, and the users are still there: everything has arrived.
    void checkCalm() {
        world.edge()
                .ifPresent(edge -> edge.sessions().forEach(session -> {
                    if (session.ended() || session.carry.phase() != Carry.Phase.ACTIVE || !session.carry.connected()) {
                        return;
                    }
                    var carried = world.agent().stream()
                            .flatMap(agent -> agent.sessions().stream())
                            .filter(one -> one.id().equals(session.id()) && !one.exited)
                            .findFirst();
                    carried.ifPresent(one -> {
                        expect(session.quiet() && session.shown() == one.produced, "P2: output does not arrive");
                        expect(session.typed() == one.inputReceived, "P2: input does not arrive");
                        expect(
                                session.carry.weightHeld() == 0 && one.carry.weightHeld() == 0,
                                "P9: something is held for nothing: " + session.carry.weightHeld() + " and "
                                        + one.carry.weightHeld());
                    });
                }));
    }

    /// Everybody has left, and there was time enough.
    void checkEnd() throws IOException {
        world.store.rows.forEach((id, row) -> expect(
                world.store.ends.containsKey(id), "P2: session " + world.name(id) + " never ended, says its row"));
        for (var known : sessions.values()) {
            checkRecording(known);
        }
    }

    private void checkRecording(Known known) throws IOException {
        var id = known.session.id();
        var reader = new RecordingReader(world.chunks, SimulatedStore.TENANT, id, SimulatedRecording.KEY);
        long output = 0;
        long input = 0;
        for (var next = reader.next(); next.isPresent(); next = reader.next()) {
            var event = next.get();
            if (event.kind() == Event.Kind.OUTPUT) {
                expect(event.offset() >= output, "P2: output is in the recording twice");
                output = event.offset() + event.covers();
            } else if (event.kind() == Event.Kind.INPUT) {
                expect(event.offset() >= input, "P2: input is in the recording twice");
                input = event.offset() + event.covers();
            }
        }
        var state = reader.state(false);
        boolean whole = state == RecordingState.COMPLETE || state == RecordingState.RECOVERED;
        if (whole) {
            expect(output >= known.shown, "P2: the recording lacks what was shown, and calls itself " + state);
            expect(input >= known.atTarget, "P2: the recording lacks what was typed, and calls itself " + state);
        }
        if (known.recordingFailed) {
            expect(state != RecordingState.COMPLETE, "P2: a recording that failed calls itself complete");
        } else if (!known.spoolLost) {
            expect(whole, "P2: nothing was lost for good, and the recording is " + state);
        } else if (!known.tailLost) {
            expect(output >= known.shown, "P2: spool lost, tail kept, and the recording lacks what was shown");
            expect(input >= known.atTarget, "P2: spool lost, tail kept, and the recording lacks what was typed");
        }
    }

    private Known known(SessionId session) {
        return Optional.ofNullable(sessions.get(session))
                .orElseThrow(() -> new AssertionError("P1: a session that nobody ordered"));
    }

    private static void expect(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }
}
