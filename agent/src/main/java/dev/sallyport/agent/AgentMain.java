package dev.sallyport.agent;

import dev.sallyport.agent.link.EdgeDoor;
import dev.sallyport.agent.tail.Tails;
import dev.sallyport.core.agent.AgentKey;
import dev.sallyport.core.agent.BadAgentKey;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;

/// The agent as a program of its own.
public final class AgentMain {

    private static final Path STATE = Path.of("/var/lib/sallyport-agent");
    private static final int HEALTH = 8012;

    /// How long sessions have on SIGTERM.
    private static final Duration DRAIN = Duration.ofSeconds(60);

    private static final String HELP = """
            sallyport-agent: opens targets in this network for a Sallyport edge that it dials

              SALLYPORT_KEY         the key that was shown when the agent was registered (environment), or
              --key-file FILE       a file with it
              --state FOLDER        the agent's folder (default %s)
              --secrets FOLDER      secrets of the form file:/path may be read below it; may be given again
              --type TYPE           open only this connection type (custom, ssh, tcp); may be given again
              --run-as ACCOUNT      run programs only as this account; may be given again
              --edge HOST:PORT      a further edge to attach to, of the same CA; may be given again
              --tails MIB           what no edge has stored yet is kept up to this size (default %d); past it
                                    sessions wait, and none begins
              --health-port PORT    health and metrics on loopback (default %d; 0: a free one)
              --drain SECONDS       how long sessions have on SIGTERM (default %d)
            """.formatted(STATE, Tails.MOST >> 20, HEALTH, DRAIN.toSeconds());

    private AgentMain() {}

    /// What the command line says.
    record Arguments(AgentSettings settings, Duration drain) {}

    /// A command line that is not one; the message is for the operator.
    static final class Usage extends Exception {

        private static final long serialVersionUID = 1;

        Usage(String message) {
            super(message);
        }
    }

    public static void main(String[] words) {
        System.exit(run(List.of(words), System.getenv(), System.out, System.err));
    }

    /// The SSH library warns at length of what is expected, such as a target that is not there: only its own
    /// failures are kept. Held here so that the level is not lost to the collector.
    private static final Logger SSH_LIBRARY = Logger.getLogger("org.apache.sshd");

    /// One line for each message, on stderr.
    private static void logInLines() {
        System.setProperty("java.util.logging.SimpleFormatter.format", "%1$tFT%1$tT.%1$tL %4$s %3$s: %5$s%6$s%n");
        SSH_LIBRARY.setLevel(Level.SEVERE);
    }

    private static int run(List<String> words, Map<String, String> environment, PrintStream out, PrintStream err) {
        if (words.contains("--help") || words.contains("-h")) {
            out.print(HELP);
            return 0;
        }
        logInLines();
        try {
            var arguments = read(words, environment);
            var agent = Agent.start(arguments.settings());
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(agent, arguments.drain())));
            Thread.currentThread().join();
            return 0;
        } catch (Usage | BadAgentKey | IOException e) {
            err.println("sallyport-agent: " + said(e));
            return 2;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 1;
        }
    }

    /// Java says no more than the name of a file that cannot be used.
    static String said(Exception e) {
        return switch (e) {
            case NoSuchFileException missing -> missing.getFile() + ": there is no such file or folder";
            case AccessDeniedException denied -> denied.getFile() + ": permission denied";
            case FileSystemException unusable
            when unusable.getReason() == null -> unusable.getFile() + ": cannot be used";
            default -> String.valueOf(e.getMessage());
        };
    }

    private static void stop(Agent agent, Duration drain) {
        try {
            agent.drain(drain);
            agent.close();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Reads the command line.
    static Arguments read(List<String> words, Map<String, String> environment) throws Usage, BadAgentKey, IOException {
        var known = Set.of(
                "--key-file",
                "--state",
                "--secrets",
                "--type",
                "--run-as",
                "--edge",
                "--tails",
                "--health-port",
                "--drain");
        var options = new HashMap<String, List<String>>();
        for (int i = 0; i < words.size(); i += 2) {
            if (!known.contains(words.get(i))) {
                throw new Usage("unknown option " + words.get(i) + "; --help shows them");
            }
            if (i + 1 == words.size()) {
                throw new Usage(words.get(i) + " wants a value");
            }
            options.computeIfAbsent(words.get(i), name -> new ArrayList<>()).add(words.get(i + 1));
        }
        var types = new HashSet<>(options.getOrDefault("--type", List.copyOf(AgentSettings.ALL_TYPES)));
        if (!AgentSettings.ALL_TYPES.containsAll(types)) {
            throw new Usage("--type is one of custom, ssh and tcp");
        }
        var key = one(options, "--key-file").isPresent()
                ? Files.readString(Path.of(one(options, "--key-file").get()), StandardCharsets.UTF_8)
                : environment.getOrDefault(AgentKey.VARIABLE, "");
        var settings = new AgentSettings(
                AgentKey.parse(key),
                edges(options.getOrDefault("--edge", List.of())),
                one(options, "--state").map(Path::of).orElse(STATE),
                environment,
                options.getOrDefault("--secrets", List.of()).stream()
                        .map(Path::of)
                        .toList(),
                types,
                new HashSet<>(options.getOrDefault("--run-as", List.of())),
                Optional.of(number(options, "--health-port", HEALTH)),
                (long) Math.max(1, number(options, "--tails", (int) (Tails.MOST >> 20))) << 20,
                Optional.ofNullable(AgentMain.class.getPackage().getImplementationVersion())
                        .orElse("0.1.0"));
        return new Arguments(settings, Duration.ofSeconds(number(options, "--drain", (int) DRAIN.toSeconds())));
    }

    private static List<EdgeDoor> edges(List<String> texts) throws Usage {
        var edges = new ArrayList<EdgeDoor>();
        for (var text : texts) {
            try {
                edges.add(EdgeDoor.parse(text));
            } catch (IllegalArgumentException e) {
                throw new Usage("--edge: " + e.getMessage());
            }
        }
        return edges;
    }

    private static Optional<String> one(Map<String, List<String>> options, String name) throws Usage {
        var values = options.getOrDefault(name, List.of());
        if (values.size() > 1) {
            throw new Usage(name + " is given once");
        }
        return values.stream().findFirst();
    }

    private static int number(Map<String, List<String>> options, String name, int otherwise) throws Usage {
        var text = one(options, name).orElse(Integer.toString(otherwise));
        if (!text.matches("[0-9]{1,5}") || Integer.parseInt(text) > 65_535) {
            throw new Usage(name + " is a number from 0 to 65535");
        }
        return Integer.parseInt(text);
    }
}
