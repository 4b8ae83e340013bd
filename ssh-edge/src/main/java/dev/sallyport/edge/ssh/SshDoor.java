package dev.sallyport.edge.ssh;

import static java.util.Objects.requireNonNull;

import dev.sallyport.core.certificate.CertificateCheck.Verdict.Accepted;
import dev.sallyport.core.certificate.SourceAddresses;
import dev.sallyport.core.certificate.UserCertificate;
import dev.sallyport.core.connection.ConnectionDefinition;
import dev.sallyport.core.connection.TargetSettings;
import dev.sallyport.core.session.SessionRequest;
import dev.sallyport.core.sshserver.ClientCiphers;
import dev.sallyport.edge.admission.Admission;
import dev.sallyport.edge.admission.TrustSnapshot;
import dev.sallyport.edge.relay.Opening;
import dev.sallyport.edge.relay.Sessions;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.apache.sshd.common.AttributeRepository.AttributeKey;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.channel.Channel;
import org.apache.sshd.common.channel.ChannelFactory;
import org.apache.sshd.common.channel.RequestHandler;
import org.apache.sshd.common.cipher.BuiltinCiphers;
import org.apache.sshd.common.cipher.Cipher;
import org.apache.sshd.common.compression.BuiltinCompressions;
import org.apache.sshd.common.global.KeepAliveHandler;
import org.apache.sshd.common.io.IoAcceptor;
import org.apache.sshd.common.io.nio2.Nio2ServiceFactoryFactory;
import org.apache.sshd.common.kex.BuiltinDHFactories;
import org.apache.sshd.common.mac.BuiltinMacs;
import org.apache.sshd.common.session.ConnectionService;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionHeartbeatController.HeartbeatType;
import org.apache.sshd.common.session.SessionListener;
import org.apache.sshd.common.signature.BuiltinSignatures;
import org.apache.sshd.common.signature.Signature;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.ServerBuilder;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.forward.RejectAllForwardingFilter;
import org.apache.sshd.server.global.NoMoreSessionsHandler;
import org.apache.sshd.server.session.AbstractServerSession;
import org.apache.sshd.server.session.ServerSession;

/// The SSH door: where users come in with the SSH client that they have; `ssh-door.md` says what it does.
///
/// MINA's few threads read, decrypt and authenticate, and never wait. Each channel's story, from the choice of
/// its connection to its outcome, is told on a virtual thread of its own.
public final class SshDoor implements AutoCloseable {

    private static final Logger LOG = System.getLogger(SshDoor.class.getName());
    private static final AttributeKey<Gate.Place> PLACE = new AttributeKey<>();
    private static final AttributeKey<Future<?>> HANDSHAKE = new AttributeKey<>();
    private static final AttributeKey<LoggedIn.Who> LOGGED_IN = new AttributeKey<>();

    /// Length of the PROXY header that was read.
    private static final AttributeKey<Integer> PROXY_HEADER = new AttributeKey<>();

    /// Connections that the system holds for us until they are accepted.
    private static final int BACKLOG = 512;

    /// How often the log tells of too many connections.
    private static final Duration CROWD_WARNING = Duration.ofMinutes(1);

    /// Threads that read and decrypt what those send who are logged in.
    static final int READERS = Math.max(4, 2 * Runtime.getRuntime().availableProcessors());

    /// Bytes read from a socket at once. Every connection holds as many as long as it lives.
    private static final int READ_BUFFER = 32_768;

    /// What a door listens with.
    ///
    /// @param addresses where it listens; port 0 takes a free one
    /// @param proxies networks of load balancers, whose connections begin with a PROXY header, version 2; from
    ///     anywhere else there must be none
    /// @param slowCiphers whether chacha20-poly1305 is offered, which costs three times the processor of AES
    public record Settings(
            List<InetSocketAddress> addresses, SourceAddresses proxies, boolean slowCiphers, DoorLimits limits) {

        public Settings {
            addresses = List.copyOf(addresses);
        }
    }

