package dev.sallyport.agent.ssh;

import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import org.apache.sshd.client.channel.ChannelDirectTcpip;
import org.apache.sshd.common.util.net.SshdSocketAddress;

/// A forwarding channel (RFC 4254, section 7.2), whose two directions end apart.
final class ForwardChannel extends ChannelDirectTcpip implements SshChannel {

    private final ReceivedStream received = new ReceivedStream();

    ForwardChannel(String host, int port) {
        super(new SshdSocketAddress("127.0.0.1", 0), new SshdSocketAddress(host, port));
        addCloseFutureListener(closed -> received.end());
    }

    @Override
    protected void doWriteData(byte[] data, int from, long length) {
        received.add(Arrays.copyOfRange(data, from, from + (int) length));
    }

    @Override
    public void handleEof() throws IOException {
        super.handleEof();
        received.end();
    }

    @Override
    public ReceivedStream received() {
        return received;
    }

    @Override
    public Optional<ReceivedStream> receivedErrors() {
        return Optional.empty();
    }

    @Override
    public void read(int count) throws IOException {
        if (!isClosing()) {
            getLocalWindow().release(count);
        }
    }

    @Override
    public void endInput() throws IOException {
        getInvertedIn().flush();
        sendEof();
    }
}
