package dev.sallyport.agent;

import dev.sallyport.agent.process.Programs;
import dev.sallyport.core.agent.AgentKey;
import dev.sallyport.core.agent.BadAgentKey;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// An agent as a service of this machine: its unit, key and settings, and its state. Several may stand side by side,
/// each with a name.
///
/// Everything is looked at before the first thing is changed, and what was begun when writing fails is taken back.
/// With `--root` the files go below that folder, and systemd is not told.
final class Installation {

    /// What it is installed on.
    interface Machine {

        /// Where its files are.
        Path root();

        /// Whether this process may install services on it.
        boolean administers();

        /// Runs one of its programs to the end; it tells the operator itself what it has to say.
        ///
        /// @return its exit code
        int run(List<String> command) throws IOException, InterruptedException;
    }

    /// The machine that this process is on.
    record ThisMachine() implements Machine {

        @Override
        public Path root() {
            return ROOT;
        }

        @Override
        public boolean administers() {
            return Programs.startedAsRoot();
        }

        @Override
        public int run(List<String> command) throws IOException, InterruptedException {
            return new ProcessBuilder(command).inheritIO().start().waitFor();
        }
    }

    private static final String USUAL = "default";
    private static final Path ROOT = Path.of("/");
    private static final Path UNITS = Path.of("/etc/systemd/system");
    private static final Path CONFIGURATIONS = Path.of("/etc/sallyport/agent");
    private static final Path STATES = Path.of("/var/lib/sallyport/agent");
    private static final Path COMMAND_LINE = Path.of("/proc/self/cmdline");
    private static final Path EXECUTABLE = Path.of("/proc/self/exe");
    private static final String MAIN = AgentMain.class.getName();

    private final String name;
    private final Optional<Path> elsewhere;
    private final Machine machine;
    private final PrintStream out;

    private Installation(Options options, Machine machine, PrintStream out) throws Usage {
        this.name = options.one("name").orElse(USUAL);
        this.elsewhere = options.one("root").map(root -> Path.of(root).toAbsolutePath());
        this.machine = machine;
        this.out = out;
        if (!name.matches("[a-z0-9][a-z0-9-]{0,31}")) {
            throw new Usage("--name is up to 32 small letters, digits and hyphens, and not " + name);
        }
    }

    /// Does what a command says.
    ///
    /// @return the exit code
    static int run(
            String command, List<String> words, Map<String, String> environment, Machine machine, PrintStream out)
            throws Usage, BadAgentKey, IOException, InterruptedException {
        return switch (command) {
            case "install" -> {
                var options = Options.read(words, Set.of("name", "root", "program"), Set.of("start"));
                yield new Installation(options, machine, out).install(options, environment);
            }
            case "uninstall" -> {
                var options = Options.ofWords(words, Set.of("name", "root"), Set.of("purge"));
                yield new Installation(options, machine, out).uninstall(options.has("purge"));
            }
            case "logs" -> {
                var options = Options.ofWords(words, Set.of("name"), Set.of("follow"));
                yield new Installation(options, machine, out).logs(options.has("follow"));
            }
            case "start", "stop", "status" -> {
                var options = Options.ofWords(words, Set.of("name"), Set.of());
                yield new Installation(options, machine, out).control(command);
            }
            default -> throw new Usage("unknown command " + command + "; --help shows them");
        };
    }

    private Path at(Path path) {
        return elsewhere.orElse(machine.root()).resolve(ROOT.relativize(path));
    }

    private Path unit() {
        return at(UNITS.resolve(Unit.fileOf(name)));
    }

    private Path configuration() {
        return at(CONFIGURATIONS.resolve(name));
    }

    private Path state() {
        return at(STATES.resolve(name));
    }

    private boolean real() {
        return elsewhere.isEmpty();
    }

    private int install(Options options, Map<String, String> environment)
            throws Usage, BadAgentKey, IOException, InterruptedException {
        mayChange();
        if (options.has("state")) {
            throw new Usage("--state is not for install: the state is kept in " + STATES.resolve(name));
        }
        if (options.has("start") && !real()) {
            throw new Usage("--start is for this machine, and not for the files below --root");
        }
        AgentMain.check(options);
        var source = source(options, environment);
        var drain = AgentMain.drain(options);
        var program = program(options.one("program"));
        if (Files.exists(unit(), LinkOption.NOFOLLOW_LINKS)
                || Files.exists(configuration(), LinkOption.NOFOLLOW_LINKS)) {
            throw new Usage("there is an agent " + name + " already; uninstall it first (its state stays), or give"
                    + " this one another --name");
        }
        mayListen(AgentMain.health(options));
        var settings = settings(options);
        write(source, settings, unit(drain, program));
        out.println("installed " + unit());
        if (!real()) {
            return 0;
        }
        var enable = options.has("start")
                ? List.of("systemctl", "enable", "--now", Unit.fileOf(name))
                : List.of("systemctl", "enable", Unit.fileOf(name));
        int told = told(List.of(List.of("systemctl", "daemon-reload"), enable));
        if (told == 0) {
            out.println(
                    options.has("start")
                            ? "started it; sallyport-agent logs --name " + name + " shows what it does"
                            : "start it with: sallyport-agent start --name " + name);
        }
        return told;
    }

