package dev.sallyport.tests.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.sallyport.agent.link.TailSource;
import dev.sallyport.core.agent.AgentKey;
import dev.sallyport.core.id.EdgeId;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.link.LinkLost;
import dev.sallyport.core.link.Message;
import dev.sallyport.core.link.SessionLink;
import dev.sallyport.core.link.TailEvent;
import dev.sallyport.core.link.Ticket;
import dev.sallyport.core.recording.Event;
import dev.sallyport.edge.agents.AgentLinks;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Tag("fault")
@Timeout(value = 600, unit = TimeUnit.SECONDS)
class LinkTest {

    private static final int MEGABYTE = 1 << 20;
    private static final int USERS = 6;
    private static final int STOPPED = 8;

    @TempDir
    private Path folder;

    @Test
    void twoHundredMegabytesGoBothWaysInOrder() throws Exception {
        try (var rig = new LinkRig(folder)) {
            var token = rig.token();
            rig.agent(token, rig.edge.port(), LinkRig::echo);
            rig.awaitIdle(token.agent());
            try (var link = rig.start(token.agent())) {
                long began = System.nanoTime();
                echoes(link, 200L * MEGABYTE, () -> {});
                long millis = (System.nanoTime() - began) / 1_000_000;
                System.out.println("200 MB to the agent and back in " + millis + " ms");
            }
            await().atMost(Duration.ofSeconds(30)).until(() -> rig.edge.carried() == 0);
        }
    }

    @Test
    void aConnectionThatBreaksAgainAndAgainLosesAndDoublesNothing() throws Exception {
        try (var rig = new LinkRig(folder)) {
            var token = rig.token();
            var relay = rig.relay();
            rig.agent(token, relay.port(), LinkRig::echo);
            rig.awaitIdle(token.agent());
            try (var link = rig.start(token.agent())) {
                var cuts = new AtomicLong();
                echoes(link, 30L * MEGABYTE, () -> {
                    if (cuts.getAndIncrement() % 1_600 == 200) {
                        relay.cut();
                    }
                });
                assertThat(cuts.get()).isGreaterThan(1_800);
            }
        }
    }

    @Test
    void aConnectionThatStaysAwayForTwoMinutesLosesTheSessionOnBothSides() throws Exception {
        var edgeLater = new AtomicLong();
        var agentLater = new AtomicLong();
        try (var rig = new LinkRig(folder, () -> System.nanoTime() + edgeLater.get())) {
            var token = rig.token();
            var relay = rig.relay();
            var agent = rig.agent(
                    token, relay.port(), LinkRig::echo, TailSource.none(), () -> System.nanoTime() + agentLater.get());
            rig.awaitIdle(token.agent());
            var link = rig.start(token.agent());
            assertThat(link.receive().message()).isEqualTo(new Message.Opened());
            relay.refuse(true);
            relay.cut();
            await().atMost(Duration.ofSeconds(30)).until(link::broken);
            edgeLater.set(Duration.ofMinutes(2).toNanos());
            assertThatExceptionOfType(LinkLost.class)
                    .isThrownBy(link::receive)
                    .satisfies(e -> assertThat(e.why()).isEqualTo(LinkLost.Why.NOT_RESUMED));
            // who waits on the link hears of its end before its owner does
            await().atMost(Duration.ofSeconds(30)).until(() -> rig.edge.carried() == 0);
            assertThat(agent.sessions())
                    .as("the agent's own clock has not moved")
                    .isEqualTo(1);
            agentLater.set(Duration.ofMinutes(2).toNanos());
            await().atMost(Duration.ofSeconds(30)).until(() -> agent.sessions() == 0);
        }
    }

    @Test
    void aConnectionThatComesBackAfterFiveSecondsContinues() throws Exception {
        var later = new AtomicLong();
        try (var rig = new LinkRig(folder, () -> System.nanoTime() + later.get())) {
            var token = rig.token();
            var relay = rig.relay();
            rig.agent(token, relay.port(), LinkRig::echo);
            rig.awaitIdle(token.agent());
            try (var link = rig.start(token.agent())) {
                assertThat(link.receive().message()).isEqualTo(new Message.Opened());
                relay.refuse(true);
                relay.cut();
                await().atMost(Duration.ofSeconds(30)).until(link::broken);
                later.set(Duration.ofSeconds(5).toNanos());
                link.send(new Message.Data(Message.Stream.INPUT, 0, new byte[] {1, 2, 3}));
                relay.refuse(false);
                var echoed = (Message.Data) link.receive().message();
                assertThat(echoed.bytes()).containsExactly(1, 2, 3);
            }
        }
    }

