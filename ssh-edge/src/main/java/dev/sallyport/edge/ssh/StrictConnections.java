package dev.sallyport.edge.ssh;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.io.IoWriteFuture;
import org.apache.sshd.common.kex.KexState;
import org.apache.sshd.common.util.Readable;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.apache.sshd.server.ServerFactoryManager;
import org.apache.sshd.server.session.ServerSessionImpl;
import org.apache.sshd.server.session.ServerUserAuthService;
import org.apache.sshd.server.session.SessionFactory;

/// Makes connections that hold their clients to what the library lets pass.
///
/// - Answers are bounded. The library answers much by itself, before and after authentication: what it does not
///   know, global requests, requests of channels. These answers wait in a queue without a bound while the
///   client does not read; here the connection ends. What a channel carries is bounded by the channel, and does
///   not count.
/// - A service is asked for before authentication only (RFC 4252, section 4). After it, the library would put a
///   new one in the place of that which holds the channels, and nobody would ever end these; before it, each
///   new one would count the attempts from the start.
/// - A key exchange ends in the time that a handshake has. As long as it lasts nothing can be shown to the
///   client.
/// - Handshakes, and later key exchanges, wait for their turn ([Handshakes]).
final class StrictConnections extends SessionFactory {

    private static final Logger LOG = System.getLogger(StrictConnections.class.getName());

    /// What an answer may be long, on average.
    private static final int ANSWER = 1_024;

    private static final String AUTHENTICATION = "ssh-userauth";

    private final DoorLimits limits;
    private final Handshakes handshakes;

    StrictConnections(ServerFactoryManager server, DoorLimits limits, Handshakes handshakes) {
        super(server);
        this.limits = limits;
        this.handshakes = handshakes;
    }

    @Override
    protected ServerSessionImpl doCreateSession(IoSession socket) throws Exception {
        return new Strict(getServer(), socket, limits, handshakes);
    }

    /// One connection.
    static final class Strict extends ServerSessionImpl {

        private final DoorLimits limits;
        private final Handshakes handshakes;
        private final AtomicInteger answers = new AtomicInteger();
        private final AtomicLong answerBytes = new AtomicLong();

        /// What cuts the connection off if the key exchange that runs does not end.
        private final AtomicReference<Optional<Future<?>>> exchange = new AtomicReference<>(Optional.empty());

        Strict(ServerFactoryManager server, IoSession socket, DoorLimits limits, Handshakes handshakes)
                throws Exception {
            super(server, socket);
            this.limits = limits;
            this.handshakes = handshakes;
        }

        /// What was read from the socket.
        @Override
        public void messageReceived(Readable read) throws Exception {
            if (isAuthenticated() && kexState.get() == KexState.DONE) {
                super.messageReceived(read);
                return;
            }
            var socket = getIoSession();
            var bytes = new ByteArrayBuffer(read.available());
            bytes.putBuffer(read);
            socket.suspendRead();
            handshakes.inTurn(() -> {
                try {
                    super.messageReceived(bytes);
                    socket.resumeRead();
                } catch (Throwable broken) {
                    exceptionCaught(broken);
                    socket.close(true);
                }
            });
        }

        @Override
        public IoWriteFuture writePacket(Buffer packet) throws IOException {
            byte kind = packet.array()[packet.rpos()];
            if (kind == SshConstants.SSH_MSG_CHANNEL_DATA || kind == SshConstants.SSH_MSG_CHANNEL_EXTENDED_DATA) {
                return super.writePacket(packet);
            }
            int length = packet.available();
            int waiting = answers.incrementAndGet();
            long bytes = answerBytes.addAndGet(length);
            IoWriteFuture written;
            try {
                written = super.writePacket(packet);
            } catch (IOException | RuntimeException e) {
                written(length);
                throw e;
            }
            written.addListener(done -> written(length));
            if ((waiting > limits.answers() || bytes > (long) limits.answers() * ANSWER) && isOpen()) {
                LOG.log(Level.INFO, "a client that does not read our answers is cut off");
                close(true);
            }
            return written;
        }

        private void written(int length) {
            answers.decrementAndGet();
            answerBytes.addAndGet(-length);
        }

        @Override
        protected boolean handleServiceRequest(String service, Buffer buffer) throws Exception {
            if (isAuthenticated()) {
                disconnect(SshConstants.SSH2_DISCONNECT_PROTOCOL_ERROR, "a service is asked for before the login only");
                return false;
            }
            return super.handleServiceRequest(service, buffer);
        }

        /// Some clients ask again for each method of authentication: the one that runs goes on.
        @Override
        public void startService(String service, Buffer buffer) throws Exception {
            if (!isAuthenticated()
                    && service.equals(AUTHENTICATION)
                    && currentService.getService() instanceof ServerUserAuthService) {
                return;
            }
            super.startService(service, buffer);
        }

        /// First step of every key exchange, whoever began it. The first one of a connection is part of its
        /// handshake.
        @Override
        protected byte[] sendKexInit() throws Exception {
            if (isAuthenticated()) {
                ends(Optional.of(getFactoryManager()
                        .getScheduledExecutorService()
                        .schedule(this::exchangeTooLong, limits.handshake().toMillis(), TimeUnit.MILLISECONDS)));
            }
            return super.sendKexInit();
        }

        /// Last step of every key exchange.
        @Override
        protected void handleNewKeys(int command, Buffer buffer) throws Exception {
            super.handleNewKeys(command, buffer);
            ends(Optional.empty());
        }

        @Override
        protected void preClose() {
            ends(Optional.empty());
            super.preClose();
        }

        private void ends(Optional<Future<?>> deadline) {
            exchange.getAndSet(deadline).ifPresent(before -> before.cancel(false));
        }

        private void exchangeTooLong() {
            LOG.log(Level.INFO, "a client that does not end a key exchange is cut off");
            close(true);
        }
    }
}
