package dev.sallyport.control.access;

import dev.sallyport.api.Connections;
import dev.sallyport.api.Connections.ConnectionWrite;
import dev.sallyport.control.http.Declined;
import dev.sallyport.control.http.Fields;
import dev.sallyport.control.http.Words;
import dev.sallyport.core.agent.Agent;
import dev.sallyport.core.connection.ConnectionDefinition;
import dev.sallyport.core.connection.ConnectionName;
import dev.sallyport.core.connection.DatabaseProtocol;
import dev.sallyport.core.connection.DatabaseTls;
import dev.sallyport.core.connection.TargetSettings;
import dev.sallyport.core.connection.TargetSettings.CommandMode;
import dev.sallyport.core.id.ConnectionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.policy.Guardrails;
import dev.sallyport.core.recording.RecordingLevel;
import dev.sallyport.core.recording.Retention;
import dev.sallyport.core.review.ReviewTerms;
import dev.sallyport.core.secret.SecretReference;
import dev.sallyport.store.Connections.Stored;
import dev.sallyport.store.Store;
import jakarta.inject.Inject;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A connection between its form in the API and its definition.
final class ConnectionFields {

    private static final long LONGEST_SECONDS = Duration.ofDays(30).toSeconds();
    private static final List<String> TYPES = List.of("custom", "ssh", "tcp", "postgres", "mysql");
    private static final int LONGEST_CERTIFICATES = 65_536;
    private static final String RETENTION = "recording_retention_days";
    private static final Map<String, Boolean> MASKING = Map.of("default", true, "none", false);
    private static final Map<String, Boolean> RECORDING = Map.of("required", true, "best-effort", false);

    private final Store store;
    private final Secrets secrets;

    @Inject
    ConnectionFields(Store store, Secrets secrets) {
        this.store = store;
        this.secrets = secrets;
    }

    /// Reads what a request says a connection is.
    ///
    /// @throws Declined with every field that is wrong
    ConnectionDefinition read(TenantId tenant, ConnectionId id, long version, ConnectionWrite request) throws Declined {
        var fields = new Fields();
        var nameText = fields.needed("name", request.name());
        var name = nameText.isEmpty()
                ? Optional.<ConnectionName>empty()
                : fields.parsed("name", nameText, ConnectionName::new);
        var agentText = fields.needed("agent", request.agent());
        var agent = agentText.isEmpty() ? Optional.<Agent>empty() : AgentRoutes.find(store, tenant, agentText);
        if (!agentText.isEmpty() && agent.isEmpty()) {
            fields.wrong("agent", "is not an agent of this tenant: create it first");
        }
        var target = target(fields, request, agent);
        boolean required =
                fields.choice("recording", request.recording(), RECORDING).orElse(true);
        var level = fields.choice("recording_level", request.recordingLevel(), Words.all(RecordingLevel.class));
        long idle = fields.number(
                "idle_seconds",
                request.idleSeconds(),
                ConnectionDefinition.DEFAULT_IDLE.toSeconds(),
                0,
                LONGEST_SECONDS);
        long longest = fields.number(
                "longest_seconds",
                request.longestSeconds(),
                ConnectionDefinition.DEFAULT_LONGEST.toSeconds(),
                1,
                LONGEST_SECONDS);
        var tags = fields.map("tags", request.tags());
        var environment = fields.list("accept_environment", request.acceptEnvironment());
        for (int i = 0; i < environment.size(); i++) {
            if (!environment.get(i).matches("[A-Za-z_][A-Za-z0-9_]{0,127}")) {
                fields.wrong("accept_environment[" + i + "]", "is a variable's name: letters, digits and _");
            }
        }
        var _ = fields.optionalNumber(RETENTION, request.recordingRetentionDays(), 1, Retention.MOST_DAYS);
        var approvers = approvers(fields, tenant, request);
        long approval = fields.number(
                "approval_seconds",
                request.approvalSeconds(),
                ReviewTerms.DEFAULT_WAIT.toSeconds(),
                ReviewTerms.SHORTEST_WAIT.toSeconds(),
                ReviewTerms.LONGEST_WAIT.toSeconds());
        fields.check();
        return fields.make(
                target.orElseThrow().type(),
                () -> new ConnectionDefinition(
                        tenant,
                        id,
                        name.orElseThrow(),
                        version,
                        agent.orElseThrow().id(),
                        target.orElseThrow(),
                        required,
                        level,
                        Boolean.TRUE.equals(request.strict()),
                        Duration.ofSeconds(idle),
                        Duration.ofSeconds(longest),
                        tags,
                        new HashSet<>(environment),
                        new ReviewTerms(new HashSet<>(approvers), Duration.ofSeconds(approval))));
    }

