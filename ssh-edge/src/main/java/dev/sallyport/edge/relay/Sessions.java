package dev.sallyport.edge.relay;

import dev.sallyport.core.connection.ConnectionDefinition;
import dev.sallyport.core.link.Message;
import dev.sallyport.core.link.SessionLink;
import dev.sallyport.core.recording.Event;
import dev.sallyport.core.session.Order;
import dev.sallyport.core.session.Outcome;
import dev.sallyport.core.session.Pty;
import dev.sallyport.core.session.SessionRequest;
import dev.sallyport.edge.admission.Admission;
import dev.sallyport.edge.admission.Admission.Decision;
import dev.sallyport.edge.agents.AgentLinks;
import dev.sallyport.edge.recorder.Recorder;
import dev.sallyport.edge.recorder.Recorder.Recording;
import dev.sallyport.edge.recorder.Recorder.RecordingFailed;
import dev.sallyport.edge.review.Reviews;
import dev.sallyport.edge.statements.StatementIndex;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;

/// Takes one channel of a user through its session, from admission to outcome. Every door comes here.
///
/// The order is a promise: nothing reaches a target before the session is admitted and its recording is open,
/// and what cannot be decided or recorded does not happen.
public final class Sessions implements AutoCloseable {

    private static final Logger LOG = System.getLogger(Sessions.class.getName());

    private final Admission admission;
    private final AgentLinks agents;
    private final Recorder recorder;
    private final Reviews reviews;
    private final StatementIndex statements;
    private final RelayLimits limits;
    private final Clock clock;
    private final Ticker ticker = new Ticker();
    private final AtomicInteger live = new AtomicInteger();

    public Sessions(
            Admission admission,
            AgentLinks agents,
            Recorder recorder,
            Reviews reviews,
            StatementIndex statements,
            RelayLimits limits,
            Clock clock) {
        this.reviews = reviews;
        this.admission = admission;
        this.agents = agents;
        this.recorder = recorder;
        this.statements = statements;
        this.limits = limits;
        this.clock = clock;
    }

    /// Sessions between admission and outcome.
    public int live() {
        return live.get();
    }

    /// Starts the clock of a channel that has asked for something; for doors that have to look things up before
    /// they know what to [#run].
    public Opening opening(ClientChannel client) {
        return new Opening(client, limits.decision());
    }

    /// Runs the session to its end, and ends the channel. Blocks; on a virtual thread of its own.
    public void run(ClientChannel client, Admission.Request request) {
        try (var opening = opening(client)) {
            run(client, request, opening);
        }
    }

