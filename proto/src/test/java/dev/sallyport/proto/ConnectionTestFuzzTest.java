package dev.sallyport.proto;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.sallyport.core.connection.TestStep;
import dev.sallyport.core.text.Escaped;
import dev.sallyport.proto.v1.AttachDown;
import dev.sallyport.proto.v1.AttachUp;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Tag;

/// What edge and agent say to each other about tests of connections, on the `Attach` stream (promise P9, attack classes
/// 20, 37 and 43): refused as a bad frame, or an order and steps within all bounds.
@Tag("fuzz")
class ConnectionTestFuzzTest {

    /// As the agent hears it, from an edge that it does not believe.
    @FuzzTest
    void anOrderIsReadOrRefusedAndWrittenAsItWasRead(byte[] bytes) {
        try {
            var order = TestMapper.read(AttachDown.parseFrom(bytes).getTest());
            assertThat(order.test().value()).matches("tst_[0-9a-z]{26}");
            assertThat(order.tenant().value()).matches("ten_[0-9a-z]{26}");
            assertThat(order.definition().bytes()).hasSizeLessThanOrEqualTo(262_144);
            assertThat(order.definition().signature()).hasSizeLessThanOrEqualTo(64);
            var again = TestMapper.read(TestMapper.write(order));
            assertThat(again).isEqualTo(order);
        } catch (BadFrame | InvalidProtocolBufferException refused) {
            assertThat(refused).hasMessageMatching("(?s).+");
        }
    }

    /// As the edge hears it, from an agent that it does not believe: what is for people is harmless, and stays the same
    /// when it is sent on.
    @FuzzTest
    void anAnswerIsReadOrRefusedAndHarmlessWhenItIsShown(byte[] bytes) {
        try {
            var tested = AttachUp.parseFrom(bytes).getTested();
            var test = TestMapper.test(tested);
            var steps = TestMapper.steps(tested);
            assertThat(steps).hasSizeBetween(1, TestStep.MOST);
            for (var step : steps) {
                assertThat(step.name()).matches("[a-z][a-z_]{0,31}");
                assertThat(step.sentence()).hasSizeLessThanOrEqualTo(TestStep.LONGEST);
                assertThat(Escaped.of(step.sentence())).isEqualTo(step.sentence());
                assertThat(new String(step.sentence().getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8))
                        .isEqualTo(step.sentence());
                assertThat(step.took()).isBetween(Duration.ZERO, Duration.ofHours(1));
            }
            var written = TestMapper.write(test, steps);
            assertThat(TestMapper.test(written)).isEqualTo(test);
            assertThat(TestMapper.steps(written)).isEqualTo(steps);
        } catch (BadFrame | InvalidProtocolBufferException refused) {
            assertThat(refused).hasMessageMatching("(?s).+");
        }
    }
}
