package dev.sallyport.standalone;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.tomlj.Toml;
import org.tomlj.TomlParseResult;

/// What an instance's `config.toml` says. A key that is not known is an error: a misspelt limit must not pass silently.
///
/// @param sshAddress where the SSH door listens
/// @param sshPort 0 picks a free one
/// @param apiPort the REST API, on loopback
/// @param agentPort agents and their TLS
/// @param demo whether a first start makes the demo tenant
public record Settings(
        String sshAddress,
        int sshPort,
        String apiAddress,
        int apiPort,
        String agentAddress,
        int agentPort,
        boolean demo) {

    private static final String FIRST = """
            # Sallyport standalone. Changes count from the next start; a port of 0 picks a free one.

            [ssh]
            address = "127.0.0.1"
            port = 12222

            [api]
            address = "127.0.0.1"
            port = 8009

            [agents]
            address = "127.0.0.1"
            port = 8010

            [demo]
            # whether a first start makes a tenant to try things with
            enabled = true
            """;

    private static final Set<String> KEYS = Set.of(
            "ssh.address", "ssh.port", "api.address", "api.port", "agents.address", "agents.port", "demo.enabled");

    /// Reads the file, writing it first when there is none. With `anyPort`, a file that is
    /// written names ports that were free then, so that a restart keeps them.
    static Settings read(Path file, boolean anyPort) throws CannotStart {
        try {
            if (!Files.exists(file)) {
                Files.writeString(file, anyPort ? withFreePorts() : FIRST);
            }
            return of(Toml.parse(file), file);
        } catch (IOException e) {
            throw new CannotStart("could not read " + file + ": " + e.getMessage(), e);
        }
    }

    private static String withFreePorts() throws IOException {
        var text = FIRST;
        for (var port : List.of("12222", "8009", "8010")) {
            try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                text = text.replace("port = " + port, "port = " + socket.getLocalPort());
            }
        }
        return text;
    }

    private static Settings of(TomlParseResult toml, Path file) throws CannotStart {
        if (toml.hasErrors()) {
            throw new CannotStart(file + ": " + toml.errors().getFirst());
        }
        var unknown = new TreeSet<>(toml.dottedKeySet());
        unknown.removeAll(KEYS);
        if (!unknown.isEmpty()) {
            throw new CannotStart(file + " has a key that does not exist: " + unknown.first() + "; known are "
                    + String.join(", ", new TreeSet<>(KEYS)));
        }
        var api = text(toml, "api.address", "127.0.0.1");
        if (!api.equals("127.0.0.1") && !api.equals("::1") && !api.equals("localhost")) {
            throw new CannotStart(file + ": api.address must be loopback: the API speaks plain HTTP here");
        }
        return new Settings(
                text(toml, "ssh.address", "127.0.0.1"),
                port(toml, "ssh.port", 12_222, file),
                api,
                port(toml, "api.port", 8009, file),
                text(toml, "agents.address", "127.0.0.1"),
                port(toml, "agents.port", 8010, file),
                toml.getBoolean("demo.enabled", () -> true));
    }

    private static String text(TomlParseResult toml, String key, String otherwise) {
        return toml.getString(key, () -> otherwise);
    }

    private static int port(TomlParseResult toml, String key, int otherwise, Path file) throws CannotStart {
        long port = toml.getLong(key, () -> otherwise);
        if (port < 0 || port > 65_535) {
            throw new CannotStart(file + ": " + key + " is a port, from 0 to 65535");
        }
        return (int) port;
    }
}
