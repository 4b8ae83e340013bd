package dev.sallyport.tests.bed;

import dev.sallyport.api.SallyportClient;
import dev.sallyport.standalone.ports.FreePorts;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/// A standalone in a process of its own, on a folder and ports of its own, as `make up` starts it.
public final class Instance implements AutoCloseable {

    private static final Duration START = Duration.ofMinutes(3);

    /// Stands for an agent's health, where others write a file.
    private static final String HEALTHY_AGENT = "attached.agent";

    /// Stands for nothing: it is not waited for.
    private static final String UNASKED = "";

    private static final ThreadLocal<List<Instance>> STARTED = ThreadLocal.withInitial(ArrayList::new);
    private static final Set<Instance> OPEN = ConcurrentHashMap.newKeySet();

    /// The root of the checkout: Maven runs tests in the module's folder.
    public static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    private final Path folder;
    private final List<String> command;
    private final Map<String, String> environment;
    private final String readyFile;
    private Process process;
    private boolean warm;
    private Optional<SallyportClient> api = Optional.empty();

    private Instance(Path folder, List<String> command, Map<String, String> environment, String readyFile)
            throws IOException, InterruptedException {
        this.folder = folder;
        this.command = List.copyOf(command);
        this.environment = Map.copyOf(environment);
        this.readyFile = readyFile;
        this.process = launch();
    }

    /// Starts one on a new folder, and returns when it says that it is ready.
    public static Instance start(String... more) throws IOException, InterruptedException {
        var arguments = new ArrayList<>(List.of("--any-port"));
        arguments.addAll(List.of(more));
        return start(Files.createTempDirectory("sallyport-test"), arguments, "ready", Map.of());
    }

    static Instance start(Path folder, List<String> more, String readyFile, Map<String, String> environment)
            throws IOException, InterruptedException {
        var command = new ArrayList<>(
                List.of(ROOT.resolve("tools/standalone").toString(), "up", "--folder", folder.toString()));
        command.addAll(more);
        return started(new Instance(folder, command, environment, readyFile));
    }

    /// The same in a network of its own. Whether it is attached, nobody can ask it out here.
    static Instance startAgent(List<String> inside, Path folder, Map<String, String> environment)
            throws IOException, InterruptedException {
        var command = new ArrayList<>(inside);
        command.addAll(agent(folder));
        return started(new Instance(folder, command, environment, UNASKED));
    }

    /// An agent as its operator starts it, with the key, the secrets and the state in the folder's `agent/`.
    static Instance startAgent(Path folder, List<String> options, Map<String, String> environment)
            throws IOException, InterruptedException {
        int health = FreePorts.next();
        Files.writeString(folder.resolve("health.agent"), "http://127.0.0.1:" + health + "\n");
        var command = new ArrayList<>(agent(folder));
        command.addAll(List.of("--health-port", Integer.toString(health)));
        command.addAll(options);
        return started(new Instance(folder, command, environment, HEALTHY_AGENT));
    }

    private static List<String> agent(Path folder) {
        return List.of(
                ROOT.resolve("tools/agent").toString(),
                "--key-file",
                folder.resolve("agent/key").toString(),
                "--state",
                folder.resolve("agent").toString(),
                "--secrets",
                folder.resolve("agent/secrets").toString());
    }

    private static Instance started(Instance instance) {
        STARTED.get().add(instance);
        OPEN.add(instance);
        return instance;
    }

    /// The instances that this thread started since this was last called, and that were not forgotten.
    static List<Instance> takeStarted() {
        var taken = List.copyOf(STARTED.get());
        STARTED.get().clear();
        return taken;
    }

    /// All that were not closed for good.
    static Set<Instance> open() {
        return Set.copyOf(OPEN);
    }

    /// This one outlives the case that started it.
    static void forget(Instance instance) {
        STARTED.get().remove(instance);
    }

    /// It outlives the case that started it: whoever started it closes it.
    public void keep() {
        forget(this);
    }