    private List<String> approvers(Fields fields, TenantId tenant, ConnectionWrite request) {
        var groups = fields.list("approvers", request.approvers());
        if (groups.size() > ReviewTerms.MOST_APPROVERS) {
            fields.wrong("approvers", "has at most " + ReviewTerms.MOST_APPROVERS + " groups");
            return List.of();
        }
        for (int i = 0; i < groups.size(); i++) {
            if (!groups.get(i).matches("[A-Za-z0-9][A-Za-z0-9 ._@-]{0,62}")
                    || store.groups().get(tenant, groups.get(i)).isEmpty()) {
                fields.wrong("approvers[" + i + "]", "is not a group of this tenant: create it first");
            }
        }
        return groups;
    }

    /// The retention of its own in a request that was [#read].
    static Optional<Retention> retention(ConnectionWrite request) {
        return Optional.ofNullable(request.recordingRetentionDays()).map(days -> new Retention(Math.toIntExact(days)));
    }

    private Optional<TargetSettings> target(Fields fields, ConnectionWrite request, Optional<Agent> agent) {
        var given = new ArrayList<String>();
        if (request.custom() != null) {
            given.add("custom");
        }
        if (request.ssh() != null) {
            given.add("ssh");
        }
        if (request.tcp() != null) {
            given.add("tcp");
        }
        if (request.postgres() != null) {
            given.add("postgres");
        }
        if (request.mysql() != null) {
            given.add("mysql");
        }
        @Nullable String type = request.type();
        if (type == null) {
            fields.wrong("type", "is needed: " + String.join(", ", TYPES));
            return Optional.empty();
        }
        if (!TYPES.contains(type)) {
            fields.wrong("type", "is one of " + String.join(", ", TYPES));
            return Optional.empty();
        }
        for (var part : given) {
            if (!part.equals(type)) {
                fields.wrong(part, "does not belong to a connection of this type");
            }
        }
        var custom = request.custom();
        var ssh = request.ssh();
        var tcp = request.tcp();
        if (type.equals("custom") && custom != null) {
            return made(fields, "custom", () -> custom(fields, custom, agent));
        }
        if (type.equals("ssh") && ssh != null) {
            return made(fields, "ssh", () -> ssh(fields, ssh, agent));
        }
        if (type.equals("tcp") && tcp != null) {
            return made(
                    fields,
                    "tcp",
                    () -> new TargetSettings.Tcp(
                            fields.needed("tcp.host", tcp.host()), port(fields, "tcp.port", tcp.port(), 0)));
        }
        var protocol = DatabaseProtocol.of(type);
        var database =
                protocol.filter(DatabaseProtocol.MYSQL::equals).isPresent() ? request.mysql() : request.postgres();
        if (protocol.isPresent() && database != null) {
            return made(fields, type, () -> database(fields, protocol.get(), database, agent));
        }
        fields.wrong(type, "is needed: the settings of a connection of this type");
        return Optional.empty();
    }

    private interface Making {
        TargetSettings make();
    }

    /// What a record objects to is a wrong field, unless one of its parts was found wrong before.
    private static Optional<TargetSettings> made(Fields fields, String field, Making making) {
        int before = fields.count();
        try {
            return Optional.of(making.make());
        } catch (IllegalArgumentException e) {
            if (fields.count() == before) {
                fields.wrong(field, String.valueOf(e.getMessage()));
            }
            return Optional.empty();
        }
    }

    private TargetSettings custom(Fields fields, Connections.Custom custom, Optional<Agent> agent) {
        var entrypoint = fields.scripts("custom.entrypoint", custom.entrypoint());
        if (entrypoint.isEmpty()) {
            fields.wrong("custom.entrypoint", "is needed: a program and its arguments");
            throw new IllegalArgumentException("no entrypoint");
        }
        return new TargetSettings.Custom(
                entrypoint,
                fields.optional("custom.run_as", custom.runAs()),
                fields.choice("custom.command", custom.command(), Words.all(CommandMode.class))
                        .orElse(CommandMode.defaultFor(entrypoint)),
                Boolean.TRUE.equals(custom.followStdin()),
                secretMap(fields, "custom.environment", custom.environment(), agent),
                secretMap(fields, "custom.files", custom.files(), agent),
                fields.optional("custom.directory", custom.directory()));
    }

