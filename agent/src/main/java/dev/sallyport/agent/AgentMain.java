package dev.sallyport.agent;

import dev.sallyport.agent.link.EdgeDoor;
import dev.sallyport.agent.tail.Tails;
import dev.sallyport.core.agent.AgentKey;
import dev.sallyport.core.agent.BadAgentKey;
import dev.sallyport.core.agent.JoinLine;
import dev.sallyport.core.connection.ConnectionName;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/// The agent as a program of its own.
public final class AgentMain {

    private static final Path STATE = Path.of("/var/lib/sallyport-agent");
    private static final int HEALTH = 8012;

    /// How long sessions have on SIGTERM.
    private static final Duration DRAIN = Duration.ofSeconds(60);

    private static final String HELP = """
            sallyport-agent: opens targets in this network for a Sallyport edge that it dials

              run                   runs the agent, with the options below; what is done without any command
              run … -- COMMAND…     runs COMMAND with an agent beside it, for --connection only and as long as COMMAND runs;
                                    its input, output and exit status are COMMAND's. The connection's programs run as the
                                    agent itself does; started as root, as accounts that the connection names
                --connection NAME   the connection
              register              fetches the agent's key with --join, and keeps it in --key-file or in the --state folder
              doctor                looks at what the agent needs, with the same options; one line each: ok, warn or fail
                --target HOST:PORT  looks whether this target can be reached, too; may be given again
                --json              for machines
              install               makes it a service of this machine, with the same options but --state: systemd runs it
                                    as root and starts it when the machine starts
                --start             and starts it now
                --name NAME         which of the machine's agents (default: default); for the commands below, too
                --root DIR          write the files below DIR, and tell systemd nothing; for uninstall, too
                --program FILE      what the service runs (default: what runs now)
              start, stop, status   the service, by systemctl
              --version             says which version this is
              logs                  what the service has said, by journalctl
                --follow            and what it goes on to say
              uninstall             stops the service and removes it, but for its state
                --purge             its state, too: its sealing key, and what no edge has stored yet

            options
              SALLYPORT_KEY         the key that was shown when the agent was registered (environment), or
              --key-file FILE       a file with it; without either: FOLDER/key, of --state
              --join LINE           the line that counts once, for an agent that has no key yet: it fetches its key and
                                    keeps it; or in SALLYPORT_JOIN (environment)
              --api-ca FILE         the CAs that the API has its certificate from, if not those that Java knows (PEM)
              --config FILE         a file with lines NAME = VALUE, of the names below and above without the dashes;
                                    an option stands in the place of the line of its name;
                                    on SIGHUP it is read again
              --state FOLDER        the agent's folder (default %s)
              --secrets FOLDER      secrets of the form file:/path may be read below it; may be given again
              --type TYPE           open only this connection type (custom, ssh, tcp, postgres, mysql); may be given again
              --run-as ACCOUNT      run programs only as this account; may be given again
              --edge HOST:PORT      a further edge to attach to, of the same CA; may be given again
              --tails MIB           what no edge has stored yet is kept up to this size (default %d); past it
                                    sessions wait, and none begins
              --health-port PORT    health and metrics on loopback (default %d; 0: a free one)
              --drain SECONDS       how long sessions have on SIGTERM (default %d)
              --log FORM            what happens, on stdout: as json, one event a line, or as text (default: text on a
                                    terminal, json elsewhere)
            """.formatted(STATE, Tails.MOST >> 20, HEALTH, DRAIN.toSeconds());

    private static final String CONNECTION = "connection";

    private AgentMain() {}

    /// What the command line says.
    record Arguments(Options options, AgentSettings settings, Duration drain, Log.Form log) {}

    public static void main(String[] words) {
        System.exit(run(List.of(words), System.getenv(), System.out, System.err));
    }