    @Test
    void anEdgeThatIsAnotherAfterARestartIsFoundAgain() throws Exception {
        try (var rig = new LinkRig(folder)) {
            var token = rig.token();
            var relay = rig.relay();
            var agent = rig.agent(token, relay.port(), LinkRig::echo);
            rig.awaitIdle(token.agent());
            rig.edge.close();
            await().atMost(Duration.ofSeconds(60)).until(() -> !agent.attached());
            var next = rig.edge(EdgeId.next(Clock.systemUTC()), 0, System::nanoTime);
            relay.target(next.port());
            await().atMost(Duration.ofSeconds(60)).until(() -> next.idle(token.agent()) > 0);
            assertThat(next.start(token.agent(), rig.order())).isInstanceOf(AgentLinks.Start.Started.class);
        }
    }

    @Test
    void anAgentThatLeavesServesWhatWasOrderedAndTakesNothingMore() throws Exception {
        try (var rig = new LinkRig(folder)) {
            var token = rig.token();
            var agent = rig.agent(token, rig.edge.port(), LinkRig::echo);
            rig.awaitIdle(token.agent());
            assertThat(agent.awaited()).as("while an order may come").isTrue();
            var link = rig.start(token.agent());
            agent.drain();
            await().atMost(Duration.ofSeconds(60)).until(() -> rig.edge.openCalls() == 1);
            assertThat(rig.edge.start(token.agent(), rig.order())).isInstanceOf(AgentLinks.Start.NotAttached.class);
            assertThat(agent.carries()).as("while a session goes on").isTrue();
            echoes(link, MEGABYTE, () -> {});
            link.close();
            await().atMost(Duration.ofSeconds(60)).until(() -> !agent.awaited() && !agent.carries());
        }
    }

    /// One process of an agent after another is stopped, each as soon as it may: no order goes to one that leaves.
    @Test
    void nobodyNoticesThatOneOfSeveralInstancesIsStopped() throws Exception {
        try (var rig = new LinkRig(folder);
                var users = Executors.newVirtualThreadPerTaskExecutor()) {
            var token = rig.token();
            rig.agent(token, rig.edge.port(), LinkRig::echo);
            rig.awaitIdle(token.agent());
            var over = new AtomicBoolean();
            var sessions = new AtomicLong();
            var working = new ArrayList<Future<?>>();
            for (int i = 0; i < USERS; i++) {
                working.add(users.submit(() -> {
                    while (!over.get()) {
                        try (var link = rig.start(token.agent())) {
                            echoes(link, 1_000, () -> {});
                        }
                        sessions.incrementAndGet();
                    }
                    return sessions;
                }));
            }
            try {
                for (int i = 0; i < STOPPED; i++) {
                    var leaving = rig.agent(token, rig.edge.port(), LinkRig::echo);
                    await().atMost(Duration.ofSeconds(60)).until(leaving::attached);
                    long served = sessions.get();
                    await().atMost(Duration.ofSeconds(60)).until(() -> sessions.get() > served + 2 * USERS);
                    leaving.drain();
                    await().atMost(Duration.ofSeconds(60)).until(() -> !leaving.awaited() && !leaving.carries());
                    leaving.close();
                }
            } finally {
                over.set(true);
            }
            for (var user : working) {
                user.get(60, TimeUnit.SECONDS);
            }
        }
    }

    /// Class 18, between agent and edge.
    @Test
    void anEdgeOfAnotherCaOrAnotherNameIsNotTrusted() throws Exception {
        try (var rig = new LinkRig(folder)) {
            var token = rig.token();
            var first = rig.relay();
            var otherPin = rig.identity.pin();
            otherPin[0]++;
            rig.agent(
                    new AgentKey("localhost", first.port(), token, otherPin),
                    LinkRig::echo,
                    TailSource.none(),
                    System::nanoTime);
            var notNamed = InetAddress.getByName("127.0.0.2");
            var second = rig.relay(notNamed);
            rig.agent(
                    new AgentKey("127.0.0.2", second.port(), token, rig.identity.pin()),
                    LinkRig::echo,
                    TailSource.none(),
                    System::nanoTime);
            await().atMost(Duration.ofSeconds(60)).until(() -> first.dialled() > 2 && second.dialled() > 2);
            assertThat(rig.directory.attached).isEmpty();
        }
    }

