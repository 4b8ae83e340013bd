package dev.sallyport.edge.relay;

import dev.sallyport.core.certificate.Credential;
import dev.sallyport.core.certificate.UserCertificate;
import dev.sallyport.core.id.EdgeId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.link.Carry;
import dev.sallyport.core.link.ForgedFrame;
import dev.sallyport.core.link.Frame;
import dev.sallyport.core.link.Ticket;
import dev.sallyport.core.recording.DataKeys;
import dev.sallyport.core.recording.Event;
import dev.sallyport.core.secret.Secret;
import dev.sallyport.core.session.Outcome;
import dev.sallyport.core.session.SessionRequest;
import dev.sallyport.edge.admission.Admission;
import dev.sallyport.edge.admission.Admission.Decision;
import dev.sallyport.edge.admission.LiveSessions;
import dev.sallyport.edge.admission.Sight;
import dev.sallyport.edge.admission.StoreAdmission;
import dev.sallyport.edge.recorder.Recorder.RecordingFailed;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// One run of an edge: the real admission, live index, sight and link machines, with what its threads do as
/// duties of one simulated machine, which may stand still, step its clock, lose its disk's room, and crash.
final class SimulatedEdge {

    private static final DataKeys KEYS = new DataKeys() {
        @Override
        public DataKey next(TenantId tenant) {
            return new DataKey(Secret.of(new byte[32]), new byte[1]);
        }

        @Override
        public Secret unwrap(TenantId tenant, byte[] wrapped) {
            return Secret.of(new byte[32]);
        }
    };

    private final World world;
    private final EdgeId id;
    private final Machine machine;
    private final Sight sight;
    private final LiveSessions live = new LiveSessions();
    private final StoreAdmission admission;
    private final List<SimulatedSession> sessions = new ArrayList<>();
    private final List<SimulatedRecording> recordings = new ArrayList<>();
    private Optional<Ticket> lastTicket = Optional.empty();
    private boolean up = true;

    /// Whether the disk has room.
    boolean room = true;

    /// When the last read of the mailbox began that was acted upon, and when the machine last went on after a
    /// stall.
    long actedFrom;

    long stallEnded;

    SimulatedEdge(World world, int number, Machine machine) {
        this.world = world;
        this.machine = machine;
        this.id = new EdgeId("edg_" + "%026d".formatted(number));
        this.sight = new Sight(this::nanos);
        this.admission =
                new StoreAdmission(world.store.ledger(this), id, KEYS, live, sight, clock(), this::deadlineNanos);
        machine.every(Duration.ofMillis(250), sight::pulse);
        machine.every(Duration.ofMillis(500), this::readMail);
        machine.every(Duration.ofSeconds(1), this::beat);
        machine.every(Duration.ofSeconds(1), this::checkDeadlines);
        machine.every(Duration.ofSeconds(1), () -> sessions.forEach(SimulatedSession::tick));
        machine.every(Duration.ofSeconds(60), () -> judge(List.copyOf(sessions)));
        machine.every(Duration.ofSeconds(2), this::upload);
    }

    EdgeId id() {
        return id;
    }

    Machine machine() {
        return machine;
    }

    boolean up() {
        return up;
    }

    long nanos() {
        return machine.nanos();
    }

    /// The monotonic clock as deadlines see it.
    long deadlineNanos() {
        boolean stands = world.plants(Bug.WALL_CLOCK_ALONE) || world.plants(Bug.EXPIRED_SESSION_GOES_ON);
        return stands ? 0 : machine.nanos();
    }

    Clock clock() {
        return machine.clock();
    }

    List<SimulatedSession> sessions() {
        return sessions;
    }

    List<SimulatedRecording> recordings() {
        return recordings;
    }

    boolean spoolHasRoom() {
        return room;
    }

    /// Joins the cell.
    void start() {
        try {
            long from = sight.reading();
            world.store.register(this);
            sight.beat(from);
            readMail();
        } catch (RuntimeException e) {
            up = false;
            world.log("an edge could not start");
        }
    }

    private void beat() {
        long from = sight.reading();
        if (world.store.beat(this)) {
            sight.beat(from);
        } else {
            sight.leaseLost();
            live.endAll(new Outcome.EdgeLost());
            if (live.count() == 0) {
                long again = sight.reading();
                world.store.register(this);
                sight.beat(again);
            }
        }
    }

    /// As `edge.mailbox.MailReader`, which has tests of its own against the real store.
    private void readMail() {
        long from = sight.reading();
        long fromTrue = world.now();
        try {
            var letters = world.store.mail(this);
            if (world.plants(Bug.MAIL_DELETED_FIRST)) {
                letters.forEach(letter -> world.store.delete(this, letter));
            }
            for (var letter : letters) {
                letter.kill().ifPresent(session -> live.end(session, new Outcome.Killed("admin")));
            }
            if (letters.stream().anyMatch(letter -> letter.kill().isEmpty())) {
                judgeLive();
            }
            sight.acted(from);
            actedFrom = fromTrue;
            if (!world.plants(Bug.MAIL_DELETED_FIRST)) {
                letters.forEach(letter -> world.store.delete(this, letter));
            }
        } catch (RuntimeException e) {
            if (world.plants(Bug.UNREAD_MAIL_COUNTS_AS_READ)) {
                sight.acted(from);
            }
            throw e;
        }
    }

