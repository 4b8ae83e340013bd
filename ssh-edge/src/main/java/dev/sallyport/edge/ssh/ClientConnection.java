package dev.sallyport.edge.ssh;

import dev.sallyport.core.certificate.CertificateCheck.Verdict.Accepted;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.sshd.common.AttributeRepository.AttributeKey;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.server.session.ServerSession;

/// One client's SSH connection: what it has proven, and how many channels it has open.
///
/// Identity comes about in three steps, all on the thread that reads the connection. A certificate that counts
/// is *judged*, for the one request that offers it; when that very request ends with the client's signature
/// verified, it is *finished*; when the SSH library then reports the connection as authenticated, it is
/// *proven*. What was merely offered identifies nobody.
final class ClientConnection {

    private static final AttributeKey<ClientConnection> KEY = new AttributeKey<>();

    private Optional<Accepted> judged = Optional.empty();
    private Optional<Accepted> finished = Optional.empty();
    private volatile Optional<Accepted> proven = Optional.empty();
    private final AtomicInteger channels = new AtomicInteger();
    private final List<String> notices = new ArrayList<>();

    /// Attaches a new one to a connection that was just accepted.
    static ClientConnection attach(Session session) {
        var client = new ClientConnection();
        session.setAttribute(KEY, client);
        return client;
    }

    static ClientConnection of(Session session) {
        var client = session.getAttribute(KEY);
        if (client == null) {
            throw new IllegalStateException("a connection that the door did not accept");
        }
        return client;
    }

    /// The address the client comes from, as text: the TCP peer's, or what a trusted load balancer said.
    static String source(Session session) {
        return session instanceof ServerSession server
                        && server.getClientAddress() instanceof InetSocketAddress address
                        && address.getAddress() != null
                ? address.getAddress().getHostAddress()
                : "";
    }

    /// A request for authentication begins: nothing is judged yet.
    void forget() {
        judged = Optional.empty();
    }

    void judge(Accepted accepted) {
        judged = Optional.of(accepted);
    }

    /// The request for authentication that is under way ended with a verified signature.
    void finish() {
        finished = judged;
        judged = Optional.empty();
    }

    /// The library reports success.
    ///
    /// @throws IllegalStateException when no request of ours finished: nobody gets in
    void prove() {
        if (finished.isEmpty() || proven.isPresent()) {
            throw new IllegalStateException("authenticated without a certificate that finished");
        }
        proven = finished;
    }

    /// Who it is, and as what; empty until authentication is over.
    Optional<Accepted> proven() {
        return proven;
    }

    /// One channel more; false when that would be more than `most`.
    boolean entersChannel(int most) {
        if (channels.incrementAndGet() > most) {
            channels.decrementAndGet();
            return false;
        }
        return true;
    }

    void leavesChannel() {
        channels.decrementAndGet();
    }

    /// Keeps a sentence for the next session channel's stderr.
    synchronized void notice(String sentence) {
        if (!notices.contains(sentence)) {
            notices.add(sentence);
        }
    }

    /// The sentences kept; each is handed out once.
    synchronized List<String> takeNotices() {
        var taken = List.copyOf(notices);
        notices.clear();
        return taken;
    }
}
