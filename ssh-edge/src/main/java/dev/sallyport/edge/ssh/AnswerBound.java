package dev.sallyport.edge.ssh;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.io.IoWriteFuture;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.server.ServerFactoryManager;
import org.apache.sshd.server.session.ServerSessionImpl;
import org.apache.sshd.server.session.SessionFactory;

/// Makes connections that end when their client asks and asks and does not read the answers.
///
/// The library answers much by itself, before and after authentication: what it does not know, global requests,
/// requests of channels. These answers wait in a queue without a bound while the client does not read. What a
/// channel carries is bounded by the channel, and does not count.
final class AnswerBound extends SessionFactory {

    private static final Logger LOG = System.getLogger(AnswerBound.class.getName());

    private final int most;

    /// @param most answers that may wait for one client
    AnswerBound(ServerFactoryManager server, int most) {
        super(server);
        this.most = most;
    }

    @Override
    protected ServerSessionImpl doCreateSession(IoSession socket) throws Exception {
        return new Bounded(getServer(), socket, most);
    }

    private static final class Bounded extends ServerSessionImpl {

        private final AtomicInteger waiting = new AtomicInteger();
        private final int most;

        Bounded(ServerFactoryManager server, IoSession socket, int most) throws Exception {
            super(server, socket);
            this.most = most;
        }

        @Override
        public IoWriteFuture writePacket(Buffer packet) throws IOException {
            byte kind = packet.array()[packet.rpos()];
            if (kind == SshConstants.SSH_MSG_CHANNEL_DATA || kind == SshConstants.SSH_MSG_CHANNEL_EXTENDED_DATA) {
                return super.writePacket(packet);
            }
            int now = waiting.incrementAndGet();
            IoWriteFuture written;
            try {
                written = super.writePacket(packet);
            } catch (IOException | RuntimeException e) {
                waiting.decrementAndGet();
                throw e;
            }
            written.addListener(done -> waiting.decrementAndGet());
            if (now > most && isOpen()) {
                LOG.log(Level.INFO, "a client that does not read our answers is cut off");
                close(true);
            }
            return written;
        }
    }
}
