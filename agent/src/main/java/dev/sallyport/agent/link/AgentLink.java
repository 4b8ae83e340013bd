package dev.sallyport.agent.link;

import dev.sallyport.core.agent.AgentKey;
import dev.sallyport.core.id.AgentInstanceId;
import dev.sallyport.core.id.EdgeId;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps this agent attached to two edges, where there are two, and dials again whenever an attachment ends.
///
/// The second edge is found by dialling on: an edge that this instance is attached to already says so, and then
/// the next address is tried, or, behind a balancer, the same one again, less and less often up to once in
/// [#LONGEST_SEARCH]. One attachment is made at a time, so that two never end up on the same edge.
///
/// Sessions are not bound to an attachment: one whose call broke is continued over the next one, for
/// `session.resume`. All waiting is measured by the monotonic clock, so that a clock that jumps changes
/// nothing.
public final class AgentLink implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(AgentLink.class);
    private static final Duration FIRST_WAIT = Duration.ofMillis(200);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(8);
    private static final Duration REFUSED_WAIT = Duration.ofSeconds(30);

    /// How long a search for a second edge waits at first, and at most (`agent.search`).
    private static final Duration FIRST_SEARCH = Duration.ofMillis(200);

    private static final Duration LONGEST_SEARCH = Duration.ofSeconds(60);

    /// How often the second place looks whether the first has found an edge.
    private static final Duration LOOK = Duration.ofMillis(200);

    private static final int EDGES = 2;

    /// Who this agent is, and what it says of itself.
    ///
    /// @param more further `HOST:PORT` at which edges of the key's CA are reached, besides the key's own
    /// @param version the program's version
    /// @param host the machine's name, for people
    /// @param capabilities what it can open and enforce, such as `custom`, `pty`, `run-as`
    /// @param sealingKey its X25519 public key (base64 of the X.509 form)
    /// @param idleCalls how many idle calls it keeps, until an edge asks for another number
    public record Settings(
            AgentKey key,
            List<EdgeDoor> more,
            AgentInstanceId instance,
            String version,
            String host,
            Set<String> capabilities,
            Optional<String> sealingKey,
            int idleCalls) {

        /// What an agent keeps when nobody says otherwise.
        public static final int IDLE_CALLS = 4;

        public Settings {
            more = List.copyOf(more);
            capabilities = Set.copyOf(capabilities);
            if (idleCalls < 1 || idleCalls > Attachment.MOST_IDLE) {
                throw new IllegalArgumentException("an agent keeps 1 to " + Attachment.MOST_IDLE + " idle calls");
            }
        }
    }

    private final Settings settings;
    private final ConnectionTester tester;
    private final TailSource tails;
    private final LongSupplier nanos;
    private final CarriedSessions sessions;
    private final SslContext tls;
    private final EventLoopGroup io = new MultiThreadIoEventLoopGroup(EDGES, NioIoHandler.newFactory());
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Attachment> attachments = new CopyOnWriteArrayList<>();
    private final ReentrantLock dialling = new ReentrantLock();
    private final ReentrantLock handingOver = new ReentrantLock();
    private volatile List<EdgeDoor> more;
    private volatile boolean closed;

    private AgentLink(
            Settings settings, SessionOpener opener, ConnectionTester tester, TailSource tails, LongSupplier nanos)
            throws IOException {
        this.settings = settings;
        this.more = settings.more();
        this.tester = tester;
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
    public static AgentLink start(Settings settings, SessionOpener opener, ConnectionTester tester, TailSource tails)
            throws IOException {
        return start(settings, opener, tester, tails, System::nanoTime);
    }

    /// @param nanos a monotonic clock
    public static AgentLink start(
            Settings settings, SessionOpener opener, ConnectionTester tester, TailSource tails, LongSupplier nanos)
            throws IOException {
        var link = new AgentLink(settings, opener, tester, tails, nanos);
        for (int place = 0; place < EDGES; place++) {
            int mine = place;
            Thread.ofVirtual().name("agent-link-" + place).start(() -> link.keepAttached(mine));
        }
        Thread.ofVirtual().name("agent-link-clock").start(link::tickEachSecond);
        return link;
    }

    /// Whether it is attached to an edge.
    public boolean attached() {
        return !edges().isEmpty();
    }

    /// The edges that it is attached to.
    public Set<EdgeId> edges() {
        return attachments.stream()
                .filter(Attachment::welcomed)
                .flatMap(attachment -> attachment.edge().stream())
                .collect(Collectors.toSet());
    }

    /// Sessions that live, carried at this moment or waiting to be.
    public int sessions() {
        return sessions.count();
    }

    /// `Carry` calls that are open, idle ones too.
    public int openCalls() {
        return attachments.stream().mapToInt(Attachment::openCalls).sum();
    }

    /// Dials these further edges from now on. What it is attached to it stays attached to.
    public void more(List<EdgeDoor> doors) {
        more = List.copyOf(doors);
    }

    /// Tells the operators something, by way of every edge that is there; at most 1,000 characters.
    public void notice(String text) {
        attachments.forEach(attachment -> attachment.notice(text));
    }

    /// Asks for no new sessions; those that live go on. Orders may come until [#awaited] is false.
    public void drain() {
        sessions.drain();
        attachments.forEach(Attachment::sayDraining);
    }

    /// Sessions whose target is being opened, or open.
    public int served() {
        return sessions.served();
    }

    /// Whether an edge may still put a session here.
    public boolean awaited() {
        return attachments.stream().anyMatch(attachment -> attachment.idleCalls() > 0);
    }

    /// Whether a call carries a session, perhaps only its last words.
    public boolean carries() {
        return sessions.anyCarried();
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
        var search = new Backoff(FIRST_SEARCH, LONGEST_SEARCH, new SecureRandom());
        Runnable found = () -> {
            backoff.reset();
            search.reset();
        };
        for (int attempt = place; !closed; attempt++) {
            try {
                if (place > 0 && !attached()) {
                    // the first place finds the first edge
                    Thread.sleep(LOOK);
                    continue;
                }
                switch (attachTo(door(attempt), found)) {
                    case DRAINING -> backoff.reset();
                    case BROKEN -> Thread.sleep(backoff.next());
                    case REFUSED -> Thread.sleep(REFUSED_WAIT.dividedBy(2).plus(backoff.next()));
                    case THERE_ALREADY -> Thread.sleep(search.next());
                }
            } catch (InterruptedException e) {
                return;
            } catch (UnknownHostException e) {
                LOG.warn("the edge's name is not known here: {}", e.getMessage());
                pause(backoff.next());
            } catch (RuntimeException e) {
                LOG.error("dialling the edge failed", e);
                pause(backoff.next());
            }
        }
    }

    private Attachment.Ended attachTo(Dialled door, Runnable found) throws InterruptedException {
        dialling.lockInterruptibly();
        Attachment attachment;
        boolean welcomed;
        try {
            attachment = new Attachment(
                    settings, door, tls, io, threads, sessions, tester, this::edgesBut, nanos, this::handOverTails);
            attachments.add(attachment);
            if (closed) {
                over(attachment);
                return Attachment.Ended.REFUSED;
            }
            welcomed = attachment.attach();
        } finally {
            dialling.unlock();
        }
        boolean stays = false;
        try {
            if (!welcomed) {
                return attachment.ended();
            }
            found.run();
            var ended = attachment.serve();
            if (ended == Attachment.Ended.DRAINING) {
                stays = true;
                threads.execute(() -> {
                    attachment.serveOut();
                    over(attachment);
                });
            }
            return ended;
        } finally {
            if (!stays) {
                over(attachment);
            }
        }
    }

    private void over(Attachment attachment) {
        attachment.close();
        attachments.remove(attachment);
    }

    /// The edges that this agent is attached to otherwise.
    private List<EdgeId> edgesBut(Attachment one) {
        return attachments.stream()
                .filter(other -> other != one && other.welcomed())
                .flatMap(other -> other.edge().stream())
                .toList();
    }

    /// Where an edge may be reached, and the name that its certificate must have.
    record Dialled(InetSocketAddress address, EdgeDoor name) {}

    /// The addresses in turn: all of the key's host, then all of the further ones.
    private Dialled door(int attempt) throws UnknownHostException {
        var doors = new ArrayList<EdgeDoor>();
        doors.add(new EdgeDoor(settings.key().host(), settings.key().port()));
        doors.addAll(more);
        var all = new ArrayList<Dialled>();
        Optional<UnknownHostException> unknown = Optional.empty();
        for (var door : doors) {
            try {
                for (var address : InetAddress.getAllByName(door.bare())) {
                    all.add(new Dialled(new InetSocketAddress(address, door.port()), door));
                }
            } catch (UnknownHostException e) {
                unknown = Optional.of(e);
            }
        }
        if (all.isEmpty()) {
            throw unknown.orElseThrow();
        }
        return all.get(Math.floorMod(attempt, all.size()));
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
