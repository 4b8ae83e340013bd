package dev.sallyport.standalone;

import com.electronwill.nightconfig.core.Config;
import com.electronwill.nightconfig.core.UnmodifiableConfig;
import com.electronwill.nightconfig.core.io.ParsingException;
import com.electronwill.nightconfig.toml.TomlParser;
import dev.sallyport.core.certificate.SourceAddresses;
import dev.sallyport.edge.EdgeLimits;
import dev.sallyport.edge.Limit;
import dev.sallyport.standalone.ports.FreePorts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// What an instance's `config.toml` says. A key that is not known is an error: a misspelt limit must not pass
/// silently.
///
/// @param sshAddress where the SSH door listens
/// @param sshPort a free one, where the file says 0; so are the other ports
/// @param sshNames further names and addresses by which users reach the edge, for its host certificate
/// @param sshProxies networks of load balancers that put a PROXY header, version 2, in front of each connection
/// @param sshChacha20 whether chacha20-poly1305 is offered to clients as well
/// @param apiAddress where the REST API listens: loopback, unless it has TLS
/// @param apiTls the API's certificate and key
/// @param agentPort agents and their TLS
/// @param agentNames names and addresses by which agents elsewhere reach the edge; the first stands in their
///     keys
/// @param cellAddress where the edges of an instance reach each other: a host of this machine's
/// @param demo whether a first start makes the demo tenant
/// @param limits what stands below `[limits]`, by the names of [Limit]
public record Settings(
        String sshAddress,
        int sshPort,
        List<String> sshNames,
        SourceAddresses sshProxies,
        boolean sshChacha20,
        String apiAddress,
        int apiPort,
        Optional<ApiTls> apiTls,
        String agentAddress,
        int agentPort,
        List<String> agentNames,
        String cellAddress,
        boolean demo,
        EdgeLimits limits) {

    /// Files of the operator's, in PEM.
    record ApiTls(Path certificate, Path key) {}

    private static final String LIMITS = "limits.";
    private static final int MOST_NAMES = 64;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._:-]{1,255}");

    private static final String FIRST = """
            # Sallyport standalone. Changes count from the next start; a port of 0 picks a free one.

            [ssh]
            address = "127.0.0.1"
            port = 12222
            # further names of this machine, for the host certificate: names = ["edge.example.com"]

            [api]
            # beyond loopback it needs TLS: certificate = "api.crt", key = "api.key" (PEM, from this folder)
            address = "127.0.0.1"
            port = 8009

            [agents]
            address = "127.0.0.1"
            port = 8010
            # names by which agents elsewhere dial; the first stands in their keys: names = ["edge.example.com"]

            [demo]
            # whether a first start makes a tenant to try things with
            enabled = true

            [limits]
            # all of them, with what each does: docs/operations.md, such as  handshake = "30s"
            """;

    private static final Set<String> KEYS = Set.of(
            "ssh.address",
            "ssh.port",
            "ssh.names",
            "ssh.proxies",
            "ssh.chacha20",
            "api.address",
            "api.port",
            "api.certificate",
            "api.key",
            "agents.address",
            "agents.port",
            "agents.names",
            "cell.address",
            "demo.enabled");

    /// The same with the ports of another edge of the instance: those next to the ones of the edge before,
    /// unless others are given.
    Settings ofEdge(int number, Optional<Integer> otherSshPort, Optional<Integer> otherAgentPort) {
        return new Settings(
                sshAddress,
                otherSshPort.orElse(sshPort + number - 1),
                sshNames,
                sshProxies,
                sshChacha20,
                apiAddress,
                apiPort,
                apiTls,
                agentAddress,
                otherAgentPort.orElse(agentPort + number - 1),
                agentNames,
                cellAddress,
                demo,
                limits);
    }

    /// Where users who come from `listens` find the door: that very address, unless it stands for all of them.
    String reachedAt(String listens) {
        return listens.equals("0.0.0.0") || listens.equals("::")
                ? sshNames.stream().findFirst().orElse("127.0.0.1")
                : listens;
    }

    /// Reads the file, writing it first when there is none. With `anyPort`, a file that is
    /// written names ports that were free then, so that a restart keeps them; without `demo`, it says so.
    static Settings read(Path file, boolean anyPort, boolean demo) throws CannotStart {
        try {
            if (!Files.exists(file)) {
                var first = anyPort ? withFreePorts() : FIRST;
                Files.writeString(file, demo ? first : first.replace("enabled = true", "enabled = false"));
            }
            return of(new TomlParser().parse(Files.readString(file)), file);
        } catch (ParsingException e) {
            throw new CannotStart(file + " is not TOML: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new CannotStart("could not read " + file + ": " + e.getMessage(), e);
        }
    }

    private static String withFreePorts() throws IOException {
        var text = FIRST;
        for (var port : List.of("12222", "8009", "8010")) {
            text = text.replace("port = " + port, "port = " + FreePorts.next());
        }
        return text;
    }

    private static Settings of(Config toml, Path file) throws CannotStart, IOException {
        for (var section : toml.entrySet()) {
            if (!(section.getValue() instanceof UnmodifiableConfig keys)) {
                throw unknown(section.getKey(), file);
            }
            for (var key : keys.entrySet()) {
                if (!keys().contains(section.getKey() + "." + key.getKey())) {
                    throw unknown(section.getKey() + "." + key.getKey(), file);
                }
            }
        }
        var api = text(toml, "api.address", "127.0.0.1", file);
        var tls = apiTls(toml, file);
        if (tls.isEmpty() && !api.equals("127.0.0.1") && !api.equals("::1") && !api.equals("localhost")) {
            throw new CannotStart(file
                    + ": api.address must be loopback as long as the API has no TLS; set api.certificate and api.key");
        }
        return new Settings(
                text(toml, "ssh.address", "127.0.0.1", file),
                port(toml, "ssh.port", 12_222, file),
                names(toml, "ssh.names", file),
                networks(toml, "ssh.proxies", file),
                bool(toml, "ssh.chacha20", false, file),
                api,
                port(toml, "api.port", 8009, file),
                tls,
                text(toml, "agents.address", "127.0.0.1", file),
                port(toml, "agents.port", 8010, file),
                names(toml, "agents.names", file),
                text(toml, "cell.address", "127.0.0.1", file),
                bool(toml, "demo.enabled", true, file),
                limits(toml, file));
    }

    private static EdgeLimits limits(Config toml, Path file) throws CannotStart {
        var set = new EnumMap<Limit, Long>(Limit.class);
        for (var limit : Limit.values()) {
            var key = LIMITS + limit.key();
            Optional<Object> value = toml.getOptional(key);
            if (value.isPresent()) {
                try {
                    set.put(limit, limit.read(value.get()));
                } catch (IllegalArgumentException e) {
                    throw new CannotStart(file + ": " + key + " " + e.getMessage(), e);
                }
            }
        }
        return EdgeLimits.of(set);
    }

    private static Set<String> keys() {
        var all = new TreeSet<>(KEYS);
        for (var limit : Limit.values()) {
            all.add(LIMITS + limit.key());
        }
        return all;
    }

    private static Optional<ApiTls> apiTls(Config toml, Path file) throws CannotStart {
        var certificate = text(toml, "api.certificate", "", file);
        var key = text(toml, "api.key", "", file);
        if (certificate.isEmpty() != key.isEmpty()) {
            throw new CannotStart(file + ": api.certificate and api.key belong together");
        }
        return certificate.isEmpty()
                ? Optional.empty()
                : Optional.of(new ApiTls(file.resolveSibling(certificate), file.resolveSibling(key)));
    }

    private static CannotStart unknown(String key, Path file) {
        return new CannotStart(
                file + " has a key that does not exist: " + key + "; known are " + String.join(", ", keys()));
    }

    private static String text(Config toml, String key, String otherwise, Path file) throws CannotStart {
        return switch (toml.getOrElse(key, (Object) otherwise)) {
            case String text -> text;
            default -> throw new CannotStart(file + ": " + key + " is a text, in quotes");
        };
    }

    private static List<String> names(Config toml, String key, Path file) throws CannotStart {
        if (toml.getOrElse(key, (Object) List.of()) instanceof List<?> list
                && list.size() <= MOST_NAMES
                && list.stream()
                        .allMatch(one ->
                                one instanceof String name && NAME.matcher(name).matches())) {
            return list.stream().map(String.class::cast).toList();
        }
        throw new CannotStart(
                file + ": " + key + " is a list of host names and addresses, such as [\"edge.example.com\"]");
    }

    private static SourceAddresses networks(Config toml, String key, Path file) throws CannotStart {
        var list = toml.getOrElse(key, (Object) List.of());
        if (list instanceof List<?> empty && empty.isEmpty()) {
            return SourceAddresses.NONE;
        }
        if (list instanceof List<?> texts && texts.stream().allMatch(String.class::isInstance)) {
            var networks =
                    SourceAddresses.parse(texts.stream().map(String.class::cast).collect(Collectors.joining(",")));
            if (!networks.equals(SourceAddresses.NONE)) {
                return networks;
            }
        }
        throw new CannotStart(file + ": " + key + " is a list of networks, such as [\"10.0.0.0/8\"]");
    }

    private static int port(Config toml, String key, int otherwise, Path file) throws CannotStart, IOException {
        return switch (toml.getOrElse(key, (Object) otherwise)) {
            case Integer port when port == 0 -> FreePorts.next();
            case Integer port when port > 0 && port <= 65_535 -> port;
            default -> throw new CannotStart(file + ": " + key + " is a port, from 0 to 65535");
        };
    }

    private static boolean bool(Config toml, String key, boolean otherwise, Path file) throws CannotStart {
        return switch (toml.getOrElse(key, (Object) otherwise)) {
            case Boolean yes -> yes;
            default -> throw new CannotStart(file + ": " + key + " is true or false");
        };
    }
}
