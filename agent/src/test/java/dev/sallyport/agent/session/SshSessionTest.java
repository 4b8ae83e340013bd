package dev.sallyport.agent.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.agent.ssh.TestingSshd;
import dev.sallyport.core.connection.TargetSettings;
import dev.sallyport.core.link.LinkLost;
import dev.sallyport.core.link.Message;
import dev.sallyport.core.secret.SecretReference;
import dev.sallyport.core.session.SessionRequest;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// What `ssh` connections do, with the machine's own sshd.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class SshSessionTest {

    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private TestingSshd sshd;
    private TestingAgent agent;

    @BeforeAll
    void start(@TempDir Path given) throws Exception {
        folder = given;
        sshd = TestingSshd.start(Files.createDirectory(folder.resolve("sshd")));
        agent = new TestingAgent(Files.createDirectory(folder.resolve("agent")), Map.of(), List.of(sshd.folder));
    }

    @AfterAll
    void stop() throws Exception {
        agent.close();
        sshd.close();
    }

    private TargetSettings.Ssh settings(String hostKey, List<String> forwards) {
        return new TargetSettings.Ssh(
                "127.0.0.1",
                sshd.port,
                System.getProperty("user.name"),
                Optional.empty(),
                Optional.of(SecretReference.parse("file:" + sshd.folder.resolve("user"))),
                List.of(hostKey),
                Optional.empty(),
                forwards);
    }

    private TestingAgent.Running start(SessionRequest request) throws Exception {
        return agent.start(agent.order(settings(sshd.hostKey("ed25519"), List.of()), request));
    }

    @Test
    void aCommandRunsAndItsStreamsStayApart() throws Exception {
        var session = start(TestingAgent.command("echo out; echo err >&2; exit 7"));
        assertThat(session.link().await(Message.Exit.class).status()).contains(7);
        assertThat(session.link().shown()).isEqualTo("out\n");
        assertThat(session.link().errors()).isEqualTo("err\n");
    }

    @Test
    void aSignalsNameIsTold() throws Exception {
        var session = start(TestingAgent.command("kill -TERM $$"));
        assertThat(session.link().await(Message.Exit.class).signal()).contains("TERM");
    }

    @Test
    void aShellInATerminalHasItsSizeAndHearsControlC() throws Exception {
        var session = start(new SessionRequest.Shell(Optional.of(TestingAgent.terminal())));
        session.link().type("stty size; echo TERM=$TERM\n");
        session.link().awaitShown("24 80");
        session.link().awaitShown("TERM=xterm");
        session.link().say(new Message.Resize(120, 40, 0, 0));
        session.link().type("sleep 0.2; stty size\n");
        session.link().awaitShown("40 120");
        session.link().type("sleep 11" + ProcessHandle.current().pid() + "\n");
        session.link().awaitShown("sleep 11" + ProcessHandle.current().pid());
        org.awaitility.Awaitility.await()
                .until(() -> CustomSessionTest.agentRuns(
                        "sleep 11" + ProcessHandle.current().pid()));
        session.link().type("\u0003");
        session.link().type("echo status=$?; exit 5\n");
        session.link().awaitShown("status=130");
        assertThat(session.link().await(Message.Exit.class).status()).contains(5);
    }

    @Test
    void aHundredMegabytesGoBothWaysUnharmed() throws Exception {
        var session = start(TestingAgent.command("sha256sum; head -c 100M /dev/zero"));
        session.link().await(Message.Opened.class);
        var bytes = new byte[1 << 20];
        var random = new Random(7);
        var digest = java.security.MessageDigest.getInstance("SHA-256");
        for (int i = 0; i < 100; i++) {
            random.nextBytes(bytes);
            digest.update(bytes);
            session.link().type(bytes);
        }
        session.link().endInput();
        session.link().await(Message.Exit.class);
        assertThat(new String(session.link().output(), 0, 64, StandardCharsets.US_ASCII))
                .isEqualTo(java.util.HexFormat.of().formatHex(digest.digest()));
        assertThat(session.link().outputBytes()).isEqualTo(68 + (100L << 20));
    }

    @Test
    void aUserWhoDoesNotReadHoldsTheTargetUp() throws Exception {
        var link = new TestingLink();
        link.reading(false);
        var session = agent.start(
                agent.order(
                        settings(sshd.hostKey("ed25519"), List.of()),
                        TestingAgent.command("head -c 20M /dev/zero; echo done >&2")),
                link);
        link.await(Message.Opened.class);
        org.awaitility.Awaitility.await().until(() -> link.outputBytes() > (1 << 20) - 65_536);
        assertThat(link.errors()).isEmpty();
        link.reading(true);
        session.link().await(Message.Exit.class);
        assertThat(link.outputBytes()).isEqualTo((20L << 20) + 5);
    }

    @Test
    void aWrongHostKeyIsNamedAndNothingIsTold() throws Exception {
        var other = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIG0vYr2gZ2s0B5fU1pGk4k0vJ0l2b2c1Z3m5Q2K7p1aX";
        var session = agent.start(agent.order(settings(other, List.of()), TestingAgent.command("true")));
        var failed = session.link().await(Message.Failed.class);
        assertThat(failed.kind()).isEqualTo(Message.Failed.Reason.TARGET);
        assertThat(failed.reason()).contains("SHA256:");
    }

    @Test
    void aKeyOfAnyKindCanBePinned() throws Exception {
        var session =
                agent.start(agent.order(settings(sshd.hostKey("ecdsa"), List.of()), TestingAgent.command("true")));
        assertThat(session.link().await(Message.Exit.class).status()).contains(0);
    }

    @Test
    void aKnownHostsFileCountsAndAnUnknownHostDoesNot() throws Exception {
        var known = folder.resolve("known_hosts");
        Files.writeString(known, "[127.0.0.1]:" + sshd.port + " " + sshd.hostKey("ed25519") + "\n");
        var template = settings(sshd.hostKey("ed25519"), List.of());
        var byFile = new TargetSettings.Ssh(
                template.host(),
                template.port(),
                template.user(),
                template.password(),
                template.privateKey(),
                List.of(),
                Optional.of(known.toString()),
                List.of());
        var session = agent.start(agent.order(byFile, TestingAgent.command("true")));
        assertThat(session.link().await(Message.Exit.class).status()).contains(0);

        Files.writeString(known, "elsewhere " + sshd.hostKey("ed25519") + "\n");
        var unknown = agent.start(agent.order(byFile, TestingAgent.command("true")));
        assertThat(unknown.link().await(Message.Failed.class).reason()).contains("no host key is known");
    }

    @Test
    void forwardingInsideTheTargetNeedsToBeAllowed() throws Exception {
        try (var server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> {
                try (var peer = server.accept()) {
                    var heard = peer.getInputStream().readAllBytes();
                    peer.getOutputStream().write(heard);
                } catch (java.io.IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            var request = new SessionRequest.Forward("127.0.0.1", server.getLocalPort());
            var refused =
                    agent.start(agent.order(settings(sshd.hostKey("ed25519"), List.of("*:*", "*.*.*.*:*")), request));
            assertThat(refused.link().await(Message.Failed.class).kind()).isEqualTo(Message.Failed.Reason.REFUSED);

            var session = agent.start(agent.order(settings(sshd.hostKey("ed25519"), List.of("127.0.0.1:*")), request));
            session.link().await(Message.Opened.class);
            session.link().type("ping");
            session.link().endInput();
            session.link().awaitShown("ping");
            session.link().await(Message.EndOfStream.class);
            session.link().await(Message.Exit.class);
        }
    }

    @Test
    void aLostLinkEndsWhatRuns() throws Exception {
        var session = start(TestingAgent.command("echo ready; exec cat"));
        session.link().awaitShown("ready");
        session.link().lose(LinkLost.Why.NOT_RESUMED);
        session.thread().join();
    }
}
