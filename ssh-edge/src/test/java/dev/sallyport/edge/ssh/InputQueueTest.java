package dev.sallyport.edge.ssh;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.link.Message;
import dev.sallyport.edge.relay.ClientChannel.Input;
import org.junit.jupiter.api.Test;

class InputQueueTest {

    private final InputQueue queue = new InputQueue(2);

    private void put(String text) {
        var bytes = text.getBytes(UTF_8);
        queue.put(bytes, 0, bytes.length);
    }

    private String next() throws InterruptedException {
        return queue.next() instanceof Input.Bytes(var bytes) ? new String(bytes, UTF_8) : "no bytes";
    }

    @Test
    void whatIsPutBackComesFirst() throws Exception {
        put("abc");
        assertThat(next()).isEqualTo("abc");
        put("de");
        queue.putBack("bc".getBytes(UTF_8));
        assertThat(queue.bytes()).isEqualTo(4);
        assertThat(next()).isEqualTo("bcde");
        assertThat(queue.bytes()).isZero();
    }

    @Test
    void aChannelThatIsGoneHoldsNothingAndIsGivenNothingBack() throws Exception {
        put("abc");
        assertThat(next()).isEqualTo("abc");
        put("de");
        queue.left();
        assertThat(queue.bytes()).isZero();
        queue.putBack("bc".getBytes(UTF_8));
        put("fg");
        assertThat(queue.bytes()).isZero();
        assertThat(queue.next()).isEqualTo(new Input.Left());
    }

    @Test
    void controlsStayBetweenTheBytesTheyCameBetweenAndAreBounded() throws Exception {
        put("a");
        assertThat(queue.put(new Message.Resize(80, 24, 0, 0))).isTrue();
        assertThat(queue.put(new Message.Resize(100, 30, 0, 0)))
                .as("takes the place of the one before")
                .isTrue();
        put("b");
        assertThat(queue.put(new Message.Resize(90, 20, 0, 0))).isTrue();
        assertThat(queue.put(new Message.Signal("INT"))).as("the third").isFalse();
        queue.end();

        assertThat(next()).isEqualTo("a");
        assertThat(queue.next()).isEqualTo(new Input.Control(new Message.Resize(100, 30, 0, 0)));
        assertThat(next()).isEqualTo("b");
        assertThat(queue.next()).isEqualTo(new Input.Control(new Message.Resize(90, 20, 0, 0)));
        assertThat(queue.next()).isEqualTo(new Input.End());
    }
}
