package dev.sallyport.agent.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.connection.TargetSettings;
import dev.sallyport.core.link.Message;
import dev.sallyport.core.session.SessionRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TcpSessionTest {

    private interface Peer {
        void talk(Socket socket) throws IOException;
    }

    @TempDir
    Path state;

    private TestingAgent agent;

    @BeforeEach
    void start() throws Exception {
        agent = new TestingAgent(state);
    }

    @AfterEach
    void stop() {
        agent.close();
    }

    private TestingAgent.Running talkTo(ServerSocket server, Peer peer) {
        Thread.ofVirtual().start(() -> {
            try (var socket = server.accept()) {
                peer.talk(socket);
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        return agent.start(agent.order(
                new TargetSettings.Tcp("127.0.0.1", server.getLocalPort()), new SessionRequest.Forward("x", 1)));
    }

    @Test
    void aTargetAnswersAfterTheUsersEnd() throws Exception {
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var session = talkTo(server, socket -> {
                var heard = socket.getInputStream().readAllBytes();
                socket.getOutputStream().write(heard);
            });
            session.link().type("ping");
            session.link().endInput();
            session.link().awaitShown("ping");
            session.link().await(Message.EndOfStream.class);
            assertThat(session.link().await(Message.Exit.class).status()).contains(0);
        }
    }

    @Test
    void aUserGoesOnAfterTheTargetsEnd() throws Exception {
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var heard = new java.util.concurrent.CompletableFuture<String>();
            var session = talkTo(server, socket -> {
                socket.getOutputStream().write("bye".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
                socket.shutdownOutput();
                heard.complete(
                        new String(socket.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.US_ASCII));
            });
            session.link().await(Message.EndOfStream.class);
            session.link().type("still here");
            session.link().endInput();
            assertThat(heard.get()).isEqualTo("still here");
            session.link().await(Message.Exit.class);
        }
    }

    @Test
    void aPortWhereNobodyListensIsTheTargetsFault() throws Exception {
        int port;
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = server.getLocalPort();
        }
        var session =
                agent.start(agent.order(new TargetSettings.Tcp("127.0.0.1", port), new SessionRequest.Forward("x", 1)));
        assertThat(session.link().await(Message.Failed.class).kind()).isEqualTo(Message.Failed.Reason.TARGET);
    }

    @Test
    void aLostLinkEndsASilentConnection() throws Exception {
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var session = talkTo(server, socket -> socket.getInputStream().readAllBytes());
            session.link().await(Message.Opened.class);
            session.link().lose(dev.sallyport.core.link.LinkLost.Why.NOT_RESUMED);
            session.thread().join();
        }
    }
}