    private final Settings settings;
    private final DoorLimits limits;
    private final Admission admission;
    private final Sessions sessions;
    private final Gate gate;
    private final LoggedIn loggedIn;
    private final Server server =
            (Server) ServerBuilder.builder().factory(Server::new).build();

    private final Handshakes handshakes = new Handshakes();
    private final AtomicLong lastWarning = new AtomicLong(System.nanoTime() - CROWD_WARNING.toNanos());
    private volatile boolean draining;

    /// The library's server, with its acceptor in reach: addresses come and go while it runs.
    private static final class Server extends SshServer {

        IoAcceptor listening() {
            return acceptor;
        }
    }

    public SshDoor(
            Settings settings,
            HostKeys hostKeys,
            Supplier<TrustSnapshot> trust,
            Admission admission,
            Sessions sessions,
            Clock clock) {
        this.settings = settings;
        this.limits = settings.limits();
        this.admission = admission;
        this.sessions = sessions;
        this.gate = new Gate(limits.unauthenticated(), limits.unauthenticatedPerAddress());
        this.loggedIn = new LoggedIn(limits.connectionsPerUser());
        configure(hostKeys, new CertificateAuthentication(trust, clock));
    }

    /// Starts to listen.
    ///
    /// @throws IOException when an address cannot be listened on; nothing is listened on then
    public void start() throws IOException {
        var first = settings.addresses().getFirst();
        server.setHost(first.getHostString());
        server.setPort(first.getPort());
        try {
            server.start();
            for (var address :
                    settings.addresses().subList(1, settings.addresses().size())) {
                server.listening().bind(address);
            }
        } catch (IOException e) {
            server.close(true);
            throw new IOException("could not listen on " + settings.addresses(), e);
        }
    }

    /// Where it listens now.
    public List<InetSocketAddress> addresses() {
        return server.listening().getBoundAddresses().stream()
                .map(InetSocketAddress.class::cast)
                .toList();
    }

    /// Listens elsewhere from now on: new addresses are opened first, then those that are left are closed.
    /// Clients that are connected stay.
    ///
    /// @throws IOException when a new address cannot be listened on; everything stays as it was then
    public synchronized void listen(List<InetSocketAddress> wanted) throws IOException {
        var acceptor = server.listening();
        var before = acceptor.getBoundAddresses();
        var opened = new ArrayList<SocketAddress>();
        try {
            for (var address : wanted) {
                if (!before.contains(address)) {
                    acceptor.bind(address);
                    opened.add(address);
                }
            }
        } catch (IOException e) {
            acceptor.unbind(opened);
            throw new IOException("could not listen on " + wanted, e);
        }
        acceptor.unbind(
                before.stream().filter(address -> !wanted.contains(address)).toList());
    }

    private static List<NamedFactory<Cipher>> ciphers(boolean slowOnesToo) {
        var ciphers = new ArrayList<NamedFactory<Cipher>>();
        for (var name : ClientCiphers.QUICKEST_FIRST.split(",", -1)) {
            ciphers.add(requireNonNull(BuiltinCiphers.fromFactoryName(name)));
        }
        if (slowOnesToo) {
            ciphers.add(BuiltinCiphers.cc20p1305_openssh);
        }
        return List.copyOf(ciphers);
    }

    /// Shows other host keys from now on, to clients that connect.
    public void show(HostKeys hostKeys) {
        server.setKeyPairProvider(hostKeys);
        server.setHostKeyCertificateProvider(hostKeys);
    }

    /// Takes no new channels; what runs goes on.
    public void drain() {
        draining = true;
    }

    /// Connections that have not authenticated.
    public int unauthenticated() {
        return gate.count();
    }

    /// Connections, whether they have authenticated or not.
    public int connections() {
        return server.getActiveSessions().size();
    }

