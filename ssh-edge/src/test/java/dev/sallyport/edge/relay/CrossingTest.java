package dev.sallyport.edge.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sallyport.edge.relay.Crossing.Step;
import org.junit.jupiter.api.Test;

class CrossingTest {

    private final Crossing crossing = new Crossing();

    @Test
    void aPieceIsAskedForRecordedAskedForAgainAndLetGo() {
        assertThat(crossing.next()).isEqualTo(Step.ASK);
        crossing.asked(true);
        assertThat(crossing.next()).isEqualTo(Step.RECORD);
        crossing.recorded();
        assertThat(crossing.next()).isEqualTo(Step.ASK);
        crossing.asked(true);
        assertThat(crossing.next()).isEqualTo(Step.RELEASE);
        crossing.released();
        assertThat(crossing.next()).isEqualTo(Step.PASSED);
    }

    @Test
    void whatMayNotPassIsNotRecordedAndWhatMayNoLongerIsNotLetGo() {
        var refused = new Crossing();
        refused.asked(false);
        assertThat(refused.next()).isEqualTo(Step.HELD);

        crossing.asked(true);
        crossing.recorded();
        crossing.asked(false);
        assertThat(crossing.next()).isEqualTo(Step.HELD);
    }

    @Test
    void noStepIsLeftOut() {
        assertThatExceptionOfType(IllegalStateException.class).isThrownBy(crossing::recorded);
        assertThatExceptionOfType(IllegalStateException.class).isThrownBy(crossing::released);
        crossing.asked(true);
        assertThatExceptionOfType(IllegalStateException.class).isThrownBy(crossing::released);
        assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> crossing.asked(true));
    }
}
