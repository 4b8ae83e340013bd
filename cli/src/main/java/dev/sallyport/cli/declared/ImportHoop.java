package dev.sallyport.cli.declared;

import dev.sallyport.api.Connections.ConnectionWrite;
import dev.sallyport.api.Connections.Custom;
import dev.sallyport.api.Connections.Ssh;
import dev.sallyport.api.Connections.Tcp;
import dev.sallyport.cli.run.Action;
import dev.sallyport.cli.run.ExitCode;
import dev.sallyport.cli.run.Failure;
import dev.sallyport.cli.run.Run;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Drafts connections of a connections file of Hoop (`hoop admin create connections --from-file`).
@Command(
        name = "hoop",
        header = "Draft connections of a connections file of Hoop.",
        description = {
            "Reads the YAML file that  hoop admin create connections --from-file  takes, and prints a file for  sally",
            "apply: programs, sshds and TCP services. Databases and others are named and left out. The values of",
            "variables, which may be secret, are left out as well, unless --with-secrets is given."
        },
        footer = {"", "Example:", "  sally import hoop connections.yaml --run-as app > sallyport.yaml"})
public final class ImportHoop extends Action {

    private static final String NOT_SAID = "default";

    /// Variables that say where a target is, and are no secret.
    private static final Set<String> PLAIN = Set.of("HOST", "PORT", "USER", "DB", "DATABASE", "SSLMODE", "AWS_REGION");

    /// What stands for a variable of the agent's own.
    private static final String OF_THE_AGENT = "system.agent.envs";

    @Parameters(paramLabel = "FILE", description = "The file.")
    private Path file = Path.of("");

    @Option(names = "--agent", paramLabel = "AGENT", description = "The agent of all of them, instead of the file's.")
    private @Nullable String agent;

    @Option(names = "--run-as", paramLabel = "ACCOUNT", description = "The account that programs run as.")
    private @Nullable String runAs;

    @Option(
            names = "--with-secrets",
            description = "Write the values of variables too, as seal:VALUE; the file that is printed is secret then.")
    private boolean withSecrets;

    public ImportHoop(Run run) {
        super(run);
    }

    @Override
    public Integer call() throws Exception {
        var path = run.surroundings().folder().resolve(file);
        var text = String.join("\n", SshConfig.lines(path));
        var mistakes = new Mistakes();
        var draft = new Draft(file.toString());
        for (var document : Yaml.read(file.toString(), text)) {
            if (document instanceof Value.Fields fields) {
                read(draft, new Section(fields, "", mistakes));
            } else if (!(document instanceof Value.Nothing)) {
                throw Failure.failed(file + " is no connections file: it has no field  connections.");
            }
        }
        mistakes.end(run);
        draft.print(run);
        return ExitCode.OK;
    }

    private void read(Draft draft, Section all) {
        var defaults = new Defaults(
                Optional.ofNullable(all.text("agent")), Optional.ofNullable(all.text("type")), or(all.map("tags")));
        accessModes(all)
                .ifPresent(modes -> draft.remark(
                        "not carried over: access_modes " + modes + ": a rule says who may connect and who may exec"));
        var parts = all.parts("connections").orElse(List.of());
        for (var part : parts) {
            var name = part.needed("name");
            if (!name.isEmpty()) {
                read(draft, name, part, defaults);
            }
        }
        var _ = all.text("overwrite");
        var _ = all.text("schema");
        all.unasked().forEach(field -> draft.remark("not carried over: " + field + ", which is not known here"));
    }

    private record Defaults(Optional<String> agent, Optional<String> type, SortedMap<String, String> tags) {}