    private void judgeLive() {
        for (var one : live.of(SimulatedStore.TENANT).stream()
                .sorted(Comparator.comparing(session -> world.name(session.id())))
                .toList()) {
            if (!(world.plants(Bug.REVOKE_MISSED_WHILE_ADMITTING)
                    && one.connection().isEmpty())) {
                admission.judgeAgain(List.of(one));
            }
        }
    }

    private void judge(List<SimulatedSession> all) {
        if (!all.isEmpty()) {
            judgeLive();
        }
    }

    private void checkDeadlines() {
        if (!world.plants(Bug.EXPIRED_SESSION_GOES_ON)) {
            live.check(clock().instant(), sight);
            sessions.forEach(SimulatedSession::checkDeadline);
        }
    }

    private void upload() {
        if (!world.objectStoreAnswers()) {
            return;
        }
        for (var recording : recordings) {
            var session =
                    sessions.stream().filter(one -> one.recording == recording).findFirst();
            recording.upload((agentNumber, edgeNumber) -> session.ifPresent(one -> {
                one.carry.stored(agentNumber, edgeNumber, nanos());
                one.flush();
            }));
        }
        recordings.removeIf(SimulatedRecording::done);
        sessions.removeIf(one -> one.finished()
                && one.carry.phase() == Carry.Phase.OVER
                && one.wire.filter(call -> !call.dead).isEmpty());
    }

    /// A user logs in and asks for the connection.
    void login(Instant expires) {
        long asked = world.now();
        var decision = admission.admit(new Admission.Request(
                new Credential(
                        new UserCertificate(
                                true,
                                1,
                                "alice",
                                List.of("alice@example.com"),
                                Instant.EPOCH,
                                expires,
                                Map.of(),
                                Set.of(),
                                SimulatedStore.CA.fingerprint(),
                                "SHA256:" + "B".repeat(43)),
                        SimulatedStore.CA,
                        "alice@example.com",
                        "192.0.2.7"),
                SimulatedStore.BASH,
                new SessionRequest.Shell(Optional.empty()),
                Map.of()));
        if (decision instanceof Decision.Granted granted && up) {
            world.promises.admits(this, asked);
            begin(granted);
        }
    }

    private void begin(Decision.Granted granted) {
        var session = granted.order().session();
        var found = live.get(session);
        var agent = world.agent();
        var recording = new SimulatedRecording(world, session);
        try {
            recording.append(Event.Kind.REQUEST, "shell".getBytes(StandardCharsets.UTF_8), 0, 0, room);
        } catch (RecordingFailed e) {
            granted.live().unrecorded();
            granted.live().ended(new Outcome.RecordingFailed());
            return;
        }
        recordings.add(recording);
        if (found.isEmpty() || agent.isEmpty()) {
            recording.seal(new Outcome.TargetFailed("no agent"));
            granted.live().ended(new Outcome.TargetFailed("no agent"));
            return;
        }
        var ticket = world.plants(Bug.TICKET_REUSED) ? lastTicket.orElseGet(Ticket::next) : Ticket.next();
        lastTicket = Optional.of(ticket);
        var wire = world.wire(this);
        var begun = new SimulatedSession(
                world,
                this,
                granted,
                found.get(),
                recording,
                ticket,
                agent.get().instance(),
                wire);
        sessions.add(begun);
        world.promises.orders(begun);
        world.log("session " + world.name(session) + " is ordered");
        begun.flush();
    }

    /// A frame has come on a call.
    void hear(Wire wire, Frame frame) {
        var carried = sessions.stream()
                .filter(session -> session.wire.filter(call -> call == wire).isPresent())
                .findFirst();
        if (carried.isEmpty() && frame.body() instanceof Frame.Resume resume) {
            resume(wire, resume);
            return;
        }
        if (carried.isEmpty()) {
            return;
        }
        var session = carried.get();
        try {
            session.carry.received(frame, nanos());
        } catch (ForgedFrame forged) {
            world.promises.refused(session, forged);
            wire.cut(world.random);
        }
        session.flush();
    }

    private void resume(Wire wire, Frame.Resume resume) {
        var found = sessions.stream()
                .filter(session -> session.id().equals(resume.session()))
                .findFirst();
        if (found.isEmpty()) {
            wire.cut(world.random);
            world.forgotten(wire, resume.session());
            return;
        }
        var session = found.get();
        boolean carriedByIt = session.instance.equals(resume.instance());
        if (!carriedByIt && !world.plants(Bug.RESUMED_BY_ANOTHER_INSTANCE)) {
            wire.cut(world.random);
            return;
        }
        try {
            if (session.carry.resume(resume, nanos())) {
                world.promises.resumes(session, resume);
                session.wire.filter(former -> former != wire).ifPresent(former -> former.cut(world.random));
                session.wire = Optional.of(wire);
            } else {
                wire.cut(world.random);
            }
        } catch (ForgedFrame stranger) {
            wire.cut(world.random);
        }
        session.flush();
    }

    /// It is gone in an instant; its disk may be, too.
    void crash(boolean spoolKept) {
        up = false;
        for (var session : sessions) {
            session.wire.ifPresent(call -> call.cut(world.random));
        }
        if (spoolKept) {
            world.leftSpools.addAll(recordings);
        } else {
            recordings.stream()
                    .filter(recording -> !recording.done())
                    .forEach(recording -> world.promises.spoolLost(recording.session()));
        }
    }

    void close() {
        admission.close();
    }
}
