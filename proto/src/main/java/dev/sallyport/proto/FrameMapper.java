package dev.sallyport.proto;

import com.google.protobuf.ByteOutput;
import com.google.protobuf.ByteString;
import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.UnsafeByteOperations;
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
import dev.sallyport.core.policy.PolicyDocument;
import dev.sallyport.core.policy.SignedPolicy;
import dev.sallyport.core.recording.Event;
import dev.sallyport.core.recording.RecordingLevel;
import dev.sallyport.core.review.HeldStatement;
import dev.sallyport.core.review.SignedApproval;
import dev.sallyport.core.session.Order;
import dev.sallyport.core.session.Pty;
import dev.sallyport.core.session.SessionRequest;
import dev.sallyport.proto.v1.Stored;
import dev.sallyport.proto.v1.TailFrame;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// The one place where frames of the wire become domain records, and back.
///
/// Reading believes nothing: whatever is malformed, too long or absent is a [BadFrame].
///
/// Bytes are not copied where protobuf allows it. What is written still points to the array of the domain
/// record, which must not change until the frame was serialised (gRPC does that before its `onNext` returns).
/// What is read owns its array alone: the protobuf message must be dropped after reading.
public final class FrameMapper {

    /// Longest sentence (`Failed`, `Close`, `Notice`), in characters.
    public static final int LONGEST_SENTENCE = 1_000;

    /// Longest line of JSON about a file, in characters.
    public static final int LONGEST_FILE = 65_536;

    /// Most variables of an order's environment, and the longest name and value.
    public static final int MOST_VARIABLES = 256;

    private static final int LONGEST_VARIABLE = 32_768;

    /// Most groups of one user.
    private static final int MOST_GROUPS = 256;

    private static final int LONGEST_DEFINITION = 262_144;
    private static final int SIGNATURE_BYTES = 64;
    private static final int LONGEST_MODES = 2_048;
    private static final Pattern SIGNAL = Pattern.compile("[A-Z0-9@.-]{1,32}");

    private FrameMapper() {}

    /// The frame as it goes over the wire.
    public static dev.sallyport.proto.v1.Frame write(Frame frame) {
        var out = dev.sallyport.proto.v1.Frame.newBuilder()
                .setNumber(frame.number())
                .setConsumed(frame.consumed());
        switch (frame.body()) {
            case Frame.Said said -> writeMessage(out, said.message());
            case Frame.Ack ignored -> out.setAck(dev.sallyport.proto.v1.Ack.getDefaultInstance());
            case Frame.End ignored -> out.setEnd(dev.sallyport.proto.v1.End.getDefaultInstance());
            case Frame.Stored stored ->
                out.setStored(
                        Stored.newBuilder().setAgentNumber(stored.agentNumber()).setEdgeNumber(stored.edgeNumber()));
            case Frame.Idle idle ->
                out.setIdle(dev.sallyport.proto.v1.Idle.newBuilder()
                        .setInstanceId(idle.instance().value()));
            case Frame.Open open ->
                out.setOpen(dev.sallyport.proto.v1.Open.newBuilder()
                        .setOrder(writeOrder(open.order()))
                        .setTicket(wrap(open.ticket().bytes())));
            case Frame.Accepted accepted ->
                out.setAccepted(dev.sallyport.proto.v1.Accepted.newBuilder()
                        .setTicket(wrap(accepted.ticket().bytes())));
            case Frame.Resume resume ->
                out.setResume(dev.sallyport.proto.v1.Resume.newBuilder()
                        .setInstanceId(resume.instance().value())
                        .setSessionId(resume.session().value())
                        .setTicket(wrap(resume.ticket().bytes()))
                        .setReceived(resume.received()));
            case Frame.Resumed resumed ->
                out.setResumed(dev.sallyport.proto.v1.Resumed.newBuilder().setReceived(resumed.received()));
        }
        return out.build();
    }

