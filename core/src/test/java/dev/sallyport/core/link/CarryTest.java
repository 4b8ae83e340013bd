package dev.sallyport.core.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sallyport.core.connection.SignedDefinition;
import dev.sallyport.core.id.AgentInstanceId;
import dev.sallyport.core.id.EdgeId;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.id.UserId;
import dev.sallyport.core.link.LinkLost.Why;
import dev.sallyport.core.recording.RecordingLevel;
import dev.sallyport.core.session.Order;
import dev.sallyport.core.session.SessionRequest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CarryTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final Clock CLOCK = Clock.systemUTC();
    private static final AgentInstanceId INSTANCE = AgentInstanceId.next(CLOCK);
    private static final Ticket TICKET = Ticket.next();
    private static final Order ORDER = new Order(
            SessionId.next(CLOCK),
            TenantId.next(CLOCK),
            EdgeId.next(CLOCK),
            UserId.next(CLOCK),
            "alice@example.com",
            new SignedDefinition(new byte[0], new byte[0]),
            new SessionRequest.Shell(Optional.empty()),
            Map.of(),
            RecordingLevel.FULL,
            Instant.EPOCH);

    private final Carry edge = Carry.ordered(ORDER, TICKET, 0);
    private final Carry agent = Carry.accepted(new Frame.Open(ORDER, TICKET), INSTANCE, 0);

    @Test
    void anOrderIsAcceptedWithItsTicketOnceAndWithin30Seconds() throws Exception {
        assertThat(frames(edge))
                .singleElement()
                .satisfies(frame -> assertThat(frame.body()).isInstanceOf(Frame.Open.class));
        edge.received(accepted(TICKET), 30 * SECOND);
        assertThat(edge.phase()).isEqualTo(Carry.Phase.ACTIVE);
        forged(edge, accepted(TICKET), 30 * SECOND);

        forged(Carry.ordered(ORDER, TICKET, 0), accepted(TICKET), 30 * SECOND + 1);
        forged(Carry.ordered(ORDER, TICKET, 0), accepted(Ticket.next()), 0);

        var late = Carry.ordered(ORDER, TICKET, 0);
        late.tick(30 * SECOND + 1);
        assertThat(late.phase()).isEqualTo(Carry.Phase.OVER);
    }

    /// However late the edge looks: it was not the agent that had no room, and what it said is to be heard.
    @Test
    void anAgentThatSaysAllAtOnceWasThere() throws Exception {
        var late = LinkShell.ordered(ORDER, TICKET, LinkShell.Wire.NONE, () -> 0, over -> {});
        late.onFrame(LinkShell.Wire.NONE, accepted(TICKET));
        late.onFrame(LinkShell.Wire.NONE, said(1, new Message.Failed(Message.Failed.Reason.TARGET, "no such program")));
        late.onFrame(LinkShell.Wire.NONE, new Frame(0, 0, new Frame.End()));
        assertThat(late.over()).isTrue();
        assertThat(late.awaitAccepted(Duration.ZERO)).isTrue();
        assertThat(late.receive().message())
                .isEqualTo(new Message.Failed(Message.Failed.Reason.TARGET, "no such program"));
    }

    @Test
    void anAgentThatSaysNothingWasNotThere() throws Exception {
        var shell = LinkShell.ordered(ORDER, TICKET, LinkShell.Wire.NONE, () -> 0, over -> {});
        assertThat(shell.awaitAccepted(Duration.ZERO)).isFalse();
    }

    static Stream<Frame> whatAnAgentMustNotSendAtFirst() {
        return Stream.of(
                said(1, new Message.Opened()),
                new Frame(0, 0, new Frame.Ack()),
                new Frame(0, 0, new Frame.Idle(INSTANCE)),
                new Frame(0, 0, new Frame.Resumed(0)),
                new Frame(0, 0, new Frame.Open(ORDER, TICKET)),
                new Frame(0, 0, new Frame.Stored(0, 0)),
                new Frame(0, 0, new Frame.Resume(INSTANCE, ORDER.session(), TICKET, 0)));
    }

    @ParameterizedTest
    @MethodSource("whatAnAgentMustNotSendAtFirst")
    void nothingButTheTicketComesBeforeTheTicket(Frame frame) {
        forged(edge, frame, 0);
    }

    static Stream<Frame> whatAnAgentMustNotSendLater() {
        return Stream.of(
                accepted(TICKET),
                new Frame(0, 0, new Frame.Idle(INSTANCE)),
                new Frame(0, 0, new Frame.Resumed(0)),
                new Frame(0, 0, new Frame.Open(ORDER, TICKET)),
                new Frame(0, 0, new Frame.Stored(0, 0)),
                new Frame(0, 0, new Frame.Resume(INSTANCE, ORDER.session(), TICKET, 0)),
                // nothing was sent to acknowledge
                new Frame(0, 1, new Frame.Ack()),
                new Frame(2, 1, new Frame.Said(new Message.Echo(true))),
                // numbers: again, a gap
                said(1, new Message.Echo(true)),
                said(3, new Message.Echo(true)),
                // what an edge says
                said(2, new Message.Signal("KILL")),
                said(2, new Message.Resize(1, 1, 1, 1)),
                said(2, new Message.Close("now")),
                said(2, new Message.Data(Message.Stream.INPUT, 0, new byte[1])),
                said(2, new Message.EndOfStream(Message.Stream.INPUT)),
                // opened twice, failed after opened
                said(2, new Message.Opened()),
                said(2, new Message.Failed(Message.Failed.Reason.TARGET, "no")),
                // a gap in a stream
                said(2, new Message.Data(Message.Stream.OUTPUT, 1, new byte[1])),
                said(2, new Message.Data(Message.Stream.ERROR, Long.MAX_VALUE, new byte[1])));
    }

    @ParameterizedTest
    @MethodSource("whatAnAgentMustNotSendLater")
    void aForgedFrameEndsTheLinkAndWhatCameBeforeIsStillThere(Frame frame) throws Exception {
        open();
        forged(edge, frame, 0);
        assertThat(edge.next()).isPresent();
        assertThatExceptionOfType(LinkLost.class)
                .isThrownBy(edge::next)
                .satisfies(e -> assertThat(e.why()).isEqualTo(Why.RULES_BROKEN));
    }

    @Test
    void nothingComesBeforeOpenedAndNothingAfterExit() throws Exception {
        edge.received(accepted(TICKET), 0);
        forged(edge, said(1, new Message.Echo(true)), 0);

        var other = Carry.ordered(ORDER, TICKET, 0);
        other.received(accepted(TICKET), 0);
        other.received(said(1, new Message.Opened()), 0);
        other.received(said(2, new Message.Exit(Optional.of(0), Optional.empty(), false)), 0);
        forged(other, said(3, new Message.Echo(true)), 0);
    }

    @Test
    void anEdgeMayNotSayWhatAnAgentSays() throws Exception {
        for (var message : List.of(
                new Message.Opened(),
                new Message.Echo(true),
                new Message.Data(Message.Stream.OUTPUT, 0, new byte[1]),
                new Message.Exit(Optional.empty(), Optional.of("KILL"), false))) {
            var carry = Carry.accepted(new Frame.Open(ORDER, TICKET), INSTANCE, 0);
            forged(carry, said(1, message), 0);
        }
        forged(agent, new Frame(0, 0, new Frame.Stored(1, 0)), 0);
        forged(Carry.accepted(new Frame.Open(ORDER, TICKET), INSTANCE, 0), new Frame(0, 0, new Frame.Resumed(0)), 0);
    }

    @Test
    void moreThanTheWindowIsForgedHoweverSmallThePieces() throws Exception {
        open();
        long number = 2;
        long offset = 0;
        long weight = 0;
        while (true) {
            var data = new Message.Data(Message.Stream.OUTPUT, offset, new byte[1]);
            offset++;
            weight += Carry.weight(data);
            try {
                edge.received(said(number, data), 0);
            } catch (ForgedFrame e) {
                break;
            }
            number++;
            assertThat(edge.weightHeld()).isLessThan(SessionLink.WINDOW + 2L * Carry.RESERVE);
        }
        assertThat(weight).isGreaterThan(SessionLink.WINDOW);
        assertThat(number).isLessThan(5_000);
    }

    @Test
    void aSignalPassesAFullWindowAndACloseAlways() throws Exception {
        open();
        long offset = 0;
        while (edge.send(new Message.Data(Message.Stream.INPUT, offset, new byte[65_536]), 0) > 0) {
            offset += 65_536;
        }
        assertThat(offset).isGreaterThan(SessionLink.WINDOW - 2 * 65_536).isLessThanOrEqualTo(SessionLink.WINDOW);
        assertThat(edge.hasRoom(new Message.Data(Message.Stream.INPUT, offset, new byte[65_536])))
                .isFalse();
        assertThat(edge.hasRoom(new Message.Signal("INT"))).isTrue();
        assertThat(edge.send(new Message.Signal("INT"), 0)).isPositive();
        while (edge.send(new Message.Resize(1, 1, 0, 0), 0) > 0) {
            assertThat(edge.weightHeld()).isLessThanOrEqualTo(SessionLink.WINDOW + Carry.RESERVE);
        }
        long close = edge.send(new Message.Close("now"), 0);
        assertThat(close).isPositive();
        assertThat(edge.send(new Message.Close("again"), 0)).isEqualTo(close);
        exchange(0);
        assertThat(agent.phase()).as("the other side has room for all of it").isEqualTo(Carry.Phase.ACTIVE);
    }

    @Test
    void smallTrafficIsAcknowledgedWithinASecondAndNotAtOnce() throws Exception {
        open();
        edge.send(new Message.Data(Message.Stream.INPUT, 0, new byte[10]), 0);
        exchange(0);
        assertThat(agent.next()).isPresent();
        agent.consumed(1, 0);
        assertThat(frames(agent)).as("one key is not worth a frame").isEmpty();
        agent.tick(2 * SECOND);
        edge.received(frames(agent).getFirst(), 2 * SECOND);
        assertThat(edge.weightHeld()).isEqualTo(Carry.weight(new Message.Opened()));
    }

    @Test
    void aRefusedStatementIsAcknowledgedWhenItIsDoneWith() throws Exception {
        open();
        edge.next();
        edge.consumed(1, 0);
        agent.send(new Message.Statement(Message.Statement.Part.JUDGED, "{}"), 0);
        agent.send(new Message.Statement(Message.Statement.Part.REFUSED, "{}"), 0);
        exchange(0);
        edge.next();
        edge.next();
        edge.consumed(2, 0);
        assertThat(frames(edge)).as("nobody waits for what may run").isEmpty();
        edge.consumed(3, 0);
        assertThat(frames(edge)).hasSize(1);
    }

    @Test
    void anAcknowledgementThatWasLostWithItsCallIsSaidAgain() throws Exception {
        open();
        edge.send(new Message.Data(Message.Stream.INPUT, 0, new byte[10]), 0);
        exchange(0);
        agent.next();
        agent.consumed(1, 0);
        agent.tick(2 * SECOND);
        assertThat(frames(agent)).as("lost").hasSize(1);
        resume(2 * SECOND);
        edge.next();
        edge.consumed(1, 2 * SECOND);
        assertThat(edge.weightHeld()).isZero();
    }

    @Test
    void aClockThatStepsBackExtendsNothing() throws Exception {
        open();
        edge.broken(100 * SECOND);
        edge.tick(50 * SECOND);
        edge.tick(160 * SECOND);
        assertThat(edge.phase()).as("60 s are not over").isEqualTo(Carry.Phase.ACTIVE);
        edge.tick(10 * SECOND);
        var resume = new Frame.Resume(INSTANCE, ORDER.session(), TICKET, 0);
        assertThat(edge.resume(resume, 160 * SECOND + 1)).isFalse();
        assertThat(edge.phase()).isEqualTo(Carry.Phase.OVER);

        var other = Carry.ordered(ORDER, TICKET, 0);
        other.tick(29 * SECOND);
        other.tick(-100 * SECOND);
        forged(other, accepted(TICKET), 31 * SECOND);
    }

    @Test
    void aStrangerCannotResumeAndChangesNothing() throws Exception {
        open();
        for (var resume : List.of(
                new Frame.Resume(INSTANCE, ORDER.session(), Ticket.next(), 0),
                new Frame.Resume(INSTANCE, ORDER.session(), TICKET, 7))) {
            assertThatExceptionOfType(ForgedFrame.class).isThrownBy(() -> edge.resume(resume, 0));
            assertThat(edge.phase()).isEqualTo(Carry.Phase.ACTIVE);
            assertThat(edge.connected()).isTrue();
            assertThat(frames(edge)).isEmpty();
        }
    }

    @Test
    void storedPassesDataAndIsToldAgainAfterABreak() throws Exception {
        open();
        edge.stored(1, 0, 0);
        frames(edge);
        edge.stored(1, 4, 0);
        edge.stored(0, 2, 0);
        frames(edge);
        resume(SECOND);
        assertThat(agent.takeStored()).contains(new Frame.Stored(1, 4));
        assertThat(agent.takeStored()).isEmpty();
    }

    @Test
    void anAgentThatEndsWhileItsCallIsBrokenStillDeliversItsLastWords() throws Exception {
        open();
        edge.next();
        agent.broken(0);
        agent.send(new Message.Data(Message.Stream.OUTPUT, 0, new byte[] {7}), 0);
        agent.send(new Message.Exit(Optional.of(3), Optional.empty(), false), 0);
        agent.end(0);
        assertThatExceptionOfType(LinkLost.class).isThrownBy(agent::next);
        resume(SECOND);
        exchange(SECOND);
        assertThat(edge.next().orElseThrow().message()).isInstanceOf(Message.Data.class);
        assertThat(edge.next().orElseThrow().message()).isInstanceOf(Message.Exit.class);
        assertThatExceptionOfType(LinkLost.class)
                .isThrownBy(edge::next)
                .satisfies(e -> assertThat(e.why()).isEqualTo(Why.ENDED_THERE));
        assertThat(agent.phase()).isEqualTo(Carry.Phase.OVER);
    }

    @Test
    void anEdgeThatEndsLeavesTheAgentNothingToDo() throws Exception {
        open();
        edge.send(new Message.Data(Message.Stream.INPUT, 0, new byte[10]), 0);
        edge.end(0);
        exchange(0);
        assertThatExceptionOfType(LinkLost.class).isThrownBy(agent::next);
        assertThat(edge.phase()).isEqualTo(Carry.Phase.OVER);
        assertThat(agent.phase()).isEqualTo(Carry.Phase.OVER);
    }

    private void open() throws Exception {
        frames(edge);
        for (var frame : frames(agent)) {
            edge.received(frame, 0);
        }
        agent.send(new Message.Opened(), 0);
        for (var frame : frames(agent)) {
            edge.received(frame, 0);
        }
    }

    private void exchange(long now) throws Exception {
        for (int i = 0; i < 3; i++) {
            for (var frame : frames(edge)) {
                agent.received(frame, now);
            }
            for (var frame : frames(agent)) {
                edge.received(frame, now);
            }
        }
    }

    private void resume(long now) throws Exception {
        edge.broken(now);
        assertThat(agent.reconnect(now)).isTrue();
        var asked = (Frame.Resume) frames(agent).getFirst().body();
        assertThat(edge.resume(asked, now)).isTrue();
        exchange(now);
    }

    private static List<Frame> frames(Carry carry) {
        var frames = new ArrayList<Frame>();
        carry.drain(frames::add);
        return frames;
    }

    private static Frame accepted(Ticket ticket) {
        return new Frame(0, 0, new Frame.Accepted(ticket));
    }

    private static Frame said(long number, Message message) {
        return new Frame(number, 0, new Frame.Said(message));
    }

    private static void forged(Carry carry, Frame frame, long now) {
        assertThatExceptionOfType(ForgedFrame.class).isThrownBy(() -> carry.received(frame, now));
        assertThat(carry.phase()).isEqualTo(Carry.Phase.OVER);
        assertThat(carry.why()).contains(Why.RULES_BROKEN);
    }
}