    /// Stops listening and ends every connection: once its last words have gone out, if its client reads them
    /// soon.
    @Override
    public void close() {
        draining = true;
        server.close(false).awaitUninterruptibly(settings.limits().farewell());
        server.close(true);
        handshakes.close();
    }

    private void configure(HostKeys hostKeys, CertificateAuthentication authentication) {
        LibraryLog.failuresOnly();
        server.setIoServiceFactoryFactory(new Nio2ServiceFactoryFactory());
        show(hostKeys);

        server.setKeyExchangeFactories(NamedFactory.setUpTransformedFactories(
                true,
                List.of(
                        BuiltinDHFactories.mlkem768x25519,
                        BuiltinDHFactories.sntrup761x25519,
                        BuiltinDHFactories.sntrup761x25519_openssh,
                        BuiltinDHFactories.curve25519,
                        BuiltinDHFactories.curve25519_libssh),
                ServerBuilder.DH2KEX));
        server.setCipherFactories(ciphers(settings.slowCiphers()));
        server.setMacFactories(List.of(BuiltinMacs.hmacsha256etm, BuiltinMacs.hmacsha512etm));
        server.setCompressionFactories(List.of(BuiltinCompressions.none));
        server.setSignatureFactories(List.<NamedFactory<Signature>>of(
                BuiltinSignatures.ed25519_cert,
                BuiltinSignatures.nistp256_cert,
                BuiltinSignatures.nistp384_cert,
                BuiltinSignatures.nistp521_cert,
                SecurityKeyCertificate.ED25519,
                SecurityKeyCertificate.ECDSA,
                BuiltinSignatures.rsaSHA512_cert,
                BuiltinSignatures.rsaSHA256_cert,
                BuiltinSignatures.ed25519,
                BuiltinSignatures.nistp256,
                BuiltinSignatures.nistp384,
                BuiltinSignatures.nistp521,
                BuiltinSignatures.sk_ssh_ed25519,
                BuiltinSignatures.sk_ecdsa_sha2_nistp256,
                BuiltinSignatures.rsaSHA512,
                BuiltinSignatures.rsaSHA256));

        server.setUserAuthFactories(List.of(authentication));
        server.setPublickeyAuthenticator(authentication);
        server.setChannelFactories(List.of(
                new Channels("session", () -> new SessionChannel(limits, this::begin)),
                new Channels("direct-tcpip", () -> new ForwardChannel(limits, this::begin)),
                new Channels("direct-streamlocal@openssh.com", () -> refused("sockets of files are not forwarded"))));
        server.setGlobalRequestHandlers(
                List.of(KeepAliveHandler.INSTANCE, NoMoreSessionsHandler.INSTANCE, this::refuse));
        server.setSessionFactory(new StrictConnections(server, limits, handshakes));
        server.setForwardingFilter(RejectAllForwardingFilter.INSTANCE);
        server.setServerProxyAcceptor(this::readProxyHeader);
        server.addSessionListener(new Connections());
        server.setSessionHeartbeat(HeartbeatType.IGNORE, limits.keepAlive());

        CoreModuleProperties.SERVER_IDENTIFICATION.set(server, "Sallyport");
        CoreModuleProperties.AUTH_TIMEOUT.set(server, limits.handshake());
        CoreModuleProperties.MAX_AUTH_REQUESTS.set(server, limits.authenticationAttempts());
        CoreModuleProperties.IDLE_TIMEOUT.set(server, Duration.ZERO);
        // as sshd: new keys after so many bytes; by the wall clock a step of it would change the keys of everybody
        CoreModuleProperties.REKEY_TIME_LIMIT.set(server, Duration.ZERO);
        CoreModuleProperties.NIO2_MIN_WRITE_TIMEOUT.set(server, limits.writing());
        CoreModuleProperties.WINDOW_SIZE.set(server, (long) limits.window());
        CoreModuleProperties.TCP_NODELAY.set(server, true);
        CoreModuleProperties.SOCKET_KEEPALIVE.set(server, true);
        CoreModuleProperties.SOCKET_BACKLOG.set(server, BACKLOG);
        CoreModuleProperties.NIO2_READ_BUFFER_SIZE.set(server, READ_BUFFER);
        CoreModuleProperties.NIO_WORKERS.set(server, READERS);
    }

