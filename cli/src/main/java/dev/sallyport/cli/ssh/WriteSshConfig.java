package dev.sallyport.cli.ssh;

import dev.sallyport.api.Connections.Connection;
import dev.sallyport.cli.config.PrivateFile;
import dev.sallyport.cli.run.Action;
import dev.sallyport.cli.run.ExitCode;
import dev.sallyport.cli.run.Failure;
import dev.sallyport.cli.run.Pages;
import dev.sallyport.cli.run.Reason;
import dev.sallyport.cli.run.Run;
import dev.sallyport.core.connection.ConnectionName;
import dev.sallyport.core.sshserver.ClientCiphers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Prints what plain ssh needs.
@Command(
        name = "ssh-config",
        header = "Print the configuration with which plain ssh, scp, sftp, rsync and git reach the connections.",
        description = {
            "A Host for each login and connection, LOGIN+CONNECTION, and the host CA of the SSH door as a",
            "@cert-authority line, which needs OpenSSH 8.5 on this side; --known-hosts prints that line alone,",
            "for a known-hosts file. --install writes the hosts to ~/.config/sallyport/ssh_config and has",
            "~/.ssh/config include it; again after connections were added."
        },
        footer = {
            "",
            "Examples:",
            "  sally ssh-config --install && ssh alice+bash",
            "  sally ssh-config > sallyport.conf && ssh -F sallyport.conf alice+bash",
            "  sally ssh-config --login alice --identity ~/.ssh/id_ed25519 >> ~/.ssh/config",
            "  sally ssh-config --known-hosts >> ~/.ssh/known_hosts"
        })
public final class WriteSshConfig extends Action {

    @Option(
            names = "--login",
            paramLabel = "LOGIN",
            description = "A login name that your certificate lists; may be given several times. Default: those that"
                    + " the configuration knows.")
    private List<String> logins = new ArrayList<>();

    @Option(
            names = {"-i", "--identity"},
            paramLabel = "FILE",
            description = "The private key; its certificate is FILE-cert.pub.")
    private @Nullable Path identity;

    @Option(names = "--known-hosts", description = "Print the @cert-authority line only.")
    private boolean knownHosts;

    @ArgGroup(exclusive = true)
    private @Nullable Change change;

    /// What becomes of the user's own configuration of ssh.
    static final class Change {

        @Option(names = "--install", description = "Have ~/.ssh/config include the hosts.")
        private boolean install;

        @Option(names = "--uninstall", description = "Undo --install; what else stands in ~/.ssh/config stays.")
        private boolean uninstall;
    }

    public WriteSshConfig(Run run) {
        super(run);
    }

    @Override
    public Integer call() throws Exception {
        var chosen = change;
        if (chosen != null && knownHosts) {
            throw Failure.usage("--known-hosts prints a line; it does not go with --install or --uninstall.");
        }
        if (chosen != null && chosen.uninstall) {
            return uninstall();
        }
        var door = Door.find(run);
        if (knownHosts) {
            run.out().println(door.knownHosts());
            return ExitCode.OK;
        }
        var client = client();
        var names = Pages.all(cursor -> {
                    var page = client.connections(cursor);
                    return new Pages.One<>(page.items(), page.next());
                })
                .stream()
                .map(Connection::name)
                .filter(name -> ConnectionName.of(name).isPresent())
                .sorted()
                .toList();
        var text = text(door, logins(), names);
        if (chosen != null && chosen.install) {
            return install(text);
        }
        run.out().print(text);
        return ExitCode.OK;
    }

    private int install(String text) throws Failure {
        var hosts = hosts();
        if (hosts.toString().matches("(?s).*[*?\\[\\\\].*")) {
            throw Failure.failed(hosts + " has a character in it that an Include of ssh takes for a pattern.");
        }
        var inclusion = quoted(hosts.toString());
        written(hosts, text.getBytes(StandardCharsets.UTF_8));
        var file = ofTheUser();
        var before = content(file);
        var after = InclusionInSshConfig.in(before, inclusion);
        if (!Arrays.equals(before, after)) {
            written(file, after);
        }
        run.say(file + " includes " + hosts + ";  ssh LOGIN+CONNECTION  opens a connection.");
        return ExitCode.OK;
    }

