package dev.sallyport.standalone;

import dev.sallyport.agent.Agent;
import dev.sallyport.agent.AgentSettings;
import dev.sallyport.agent.link.EdgeDoor;
import dev.sallyport.agent.tail.Tails;
import dev.sallyport.api.Refused;
import dev.sallyport.control.ControlPlane;
import dev.sallyport.core.agent.AgentKey;
import dev.sallyport.core.agent.BadAgentKey;
import dev.sallyport.core.recording.FileDataKeys;
import dev.sallyport.core.recording.FolderChunkStore;
import dev.sallyport.core.tenant.FileTenantSigners;
import dev.sallyport.edge.Edge;
import dev.sallyport.edge.Health;
import dev.sallyport.edge.agents.EdgeIdentity;
import dev.sallyport.standalone.Standalone.Options;
import dev.sallyport.standalone.api.ApiCertificate;
import dev.sallyport.standalone.api.LocalApiServer;
import dev.sallyport.standalone.demo.Demo;
import dev.sallyport.standalone.store.LocalStore;
import dev.sallyport.store.CheckpointWriter;
import dev.sallyport.store.LostEdges;
import dev.sallyport.store.RetentionSweep;
import dev.sallyport.store.Store;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A standalone instance that runs: its parts, started in the order in which they need each other, and stopped
/// in reverse.
final class Running implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Running.class);
    private static final String TENANT = "demo";

    /// How long the start waits for the agent to reach the edge.
    private static final Duration ATTACHING = Duration.ofSeconds(30);

    /// Often enough that a minute is sealed soon after it may be.
    private static final Duration CHECKPOINTS = Duration.ofSeconds(15);

    private static final Duration RETENTION = Duration.ofMinutes(5);

    private static final Duration LOST_EDGES = Duration.ofSeconds(2);

    private final Options options;
    private final InstanceFolder folder;
    private final Settings settings;
    private final Clock clock = Clock.systemUTC();
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final List<FurtherEdge> furtherEdges = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private Work afterwards = () -> {};
    private boolean announced;

    private interface Work {
        void run() throws IOException;
    }

    private Running(Options options, InstanceFolder folder, Settings settings) {
        this.options = options;
        this.folder = folder;
        this.settings = settings;
    }

    static Running start(Options options) throws CannotStart, InterruptedException {
        var folder = InstanceFolder.open(options.folder(), options.suffix());
        Logging.into(folder.root(), options.suffix());
        try {
            var running = new Running(
                    options,
                    folder,
                    Settings.read(folder.resolve("config.toml"), options.anyPort(), options.demo())
                            .ofEdge(options.number(), options.sshPort(), options.agentsPort()));
            running.parts.push(folder);
            try {
                running.startParts();
                return running;
            } catch (CannotStart | InterruptedException | RuntimeException e) {
                running.close();
                throw e;
            } catch (IOException | Refused | BadAgentKey e) {
                running.close();
                throw new CannotStart(
                        e.getMessage() + " (see " + folder.resolve("log" + options.suffix() + ".0") + ")", e);
            }
        } catch (CannotStart e) {
            folder.close();
            throw e;
        }
    }

    private void startParts() throws CannotStart, IOException, Refused, BadAgentKey, InterruptedException {
        checkPorts();
        var part = options.part();
        var keys = folder.folder("keys");
        Optional<AutoCloseable> sessionsFirst = Optional.empty();
        if (part.control() || part.edge()) {
            var store = openStore(part);
            parts.push(store);
            var tables = new Store(store.tables(clock));
            parts.push(tables);
            var chunks = new FolderChunkStore(folder.folder("recordings"));
            var dataKeys = FileDataKeys.readOrCreate(keys.resolve("recordings.key"));
            Optional<Edge> edge = Optional.empty();
            if (part.edge()) {
                edge = Optional.of(startEdge(tables, chunks, dataKeys, keys));
            }
            if (part.control()) {
                var pin = EdgeIdentity.open(keys, Set.copyOf(settings.agentNames()), clock)
                        .pin();
                var instance = new ThisInstance(settings, options.consoleOrigins(), pin, edge, keys);
                var signers = new FileTenantSigners(keys.resolve("tenants"));
                var plane = new ControlPlane(tables, signers, chunks, dataKeys, instance, clock);
                var api = startApi(plane);
                parts.push(api);
                instance.reachedAt(api.uri());
                var checkpoints = new CheckpointWriter(tables, signers, clock);
                parts.push(new Repeated("checkpoints", CHECKPOINTS, checkpoints::run));
                var retention = new RetentionSweep(tables, chunks, clock);
                parts.push(new Repeated("retention", RETENTION, retention::run));
                if (!part.edge()) {
                    var lost = new LostEdges(tables, clock, System::nanoTime);
                    parts.push(new Repeated("lost-edges", LOST_EDGES, lost::look));
                }
                prepareTenant(plane, tables, instance, api.uri());
            }
            if (edge.isPresent()) {
                // after the API, whose limits count for all servers of this kind in a process
                var running = edge.get();
                sessionsFirst = Optional.of(() -> endSessions(running));
                afterwards = edge.get()::makeHostKeys;
                var health = Health.start(edge.get(), 0);
                parts.push(health);
                writeHealth("edge" + (options.number() > 1 ? "-" + options.number() : ""), health.port());
            }
        }
        if (part == Part.ALL) {
            startFurtherEdges();
        }
        if (part.agent()) {
            startAgent();
        }
        sessionsFirst.ifPresent(parts::push);
        if (part == Part.ALL || (part == Part.EDGE && options.number() == 1)) {
            writeSshConfig();
        }
    }

    /// All edges at once, and before the agent stops.
    private void endSessions(Edge edge) throws InterruptedException {
        furtherEdges.forEach(FurtherEdge::stop);
        if (!edge.drain()) {
            LOG.warn("not every session has ended within the time to drain");
        }
        edge.endSessions();
        furtherEdges.forEach(FurtherEdge::close);
    }

    private LocalApiServer startApi(ControlPlane plane) throws IOException {
        if (settings.apiTls().isEmpty()) {
            return LocalApiServer.start(settings.apiPort(), plane);
        }
        var tls = settings.apiTls().get();
        return LocalApiServer.start(
                new InetSocketAddress(settings.apiAddress(), settings.apiPort()),
                ApiCertificate.read(tls.certificate(), tls.key()),
                plane);
    }

    private LocalStore openStore(Part part) throws IOException {
        var address = folder.resolve("store.address");
        return switch (part) {
            case ALL ->
                options.edges() == 1
                        ? LocalStore.embedded(folder.folder("db"))
                        : LocalStore.serving(folder.folder("db"), address);
            case CONTROL -> LocalStore.serving(folder.folder("db"), address);
            case EDGE, AGENT -> LocalStore.of(address);
        };
    }

    private void checkPorts() throws CannotStart {
        if (options.part().edge()) {
            checkPort("ssh.port", settings.sshAddress(), settings.sshPort());
            checkPort("agents.port", settings.agentAddress(), settings.agentPort());
        }
        if (options.part().control()) {
            checkPort("api.port", settings.apiAddress(), settings.apiPort());
        }
    }

    private void checkPort(String key, String address, int port) throws CannotStart {
        try (var probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(address, port));
        } catch (BindException e) {
            throw new CannotStart(
                    "port " + port + " is busy"
                            + PortHolder.of(port)
                                    .map(holder -> ": " + holder + " listens on it")
                                    .orElse("") + "; stop that, or set " + key + " in " + folder.resolve("config.toml"),
                    e);
        } catch (IOException e) {
            throw new CannotStart("cannot listen on " + address + " port " + port + ": " + e.getMessage(), e);
        }
    }

    private Edge startEdge(Store store, FolderChunkStore chunks, FileDataKeys dataKeys, Path keys) throws IOException {
        var edge = Edge.start(
                new Edge.Settings(
                        new InetSocketAddress(settings.sshAddress(), settings.sshPort()),
                        new InetSocketAddress(settings.agentAddress(), settings.agentPort()),
                        Set.copyOf(settings.sshNames()),
                        Set.copyOf(settings.agentNames()),
                        keys,
                        folder.folder(options.number() > 1 ? "spool-" + options.number() : "spool"),
                        options.edges() > 1
                                ? Optional.of(new InetSocketAddress(settings.cellAddress(), 0))
                                : Optional.empty(),
                        settings.cellAddress(),
                        settings.sshProxies(),
                        settings.sshChacha20(),
                        settings.limits()),
                store,
                chunks,
                dataKeys,
                clock);
        parts.push(edge);
        return edge;
    }

    /// Each in a process of its own, which stops when this one does, however that ends.
    private void startFurtherEdges() throws IOException, CannotStart, InterruptedException {
        for (int number = 2; number <= options.edges(); number++) {
            var further = FurtherEdge.start(folder, options.edges(), number);
            furtherEdges.add(further);
            parts.push(further);
            var its = settings.ofEdge(number, Optional.empty(), Optional.empty());
            notes.add("edge " + number + " listens for ssh on port " + its.sshPort() + " (ssh -p " + its.sshPort()
                    + " …), for agents on port " + its.agentPort());
        }
    }

    /// A first start makes the tenant, its admin's key, and the demo.
    private void prepareTenant(ControlPlane plane, Store store, ThisInstance instance, URI api)
            throws IOException, Refused, InterruptedException {
        var cli = new CliFile(folder);
        var tenant = store.tenants().bySlug(TENANT);
        instance.operatedBy(tenant.map(dev.sallyport.core.tenant.Tenant::id));
        if (tenant.isEmpty()) {
            var created = plane.createTenant(TENANT);
            instance.operatedBy(Optional.of(
                    new dev.sallyport.core.id.TenantId(created.tenant().id())));
            cli.write(api, created.adminKey().secret(), created.tenant().publicKey(), settings);
        } else {
            cli.update(api, settings);
        }
        if (!settings.demo()) {
            return;
        }
        var demo = new Demo(folder.folder("keys"), folder.folder("demo"), folder.folder("agent/secrets"));
        parts.push(demo);
        try (var admin = cli.client()) {
            if (tenant.isEmpty()) {
                folder.writePrivate(folder.folder("agent").resolve("key"), demo.seed(admin) + "\n");
            }
            demo.noteAccount(admin);
            demo.startHost(admin);
            if (options.databases()) {
                demo.startDatabase(admin);
            }
        }
        notes.addAll(demo.notes());
    }

    private void startAgent() throws IOException, BadAgentKey, InterruptedException, CannotStart {
        var keyFile = folder.folder("agent").resolve("key");
        if (!Files.exists(keyFile)) {
            notes.add("no agent runs here");
            return;
        }
        var agent = Agent.start(new AgentSettings(
                key(Files.readString(keyFile).strip()),
                furtherDoors(),
                Optional.empty(),
                folder.folder("agent"),
                Map.of(),
                List.of(folder.folder("agent/secrets")),
                AgentSettings.ALL_TYPES,
                Set.of(),
                Optional.of(0),
                Tails.MOST,
                "0.1.0"));
        parts.push(agent);
        writeHealth("agent", agent.healthPort().orElseThrow());
        long until = System.nanoTime() + ATTACHING.toNanos();
        while (!agent.attached()) {
            if (System.nanoTime() > until) {
                throw new CannotStart("the agent could not reach the edge within " + ATTACHING.toSeconds() + " s; see "
                        + folder.resolve("log" + options.suffix() + ".0"));
            }
            Thread.sleep(5);
        }
    }

    /// Where this instance's further edges listen for agents.
    private List<EdgeDoor> furtherDoors() {
        if (options.part() != Part.ALL || options.agentAt() > 0) {
            return List.of();
        }
        return IntStream.rangeClosed(2, options.edges())
                .mapToObj(number -> new EdgeDoor(
                        reachedHere(settings.agentAddress()),
                        settings.ofEdge(number, Optional.empty(), Optional.empty())
                                .agentPort()))
                .toList();
    }

    private static String reachedHere(String address) {
        return address.equals("0.0.0.0") || address.equals("::") ? "127.0.0.1" : address;
    }

    /// The agent's key as it was given out; beside an edge in this very process, with the address at which that
    /// listens now.
    private AgentKey key(String given) throws BadAgentKey {
        var key = AgentKey.parse(given);
        if (options.part() != Part.ALL) {
            return key;
        }
        var at = settings.ofEdge(Math.max(1, options.agentAt()), Optional.empty(), Optional.empty());
        return new AgentKey(reachedHere(settings.agentAddress()), at.agentPort(), key.token(), key.pin());
    }

    /// Where health and metrics of a part are, for the operator's tools.
    private void writeHealth(String part, int port) throws IOException {
        Files.writeString(folder.resolve("health." + part), "http://127.0.0.1:" + port + "\n");
    }

    private void writeSshConfig() throws IOException, Refused {
        if (!settings.demo()) {
            return;
        }
        var connections = new ArrayList<String>();
        try (var admin = new CliFile(folder).client()) {
            admin.connections(null).items().forEach(connection -> connections.add(connection.name()));
        }
        var hostCa = Files.readString(folder.resolve("keys").resolve("ssh_host_ca_key.pub"));
        var more = IntStream.rangeClosed(2, options.edges())
                .map(number -> settings.ofEdge(number, Optional.empty(), Optional.empty())
                        .sshPort())
                .boxed()
                .toList();
        new SshConfig(folder, settings.reachedAt(settings.sshAddress()), settings.sshPort(), more, hostCa)
                .write(Demo.USERS, connections);
    }

    /// Says that it is ready, and what to paste.
    void announce() throws CannotStart {
        var began = ProcessHandle.current().info().startInstant();
        var took = began.map(start -> Duration.between(start, clock.instant()).toMillis() / 1000.0)
                .orElse(0.0);
        try {
            Files.writeString(folder.resolve("ready" + options.suffix()), Long.toString(clock.millis()));
            System.out.printf("ready in %.1f s%n", took);
            announced = true;
            if (options.part() == Part.ALL) {
                new Welcome(System.out, folder, settings, options.databases()).print(new CliFile(folder).url(), notes);
            }
        } catch (IOException e) {
            throw new CannotStart("could not use the folder " + folder.root() + ": " + e.getMessage(), e);
        }
        LOG.info("ready in {} s", took);
    }

    /// Does what takes a while and what a first login need not wait for, on a thread of its own.
    void finish() {
        Thread.ofPlatform().daemon().name("afterwards").start(() -> {
            try {
                afterwards.run();
            } catch (IOException e) {
                LOG.error("the RSA host key could not be made: old clients, which ask for one, cannot connect", e);
            }
        });
    }

    @Override
    public void close() {
        while (!parts.isEmpty()) {
            var part = parts.pop();
            try {
                part.close();
            } catch (Exception e) {
                LOG.error("{} did not stop cleanly", part.getClass().getSimpleName(), e);
            }
        }
        if (announced) {
            System.out.println("\nstopped");
        }
    }
}
