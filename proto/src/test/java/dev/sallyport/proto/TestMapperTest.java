package dev.sallyport.proto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.sallyport.core.connection.SignedDefinition;
import dev.sallyport.core.connection.TestOrder;
import dev.sallyport.core.connection.TestStep;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.id.TestId;
import dev.sallyport.proto.v1.Tested;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TestMapperTest {

    private static final Clock CLOCK = Clock.systemUTC();

    private final TestOrder order = new TestOrder(
            TestId.next(CLOCK), TenantId.next(CLOCK), new SignedDefinition(new byte[] {1, 2, 3}, new byte[64]));
    private final List<TestStep> steps = List.of(
            TestStep.passed(TestStep.SECRETS, "the agent has the 2", Duration.ofMillis(7)),
            TestStep.failed(TestStep.HOST_KEY, "another key", Duration.ofMillis(70)));

    @Test
    void anOrderAndItsAnswerArriveAsTheyWereSent() throws Exception {
        var read = TestMapper.read(TestMapper.write(order));
        assertThat(read.test()).isEqualTo(order.test());
        assertThat(read.tenant()).isEqualTo(order.tenant());
        assertThat(read.definition().bytes()).isEqualTo(order.definition().bytes());
        assertThat(read.definition().signature()).isEqualTo(order.definition().signature());

        var tested = TestMapper.write(order.test(), steps);
        assertThat(TestMapper.test(tested)).isEqualTo(order.test());
        assertThat(TestMapper.steps(tested)).isEqualTo(steps);
    }

    @Test
    void whatAnAgentWritesForPeopleIsMadeHarmlessAndHasABound() throws Exception {
        var read = TestMapper.steps(tested("login", "\u001b[2J\u202eroot\n" + "x".repeat(100_000), 1));
        assertThat(read.getFirst().sentence())
                .startsWith("\\x1b[2J\\u202eroot\\n")
                .hasSize(TestStep.LONGEST);
    }

    @Test
    void whatIsNotWellFormedCountsForNothing() {
        for (var bad : List.of(
                tested("", "", 1),
                tested("Log In", "", 1),
                tested("x".repeat(33), "", 1),
                tested("login", "", -1),
                tested("login", "", Long.MAX_VALUE),
                Tested.getDefaultInstance(),
                Tested.newBuilder()
                        .addAllSteps(Collections.nCopies(
                                TestStep.MOST + 1, tested("login", "", 1).getSteps(0)))
                        .build())) {
            assertThatExceptionOfType(BadFrame.class).isThrownBy(() -> TestMapper.steps(bad));
        }
        assertThatExceptionOfType(BadFrame.class)
                .isThrownBy(() -> TestMapper.test(
                        Tested.newBuilder().setTestId("tst_../..").build()));
        var order = dev.sallyport.proto.v1.TestOrder.newBuilder(TestMapper.write(this.order));
        for (var bad : List.of(
                order.clone().setTestId("").build(),
                order.clone().setTenantId("ten_").build(),
                order.clone()
                        .setDefinition(com.google.protobuf.ByteString.copyFrom(new byte[300_000]))
                        .build(),
                order.clone()
                        .setDefinitionSignature(com.google.protobuf.ByteString.copyFrom(new byte[65]))
                        .build())) {
            assertThatExceptionOfType(BadFrame.class).isThrownBy(() -> TestMapper.read(bad));
        }
    }

    @Test
    void bytesThatWereCutOrChangedAreRefusedOrReadWithinAllBounds() {
        var random = new Random(4);
        var whole = TestMapper.write(order.test(), steps).toByteArray();
        var ordered = TestMapper.write(order).toByteArray();
        for (int cut = 0; cut <= Math.max(whole.length, ordered.length); cut++) {
            read(Arrays.copyOf(whole, Math.min(cut, whole.length)));
            read(Arrays.copyOf(ordered, Math.min(cut, ordered.length)));
        }
        for (int i = 0; i < 5_000; i++) {
            var garbage = i % 2 == 0 ? whole.clone() : ordered.clone();
            for (int j = 0; j < 3; j++) {
                garbage[random.nextInt(garbage.length)] = (byte) random.nextInt();
            }
            read(garbage);
        }
    }

    private static void read(byte[] bytes) {
        try {
            var tested = Tested.parseFrom(bytes);
            assertThat(TestMapper.steps(tested)).hasSizeBetween(1, TestStep.MOST);
        } catch (InvalidProtocolBufferException | BadFrame e) {
            // refused
        }
        try {
            TestMapper.read(dev.sallyport.proto.v1.TestOrder.parseFrom(bytes));
        } catch (InvalidProtocolBufferException | BadFrame e) {
            // refused
        }
    }

    private static Tested tested(String name, String sentence, long millis) {
        return Tested.newBuilder()
                .addSteps(dev.sallyport.proto.v1.TestStep.newBuilder()
                        .setName(name)
                        .setPassed(true)
                        .setSentence(sentence)
                        .setTookMillis(millis))
                .build();
    }
}
