package dev.sallyport.cli.ssh;

import dev.sallyport.cli.run.Failure;
import dev.sallyport.cli.run.Reason;
import dev.sallyport.cli.run.Run;
import dev.sallyport.core.connection.ConnectionName;
import dev.sallyport.core.sshserver.ClientCiphers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The ssh that is installed here, run with the options that a connection needs. What it ends with is passed on.
final class InstalledSsh {

    @Option(
            names = "--as",
            paramLabel = "LOGIN",
            description = "Log in by this name, one that your certificate lists. Default: the first one that the"
                    + " configuration knows.")
    private @Nullable String as;

    @Option(
            names = {"-i", "--identity"},
            paramLabel = "FILE",
            description = "The private key, with its certificate beside it.")
    private @Nullable Path identity;

    @Option(names = "--dry-run", description = "Print the command instead of running it.")
    private boolean dryRun;

    /// Runs it, or prints the command where that is asked for.
    ///
    /// @param options for ssh, besides those that every connection needs
    /// @return the exit status of ssh
    int run(Run run, String name, List<String> options, List<String> command) throws Exception {
        return run(run, connection(name), options, command, Optional.empty());
    }

    /// The same with a file for stdin, which ssh itself reads: it is never here as a whole.
    int run(Run run, ConnectionName connection, List<String> options, List<String> command, Optional<Path> input)
            throws Exception {
        var arguments = arguments(run, connection, options, command);
        if (dryRun) {
            run.out()
                    .println(Shell.line(arguments)
                            + input.map(file -> " < " + Shell.line(List.of(file.toString())))
                                    .orElse(""));
            return 0;
        }
        run.out().flush();
        run.surroundings().err().flush();
        return started(run, arguments, input);
    }

    /// @throws Failure when a connection cannot be called so
    static ConnectionName connection(String name) throws Failure {
        return ConnectionName.of(name)
                .orElseThrow(() -> Failure.usage("that is not a connection's name;  sally ls  lists them."));
    }

    /// The file as it can be read.
    ///
    /// @throws Failure when it cannot
    static Path readable(Path file) throws Failure {
        if (Files.isDirectory(file)) {
            throw Failure.usage(file + " is a folder, not a file. Nothing was run.");
        }
        if (!Files.exists(file)) {
            throw Failure.usage(file + " cannot be read: there is no such file. Nothing was run.");
        }
        if (!Files.isReadable(file)) {
            throw Failure.usage(file + " cannot be read: access is denied. Nothing was run.");
        }
        return file;
    }

    private List<String> arguments(Run run, ConnectionName connection, List<String> options, List<String> command)
            throws Exception {
        var login = login(run);
        var arguments = new ArrayList<String>(List.of("ssh"));
        var file = run.configuration().sshConfig();
        String host;
        if (file.isPresent()) {
            arguments.addAll(List.of("-F", file.get().toString()));
            host = login.name();
        } else {
            var door = Door.find(run);
            var knownHosts = knownHosts(run, door);
            arguments.addAll(List.of("-p", Integer.toString(door.port())));
            arguments.addAll(List.of("-c", ClientCiphers.QUICKEST_FIRST));
            arguments.addAll(List.of("-o", "UserKnownHostsFile=\"" + knownHosts + "\""));
            arguments.addAll(List.of("-o", "StrictHostKeyChecking=yes"));
            host = door.host();
        }
        if (identity != null) {
            arguments.addAll(List.of("-i", identity.toString()));
        }
        arguments.addAll(options);
        arguments.addAll(List.of("-l", login.name() + "+" + connection, "--", host));
        arguments.addAll(command);
        return arguments;
    }

    private Login login(Run run) throws Failure {
        if (as != null) {
            return Login.of(as);
        }
        var known = Login.known(run);
        if (known.isEmpty()) {
            throw Failure.usage("by which name? Say --as LOGIN, one that your certificate lists, or write \"login\""
                    + " into " + run.configuration().path() + ".");
        }
        return known.getFirst();
    }

    /// A known-hosts file of our own, beside the configuration, with the host CA and nothing else.
    private static Path knownHosts(Run run, Door door) throws Failure {
        var file = run.configuration().path().resolveSibling("sally_known_hosts");
        var text = door.knownHosts() + "\n";
        try {
            if (!Files.exists(file) || !Files.readString(file).equals(text)) {
                Files.writeString(file, text);
            }
            return file.toAbsolutePath();
        } catch (IOException e) {
            throw Failure.failed(file + " cannot be written: " + Reason.of(e) + ".");
        }
    }

    private static int started(Run run, List<String> arguments, Optional<Path> input)
            throws Failure, InterruptedException {
        var command = new ArrayList<>(arguments);
        command.set(0, program(run));
        Process ssh;
        var builder = new ProcessBuilder(command).inheritIO();
        input.ifPresent(file -> builder.redirectInput(file.toFile()));
        try {
            ssh = builder.start();
        } catch (IOException e) {
            if (input.isPresent()) {
                readable(input.get());
            }
            throw Failure.failed("ssh cannot be run. Is it installed (package openssh-client)?");
        }
        // A signal that ends us must not leave it behind.
        var end = new Thread(ssh::destroy);
        Runtime.getRuntime().addShutdownHook(end);
        int status = ssh.waitFor();
        Runtime.getRuntime().removeShutdownHook(end);
        return status;
    }

    /// The first ssh on the PATH.
    private static String program(Run run) {
        for (var folder :
                run.surroundings().variables().getOrDefault("PATH", "").split(":", -1)) {
            var program = Path.of(folder).resolve("ssh");
            if (Files.isExecutable(program) && !Files.isDirectory(program)) {
                return program.toAbsolutePath().toString();
            }
        }
        return "ssh";
    }

    /// Words as a shell reads them.
    static final class Shell {

        private Shell() {}

        static String line(List<String> words) {
            return words.stream().map(Shell::quoted).collect(Collectors.joining(" "));
        }

        private static String quoted(String word) {
            return word.matches("[A-Za-z0-9_./:=@+,-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
        }
    }
}
