package dev.sallyport.edge.relay;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.EnumSet;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Promises P1, P2, P3, P9 and P10, in ten thousand worlds; `-Dseed=N` runs one alone, `-Dseeds=N` that many.
@Tag("simulation")
class WorldSimulationTest {

    private static final int STEPS = 500;
    private static final int SEEDS = Integer.getInteger("seeds", 10_000);

    /// Kept, for a logger is as short-lived as who holds it.
    private static final Logger ADMISSION = Logger.getLogger("dev.sallyport.edge.admission");

    @BeforeAll
    static void beQuiet() {
        // that the store fails is what is simulated
        ADMISSION.setLevel(Level.OFF);
    }

    @Test
    void theWorldKeepsItsPromisesWhateverHappens() {
        var one = Long.getLong("seed");
        if (one != null) {
            new World(one, Set.of()).run(STEPS);
            return;
        }
        for (long seed = 1; seed <= SEEDS; seed++) {
            new World(seed, Set.of()).run(STEPS);
        }
    }

    /// And without the bug, the same seeds pass: that is the test above.
    @ParameterizedTest
    @EnumSource(Bug.class)
    void aPlantedBugIsFound(Bug bug) {
        assertThatExceptionOfType(AssertionError.class)
                .as("%s in %d seeds", bug, SEEDS)
                .isThrownBy(() -> {
                    for (long seed = 1; seed <= SEEDS; seed++) {
                        new World(seed, EnumSet.of(bug)).run(STEPS);
                    }
                })
                .withMessageContaining("to see it again");
    }
}
