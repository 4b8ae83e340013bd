package dev.sallyport.core.connection;

import dev.sallyport.core.policy.Guardrails;
import dev.sallyport.core.policy.SessionPolicy;
import dev.sallyport.core.secret.SecretReference;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// What the agent opens for a connection: one record per connection type.
public sealed interface TargetSettings {

    /// The type's name, as in `sally` and the API.
    String type();

    /// Whether its statements are read, judged and masked: then no session begins without the tenant's policy.
    default boolean judged() {
        return this instanceof Database;
    }

    /// A program on the agent's machine.
    ///
    /// @param entrypoint program and arguments, as an argv: no shell of ours reads it
    /// @param runAs the account that it runs as; none: the agent's own, which an agent with root refuses
    /// @param command what becomes of a command typed after the connection's name
    /// @param followStdin with `command: stdin`: the client's own stdin follows the command instead of its end
    /// @param environment variables of the connection
    /// @param files variables whose value is the path of a private temporary file with the secret in it
    /// @param directory working directory; none: the account's home
    record Custom(
            List<String> entrypoint,
            Optional<String> runAs,
            CommandMode command,
            boolean followStdin,
            SortedMap<String, SecretReference> environment,
            SortedMap<String, SecretReference> files,
            Optional<String> directory)
            implements TargetSettings {

        public Custom {
            if (entrypoint.isEmpty() || entrypoint.getFirst().isBlank()) {
                throw new IllegalArgumentException("an entrypoint names at least a program");
            }
            entrypoint = List.copyOf(entrypoint);
            environment = sorted(environment);
            files = sorted(files);
        }

        @Override
        public String type() {
            return "custom";
        }
    }

    /// What becomes of the command in `ssh edge connection command`.
    enum CommandMode {
        /// One argument more for the entrypoint, as in `bash -c`; `-c` is put before it.
        ARGUMENT,
        /// The first line of the entrypoint's stdin.
        STDIN,
        /// Refused.
        NONE;

        private static final Map<String, CommandMode> SHELLS = shells();

        /// The default for an entrypoint: argument where it is a known shell or interpreter, else stdin.
        public static CommandMode defaultFor(List<String> entrypoint) {
            var program = entrypoint.getFirst();
            var name = program.substring(program.lastIndexOf('/') + 1).replaceFirst("[0-9.]+$", "");
            return entrypoint.size() == 1 ? SHELLS.getOrDefault(name, STDIN) : STDIN;
        }

        private static Map<String, CommandMode> shells() {
            var shells = new TreeMap<String, CommandMode>();
            for (var name : List.of("sh", "bash", "dash", "zsh", "ksh", "python", "fish")) {
                shells.put(name, ARGUMENT);
            }
            return Map.copyOf(shells);
        }
    }

    /// An sshd.
    ///
    /// @param password a password, or
    /// @param privateKey a private key (OpenSSH or PEM); `file:` for one that stays with the agent
    /// @param hostKeys lines of a known_hosts file without the host field (`ssh-ed25519 AAAA…`); any of them
    ///     fits
    /// @param knownHosts a known_hosts file on the agent's machine, when `hostKeys` is empty
    /// @param forwards `host:port` patterns (`*` within a label) that `direct-tcpip` may reach from the target
    record Ssh(
            String host,
            int port,
            String user,
            Optional<SecretReference> password,
            Optional<SecretReference> privateKey,
            List<String> hostKeys,
            Optional<String> knownHosts,
            List<String> forwards)
            implements TargetSettings {

        public Ssh {
            checkAddress(host, port);
            if (hostKeys.isEmpty() && knownHosts.isEmpty()) {
                throw new IllegalArgumentException(
                        "an ssh connection pins its host key: give host_keys, or known_hosts on the agent's machine");
            }
            hostKeys = List.copyOf(hostKeys);
            forwards = List.copyOf(forwards);
        }

        @Override
        public String type() {
            return "ssh";
        }
    }

    /// A TCP service, as raw bytes.
    record Tcp(String host, int port) implements TargetSettings {

        public Tcp {
            checkAddress(host, port);
        }

        @Override
        public String type() {
            return "tcp";
        }
    }

