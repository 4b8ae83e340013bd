package dev.sallyport.agent;

import dev.sallyport.core.agent.BadAgentKey;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads a running agent's settings again. What is wrong changes nothing; what takes a restart is named in the log.
///
/// Asked by one thread at a time.
final class Reload {

    private static final Logger LOG = LoggerFactory.getLogger(Reload.class);

    /// What counts from the next session, search or stop on.
    private static final Set<String> RELOADED = Set.of("secrets", "run-as", "edge", "drain");

    private final Agent agent;
    private final List<String> words;
    private final Map<String, String> environment;
    private final Options started;
    private volatile Duration drain;

    /// @param words the command line that the agent was started with
    /// @param now what it was read as
    Reload(Agent agent, List<String> words, Map<String, String> environment, AgentMain.Arguments now) {
        this.agent = agent;
        this.words = List.copyOf(words);
        this.environment = environment;
        this.started = now.options();
        this.drain = now.drain();
    }

    /// How long sessions have when the agent is stopped.
    Duration drain() {
        return drain;
    }

    void run() {
        try {
            var next = AgentMain.read(words, environment);
            agent.reload(next.settings());
            drain = next.drain();
            LOG.info(
                    "settings were read again: secrets from {}, programs as {}, further edges {}, drain {} s",
                    next.settings().secretFolders(),
                    next.settings().runAs().isEmpty()
                            ? "any account"
                            : next.settings().runAs(),
                    next.settings().edges(),
                    drain.toSeconds());
            var waiting = waiting(next.options());
            if (!waiting.isEmpty()) {
                LOG.warn("these settings have changed, and count after a restart: {}", String.join(", ", waiting));
            }
        } catch (Usage | BadAgentKey | IOException e) {
            LOG.error("the settings stay as they are: {}", AgentMain.said(e));
        }
    }

    /// What has changed since the start and takes another one.
    private Set<String> waiting(Options next) {
        var waiting = new TreeSet<>(Options.OF_AN_AGENT);
        waiting.removeAll(RELOADED);
        waiting.removeIf(name -> next.all(name).equals(started.all(name)));
        return waiting;
    }
}