    /// The same with a clock that runs already.
    public void run(ClientChannel client, Admission.Request request, Opening opening) {
        try {
            switch (admission.admit(request)) {
                case Decision.Granted granted -> {
                    live.incrementAndGet();
                    try {
                        run(client, request, granted, opening);
                    } finally {
                        live.decrementAndGet();
                    }
                }
                case Decision.Refused(var message) -> client.refuse(message, false);
                case Decision.Failed(var message) -> client.refuse(message, true);
            }
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "a session could not be admitted", e);
            client.refuse("something of ours broke; please try again", true);
        }
    }

    private void run(ClientChannel client, Admission.Request request, Decision.Granted granted, Opening opening) {
        granted.live().onEnd(opening.ending()::end);
        Outcome outcome = new Outcome.EdgeLost();
        try {
            outcome = open(client, request, granted, opening);
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "session " + granted.order().session() + " broke", e);
            client.refuse("something of ours broke; session " + granted.order().session(), true);
        } finally {
            granted.live().ended(outcome);
        }
    }

    private Outcome open(ClientChannel client, Admission.Request request, Decision.Granted granted, Opening opening) {
        var order = granted.order();
        var connection = granted.connection();
        var link = new AtomicReference<Stored>(Stored.NOWHERE);
        Recording recording;
        try {
            recording = recorder.open(
                    new Recorder.Head(order.session(), order.tenant(), connection.id(), order.level(), micros()),
                    granted.wrappedDataKey(),
                    (agentNumber, edgeNumber) -> link.get().stored(agentNumber, edgeNumber));
        } catch (RecordingFailed failed) {
            granted.live().unrecorded();
            if (connection.recordingRequired()) {
                LOG.log(Level.ERROR, "no recording, no session: " + order.session(), failed);
                client.refuse("this session cannot be recorded now, and so it cannot begin; please try again", true);
                return new Outcome.RecordingFailed();
            }
            recording = NoRecording.INSTANCE;
        }
        // without a recording there is nothing that the index could point to
        try (var index = recording == NoRecording.INSTANCE
                ? StatementIndex.OfSession.NOTHING
                : statements.open(order, connection)) {
            var tape = new Tape(
                    recording,
                    order.level().keepsBytes(connection.target()),
                    connection.recordingRequired(),
                    limits.passed(),
                    () -> client.say("this session is no longer recorded"),
                    index);
            var outcome = recorded(client, request, granted, opening, tape, link);
            recording.seal(outcome);
            return outcome;
        }
    }

    private Outcome recorded(
            ClientChannel client,
            Admission.Request request,
            Decision.Granted granted,
            Opening opening,
            Tape tape,
            AtomicReference<Stored> stored) {
        var order = granted.order();
        var connection = granted.connection();
        try {
            tape.note(Event.Kind.REQUEST, words(order.request()), 0, 0);
            var pty = pty(order.request());
            if (pty.isPresent()) {
                tape.note(
                        Event.Kind.RESIZE, pty.get().columns() + "x" + pty.get().rows(), 0, 0);
            }
            var unserved = order.request().refusedBy(connection.target());
            if (unserved.isPresent()) {
                return refuse(client, tape, unserved.get(), false);
            }
            // nobody waits any more, or nobody may: the target is not touched
            client.onLeft(opening::left);
            var early = opening.early();
            if (early.isPresent()) {
                return refuse(client, tape, early.get());
            }
            for (var notice : client.notices()) {
                say(client, tape, notice);
            }
            if (!connection.recordingRequired()) {
                say(client, tape, "this session is recorded as far as possible, not by necessity");
            }
            return switch (agents.start(connection.agent(), narrowed(order, connection))) {
                case AgentLinks.Start.Started(var link) -> {
                    stored.set(link::stored);
                    yield relay(client, request, granted, opening, tape, link);
                }
                case AgentLinks.Start.NotAttached() ->
                    refuse(client, tape, "the agent of " + connection.name() + " is not connected", true);
                case AgentLinks.Start.Busy() ->
                    refuse(client, tape, "the agent of " + connection.name() + " is busy; please try again", true);
            };
        } catch (RecordingFailed failed) {
            LOG.log(Level.ERROR, "no recording, no session: " + order.session(), failed);
            client.refuse("this session cannot be recorded now, and so it cannot begin; please try again", true);
            return new Outcome.RecordingFailed();
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            client.refuse("the gateway is stopping", true);
            return new Outcome.EdgeLost();
        }
    }

    private Outcome relay(
            ClientChannel client,
            Admission.Request request,
            Decision.Granted granted,
            Opening opening,
            Tape tape,
            SessionLink link) {
        var order = granted.order();
        var connection = granted.connection();
        var pulse = new Pulse(
                connection.idle(),
                request.credential().expires(),
                order.deadline(),
                granted.atDeadline(),
                limits.warning(),
                clock.instant(),
                System.nanoTime());
        var relay = new Relay(
                client,
                opening,
                link,
                tape,
                granted.live(),
                limits,
                pulse,
                () -> pulse.check(clock.instant(), System.nanoTime()),
                agent -> reviews.of(order, connection, agent));
        granted.live().holds(unread(client, link::held));
        Runnable tick = () -> tick(client, order, opening.ending(), tape, pulse);
        ticker.add(tick);
        Outcome outcome;
        try {
            outcome = relay.run();
        } finally {
            ticker.remove(tick);
            granted.live().holds(unread(client, () -> 0));
        }
        var notOpened = relay.notOpened();
        if (notOpened.isPresent()) {
            noteQuietly(tape, notOpened.get().reason());
            client.refuse(notOpened.get().reason(), notOpened.get().kind() != Message.Failed.Reason.REFUSED);
            return outcome;
        }
        if (needsSentence(outcome)) {
            sayQuietly(client, tape, outcome.sentence());
        }
        if (client.interactive() && !(outcome instanceof Outcome.UserLeft)) {
            sayQuietly(
                    client,
                    tape,
                    "session " + order.session() + " is over; replay it with: sally sessions replay "
                            + order.session());
        }
        client.finish(outcome);
        return outcome;
    }

    private static Admission.Unread unread(ClientChannel client, LongSupplier link) {
        return new Admission.Unread() {
            @Override
            public long bytes() {
                return client.unread() + link.getAsLong();
            }

            @Override
            public void drop() {
                client.drop();
            }
        };
    }

    private void tick(ClientChannel client, Order order, Ending ending, Tape tape, Pulse pulse) {
        var now = clock.instant();
        var nanos = System.nanoTime();
        pulse.check(now, nanos).ifPresent(ending::end);
        if (pulse.warns(now, nanos) && client.interactive()) {
            Thread.ofVirtual()
                    .name("relay-warning")
                    .start(() -> sayQuietly(
                            client,
                            tape,
                            "your certificate expires in " + Pulse.words(limits.warning())
                                    + ", and this session ends with it"));
        }
        try {
            tape.flush();
        } catch (RecordingFailed failed) {
            LOG.log(Level.ERROR, "the recording failed: " + order.session(), failed);
            ending.end(new Outcome.RecordingFailed());
        }
    }

    private static Order narrowed(Order order, ConnectionDefinition connection) {
        return new Order(
                order.session(),
                order.tenant(),
                order.edge(),
                order.user(),
                order.email(),
                order.definition(),
                order.request(),
                connection.accepted(order.environment()),
                order.level(),
                order.deadline(),
                order.groups(),
                order.policy());
    }

    private static boolean needsSentence(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Exited _, Outcome.Signalled _, Outcome.UserLeft _ -> false;
            case Outcome.AgentLost _,
                    Outcome.EdgeLost _,
                    Outcome.TargetFailed _,
                    Outcome.Revoked _,
                    Outcome.Killed _,
                    Outcome.Expired _,
                    Outcome.TimedOut _,
                    Outcome.RecordingFailed _ -> true;
        };
    }

    private static Outcome refuse(ClientChannel client, Tape tape, String reason, boolean ours) {
        noteQuietly(tape, reason);
        client.refuse(reason, ours);
        return new Outcome.TargetFailed(reason);
    }

    /// The session must end before its target was touched.
    private static Outcome refuse(ClientChannel client, Tape tape, Outcome outcome) {
        if (needsSentence(outcome)) {
            sayQuietly(client, tape, outcome.sentence());
        }
        client.finish(outcome);
        return outcome;
    }

    private static void say(ClientChannel client, Tape tape, String sentence) throws RecordingFailed {
        tape.note(Event.Kind.MESSAGE, sentence, 0, 0);
        client.say(sentence);
    }

    private static void sayQuietly(ClientChannel client, Tape tape, String sentence) {
        noteQuietly(tape, sentence);
        client.say(sentence);
    }

    /// For sentences at a session's end, which its user must see even when the recording has failed.
    private static void noteQuietly(Tape tape, String sentence) {
        try {
            tape.note(Event.Kind.MESSAGE, sentence, 0, 0);
        } catch (RecordingFailed failed) {
            LOG.log(Level.WARNING, "a message of ours is not in the recording", failed);
        }
    }

    private static String words(SessionRequest request) {
        return switch (request) {
            case SessionRequest.Shell _ -> "shell";
            case SessionRequest.Exec exec -> "exec " + new String(exec.command(), StandardCharsets.UTF_8);
            case SessionRequest.Subsystem(var name) -> "subsystem " + name;
            case SessionRequest.Forward(var host, var port) -> "forward " + host + ":" + port;
        };
    }

    private static Optional<Pty> pty(SessionRequest request) {
        return switch (request) {
            case SessionRequest.Shell(var pty) -> pty;
            case SessionRequest.Exec exec -> exec.pty();
            case SessionRequest.Subsystem _, SessionRequest.Forward _ -> Optional.empty();
        };
    }

    private long micros() {
        var now = clock.instant();
        return now.getEpochSecond() * 1_000_000 + now.getNano() / 1_000;
    }

    /// Where the news goes that something is in the object store: the session's link, once there is one.
    private interface Stored {

        Stored NOWHERE = (agentNumber, edgeNumber) -> {};

        void stored(long agentNumber, long edgeNumber);
    }

    /// Takes the place of a recording that could not be opened, on a *best effort* connection.
    private enum NoRecording implements Recording {
        INSTANCE;

        @Override
        public void append(Event.Kind kind, byte[] bytes, long agentNumber, long edgeNumber) {}

        @Override
        public void seal(Outcome outcome) {}
    }

    @Override
    public void close() {
        ticker.close();
    }
}
