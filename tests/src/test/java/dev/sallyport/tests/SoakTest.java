package dev.sallyport.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.tests.bed.AfterEachCase;
import dev.sallyport.tests.bench.Soak;
import java.time.Duration;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// A minute of what `make soak` does for an hour.
@Tag("fault")
@Order(3)
@ExtendWith(AfterEachCase.class)
@Execution(ExecutionMode.CONCURRENT)
class SoakTest {

    @Test
    void aMinuteOfMixedLoadLeavesNothingBehind() throws Exception {
        var result = Soak.run(Duration.ofSeconds(60), Duration.ofSeconds(8), System.out);
        assertThat(result.failed()).as("what users saw").isEmpty();
        assertThat(result.grown()).as("what grew").isEmpty();
        assertThat(result.done())
                .allSatisfy((what, times) -> assertThat(times).as(what).isPositive());
    }
}
