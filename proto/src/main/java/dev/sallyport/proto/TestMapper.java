package dev.sallyport.proto;

import com.google.protobuf.ByteString;
import dev.sallyport.core.connection.SignedDefinition;
import dev.sallyport.core.connection.TestOrder;
import dev.sallyport.core.connection.TestStep;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.id.TestId;
import dev.sallyport.core.text.Escaped;
import dev.sallyport.proto.v1.Tested;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Orders of tests and their answers, as they go over the wire and come from it.
///
/// Reading believes nothing: whatever is malformed, too long or absent is a [BadFrame], and what the other side
/// wrote for people is made harmless.
public final class TestMapper {

    private static final int LONGEST_DEFINITION = 262_144;
    private static final int SIGNATURE_BYTES = 64;
    private static final Duration LONGEST_STEP = Duration.ofHours(1);

    private TestMapper() {}

    public static dev.sallyport.proto.v1.TestOrder write(TestOrder order) {
        return dev.sallyport.proto.v1.TestOrder.newBuilder()
                .setTestId(order.test().value())
                .setTenantId(order.tenant().value())
                .setDefinition(ByteString.copyFrom(order.definition().bytes()))
                .setDefinitionSignature(ByteString.copyFrom(order.definition().signature()))
                .build();
    }

    public static Tested write(TestId test, List<TestStep> steps) {
        var tested = Tested.newBuilder().setTestId(test.value());
        for (var step : steps) {
            tested.addSteps(dev.sallyport.proto.v1.TestStep.newBuilder()
                    .setName(step.name())
                    .setPassed(step.passed())
                    .setSentence(step.sentence())
                    .setTookMillis(step.took().toMillis()));
        }
        return tested.build();
    }

    public static TestOrder read(dev.sallyport.proto.v1.TestOrder order) throws BadFrame {
        if (order.getDefinition().size() > LONGEST_DEFINITION
                || order.getDefinitionSignature().size() > SIGNATURE_BYTES) {
            throw new BadFrame("an order of a test that is too long");
        }
        try {
            return new TestOrder(
                    new TestId(order.getTestId()),
                    new TenantId(order.getTenantId()),
                    new SignedDefinition(
                            order.getDefinition().toByteArray(),
                            order.getDefinitionSignature().toByteArray()));
        } catch (IllegalArgumentException e) {
            throw new BadFrame("an order of a test that is not well formed", e);
        }
    }

    /// Which test an answer is for.
    public static TestId test(Tested tested) throws BadFrame {
        try {
            return new TestId(tested.getTestId());
        } catch (IllegalArgumentException e) {
            throw new BadFrame("a test's outcome without its id", e);
        }
    }

    /// The steps of an answer.
    public static List<TestStep> steps(Tested tested) throws BadFrame {
        if (tested.getStepsCount() == 0 || tested.getStepsCount() > TestStep.MOST) {
            throw new BadFrame("a test has 1 to " + TestStep.MOST + " steps");
        }
        var steps = new ArrayList<TestStep>();
        for (var step : tested.getStepsList()) {
            if (step.getTookMillis() < 0 || step.getTookMillis() > LONGEST_STEP.toMillis()) {
                throw new BadFrame("a step of a test that took longer than any");
            }
            try {
                steps.add(new TestStep(
                        step.getName(),
                        step.getPassed(),
                        Escaped.of(step.getSentence(), TestStep.LONGEST),
                        Duration.ofMillis(step.getTookMillis())));
            } catch (IllegalArgumentException e) {
                throw new BadFrame("a step of a test that is not well formed", e);
            }
        }
        return List.copyOf(steps);
    }
}
