package dev.sallyport.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class MomentTest {

    @Test
    void aLengthIsSaidInTheTwoUnitsThatMatterAndWithoutZeros() {
        assertThat(Moment.words(Duration.ofMillis(1_250))).isEqualTo("1.2 s");
        assertThat(Moment.words(Duration.ofSeconds(60))).isEqualTo("1 min");
        assertThat(Moment.words(Duration.ofSeconds(61))).isEqualTo("1 min 1 s");
        assertThat(Moment.words(Duration.ofHours(1))).isEqualTo("1 h");
        assertThat(Moment.words(Duration.ofMinutes(90))).isEqualTo("1 h 30 min");
        assertThat(Moment.words(Duration.ofDays(1))).isEqualTo("1 d");
        assertThat(Moment.words(Duration.ofHours(27))).isEqualTo("1 d 3 h");
    }

    @Test
    void minutesMayBeWrittenAsInTheConfigurationFile() throws Exception {
        assertThat(Moment.length("10min")).isEqualTo(Moment.length("10m")).isEqualTo(Duration.ofMinutes(10));
    }
}
