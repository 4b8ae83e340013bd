package dev.sallyport.cli.declared;

import dev.sallyport.api.Connections.ConnectionWrite;
import dev.sallyport.api.Connections.Ssh;
import dev.sallyport.cli.run.Action;
import dev.sallyport.cli.run.ExitCode;
import dev.sallyport.cli.run.Failure;
import dev.sallyport.cli.run.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Drafts connections of the hosts in a client's configuration.
@Command(
        name = "ssh-config",
        header = "Draft connections of the hosts in ~/.ssh/config.",
        description = {
            "Prints a file for  sally apply: HostName, Port and User of each Host, with what Host * adds, and its",
            "keys from known_hosts. Nothing else is carried over; what that means is said. No private key is read."
        },
        footer = {
            "",
            "Examples:",
            "  sally import ssh-config --agent office > connections.yaml",
            "  sally import ssh-config ./config --agent office --private-key file:/etc/sallyport/id_ed25519"
        })
public final class ImportSshConfig extends Action {

    /// Settings that change how the host is reached or who is let in: without them it may not work.
    private static final Map<String, String> MATTERS = Map.of(
            "proxyjump", "the agent has to reach the host by itself",
            "proxycommand", "the agent has to reach the host by itself",
            "localforward", "users forward for themselves, with ssh -L",
            "remoteforward", "there is no forwarding from the target to users",
            "dynamicforward", "users forward for themselves, with ssh -L",
            "forwardagent", "a user's keys do not go to the target",
            "remotecommand", "users say what to run",
            "setenv", "a connection's variables are for programs, not for an sshd");

    @Parameters(arity = "0..1", paramLabel = "FILE", description = "The configuration. Default: ~/.ssh/config.")
    private @Nullable Path file;

    @Option(names = "--agent", paramLabel = "AGENT", required = true, description = "The agent that reaches the hosts.")
    private String agent = "";

    @Option(names = "--user", paramLabel = "USER", description = "The account where none is said. Default: yours.")
    private @Nullable String user;

    @Option(
            names = "--private-key",
            paramLabel = "REFERENCE",
            description = "The private key for all of them, as a secret reference. Default:"
                    + " file:/etc/sallyport/secrets/NAME on the agent's machine.")
    private @Nullable String privateKey;

    public ImportSshConfig(Run run) {
        super(run);
    }

    @Override
    public Integer call() throws Exception {
        var home = run.surroundings().home();
        var path = file == null
                ? home.resolve(".ssh/config")
                : run.surroundings().folder().resolve(file);
        var config = SshConfig.read(path, home);
        var known = known(home);
        var draft = new Draft(path.toString());
        config.leftOut().forEach(what -> draft.remark("not carried over: " + what));
        for (var host : config.hosts()) {
            draft(draft, host, config.of(host), known);
        }
        draft.print(run);
        return ExitCode.OK;
    }

    private static KnownHosts known(Path home) throws Failure {
        var path = home.resolve(".ssh/known_hosts");
        return new KnownHosts(Files.isRegularFile(path) ? SshConfig.lines(path) : List.of());
    }

    private void draft(Draft draft, String host, Map<String, String> settings, KnownHosts known) {
        var name = Draft.name(host);
        var address =
                settings.getOrDefault("hostname", host).replace("%h", host).replace("%%", "%");
        var port = port(settings.getOrDefault("port", "22"));
        var account = Optional.ofNullable(settings.get("user"))
                .or(() -> Optional.ofNullable(user))
                .or(() -> Optional.ofNullable(run.surroundings().variables().get("USER")))
                .orElse("");
        if (port.isEmpty() || address.contains("%") || address.isEmpty()) {
            draft.leaveOut(host, "its HostName or Port is nothing that can be read here");
            return;
        }
        if (account.isEmpty() || account.contains("%")) {
            draft.leaveOut(host, "no User is said: give --user");
            return;
        }
        var remarks = new ArrayList<String>();
        MATTERS.keySet().stream()
                .sorted()
                .filter(keyword -> settings.containsKey(keyword)
                        && !settings.getOrDefault(keyword, "").matches("(?i)no|none"))
                .forEach(keyword -> remarks.add(
                        "not carried over: " + keyword + " " + settings.get(keyword) + ": " + MATTERS.get(keyword)));
        var keys = known.keys(settings.getOrDefault("hostkeyalias", address), port.get());
        if (keys.isEmpty()) {
            remarks.add("no key of this host is in ~/.ssh/known_hosts: put one into /etc/sallyport/known_hosts on the"
                    + " agent's machine, or name it as host_keys");
        }
        if (privateKey == null) {
            remarks.add("put a private key that the target accepts where private_key says, on the agent's machine");
        }
        draft.add(
                host,
                new ConnectionWrite(
                        name,
                        agent,
                        "ssh",
                        null,
                        new Ssh(
                                address,
                                port.get() == 22 ? null : port.get(),
                                account,
                                null,
                                privateKey == null ? "file:/etc/sallyport/secrets/" + name : privateKey,
                                keys.isEmpty() ? null : keys,
                                keys.isEmpty() ? "/etc/sallyport/known_hosts" : null,
                                null),
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null),
                remarks);
    }

    private static Optional<Integer> port(String text) {
        return text.matches("[0-9]{1,5}")
                ? Optional.of(Integer.valueOf(text)).filter(port -> port >= 1 && port <= 65_535)
                : Optional.empty();
    }
}
