package dev.sallyport.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.cli.TestingScreen;
import dev.sallyport.cli.run.Surroundings;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ProgressTest {

    /// What stands on stderr, and that something does.
    private static final class Shown extends ByteArrayOutputStream {

        private final CountDownLatch anything = new CountDownLatch(1);

        @Override
        public synchronized void write(byte[] bytes, int offset, int length) {
            super.write(bytes, offset, length);
            anything.countDown();
        }
    }

    private static Surroundings surroundings(Shown shown, boolean terminal) {
        return new Surroundings(
                new ByteArrayInputStream(new byte[0]),
                new PrintStream(new ByteArrayOutputStream(), false, StandardCharsets.UTF_8),
                new PrintStream(shown, true, StandardCharsets.UTF_8),
                terminal,
                terminal,
                Path.of("/"),
                Path.of("/"),
                Map.of(),
                Clock.systemUTC(),
                Optional.empty(),
                new TestingScreen(24, 80));
    }

    @Test
    void whatBlocksIsSaidByItselfAndIsAwayAfterwards() throws Exception {
        var shown = new Shown();
        try (var progress = new Progress(surroundings(shown, true));
                var _ = progress.blocking("1 of 2 changes are made")) {
            assertThat(shown.anything.await(30, TimeUnit.SECONDS)).isTrue();
        }
        var text = shown.toString(StandardCharsets.UTF_8);
        assertThat(text).startsWith("\r1 of 2 changes are made: 1 s");
        assertThat(text).endsWith(" \r");
        assertThat(text.substring(text.lastIndexOf('\r', text.length() - 2) + 1).isBlank())
                .isTrue();
    }

    @Test
    void whatIsOverWithinASecondIsNotSaid() {
        var shown = new Shown();
        try (var progress = new Progress(surroundings(shown, true))) {
            progress.blocking("something").close();
        }
        assertThat(shown.size()).isZero();
    }

    @Test
    void nothingIsSaidWhereNobodyLooks() {
        var shown = new Shown();
        try (var progress = new Progress(surroundings(shown, false));
                var _ = progress.blocking("something")) {
            progress.waiting("something");
        }
        assertThat(shown.size()).isZero();
    }
}
