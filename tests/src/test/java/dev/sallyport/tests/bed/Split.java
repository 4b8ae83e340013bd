package dev.sallyport.tests.bed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The same instance in three JVMs: store and API, edge, agent. What faults and measurements need: each part is
/// killed, stopped and started again by itself ([Instance#kill], [Instance#close], [Instance#restart]).
public final class Split implements AutoCloseable {

    private static final Duration WORKS = Duration.ofMinutes(2);

    private final Instance control;
    private final Instance edge;
    private final Optional<Second> second;
    private final Optional<CuttingRelay> relay;
    private final Optional<StoreRelay> store;
    private final Optional<GuardedStore> guard;
    private Instance agent;

    /// Another edge, and where it listens.
    private record Second(Instance edge, int sshPort, int agentsPort) {}

    private Split(
            Instance control,
            Instance edge,
            Optional<Second> second,
            Instance agent,
            Optional<CuttingRelay> relay,
            Optional<StoreRelay> store,
            Optional<GuardedStore> guard) {
        this.control = control;
        this.edge = edge;
        this.second = second;
        this.agent = agent;
        this.relay = relay;
        this.store = store;
        this.guard = guard;
    }

    public static Split start() throws IOException, InterruptedException {
        return new Setup().start();
    }

    /// With a network between agent and edge that can be cut: [#network].
    public static Split startApart() throws IOException, InterruptedException {
        return new Setup().network().start();
    }

    /// What lies between the parts, and how they are set, before they are started.
    public static final class Setup {

        private final Path folder = Files.createTempDirectory("sallyport-split");
        private boolean network;
        private boolean store;
        private List<GuardedStore.Statement> role = List.of();
        private int edges = 1;
        private String limits = "";
        private Optional<Namespace> namespace = Optional.empty();
        private Map<String, String> edgeEnvironment = Map.of();
        private Map<String, String> agentEnvironment = Map.of();

        public Setup() throws IOException {}

        /// A network between agent and edge that can be cut: [Split#network].
        public Setup network() {
            network = true;
            return this;
        }

        /// Two edges: users come to the first, [Split#edge], the agent to [Split#second], by a network that can
        /// be cut, or that leads to the first ([CuttingRelay#target]).
        public Setup twoEdges() {
            edges = 2;
            return network();
        }

        /// The agent runs in there, as its operator starts it; nobody out here can ask it for its health.
        public Setup agentIn(Namespace network) {
            namespace = Optional.of(network);
            return this;
        }

        /// A store that can be made slow or failing, for the edge: [Split#store].
        public Setup store() {
            store = true;
            return this;
        }

        /// A store that denies the edge what is not in its role: [Split#guard].
        public Setup guarded(List<GuardedStore.Statement> byRole) {
            role = List.copyOf(byRole);
            return this;
        }

        /// A line of `[limits]`.
        public Setup limit(String line) {
            limits += line + "\n";
            return this;
        }

        /// Variables of the environments in which edge and agent are started.
        public Setup environment(Map<String, String> ofEdge, Map<String, String> ofAgent) {
            edgeEnvironment = Map.copyOf(ofEdge);
            agentEnvironment = Map.copyOf(ofAgent);
            return this;
        }

        /// The instance's folder, for what must be there before it is started.
        public Path folder() {
            return folder;
        }

        public Split start() throws IOException, InterruptedException {
            var agents = namespace
                    .map(network -> "address = \"%1$s\"\nnames = [\"%1$s\"]\n".formatted(network.address()))
                    .orElse("");
            Files.writeString(folder.resolve("config.toml"), """
                    [ssh]
                    port = %d
                    [api]
                    port = %d
                    [agents]
                    port = %d
                    %s[limits]
                    %s""".formatted(
                            Ports.next(), Ports.next(), Ports.next(), agents, limits));
            var control = part(folder, "control", edges, Map.of());
            Optional<StoreRelay> faults = Optional.empty();
            if (store) {
                var address = folder.resolve("store.address");
                faults = Optional.of(new StoreRelay(URI.create(Files.readString(address))));
                Files.writeString(address, faults.get().address().toString());
            }
            Optional<GuardedStore> guard = Optional.empty();
            if (!role.isEmpty()) {
                var address = folder.resolve("store.address");
                guard = Optional.of(new GuardedStore(URI.create(Files.readString(address)), role));
                Files.writeString(address, guard.get().address().toString());
            }
            var edge = part(folder, "edge", edges, edgeEnvironment);
            var second = edges == 1 ? Optional.<Second>empty() : Optional.of(second(folder));
            Optional<CuttingRelay> relay = Optional.empty();
            if (network) {
                relay = Optional.of(
                        new CuttingRelay(second.isPresent() ? second.get().agentsPort() : control.port("agents")));
                var key = folder.resolve("agent/key");
                Files.writeString(
                        key,
                        Files.readString(key)
                                .replace(
                                        ":" + control.port("agents") + "?",
                                        ":" + relay.get().port() + "?"));
            }
            var agent = namespace.isPresent()
                    ? Instance.startAgent(namespace.get().inside(), folder, agentEnvironment)
                    : part(folder, "agent", edges, agentEnvironment);
            return new Split(control, edge, second, agent, relay, faults, guard);
        }