    private static void writeMessage(dev.sallyport.proto.v1.Frame.Builder out, Message message) {
        switch (message) {
            case Message.Data data ->
                out.setData(dev.sallyport.proto.v1.Data.newBuilder()
                        .setStream(writeStream(data.stream()))
                        .setOffset(data.offset())
                        .setBytes(wrap(data.bytes())));
            case Message.EndOfStream end ->
                out.setEndOfStream(
                        dev.sallyport.proto.v1.EndOfStream.newBuilder().setStream(writeStream(end.stream())));
            case Message.Resize resize ->
                out.setResize(dev.sallyport.proto.v1.Resize.newBuilder()
                        .setColumns(resize.columns())
                        .setRows(resize.rows())
                        .setWidthPixels(resize.widthPixels())
                        .setHeightPixels(resize.heightPixels()));
            case Message.Signal signal ->
                out.setSignal(dev.sallyport.proto.v1.Signal.newBuilder().setName(signal.name()));
            case Message.Echo echo ->
                out.setEcho(dev.sallyport.proto.v1.Echo.newBuilder().setOn(echo.on()));
            case Message.Opened ignored -> out.setOpened(dev.sallyport.proto.v1.Opened.getDefaultInstance());
            case Message.Failed failed ->
                out.setFailed(dev.sallyport.proto.v1.Failed.newBuilder()
                        .setKind(
                                switch (failed.kind()) {
                                    case REFUSED -> dev.sallyport.proto.v1.Failed.Reason.REFUSED;
                                    case TARGET -> dev.sallyport.proto.v1.Failed.Reason.TARGET;
                                    case INTERNAL -> dev.sallyport.proto.v1.Failed.Reason.INTERNAL;
                                })
                        .setReason(cut(failed.reason())));
            case Message.Exit exit -> {
                var written = dev.sallyport.proto.v1.Exit.newBuilder().setCoreDumped(exit.coreDumped());
                exit.status().ifPresent(written::setStatus);
                exit.signal().ifPresent(written::setSignal);
                out.setExit(written);
            }
            case Message.File file ->
                out.setFile(dev.sallyport.proto.v1.File.newBuilder().setJson(file.json()));
            case Message.Statement statement ->
                out.setStatement(dev.sallyport.proto.v1.Statement.newBuilder()
                        .setPart(
                                switch (statement.part()) {
                                    case JUDGED -> dev.sallyport.proto.v1.Statement.Part.JUDGED;
                                    case REFUSED -> dev.sallyport.proto.v1.Statement.Part.REFUSED;
                                    case ANSWERED -> dev.sallyport.proto.v1.Statement.Part.ANSWERED;
                                })
                        .setJson(statement.json()));
            case Message.Hold hold ->
                out.setHold(dev.sallyport.proto.v1.Hold.newBuilder()
                        .setWait(hold.number())
                        .setChallenge(wrap(hold.challenge()))
                        .setText(hold.statement().text())
                        .addAllParameters(hold.statement().parameters())
                        .setRule(hold.rule())
                        .setReason(hold.reason())
                        .setTouches(hold.touches())
                        .setUntilMillis(hold.until().toEpochMilli()));
            case Message.HoldEnded ended ->
                out.setHoldEnded(dev.sallyport.proto.v1.HoldEnded.newBuilder()
                        .setWait(ended.number())
                        .setEnd(
                                switch (ended.end()) {
                                    case CANCELLED -> dev.sallyport.proto.v1.HoldEnded.End.CANCELLED;
                                    case USED -> dev.sallyport.proto.v1.HoldEnded.End.USED;
                                    case REFUSED -> dev.sallyport.proto.v1.HoldEnded.End.REFUSED;
                                    case EXPIRED -> dev.sallyport.proto.v1.HoldEnded.End.EXPIRED;
                                }));
            case Message.HoldSeen seen ->
                out.setHoldSeen(dev.sallyport.proto.v1.HoldSeen.newBuilder()
                        .setWait(seen.number())
                        .setReviewId(seen.review().value())
                        .setApprovers(cut(seen.approvers())));
            case Message.Decided decided -> {
                var written = dev.sallyport.proto.v1.Decided.newBuilder()
                        .setWait(decided.number())
                        .setSentence(cut(decided.sentence()));
                decided.approval()
                        .ifPresent(approval -> written.setApproval(wrap(approval.bytes()))
                                .setApprovalSignature(wrap(approval.signature())));
                out.setDecided(written);
            }
            case Message.Close close ->
                out.setClose(dev.sallyport.proto.v1.Close.newBuilder().setWhy(cut(close.why())));
        }
    }

