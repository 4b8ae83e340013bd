package dev.sallyport.proto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.sallyport.core.connection.SignedDefinition;
import dev.sallyport.core.id.AgentInstanceId;
import dev.sallyport.core.id.EdgeId;
import dev.sallyport.core.id.ReviewId;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.id.UserId;
import dev.sallyport.core.link.Frame;
import dev.sallyport.core.link.Message;
import dev.sallyport.core.link.TailEvent;
import dev.sallyport.core.link.Ticket;
import dev.sallyport.core.policy.SignedPolicy;
import dev.sallyport.core.recording.Event;
import dev.sallyport.core.recording.RecordingLevel;
import dev.sallyport.core.review.HeldStatement;
import dev.sallyport.core.review.SignedApproval;
import dev.sallyport.core.session.Order;
import dev.sallyport.core.session.Pty;
import dev.sallyport.core.session.SessionRequest;
import dev.sallyport.proto.v1.Data;
import dev.sallyport.proto.v1.Signal;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FrameMapperTest {

    private static final ReviewId REVIEW = ReviewId.next(java.time.Clock.systemUTC());

    private static final Clock CLOCK = Clock.systemUTC();
    private static final Ticket TICKET = Ticket.next();
    private static final AgentInstanceId INSTANCE = AgentInstanceId.next(CLOCK);
    private static final SessionId SESSION = SessionId.next(CLOCK);

    static Stream<Frame> frames() {
        var bodies = Stream.of(
                new Frame.Idle(INSTANCE),
                new Frame.Open(order(new SessionRequest.Subsystem("sftp")), TICKET),
                new Frame.Open(order(new SessionRequest.Forward("db", 5432)), TICKET),
                new Frame.Open(order(new SessionRequest.Shell(Optional.empty())), TICKET),
                new Frame.Accepted(TICKET),
                new Frame.Resume(INSTANCE, SESSION, TICKET, 7),
                new Frame.Resumed(7),
                new Frame.Ack(),
                new Frame.End(),
                new Frame.Stored(Long.MAX_VALUE, 0));
        var messages = Stream.of(
                new Message.Opened(),
                new Message.Failed(Message.Failed.Reason.REFUSED, "No."),
                new Message.Failed(Message.Failed.Reason.TARGET, ""),
                new Message.Failed(Message.Failed.Reason.INTERNAL, "ü"),
                new Message.EndOfStream(Message.Stream.INPUT),
                new Message.EndOfStream(Message.Stream.OUTPUT),
                new Message.Resize(80, 24, 0, 0),
                new Message.Signal("INT"),
                new Message.Echo(false),
                new Message.Exit(Optional.of(0), Optional.empty(), false),
                new Message.Exit(Optional.of(255), Optional.empty(), false),
                new Message.Exit(Optional.empty(), Optional.of("KILL"), true),
                new Message.File("{\"name\":\"a\"}"),
                new Message.Statement(Message.Statement.Part.JUDGED, "{\"number\":1}"),
                new Message.Statement(Message.Statement.Part.REFUSED, "{\"number\":1}"),
                new Message.Statement(Message.Statement.Part.ANSWERED, "{\"number\":1}"),
                new Message.HoldEnded(3, Message.HoldEnded.End.USED),
                new Message.HoldEnded(3, Message.HoldEnded.End.REFUSED),
                new Message.HoldEnded(3, Message.HoldEnded.End.EXPIRED),
                new Message.HoldEnded(3, Message.HoldEnded.End.CANCELLED),
                new Message.HoldSeen(3, REVIEW, "somebody of leads"),
                new Message.Decided(3, Optional.empty(), "bob rejected it"),
                new Message.Decided(3, Optional.of(new SignedApproval(new byte[] {1, 2}, new byte[64])), ""),
                new Message.Close("revoked"));
        return Stream.concat(
                bodies.map(body -> new Frame(0, 9, body)), messages.map(said -> new Frame(3, 9, new Frame.Said(said))));
    }

    @ParameterizedTest
    @MethodSource("frames")
    void aFrameReadsBackAsItWasWritten(Frame frame) throws Exception {
        var bytes = FrameMapper.write(frame).toByteArray();
        assertThat(FrameMapper.read(dev.sallyport.proto.v1.Frame.parseFrom(bytes)))
                .isEqualTo(frame);
    }

    @Test
    void aHeldStatementReadsBackExactly() throws Exception {
        var challenge = new byte[SignedApproval.CHALLENGE];
        challenge[3] = 7;
        var hold = new Message.Hold(
                9,
                challenge,
                new HeldStatement("update t set c = $1 -- ü", List.of("'a''b'", "null")),
                "rules/moves",
                "Ask first.",
                "update; changes t",
                Instant.ofEpochMilli(1_700_000_000_123L));
        var read =
                (Message.Hold) ((Frame.Said) FrameMapper.read(FrameMapper.write(new Frame(4, 2, new Frame.Said(hold))))
                                .body())
                        .message();
        assertThat(read.statement()).isEqualTo(hold.statement());
        assertThat(read.statement().hash()).isEqualTo(hold.statement().hash());
        assertThat(read.challenge()).isEqualTo(challenge);
        assertThat(List.of(read.number(), read.rule(), read.reason(), read.touches(), read.until()))
                .isEqualTo(List.of(hold.number(), hold.rule(), hold.reason(), hold.touches(), hold.until()));
        var tooLong = FrameMapper.write(new Frame(4, 2, new Frame.Said(hold))).toBuilder();
        tooLong.getHoldBuilder().setText("x".repeat(HeldStatement.LONGEST + 1));
        assertThatThrownBy(() -> FrameMapper.read(tooLong.build())).isInstanceOf(BadFrame.class);
        var unchallenged = FrameMapper.write(new Frame(4, 2, new Frame.Said(hold))).toBuilder();
        unchallenged.getHoldBuilder().clearChallenge();
        assertThatThrownBy(() -> FrameMapper.read(unchallenged.build())).isInstanceOf(BadFrame.class);
    }

    @Test
    void dataReadsBackAndIsNotCopiedWhenItIsWritten() throws Exception {
        var bytes = new byte[Message.Data.LONGEST];
        new Random(1).nextBytes(bytes);
        var written =
                FrameMapper.write(new Frame(1, 0, new Frame.Said(new Message.Data(Message.Stream.ERROR, 5, bytes))));
        var read = FrameMapper.read(dev.sallyport.proto.v1.Frame.parseFrom(written.toByteArray()));
        var data = (Message.Data) ((Frame.Said) read.body()).message();
        assertThat(data.stream()).isEqualTo(Message.Stream.ERROR);
        assertThat(data.offset()).isEqualTo(5);
        assertThat(data.bytes()).isEqualTo(bytes);
        bytes[0]++;
        assertThat(written.getData().getBytes().byteAt(0)).isEqualTo(bytes[0]);
    }

    @Test
    void anOrderReadsBackWithCommandAndTerminal() throws Exception {
        var pty = new Pty("xterm", 80, 24, 0, 0, new byte[] {1, 2, 3});
        var order = order(new SessionRequest.Exec(new byte[] {0, (byte) 0xff}, Optional.of(pty)));
        var bytes = FrameMapper.write(new Frame(0, 0, new Frame.Open(order, TICKET)))
                .toByteArray();
        var read = (Frame.Open)
                FrameMapper.read(dev.sallyport.proto.v1.Frame.parseFrom(bytes)).body();
        var exec = (SessionRequest.Exec) read.order().request();
        assertThat(exec.command()).containsExactly(0, 0xff);
        assertThat(exec.pty().orElseThrow().modes()).containsExactly(1, 2, 3);
        assertThat(read.order().definition()).isEqualTo(order.definition());
        assertThat(read.order().environment()).isEqualTo(order.environment());
        assertThat(read.order().deadline()).isEqualTo(order.deadline());
    }

    @Test
    void anEventOfATailReadsBack() throws Exception {
        var event = new TailEvent(Event.Kind.OUTPUT, 7, 8, new byte[] {1});
        var read = FrameMapper.read(FrameMapper.write(event).getEvent());
        assertThat(read.kind()).isEqualTo(event.kind());
        assertThat(read.offset()).isEqualTo(7);
        assertThat(read.time()).isEqualTo(8);
        assertThat(read.bytes()).containsExactly(1);
        for (var bad : new dev.sallyport.proto.v1.TailEvent[] {
            dev.sallyport.proto.v1.TailEvent.newBuilder().setKind(99).build(),
            dev.sallyport.proto.v1.TailEvent.newBuilder()
                    .setKind(1)
                    .setOffset(-1)
                    .build(),
            dev.sallyport.proto.v1.TailEvent.newBuilder()
                    .setKind(1)
                    .setBytes(ByteString.copyFrom(new byte[Event.LONGEST + 1]))
                    .build()
        }) {
            assertThatExceptionOfType(BadFrame.class).isThrownBy(() -> FrameMapper.read(bad));
        }
    }

    @Test
    void whatIsMalformedIsRefused() {
        for (var bad : new dev.sallyport.proto.v1.Frame.Builder[] {
            frame(),
            frame().setNumber(1).setData(Data.getDefaultInstance()),
            frame().setNumber(1).setData(Data.newBuilder().setOffset(-1).setBytes(ByteString.copyFromUtf8("a"))),
            frame().setNumber(0).setData(Data.newBuilder().setBytes(ByteString.copyFromUtf8("a"))),
            frame().setNumber(-1).setData(Data.newBuilder().setBytes(ByteString.copyFromUtf8("a"))),
            frame().setConsumed(-1).setAck(dev.sallyport.proto.v1.Ack.getDefaultInstance()),
            frame().setNumber(1).setAck(dev.sallyport.proto.v1.Ack.getDefaultInstance()),
            frame().setNumber(1).setSignal(Signal.newBuilder().setName("kill -9")),
            frame().setAccepted(dev.sallyport.proto.v1.Accepted.getDefaultInstance()),
            frame().setOpen(dev.sallyport.proto.v1.Open.getDefaultInstance()),
            frame().setNumber(1)
                    .setClose(dev.sallyport.proto.v1.Close.newBuilder().setWhy("x".repeat(1_001))),
        }) {
            assertThatExceptionOfType(BadFrame.class).isThrownBy(() -> FrameMapper.read(bad.build()));
        }
    }

    @Test
    void whatIsCutAnywhereOrChangedAnywhereIsRefusedOrStillAFrame() {
        var random = new Random(3);
        frames().forEach(frame -> {
            var whole = FrameMapper.write(frame).toByteArray();
            for (int end = 0; end < whole.length; end++) {
                read(java.util.Arrays.copyOf(whole, end));
                var changed = whole.clone();
                changed[end] ^= (byte) (1 + random.nextInt(255));
                read(changed);
            }
        });
        for (int i = 0; i < 20_000; i++) {
            var garbage = new byte[random.nextInt(64)];
            random.nextBytes(garbage);
            read(garbage);
        }
    }

    /// Anything but a frame or one of the two exceptions is a fault.
    private static void read(byte[] bytes) {
        try {
            assertThat(FrameMapper.read(dev.sallyport.proto.v1.Frame.parseFrom(bytes)))
                    .isNotNull();
        } catch (InvalidProtocolBufferException | BadFrame e) {
            assertThat(e).isNotNull();
        }
    }

    private static dev.sallyport.proto.v1.Frame.Builder frame() {
        return dev.sallyport.proto.v1.Frame.newBuilder();
    }

    private static Order order(SessionRequest request) {
        return new Order(
                SESSION,
                TenantId.next(CLOCK),
                EdgeId.next(CLOCK),
                UserId.next(CLOCK),
                "alice@example.com",
                new SignedDefinition(new byte[] {1, 2}, new byte[64]),
                request,
                Map.of("LANG", "C.UTF-8"),
                RecordingLevel.METADATA,
                Instant.ofEpochMilli(1_700_000_000_000L),
                Set.of("staff", "support"),
                Optional.of(new SignedPolicy(new byte[] {3, 4}, new byte[64])));
    }
}
