package dev.sallyport.tests.bed;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// The same instance in three JVMs: store and API, edge, agent. What faults and measurements need: each part is
/// killed, stopped and started again by itself ([Instance#kill], [Instance#close], [Instance#restart]).
public final class Split implements AutoCloseable {

    private static final Duration WORKS = Duration.ofMinutes(2);

    private final Instance control;
    private final Instance edge;
    private final Instance agent;
    private final Optional<CuttingRelay> relay;

    private Split(Instance control, Instance edge, Instance agent, Optional<CuttingRelay> relay) {
        this.control = control;
        this.edge = edge;
        this.agent = agent;
        this.relay = relay;
    }

    public static Split start() throws IOException, InterruptedException {
        return start(false);
    }

    /// With a network between agent and edge that can be cut: [#network].
    public static Split startApart() throws IOException, InterruptedException {
        return start(true);
    }

    private static Split start(boolean apart) throws IOException, InterruptedException {
        var folder = Files.createTempDirectory("sallyport-split");
        var control = part(folder, "control");
        var edge = part(folder, "edge");
        Optional<CuttingRelay> relay = Optional.empty();
        if (apart) {
            relay = Optional.of(new CuttingRelay(control.port("agents")));
            var key = folder.resolve("agent/key");
            Files.writeString(
                    key,
                    Files.readString(key)
                            .replace(
                                    ":" + control.port("agents") + "?",
                                    ":" + relay.get().port() + "?"));
        }
        var agent = part(folder, "agent");
        return new Split(control, edge, agent, relay);
    }

    private static Instance part(Path folder, String part) throws IOException, InterruptedException {
        return Instance.start(folder, List.of("--any-port", "--part", part), "ready." + part);
    }

    /// Store and API; its folder is the instance's.
    public Instance control() {
        return control;
    }

    public Instance edge() {
        return edge;
    }

    public Instance agent() {
        return agent;
    }

    /// It outlives the case that started it: whoever started it closes it.
    public void keep() {
        Instance.forget(control);
        Instance.forget(edge);
        Instance.forget(agent);
    }

    public CuttingRelay network() {
        return relay.orElseThrow();
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
        control.close();
        if (relay.isPresent()) {
            relay.get().close();
        }
    }
}
