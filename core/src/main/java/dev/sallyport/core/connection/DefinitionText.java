package dev.sallyport.core.connection;

import dev.sallyport.core.id.AgentId;
import dev.sallyport.core.id.ConnectionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.recording.RecordingLevel;
import dev.sallyport.core.review.ReviewTerms;
import dev.sallyport.core.secret.SecretReference;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// The canonical form of a connection definition: what is signed.
///
/// The first line names the format, the last is `end`; each line between is `key value`, the value percent-encoded
/// (UTF-8); keys
/// come in a fixed order, and a key that holds a list or a map comes once per entry. The same definition always
/// gives the same bytes. A reader refuses unknown keys: an agent must not run a definition whose restrictions
/// it does not understand.
final class DefinitionText {

    private static final String HEAD = "sallyport-connection 1";
    private static final String END = "end";

    /// Longest definition that is read, in bytes.
    static final int LONGEST = 262_144;

    private DefinitionText() {}

    static byte[] write(ConnectionDefinition definition) {
        var out = new Writer();
        out.line("tenant", definition.tenant().value());
        out.line("id", definition.id().value());
        out.line("name", definition.name().value());
        out.line("version", Long.toString(definition.version()));
        out.line("agent", definition.agent().value());
        out.line("recording", definition.recordingRequired() ? "required" : "best-effort");
        definition.recordingLevel().ifPresent(level -> out.line("level", level.name()));
        out.line("strict", Boolean.toString(definition.strict()));
        out.line("idle", Long.toString(definition.idle().toSeconds()));
        out.line("longest", Long.toString(definition.longest().toSeconds()));
        definition.tags().forEach((tag, value) -> out.line("tag", tag + "=" + value));
        definition.acceptEnvironment().stream().sorted().forEach(name -> out.line("accept-env", name));
        // as one that knows nothing of reviews writes it, where there is nothing to say
        definition.review().approvers().stream().sorted().forEach(group -> out.line("approver", group));
        if (!definition.review().patience().equals(ReviewTerms.DEFAULT_WAIT)) {
            out.line("approval", Long.toString(definition.review().patience().toSeconds()));
        }
        out.line("type", definition.target().type());
        switch (definition.target()) {
            case TargetSettings.Custom custom -> {
                custom.entrypoint().forEach(argument -> out.line("entrypoint", argument));
                custom.runAs().ifPresent(account -> out.line("run-as", account));
                out.line("command", custom.command().name());
                out.line("follow-stdin", Boolean.toString(custom.followStdin()));
                custom.environment().forEach((name, value) -> out.line("env", name + "=" + value.text()));
                custom.files().forEach((name, value) -> out.line("file", name + "=" + value.text()));
                custom.directory().ifPresent(directory -> out.line("directory", directory));
            }
            case TargetSettings.Ssh ssh -> {
                out.line("host", ssh.host());
                out.line("port", Integer.toString(ssh.port()));
                out.line("user", ssh.user());
                ssh.password().ifPresent(secret -> out.line("password", secret.text()));
                ssh.privateKey().ifPresent(secret -> out.line("private-key", secret.text()));
                ssh.hostKeys().forEach(key -> out.line("host-key", key));
                ssh.knownHosts().ifPresent(file -> out.line("known-hosts", file));
                ssh.forwards().forEach(pattern -> out.line("forward", pattern));
            }
            case TargetSettings.Tcp tcp -> {
                out.line("host", tcp.host());
                out.line("port", Integer.toString(tcp.port()));
            }
            case TargetSettings.Database database -> {
                out.line("host", database.host());
                out.line("port", Integer.toString(database.port()));
                out.line("user", database.user());
                database.password().ifPresent(secret -> out.line("password", secret.text()));
                database.database().ifPresent(name -> out.line("database", name));
                database.databases().forEach(name -> out.line("databases", name));
                out.line("tls", database.tls().name());
                database.ca().ifPresent(pem -> out.line("ca", pem));
                database.certificate().ifPresent(pem -> out.line("certificate", pem));
                database.privateKey().ifPresent(secret -> out.line("private-key", secret.text()));
                out.line("local-infile", Boolean.toString(database.localInfile()));
                out.line("masked", Boolean.toString(database.masked()));
                database.guardrails().forEach(name -> out.line("guardrail", name));
                database.rules().ifPresent(text -> out.line("rules", text));
            }
        }
        return out.bytes();
    }