    private static dev.sallyport.proto.v1.Order writeOrder(Order order) {
        var out = dev.sallyport.proto.v1.Order.newBuilder()
                .setSessionId(order.session().value())
                .setTenantId(order.tenant().value())
                .setEdgeId(order.edge().value())
                .setUserId(order.user().value())
                .setEmail(order.email())
                .setDefinition(wrap(order.definition().bytes()))
                .setDefinitionSignature(wrap(order.definition().signature()))
                .putAllEnvironment(order.environment())
                .setLevel(order.level().name())
                .setDeadlineMillis(order.deadline().toEpochMilli())
                .addAllGroups(order.groups());
        order.policy()
                .ifPresent(policy -> out.setPolicy(wrap(policy.bytes())).setPolicySignature(wrap(policy.signature())));
        switch (order.request()) {
            case SessionRequest.Shell shell -> {
                var written = dev.sallyport.proto.v1.Shell.newBuilder();
                shell.pty().ifPresent(pty -> written.setPty(writePty(pty)));
                out.setShell(written);
            }
            case SessionRequest.Exec exec -> {
                var written = dev.sallyport.proto.v1.Exec.newBuilder().setCommand(wrap(exec.command()));
                exec.pty().ifPresent(pty -> written.setPty(writePty(pty)));
                out.setExec(written);
            }
            case SessionRequest.Subsystem subsystem ->
                out.setSubsystem(dev.sallyport.proto.v1.Subsystem.newBuilder().setName(subsystem.name()));
            case SessionRequest.Forward forward ->
                out.setForward(dev.sallyport.proto.v1.Forward.newBuilder()
                        .setHost(forward.host())
                        .setPort(forward.port()));
        }
        return out.build();
    }

    private static dev.sallyport.proto.v1.Pty writePty(Pty pty) {
        return dev.sallyport.proto.v1.Pty.newBuilder()
                .setTerm(pty.term())
                .setColumns(pty.columns())
                .setRows(pty.rows())
                .setWidthPixels(pty.widthPixels())
                .setHeightPixels(pty.heightPixels())
                .setModes(wrap(pty.modes()))
                .build();
    }

    private static dev.sallyport.proto.v1.Stream writeStream(Message.Stream stream) {
        return switch (stream) {
            case INPUT -> dev.sallyport.proto.v1.Stream.INPUT;
            case OUTPUT -> dev.sallyport.proto.v1.Stream.OUTPUT;
            case ERROR -> dev.sallyport.proto.v1.Stream.ERROR;
        };
    }

    /// An event of a tail as it goes over the wire.
    public static TailFrame write(TailEvent event) {
        return TailFrame.newBuilder()
                .setEvent(dev.sallyport.proto.v1.TailEvent.newBuilder()
                        .setKind(event.kind().code())
                        .setOffset(event.offset())
                        .setTimeMicros(event.time())
                        .setBytes(wrap(event.bytes())))
                .build();
    }

    /// The frame that came over the wire.
    public static Frame read(dev.sallyport.proto.v1.Frame frame) throws BadFrame {
        try {
            return new Frame(frame.getNumber(), frame.getConsumed(), readBody(frame));
        } catch (IllegalArgumentException e) {
            throw new BadFrame("a frame that is not well formed", e);
        }
    }

