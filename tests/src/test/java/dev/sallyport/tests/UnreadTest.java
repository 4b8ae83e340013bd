package dev.sallyport.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sallyport.tests.bed.AfterEachCase;
import dev.sallyport.tests.bed.NotCompared;
import dev.sallyport.tests.bed.Split;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Promise P9: clients that do not read make an edge hold no more than it may, however many they are.
@Tag("attack")
@ExtendWith(AfterEachCase.class)
class UnreadTest {

    private static final Duration WIDE = Duration.ofSeconds(90);
    private static final long MOST = 8 << 20;

    /// Each makes the edge hold a window, and those that stand still two.
    private static final int CLIENTS = 12;

    @Test
    @NotCompared("the clients are cut off before they have read what they were sent")
    void clientsThatDoNotReadAreCutOffBeforeTheEdgeHoldsTooMuchAndOthersWork() throws Exception {
        try (var split = new Split.Setup().limit("unread = \"8MiB\"").start()) {
            split.awaitWorking();
            var hoarders = new ArrayList<Process>();
            try (var shell = split.control().open("alice", "bash", "cat")) {
                shell.type("before\n");
                shell.awaitOut("before\n");
                for (int i = 0; i < CLIENTS; i++) {
                    hoarders.add(flooded(split, i % 2 == 0));
                }
                await("some are ended").atMost(WIDE).until(() -> !killed(split).isEmpty());
                await("the rest fits").atMost(WIDE).until(() -> unread(split) <= MOST);
                assertThat(killed(split))
                        .hasSizeBetween(1, CLIENTS - 1)
                        .allSatisfy(why -> assertThat(why).contains("its memory is full of what has not been read"));
                shell.type("after\n");
                shell.awaitOut("before\nafter\n");
                shell.endInput();
                assertThat(shell.ended().status()).isZero();
            } finally {
                for (var hoarder : hoarders) {
                    hoarder.destroyForcibly().waitFor();
                }
            }
        }
    }

    /// A client of a program that writes for ever; nobody reads what the client writes.
    ///
    /// @param still it does not even read what the edge sends
    private static Process flooded(Split split, boolean still) throws IOException, InterruptedException {
        var config = split.control().folder().resolve("ssh_config").toString();
        var client = new ProcessBuilder(List.of("ssh", "-F", config, "alice", "bash", "exec yes"))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(client.getInputStream().readNBytes(2)).asString().isEqualTo("y\n");
        if (still) {
            assertThat(new ProcessBuilder("kill", "-STOP", Long.toString(client.pid()))
                            .start()
                            .waitFor())
                    .isZero();
        }
        return client;
    }

    private static long unread(Split split) throws IOException {
        return split.control().metric("edge", "sallyport_edge_unread_bytes");
    }

    /// The sentences of the sessions that the edge has ended.
    private static List<String> killed(Split split) throws Exception {
        try (var admin = split.control().admin()) {
            return admin.sessions(Map.of("user", "alice@example.com", "limit", "50")).items().stream()
                    .filter(session -> "Killed".equals(session.outcome()))
                    .map(session -> String.valueOf(session.sentence()))
                    .toList();
        }
    }
}
