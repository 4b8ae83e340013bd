package dev.sallyport.edge.agents;

import dev.sallyport.core.id.AgentInstanceId;
import dev.sallyport.core.id.EdgeId;
import dev.sallyport.proto.BadFrame;
import dev.sallyport.proto.FrameMapper;
import dev.sallyport.proto.TestMapper;
import dev.sallyport.proto.v1.AttachDown;
import dev.sallyport.proto.v1.AttachUp;
import dev.sallyport.proto.v1.Hello;
import dev.sallyport.proto.v1.Welcome;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Clock;
import java.util.HashSet;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One `Attach` call: a hello makes it an [Instance], heartbeats keep it one.
///
/// gRPC calls its methods one at a time, on virtual threads.
final class AttachCall implements StreamObserver<AttachUp> {

    /// The version of the protocol that this edge speaks.
    static final int WIRE_VERSION = 1;

    private static final Logger LOG = LoggerFactory.getLogger(AttachCall.class);
    private static final int MOST_CAPABILITIES = 64;
    private static final int LONGEST_TEXT = 100;
    private static final Pattern CAPABILITY = Pattern.compile("[a-z0-9][a-z0-9:._-]{0,63}");
    private static final Pattern SEALING_KEY = Pattern.compile("[A-Za-z0-9+/=]{0,128}");

    /// What the call needs of the edge.
    ///
    /// @param attach takes a new instance, and tells everybody who must know
    /// @param drains whether it takes no new instance any more
    record Surroundings(
            EdgeId edge,
            AgentDirectory directory,
            Attachments attachments,
            Clock clock,
            LongSupplier nanos,
            int idleCalls,
            Consumer<Instance> attach,
            BooleanSupplier drains) {}

    private final Surroundings edge;
    private final TokenCheck.Caller caller;
    private final ServerCallStreamObserver<AttachDown> down;
    private Optional<Instance> instance = Optional.empty();

    AttachCall(Surroundings edge, TokenCheck.Caller caller, StreamObserver<AttachDown> down) {
        this.edge = edge;
        this.caller = caller;
        this.down = (ServerCallStreamObserver<AttachDown>) down;
        this.down.setOnCancelHandler(this::gone);
    }

    @Override
    public void onNext(AttachUp message) {
        switch (message.getBodyCase()) {
            case HELLO -> hello(message.getHello());
            case HEARTBEAT ->
                instance.ifPresent(attached -> attached.heard(edge.nanos().getAsLong()));
            case DRAINING ->
                instance.ifPresent(attached -> {
                    attached.drains();
                    edge.attachments().changed();
                });
            case NOTICE ->
                instance.ifPresent(attached -> notice(message.getNotice().getText()));
            case TESTED -> instance.ifPresent(attached -> tested(attached, message.getTested()));
            case BODY_NOT_SET -> {
                // of a newer version: nothing to this one
            }
        }
    }

    private void hello(Hello hello) {
        if (instance.isPresent()) {
            refuse(Status.INVALID_ARGUMENT.withDescription("hello is said once"));
            return;
        }
        if (hello.getWireVersion() != WIRE_VERSION) {
            refuse(Status.FAILED_PRECONDITION.withDescription("this edge speaks version " + WIRE_VERSION
                    + " of the protocol, the agent version " + Integer.toUnsignedString(hello.getWireVersion())
                    + "; upgrade the older of the two"));
            return;
        }
        var capabilities = new HashSet<String>(hello.getCapabilitiesList());
        if (capabilities.size() > MOST_CAPABILITIES
                || !capabilities.stream()
                        .allMatch(name -> CAPABILITY.matcher(name).matches())
                || !SEALING_KEY.matcher(hello.getSealingKey()).matches()) {
            refuse(Status.INVALID_ARGUMENT.withDescription("a hello that is not well formed"));
            return;
        }
        if (edge.drains().getAsBoolean()) {
            refuse(Status.UNAVAILABLE.withDescription("this edge drains; attach to another one"));
            return;
        }
        if (hello.getElsewhereList().contains(edge.edge().value())) {
            refuse(Status.ALREADY_EXISTS.withDescription("this instance is attached to this edge already"));
            return;
        }
        AgentInstanceId id;
        try {
            id = new AgentInstanceId(hello.getInstanceId());
        } catch (IllegalArgumentException e) {
            refuse(Status.INVALID_ARGUMENT.withDescription("a hello that is not well formed"));
            return;
        }
        var attachment = new AgentDirectory.Attachment(
                caller.agent(),
                id,
                text(hello.getVersion()),
                text(hello.getHost()),
                capabilities,
                hello.getSealingKey().isEmpty() ? Optional.empty() : Optional.of(hello.getSealingKey()),
                caller.peer().remote().toString(),
                edge.clock().instant());
        var attached = new Instance(
                attachment, caller, edge.attachments(), down, edge.nanos().getAsLong());
        if (!caller.peer().attach(attached)) {
            refuse(Status.ALREADY_EXISTS.withDescription("an instance is attached over this connection already"));
            return;
        }
        instance = Optional.of(attached);
        try {
            edge.directory().attached(attachment);
            edge.attach().accept(attached);
        } catch (RuntimeException e) {
            LOG.warn("agent {} could not be attached", caller.agent().agent(), e);
            attached.close(Optional.of(Status.UNAVAILABLE.withDescription("cannot be attached now; come back")), true);
            return;
        }
        attached.tell(AttachDown.newBuilder()
                .setWelcome(Welcome.newBuilder()
                        .setEdgeId(edge.edge().value())
                        .setWireVersion(WIRE_VERSION)
                        .setAgentId(caller.agent().agent().value())
                        .setAgentName(caller.agent().name()))
                .build());
        attached.wantIdle(edge.idleCalls());
        LOG.info(
                "agent {} ({}) is attached as {}",
                caller.agent().name(),
                caller.agent().agent(),
                id);
    }

    private void notice(String text) {
        var sentence = FrameMapper.sentence(text);
        LOG.warn("agent {} says: {}", caller.agent().agent(), sentence);
        try {
            edge.directory().noticed(caller.agent(), sentence);
        } catch (RuntimeException e) {
            LOG.warn("could not keep what an agent said", e);
        }
    }

    /// An answer that is not well formed is none: the test ends by its time.
    private void tested(Instance attached, dev.sallyport.proto.v1.Tested tested) {
        try {
            attached.answered(TestMapper.test(tested), TestMapper.steps(tested));
        } catch (BadFrame e) {
            LOG.warn(
                    "agent {} sent a test's outcome that counts for nothing: {}",
                    caller.agent().agent(),
                    e.getMessage());
        }
    }

    private void refuse(Status status) {
        if (status.getCode() == Status.Code.ALREADY_EXISTS) {
            // an agent that looks for a second edge
            LOG.debug("agent {} is attached here already", caller.agent().agent());
        } else {
            LOG.warn("agent {} is not attached: {}", caller.agent().agent(), status.getDescription());
        }
        if (instance.isPresent()) {
            instance.get().close(Optional.of(status), true);
        } else {
            down.onError(new StatusRuntimeException(status));
        }
    }

    @Override
    public void onError(Throwable problem) {
        gone();
    }

    @Override
    public void onCompleted() {
        if (instance.isPresent()) {
            instance.get().close(Optional.of(Status.OK), true);
        } else {
            down.onCompleted();
        }
    }

    private void gone() {
        instance.ifPresent(attached -> attached.close(Optional.empty(), true));
    }

    private static String text(String text) {
        var clean = FrameMapper.sentence(text);
        return clean.length() <= LONGEST_TEXT ? clean : clean.substring(0, LONGEST_TEXT);
    }
}
