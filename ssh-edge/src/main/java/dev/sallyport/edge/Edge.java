package dev.sallyport.edge;

import dev.sallyport.core.certificate.SourceAddresses;
import dev.sallyport.core.id.EdgeId;
import dev.sallyport.core.recording.ChunkStore;
import dev.sallyport.core.recording.DataKeys;
import dev.sallyport.core.session.Outcome;
import dev.sallyport.edge.admission.LiveSessions;
import dev.sallyport.edge.agents.CellIdentity;
import dev.sallyport.edge.agents.EdgeIdentity;
import dev.sallyport.edge.agents.GrpcAgentLinks;
import dev.sallyport.edge.agents.StoredAgents;
import dev.sallyport.edge.agents.StoredCell;
import dev.sallyport.edge.agents.StoredTests;
import dev.sallyport.edge.mailbox.CellMember;
import dev.sallyport.edge.recorder.SpoolRecorder;
import dev.sallyport.edge.recorder.SpoolRecovery;
import dev.sallyport.edge.recorder.StoredRecordings;
import dev.sallyport.edge.recorder.StoredTails;
import dev.sallyport.edge.relay.Sessions;
import dev.sallyport.edge.review.StoredReviews;
import dev.sallyport.edge.ssh.HostKeys;
import dev.sallyport.edge.ssh.HostNames;
import dev.sallyport.edge.ssh.SshDoor;
import dev.sallyport.edge.statements.StoredStatementIndex;
import dev.sallyport.store.Store;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One boot of an edge, whole: the SSH door, the agents' links, admission, recorder, and its membership of the
/// cell.
public final class Edge implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Edge.class);

    /// How long sessions may take to end, and recordings to be stored, when an edge stops.
    private static final Duration STOPPING = Duration.ofSeconds(15);

    /// Calls that each agent instance keeps waiting.
    private static final int IDLE_CALLS = 4;

    /// Where an edge listens and what it keeps on its disk.
    ///
    /// @param sshNames host names and addresses by which users reach it, besides what [HostNames] finds out
    /// @param agentNames host names and addresses by which agents reach it
    /// @param keys folder of its host keys, its host CA, and its certificate for agents
    /// @param spool folder of the spools; a former edge's, found there, is recovered
    /// @param cell where the other edges of the cell reach this one, port 0 for a free one; none when no other
    ///     edge can exist: then what others left is closed at once, without waiting for their leases
    /// @param cellHost the host by which they reach it
    /// @param proxies networks of load balancers in front of the SSH door, see [SshDoor.Settings]
    /// @param chacha20 whether chacha20-poly1305 is offered, which costs three times the processor of AES
    public record Settings(
            InetSocketAddress ssh,
            InetSocketAddress agents,
            Set<String> sshNames,
            Set<String> agentNames,
            Path keys,
            Path spool,
            Optional<InetSocketAddress> cell,
            String cellHost,
            SourceAddresses proxies,
            boolean chacha20,
            EdgeLimits limits) {

        public Settings {
            sshNames = Set.copyOf(sshNames);
            agentNames = Set.copyOf(agentNames);
        }
    }

    private final CellMember member;
    private final SpoolRecorder recorder;
    private final GrpcAgentLinks links;
    private final Sessions sessions;
    private final StoredStatementIndex statements;
    private final SshDoor door;
    private final EdgeIdentity identity;
    private final Set<String> sshNames;
    private final Duration drain;
    private HostKeys hostKeys;

    private Edge(
            CellMember member,
            SpoolRecorder recorder,
            GrpcAgentLinks links,
            Sessions sessions,
            StoredStatementIndex statements,
            SshDoor door,
            EdgeIdentity identity,
            Set<String> sshNames,
            Duration drain,
            HostKeys hostKeys) {
        this.member = member;
        this.recorder = recorder;
        this.links = links;
        this.sessions = sessions;
        this.statements = statements;
        this.door = door;
        this.identity = identity;
        this.sshNames = sshNames;
        this.drain = drain;
        this.hostKeys = hostKeys;
    }

    /// Starts an edge; when this returns, it is open.
    ///
    /// @throws IOException when a port is taken, or a folder cannot be used
    public static Edge start(Settings settings, Store store, ChunkStore chunks, DataKeys dataKeys, Clock clock)
            throws IOException {
        var limits = settings.limits();
        var edge = EdgeId.next(clock);
        var hostKeys = HostKeys.in(settings.keys(), HostNames.of(settings.sshNames(), settings.ssh()), clock);
        var identity = EdgeIdentity.open(settings.keys(), settings.agentNames(), clock);
        var rows = new StoredRecordings(store.recordings());
        var linksLater = new AtomicReference<GrpcAgentLinks>();
        var testsLater = new AtomicReference<StoredTests>();
        var member = new CellMember(
                store,
                edge,
                () -> address(settings, linksLater),
                new LiveSessions(limits.sessionsPerUser(), limits.unread()),
                dataKeys,
                clock,
                agent -> withLinks(linksLater, links -> links.recheck(agent)),
                test -> Optional.ofNullable(testsLater.get()).ifPresent(tests -> tests.begin(test)),
                () -> withLinks(linksLater, GrpcAgentLinks::announce));
        if (settings.cell().isEmpty()) {
            member.closeOthers();
        }
        var recorder = new SpoolRecorder(settings.spool(), edge, chunks, dataKeys, rows, clock, limits.spool());
        var links = GrpcAgentLinks.start(
                new GrpcAgentLinks.Settings(settings.agents(), edge, IDLE_CALLS),
                identity,
                new StoredAgents(store, edge, clock),
                new StoredTails(store, chunks, dataKeys, rows, clock),
                settings.cell().isEmpty()
                        ? Optional.empty()
                        : Optional.of(new GrpcAgentLinks.Between(
                                settings.cell().get(),
                                CellIdentity.make(settings.keys(), edge, clock),
                                new StoredCell(store, edge),
                                () -> !member.sight().frozen(false))),
                clock,
                System::nanoTime);
        linksLater.set(links);
        testsLater.set(new StoredTests(store, edge, links, clock));
        var statements = new StoredStatementIndex(store.statements(), clock, StoredStatementIndex.Limits.DEFAULT);
        var sessions = new Sessions(
                member.admission(),
                links,
                recorder,
                new StoredReviews(store, edge, clock),
                statements,
                limits.relay(),
                clock);
        var door = new SshDoor(
                new SshDoor.Settings(List.of(settings.ssh()), settings.proxies(), settings.chacha20(), limits.door()),
                hostKeys,
                member.trust(),
                member.admission(),
                sessions,
                clock);
        var started = new Edge(
                member,
                recorder,
                links,
                sessions,
                statements,
                door,
                identity,
                settings.sshNames(),
                limits.drain(),
                hostKeys);
        try {
            member.start();
            door.start();
        } catch (IOException | RuntimeException e) {
            started.close();
            throw e;
        }
        Thread.ofVirtual().name("spool-recovery").start(() -> recover(settings.spool(), chunks, dataKeys, rows, clock));
        LOG.info("edge {} is open: ssh on {}, agents on port {}", edge, door.addresses(), links.port());
        return started;
    }

    private static void withLinks(AtomicReference<GrpcAgentLinks> later, Consumer<GrpcAgentLinks> work) {
        var links = later.get();
        if (links != null) {
            work.accept(links);
        }
    }

    /// Where other edges reach this one; empty where there are none.
    private static String address(Settings settings, AtomicReference<GrpcAgentLinks> later) {
        return Optional.ofNullable(later.get())
                .flatMap(GrpcAgentLinks::relayPort)
                .map(port -> settings.cellHost() + ":" + port)
                .orElse("");
    }

    private static void recover(Path spool, ChunkStore chunks, DataKeys dataKeys, StoredRecordings rows, Clock clock) {
        try {
            var report = new SpoolRecovery(chunks, dataKeys, rows, clock).run(spool);
            report.recovered()
                    .forEach(recording -> LOG.info("recording {} is {}", recording.session(), recording.state()));
            report.left().forEach(folder -> LOG.warn("the spool {} could not be recovered yet", folder));
        } catch (IOException e) {
            LOG.error("spools of former edges could not be read", e);
        }
    }

    /// Where the SSH door listens.
    public InetSocketAddress sshAddress() {
        return door.addresses().getFirst();
    }

    /// The port that agents dial.
    public int agentPort() {
        return links.port();
    }

    /// What agents pin.
    public byte[] pin() {
        return identity.pin();
    }

    /// The host CA's public key, as one line.
    public String hostCa() {
        return hostKeys.certificateAuthority();
    }

    /// The public host keys, one line each.
    public synchronized List<String> hostKeys() {
        return hostKeys.publicKeys();
    }

    /// Moves the SSH door to another address: opened first, then the old one closed; sessions stay.
    public synchronized void listen(InetSocketAddress address) throws IOException {
        var names = HostNames.of(sshNames, address);
        door.listen(List.of(address));
        hostKeys = hostKeys.named(names);
        door.show(hostKeys);
    }

    /// Shows another host key, from a file of the operator's, to clients that connect from now on.
    public synchronized void show(Path hostKey) throws IOException {
        hostKeys = hostKeys.with(hostKey);
        door.show(hostKeys);
    }

    /// Makes the host keys that a first start left for later, see [HostKeys#makeMissing].
    ///
    /// @throws IOException when they cannot be written
    public void makeHostKeys() throws IOException {
        HostKeys keys;
        synchronized (this) {
            keys = hostKeys;
        }
        keys.makeMissing();
    }

    /// Agent instances that are attached.
    public int attachedAgents() {
        return links.attached();
    }

    /// Sessions between admission and outcome.
    public int liveSessions() {
        return sessions.live();
    }

    /// Calls of agents here that carry sessions of other edges.
    public int lentCalls() {
        return links.lentCalls();
    }

    /// `Carry` calls of agents that are open here, idle ones too.
    public int openCalls() {
        return links.openCalls();
    }

    /// Bytes that sessions hold in memory because somebody does not read.
    public long unreadBytes() {
        return member.live().unread();
    }

    /// Segments of the spool: one when everything is stored.
    public int spoolSegments() {
        return recorder.segments();
    }

    /// Bytes in the spool that wait to be stored.
    public long spooledBytes() {
        return recorder.spooledBytes();
    }

    /// Recorded statements that are not in the index of statements, since the start.
    public long statementsNotIndexed() {
        return statements.missing();
    }

    /// Takes nothing new, tells the agents to go elsewhere, and waits for what goes on here, sessions of this
    /// edge and of others by way of it; for `drain` at most. Whether all have ended.
    public boolean drain() throws InterruptedException {
        door.drain();
        links.drain();
        long until = System.nanoTime() + drain.toNanos();
        while (sessions.live() + links.lentCalls() > 0) {
            if (System.nanoTime() - until > 0) {
                return false;
            }
            Thread.sleep(50);
        }
        return true;
    }

    /// The first part of [#close]: no new sessions, and live ones end. Where the agent stops as well, this
    /// comes before it, or users would read that a signal ended their program.
    public void endSessions() {
        door.drain();
        links.drain();
        member.live().endAll(new Outcome.EdgeLost());
        try {
            awaitNoSessions();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Stops in order: no new sessions, live ones end, their recordings are stored, the cell is left.
    @Override
    public void close() {
        endSessions();
        try {
            door.close();
            sessions.close();
            recorder.close(STOPPING);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            LOG.error("what is left in the spool is stored at the next start", e);
        }
        links.close();
        member.close();
    }

    private void awaitNoSessions() throws InterruptedException {
        long until = System.nanoTime() + STOPPING.toNanos();
        while (sessions.live() > 0 && System.nanoTime() < until) {
            Thread.sleep(20);
        }
        if (sessions.live() > 0) {
            LOG.warn("{} sessions did not end in {}", sessions.live(), STOPPING);
        }
    }
}
