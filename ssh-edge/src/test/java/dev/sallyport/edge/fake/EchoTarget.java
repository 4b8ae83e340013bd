package dev.sallyport.edge.fake;

import dev.sallyport.core.link.Message;
import dev.sallyport.core.link.Message.Stream;
import dev.sallyport.core.link.SessionLink;
import dev.sallyport.core.session.Order;
import java.util.Optional;

/// Sends back what it gets, until the user's end, and then ends.
public final class EchoTarget implements FakeAgents.Target {

    @Override
    public void run(Order order, SessionLink link) throws Exception {
        link.send(new Message.Opened());
        long offset = 0;
        while (true) {
            var received = link.receive();
            switch (received.message()) {
                case Message.Data data -> {
                    link.send(new Message.Data(Stream.OUTPUT, offset, data.bytes()));
                    offset += data.bytes().length;
                }
                case Message.EndOfStream _, Message.Close _ -> {
                    link.send(new Message.EndOfStream(Stream.OUTPUT));
                    link.send(new Message.Exit(Optional.of(0), Optional.empty(), false));
                    return;
                }
                default -> {}
            }
            link.consumed(received.number());
        }
    }
}
