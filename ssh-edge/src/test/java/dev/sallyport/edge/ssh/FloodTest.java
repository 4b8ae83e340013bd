package dev.sallyport.edge.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sallyport.edge.EdgeLimits;
import dev.sallyport.edge.Limit;
import dev.sallyport.edge.relay.RelayLimits;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Attack classes 8 and 9: crowds that never log in, and messages without end before anybody has.
final class FloodTest {

    private static final int CROWD = 1_000;
    private static final int ADDRESSES = 250;
    private static final int MIB = 1 << 20;

    @TempDir
    private Path folder;

    private TestingDoor door;

    @BeforeEach
    void open() {
        door = TestingDoor.open(
                folder, EdgeLimits.of(Map.of(Limit.HANDSHAKE, 20_000L)).door(), RelayLimits.DEFAULTS, "");
    }

    @AfterEach
    void close() {
        door.close();
    }

    @Test
    void aThousandWhoNeverLogInKeepNobodyOutAndLeaveNothing() throws Exception {
        var crowd = new ArrayList<RawClient>();
        var over = new AtomicBoolean();
        var slow = Thread.ofPlatform().daemon().unstarted(() -> dribble(crowd, over));
        try {
            for (int i = 0; i < CROWD; i++) {
                crowd.add(join(i));
            }
            await().untilAsserted(() ->
                    assertThat(door.door.unauthenticated()).isEqualTo(DoorLimits.DEFAULTS.unauthenticated()));
            slow.start();
            for (int i = 0; i < 3; i++) {
                assertThat(door.alice("alice@127.0.0.1", "bash", "echo in").output())
                        .isEqualTo("in\n");
            }
            assertThat(door.door.connections()).isLessThanOrEqualTo(DoorLimits.DEFAULTS.unauthenticated() + 1);
        } finally {
            over.set(true);
            slow.join();
            for (var client : crowd) {
                client.close();
            }
        }
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            assertThat(door.door.unauthenticated()).isZero();
            assertThat(door.door.connections()).isZero();
            assertThat(door.sessions.live()).isZero();
        });
    }

    /// Half open, a banner that never ends, half a key exchange, and one whose answer never comes.
    private RawClient join(int i) throws IOException {
        var client = new RawClient(door.port(), "127.0." + (1 + i % ADDRESSES / 50) + "." + (1 + i % 50));
        try {
            switch (i % 4) {
                case 0 -> {}
                case 1 -> client.write(new byte[] {'S', 'S', 'H'});
                case 2 -> {
                    client.banner();
                    client.write(java.util.Arrays.copyOf(RawClient.packet(RawClient.offered("curve25519-sha256")), 40));
                }
                default -> {
                    client.banner();
                    client.offer("curve25519-sha256");
                }
            }
        } catch (IOException cutOff) {
            // another took its place already
        }
        return client;
    }

    private static void dribble(List<RawClient> crowd, AtomicBoolean over) {
        while (!over.get()) {
            for (int i = 1; i < crowd.size() && !over.get(); i += 4) {
                try {
                    crowd.get(i).write(new byte[] {'-'});
                } catch (IOException cutOff) {
                    // as it should be
                }
            }
        }
    }

    @Test
    void messagesThatAreIgnoredTakeNoMemory() throws Exception {
        long before = used();
        try (var client = new RawClient(door.port(), "127.0.0.1")) {
            client.banner();
            client.offer("curve25519-sha256");
            for (int i = 0; i < 64 * MIB / 30_000; i++) {
                try {
                    client.write(RawClient.packet(i % 2 == 0 ? ignored(30_000) : debug(30_000)));
                } catch (IOException cutOff) {
                    break;
                }
            }
            assertThat(used() - before).isLessThan(32 * MIB);
        }
        assertThat(door.alice("alice@127.0.0.1", "bash", "echo in").output()).isEqualTo("in\n");
    }

    @Test
    void whoDoesNotReadOurAnswersIsCutOff() throws Exception {
        long before = used();
        try (var client = new RawClient(door.port(), "127.0.0.1")) {
            client.banner();
            client.offer("curve25519-sha256");
            // 192 is OpenSSH's ping, which wants an answer; so does, of us, whatever we do not know
            var pings = new ByteArrayBuffer();
            for (int i = 0; i < 1_000; i++) {
                pings.putRawBytes(RawClient.packet(new byte[] {(byte) 192, 0, 0, 0, 0}));
            }
            var cutOff = new AtomicBoolean();
            for (int i = 0; i < 5_000 && !cutOff.get(); i++) {
                try {
                    client.write(pings.getCompactData());
                } catch (IOException reset) {
                    cutOff.set(true);
                }
            }
            assertThat(cutOff).isTrue();
            assertThat(used() - before).isLessThan(32 * MIB);
        }
        await().untilAsserted(() -> assertThat(door.door.connections()).isZero());
    }

    private static byte[] ignored(int length) {
        var message = new ByteArrayBuffer();
        message.putByte(SshConstants.SSH_MSG_IGNORE);
        message.putBytes(new byte[length]);
        return message.getCompactData();
    }

    private static byte[] debug(int length) {
        var message = new ByteArrayBuffer();
        message.putByte(SshConstants.SSH_MSG_DEBUG);
        message.putBoolean(true);
        message.putBytes(new byte[length]);
        message.putString("");
        return message.getCompactData();
    }

    private static long used() {
        System.gc();
        var runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