    static ConnectionDefinition read(byte[] bytes) throws BadDefinition {
        if (bytes.length > LONGEST) {
            throw new BadDefinition("the connection's definition is longer than " + LONGEST + " bytes");
        }
        try {
            var in = new Reader(new String(bytes, StandardCharsets.UTF_8));
            var definition = new ConnectionDefinition(
                    new TenantId(in.one("tenant")),
                    new ConnectionId(in.one("id")),
                    new ConnectionName(in.one("name")),
                    Long.parseLong(in.one("version")),
                    new AgentId(in.one("agent")),
                    target(in),
                    requiredOrBestEffort(in.one("recording")),
                    in.optional("level").map(RecordingLevel::valueOf),
                    bool(in.one("strict")),
                    Duration.ofSeconds(Long.parseLong(in.one("idle"))),
                    Duration.ofSeconds(Long.parseLong(in.one("longest"))),
                    in.map("tag"),
                    new HashSet<>(in.list("accept-env")),
                    new ReviewTerms(
                            new HashSet<>(in.list("approver")),
                            in.optional("approval")
                                    .map(seconds -> Duration.ofSeconds(Long.parseLong(seconds)))
                                    .orElse(ReviewTerms.DEFAULT_WAIT)));
            in.end();
            return definition;
        } catch (IllegalArgumentException e) {
            throw new BadDefinition("the connection's definition cannot be read", e);
        }
    }

    private static TargetSettings target(Reader in) {
        var type = in.one("type");
        return switch (type) {
            case "custom" ->
                new TargetSettings.Custom(
                        in.list("entrypoint"),
                        in.optional("run-as"),
                        TargetSettings.CommandMode.valueOf(in.one("command")),
                        bool(in.one("follow-stdin")),
                        secrets(in.map("env")),
                        secrets(in.map("file")),
                        in.optional("directory"));
            case "ssh" ->
                new TargetSettings.Ssh(
                        in.one("host"),
                        Integer.parseInt(in.one("port")),
                        in.one("user"),
                        in.optional("password").map(SecretReference::parse),
                        in.optional("private-key").map(SecretReference::parse),
                        in.list("host-key"),
                        in.optional("known-hosts"),
                        in.list("forward"));
            case "tcp" -> new TargetSettings.Tcp(in.one("host"), Integer.parseInt(in.one("port")));
            case "postgres", "mysql" ->
                new TargetSettings.Database(
                        DatabaseProtocol.of(type).orElseThrow(),
                        in.one("host"),
                        Integer.parseInt(in.one("port")),
                        in.one("user"),
                        in.optional("password").map(SecretReference::parse),
                        in.optional("database"),
                        in.list("databases"),
                        DatabaseTls.valueOf(in.one("tls")),
                        in.optional("ca"),
                        in.optional("certificate"),
                        in.optional("private-key").map(SecretReference::parse),
                        bool(in.one("local-infile")),
                        bool(in.one("masked")),
                        in.list("guardrail"),
                        in.optional("rules"));
            default -> throw new IllegalArgumentException("unknown connection type");
        };
    }

    private static SortedMap<String, SecretReference> secrets(SortedMap<String, String> texts) {
        var secrets = new TreeMap<String, SecretReference>();
        texts.forEach((name, text) -> secrets.put(name, SecretReference.parse(text)));
        return secrets;
    }

    private static boolean requiredOrBestEffort(String text) {
        return switch (text) {
            case "required" -> true;
            case "best-effort" -> false;
            default -> throw new IllegalArgumentException("recording is required or best-effort");
        };
    }

    private static boolean bool(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("neither true nor false");
        };
    }

    private static final class Writer {

        private final StringBuilder text = new StringBuilder(HEAD).append('\n');

        void line(String key, String value) {
            text.append(key)
                    .append(' ')
                    .append(URLEncoder.encode(value, StandardCharsets.UTF_8))
                    .append('\n');
        }

        byte[] bytes() {
            return (text + END + "\n").getBytes(StandardCharsets.UTF_8);
        }
    }

    private static final class Reader {

        private final Map<String, List<String>> values = new LinkedHashMap<>();

        Reader(String text) {
            var lines = text.split("\n", -1);
            int last = lines.length - 2;
            if (last < 1 || !lines[0].equals(HEAD) || !lines[last].equals(END) || !lines[last + 1].isEmpty()) {
                throw new IllegalArgumentException("not a connection definition");
            }
            for (int i = 1; i < last; i++) {
                int blank = lines[i].indexOf(' ');
                if (blank < 1) {
                    throw new IllegalArgumentException("a line without a value");
                }
                values.computeIfAbsent(lines[i].substring(0, blank), key -> new ArrayList<>())
                        .add(URLDecoder.decode(lines[i].substring(blank + 1), StandardCharsets.UTF_8));
            }
        }

        String one(String key) {
            return optional(key).orElseThrow(() -> new IllegalArgumentException("missing " + key));
        }

        Optional<String> optional(String key) {
            var list = list(key);
            if (list.size() > 1) {
                throw new IllegalArgumentException("more than one " + key);
            }
            return list.stream().findFirst();
        }

        List<String> list(String key) {
            var list = values.remove(key);
            return list == null ? List.of() : list;
        }

        SortedMap<String, String> map(String key) {
            var map = new TreeMap<String, String>();
            for (var entry : list(key)) {
                int equals = entry.indexOf('=');
                if (equals < 1 || map.put(entry.substring(0, equals), entry.substring(equals + 1)) != null) {
                    throw new IllegalArgumentException("not name=value, or twice");
                }
            }
            return map;
        }

        void end() {
            if (!values.isEmpty()) {
                throw new IllegalArgumentException(
                        "unknown key " + values.keySet().iterator().next());
            }
        }
    }
}
