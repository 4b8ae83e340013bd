package dev.sallyport.proto;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.sallyport.core.connection.SignedDefinition;
import dev.sallyport.core.id.AgentInstanceId;
import dev.sallyport.core.id.EdgeId;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.id.UserId;
import dev.sallyport.core.link.Carry;
import dev.sallyport.core.link.ForgedFrame;
import dev.sallyport.core.link.Frame;
import dev.sallyport.core.link.LinkLost;
import dev.sallyport.core.link.Message;
import dev.sallyport.core.link.SessionLink;
import dev.sallyport.core.link.Ticket;
import dev.sallyport.core.recording.Event;
import dev.sallyport.core.recording.RecordingLevel;
import dev.sallyport.core.session.Order;
import dev.sallyport.core.session.SessionRequest;
import dev.sallyport.proto.v1.TailFrame;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;

/// Whatever comes over an agent's connection, either way (promise P9, attack classes 11, 17 and 37): refused as
/// a bad or forged frame, or a frame within all bounds.
@Tag("fuzz")
class FrameFuzzTest {

    private static final String ZEROS = "0".repeat(26);
    private static final AgentInstanceId INSTANCE = new AgentInstanceId("ins_" + ZEROS);
    private static final Ticket TICKET = new Ticket(new byte[Ticket.LENGTH]);
    private static final Order ORDER = new Order(
            new SessionId("ses_" + ZEROS),
            new TenantId("ten_" + ZEROS),
            new EdgeId("edg_" + ZEROS),
            new UserId("usr_" + ZEROS),
            "alice@example.com",
            new SignedDefinition(new byte[0], new byte[0]),
            new SessionRequest.Shell(Optional.empty()),
            Map.of(),
            RecordingLevel.FULL,
            Instant.EPOCH);

    /// Sides, and what is done after a frame: bits of the byte before it.
    private static final int TAKE = 1;

    private static final int CONSUME = 2;
    private static final int TICK = 4;
    private static final int BREAK = 8;
    private static final int SAY = 16;
    private static final int STORED = 32;
    private static final int RESUME = 64;

    @FuzzTest
    void aFrameIsReadOrRefusedAndWrittenAsItWasRead(byte[] bytes) {
        try {
            var frame = FrameMapper.read(dev.sallyport.proto.v1.Frame.parseFrom(bytes));
            if (frame.body() instanceof Frame.Said(Message.Data data)) {
                assertThat(data.bytes().length).isBetween(1, Message.Data.LONGEST);
            }
            var written = FrameMapper.write(frame).toByteArray();
            var again = FrameMapper.read(dev.sallyport.proto.v1.Frame.parseFrom(written));
            assertThat(again.number()).isEqualTo(frame.number());
            assertThat(again.consumed()).isEqualTo(frame.consumed());
            assertThat(again.body()).hasSameClassAs(frame.body());
            assertThat(FrameMapper.write(again).toByteArray()).isEqualTo(written);
        } catch (BadFrame | InvalidProtocolBufferException refused) {
            assertThat(refused).hasMessageMatching("(?s).+");
        }
    }

    @FuzzTest
    void anEventOfATailIsReadOrRefusedAndWrittenAsItWasRead(byte[] bytes) {
        try {
            var event = FrameMapper.read(TailFrame.parseFrom(bytes).getEvent());
            assertThat(event.bytes().length).isLessThanOrEqualTo(Event.LONGEST);
            var written = FrameMapper.write(event);
            assertThat(FrameMapper.write(FrameMapper.read(written.getEvent()))).isEqualTo(written);
        } catch (BadFrame | InvalidProtocolBufferException refused) {
            assertThat(refused).hasMessageMatching("(?s).+");
        }
    }

    /// The first byte says which side hears; then one byte and one frame, length first, again and again.
    @FuzzTest
    void whateverIsHeardOnACallTheLinkKeepsItsOrderAndItsBounds(byte[] bytes) throws IOException {
        var in = new ByteArrayInputStream(bytes);
        boolean edge = in.read() % 2 == 0;
        var carry = edge ? Carry.ordered(ORDER, TICKET, 0) : Carry.accepted(new Frame.Open(ORDER, TICKET), INSTANCE, 0);
        long now = 0;
        long taken = 0;
        long said = 0;
        var phase = carry.phase();
        while (in.available() > 0) {
            int then = in.read();
            try {
                var frame = dev.sallyport.proto.v1.Frame.parseDelimitedFrom(in);
                if (frame == null) {
                    break;
                }
                var read = FrameMapper.read(frame);
                if (read.body() instanceof Frame.Resume resume && edge && (then & RESUME) != 0) {
                    carry.resume(resume, now);
                } else {
                    carry.received(read, now);
                }
            } catch (InvalidProtocolBufferException | BadFrame refused) {
                carry.forged(now);
            } catch (ForgedFrame forged) {
                assertThat(forged.reason()).hasSizeLessThan(100);
            }
            if ((then & TAKE) != 0) {
                taken = take(carry, taken);
            }
            if ((then & CONSUME) != 0) {
                carry.consumed(taken, now);
            }
            if ((then & TICK) != 0) {
                now += Duration.ofSeconds(1).toNanos();
                carry.tick(now);
            }
            if ((then & BREAK) != 0) {
                carry.broken(now);
                carry.reconnect(now);
            }
            if ((then & SAY) != 0) {
                said = say(carry, edge, said, now);
            }
            if ((then & STORED) != 0 && edge) {
                carry.stored(taken, said, now);
            }
            carry.drain(out ->
                    assertThat(FrameMapper.write(out).getSerializedSize()).isLessThan(Message.Data.LONGEST + 1_024));
            assertThat(carry.weightHeld()).isLessThanOrEqualTo(SessionLink.WINDOW + Carry.RESERVE + Carry.OVERHEAD);
            assertThat(carry.phase()).isGreaterThanOrEqualTo(phase);
            phase = carry.phase();
        }
    }

    private static long take(Carry carry, long taken) {
        long last = taken;
        try {
            for (var next = carry.next(); next.isPresent(); next = carry.next()) {
                assertThat(next.get().number()).isEqualTo(last + 1);
                last++;
            }
        } catch (LinkLost lost) {
            assertThat(carry.phase()).isIn(Carry.Phase.ENDING, Carry.Phase.OVER);
        }
        return last;
    }

    private static long say(Carry carry, boolean edge, long said, long now) {
        var message =
                edge ? new Message.Signal("INT") : said == 0 ? new Message.Opened() : new Message.Echo(said % 2 == 0);
        try {
            return Math.max(said, carry.send(message, now));
        } catch (LinkLost lost) {
            assertThat(carry.phase()).isIn(Carry.Phase.ENDING, Carry.Phase.OVER);
            return said;
        }
    }
}
