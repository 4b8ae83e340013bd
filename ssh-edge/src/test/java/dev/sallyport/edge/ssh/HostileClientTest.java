package dev.sallyport.edge.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sallyport.core.session.Outcome;
import dev.sallyport.edge.EdgeLimits;
import dev.sallyport.edge.Limit;
import dev.sallyport.edge.fake.EchoTarget;
import dev.sallyport.edge.relay.RelayLimits;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.apache.sshd.common.SshConstants;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Attack classes 6, 9 and 11 once more, by clients that have logged in: packets, orders and floods that no
/// program sends. Each ends its own connection at most; another user's shell goes on, nothing is left, nothing
/// of ours breaks.
@Timeout(60)
final class HostileClientTest {

    private static final int MIB = 1 << 20;
    private static final int WINDOW = 1 << 20;
    private static final int FLOOD = 1_000;
    private static final int EXCHANGES = 50;
    private static final long LARGEST = 0xffff_ffffL;
    private static final String NAME = "n".repeat(65_536);
    private static final Duration POLL = Duration.ofMillis(5);
    private static final Duration EXCHANGE = Duration.ofSeconds(5);

    @TempDir
    private static Path folder;

    private static final Queue<LogRecord> LOGGED = new ConcurrentLinkedQueue<>();

    private static TestingDoor door;
    private static HostileClient.Factory clients;
    private static Client other;

    /// Keeps what is logged as a failure of ours; everything else about a hostile client is no news.
    private static final Handler LOG = new Handler() {
        @Override
        public void publish(LogRecord logged) {
            boolean ours = !logged.getLoggerName().startsWith(HostileClient.class.getName());
            if (ours && logged.getLevel().intValue() >= Level.WARNING.intValue()) {
                LOGGED.add(logged);
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    private static int said;

    @BeforeAll
    static void open() {
        door = TestingDoor.open(folder);
        door.agents.serve("bash", new EchoTarget());
        door.agents.serve("echo", new EchoTarget());
        clients = new HostileClient.Factory(door);
        other = Client.start(door.ssh("alice", "alice@127.0.0.1", "bash", "x"));
        other.type("in\n");
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(other.outputText()).isEqualTo("in\n"));
        Logger.getLogger("").addHandler(LOG);
    }

    @AfterAll
    static void close() {
        Logger.getLogger("").removeHandler(LOG);
        other.close();
        clients.close();
        door.close();
    }

    @AfterEach
    void anotherGoesOnAndNothingIsLeft() {
        var line = "still here " + said++ + "\n";
        other.type(line);
        await().pollInterval(POLL)
                .untilAsserted(() -> assertThat(other.outputText()).endsWith(line));
        await().atMost(Duration.ofSeconds(20)).pollInterval(POLL).untilAsserted(() -> {
            assertThat(door.door.connections()).isOne();
            assertThat(door.admission.undecided()).isZero();
            assertThat(door.sessions.live()).isOne();
            assertThat(door.agents.carried()).isOne();
        });
        var logged = List.copyOf(LOGGED);
        LOGGED.clear();
        assertThat(logged).extracting(LogRecord::getMessage).isEmpty();
    }

    // ---- packets

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4, 17, 262_145, 0x7fff_ffff, 0x8000_0000, -1})
    void anAbsurdPacketLengthEndsTheConnection(int length) throws Exception {
        try (var client = clients.logIn("alice")) {
            client.exec(client.openSession(0), "bash x");
            client.sendRaw(ByteBuffer.allocate(64).putInt(length).array());
            // the library reads on for a little, so as not to tell where it noticed
            await().until(() -> {
                try {
                    client.sendRaw(new byte[512]);
                } catch (java.io.IOException cutOff) {
                    // as it should be
                }
                return client.ended();
            });
        }
    }

    private enum Padding {
        ALL,
        LONGER_THAN_THE_PACKET,
        NEARLY_ALL
    }

