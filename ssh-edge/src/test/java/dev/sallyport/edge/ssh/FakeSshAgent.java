package dev.sallyport.edge.ssh;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/// An ssh-agent (draft-ietf-sshm-ssh-agent) with one certificate, whose key a test holds: the real `ssh` takes
/// its signatures from here, as it would from an agent that talks to a security key.
final class FakeSshAgent implements AutoCloseable {

    /// Signs what the client is asked to sign; the whole of an SSH signature.
    interface Signer {
        byte[] sign(byte[] data) throws Exception;
    }

    private static final int FAILURE = 5;
    private static final int REQUEST_IDENTITIES = 11;
    private static final int IDENTITIES = 12;
    private static final int SIGN_REQUEST = 13;
    private static final int SIGN_RESPONSE = 14;

    private final byte[] certificate;
    private final Signer signer;
    private final ServerSocketChannel server;

    FakeSshAgent(Path socket, byte[] certificate, Signer signer) throws IOException {
        this.certificate = certificate;
        this.signer = signer;
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        Thread.ofPlatform().daemon().start(() -> {
            while (server.isOpen()) {
                try {
                    var client = server.accept();
                    Thread.ofPlatform().daemon().start(() -> serve(client));
                } catch (IOException closed) {
                    return;
                }
            }
        });
    }

    private void serve(SocketChannel client) {
        try (client) {
            var in = new DataInputStream(Channels.newInputStream(client));
            var out = new DataOutputStream(Channels.newOutputStream(client));
            while (true) {
                var message = new byte[in.readInt()];
                in.readFully(message);
                var answer = answer(ByteBuffer.wrap(message));
                out.writeInt(answer.length);
                out.write(answer);
                out.flush();
            }
        } catch (IOException over) {
            // the client has left
        }
    }

    private byte[] answer(ByteBuffer request) {
        return switch (request.get()) {
            case REQUEST_IDENTITIES ->
                ByteBuffer.allocate(1 + 4 + 4 + certificate.length + 4)
                        .put((byte) IDENTITIES)
                        .putInt(1)
                        .putInt(certificate.length)
                        .put(certificate)
                        .putInt(0)
                        .array();
            case SIGN_REQUEST -> {
                string(request);
                try {
                    var signature = signer.sign(string(request));
                    yield ByteBuffer.allocate(1 + 4 + signature.length)
                            .put((byte) SIGN_RESPONSE)
                            .putInt(signature.length)
                            .put(signature)
                            .array();
                } catch (Exception e) {
                    yield new byte[] {FAILURE};
                }
            }
            default -> new byte[] {FAILURE};
        };
    }

    private static byte[] string(ByteBuffer in) {
        var bytes = new byte[in.getInt()];
        in.get(bytes);
        return bytes;
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
