package dev.sallyport.edge.ssh;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;

/// A client that speaks SSH in the clear, up to the first key exchange and no further, as a test wants it.
final class RawClient implements AutoCloseable {

    private static final String BANNER = "SSH-2.0-raw\r\n";
    private static final int PATIENCE_MILLIS = 20_000;

    private final Socket socket = new Socket();
    private final DataInputStream in;

    RawClient(int port, String from) throws IOException {
        socket.bind(new InetSocketAddress(InetAddress.ofLiteral(from), 0));
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE_MILLIS);
        socket.setSoTimeout(PATIENCE_MILLIS);
        in = new DataInputStream(socket.getInputStream());
    }

    void write(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    void banner() throws IOException {
        write(BANNER.getBytes(StandardCharsets.US_ASCII));
    }

    /// Offers one key exchange and the most usual of everything else.
    void offer(String keyExchange) throws IOException {
        write(packet(offered(keyExchange)));
    }

    static byte[] offered(String keyExchange) {
        var offer = new ByteArrayBuffer();
        offer.putByte(SshConstants.SSH_MSG_KEXINIT);
        offer.putRawBytes(new byte[16]);
        for (var list : new String[] {
            keyExchange,
            "ssh-ed25519",
            "aes128-ctr",
            "aes128-ctr",
            "hmac-sha2-256-etm@openssh.com",
            "hmac-sha2-256-etm@openssh.com",
            "none",
            "none",
            "",
            ""
        }) {
            offer.putString(list);
        }
        offer.putBoolean(false);
        offer.putUInt(0);
        return offer.getCompactData();
    }

    /// A binary packet (RFC 4253, section 6) without encryption.
    static byte[] packet(byte[] payload) {
        int padding = 8 - (5 + payload.length) % 8;
        padding = padding < 4 ? padding + 8 : padding;
        return ByteBuffer.allocate(5 + payload.length + padding)
                .putInt(1 + payload.length + padding)
                .put((byte) padding)
                .put(payload)
                .array();
    }

    String serverBanner() throws IOException {
        var line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new IOException("no banner");
            }
            line.append((char) next);
        }
        return line.toString();
    }

    /// The next packet's payload; empty when the server has hung up.
    Optional<byte[]> read() {
        try {
            var bytes = new byte[in.readInt()];
            in.readFully(bytes);
            return Optional.of(java.util.Arrays.copyOfRange(bytes, 1, bytes.length - bytes[0]));
        } catch (IOException gone) {
            return Optional.empty();
        }
    }

    /// Waits until the server has hung up, whatever it says before.
    void awaitEnd() {
        try {
            while (socket.getInputStream().read(new byte[4_096]) >= 0) {
                // what it has to say
            }
        } catch (IOException gone) {
            // cut off
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
