package dev.sallyport.agent.tail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sallyport.agent.secrets.SealingKey;
import dev.sallyport.agent.session.TestingAgent;
import dev.sallyport.agent.session.TestingLink;
import dev.sallyport.core.link.Message;
import dev.sallyport.core.link.SessionLink;
import dev.sallyport.core.link.TailEvent;
import dev.sallyport.core.link.Ticket;
import dev.sallyport.core.recording.Event;
import dev.sallyport.core.session.Order;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TailsTest {

    @TempDir
    Path folder;

    private final TestingLink link = new TestingLink().countOnly();
    private volatile Instant now = Instant.now();
    private final Clock clock = InstantSource.system().withZone(ZoneOffset.UTC);
    private SealingKey key;
    private Order order;

    @BeforeEach
    void start() throws Exception {
        key = SealingKey.open(folder);
        try (var agent = new TestingAgent(Files.createDirectory(folder.resolve("agent")))) {
            order = agent.order(agent.custom("bash"), TestingAgent.command("true"));
        }
    }

    private Tails open(long most) throws Exception {
        return open(most, Tails.MOST);
    }

    private Tails open(long most, long mostInAll) throws Exception {
        return Tails.open(folder.resolve("tails"), key::seal, key::open, movable(), most, mostInAll, Runnable::run);
    }

    private Clock movable() {
        return new Clock() {
            @Override
            public java.time.ZoneId getZone() {
                return clock.getZone();
            }

            @Override
            public Clock withZone(java.time.ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                return now;
            }
        };
    }

    private static List<TailEvent> read(Tails tails) throws Exception {
        var events = new ArrayList<TailEvent>();
        for (var tail : tails.waiting()) {
            try (var reader = tail.read()) {
                for (var next = reader.next(); next.isPresent(); next = reader.next()) {
                    events.add(next.get());
                }
            }
        }
        return events;
    }

    private static byte[] output(List<TailEvent> events) {
        var all = new ByteArrayOutputStream();
        for (var event : events) {
            if (event.kind() == Event.Kind.OUTPUT) {
                assertThat(event.offset()).isEqualTo(all.size());
                all.writeBytes(event.bytes());
            }
        }
        return all.toByteArray();
    }

    @Test
    void whatIsNotStoredIsThereAfterwardsInOrderAndWhatIsStoredIsNot() throws Exception {
        var tails = open(256 << 20);
        var kept = tails.keep(order, true, Ticket.next(), link);
        kept.send(new Message.Opened());
        kept.send(new Message.Data(Message.Stream.OUTPUT, 0, "one".getBytes(StandardCharsets.US_ASCII)));
        link.type("in");
        kept.receive();
        kept.send(new Message.Echo(false));
        link.type("secret");
        kept.receive();
        link.say(new Message.Resize(100, 50, 0, 0));
        kept.receive();
        kept.send(new Message.Data(Message.Stream.ERROR, 0, "two".getBytes(StandardCharsets.US_ASCII)));
        kept.send(new Message.Exit(java.util.Optional.of(3), java.util.Optional.empty(), false));
        assertThat(tails.waiting()).isEmpty();
        tails.ended(order.session());
        assertThat(tails.waiting()).isEmpty();
        now = now.plusSeconds(6);
        assertThat(read(tails).stream()
                        .map(event -> event.kind() + " " + new String(event.bytes(), StandardCharsets.US_ASCII)))
                .containsExactly(
                        "OUTPUT one", "INPUT in", "HIDDEN_INPUT 6", "RESIZE 100x50", "ERROR two", "EXIT status 3");
        link.stored(4, 1);
        assertThat(read(tails).stream().map(TailEvent::kind))
                .containsExactly(Event.Kind.HIDDEN_INPUT, Event.Kind.RESIZE, Event.Kind.ERROR, Event.Kind.EXIT);
        link.stored(5, 3);
        assertThat(tails.waiting()).isEmpty();
        assertThat(tails.bytes()).isZero();
    }

    @Test
    void aLongTailLiesEncryptedOnDiskAndOutlivesTheProcess() throws Exception {
        var tails = open(256 << 20);
        var kept = tails.keep(order, true, Ticket.next(), link);
        var random = new Random(5);
        var all = new ByteArrayOutputStream();
        for (int i = 0; i < 800; i++) {
            var bytes = new byte[1 + random.nextInt(65_536)];
            random.nextBytes(bytes);
            kept.send(new Message.Data(Message.Stream.OUTPUT, all.size(), bytes));
            all.writeBytes(bytes);
        }
        tails.ended(order.session());
        now = now.plusSeconds(6);
        assertThat(output(read(tails))).isEqualTo(all.toByteArray());

        var again = open(256 << 20);
        now = now.plusSeconds(60);
        var survived = read(again);
        // what was in memory did not outlive it
        assertThat(survived).hasSizeBetween(150, 400);
        var last = survived.getLast();
        assertThat(last.offset() + last.bytes().length).isEqualTo(all.size());
        again.waiting().getFirst().stored();
        assertThat(again.waiting()).isEmpty();
        try (var left = Files.list(folder.resolve("tails"))) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void aFullTailHoldsTheTargetUpUntilSomethingIsStored() throws Exception {
        var tails = open(1 << 20);
        var kept = tails.keep(order, true, Ticket.next(), link);
        var sender = Thread.ofVirtual().start(() -> {
            try {
                for (int i = 0; i < 64; i++) {
                    kept.send(new Message.Data(Message.Stream.OUTPUT, i * 65_536L, new byte[65_536]));
                }
            } catch (dev.sallyport.core.link.LinkLost | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        await().until(() -> link.outputBytes() >= 1 << 20);
        await().during(Duration.ofMillis(200)).until(() -> link.outputBytes() <= (1 << 20) + 65_536);
        for (int i = 1; i <= 64; i++) {
            link.stored(i, 0);
        }
        sender.join();
        assertThat(link.outputBytes()).isEqualTo(64 * 65_536);
    }

    @Test
    void allTailsTogetherHoldTheirTargetsUpUntilSomethingIsStored() throws Exception {
        try (var agent = new TestingAgent(Files.createDirectory(folder.resolve("two")))) {
            var tails = open(256 << 20, 1 << 20);
            var other = agent.order(agent.custom("bash"), TestingAgent.command("true"));
            var otherLink = new TestingLink().countOnly();
            var first = tails.keep(order, true, Ticket.next(), link);
            var second = tails.keep(other, true, Ticket.next(), otherLink);
            for (int i = 0; i < 16; i++) {
                first.send(new Message.Data(Message.Stream.OUTPUT, i * 65_536L, new byte[65_536]));
            }
            assertThat(tails.full()).isTrue();
            var sender = Thread.ofVirtual().start(() -> {
                try {
                    second.send(new Message.Data(Message.Stream.OUTPUT, 0, new byte[10]));
                } catch (dev.sallyport.core.link.LinkLost | InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            await().during(Duration.ofMillis(300)).until(() -> otherLink.outputBytes() == 0);
            link.stored(16, 0);
            sender.join();
            assertThat(otherLink.outputBytes()).isEqualTo(10);
            assertThat(tails.full()).isFalse();
        }
    }

    @Test
    void whatAFormerRunLeftCountsToo() throws Exception {
        var kept = open(256 << 20, 256 << 20).keep(order, true, Ticket.next(), link);
        send(kept, 0, SessionTail.MOST_IN_MEMORY / PIECE + 16);
        var again = open(256 << 20, 1 << 20);
        assertThat(again.full()).isTrue();
        now = now.plusSeconds(60);
        again.waiting().getFirst().stored();
        assertThat(again.full()).isFalse();
        assertThat(again.bytes()).isZero();
    }

    @Test
    void aTailThatWasStoredIsInMemoryAgainAndInOrder() throws Exception {
        var tails = open(256 << 20);
        var kept = tails.keep(order, true, Ticket.next(), link);
        int inMemory = SessionTail.MOST_IN_MEMORY / (PIECE + 33);
        send(kept, 0, inMemory + 16);
        assertThat(files()).isEqualTo(1);
        link.stored(inMemory, 0);
        send(kept, inMemory + 16, 8);
        assertThat(read(ended(tails)).stream().map(TailEvent::offset))
                .containsExactlyElementsOf(LongStream.range(inMemory, inMemory + 24)
                        .mapToObj(i -> i * PIECE)
                        .toList());
        link.stored(inMemory + 20, 0);
        assertThat(files()).isZero();
        assertThat(read(tails)).hasSize(4);
        link.stored(inMemory + 24, 0);
        assertThat(tails.bytes()).isZero();
        assertThat(tails.waiting()).isEmpty();
    }

    @Test
    void whatAllTailsKeepInMemoryIsBounded() throws Exception {
        try (var agent = new TestingAgent(Files.createDirectory(folder.resolve("many")))) {
            var tails = open(256 << 20, Long.MAX_VALUE);
            int each = SessionTail.MOST_IN_MEMORY / PIECE - 1;
            long enough = TailBudget.IN_MEMORY / SessionTail.MOST_IN_MEMORY;
            for (int i = 0; i < enough; i++) {
                var other = agent.order(agent.custom("bash"), TestingAgent.command("true"));
                send(tails.keep(other, true, Ticket.next(), new TestingLink().countOnly()), 0, each);
            }
            assertThat(files()).isZero();
            send(tails.keep(order, true, Ticket.next(), link), 0, each);
            assertThat(files()).isPositive();
        }
    }

    private static final int PIECE = 65_536;

    private static void send(SessionLink kept, int from, int count) throws Exception {
        for (int i = from; i < from + count; i++) {
            kept.send(new Message.Data(Message.Stream.OUTPUT, (long) i * PIECE, new byte[PIECE]));
        }
    }

    private Tails ended(Tails tails) {
        tails.ended(order.session());
        now = now.plusSeconds(6);
        return tails;
    }

    /// Files of events below the folder of all tails.
    private long files() throws IOException {
        try (var files = Files.walk(folder.resolve("tails"))) {
            return files.filter(file -> file.getFileName().toString().matches("[0-9]{8}"))
                    .count();
        }
    }

    @Test
    void aTailThatNobodyTakesIsDeletedAfterADay() throws Exception {
        var tails = open(1 << 20);
        var kept = tails.keep(order, true, Ticket.next(), link);
        kept.send(new Message.Data(Message.Stream.OUTPUT, 0, new byte[100_000 / 2]));
        kept.send(new Message.Data(Message.Stream.OUTPUT, 50_000, new byte[50_000]));
        tails.ended(order.session());
        now = now.plus(Duration.ofHours(25));
        assertThat(tails.waiting()).isEmpty();
        assertThat(tails.bytes()).isZero();
    }
}
