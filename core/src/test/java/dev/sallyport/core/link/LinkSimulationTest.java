package dev.sallyport.core.link;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// A thousand seeds; `-Dseed=N` runs one alone, `-Dseeds=N` that many.
@Tag("simulation")
class LinkSimulationTest {

    private static final int STEPS = 4_000;

    @Test
    void nothingIsLostDoubledOrUnboundedWhateverBreaks() {
        var one = Long.getLong("seed");
        if (one != null) {
            new LinkSimulation(one).run(STEPS);
            return;
        }
        int seeds = Integer.getInteger("seeds", 1_000);
        for (long seed = 1; seed <= seeds; seed++) {
            new LinkSimulation(seed).run(STEPS);
        }
    }
}
