package dev.sallyport.agent.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.sallyport.core.connection.SignedDefinition;
import dev.sallyport.core.id.AgentInstanceId;
import dev.sallyport.core.id.EdgeId;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.id.UserId;
import dev.sallyport.core.link.ForgedFrame;
import dev.sallyport.core.link.Frame;
import dev.sallyport.core.link.LinkShell;
import dev.sallyport.core.link.Ticket;
import dev.sallyport.core.recording.RecordingLevel;
import dev.sallyport.core.session.Order;
import dev.sallyport.core.session.SessionRequest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CarriedSessionsTest {

    private static final Clock CLOCK = Clock.systemUTC();

    private final AtomicInteger opened = new AtomicInteger();
    private final CarriedSessions sessions = new CarriedSessions(
            AgentInstanceId.next(CLOCK), (order, ticket, link) -> opened.incrementAndGet(), System::nanoTime);

    /// Classes 39 and 43: an edge that sends an order again, with the same ticket or another one.
    @Test
    void anOrderIsOpenedOnceHoweverOftenItComes() throws Exception {
        var order = order();
        var wire = new Wire();
        var shell = sessions.open(new Frame.Open(order, Ticket.next()), wire);
        shell.begin();
        await().atMost(Duration.ofSeconds(60)).until(() -> opened.get() == 1);
        for (int i = 0; i < 3; i++) {
            assertThatExceptionOfType(ForgedFrame.class)
                    .isThrownBy(() -> sessions.open(new Frame.Open(order, Ticket.next()), new Wire()));
        }
        assertThat(opened.get()).isEqualTo(1);
        assertThat(wire.sent.getFirst().body()).isInstanceOf(Frame.Accepted.class);
    }

    @Test
    void anOpenerThatReturnsLeavesNoSession() throws Exception {
        var shell = sessions.open(new Frame.Open(order(), Ticket.next()), new Wire());
        shell.begin();
        await().atMost(Duration.ofSeconds(60)).until(() -> opened.get() == 1);
        await().atMost(Duration.ofSeconds(60)).until(() -> {
            try {
                shell.receive(Duration.ZERO);
                return false;
            } catch (dev.sallyport.core.link.LinkLost e) {
                return true;
            }
        });
    }

    private static Order order() {
        return new Order(
                SessionId.next(CLOCK),
                TenantId.next(CLOCK),
                EdgeId.next(CLOCK),
                UserId.next(CLOCK),
                "alice@example.com",
                new SignedDefinition(new byte[] {1}, new byte[64]),
                new SessionRequest.Shell(Optional.empty()),
                Map.of(),
                RecordingLevel.FULL,
                Instant.now());
    }

    private static final class Wire implements LinkShell.Wire {
        final List<Frame> sent = new CopyOnWriteArrayList<>();

        @Override
        public void send(Frame frame) {
            sent.add(frame);
        }

        @Override
        public void finish() {}

        @Override
        public void cut(String why) {}
    }
}