    private static Frame.Body readBody(dev.sallyport.proto.v1.Frame frame) throws BadFrame {
        return switch (frame.getBodyCase()) {
            case IDLE -> new Frame.Idle(new AgentInstanceId(frame.getIdle().getInstanceId()));
            case OPEN ->
                new Frame.Open(
                        readOrder(frame.getOpen().getOrder()),
                        new Ticket(bytes(frame.getOpen().getTicket(), Ticket.LENGTH)),
                        understood(frame.getOpen()));
            case ACCEPTED ->
                new Frame.Accepted(new Ticket(bytes(frame.getAccepted().getTicket(), Ticket.LENGTH)));
            case RESUME -> {
                var resume = frame.getResume();
                yield new Frame.Resume(
                        new AgentInstanceId(resume.getInstanceId()),
                        new SessionId(resume.getSessionId()),
                        new Ticket(bytes(resume.getTicket(), Ticket.LENGTH)),
                        count(resume.getReceived()));
            }
            case RESUMED -> new Frame.Resumed(count(frame.getResumed().getReceived()));
            case ACK -> new Frame.Ack();
            case END -> new Frame.End();
            case STORED ->
                new Frame.Stored(
                        count(frame.getStored().getAgentNumber()),
                        count(frame.getStored().getEdgeNumber()));
            case DATA -> {
                var data = frame.getData();
                yield new Frame.Said(new Message.Data(
                        readStream(data.getStream()), data.getOffset(), bytes(data.getBytes(), Message.Data.LONGEST)));
            }
            case END_OF_STREAM ->
                new Frame.Said(new Message.EndOfStream(
                        readStream(frame.getEndOfStream().getStream())));
            case RESIZE -> {
                var resize = frame.getResize();
                yield new Frame.Said(new Message.Resize(
                        size(resize.getColumns()),
                        size(resize.getRows()),
                        size(resize.getWidthPixels()),
                        size(resize.getHeightPixels())));
            }
            case SIGNAL ->
                new Frame.Said(new Message.Signal(signal(frame.getSignal().getName())));
            case ECHO -> new Frame.Said(new Message.Echo(frame.getEcho().getOn()));
            case OPENED -> new Frame.Said(new Message.Opened());
            case FAILED -> {
                var kind = switch (frame.getFailed().getKind()) {
                    case REFUSED -> Message.Failed.Reason.REFUSED;
                    case TARGET -> Message.Failed.Reason.TARGET;
                    case INTERNAL, UNRECOGNIZED -> Message.Failed.Reason.INTERNAL;
                };
                yield new Frame.Said(
                        new Message.Failed(kind, text(frame.getFailed().getReason(), LONGEST_SENTENCE)));
            }
            case EXIT -> {
                var exit = frame.getExit();
                yield new Frame.Said(new Message.Exit(
                        exit.hasStatus() ? Optional.of(exit.getStatus()) : Optional.empty(),
                        exit.hasSignal() ? Optional.of(signal(exit.getSignal())) : Optional.empty(),
                        exit.getCoreDumped()));
            }
            case FILE -> new Frame.Said(new Message.File(text(frame.getFile().getJson(), LONGEST_FILE)));
            case STATEMENT -> {
                var part = switch (frame.getStatement().getPart()) {
                    case JUDGED -> Message.Statement.Part.JUDGED;
                    case REFUSED -> Message.Statement.Part.REFUSED;
                    case ANSWERED -> Message.Statement.Part.ANSWERED;
                    case UNRECOGNIZED -> throw new BadFrame("a part of a statement that this version does not know");
                };
                yield new Frame.Said(
                        new Message.Statement(part, text(frame.getStatement().getJson(), Message.Statement.LONGEST)));
            }
            case HOLD -> {
                var hold = frame.getHold();
                if (hold.getParametersCount() > HeldStatement.MOST_PARAMETERS) {
                    throw new BadFrame("a held statement with too many parameters");
                }
                yield new Frame.Said(new Message.Hold(
                        hold.getWait(),
                        bytes(hold.getChallenge(), SignedApproval.CHALLENGE),
                        new HeldStatement(hold.getText(), hold.getParametersList()),
                        text(hold.getRule(), Message.Hold.LONGEST_WORDS),
                        text(hold.getReason(), Message.Hold.LONGEST_WORDS),
                        text(hold.getTouches(), Message.Hold.LONGEST_WORDS),
                        Instant.ofEpochMilli(hold.getUntilMillis())));
            }
            case HOLD_ENDED -> {
                var end = switch (frame.getHoldEnded().getEnd()) {
                    case CANCELLED, UNRECOGNIZED -> Message.HoldEnded.End.CANCELLED;
                    case USED -> Message.HoldEnded.End.USED;
                    case REFUSED -> Message.HoldEnded.End.REFUSED;
                    case EXPIRED -> Message.HoldEnded.End.EXPIRED;
                };
                yield new Frame.Said(
                        new Message.HoldEnded(count(frame.getHoldEnded().getWait()), end));
            }
            case HOLD_SEEN -> {
                var seen = frame.getHoldSeen();
                yield new Frame.Said(new Message.HoldSeen(
                        count(seen.getWait()),
                        new ReviewId(seen.getReviewId()),
                        sentence(text(seen.getApprovers(), LONGEST_SENTENCE))));
            }
            case DECIDED -> {
                var decided = frame.getDecided();
                yield new Frame.Said(new Message.Decided(
                        count(decided.getWait()),
                        decided.getApproval().isEmpty()
                                ? Optional.empty()
                                : Optional.of(new SignedApproval(
                                        bytes(decided.getApproval(), SignedApproval.LONGEST),
                                        bytes(decided.getApprovalSignature(), SIGNATURE_BYTES))),
                        sentence(text(decided.getSentence(), LONGEST_SENTENCE))));
            }
            case CLOSE -> new Frame.Said(new Message.Close(text(frame.getClose().getWhy(), LONGEST_SENTENCE)));
            case BODY_NOT_SET -> {
                // what a newer version says outside the numbering is nothing to this one but what it acknowledges
                if (frame.getNumber() == 0 && hasUnknown(frame)) {
                    yield new Frame.Ack();
                }
                throw new BadFrame("a frame without a body that this version knows");
            }
        };
    }

