package dev.sallyport.edge.fake;

import dev.sallyport.core.link.LinkLost;
import dev.sallyport.core.link.Message;
import dev.sallyport.core.link.Message.Stream;
import dev.sallyport.core.link.SessionLink;
import dev.sallyport.core.session.Order;
import java.io.IOException;
import java.net.Socket;
import java.util.Arrays;
import java.util.Optional;

/// A TCP connection from this machine.
public final class DialTarget implements FakeAgents.Target {

    private final String host;
    private final int port;

    public DialTarget(String host, int port) {
        this.host = host;
        this.port = port;
    }

    @Override
    public void run(Order order, SessionLink link) throws Exception {
        Socket socket;
        try {
            socket = new Socket(host, port);
        } catch (IOException e) {
            link.send(new Message.Failed(Message.Failed.Reason.TARGET, "could not connect"));
            return;
        }
        try (socket) {
            link.send(new Message.Opened());
            Thread.ofVirtual().start(() -> feed(link, socket));
            var buffer = new byte[Message.Data.LONGEST];
            long offset = 0;
            int length;
            while ((length = socket.getInputStream().read(buffer)) >= 0) {
                link.send(new Message.Data(Stream.OUTPUT, offset, Arrays.copyOf(buffer, length)));
                offset += length;
            }
            link.send(new Message.EndOfStream(Stream.OUTPUT));
            link.send(new Message.Exit(Optional.of(0), Optional.empty(), false));
        }
    }

    private static void feed(SessionLink link, Socket socket) {
        try (socket) {
            while (true) {
                var received = link.receive();
                switch (received.message()) {
                    case Message.Data data -> socket.getOutputStream().write(data.bytes());
                    case Message.EndOfStream _ -> socket.shutdownOutput();
                    case Message.Close _ -> {
                        return;
                    }
                    default -> {}
                }
                link.consumed(received.number());
            }
        } catch (IOException | LinkLost over) {
            // the connection or the session is over
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
