package dev.sallyport.edge.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sallyport.edge.fake.EchoTarget;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.common.SshConstants;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Nothing blocks a thread that reads connections: more clients than there are such threads wait for decisions
/// that do not come, or for the end of their handshakes, and everybody else is served.
@Timeout(60)
final class WaitingLoginsTest {

    /// Several times the threads that read connections.
    private static final int CLIENTS = 4 * SshDoor.READERS;

    /// As many as may come from one address; more than the threads, unless there are ten processors or more.
    private static final int HANDSHAKES = Math.min(CLIENTS, DoorLimits.DEFAULTS.unauthenticatedPerAddress());

    private static final int KEYS = 100;

    @TempDir
    private Path folder;

    private final CountDownLatch decides = new CountDownLatch(1);
    private TestingDoor door;
    private HostileClient.Factory clients;

    @BeforeEach
    void open() {
        door = TestingDoor.open(folder);
        door.agents.serve("bash", new EchoTarget());
        door.agents.serve("echo", new EchoTarget());
        clients = new HostileClient.Factory(door);
    }

    @AfterEach
    void close() {
        decides.countDown();
        clients.close();
        door.close();
    }

    private enum Asked {
        COMMAND,
        FORWARD,
        LIST
    }

    @Test
    void whoWaitsForADecisionKeepsNobodyElseWaiting() throws Exception {
        try (var shell = clients.logIn("alice")) {
            int channel = shell.openSession(0);
            shell.exec(channel, "bash x");
            shell.send(SshConstants.SSH_MSG_CHANNEL_DATA, channel, "before");
            shell.awaitOutput("before");

            door.admission.beforeDeciding = this::awaitDecides;
            var waiting = new ArrayList<HostileClient>();
            try {
                for (int i = 0; i < CLIENTS; i++) {
                    var client = clients.logIn("alice");
                    waiting.add(client);
                    ask(client, Asked.values()[i % Asked.values().length]);
                }
                await().atMost(Duration.ofSeconds(20))
                        .untilAsserted(
                                () -> assertThat(door.admission.undecided()).isEqualTo(CLIENTS));
                typeAway(shell, channel);
                assertThat(door.admission.undecided())
                        .as("clients that wait for a decision, still")
                        .isEqualTo(CLIENTS);
                decides.countDown();
                for (int i = 0; i < CLIENTS; i++) {
                    waiting.get(i).next(answer(Asked.values()[i % Asked.values().length]));
                }
            } finally {
                waiting.forEach(HostileClient::close);
            }
        }
        await().untilAsserted(() -> {
            assertThat(door.sessions.live()).isZero();
            assertThat(door.door.connections()).isZero();
        });
    }

    @Test
    void whoIsInAHandshakeKeepsNobodyWaitingWhoIsLoggedIn() throws Exception {
        try (var shell = clients.logIn("alice");
                var logins = Executors.newVirtualThreadPerTaskExecutor()) {
            int channel = shell.openSession(0);
            shell.exec(channel, "bash x");
            var held = new CountDownLatch(Handshakes.THREADS);
            door.beforeTrusting = () -> {
                held.countDown();
                awaitDecides();
            };
            var begun = new ArrayList<Future<HostileClient>>();
            try {
                for (int i = 0; i < HANDSHAKES; i++) {
                    begun.add(logins.submit(() -> clients.logIn("alice")));
                }
                assertThat(held.await(20, TimeUnit.SECONDS))
                        .as("every thread for handshakes is held")
                        .isTrue();
                await().untilAsserted(
                                () -> assertThat(door.door.unauthenticated()).isEqualTo(HANDSHAKES));
                typeAway(shell, channel);
                assertThat(door.door.unauthenticated())
                        .as("connections that have not authenticated, still")
                        .isEqualTo(HANDSHAKES);
            } finally {
                decides.countDown();
                for (var login : begun) {
                    login.get().close();
                }
            }
        }
    }

    /// Types a key when the one before has come back, again and again.
    private static void typeAway(HostileClient shell, int channel) throws Exception {
        for (int key = 0; key < KEYS; key++) {
            shell.send(SshConstants.SSH_MSG_CHANNEL_DATA, channel, "key " + key + ".");
            shell.awaitOutput("key " + key + ".");
        }
    }

    private static void ask(HostileClient client, Asked asked) throws Exception {
        switch (asked) {
            case COMMAND -> client.request(client.openSession(0), "exec", "bash x");
            case FORWARD ->
                client.send(
                        SshConstants.SSH_MSG_CHANNEL_OPEN,
                        "direct-tcpip",
                        0,
                        1L << 20,
                        32_768L,
                        "echo",
                        1,
                        "127.0.0.1",
                        1);
            case LIST -> client.request(client.openSession(0), "shell");
        }
    }

    private static int answer(Asked asked) {
        return switch (asked) {
            case COMMAND, LIST -> SshConstants.SSH_MSG_CHANNEL_SUCCESS;
            case FORWARD -> SshConstants.SSH_MSG_CHANNEL_OPEN_CONFIRMATION;
        };
    }

    private void awaitDecides() {
        try {
            decides.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