    @ParameterizedTest
    @EnumSource(Padding.class)
    void aPacketWhosePaddingLeavesNothingEndsTheConnection(Padding padding) throws Exception {
        try (var client = clients.logIn("alice")) {
            client.exec(client.openSession(0), "bash x");
            client.flaw((packet, at) -> {
                int length = ByteBuffer.wrap(packet).getInt(at);
                packet[at + 4] = (byte)
                        switch (padding) {
                            case ALL -> length - 1;
                            case LONGER_THAN_THE_PACKET -> 255;
                            case NEARLY_ALL -> length - 2;
                        };
            });
            client.send(SshConstants.SSH_MSG_CHANNEL_DATA, 0, "x");
            client.awaitEnd();
        }
    }

    @Test
    void aPacketWithAnotherTagEndsTheConnection() throws Exception {
        try (var client = clients.logIn("alice")) {
            client.exec(client.openSession(0), "bash x");
            client.sendRaw(ByteBuffer.allocate(4 + 32 + 16).putInt(32).array());
            client.awaitEnd();
        }
    }

    @Test
    void dataThatSaysToBeLongerThanItsPacketReachesNoTarget() throws Exception {
        try (var client = clients.logIn("alice")) {
            int channel = client.openSession(0);
            client.exec(channel, "bash x");
            var message = client.message(SshConstants.SSH_MSG_CHANNEL_DATA);
            message.putUInt(channel);
            message.putUInt(20_000);
            message.putRawBytes(new byte[] {'x', 'y', 'z'});
            client.send(message);
            client.awaitEnd();
        }
        assertThat(door.recorder.last().text(dev.sallyport.core.recording.Event.Kind.INPUT))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"env", "exec", "pty-req", "subsystem", "window-change", "signal"})
    void aRequestThatEndsTooEarlyEndsTheConnection(String request) throws Exception {
        try (var client = clients.logIn("alice")) {
            int channel = client.openSession(0);
            client.request(channel, request, Integer.MAX_VALUE);
            client.awaitEnd();
        }
    }

    // ---- order

    @ParameterizedTest
    @ValueSource(
            ints = {
                SshConstants.SSH_MSG_NEWKEYS,
                SshConstants.SSH_MSG_KEXDH_INIT,
                SshConstants.SSH_MSG_SERVICE_ACCEPT,
                SshConstants.SSH_MSG_CHANNEL_OPEN_CONFIRMATION,
                SshConstants.SSH_MSG_CHANNEL_OPEN_FAILURE
            })
    void aMessageThatOnlyAServerSendsOrAtAnotherTimeEndsTheConnection(int command) throws Exception {
        try (var client = clients.logIn("alice")) {
            int channel = client.openSession(0);
            client.exec(channel, "bash x");
            client.send(command, channel, "ssh-connection", 0, 0);
            client.awaitEnd();
        }
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                SshConstants.SSH_MSG_USERAUTH_REQUEST,
                SshConstants.SSH_MSG_USERAUTH_SUCCESS,
                SshConstants.SSH_MSG_USERAUTH_INFO_RESPONSE,
                SshConstants.SSH_MSG_REQUEST_SUCCESS,
                SshConstants.SSH_MSG_REQUEST_FAILURE,
                SshConstants.SSH_MSG_CHANNEL_SUCCESS,
                SshConstants.SSH_MSG_CHANNEL_FAILURE,
                SshConstants.SSH_MSG_UNIMPLEMENTED,
                SshConstants.SSH_MSG_DEBUG,
                SshConstants.SSH_MSG_IGNORE,
                192,
                255
            })
    void aMessageThatMeansNothingNowChangesNothing(int command) throws Exception {
        try (var client = clients.logIn("alice")) {
            int channel = client.openSession(0);
            client.exec(channel, "bash x");
            client.send(command, channel, "mallory", "ssh-connection", "none");
            client.send(SshConstants.SSH_MSG_CHANNEL_DATA, channel, "goes on");
            client.awaitOutput("goes on");
            assertThat(door.admission.asked.getLast().credential().login()).isEqualTo("alice");
        }
    }

    /// A second service would take the place of the first, and leave its channels to nobody.
    @ParameterizedTest
    @ValueSource(strings = {"ssh-connection", "ssh-userauth", "nothing"})
    void aServiceThatIsAskedForAfterTheLoginEndsTheConnection(String service) throws Exception {
        try (var client = clients.logIn("alice")) {
            client.exec(client.openSession(0), "bash x");
            client.send(SshConstants.SSH_MSG_SERVICE_REQUEST, service);
            client.awaitEnd();
        }
    }

    @Test
    void askingForTheServiceAgainGivesNoMoreAttempts() throws Exception {
        try (var client = clients.connect("alice")) {
            for (int i = 0; i < 20 && !client.ended(); i++) {
                client.send(SshConstants.SSH_MSG_SERVICE_REQUEST, "ssh-userauth");
                client.send(SshConstants.SSH_MSG_USERAUTH_REQUEST, "alice", "ssh-connection", "none");
            }
            long asked = System.nanoTime();
            client.awaitEnd();
            assertThat(Duration.ofNanos(System.nanoTime() - asked))
                    .isLessThan(DoorLimits.DEFAULTS.handshake().dividedBy(2));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ssh-connection", "nothing", ""})
    void noOtherServiceIsThereBeforeTheLogin(String service) throws Exception {
        try (var client = clients.connect("alice")) {
            client.send(SshConstants.SSH_MSG_SERVICE_REQUEST, service);
            client.awaitEnd();
        }
    }

    @Test
    void aChannelHasOneCommandOnly() throws Exception {
        try (var client = clients.logIn("alice")) {
            int channel = client.openSession(0);
            int asked = door.admission.asked.size();
            assertThat(client.exec(channel, "bash x")).isTrue();
            assertThat(client.exec(channel, "bash y")).isFalse();
            assertThat(client.request(channel, "shell").answer()).isFalse();
            assertThat(client.request(channel, "subsystem", "sftp").answer()).isFalse();
            assertThat(client.request(channel, "env", "LANG", "C").answer()).isFalse();
            assertThat(client.request(channel, "pty-req", "xterm", 1, 1, 1, 1, new byte[0])
                            .answer())
                    .isFalse();
            client.send(SshConstants.SSH_MSG_CHANNEL_DATA, channel, "goes on");
            client.awaitOutput("goes on");
            assertThat(door.admission.asked).hasSize(asked + 1);
        }
    }

    @Test
    void requestsThatDoNotWaitForTheChannelAreServed() throws Exception {
        try (var client = clients.logIn("alice")) {
            client.send(SshConstants.SSH_MSG_CHANNEL_OPEN, "session", 7, (long) WINDOW, 32_768L)
                    .request(0, "exec", "bash x")
                    .send(SshConstants.SSH_MSG_CHANNEL_DATA, 0, "early");
            client.awaitOutput("early");
        }
    }

    @Test
    void dataOnAForwardedChannelThatIsNotOpenYetEndsTheConnection() throws Exception {
        int orders = door.agents.orders.size();
        door.admission.beforeDeciding = () -> await().until(() -> door.door.connections() == 1);
        try (var client = clients.logIn("alice")) {
            forward(client, 0, "echo").send(SshConstants.SSH_MSG_CHANNEL_DATA, 0, "early");
            client.awaitEnd();
        } finally {
            door.admission.beforeDeciding = () -> {};
        }
        assertThat(door.agents.orders).hasSize(orders);
    }

    @Test
    void aForwardedChannelThatIsClosedBeforeItOpensOpensNoTarget() throws Exception {
        int orders = door.agents.orders.size();
        var closed = new java.util.concurrent.CountDownLatch(1);
        door.admission.beforeDeciding = () -> {
            try {
                closed.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
        try (var client = clients.logIn("alice")) {
            int admitted = door.admission.admitted.size();
            forward(client, 0, "echo").send(SshConstants.SSH_MSG_CHANNEL_CLOSE, 0);
            client.next(SshConstants.SSH_MSG_CHANNEL_CLOSE);
            closed.countDown();
            await().untilAsserted(() -> assertThat(door.admission.admitted).hasSize(admitted + 1));
            await().untilAsserted(
                            () -> assertThat(door.admission.last().outcome).contains(new Outcome.UserLeft()));
        } finally {
            closed.countDown();
            door.admission.beforeDeciding = () -> {};
        }
        assertThat(door.agents.orders).hasSize(orders);
    }

    private static HostileClient forward(HostileClient client, int own, String host) throws Exception {
        return client.send(
                SshConstants.SSH_MSG_CHANNEL_OPEN,
                "direct-tcpip",
                own,
                (long) WINDOW,
                32_768L,
                host,
                1,
                "127.0.0.1",
                1);
    }

    @Test
    void dataAfterTheEndOfInputIsForgotten() throws Exception {
        try (var client = clients.logIn("alice")) {
            int channel = client.openSession(0);
            client.exec(channel, "bash x");
            client.send(SshConstants.SSH_MSG_CHANNEL_DATA, channel, "before");
            client.send(SshConstants.SSH_MSG_CHANNEL_EOF, channel);
            client.send(SshConstants.SSH_MSG_CHANNEL_DATA, channel, "after");
            client.send(SshConstants.SSH_MSG_CHANNEL_EOF, channel);
            client.next(SshConstants.SSH_MSG_CHANNEL_CLOSE);
            client.send(SshConstants.SSH_MSG_CHANNEL_CLOSE, channel);
            await().untilAsserted(
                            () -> assertThat(door.admission.last().outcome).contains(new Outcome.Exited(0)));
        }
        assertThat(door.recorder.last().text(dev.sallyport.core.recording.Event.Kind.INPUT))
                .isEqualTo("before");
    }

    /// To a channel that is gone, and to one that never was.
    @ParameterizedTest
    @ValueSource(longs = {0, 1, 0x7fff_ffffL, LARGEST})
    void whatIsSaidToAChannelThatIsNotThereIsForgotten(long number) throws Exception {
        try (var client = clients.logIn("alice")) {
            int admitted = door.admission.admitted.size();
            int gone = client.openSession(0);
            client.exec(gone, "bash x");
            client.send(SshConstants.SSH_MSG_CHANNEL_CLOSE, gone);
            client.next(SshConstants.SSH_MSG_CHANNEL_CLOSE);
            await().untilAsserted(() -> assertThat(door.admission.admitted).hasSize(admitted + 1));
            await().untilAsserted(
                            () -> assertThat(door.admission.last().outcome).isPresent());
            int orders = door.agents.orders.size();
            client.send(SshConstants.SSH_MSG_CHANNEL_DATA, number, "x")
                    .send(SshConstants.SSH_MSG_CHANNEL_EXTENDED_DATA, number, 1, "x")
                    .send(SshConstants.SSH_MSG_CHANNEL_WINDOW_ADJUST, number, LARGEST)
                    .send(SshConstants.SSH_MSG_CHANNEL_EOF, number)
                    .send(SshConstants.SSH_MSG_CHANNEL_SUCCESS, number)
                    .send(SshConstants.SSH_MSG_CHANNEL_CLOSE, number)
                    .send(SshConstants.SSH_MSG_CHANNEL_REQUEST, number, "exec", true, "bash y");
            assertThat(client.answer()).isFalse();
            assertThat(door.agents.orders).hasSize(orders);
            int channel = client.openSession(1);
            client.exec(channel, "bash x");
            client.send(SshConstants.SSH_MSG_CHANNEL_DATA, channel, "goes on");
            client.awaitOutput("goes on");
        }
    }

    // ---- windows

    @Test
    void dataBeyondTheWindowEndsTheConnection() throws Exception {
        var read = new java.util.concurrent.CountDownLatch(1);
        door.agents.serve("bash", (order, link) -> {
            link.send(new dev.sallyport.core.link.Message.Opened());
            read.await();
            throw new java.io.IOException("nothing was read");
        });
        try (var client = clients.logIn("alice")) {
            int channel = client.openSession(0);
            client.exec(channel, "bash x");
            for (int i = 0; i < 8 * MIB / 32_768 && !client.ended(); i++) {
                try {
                    client.send(SshConstants.SSH_MSG_CHANNEL_DATA, channel, new byte[32_768]);
                } catch (java.io.IOException cutOff) {
                    break;
                }
            }
            client.awaitEnd();
        } finally {
            read.countDown();
            door.agents.serve("bash", new EchoTarget());
        }
    }

    @Test
    void aPacketOfDataThatIsLargerThanAgreedEndsTheConnection() throws Exception {
        try (var client = clients.logIn("alice")) {
            int channel = client.openSession(0);
            client.exec(channel, "bash x");
            client.send(SshConstants.SSH_MSG_CHANNEL_DATA, channel, new byte[100_000]);
            client.awaitEnd();
        }
    }

    @Test
    void aWindowThatGrowsPastItsLargestIsTheLargest() throws Exception {
        try (var client = clients.logIn("alice")) {
            int channel = client.openSession(0, LARGEST, 32_768);
            client.exec(channel, "bash x");
            for (int i = 0; i < 3; i++) {
                client.send(SshConstants.SSH_MSG_CHANNEL_WINDOW_ADJUST, channel, LARGEST);
            }
            client.send(SshConstants.SSH_MSG_CHANNEL_DATA, channel, "goes on");
            client.awaitOutput("goes on");
        }
    }

    @Test
    void aWindowOfNothingHoldsBackEverything() throws Exception {
        try (var client = clients.logIn("alice")) {
            int channel = client.openSession(0, 0, 32_768);
            client.exec(channel, "bash x");
            client.send(SshConstants.SSH_MSG_CHANNEL_DATA, channel, "held back");
            client.send(SshConstants.SSH_MSG_CHANNEL_WINDOW_ADJUST, channel, 0);
            await().untilAsserted(() -> assertThat(door.recorder.last().events)
                    .anyMatch(event -> event.kind() == dev.sallyport.core.recording.Event.Kind.OUTPUT));
            client.send(SshConstants.SSH_MSG_CHANNEL_WINDOW_ADJUST, channel, 4);
            client.awaitOutput("held");
            client.send(SshConstants.SSH_MSG_CHANNEL_WINDOW_ADJUST, channel, 5);
            client.awaitOutput(" back");
        }
    }

    @Test
    void packetsOfOneByteAreServedByteByByte() throws Exception {
        try (var client = clients.logIn("alice")) {
            int channel = client.openSession(0, WINDOW, 1);
            client.exec(channel, "bash x");
            client.send(SshConstants.SSH_MSG_CHANNEL_DATA, channel, "a".repeat(20_000) + "end");
            client.awaitOutput("end");
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, LARGEST})
    void anAbsurdSizeOfPacketsEndsTheConnection(long packet) throws Exception {
        try (var client = clients.logIn("alice")) {
            client.exec(client.openSession(0), "bash x");
            client.send(SshConstants.SSH_MSG_CHANNEL_OPEN, "session", 1, (long) WINDOW, packet);
            client.awaitEnd();
        }
    }

    // ---- names

    @ParameterizedTest
    @ValueSource(strings = {"", "no-such-type", "\u001b[2J", "a\nb", "LONG"})
    void aChannelOfAnUnknownTypeIsRefused(String type) throws Exception {
        try (var client = clients.logIn("alice")) {
            client.send(
                    SshConstants.SSH_MSG_CHANNEL_OPEN, type.equals("LONG") ? NAME : type, 3, (long) WINDOW, 32_768L);
            assertThat(client.next(SshConstants.SSH_MSG_CHANNEL_OPEN_FAILURE).getInt())
                    .isEqualTo(3);
            assertThat(client.exec(client.openSession(4), "bash x")).isTrue();
        }
    }

    @Test
    void longNamesAreRefusedAndKeptNowhere() throws Exception {
        try (var client = clients.logIn("alice")) {
            int channel = client.openSession(0);
            assertThat(client.request(channel, NAME).answer()).isFalse();
            assertThat(client.request(channel, "env", NAME, "x").answer()).isFalse();
            assertThat(client.request(channel, "env", "LANG", NAME).answer()).isFalse();
            assertThat(client.request(channel, "subsystem", NAME).answer()).isFalse();
            assertThat(client.request(channel, "pty-req", "xterm", 80, 24, 0, 0, new byte[65_536])
                            .answer())
                    .isFalse();
            assertThat(client.request(channel, "pty-req", NAME, 80, 24, 0, 0, new byte[0])
                            .answer())
                    .isTrue();
            assertThat(client.exec(channel, "bash x")).isTrue();
            assertThat(client.request(channel, "signal", NAME).answer()).isFalse();
            client.send(SshConstants.SSH_MSG_GLOBAL_REQUEST, NAME, true);
            assertThat(client.answer()).isFalse();
            forward(client, 1, NAME);
            assertThat(client.next(SshConstants.SSH_MSG_CHANNEL_OPEN_FAILURE).getInt())
                    .isOne();
            client.send(SshConstants.SSH_MSG_CHANNEL_DATA, channel, "goes on");
            client.awaitOutput("goes on");
            var request = door.admission.last().request;
            assertThat(request.environment()).isEmpty();
            assertThat(request.request().toString()).hasSizeLessThan(1_000);
        }
    }

    // ---- floods

    @Test
    void ofAThousandChannelsAtOnceAsManyOpenAsMayAndTheOthersAreRefused() throws Exception {
        try (var client = clients.logIn("alice")) {
            for (int i = 0; i < FLOOD; i++) {
                client.send(SshConstants.SSH_MSG_CHANNEL_OPEN, "session", i, (long) WINDOW, 32_768L);
            }
            var open = new ArrayList<Integer>();
            int refused = 0;
            while (open.size() + refused < FLOOD) {
                var said = client.next();
                if (said.command() == SshConstants.SSH_MSG_CHANNEL_OPEN_CONFIRMATION) {
                    said.fields().getInt();
                    open.add(said.fields().getInt());
                } else if (said.command() == SshConstants.SSH_MSG_CHANNEL_OPEN_FAILURE) {
                    refused++;
                }
            }
            assertThat(open).hasSize(DoorLimits.DEFAULTS.channels());
            for (int channel : open) {
                client.send(SshConstants.SSH_MSG_CHANNEL_CLOSE, channel);
            }
            for (int i = 0; i < open.size(); i++) {
                client.next(SshConstants.SSH_MSG_CHANNEL_CLOSE);
            }
            assertThat(client.exec(client.openSession(FLOOD), "bash x")).isTrue();
        }
    }

    @Test
    void aThousandChannelsOfOneConnectionAfterAnotherLeaveNothing() throws Exception {
        try (var client = clients.logIn("alice")) {
            for (int i = 0; i < FLOOD; i++) {
                client.send(SshConstants.SSH_MSG_CHANNEL_OPEN, "session", 0, (long) WINDOW, 32_768L)
                        .send(SshConstants.SSH_MSG_CHANNEL_CLOSE, i);
                client.next(SshConstants.SSH_MSG_CHANNEL_CLOSE);
            }
            assertThat(client.exec(client.openSession(FLOOD), "bash x")).isTrue();
        }
    }

    @Test
    void aThousandGlobalRequestsAreAnsweredEach() throws Exception {
        try (var client = clients.logIn("alice")) {
            for (int i = 0; i < FLOOD; i++) {
                client.send(SshConstants.SSH_MSG_GLOBAL_REQUEST, "tcpip-forward", true, "0.0.0.0", 0);
                assertThat(client.answer()).isFalse();
            }
            assertThat(client.exec(client.openSession(0), "bash x")).isTrue();
        }
    }

    @Test
    void floodsThatWantNoAnswerTakeNoMemory() throws Exception {
        try (var client = clients.logIn("alice")) {
            int channel = client.openSession(0);
            client.exec(channel, "bash x");
            long before = used();
            for (int i = 0; i < FLOOD; i++) {
                client.send(SshConstants.SSH_MSG_IGNORE, new byte[30_000])
                        .send(SshConstants.SSH_MSG_DEBUG, true, new byte[30_000], "")
                        .send(SshConstants.SSH_MSG_GLOBAL_REQUEST, NAME, false)
                        .send(SshConstants.SSH_MSG_CHANNEL_REQUEST, channel, "env", false, "A" + i, NAME)
                        .send(SshConstants.SSH_MSG_CHANNEL_REQUEST, channel, "window-change", false, i, i, i, i);
                if (i % 10 == 0) {
                    client.send(SshConstants.SSH_MSG_CHANNEL_DATA, channel, "in step " + i);
                    client.awaitOutput("in step " + i);
                }
            }
            awaitMemory(before);
        }
    }

    /// The library puts the unknown name into its answer.
    @Test
    void whoDoesNotReadLongAnswersIsCutOff() throws Exception {
        try (var client = clients.logIn("alice")) {
            long before = used();
            client.reads(false);
            for (int i = 0; i < FLOOD && !client.ended(); i++) {
                try {
                    client.send(SshConstants.SSH_MSG_CHANNEL_OPEN, NAME + NAME + NAME, i, (long) WINDOW, 32_768L);
                } catch (java.io.IOException cutOff) {
                    break;
                }
            }
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(door.door.connections()).isOne());
            awaitMemory(before);
        }
    }

    // ---- key exchanges

    @Test
    void keysAreExchangedAgainAndAgainAndTheShellGoesOn() throws Exception {
        try (var client = clients.logIn("alice")) {
            int channel = client.openSession(0);
            client.exec(channel, "bash x");
            for (int i = 0; i < EXCHANGES; i++) {
                client.exchangeKeys();
                client.send(SshConstants.SSH_MSG_CHANNEL_DATA, channel, "after " + i + "\n");
                client.awaitOutput("after " + i + "\n");
            }
        }
    }

    /// Nothing more can be shown to such a client, and what it asks has no answer yet: it does not stay for
    /// long.
    @Test
    void aKeyExchangeThatIsNotEndedEndsTheConnection() throws Exception {
        var limits = EdgeLimits.of(Map.of(Limit.HANDSHAKE, EXCHANGE.toMillis()));
        var apart = Files.createTempDirectory(folder, "apart");
        try (var quick = TestingDoor.open(apart, limits.door(), RelayLimits.DEFAULTS, "");
                var those = new HostileClient.Factory(quick);
                var client = those.logIn("alice")) {
            quick.agents.serve("bash", new EchoTarget());
            client.exec(client.openSession(0), "bash x");
            client.beginExchangeOnly();
            client.awaitEnd();
            await().untilAsserted(
                            () -> assertThat(quick.admission.last().outcome).contains(new Outcome.UserLeft()));
        }
    }

    @Test
    void whatIsSaidInTheMidstOfAKeyExchangeIsTakenAndItsAnswersAreBounded() throws Exception {
        try (var client = clients.logIn("alice")) {
            int channel = client.openSession(0);
            client.exec(channel, "bash x");
            client.beginExchangeOnly();
            long before = used();
            for (int i = 0; i < 2 * DoorLimits.DEFAULTS.answers() && !client.ended(); i++) {
                client.sendAtOnce(SshConstants.SSH_MSG_CHANNEL_DATA, channel, "said " + i + "\n")
                        .sendAtOnce(SshConstants.SSH_MSG_GLOBAL_REQUEST, NAME, true);
            }
            client.awaitEnd();
            awaitMemory(before);
        }
        assertThat(door.recorder.last().text(dev.sallyport.core.recording.Event.Kind.INPUT))
                .startsWith("said 0\nsaid 1\n");
    }

    @Test
    void aSecondKeyExchangeInTheMidstOfOneEndsTheConnection() throws Exception {
        try (var client = clients.logIn("alice")) {
            client.exec(client.openSession(0), "bash x");
            client.beginExchangeOnly();
            var second = client.message(SshConstants.SSH_MSG_KEXINIT);
            second.putRawBytes(java.util.Arrays.copyOfRange(
                    RawClient.offered("curve25519-sha256"), 1, RawClient.offered("curve25519-sha256").length));
            client.send(second);
            client.awaitEnd();
        }
    }

    /// What was held for the client is let go, on its side of this process as well.
    private static void awaitMemory(long before) {
        await().untilAsserted(() -> assertThat(used() - before).isLessThan(32 * MIB));
    }

    private static long used() {
        System.gc();
        var runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
