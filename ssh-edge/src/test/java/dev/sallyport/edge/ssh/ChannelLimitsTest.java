package dev.sallyport.edge.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sallyport.core.recording.Event.Kind;
import dev.sallyport.edge.EdgeLimits;
import dev.sallyport.edge.Limit;
import dev.sallyport.edge.relay.RelayLimits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Limits of one client's channels, as set by name.
final class ChannelLimitsTest {

    @TempDir
    private Path folder;

    private TestingDoor open(Map<Limit, Long> set) {
        return TestingDoor.open(folder, EdgeLimits.of(set).door(), RelayLimits.DEFAULTS, "");
    }

    @Test
    void aSilentClientHearsFromUs() {
        try (var door = open(Map.of(Limit.KEEP_ALIVE, 1_000L));
                var client = Client.start(door.ssh("alice", "-vvv", "alice@127.0.0.1", "bash", "sleep 60"))) {
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(client.errorText().split("Received SSH2_MSG_IGNORE", -1))
                            .hasSizeGreaterThan(2));
        }
    }

    @Test
    void aClientSendsNoMoreAheadThanTheWindow() {
        try (var door = open(Map.of(Limit.WINDOW, 65_536L));
                var client = Client.start(door.ssh("alice", "-vvv", "alice@127.0.0.1", "bash", "sleep 60"))) {
            await().untilAsserted(() -> assertThat(client.errorText()).contains("open confirm rwindow 65536 "));
        }
    }

    @Test
    void whatAClientDoesNotReadStaysWithTheTarget() throws Exception {
        try (var door = open(Map.of(Limit.BUFFERED, 65_536L));
                var client = Client.start(door.ssh("alice", "alice@127.0.0.1", "bash", "yes"))) {
            await().untilAsserted(() -> assertThat(client.outputText()).isNotEmpty());
            TestingDoor.check(List.of("kill", "-STOP", Long.toString(client.pid())));
            var recorded = new AtomicInteger(-1);
            await().atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofMillis(500))
                    .until(() -> {
                        int now = door.recorder.last().events.size();
                        return recorded.getAndSet(now) == now;
                    });
            long shown = door.recorder.last().events.stream()
                    .filter(event -> event.kind() == Kind.OUTPUT)
                    .mapToLong(event -> event.bytes().length)
                    .sum();
            int taken = client.outputText().length();
            // its window (2 MiB), the sockets' own buffers (a few MiB), and ours
            assertThat(shown - taken).isLessThan(12 << 20);
            TestingDoor.check(List.of("kill", "-CONT", Long.toString(client.pid())));
        }
    }

    @Test
    void aClientHasNoMoreChannelsAtOnceThanItMay() {
        try (var door = open(Map.of(Limit.CHANNELS, 2L))) {
            var control = folder.resolve("mux");
            try (var master = Client.start(door.ssh(
                    "alice", "-M", "-S", control.toString(), "alice@127.0.0.1", "bash", "echo up; sleep 60"))) {
                await().untilAsserted(() -> assertThat(master.outputText()).isEqualTo("up\n"));
                var through = List.of("ssh", "-F", "none", "-S", control.toString(), "alice@127.0.0.1", "bash");
                try (var second = Client.start(concat(through, "echo two; sleep 60"))) {
                    await().untilAsserted(() -> assertThat(second.outputText()).isEqualTo("two\n"));
                    assertThat(Client.run(concat(through, "echo three")).output())
                            .isEmpty();
                    await().untilAsserted(() ->
                            assertThat(master.errorText()).contains("sally: no more than 2 channels at once"));
                }
                await().untilAsserted(() -> assertThat(
                                Client.run(concat(through, "echo three")).output())
                        .isEqualTo("three\n"));
            }
        }
    }

    @Test
    void aUserHasNoMoreConnectionsAtOnceThanHeMay() {
        try (var door = open(Map.of(Limit.CONNECTIONS_PER_USER, 2L))) {
            door.key("bob");
            door.sign("bob", "ca", "-I", "bob@example", "-n", "bob", "-V", "-5m:+1h");
            var more = door.ssh("alice", "alice@127.0.0.1", "bash", "echo more");
            try (var first = Client.start(door.ssh("alice", "alice@127.0.0.1", "bash", "echo up; sleep 60"))) {
                // asks for nothing, and counts
                try (var second = Client.start(door.ssh("alice", "-N", "alice@127.0.0.1"))) {
                    await().untilAsserted(() -> {
                        assertThat(first.outputText()).isEqualTo("up\n");
                        assertThat(door.door.connections()).isEqualTo(2);
                        assertThat(door.door.unauthenticated()).isZero();
                    });
                    var refused = Client.run(more);
                    assertThat(refused.status()).isEqualTo(255);
                    assertThat(refused.error()).contains("you have 2 connections here already; please close one");
                    assertThat(refused.output()).isEmpty();
                    assertThat(Client.run(door.ssh("bob", "bob@127.0.0.1", "bash", "echo bob"))
                                    .error())
                            .doesNotContain("connections here already");
                    assertThat(second.pid()).isPositive();
                }
                await().untilAsserted(
                                () -> assertThat(Client.run(more).output()).isEqualTo("more\n"));
            }
        }
    }

    private static List<String> concat(List<String> first, String last) {
        var all = new java.util.ArrayList<>(first);
        all.add(last);
        return all;
    }
}
