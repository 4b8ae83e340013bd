package dev.sallyport.agent;

import dev.sallyport.agent.link.EdgeDoor;
import dev.sallyport.agent.tail.Tails;
import dev.sallyport.core.agent.AgentKey;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// How an agent is run: by its operator, whom no edge and no control plane overrules.
///
/// @param edges further edges of the key's CA that it may dial, besides the one that the key names
/// @param only the name of the one connection that it opens, beside a command; none: all that are its
/// @param state the agent's folder: its sealing key, what versions it has seen, what it must clean up
/// @param environment where `env:NAME` secrets come from
/// @param secretFolders where `file:` secrets may lie; none: nowhere
/// @param types the connection types that it opens
/// @param runAs the accounts that programs may run as; none: any but root
/// @param health the port on loopback for health and metrics; 0 for a free one; none: no such port
/// @param tails bytes that it keeps of what no edge has stored yet, of all sessions together
/// @param version the program's version
public record AgentSettings(
        AgentKey key,
        List<EdgeDoor> edges,
        Optional<String> only,
        Path state,
        Map<String, String> environment,
        List<Path> secretFolders,
        Set<String> types,
        Set<String> runAs,
        Optional<Integer> health,
        long tails,
        String version) {

    /// All connection types that there are.
    public static final Set<String> ALL_TYPES = Set.of("custom", "ssh", "tcp", "postgres", "mysql");

    public AgentSettings {
        edges = List.copyOf(edges);
        environment = Map.copyOf(environment);
        secretFolders = List.copyOf(secretFolders);
        types = Set.copyOf(types);
        runAs = Set.copyOf(runAs);
        if (!ALL_TYPES.containsAll(types)) {
            throw new IllegalArgumentException("connection types are " + ALL_TYPES);
        }
    }

    /// The same beside a command, for one connection.
    AgentSettings beside(String connection, Optional<Integer> port) {
        return new AgentSettings(
                key,
                edges,
                Optional.of(connection),
                state,
                environment,
                secretFolders,
                types,
                runAs,
                port,
                tails,
                version);
    }

    /// An agent that opens everything, reads secrets from its environment only, and has no health port.
    public static AgentSettings of(AgentKey key, Path state) {
        return new AgentSettings(
                key,
                List.of(),
                Optional.empty(),
                state,
                System.getenv(),
                List.of(),
                ALL_TYPES,
                Set.of(),
                Optional.empty(),
                Tails.MOST,
                "0.1.0");
    }
}
