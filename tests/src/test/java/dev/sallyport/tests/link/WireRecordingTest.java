package dev.sallyport.tests.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sallyport.agent.link.TailSource;
import dev.sallyport.core.agent.AgentKey;
import dev.sallyport.core.connection.SignedDefinition;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.id.UserId;
import dev.sallyport.core.link.LinkLost;
import dev.sallyport.core.link.Message;
import dev.sallyport.core.link.SessionLink;
import dev.sallyport.core.link.TailEvent;
import dev.sallyport.core.link.Ticket;
import dev.sallyport.core.recording.Event;
import dev.sallyport.core.recording.RecordingLevel;
import dev.sallyport.core.session.Order;
import dev.sallyport.core.session.Pty;
import dev.sallyport.core.session.SessionRequest;
import dev.sallyport.edge.agents.AgentLinks;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Records what an agent and an edge of this version say to each other, for the tests of later versions
/// (`docs/agent-protocol.md`, "Old and new").
///
/// Run with `-Dsallyport.wire=FOLDER` when the wire has changed, into a folder of its own; what is recorded stays as it
/// is for ever. Without it nothing is kept.
@Tag("fault")
class WireRecordingTest {

    /// What was recorded first: every call in each direction.
    private static final Path FIRST = Path.of("..", "proto", "src", "test", "resources", "wire-1", "session.frames");

    @TempDir
    private Path folder;

    /// Which calls say something, and in which direction.
    private static Set<String> kinds(List<String> lines) {
        return lines.stream()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.split(" ", 4))
                .map(words -> words[0] + " " + words[2])
                .collect(Collectors.toSet());
    }

    /// A terminal that echoes, with all that a target may say.
    private static void terminal(Order order, Ticket ticket, SessionLink link) throws InterruptedException {
        try {
            link.send(new Message.Opened());
            if (order.request() instanceof SessionRequest.Exec) {
                link.consumed(link.receive().number());
                link.send(new Message.Exit(Optional.empty(), Optional.of("KILL"), true));
            } else {
                link.send(new Message.Echo(false));
                boolean more = true;
                while (more) {
                    var received = link.receive();
                    switch (received.message()) {
                        case Message.Data(var stream, var offset, var bytes) -> {
                            link.send(new Message.Data(Message.Stream.OUTPUT, offset, bytes));
                            link.send(new Message.Data(
                                    Message.Stream.ERROR, 0, "oops\n".getBytes(StandardCharsets.UTF_8)));
                        }
                        case Message.EndOfStream _ -> {
                            link.send(new Message.File("{\"path\":\"/etc/motd\"}"));
                            link.send(new Message.Exit(Optional.of(3), Optional.empty(), false));
                            more = false;
                        }
                        default -> {}
                    }
                    link.consumed(received.number());
                }
            }
            while (true) {
                link.consumed(link.receive().number());
            }
        } catch (LinkLost e) {
            // the session is over
        }
    }

    /// What an agent has kept of a session whose edge died.
    private record Kept(SessionId session, TenantId tenant, Ticket ticket, AtomicBoolean over)
            implements TailSource.Tail {

        @Override
        public TailSource.Reader read() {
            Iterator<TailEvent> events = List.of(
                            new TailEvent(Event.Kind.OUTPUT, 0, 1_000, "kept".getBytes(StandardCharsets.UTF_8)),
                            new TailEvent(Event.Kind.OUTPUT, 4, 2_000, "too".getBytes(StandardCharsets.UTF_8)))
                    .iterator();
            return new TailSource.Reader() {
                @Override
                public Optional<TailEvent> next() {
                    return events.hasNext() ? Optional.of(events.next()) : Optional.empty();
                }

                @Override
                public void close() {}
            };
        }

        @Override
        public void stored() {
            over.set(true);
        }

        @Override
        public void refused(String problem) {
            over.set(true);
        }
    }

    private static Order order(LinkRig rig, SessionRequest request) {
        return new Order(
                SessionId.next(Clock.systemUTC()),
                rig.tenant,
                rig.edgeId,
                UserId.next(Clock.systemUTC()),
                "alice@example.com",
                new SignedDefinition(new byte[] {1, 2, 3}, new byte[64]),
                request,
                Map.of("LANG", "C"),
                RecordingLevel.FULL,
                Instant.parse("2100-01-01T00:00:00Z"));
    }

    private static SessionLink start(LinkRig rig, AgentKey key, SessionRequest request) throws InterruptedException {
        return switch (rig.edge.start(key.token().agent(), order(rig, request))) {
            case AgentLinks.Start.Started(var link) -> link;
            case AgentLinks.Start other -> throw new AssertionError(other.toString());
        };
    }

    private static void until(SessionLink link, Class<? extends Message> last) throws Exception {
        while (true) {
            var received = link.receive();
            link.consumed(received.number());
            if (last.isInstance(received.message())) {
                return;
            }
        }
    }

    @Test
    void attachmentSessionsABreakAndATailAreRecorded() throws Exception {
        var later = new AtomicLong();
        try (var rig = new LinkRig(folder);
                var recorder = new WireRecorder(rig.identity, rig.edge.port())) {
            var token = rig.token();
            var key = new AgentKey("localhost", recorder.port(), token, rig.identity.pin());
            var over = new AtomicBoolean();
            var tail = new Kept(SessionId.next(Clock.systemUTC()), rig.tenant, Ticket.next(), over);
            var agent = rig.agent(
                    key,
                    WireRecordingTest::terminal,
                    () -> over.get() ? List.of() : List.of(tail),
                    () -> System.nanoTime() + later.get());
            rig.awaitIdle(token.agent());
            await().atMost(Duration.ofSeconds(30)).until(over::get);

            var pty = new Pty("xterm", 80, 24, 640, 480, new byte[] {53, 0, 0, 0, 1, 0});
            try (var shell = start(rig, key, new SessionRequest.Shell(Optional.of(pty)))) {
                shell.send(new Message.Data(Message.Stream.INPUT, 0, "hello\n".getBytes(StandardCharsets.UTF_8)));
                shell.send(new Message.Resize(132, 43, 0, 0));
                shell.send(new Message.Signal("INT"));
                until(shell, Message.Data.class);
                shell.stored(2, 1);
                shell.send(new Message.EndOfStream(Message.Stream.INPUT));
                until(shell, Message.Exit.class);
            }
            var command = "true".getBytes(StandardCharsets.UTF_8);
            try (var exec = start(rig, key, new SessionRequest.Exec(command, Optional.empty()))) {
                until(exec, Message.Opened.class);
                recorder.cut();
                await().atMost(Duration.ofSeconds(30)).until(() -> !exec.broken());
                exec.send(new Message.Close("the session was ended by an admin"));
                until(exec, Message.Exit.class);
            }
            agent.notice("something an operator should know");
            later.set(Duration.ofSeconds(11).toNanos());
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> recorder.lines.stream()
                                    .filter(line -> line.startsWith("Attach 1 up"))
                                    .count()
                            > 2);
            agent.drain();
            await().atMost(Duration.ofSeconds(30)).until(() -> rig.edge.idle(token.agent()) == 0);

            var lines = new ArrayList<>(
                    List.of("# What an agent (up) and an edge (down) said: METHOD CALL DIRECTION BYTES"));
            lines.addAll(List.copyOf(recorder.lines));
            assertThat(kinds(lines)).containsAll(kinds(Files.readAllLines(FIRST)));
            var into = System.getProperty("sallyport.wire");
            var file = (into == null ? folder.resolve("recorded") : Path.of(into)).resolve("session.frames");
            Files.createDirectories(file.getParent());
            Files.write(file, lines);
        }
    }
}