    private int uninstall() throws Failure {
        var file = ofTheUser();
        var before = content(file);
        var after = InclusionInSshConfig.without(before);
        if (!Arrays.equals(before, after)) {
            written(file, after);
        }
        try {
            Files.deleteIfExists(hosts());
        } catch (IOException e) {
            throw Failure.failed(hosts() + " cannot be deleted: " + Reason.of(e) + ".");
        }
        run.say(file + (before.length == after.length ? " did not include" : " no longer includes")
                + " the connections.");
        return ExitCode.OK;
    }

    private Path hosts() {
        return run.surroundings().home().resolve(".config", "sallyport", "ssh_config");
    }

    private Path ofTheUser() {
        return run.surroundings().home().resolve(".ssh", "config");
    }

    private static byte[] content(Path file) throws Failure {
        try {
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            return new byte[0];
        } catch (IOException e) {
            throw Failure.failed(file + " cannot be read: " + Reason.of(e) + ".");
        }
    }

    private static void written(Path file, byte[] content) throws Failure {
        try {
            PrivateFile.change(file, content);
        } catch (IOException e) {
            throw Failure.failed(file + " cannot be written: " + Reason.of(e) + ".");
        }
    }

    private List<Login> logins() throws Failure {
        var chosen = new ArrayList<Login>();
        for (var login : logins) {
            chosen.add(Login.of(login));
        }
        if (chosen.isEmpty()) {
            chosen.addAll(Login.known(run));
        }
        if (chosen.isEmpty()) {
            throw Failure.usage("by which name do you log in? Say --login LOGIN, one that your certificate lists.");
        }
        if (identity == null) {
            return chosen;
        }
        var file = identity.toAbsolutePath().toString();
        return chosen.stream()
                .map(login -> new Login(login.name(), Optional.of(file), Optional.of(file + "-cert.pub")))
                .toList();
    }

    private static String text(Door door, List<Login> logins, List<String> connections) throws Failure {
        var text = new StringBuilder("# Sallyport at " + door.host() + ", port " + door.port()
                + ".  ssh LOGIN+CONNECTION  opens a connection. For a known-hosts file:\n# " + door.knownHosts()
                + "\n");
        for (var login : logins) {
            for (var connection : connections) {
                text.append("\nHost ").append(login.name()).append('+').append(connection);
                text.append("\n    User ").append(login.name()).append('+').append(connection);
                door(text, door);
                files(text, login);
            }
        }
        return text.append('\n').toString();
    }

    private static void door(StringBuilder text, Door door) {
        text.append("\n    HostName ").append(door.host());
        text.append("\n    Port ").append(door.port());
        text.append("\n    Ciphers ").append(ClientCiphers.QUICKEST_FIRST);
        text.append("\n    StrictHostKeyChecking yes");
        text.append("\n    UserKnownHostsFile /dev/null");
        text.append("\n    KnownHostsCommand /bin/echo ").append(door.knownHosts());
    }

    private static void files(StringBuilder text, Login login) throws Failure {
        if (login.identity().isPresent()) {
            text.append("\n    IdentityFile ").append(quoted(login.identity().get()));
            text.append("\n    IdentitiesOnly yes");
        }
        if (login.certificate().isPresent()) {
            text.append("\n    CertificateFile ")
                    .append(quoted(login.certificate().get()));
        }
        text.append('\n');
    }

    private static String quoted(String path) throws Failure {
        if (!path.chars().allMatch(character -> character >= ' ' && character != '"' && character != 0x7f)) {
            throw Failure.usage("ssh takes no path with a quotation mark or a control character.");
        }
        return '"' + path + '"';
    }
}