    /// A database server, spoken to in its own protocol.
    ///
    /// @param user who the agent logs in as
    /// @param password none: the server asks for none
    /// @param database the one that is used when the client names none, and the only one unless
    ///     `databases` has more
    /// @param databases names, with `*` for any characters, of databases that a client may ask for
    /// @param tls to the server
    /// @param ca certificates (PEM) that the server's is signed by; none: those that Java trusts
    /// @param certificate the agent's own, with its chain (PEM)
    /// @param privateKey its key (PEM, PKCS #8)
    /// @param masked whether what users need not see is masked, by the rules that count without any being written
    /// @param guardrails names of [dev.sallyport.core.policy.GuardrailPreset]s that statements are held against
    /// @param rules rules of its own, which come first, as [dev.sallyport.core.policy.GuardrailText] reads them
    /// @param localInfile whether MySQL's `LOAD DATA LOCAL` may read from the client
    record Database(
            DatabaseProtocol protocol,
            String host,
            int port,
            String user,
            Optional<SecretReference> password,
            Optional<String> database,
            List<String> databases,
            DatabaseTls tls,
            Optional<String> ca,
            Optional<String> certificate,
            Optional<SecretReference> privateKey,
            boolean localInfile,
            boolean masked,
            List<String> guardrails,
            Optional<String> rules)
            implements TargetSettings {

        /// Most patterns of names of databases.
        public static final int MOST_DATABASES = 100;

        public Database {
            checkAddress(host, port);
            checkName("user", user);
            database.ifPresent(name -> checkName("database", name));
            databases.forEach(name -> checkName("database", name));
            if (databases.size() > MOST_DATABASES) {
                throw new IllegalArgumentException("a connection names at most " + MOST_DATABASES + " databases");
            }
            if (certificate.isPresent() != privateKey.isPresent()) {
                throw new IllegalArgumentException("a client certificate and its private key are given together");
            }
            if (localInfile && protocol != DatabaseProtocol.MYSQL) {
                throw new IllegalArgumentException("local_infile is for MySQL");
            }
            databases = List.copyOf(databases);
            guardrails = List.copyOf(guardrails);
            var _ = Guardrails.of(guardrails, rules.orElse(""));
        }

        /// What its statements are held against.
        public Guardrails held() {
            return held(SessionPolicy.NONE);
        }

        /// The same in a session that the tenant's policy says something of.
        public Guardrails held(SessionPolicy policy) {
            return Guardrails.of(guardrails, rules.orElse(""), policy.guardrails());
        }

        @Override
        public String type() {
            return protocol.type();
        }

        private static void checkName(String what, String name) {
            if (name.isBlank() || name.length() > 128 || name.codePoints().anyMatch(Character::isISOControl)) {
                throw new IllegalArgumentException("a " + what + " has 1 to 128 characters, none of them a control");
            }
        }

        /// Whether a client may use the database that it asks for.
        public boolean allows(String wanted) {
            return database.filter(wanted::equals).isPresent()
                    || databases.stream().anyMatch(pattern -> matches(pattern, wanted));
        }

        private static boolean matches(String pattern, String name) {
            var parts = pattern.split("\\*", -1);
            if (parts.length == 1) {
                return pattern.equals(name);
            }
            int at = parts[0].length();
            int last = name.length() - parts[parts.length - 1].length();
            if (!name.startsWith(parts[0]) || last < at || !name.endsWith(parts[parts.length - 1])) {
                return false;
            }
            for (int i = 1; i < parts.length - 1; i++) {
                int found = name.indexOf(parts[i], at);
                if (found < 0 || found + parts[i].length() > last) {
                    return false;
                }
                at = found + parts[i].length();
            }
            return true;
        }
    }

    private static void checkAddress(String host, int port) {
        if (host.isBlank() || host.length() > 253 || host.startsWith("-")) {
            throw new IllegalArgumentException("a target's host has 1 to 253 characters and does not start with -");
        }
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("a port is between 1 and 65535");
        }
    }

    private static SortedMap<String, SecretReference> sorted(SortedMap<String, SecretReference> variables) {
        for (var name : variables.keySet()) {
            if (!name.matches("[A-Za-z_][A-Za-z0-9_]{0,127}")) {
                throw new IllegalArgumentException(
                        "a variable's name has letters, digits and _, and starts with no digit");
            }
        }
        return java.util.Collections.unmodifiableSortedMap(new TreeMap<>(variables));
    }
}