    // Connections, before they are somebody's.

    /// Says so once a minute at most: a flood must not fill the log.
    private void warnOfCrowd(String peer) {
        long now = System.nanoTime();
        long last = lastWarning.get();
        if (now - last >= CROWD_WARNING.toNanos() && lastWarning.compareAndSet(last, now)) {
            LOG.log(Level.WARNING, "too many connections that have not authenticated, now from {0}: closed", peer);
        }
    }

    /// Watches over connections from the first byte to the end.
    private final class Connections implements SessionListener {

        @Override
        public void sessionCreated(Session session) {
            ClientConnection.attach(session);
            var peer = ClientConnection.source(session);
            var address = settings.proxies().contains(peer) ? "" : peer;
            var place = gate.enter(address, () -> {
                warnOfCrowd(peer);
                session.close(true);
            });
            if (place.isEmpty()) {
                warnOfCrowd(peer);
                session.close(true);
                return;
            }
            session.setAttribute(PLACE, place.get());
            session.setAttribute(
                    HANDSHAKE,
                    server.getScheduledExecutorService()
                            .schedule(
                                    () -> session.close(true),
                                    limits.handshake().toMillis(),
                                    TimeUnit.MILLISECONDS));
        }

        @Override
        public void sessionEvent(Session session, Event event) {
            if (event == Event.Authenticated) {
                var client = ClientConnection.of(session);
                client.prove();
                release(session);
                var who = LoggedIn.Who.of(client.proven().orElseThrow().credential());
                if (loggedIn.enters(who)) {
                    session.setAttribute(LOGGED_IN, who);
                    if (session.isClosing()) {
                        // its end may have been told before
                        leave(session);
                    }
                } else {
                    // not in the middle of the answer that the login succeeded
                    server.getScheduledExecutorService().execute(() -> turnAway(session));
                }
            }
        }

        /// Who breaks the rules before they have logged in is cut off at once, without a last word.
        @Override
        public void sessionException(Session session, Throwable broken) {
            if (!session.isAuthenticated()) {
                session.close(true);
            }
        }

        @Override
        public void sessionClosed(Session session) {
            release(session);
            leave(session);
        }

        private void leave(Session session) {
            var who = session.removeAttribute(LOGGED_IN);
            if (who != null) {
                loggedIn.leaves(who);
            }
        }

        private void turnAway(Session session) {
            try {
                session.disconnect(SshConstants.SSH2_DISCONNECT_TOO_MANY_CONNECTIONS, "sally: " + tooMany());
            } catch (IOException gone) {
                session.close(true);
            }
        }

        private void release(Session session) {
            var handshake = session.removeAttribute(HANDSHAKE);
            if (handshake != null) {
                handshake.cancel(false);
            }
            var place = session.getAttribute(PLACE);
            if (place != null) {
                place.leave();
            }
        }
    }