    private Process launch() throws IOException, InterruptedException {
        if (!readyFile.equals(UNASKED)) {
            Files.deleteIfExists(folder.resolve(readyFile));
        }
        var builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log(folder).toFile()));
        builder.environment().putAll(environment);
        var launched = builder.start();
        var until = Instant.now().plus(START);
        while (!ready()) {
            if (launched.waitFor(50, TimeUnit.MILLISECONDS) || Instant.now().isAfter(until)) {
                launched.destroyForcibly();
                throw new AssertionError(command + " did not start:\n" + Files.readString(log(folder)));
            }
        }
        return launched;
    }

    private boolean ready() throws IOException {
        if (readyFile.equals(UNASKED)) {
            return true;
        }
        if (!readyFile.equals(HEALTHY_AGENT)) {
            return Files.exists(folder.resolve(readyFile));
        }
        try (var answer = URI.create("http://127.0.0.1:" + healthPort("agent") + "/healthz")
                .toURL()
                .openStream()) {
            return answer.readAllBytes().length > 0;
        } catch (IOException notAttachedYet) {
            return false;
        }
    }

    private static Path log(Path folder) {
        return folder.resolveSibling(folder.getFileName() + ".log");
    }

    /// Once: one session of each kind, so that caches, pools and threads are there before the first case.
    synchronized void warmUp() throws IOException, InterruptedException {
        if (warm) {
            return;
        }
        warm = true;
        for (int i = 0; i < 2; i++) {
            ssh("alice", "bash", "true").now();
            sshWith(List.of("-tt"), "alice", "bash", "true").now();
            ssh("alice+demo-host", "true").now();
            sally("sessions", "ls").now();
        }
    }

    public Path folder() {
        return folder;
    }

    public Process process() {
        return process;
    }

    public String log() throws IOException {
        return Files.readString(log(folder));
    }

    /// `ssh` as the demo's user, with the arguments that follow the host.
    public Run ssh(String user, String... arguments) {
        return sshWith(List.of(), user, arguments);
    }

    /// The same with options before the host.
    public Run sshWith(List<String> options, String user, String... arguments) {
        var command = new ArrayList<>(
                List.of("ssh", "-F", folder.resolve("ssh_config").toString()));
        command.addAll(options);
        command.add(user);
        command.addAll(List.of(arguments));
        return Run.of(command).asClientOf(this);
    }

    /// `ssh` as the demo's user, running while the test goes on.
    public Client open(String user, String... arguments) throws IOException {
        return openWith(List.of(), user, arguments);
    }

    /// The same with options before the host.
    public Client openWith(List<String> options, String user, String... arguments) throws IOException {
        var command = new ArrayList<>(
                List.of("ssh", "-F", folder.resolve("ssh_config").toString()));
        command.addAll(options);
        command.add(user);
        command.addAll(List.of(arguments));
        return Client.start(this, command);
    }

    /// The CLI as the instance's admin.
    public Run sally(String... arguments) {
        var command = new ArrayList<>(List.of(ROOT.resolve("sally").toString()));
        command.add("--config");
        command.add(folder.resolve("cli.json").toString());
        command.addAll(List.of(arguments));
        return Run.of(command, Map.of("NO_COLOR", "1"));
    }

    /// The same, kept for as long as the instance runs.
    synchronized SallyportClient api() throws IOException {
        if (api.isEmpty()) {
            api = Optional.of(admin());
        }
        return api.get();
    }

    /// The REST API as the instance's admin.
    public SallyportClient admin() throws IOException {
        var json = Files.readString(folder.resolve("cli.json"));
        return new SallyportClient(URI.create(field(json, "url")), field(json, "key"));
    }

    /// The API for who has this key.
    public SallyportClient api(String secret) throws IOException {
        var json = Files.readString(folder.resolve("cli.json"));
        return new SallyportClient(URI.create(field(json, "url")), secret);
    }

    private static String field(String json, String name) {
        var matcher = Pattern.compile("\"" + name + "\"\\s*:\\s*\"([^\"]*)\"").matcher(json);
        if (!matcher.find()) {
            throw new AssertionError("cli.json has no " + name);
        }
        return matcher.group(1);
    }

    /// `ssh` with a key and certificate of the test's own instead of the demo's, to the same edge.
    public Run sshAs(String login, Path key, List<String> options, String... arguments) {
        var command = new ArrayList<>(List.of(
                "ssh", "-F", folder.resolve("ssh_config").toString(), "-o", "User=" + login, "-i", key.toString()));
        command.addAll(options);
        command.add("edge");
        command.addAll(List.of(arguments));
        return Run.of(command).asClientOf(this);
    }

    /// A port of its `config.toml`: `ssh`, `api` or `agents`.
    public int port(String section) throws IOException {
        var lines = Files.readAllLines(folder.resolve("config.toml")).stream()
                .dropWhile(line -> !line.equals("[" + section + "]"))
                .dropWhile(line -> !line.startsWith("port = "))
                .findFirst();
        return Integer.parseInt(lines.orElseThrow().substring("port = ".length()));
    }

    /// Where `edge` or `agent` answers for its health.
    int healthPort(String part) throws IOException {
        return URI.create(Files.readString(folder.resolve("health." + part)).strip())
                .getPort();
    }

    /// What a part (`edge`, `agent`, `edge-2`) says of itself under this name.
    public long metric(String part, String name) throws IOException {
        var address =
                URI.create(Files.readString(folder.resolve("health." + part)).strip() + "/metrics");
        try (var in = address.toURL().openStream()) {
            var text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            var matcher = Pattern.compile("(?m)^" + Pattern.quote(name) + " ([0-9]+)$")
                    .matcher(text);
            if (!matcher.find()) {
                throw new AssertionError(part + " does not tell " + name + ":\n" + text);
            }
            return Long.parseLong(matcher.group(1));
        }
    }

    /// Whether the API is in this process.
    boolean hasApi() {
        return process.isAlive() && (readyFile.equals("ready") || readyFile.equals("ready.control"));
    }

    /// `kill -9`: nothing gets a chance to say good-bye.
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /// Starts it again on the same folder.
    public void restart() throws IOException, InterruptedException {
        process = launch();
        OPEN.add(this);
    }

    @Override
    public void close() {
        stop();
    }

    /// Stops it as its operator does; [#restart] starts it again.
    public void stop() {
        OPEN.remove(this);
        process.destroy();
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
                throw new AssertionError("standalone did not stop on SIGTERM within 30 s:\n" + log());
            }
        } catch (InterruptedException | IOException e) {
            process.destroyForcibly();
            throw new IllegalStateException(e);
        }
    }
}