    private Unit unit(Duration drain, List<String> program) {
        var folder = CONFIGURATIONS.resolve(name);
        return new Unit(
                name, program, folder.resolve("config"), folder.resolve("environment"), STATES.resolve(name), drain);
    }

    /// What the service's own file says: what was asked for, with the places of the service.
    private String settings(Options options) throws Usage {
        for (var values : options.values().values()) {
            for (var value : values) {
                if (value.lines().count() > 1 || !value.equals(value.strip())) {
                    throw new Usage("no setting has a line break in it, or a space at its ends");
                }
            }
        }
        for (var folder : options.all("secrets")) {
            if (!Path.of(folder).isAbsolute()) {
                throw new Usage("--secrets of a service is an absolute path, and not " + folder);
            }
        }
        var kept = options.without(
                Set.of("name", "root", "program", "start", Options.CONFIG, Options.JOIN, Options.API_CA, "key-file"));
        return "# The settings of the agent " + name + ": sallyport-agent --help\n"
                + "key-file = " + CONFIGURATIONS.resolve(name).resolve("key") + "\n"
                + "state = " + STATES.resolve(name) + "\n" + kept.lines();
    }

    /// The words that start this program: those given, or those that started this process, without its arguments.
    private static List<String> program(Optional<String> given) throws Usage, IOException {
        if (given.isPresent()) {
            var file = Path.of(given.get());
            if (!file.isAbsolute() || !Files.isRegularFile(file) || !Files.isExecutable(file)) {
                throw new Usage("--program is the absolute path of a program, and not " + file);
            }
            return printable(List.of(file.toString()));
        }
        // ProcessHandle knows no command line of more than a page, which a class path is
        var words = List.of(Files.readString(COMMAND_LINE).split("\0", -1));
        int main = words.indexOf(MAIN);
        if (main < 0) {
            throw new Usage("how this program was started cannot be seen; say --program FILE");
        }
        var all = new ArrayList<>(List.of(Files.readSymbolicLink(EXECUTABLE).toString()));
        all.addAll(words.subList(1, main + 1));
        absolute(all);
        return printable(all);
    }

    /// A service is started in another folder than this process.
    private static void absolute(List<String> words) throws Usage {
        int option = words.indexOf("-cp");
        if (option < 0 || option + 1 == words.size()) {
            throw new Usage("how this program was started cannot be repeated; say --program FILE");
        }
        for (var entry : words.get(option + 1).split(":", -1)) {
            if (!Path.of(entry).isAbsolute()) {
                throw new Usage("this program was started by a path that is not absolute; say --program FILE");
            }
        }
    }

    private static List<String> printable(List<String> words) throws Usage {
        if (words.getFirst().chars().anyMatch(character -> "\"'\\".indexOf(character) >= 0)) {
            throw new Usage("systemd runs no program whose path has quotes or backslashes in it");
        }
        for (var word : words) {
            if (word.chars().anyMatch(character -> character < ' ' || character == 127)) {
                throw new Usage("the program's path has a control character in it");
            }
        }
        return words;
    }

    /// Where the agent's key comes from.
    private interface Source {
        AgentKey key() throws Usage, IOException, InterruptedException;
    }

    /// The key that is there, or the line to fetch one with. Everything else that was asked for is looked at, too.
    private static Source source(Options options, Map<String, String> environment)
            throws Usage, BadAgentKey, IOException {
        var line = AgentMain.line(options, environment);
        if (line.isEmpty()) {
            var key = AgentMain.read(options, environment).settings().key();
            return () -> key;
        }
        if (options.has("key-file") || environment.containsKey(AgentKey.VARIABLE)) {
            throw new Usage("there is a key and a join line: give the agent one of them");
        }
        var registration = AgentMain.registration(options, line.get());
        return registration::fetch;
    }