    /// Called whenever bytes come before the client's identification is whole, each time with all of them.
    private boolean readProxyHeader(ServerSession session, Buffer buffer) throws IOException {
        var known = session.getAttribute(PROXY_HEADER);
        if (known != null) {
            buffer.rpos(buffer.rpos() + known);
            return true;
        }
        var bytes = java.util.Arrays.copyOfRange(
                buffer.array(), buffer.rpos(), buffer.rpos() + Math.min(buffer.available(), ProxyHeader.LONGEST));
        if (!(session.getIoSession().getRemoteAddress() instanceof InetSocketAddress peer)
                || !settings.proxies().contains(peer.getAddress().getHostAddress())) {
            if (ProxyHeader.mayBegin(bytes) && bytes.length >= ProxyHeader.SIGNATURE) {
                throw new IOException("a PROXY header from an address that is no load balancer's");
            }
            return bytes.length > 0 && !ProxyHeader.mayBegin(bytes);
        }
        switch (ProxyHeader.read(bytes)) {
            case ProxyHeader.Incomplete() -> {
                return false;
            }
            case ProxyHeader.Bad() -> throw new IOException("no PROXY header from a load balancer");
            case ProxyHeader.Local(var length) -> accept(session, buffer, length);
            case ProxyHeader.Client(var address, var length) -> {
                ((AbstractServerSession) session).setClientAddress(address);
                var place = session.getAttribute(PLACE);
                if (place == null || !place.moves(address.getAddress().getHostAddress())) {
                    throw new IOException("too many connections that have not authenticated");
                }
                accept(session, buffer, length);
            }
        }
        return true;
    }

    private static void accept(ServerSession session, Buffer buffer, int length) {
        session.setAttribute(PROXY_HEADER, length);
        buffer.rpos(buffer.rpos() + length);
    }

    // What a client that got in asks for, on MINA's threads.

    /// Makes channels of one type, as many as a client may have.
    private final class Channels implements ChannelFactory {

        private final String type;
        private final Supplier<DoorChannel> made;

        Channels(String type, Supplier<DoorChannel> made) {
            this.type = type;
            this.made = made;
        }

        @Override
        public String getName() {
            return type;
        }

        @Override
        public Channel createChannel(Session session) {
            var client = ClientConnection.of(session);
            if (draining) {
                return new RefusedChannel(
                        limits, SshConstants.SSH_OPEN_RESOURCE_SHORTAGE, "this edge is stopping: connect again");
            }
            if (session.getAttribute(LOGGED_IN) == null) {
                return new RefusedChannel(limits, SshConstants.SSH_OPEN_RESOURCE_SHORTAGE, tooMany());
            }
            if (!client.entersChannel(limits.channels())) {
                return new RefusedChannel(
                        limits,
                        SshConstants.SSH_OPEN_RESOURCE_SHORTAGE,
                        "no more than " + limits.channels() + " channels at once");
            }
            var channel = made.get();
            channel.onLeft(client::leavesChannel);
            return channel;
        }
    }

    private String tooMany() {
        return "you have " + limits.connectionsPerUser() + " connections here already; please close one";
    }

    private DoorChannel refused(String reason) {
        return new RefusedChannel(limits, SshConstants.SSH_OPEN_ADMINISTRATIVELY_PROHIBITED, reason);
    }

    /// Global requests that are left over: whatever they are, no.
    private RequestHandler.Result refuse(ConnectionService service, String request, boolean wantReply, Buffer buffer) {
        if (request.equals("tcpip-forward") || request.equals("streamlocal-forward@openssh.com")) {
            var session = service.getSession();
            var reason = "nothing is forwarded from here to you (-R)";
            ClientConnection.of(session).notice(reason);
            try {
                session.sendDebugMessage(false, "sally: " + reason, "");
            } catch (IOException leaving) {
                session.close(true);
            }
        }
        return RequestHandler.Result.ReplyFailure;
    }

    private void begin(SessionChannel channel, SessionRequest asked) {
        Thread.ofVirtual().name("ssh-session").start(() -> run(channel, asked));
    }

    private void begin(ForwardChannel channel, String host, int port) {
        Thread.ofVirtual().name("ssh-forward").start(() -> run(channel, host, port));
    }

    // The stories of channels, on virtual threads.

