package dev.sallyport.agent.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sallyport.core.connection.TargetSettings;
import dev.sallyport.core.link.Message;
import dev.sallyport.core.secret.SecretReference;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.sshd.client.future.OpenFuture;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.channel.Channel;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.ExitCallback;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.auth.password.AcceptAllPasswordAuthenticator;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.channel.ChannelSessionFactory;
import org.apache.sshd.server.command.Command;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Attack class 17: a target sshd that does not keep to the rules harms nobody but its own session.
@Timeout(120)
final class HostileSshdTest {

    private static final int MIB = 1 << 20;

    @TempDir
    private Path folder;

    /// What the target does as soon as a command is to run.
    private interface Abuse {
        void on(ChannelSession channel) throws IOException;
    }

    private static final class Abusive implements Command {
        private final ChannelSession channel;
        private final Abuse abuse;

        Abusive(ChannelSession channel, Abuse abuse) {
            this.channel = channel;
            this.abuse = abuse;
        }

        @Override
        public void start(ChannelSession given, Environment environment) {
            Thread.ofPlatform().daemon().start(() -> {
                try {
                    abuse.on(channel);
                } catch (IOException cutOff) {
                    // as it should be
                }
            });
        }

        @Override
        public void setInputStream(InputStream in) {}

        @Override
        public void setOutputStream(OutputStream out) {}

        @Override
        public void setErrorStream(OutputStream err) {}

        @Override
        public void setExitCallback(ExitCallback callback) {}

        @Override
        public void destroy(ChannelSession given) {}
    }

    @Test
    void outputBeyondTheWindowEndsTheConnection() throws Exception {
        endsTheConnection(channel -> {
            for (int i = 0; i < 64 * MIB / 32_768; i++) {
                data(channel, 32_768);
            }
        });
    }

    @Test
    void aGiantPacketEndsTheConnection() throws Exception {
        endsTheConnection(channel -> data(channel, 200_000));
    }

    /// A channel that sends output before it is confirmed.
    private static final class Early extends ChannelSession {

        @Override
        protected OpenFuture doInit(Buffer buffer) {
            try {
                data(this, 16);
            } catch (IOException cutOff) {
                // as it should be
            }
            return super.doInit(buffer);
        }
    }

    @Test
    void outputBeforeTheConfirmationIsNotShownBeforeTheSessionIsOpen() throws Exception {
        var host = KeyUtils.generateKeyPair(KeyPairProvider.SSH_ED25519, 256);
        try (var server = server(host);
                var agent = new TestingAgent(
                        Files.createDirectory(folder.resolve("early")), Map.of("PASSWORD", "x"), List.of())) {
            server.setChannelFactories(List.of(new ChannelSessionFactory() {
                @Override
                public Channel createChannel(Session session) {
                    return new Early();
                }
            }));
            server.setCommandFactory((channel, command) -> new Abusive(channel, one -> data(one, 16)));
            server.start();
            var session = agent.start(agent.order(target(server, host), TestingAgent.command("anything")));
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(session.link().messages()).isNotEmpty());
            assertThat(session.link().messages().getFirst())
                    .isInstanceOfAny(Message.Opened.class, Message.Failed.class);
            session.link().lose(dev.sallyport.core.link.LinkLost.Why.ENDED_THERE);
        }
    }

    private static SshServer server(KeyPair host) {
        var server = SshServer.setUpDefaultServer();
        server.setHost("127.0.0.1");
        server.setKeyPairProvider(KeyPairProvider.wrap(host));
        server.setPasswordAuthenticator(AcceptAllPasswordAuthenticator.INSTANCE);
        return server;
    }

    private static TargetSettings target(SshServer server, KeyPair host) {
        return new TargetSettings.Ssh(
                "127.0.0.1",
                server.getPort(),
                "demo",
                Optional.of(SecretReference.parse("env:PASSWORD")),
                Optional.empty(),
                List.of(PublicKeyEntry.toString(host.getPublic())),
                Optional.empty(),
                List.of());
    }

    private void endsTheConnection(Abuse abuse) throws Exception {
        var host = KeyUtils.generateKeyPair(KeyPairProvider.SSH_ED25519, 256);
        try (var server = server(host);
                var agent = new TestingAgent(
                        Files.createDirectory(folder.resolve("agent")), Map.of("PASSWORD", "x"), List.of())) {
            server.setCommandFactory((channel, command) -> new Abusive(channel, abuse));
            server.start();
            long before = used();
            var session = agent.start(agent.order(target(server, host), TestingAgent.command("anything")));
            session.link().reading(false);
            session.link().await(Message.Opened.class);
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> server.getActiveSessions().isEmpty());
            assertThat(used() - before).isLessThan(32 * MIB);
            session.link().lose(dev.sallyport.core.link.LinkLost.Why.ENDED_THERE);
        }
    }

    private static void data(ChannelSession channel, int length) throws IOException {
        var session = channel.getSession();
        var packet = session.createBuffer(SshConstants.SSH_MSG_CHANNEL_DATA, length + 64);
        packet.putUInt(channel.getRecipient());
        packet.putBytes(new byte[length]);
        session.writePacket(packet);
    }

    private static long used() {
        System.gc();
        var runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