    /// A line to join with is used when all the rest is written.
    private void write(Source source, String settings, Unit unit) throws Usage, IOException, InterruptedException {
        Deque<Path> made = new ArrayDeque<>();
        boolean whole = false;
        try {
            folder(configuration(), "rwx------", made);
            var keyFile = configuration().resolve("key");
            file(keyFile, "", "rw-------", made);
            file(configuration().resolve("config"), settings, "rw-------", made);
            folder(state(), "rwx------", made);
            folder(at(UNITS), "rwxr-xr-x", made);
            file(unit(), unit.text(), "rw-r--r--", made);
            Files.writeString(keyFile, source.key().text() + "\n", StandardCharsets.UTF_8);
            whole = true;
        } finally {
            if (!whole) {
                for (var path : made) {
                    Files.deleteIfExists(path);
                }
            }
        }
    }

    /// Makes a folder and those above it, where they are not there.
    private static void folder(Path folder, String mode, Deque<Path> made) throws IOException {
        if (Files.isDirectory(folder)) {
            return;
        }
        var parent = folder.getParent();
        if (parent != null) {
            folder(parent, "rwxr-xr-x", made);
        }
        Files.createDirectory(folder);
        made.push(folder);
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(mode));
    }

    private static void file(Path file, String text, String mode, Deque<Path> made) throws IOException {
        var permissions = PosixFilePermissions.fromString(mode);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(permissions));
        made.push(file);
        Files.setPosixFilePermissions(file, permissions);
        Files.writeString(file, text, StandardCharsets.UTF_8);
    }

    private int uninstall(boolean purge) throws Usage, IOException, InterruptedException {
        mayChange();
        boolean installed = Files.exists(unit(), LinkOption.NOFOLLOW_LINKS)
                || Files.exists(configuration(), LinkOption.NOFOLLOW_LINKS);
        boolean left = purge && Files.exists(state(), LinkOption.NOFOLLOW_LINKS);
        if (!installed && !left) {
            throw new Usage("there is no agent " + name + " here");
        }
        if (real() && Files.exists(unit())) {
            int stopped = machine.run(List.of("systemctl", "disable", "--now", Unit.fileOf(name)));
            if (stopped != 0) {
                out.println("the agent " + name + " could not be stopped: nothing was removed");
                return stopped;
            }
        }
        Files.deleteIfExists(unit());
        delete(configuration());
        if (purge) {
            delete(state());
        }
        out.println("removed the agent " + name
                + (purge || !Files.exists(state())
                        ? ""
                        : "; its state stays in " + state() + " (--purge removes it, too)"));
        return real() ? machine.run(List.of("systemctl", "daemon-reload")) : 0;
    }

    /// Deletes a folder with what is in it; links are not followed.
    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure) throws IOException {
                if (failure != null) {
                    throw failure;
                }
                Files.delete(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private int control(String command) throws Usage, IOException, InterruptedException {
        mustBeThere();
        return machine.run(
                command.equals("status")
                        ? List.of("systemctl", "--no-pager", command, Unit.fileOf(name))
                        : List.of("systemctl", command, Unit.fileOf(name)));
    }

    private int logs(boolean follow) throws Usage, IOException, InterruptedException {
        mustBeThere();
        var command = new ArrayList<>(List.of("journalctl", "--output=cat", "--unit", Unit.fileOf(name)));
        command.add(follow ? "--follow" : "--no-pager");
        return machine.run(command);
    }

    private int told(List<List<String>> commands) throws IOException, InterruptedException {
        for (var command : commands) {
            int exit = machine.run(command);
            if (exit != 0) {
                return exit;
            }
        }
        return 0;
    }

    private void mayChange() throws Usage {
        if (real() && !machine.administers()) {
            throw new Usage("a service is installed and removed by root; --root DIR writes the files elsewhere");
        }
    }

    /// Two agents of a machine have not the same port for their health.
    private void mayListen(int port) throws Usage, IOException {
        var all = at(CONFIGURATIONS);
        if (port == 0 || !Files.isDirectory(all)) {
            return;
        }
        try (var others = Files.newDirectoryStream(all)) {
            for (var other : others) {
                var config = other.resolve("config");
                if (Files.isRegularFile(config)
                        && AgentMain.health(Options.read(
                                        List.of("--" + Options.CONFIG, config.toString()), Set.of(), Set.of()))
                                == port) {
                    throw new Usage("the agent " + other.getFileName() + " of this machine has port " + port
                            + " for its health: give this one another --health-port");
                }
            }
        }
    }

    private void mustBeThere() throws Usage {
        if (!Files.exists(unit())) {
            throw new Usage("there is no agent " + name + " here; install makes one");
        }
    }
}