    /// Whether an order has nothing in it that this version does not know, down to its request.
    private static boolean understood(dev.sallyport.proto.v1.Open open) {
        var order = open.getOrder();
        return !hasUnknown(open)
                && !hasUnknown(order)
                && !hasUnknown(order.getShell())
                && !hasUnknown(order.getShell().getPty())
                && !hasUnknown(order.getExec())
                && !hasUnknown(order.getExec().getPty())
                && !hasUnknown(order.getSubsystem())
                && !hasUnknown(order.getForward());
    }

    private static boolean hasUnknown(MessageOrBuilder message) {
        return !message.getUnknownFields().asMap().isEmpty();
    }

    private static Order readOrder(dev.sallyport.proto.v1.Order order) throws BadFrame {
        if (order.getEnvironmentCount() > MOST_VARIABLES) {
            throw new BadFrame("an order with more than " + MOST_VARIABLES + " variables");
        }
        for (var variable : order.getEnvironmentMap().entrySet()) {
            text(variable.getKey(), LONGEST_VARIABLE);
            text(variable.getValue(), LONGEST_VARIABLE);
        }
        return new Order(
                new SessionId(order.getSessionId()),
                new TenantId(order.getTenantId()),
                new EdgeId(order.getEdgeId()),
                new UserId(order.getUserId()),
                text(order.getEmail(), LONGEST_SENTENCE),
                new SignedDefinition(
                        bytes(order.getDefinition(), LONGEST_DEFINITION),
                        bytes(order.getDefinitionSignature(), SIGNATURE_BYTES)),
                readRequest(order),
                order.getEnvironmentMap(),
                RecordingLevel.valueOf(order.getLevel()),
                Instant.ofEpochMilli(order.getDeadlineMillis()),
                groups(order),
                order.getPolicy().isEmpty()
                        ? Optional.empty()
                        : Optional.of(new SignedPolicy(
                                bytes(order.getPolicy(), PolicyDocument.LONGEST),
                                bytes(order.getPolicySignature(), SIGNATURE_BYTES))));
    }

    private static Set<String> groups(dev.sallyport.proto.v1.Order order) throws BadFrame {
        if (order.getGroupsCount() > MOST_GROUPS) {
            throw new BadFrame("an order with more than " + MOST_GROUPS + " groups");
        }
        var groups = new HashSet<String>();
        for (var group : order.getGroupsList()) {
            groups.add(text(group, LONGEST_SENTENCE));
        }
        return groups;
    }

    private static SessionRequest readRequest(dev.sallyport.proto.v1.Order order) throws BadFrame {
        return switch (order.getRequestCase()) {
            case SHELL ->
                new SessionRequest.Shell(
                        order.getShell().hasPty()
                                ? Optional.of(readPty(order.getShell().getPty()))
                                : Optional.empty());
            case EXEC ->
                new SessionRequest.Exec(
                        bytes(order.getExec().getCommand(), SessionRequest.Exec.LONGEST),
                        order.getExec().hasPty()
                                ? Optional.of(readPty(order.getExec().getPty()))
                                : Optional.empty());
            case SUBSYSTEM ->
                new SessionRequest.Subsystem(text(order.getSubsystem().getName(), LONGEST_SENTENCE));
            case FORWARD ->
                new SessionRequest.Forward(
                        text(order.getForward().getHost(), LONGEST_SENTENCE),
                        size(order.getForward().getPort()));
            case REQUEST_NOT_SET -> {
                // of a newer version: stands for what is refused, since it is not understood
                if (hasUnknown(order)) {
                    yield new SessionRequest.Shell(Optional.empty());
                }
                throw new BadFrame("an order without a request");
            }
        };
    }

