package dev.sallyport.edge.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.id.ConnectionId;
import dev.sallyport.core.id.ReviewId;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.link.Message;
import dev.sallyport.core.recording.RecordingLevel;
import dev.sallyport.core.session.Outcome;
import dev.sallyport.edge.admission.Admission;
import dev.sallyport.edge.fake.MemoryLink;
import dev.sallyport.edge.fake.MemoryRecorder;
import dev.sallyport.edge.recorder.Recorder;
import dev.sallyport.edge.review.Reviews;
import dev.sallyport.edge.statements.StatementIndex;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/// What a session's end is when several things come at once.
class RelayTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    /// A target exits while its user types, and does not read yet what it said last.
    @Test
    void howATargetExitedCountsAlthoughItsUserTypesOn() throws Exception {
        var client = new Typing();
        var link = new MemoryLink();
        var outcome = new CompletableFuture<Outcome>();
        var relay = relay(client, link);
        var running = Thread.ofVirtual().start(() -> {
            boolean _ = outcome.complete(relay.run());
        });
        var agent = link.agent();
        agent.send(new Message.Opened());
        agent.send(new Message.Data(Message.Stream.OUTPUT, 0, "bye".getBytes(StandardCharsets.UTF_8)));
        agent.send(new Message.Exit(Optional.of(155), Optional.empty(), false));
        assertThat(client.writing.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
        agent.end();
        client.types.countDown();
        assertThat(client.typing.get(LONG.toSeconds(), TimeUnit.SECONDS).join(LONG))
                .as("what is typed goes nowhere any more")
                .isTrue();
        client.reads.countDown();
        assertThat(outcome.get(LONG.toSeconds(), TimeUnit.SECONDS)).isEqualTo(new Outcome.Exited(155));
        assertThat(client.shown.toString(StandardCharsets.UTF_8)).isEqualTo("bye");
        assertThat(running.join(LONG)).isTrue();
    }

    private static Relay relay(ClientChannel client, MemoryLink link) throws Exception {
        var clock = Clock.systemUTC();
        var now = clock.instant();
        var recording = new MemoryRecorder()
                .open(
                        new Recorder.Head(
                                SessionId.next(clock),
                                TenantId.next(clock),
                                ConnectionId.next(clock),
                                RecordingLevel.FULL,
                                0),
                        new byte[0],
                        (_, _) -> {});
        var later = now.plusSeconds(3_600);
        return new Relay(
                client,
                new Opening(client, LONG),
                link.edge(),
                new Tape(recording, true, true, 1 << 20, () -> {}, StatementIndex.OfSession.NOTHING),
                new Live(),
                RelayLimits.DEFAULTS,
                new Pulse(
                        Duration.ZERO,
                        later,
                        later,
                        new Outcome.Expired(),
                        Duration.ofMinutes(5),
                        now,
                        System.nanoTime()),
                Optional::empty,
                _ -> new NothingHeld());
    }

    private static final class NothingHeld implements Reviews.Held {
        @Override
        public boolean held(Message.Hold hold) {
            return false;
        }

        @Override
        public boolean ended(Message.HoldEnded ended) {
            return false;
        }

        @Override
        public void decided(ReviewId review) {}

        @Override
        public void close() {}
    }

    private static final class Live implements Admission.Live {
        @Override
        public void onEnd(Consumer<Outcome> ender) {}

        @Override
        public void ended(Outcome outcome) {}
    }

    /// Types one thing when told to, and reads when told to.
    private static final class Typing implements ClientChannel {

        private final CountDownLatch types = new CountDownLatch(1);
        private final CountDownLatch reads = new CountDownLatch(1);
        private final CountDownLatch writing = new CountDownLatch(1);
        private final CompletableFuture<Thread> typing = new CompletableFuture<>();
        private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
        private volatile boolean abandoned;

        @Override
        public Input next() throws InterruptedException {
            types.await();
            typing.complete(Thread.currentThread());
            return new Input.Bytes("x".getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public void write(Message.Stream stream, byte[] bytes) throws IOException {
            writing.countDown();
            try {
                reads.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException();
            }
            if (abandoned) {
                throw new IOException("the channel is gone");
            }
            shown.writeBytes(bytes);
        }

        @Override
        public void consumed(int bytes) {}

        @Override
        public boolean interactive() {
            return false;
        }

        @Override
        public List<String> notices() {
            return List.of();
        }

        @Override
        public void opened() {}

        @Override
        public void onLeft(Runnable gone) {}

        @Override
        public void say(String sentence) {}

        @Override
        public long unread() {
            return 0;
        }

        @Override
        public void drop() {}

        @Override
        public void abandon() {
            abandoned = true;
        }

        @Override
        public void endOutput() {}

        @Override
        public void finish(Outcome outcome) {}

        @Override
        public void refuse(String reason, boolean ours) {}
    }
}