    private TargetSettings ssh(Fields fields, Connections.Ssh ssh, Optional<Agent> agent) {
        return new TargetSettings.Ssh(
                fields.needed("ssh.host", ssh.host()),
                port(fields, "ssh.port", ssh.port(), 22),
                fields.needed("ssh.user", ssh.user()),
                secret(fields, "ssh.password", ssh.password(), agent),
                secret(fields, "ssh.private_key", ssh.privateKey(), agent),
                fields.list("ssh.host_keys", ssh.hostKeys()),
                fields.optional("ssh.known_hosts", ssh.knownHosts()),
                fields.list("ssh.forwards", ssh.forwards()));
    }

    private TargetSettings database(
            Fields fields, DatabaseProtocol protocol, Connections.Database database, Optional<Agent> agent) {
        var type = protocol.type();
        return new TargetSettings.Database(
                protocol,
                fields.needed(type + ".host", database.host()),
                port(fields, type + ".port", database.port(), protocol.port()),
                fields.needed(type + ".user", database.user()),
                secret(fields, type + ".password", database.password(), agent),
                fields.optional(type + ".database", database.database()),
                fields.list(type + ".databases", database.databases()),
                fields.choice(type + ".tls", database.tls(), DatabaseTls.words())
                        .orElse(DatabaseTls.VERIFY_FULL),
                certificates(fields, type + ".ca", database.ca()),
                certificates(fields, type + ".certificate", database.certificate()),
                secret(fields, type + ".private_key", database.privateKey(), agent),
                localInfile(fields, protocol, database.localInfile()),
                fields.choice(type + ".masking", database.masking(), MASKING).orElse(true),
                guardrails(fields, type + ".guardrails", database.guardrails()),
                rules(fields, type + ".rules", database.rules()));
    }

    private static List<String> guardrails(Fields fields, String field, @Nullable List<String> names) {
        try {
            var listed = fields.list(field, names);
            var _ = Guardrails.of(listed, "");
            return listed;
        } catch (IllegalArgumentException e) {
            fields.wrong(field, "are not right: " + e.getMessage());
            return List.of();
        }
    }

    private static Optional<String> rules(Fields fields, String field, @Nullable String text) {
        if (text == null || text.isBlank()) {
            return Optional.empty();
        }
        try {
            var _ = Guardrails.of(List.of(), text);
            return Optional.of(text);
        } catch (IllegalArgumentException e) {
            fields.wrong(field, "cannot be read: " + e.getMessage());
            return Optional.empty();
        }
    }

    private static boolean localInfile(Fields fields, DatabaseProtocol protocol, @Nullable Boolean given) {
        boolean allowed = Boolean.TRUE.equals(given);
        if (allowed && protocol != DatabaseProtocol.MYSQL) {
            fields.wrong(protocol.type() + ".local_infile", "is for mysql only");
            return false;
        }
        return allowed;
    }

    /// Certificates in PEM: looked at here, since an agent could only say that they cannot be used.
    private static Optional<String> certificates(Fields fields, String field, @Nullable String text) {
        if (text == null || text.isBlank()) {
            return Optional.empty();
        }
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        try {
            if (bytes.length <= LONGEST_CERTIFICATES
                    && !CertificateFactory.getInstance("X.509")
                            .generateCertificates(new ByteArrayInputStream(bytes))
                            .isEmpty()) {
                return Optional.of(text);
            }
        } catch (CertificateException e) {
            // said below
        }
        fields.wrong(field, "is one certificate or more in PEM, of at most " + LONGEST_CERTIFICATES + " bytes in all");
        return Optional.empty();
    }

    private static int port(Fields fields, String field, @Nullable Integer port, int otherwise) {
        if (port == null && otherwise == 0) {
            fields.wrong(field, "is needed");
            return 1;
        }
        return (int) fields.number(field, port == null ? null : Long.valueOf(port), otherwise, 1, 65_535);
    }

