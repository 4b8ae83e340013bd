package dev.sallyport.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sallyport.tests.bed.EndToEnd;
import dev.sallyport.tests.bed.Instance;
import dev.sallyport.tests.bed.Shared;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// A session that is watched while it runs.
@EndToEnd
class FollowTest {

    /// The promise is 3 s; the bound is wide because machines are busy, and what was seen is printed.
    private static final Duration PROMISED = Duration.ofSeconds(3);

    private static final Duration LONGEST = Duration.ofSeconds(60);

    private final Instance instance = Shared.instance();

    @Test
    void whatIsShownIsSeenByWhoWatchesWhileTheSessionGoesOn() throws Exception {
        try (var shell = instance.openWith(
                List.of("-T"), "alice", "bash", "echo $SALLYPORT_SESSION_ID; while read line; do echo $line; done")) {
            shell.awaitOut("\n");
            var session = shell.out().strip();
            try (var follower = Follower.of(instance, session)) {
                assertThat(follower.line()).isEqualTo(session);
                for (int i = 0; i < 3; i++) {
                    long typed = System.nanoTime();
                    shell.type("line " + i + "\n");
                    assertThat(follower.line()).isEqualTo("line " + i);
                    var lag = Duration.ofNanos(System.nanoTime() - typed);
                    System.out.printf(
                            "follow lagged by %d ms (promised: %d ms)%n", lag.toMillis(), PROMISED.toMillis());
                }
                shell.endInput();
                assertThat(shell.ended().status()).isZero();
                assertThat(follower.status()).isZero();
                assertThat(follower.line()).isEmpty();
            }
        }
    }

    @Test
    void whoHasNoRightToASessionCannotWatchIt() throws Exception {
        var refused = instance.sally("sessions", "follow", "ses_00000000000000000000000000")
                .now();
        assertThat(refused.status()).as("%s", refused).isNotZero();
        assertThat(refused.out()).isEmpty();
        assertThat(refused.err()).startsWith("sally: ");
    }

    /// `sally sessions follow`, line by line.
    private record Follower(Process process, BlockingQueue<String> lines) implements AutoCloseable {

        static Follower of(Instance instance, String session) throws IOException {
            var process = new ProcessBuilder(
                            Instance.ROOT.resolve("sally").toString(),
                            "--config",
                            instance.folder().resolve("cli.json").toString(),
                            "sessions",
                            "follow",
                            session)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            var lines = new LinkedBlockingQueue<String>();
            Thread.ofVirtual().start(() -> read(process.inputReader(StandardCharsets.UTF_8), lines));
            return new Follower(process, lines);
        }

        private static void read(BufferedReader out, BlockingQueue<String> lines) {
            try (out) {
                out.lines().forEach(lines::add);
            } catch (IOException e) {
                lines.add(e.toString());
            }
        }

        /// The next line, or nothing when there is none and the program has ended.
        String line() throws InterruptedException {
            await().atMost(LONGEST)
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> !lines.isEmpty() || !process.isAlive());
            return lines.isEmpty() ? "" : lines.take();
        }

        int status() throws InterruptedException {
            assertThat(process.waitFor(LONGEST.toSeconds(), TimeUnit.SECONDS)).isTrue();
            return process.exitValue();
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }
}