    private void run(SessionChannel channel, SessionRequest asked) {
        var proven = channel.client().proven();
        if (proven.isEmpty()) {
            channel.refuse("nobody is logged in", true);
            return;
        }
        var accepted = proven.get();
        switch (Choice.of(accepted.login(), accepted.forceCommand(), asked)) {
            case Choice.Use(var connection, var request) ->
                sessions.run(
                        channel,
                        new Admission.Request(accepted.credential(), connection, request, channel.environment()));
            case Choice.Menu() -> choose(channel, accepted, asked);
            case Choice.Refused(var reason) -> channel.refuse(reason, false);
        }
    }

    private void choose(SessionChannel channel, Accepted accepted, SessionRequest asked) {
        try {
            var menu = new Menu(channel, permitted(channel, accepted));
            if (!channel.interactive()) {
                menu.show();
                channel.leave(SessionChannel.REFUSED);
                return;
            }
            var late = server.getScheduledExecutorService()
                    .schedule(
                            () -> Thread.ofVirtual().start(() -> channel.refuse("no connection was chosen", false)),
                            limits.menu().toMillis(),
                            TimeUnit.MILLISECONDS);
            var picked = menu.pick();
            late.cancel(false);
            if (picked.isEmpty()) {
                channel.leave(SessionChannel.REFUSED);
                return;
            }
            sessions.run(
                    channel, new Admission.Request(accepted.credential(), picked.get(), asked, channel.environment()));
        } catch (IOException gone) {
            channel.leave(SessionChannel.FAILED);
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            channel.leave(SessionChannel.FAILED);
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "the list of connections could not be made", e);
            channel.refuse("something of ours broke; please try again", true);
        }
    }

    private List<ConnectionDefinition> permitted(SessionChannel channel, Accepted accepted) {
        try (var _ = sessions.opening(channel)) {
            return admission.permitted(accepted.credential());
        }
    }

    private void run(ForwardChannel channel, String host, int port) {
        try (var opening = sessions.opening(channel)) {
            run(channel, host, port, opening);
        }
    }

    private void run(ForwardChannel channel, String host, int port, Opening opening) {
        var proven = channel.client().proven();
        if (proven.isEmpty()) {
            channel.refuse("nobody is logged in", true);
            return;
        }
        var accepted = proven.get();
        if (!accepted.credential().certificate().permits(UserCertificate.PERMIT_PORT_FORWARDING)) {
            channel.refuse("the certificate lacks permit-port-forwarding", false);
            return;
        }
        switch (Choice.forward(accepted.login(), accepted.forceCommand(), host, port)) {
            case Choice.Use(var connection, var request) -> {
                var asked = new Admission.Request(accepted.credential(), connection, request, Map.of());
                var unserved = unserved(accepted, asked, host);
                if (unserved.isPresent()) {
                    channel.refuse(unserved.get(), false);
                } else {
                    sessions.run(channel, asked, opening);
                }
            }
            case Choice.Menu() -> channel.refuse("name a connection", false);
            case Choice.Refused(var reason) -> channel.refuse(reason, false);
        }
    }

    /// What is wrong with forwarding to this connection in this way. Only of a connection that the user may
    /// use; of every other [Admission] speaks.
    private Optional<String> unserved(Accepted accepted, Admission.Request asked, String host) {
        var found = admission.find(accepted.credential(), asked.connection());
        if (found.isEmpty()) {
            return Optional.empty();
        }
        boolean inside = accepted.login().connection().isPresent();
        return switch (found.get().target()) {
            case TargetSettings.Custom _ ->
                asked.request().refusedBy(found.get().target());
            case TargetSettings.Ssh _ ->
                inside
                        ? Optional.empty()
                        : Optional.of("say ssh " + accepted.login().login() + "+" + asked.connection()
                                + "@HOST (not -J, and not -W): this connection is a machine to log in to");
            case TargetSettings.Tcp _, TargetSettings.Database _ ->
                !inside || host.equals(asked.connection().value())
                        ? Optional.empty()
                        : Optional.of("this connection leads to one place: forward to the host " + asked.connection());
        };
    }
}