    private SortedMap<String, SecretReference> secretMap(
            Fields fields, String field, @Nullable Map<String, String> values, Optional<Agent> agent) {
        var map = new TreeMap<String, SecretReference>();
        fields.map(field, values)
                .forEach((name, text) -> secrets.read(fields, field + "." + name, text, agent)
                        .ifPresent(secret -> map.put(name, secret)));
        return map;
    }

    private Optional<SecretReference> secret(
            Fields fields, String field, @Nullable String text, Optional<Agent> agent) {
        if (text == null || text.isEmpty()) {
            return Optional.empty();
        }
        var secret = secrets.read(fields, field, text, agent);
        if (secret.filter(read -> read.scheme().equals("text")).isPresent()) {
            fields.wrong(field, "is a secret: give env:NAME, file:/path, or seal:VALUE to have the value sealed");
            return Optional.empty();
        }
        return secret;
    }

    /// A connection as admins and auditors see it.
    static Connections.Connection shown(Stored stored) {
        return shown(
                stored.definition(),
                stored.recordingRetention().map(Retention::days).orElse(null));
    }

    private static Connections.Connection shown(ConnectionDefinition definition, @Nullable Integer retentionDays) {
        Connections.@Nullable Custom custom = null;
        Connections.@Nullable Ssh ssh = null;
        Connections.@Nullable Tcp tcp = null;
        Connections.@Nullable Database postgres = null;
        Connections.@Nullable Database mysql = null;
        switch (definition.target()) {
            case TargetSettings.Custom it ->
                custom = new Connections.Custom(
                        it.entrypoint(),
                        it.runAs().orElse(null),
                        Words.of(it.command()),
                        it.followStdin(),
                        texts(it.environment()),
                        texts(it.files()),
                        it.directory().orElse(null));
            case TargetSettings.Ssh it ->
                ssh = new Connections.Ssh(
                        it.host(),
                        it.port(),
                        it.user(),
                        it.password().map(SecretReference::text).orElse(null),
                        it.privateKey().map(SecretReference::text).orElse(null),
                        it.hostKeys(),
                        it.knownHosts().orElse(null),
                        it.forwards());
            case TargetSettings.Tcp it -> tcp = new Connections.Tcp(it.host(), it.port());
            case TargetSettings.Database it -> {
                switch (it.protocol()) {
                    case POSTGRES -> postgres = shown(it, null);
                    case MYSQL -> mysql = shown(it, it.localInfile());
                }
            }
        }
        return new Connections.Connection(
                definition.id().value(),
                definition.name().value(),
                definition.target().type(),
                definition.agent().value(),
                custom,
                ssh,
                tcp,
                postgres,
                mysql,
                definition.recordingRequired() ? "required" : "best-effort",
                Words.of(definition.recordingLevel()).orElse(null),
                definition.strict(),
                definition.idle().toSeconds(),
                definition.longest().toSeconds(),
                definition.tags(),
                definition.acceptEnvironment().stream().sorted().toList(),
                null,
                definition.version(),
                retentionDays,
                definition.review().approvers().stream().sorted().toList(),
                definition.review().patience().toSeconds());
    }

    private static Connections.Database shown(TargetSettings.Database it, @Nullable Boolean localInfile) {
        return new Connections.Database(
                it.host(),
                it.port(),
                it.user(),
                it.password().map(SecretReference::text).orElse(null),
                it.database().orElse(null),
                it.databases(),
                it.tls().word(),
                it.ca().orElse(null),
                it.certificate().orElse(null),
                it.privateKey().map(SecretReference::text).orElse(null),
                it.masked() ? "default" : "none",
                localInfile,
                it.guardrails(),
                it.rules().orElse(null));
    }

    /// A connection as a user sees it who may use it in these modes.
    static Connections.Connection shownTo(ConnectionDefinition definition, List<String> modes) {
        var all = shown(definition, null);
        return new Connections.Connection(
                all.id(),
                all.name(),
                all.type(),
                null,
                null,
                null,
                null,
                null,
                null,
                all.recording(),
                all.recordingLevel(),
                all.strict(),
                all.idleSeconds(),
                all.longestSeconds(),
                all.tags(),
                all.acceptEnvironment(),
                modes,
                all.version(),
                null,
                all.approvers(),
                all.approvalSeconds());
    }

    private static Map<String, String> texts(SortedMap<String, SecretReference> secrets) {
        var texts = new TreeMap<String, String>();
        secrets.forEach((name, secret) -> texts.put(name, secret.text()));
        return texts;
    }
}