    @Test
    void aTailIsHandedOverAndForgotten() throws Exception {
        try (var rig = new LinkRig(folder)) {
            var event = new TailEvent(Event.Kind.OUTPUT, 7, 1_000, new byte[] {1, 2, 3});
            var tail = new Tail(rig.tenant, event, 200);
            var token = rig.token();
            rig.agent(token, rig.edge.port(), LinkRig::echo, () -> List.of(tail), System::nanoTime);
            await().atMost(Duration.ofSeconds(60)).until(tail.stored::get);
            var received = rig.tails.received.get(tail.session());
            assertThat(received).hasSize(200);
            assertThat(received).allSatisfy(one -> {
                assertThat(one.kind()).isEqualTo(Event.Kind.OUTPUT);
                assertThat(one.offset()).isEqualTo(7);
                assertThat(one.bytes()).containsExactly(1, 2, 3);
            });
        }
    }

    /// One event, many times.
    private static final class Tail implements TailSource.Tail {
        private final TenantId tenant;
        private final TailEvent event;
        private final int times;
        private final SessionId session = SessionId.next(Clock.systemUTC());
        private final Ticket ticket = Ticket.next();
        private final AtomicBoolean stored = new AtomicBoolean();

        Tail(TenantId tenant, TailEvent event, int times) {
            this.tenant = tenant;
            this.event = event;
            this.times = times;
        }

        @Override
        public SessionId session() {
            return session;
        }

        @Override
        public TenantId tenant() {
            return tenant;
        }

        @Override
        public Ticket ticket() {
            return ticket;
        }

        @Override
        public TailSource.Reader read() {
            return new TailSource.Reader() {
                private int read;

                @Override
                public Optional<TailEvent> next() {
                    return read++ < times ? Optional.of(event) : Optional.empty();
                }

                @Override
                public void close() {}
            };
        }

        @Override
        public void stored() {
            stored.set(true);
        }

        @Override
        public void refused(String problem) {
            throw new AssertionError(problem);
        }
    }

    /// Sends `total` bytes and checks that they come back; calls `between` for each message.
    static void echoes(SessionLink link, long total, Runnable between)
            throws InterruptedException, ExecutionException, TimeoutException {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var sending = threads.submit(() -> {
                var sizes = new Random(42);
                long offset = 0;
                while (offset < total) {
                    var bytes = new byte[(int) Math.min(total - offset, 1 + sizes.nextInt(65_536))];
                    fill(bytes, offset);
                    link.send(new Message.Data(Message.Stream.INPUT, offset, bytes));
                    offset += bytes.length;
                    between.run();
                }
                return link.send(new Message.EndOfStream(Message.Stream.INPUT));
            });
            var receiving = threads.submit(() -> {
                assertThat(link.receive().message()).isEqualTo(new Message.Opened());
                long offset = 0;
                while (true) {
                    var received = link.receive();
                    between.run();
                    if (received.message() instanceof Message.Data data) {
                        assertThat(data.offset()).isEqualTo(offset);
                        check(data.bytes(), offset);
                        offset += data.bytes().length;
                    } else {
                        assertThat(received.message()).isInstanceOf(Message.Exit.class);
                        return offset;
                    }
                    link.consumed(received.number());
                }
            });
            sending.get(500, TimeUnit.SECONDS);
            assertThat(receiving.get(500, TimeUnit.SECONDS)).isEqualTo(total);
        }
    }

    private static void fill(byte[] bytes, long offset) {
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = byteAt(offset + i);
        }
    }

    private static void check(byte[] bytes, long offset) {
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] != byteAt(offset + i)) {
                throw new AssertionError("another byte at " + (offset + i));
            }
        }
    }

    /// No period that a chunk size could hide in.
    private static byte byteAt(long position) {
        return (byte) (position * 31 + (position >>> 13) * 17 + (position >>> 21));
    }
}