    private void read(Draft draft, String name, Section part, Defaults defaults) {
        var remarks = new ArrayList<String>();
        var ours = Draft.name(name);
        var itsAgent = part.text("agent");
        var chosen = agent != null
                ? agent
                : Draft.name(itsAgent == null ? defaults.agent().orElse(NOT_SAID) : itsAgent);
        var said = part.text("type");
        var type = said == null ? defaults.type().orElse("custom") : said;
        var variables = or(part.map("env"));
        var command = part.list("command");
        var tags = new TreeMap<>(defaults.tags());
        tags.putAll(or(part.map("tags")));
        accessModes(part)
                .ifPresent(modes -> remarks.add(
                        "not carried over: access_modes " + modes + ": a rule says who may connect and who may exec"));
        var _ = part.text("overwrite");
        var _ = part.text("schema");
        part.unasked().forEach(field -> remarks.add("not carried over: " + field + ", which is not known here"));

        var used = new HashSet<String>();
        @Nullable Custom custom = null;
        @Nullable Ssh ssh = null;
        @Nullable Tcp tcp = null;
        switch (type) {
            case "application/ssh", "application/git", "application/github" -> {
                used.addAll(List.of("HOST", "PORT", "USER", "PASS", "AUTHORIZED_SERVER_KEYS"));
                var port = port(variables, "22");
                if (port.isEmpty()
                        || value(variables, "HOST").isEmpty()
                        || value(variables, "USER").isEmpty()) {
                    draft.leaveOut(name, "its HOST, PORT or USER is nothing that can be read here");
                    return;
                }
                remarks.add("no host key is known: put one into /etc/sallyport/known_hosts on the agent's machine, or"
                        + " name it as host_keys");
                ssh = new Ssh(
                        value(variables, "HOST"),
                        port.get() == 22 ? null : port.get(),
                        value(variables, "USER"),
                        secret(ours, "PASS", variables, remarks),
                        secret(ours, "AUTHORIZED_SERVER_KEYS", variables, remarks),
                        null,
                        "/etc/sallyport/known_hosts",
                        null);
            }
            case "application/tcp" -> {
                used.addAll(List.of("HOST", "PORT"));
                var port = port(variables, "");
                if (port.isEmpty() || value(variables, "HOST").isEmpty()) {
                    draft.leaveOut(name, "its HOST or PORT is nothing that can be read here");
                    return;
                }
                tcp = new Tcp(value(variables, "HOST"), port.get());
            }
            default -> {
                if (!type.matches("custom|custom/.*|application/.*|command-line")
                        || command == null
                        || command.isEmpty()) {
                    draft.leaveOut(name, "there is no connection of the type " + type + " here yet");
                    return;
                }
                used.addAll(variables.keySet());
                custom = custom(ours, command, variables, remarks);
            }
        }
        variables.keySet().stream()
                .filter(variable -> !used.contains(variable))
                .forEach(variable -> remarks.add("not carried over: the variable " + variable));
        draft.add(
                name,
                new ConnectionWrite(
                        ours,
                        chosen,
                        custom != null ? "custom" : ssh != null ? "ssh" : "tcp",
                        custom,
                        ssh,
                        tcp,
                        null,
                        null,
                        null,
                        null,
                        null,
                        tags,
                        null),
                remarks);
    }

    private Custom custom(String ours, List<String> command, Map<String, String> variables, List<String> remarks) {
        var environment = new TreeMap<String, String>();
        for (var variable : variables.keySet()) {
            var value = variables.getOrDefault(variable, "");
            var reference = PLAIN.contains(variable) && plain(value)
                    ? "text:" + value
                    : secret(ours, variable, variables, remarks);
            if (reference != null) {
                environment.put(variable, reference);
            }
        }
        if (runAs == null) {
            remarks.add("run_as is not said: an agent that runs as root refuses a program without it");
        }
        return new Custom(command, runAs, null, null, environment, null, null);
    }

    /// A reference to the value of a variable: to the value itself where it may be shown, else to a file that an
    /// admin puts on the agent's machine.
    private @Nullable String secret(String ours, String variable, Map<String, String> variables, List<String> remarks) {
        var value = variables.get(variable);
        if (value == null || value.isEmpty()) {
            return null;
        }
        if (value.equals(OF_THE_AGENT)) {
            return "env:" + variable;
        }
        var itself = withSecrets ? itself(value) : Optional.<String>empty();
        if (itself.isPresent()) {
            return "seal:" + itself.get();
        }
        var reference = "file:/etc/sallyport/secrets/" + ours + "/" + variable;
        remarks.add("put the value of " + variable + " where its reference says, on the agent's machine"
                + (plain(value) || value.startsWith("base64://")
                        ? ", or use --with-secrets"
                        : ": it was a reference itself"));
        return reference;
    }

    /// The value, unless it stands elsewhere.
    private static Optional<String> itself(String value) {
        if (plain(value)) {
            return Optional.of(value);
        }
        if (!value.startsWith("base64://")) {
            return Optional.empty();
        }
        try {
            var bytes = Base64.getDecoder().decode(value.substring("base64://".length()));
            return Optional.of(new String(bytes, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static boolean plain(String value) {
        return !value.matches("(?s)(file|base64)://.*|_(aws|vaultkv1|vaultkv2|envjson):.*")
                && !value.equals(OF_THE_AGENT);
    }

    private static String value(Map<String, String> variables, String name) {
        var value = variables.getOrDefault(name, "");
        return plain(value) ? value : "";
    }

    private static Optional<Integer> port(Map<String, String> variables, String otherwise) {
        var text = variables.getOrDefault("PORT", otherwise);
        return text.matches("[0-9]{1,5}")
                ? Optional.of(Integer.valueOf(text)).filter(port -> port >= 1 && port <= 65_535)
                : Optional.empty();
    }

    private static Optional<String> accessModes(Section section) {
        var modes = section.list("access_modes");
        return modes == null ? Optional.empty() : Optional.of(String.join(", ", modes));
    }

    private static SortedMap<String, String> or(@Nullable SortedMap<String, String> map) {
        return map == null ? new TreeMap<>() : map;
    }
}