    /// Does what the words say, and returns the exit code: 2 for what cannot be done as it was asked for.
    static int run(List<String> words, Map<String, String> environment, PrintStream out, PrintStream err) {
        int end = words.indexOf("--");
        var own = end < 0 ? words : words.subList(0, end);
        if (own.contains("--help") || own.contains("-h")) {
            out.print(HELP);
            return 0;
        }
        if (own.contains("--version")) {
            out.println("sallyport-agent " + version());
            return 0;
        }
        boolean plain = words.isEmpty() || words.getFirst().startsWith("-");
        var command = plain ? "run" : words.getFirst();
        var rest = plain ? words : words.subList(1, words.size());
        try {
            return switch (command) {
                case "run" -> end < 0 ? serve(rest, environment) : beside(rest, environment, err);
                case "register" -> register(rest, environment, out);
                case "doctor" -> examine(rest, environment, out);
                default -> Installation.run(command, rest, environment, new Installation.ThisMachine(), out);
            };
        } catch (Usage | BadAgentKey | IOException e) {
            err.println("sallyport-agent: " + said(e));
            return 2;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 1;
        }
    }

    /// Fetches the key, whether the agent has one or not.
    private static int register(List<String> words, Map<String, String> environment, PrintStream out)
            throws Usage, BadAgentKey, IOException, InterruptedException {
        var options = Options.read(words, Set.of(), Set.of());
        var line = line(options, environment);
        if (line.isEmpty()) {
            throw new Usage("register wants --join LINE; sally admin agents join NAME shows one");
        }
        var file = options.one("key-file").map(Path::of);
        if (file.isEmpty()) {
            Agent.folder(state(options));
        }
        var kept = file.isPresent() ? file.get() : ownKey(options);
        var key = registration(options, line.get()).fetchInto(kept);
        out.println("registered " + key.token().name() + ": its key is in " + kept);
        return 0;
    }

    /// An agent that has no key yet, and a line to join with, fetches its key.
    private static void join(Options options, Map<String, String> environment)
            throws Usage, BadAgentKey, IOException, InterruptedException {
        var line = line(options, environment);
        if (line.isEmpty()) {
            return;
        }
        if (options.has("key-file") || environment.containsKey(AgentKey.VARIABLE)) {
            throw new Usage("there is a key and a join line: give the agent one of them");
        }
        if (!Files.exists(ownKey(options))) {
            Agent.folder(state(options));
            registration(options, line.get()).fetchInto(ownKey(options));
            return;
        }
        var key = key(options, environment);
        if (!key.token().agent().equals(line.get().token().agent())) {
            throw new Usage(ownKey(options) + " holds the key of the agent "
                    + key.token().agent() + ", and the join line is for "
                    + line.get().token().agent() + ": take the one for it, or name another --state");
        }
    }

    static Optional<JoinLine> line(Options options, Map<String, String> environment) throws Usage, BadAgentKey {
        return Registration.line(options, Optional.ofNullable(environment.get(JoinLine.VARIABLE)));
    }

    static Registration registration(Options options, JoinLine line) throws Usage, IOException {
        return Registration.of(line, options.one(Options.API_CA).map(Path::of));
    }

    private static Path ownKey(Options options) throws Usage {
        return state(options).resolve("key");
    }