    private static Pty readPty(dev.sallyport.proto.v1.Pty pty) throws BadFrame {
        return new Pty(
                pty.getTerm(),
                size(pty.getColumns()),
                size(pty.getRows()),
                size(pty.getWidthPixels()),
                size(pty.getHeightPixels()),
                bytes(pty.getModes(), LONGEST_MODES));
    }

    private static Message.Stream readStream(dev.sallyport.proto.v1.Stream stream) throws BadFrame {
        return switch (stream) {
            case INPUT -> Message.Stream.INPUT;
            case OUTPUT -> Message.Stream.OUTPUT;
            case ERROR -> Message.Stream.ERROR;
            case UNRECOGNIZED -> throw new BadFrame("an unknown stream");
        };
    }

    /// An event of a tail that came over the wire.
    public static TailEvent read(dev.sallyport.proto.v1.TailEvent event) throws BadFrame {
        try {
            return new TailEvent(
                    Event.Kind.of(event.getKind()),
                    count(event.getOffset()),
                    event.getTimeMicros(),
                    bytes(event.getBytes(), Event.LONGEST));
        } catch (IllegalArgumentException e) {
            throw new BadFrame("an event of a tail that is not well formed", e);
        }
    }

    /// A sentence of the other side, no longer than it may be, without control characters.
    public static String sentence(String text) {
        var clean = cut(text)
                .codePoints()
                .map(c -> Character.isISOControl(c) ? ' ' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append);
        return clean.toString();
    }

    private static String cut(String text) {
        return text.length() <= LONGEST_SENTENCE ? text : text.substring(0, LONGEST_SENTENCE);
    }

    private static String text(String text, int longest) throws BadFrame {
        if (text.length() > longest) {
            throw new BadFrame("a text longer than " + longest + " characters");
        }
        return text;
    }

    private static String signal(String name) throws BadFrame {
        if (!SIGNAL.matcher(name).matches()) {
            throw new BadFrame("not the name of a signal");
        }
        return name;
    }

    private static long count(long number) throws BadFrame {
        if (number < 0) {
            throw new BadFrame("a number beyond what is counted");
        }
        return number;
    }

    private static int size(int number) throws BadFrame {
        if (number < 0) {
            throw new BadFrame("a size beyond what is counted");
        }
        return number;
    }

    private static ByteString wrap(byte[] bytes) {
        return UnsafeByteOperations.unsafeWrap(bytes);
    }

    private static byte[] bytes(ByteString string, int longest) throws BadFrame {
        if (string.size() > longest) {
            throw new BadFrame("more than " + longest + " bytes");
        }
        var taken = new Taken();
        try {
            UnsafeByteOperations.unsafeWriteTo(string, taken);
        } catch (IOException e) {
            throw new IllegalStateException("memory does not fail", e);
        }
        return taken.whole.length == string.size() ? taken.whole : string.toByteArray();
    }

    /// Takes the array behind a byte string that is its own array from end to end.
    private static final class Taken extends ByteOutput {

        private byte[] whole = {};

        @Override
        public void write(byte value) {
            whole = new byte[] {value};
        }

        @Override
        public void write(byte[] value, int offset, int length) {
            whole = Arrays.copyOfRange(value, offset, offset + length);
        }

        @Override
        public void writeLazy(byte[] value, int offset, int length) {
            whole = offset == 0 && length == value.length ? value : Arrays.copyOfRange(value, offset, offset + length);
        }

        @Override
        public void write(ByteBuffer value) {
            whole = new byte[value.remaining()];
            value.get(whole);
        }

        @Override
        public void writeLazy(ByteBuffer value) {
            write(value);
        }
    }
}
