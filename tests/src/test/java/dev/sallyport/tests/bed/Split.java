package dev.sallyport.tests.bed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The same instance in three JVMs: store and API, edge, agent. What faults and measurements need.
public final class Split implements AutoCloseable {

    private final Instance control;
    private final Instance edge;
    private final Instance agent;

    private Split(Instance control, Instance edge, Instance agent) {
        this.control = control;
        this.edge = edge;
        this.agent = agent;
    }

    public static Split start() throws IOException, InterruptedException {
        var folder = Files.createTempDirectory("sallyport-split");
        var control = part(folder, "control");
        var edge = part(folder, "edge");
        var agent = part(folder, "agent");
        return new Split(control, edge, agent);
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

    @Override
    public void close() {
        agent.close();
        edge.close();
        control.close();
    }
}
