package dev.sallyport.agent.link;

import dev.sallyport.core.agent.AgentKey;
import dev.sallyport.core.id.AgentInstanceId;
import io.grpc.netty.GrpcSslContexts;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps this agent attached: dials the edge, or two where its name has two addresses, and dials again whenever
/// an attachment ends.
///
/// Sessions are not bound to an attachment: one whose call broke is continued over the next one, for
/// `session.resume`. All waiting is measured by the monotonic clock, so that a clock that jumps changes
/// nothing.
public final class AgentLink implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(AgentLink.class);
    private static final Duration FIRST_WAIT = Duration.ofMillis(200);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(8);
    private static final Duration REFUSED_WAIT = Duration.ofSeconds(30);
    private static final int EDGES = 2;

    /// Who this agent is, and what it says of itself.
    ///
    /// @param version the program's version
    /// @param host the machine's name, for people
    /// @param capabilities what it can open and enforce, such as `custom`, `pty`, `run-as`
    /// @param sealingKey its X25519 public key (base64 of the X.509 form)
    /// @param idleCalls how many idle calls it keeps, until an edge asks for another number
    public record Settings(
            AgentKey key,
            AgentInstanceId instance,
            String version,
            String host,
            Set<String> capabilities,
            Optional<String> sealingKey,
            int idleCalls) {

        /// What an agent keeps when nobody says otherwise.
        public static final int IDLE_CALLS = 4;

        public Settings {
            capabilities = Set.copyOf(capabilities);
            if (idleCalls < 1 || idleCalls > Attachment.MOST_IDLE) {
                throw new IllegalArgumentException("an agent keeps 1 to " + Attachment.MOST_IDLE + " idle calls");
            }
        }
    }

    private final Settings settings;
    private final TailSource tails;
    private final LongSupplier nanos;
    private final CarriedSessions sessions;
    private final SslContext tls;
    private final EventLoopGroup io = new MultiThreadIoEventLoopGroup(EDGES, NioIoHandler.newFactory());
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Attachment> attachments = new CopyOnWriteArrayList<>();
    private final ReentrantLock handingOver = new ReentrantLock();
    private volatile boolean closed;

    private AgentLink(Settings settings, SessionOpener opener, TailSource tails, LongSupplier nanos)
            throws IOException {
        this.settings = settings;
        this.tails = tails;
        this.nanos = nanos;
        this.sessions = new CarriedSessions(settings.instance(), opener, nanos);
        this.tls = GrpcSslContexts.configure(SslContextBuilder.forClient())
                .trustManager(new PinnedCa(settings.key()))
                .protocols("TLSv1.3")
                .build();
    }

    /// Begins to dial, in the background, and goes on until [#close].
    ///
    /// @throws IOException when TLS cannot be set up on this machine
    public static AgentLink start(Settings settings, SessionOpener opener, TailSource tails) throws IOException {
        return start(settings, opener, tails, System::nanoTime);
    }

    /// @param nanos a monotonic clock
    public static AgentLink start(Settings settings, SessionOpener opener, TailSource tails, LongSupplier nanos)
            throws IOException {
        var link = new AgentLink(settings, opener, tails, nanos);
        for (int place = 0; place < EDGES; place++) {
            int mine = place;
            Thread.ofVirtual().name("agent-link-" + place).start(() -> link.keepAttached(mine));
        }
        Thread.ofVirtual().name("agent-link-clock").start(link::tickEachSecond);
        return link;
    }

    /// Whether it is attached to an edge.
    public boolean attached() {
        return attachments.stream().anyMatch(Attachment::welcomed);
    }

    /// Sessions that live, carried at this moment or waiting to be.
    public int sessions() {
        return sessions.count();
    }

    /// `Carry` calls that are open, idle ones too.
    public int openCalls() {
        return attachments.stream().mapToInt(Attachment::openCalls).sum();
    }

    /// Tells the operators something, by way of every edge that is there; at most 1,000 characters.
    public void notice(String text) {
        attachments.forEach(attachment -> attachment.notice(text));
    }

    /// Takes no new sessions; those that live go on.
    public void drain() {
        attachments.forEach(Attachment::sayDraining);
    }

    /// Ends every session and every call.
    @Override
    public void close() {
        closed = true;
        sessions.endAll();
        attachments.forEach(Attachment::close);
        var _ = io.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    private void keepAttached(int place) {
        var backoff = new Backoff(FIRST_WAIT, LONGEST_WAIT, new SecureRandom());
        int attempt = 0;
        while (!closed) {
            try {
                var address = address(place, attempt++);
                if (address.isEmpty()) {
                    Thread.sleep(REFUSED_WAIT);
                    continue;
                }
                var end = attachTo(address.get(), backoff);
                switch (end) {
                    case DRAINING -> backoff.reset();
                    case BROKEN -> Thread.sleep(backoff.next());
                    case REFUSED -> Thread.sleep(REFUSED_WAIT.dividedBy(2).plus(backoff.next()));
                }
            } catch (InterruptedException e) {
                return;
            } catch (UnknownHostException e) {
                LOG.warn("the edge's name {} is not known here", settings.key().host());
                pause(backoff.next());
            } catch (RuntimeException e) {
                LOG.error("dialling the edge failed", e);
                pause(backoff.next());
            }
        }
    }

    private Attachment.Ended attachTo(InetSocketAddress address, Backoff backoff) throws InterruptedException {
        var elsewhere =
                attachments.stream().flatMap(other -> other.edge().stream()).toList();
        var attachment =
                new Attachment(settings, address, tls, io, threads, sessions, elsewhere, nanos, this::handOverTails);
        attachments.add(attachment);
        boolean stays = false;
        try {
            if (closed) {
                return Attachment.Ended.REFUSED;
            }
            var ended = attachment.serve(backoff::reset);
            if (ended == Attachment.Ended.DRAINING) {
                stays = true;
                threads.execute(() -> {
                    attachment.serveOut();
                    attachment.close();
                    attachments.remove(attachment);
                });
            }
            return ended;
        } finally {
            if (!stays) {
                attachment.close();
                attachments.remove(attachment);
            }
        }
    }

    /// Where this place dials: the first place anywhere, the second only where there are two addresses.
    private Optional<InetSocketAddress> address(int place, int attempt) throws UnknownHostException {
        var host = settings.key().host();
        var bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        var addresses = InetAddress.getAllByName(bare);
        if (place > 0 && (addresses.length < 2 || addresses[0].isLoopbackAddress())) {
            return Optional.empty();
        }
        var chosen = addresses[(place + attempt) % addresses.length];
        return Optional.of(new InetSocketAddress(chosen, settings.key().port()));
    }

    /// Hands every waiting tail to the edge of `attachment`; one at a time, and not twice at once.
    private void handOverTails(Attachment attachment) {
        if (!handingOver.tryLock()) {
            return;
        }
        try {
            for (var tail : tails.waiting()) {
                if (closed || !attachment.welcomed()) {
                    return;
                }
                TailCall.handOver(tail, attachment.stub());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.error("could not hand over a tail", e);
        } finally {
            handingOver.unlock();
        }
    }

    private void tickEachSecond() {
        while (!closed) {
            sessions.tick();
            pause(Duration.ofSeconds(1));
        }
    }

    private void pause(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            closed = true;
        }
    }
}