        private Second second(Path folder) throws IOException, InterruptedException {
            int ssh = Ports.next();
            int agents = Ports.next();
            var options = List.of(
                    "--part",
                    "edge",
                    "--edges",
                    Integer.toString(edges),
                    "--number",
                    "2",
                    "--ssh-port",
                    Integer.toString(ssh),
                    "--agents-port",
                    Integer.toString(agents));
            return new Second(Instance.start(folder, options, "ready.edge-2", edgeEnvironment), ssh, agents);
        }
    }

    private static Instance part(Path folder, String part, int edges, Map<String, String> environment)
            throws IOException, InterruptedException {
        var options = List.of("--part", part, "--edges", Integer.toString(edges));
        return Instance.start(folder, options, "ready." + part, environment);
    }

    /// Store and API; its folder is the instance's.
    public Instance control() {
        return control;
    }

    public Instance edge() {
        return edge;
    }

    /// The edge where the agent is, of two.
    public Instance second() {
        return second.orElseThrow().edge();
    }

    /// Where agents find it.
    public int secondAgentsPort() {
        return second.orElseThrow().agentsPort();
    }

    /// What makes `ssh` go there.
    public List<String> toSecond() throws IOException {
        var known = control.folder().resolve("known_hosts");
        int port = second.orElseThrow().sshPort();
        var itsOwn = control.folder().resolve("known_hosts-2");
        Files.writeString(itsOwn, Files.readString(known).replaceFirst("]:[0-9]+ ", "]:" + port + " "));
        return List.of("-p", Integer.toString(port), "-o", "UserKnownHostsFile=" + itsOwn);
    }

    /// Where agents find the first edge.
    public int agentsPort() throws IOException {
        return control.port("agents");
    }

    public Instance agent() {
        return agent;
    }

    /// It outlives the case that started it: whoever started it closes it.
    public void keep() {
        Instance.forget(control);
        Instance.forget(edge);
        second.ifPresent(one -> Instance.forget(one.edge()));
        Instance.forget(agent);
    }

    public CuttingRelay network() {
        return relay.orElseThrow();
    }

    /// The way from the edge to its store.
    public StoreRelay store() {
        return store.orElseThrow();
    }

    /// What stands before the edge's store and denies.
    public GuardedStore guard() {
        return guard.orElseThrow();
    }

    /// Replaces the agent by one that is started as its operator starts one, with these options; which ones
    /// there are: `tools/agent --help`.
    public void agentWith(String... options) throws IOException, InterruptedException {
        agent.close();
        agent = Instance.startAgent(control.folder(), List.of(options), Map.of());
    }

    /// One more process of the same agent, with its key and what it may read, and a state of its own in a new
    /// folder; whoever starts it closes it.
    public Instance anotherAgent(Path folder, String... options) throws IOException, InterruptedException {
        var from = control.folder().resolve("agent");
        var state = Files.createDirectory(folder.resolve("agent"));
        for (var secret : List.of("key", "sealing-key")) {
            Files.copy(from.resolve(secret), state.resolve(secret));
        }
        var all = new ArrayList<>(List.of(options));
        all.addAll(List.of("--secrets", from.resolve("secrets").toString()));
        var another = Instance.startAgent(folder, all, Map.of());
        another.keep();
        return another;
    }

    /// Whether nothing is under way: no session, and everything stored.
    public boolean quiet() throws IOException {
        var figures = Census.figures(edge);
        return figures.getOrDefault("sallyport_edge_sessions", 1L) == 0
                && figures.getOrDefault("sallyport_agent_sessions", 1L) == 0
                && figures.getOrDefault("sallyport_edge_spool_segments", 2L) == 1;
    }

    /// Stops a part as a debugger does, or lets it go on: everything in it stands still, and nothing is closed.
    public static void stopped(Instance part, boolean stopped) throws IOException, InterruptedException {
        var pid = Long.toString(part.process().pid());
        if (new ProcessBuilder("kill", stopped ? "-STOP" : "-CONT", pid).start().waitFor() != 0) {
            throw new IOException("process " + pid + " is not there");
        }
    }

    /// What edge and agent hold now, for [#awaitAsBefore].
    public List<Census> census() throws IOException {
        return List.of(Census.of(edge, Set.of()), Census.of(agent, Set.of()));
    }

    /// Waits until edge and agent hold no more than they did.
    public void awaitAsBefore(List<Census> before) {
        await().atMost(WORKS).pollInterval(Duration.ofMillis(300)).untilAsserted(() -> {
            var now = census();
            for (int i = 0; i < before.size(); i++) {
                assertThat(now.get(i).surplusOver(before.get(i)))
                        .as("what the %s holds more than before", i == 0 ? "edge" : "agent")
                        .isEmpty();
            }
        });
    }

    /// Waits until a command goes all the way to the agent and back.
    public void awaitWorking() {
        await().atMost(WORKS)
                .pollInterval(Duration.ofMillis(300))
                .until(() -> control.ssh("alice", "bash", "true").now().status() == 0);
    }

    /// Deletes the spool of the edge, which does not run: its disk is gone with it.
    public void deleteSpool() throws IOException {
        try (var files = Files.walk(control.folder().resolve("spool"))) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Override
    public void close() throws IOException {
        agent.close();
        edge.close();
        second.ifPresent(one -> one.edge().close());
        control.close();
        if (relay.isPresent()) {
            relay.get().close();
        }
        if (store.isPresent()) {
            store.get().close();
        }
        guard.ifPresent(GuardedStore::close);
    }
}