    private static int serve(List<String> words, Map<String, String> environment)
            throws Usage, BadAgentKey, IOException, InterruptedException {
        join(Options.read(words, Set.of(), Set.of()), environment);
        var arguments = read(words, environment);
        Log.to(
                new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8),
                arguments.log());
        var ready = new CompletableFuture<Reload>();
        if (arguments.options().has(Options.CONFIG)) {
            Signals.on("HUP", () -> ready.join().run());
        }
        var agent = Agent.start(arguments.settings());
        var reload = new Reload(agent, words, environment, arguments);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(agent, reload.drain())));
        ready.complete(reload);
        Thread.currentThread().join();
        return 0;
    }

    /// Runs the command after `--`, and an agent beside it.
    private static int beside(List<String> words, Map<String, String> environment, PrintStream err)
            throws Usage, BadAgentKey, IOException, InterruptedException {
        int end = words.indexOf("--");
        var command = words.subList(end + 1, words.size());
        var options = Options.read(words.subList(0, end), Set.of(CONNECTION), Set.of());
        var connection = options.one(CONNECTION);
        if (connection.isEmpty() || command.isEmpty()) {
            throw new Usage("run wants --connection NAME and, after --, the command that the agent is to run beside");
        }
        try {
            var _ = new ConnectionName(connection.get());
        } catch (IllegalArgumentException e) {
            throw new Usage("--connection is not the name of a connection: " + e.getMessage());
        }
        join(options, environment);
        var arguments = read(options, environment);
        // stdout is the command's
        Log.to(err, arguments.log());
        var health = options.has("health-port") ? arguments.settings().health() : Optional.<Integer>empty();
        return Companion.run(
                arguments.settings().beside(connection.get(), health), command, environment, arguments.drain(), err);
    }

    private static int examine(List<String> words, Map<String, String> environment, PrintStream out)
            throws Usage, IOException {
        var options = Options.read(words, Set.of("target"), Set.of("json"));
        var findings = Doctor.examine(options, environment, Clock.systemUTC());
        if (options.has("json")) {
            out.println(findings.stream().map(Finding::json).collect(Collectors.joining(",", "{\"checks\":[", "]}")));
        } else {
            findings.forEach(finding -> out.println(finding.line()));
        }
        return findings.stream().anyMatch(finding -> finding.level() == Finding.Level.FAIL) ? 1 : 0;
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
        return read(Options.read(words, Set.of(), Set.of()), environment);
    }

    static Arguments read(Options options, Map<String, String> environment) throws Usage, BadAgentKey, IOException {
        check(options);
        var settings = new AgentSettings(
                key(options, environment),
                edges(options),
                Optional.empty(),
                state(options),
                environment,
                options.all("secrets").stream().map(Path::of).toList(),
                types(options),
                new HashSet<>(options.all("run-as")),
                Optional.of(health(options)),
                tails(options),
                version());
        return new Arguments(options, settings, drain(options), log(options));
    }

    private static String version() {
        return Optional.ofNullable(AgentMain.class.getPackage().getImplementationVersion())
                .orElse("0.1.0");
    }

    /// Whether all that an agent is told but its key can be used.
    ///
    /// @throws Usage when something cannot
    static void check(Options options) throws Usage {
        var _ = types(options);
        var _ = edges(options);
        var _ = state(options);
        var _ = health(options);
        var _ = tails(options);
        var _ = drain(options);
        var _ = log(options);
    }

    static int health(Options options) throws Usage {
        return options.number("health-port", HEALTH);
    }

    private static long tails(Options options) throws Usage {
        return (long) Math.max(1, options.number("tails", (int) (Tails.MOST >> 20))) << 20;
    }

    static Duration drain(Options options) throws Usage {
        return Duration.ofSeconds(options.number("drain", (int) DRAIN.toSeconds()));
    }

    private static Log.Form log(Options options) throws Usage {
        var log = options.one("log");
        return log.isPresent() ? Log.Form.parse(log.get()) : Log.Form.usual();
    }

    static AgentKey key(Options options, Map<String, String> environment) throws Usage, BadAgentKey, IOException {
        var file = options.one("key-file").map(Path::of);
        if (file.isEmpty() && !environment.containsKey(AgentKey.VARIABLE) && Files.exists(ownKey(options))) {
            file = Optional.of(ownKey(options));
        }
        return AgentKey.parse(
                file.isPresent()
                        ? Files.readString(file.get(), StandardCharsets.UTF_8)
                        : environment.getOrDefault(AgentKey.VARIABLE, ""));
    }

    static Path state(Options options) throws Usage {
        return options.one("state").map(Path::of).orElse(STATE);
    }

    static Set<String> types(Options options) throws Usage {
        if (!options.has("type")) {
            return AgentSettings.ALL_TYPES;
        }
        var types = Set.copyOf(options.all("type"));
        if (!AgentSettings.ALL_TYPES.containsAll(types)) {
            throw new Usage("--type is one of custom, ssh and tcp");
        }
        return types;
    }

    static List<EdgeDoor> edges(Options options) throws Usage {
        var edges = new ArrayList<EdgeDoor>();
        for (var text : options.all("edge")) {
            try {
                edges.add(EdgeDoor.parse(text));
            } catch (IllegalArgumentException e) {
                throw new Usage("--edge: " + e.getMessage());
            }
        }
        return edges;
    }
}
