package dev.sallyport.cli.declared;

import dev.sallyport.api.Connections.ConnectionWrite;
import dev.sallyport.api.Connections.Custom;
import dev.sallyport.api.Connections.Database;
import dev.sallyport.api.Connections.Ssh;
import dev.sallyport.api.Connections.Tcp;
import dev.sallyport.api.Groups.NewGroup;
import dev.sallyport.api.Guardrails.GuardrailWrite;
import dev.sallyport.api.MaskingRules.MaskingRuleWrite;
import dev.sallyport.api.Rules.RuleWrite;
import dev.sallyport.api.Rules.Window;
import dev.sallyport.api.Users.UserWrite;
import dev.sallyport.cli.admin.Windows;
import dev.sallyport.core.access.AccessRule;
import dev.sallyport.core.certificate.SourceAddresses;
import dev.sallyport.core.certificate.SshPublicKey;
import dev.sallyport.core.connection.ConnectionName;
import dev.sallyport.core.connection.DatabaseProtocol;
import dev.sallyport.core.connection.DatabaseTls;
import dev.sallyport.core.connection.TargetSettings;
import dev.sallyport.core.connection.TargetSettings.CommandMode;
import dev.sallyport.core.group.Group;
import dev.sallyport.core.id.GroupId;
import dev.sallyport.core.id.GuardrailId;
import dev.sallyport.core.id.MaskingRuleId;
import dev.sallyport.core.id.RuleId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.policy.Guardrail;
import dev.sallyport.core.policy.GuardrailText;
import dev.sallyport.core.policy.MaskingRule;
import dev.sallyport.core.policy.MaskingStrategy;
import dev.sallyport.core.policy.MaskingSubject;
import dev.sallyport.core.policy.Reach;
import dev.sallyport.core.recording.Retention;
import dev.sallyport.core.review.ReviewTerms;
import dev.sallyport.core.secret.SecretReference;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneId;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Reads one document of a file into a declaration, and checks what can be checked without asking anybody. What a
/// field means, and what it is when it is missing, is as in the API.
final class Document {

    private static final List<String> TYPES = List.of("custom", "ssh", "tcp", "postgres", "mysql");
    private static final long LONGEST_SECONDS = Duration.ofDays(30).toSeconds();
    private static final int LONGEST_TEXT = 2_048;

    private final Declaration declaration;
    private final Mistakes mistakes;
    private final Clock clock;

    Document(Declaration declaration, Mistakes mistakes, Clock clock) {
        this.declaration = declaration;
        this.mistakes = mistakes;
        this.clock = clock;
    }

    void read(Value.Fields document) {
        var all = new Section(document, "", mistakes);
        all.parts("agents").ifPresent(parts -> {
            declaration.agents.name();
            parts.forEach(this::agent);
        });
        all.parts("groups").ifPresent(parts -> {
            declaration.groups.name();
            parts.forEach(this::group);
        });
        all.parts("users").ifPresent(parts -> {
            declaration.users.name();
            parts.forEach(this::user);
        });
        all.parts("connections").ifPresent(parts -> {
            declaration.connections.name();
            parts.forEach(this::connection);
        });
        all.parts("rules").ifPresent(parts -> {
            declaration.rules.name();
            parts.forEach(this::rule);
        });
        all.parts("guardrails").ifPresent(parts -> {
            declaration.guardrails.name();
            parts.forEach(this::guardrail);
        });
        all.parts("masking_rules").ifPresent(parts -> {
            declaration.maskingRules.name();
            parts.forEach(this::maskingRule);
        });
        var door = all.part("ssh_server");
        if (door != null) {
            door(door);
        }
        all.end();
    }

    private static <W> Declaration.One<W> one(Section section, String name, W write) {
        return new Declaration.One<>(name, write, section.place(), section.path());
    }

    private void agent(Section section) {
        var name = section.needed("name");
        section.end();
        if (!name.isEmpty() && ConnectionName.of(name).isEmpty()) {
            section.wrong(
                    "name", "has 1 to 63 characters of a-z, 0-9, '.', '_' and '-', and starts with a letter or digit.");
        }
        declaration.agents.add(one(section, name, name), mistakes);
    }

    private void group(Section section) {
        var name = section.needed("name");
        section.end();
        if (!name.isEmpty()) {
            section.made("name", () -> new Group(TenantId.next(clock), GroupId.next(clock), name, 1));
        }
        declaration.groups.add(one(section, name, new NewGroup(name)), mistakes);
    }

    private void user(Section section) {
        var email = section.needed("email").toLowerCase(Locale.ROOT);
        var write = new UserWrite(
                email,
                section.text("subject"),
                section.text("name"),
                section.list("groups"),
                section.choice("status", List.of("active", "inactive")));
        section.end();
        if (!email.isEmpty() && !email.matches("[^@\\s\\p{Cntrl}]{1,64}@[^@\\s\\p{Cntrl}]{1,189}")) {
            section.wrong("email", "is an e-mail address of at most 254 characters.");
        }
        declaration.users.add(one(section, email, write), mistakes);
    }

    private void connection(Section section) {
        var name = section.needed("name");
        if (!name.isEmpty()) {
            section.made("name", () -> new ConnectionName(name));
        }
        var agent = section.needed("agent");
        var type = section.choice("type", TYPES);
        if (!section.has("type")) {
            section.wrong("type", "is needed: " + String.join(", ", TYPES) + ".");
        }
        var custom = section.part("custom");
        var ssh = section.part("ssh");
        var tcp = section.part("tcp");
        var postgres = section.part("postgres");
        var mysql = section.part("mysql");
        var parts = new LinkedHashMap<String, @Nullable Section>();
        parts.put("custom", custom);
        parts.put("ssh", ssh);
        parts.put("tcp", tcp);
        parts.put("postgres", postgres);
        parts.put("mysql", mysql);
        parts.forEach((part, there) -> {
            if (type != null && part.equals(type) && !section.has(part)) {
                section.wrong(part, "is needed: the settings of a connection of this type.");
            } else if (type != null && !part.equals(type) && there != null) {
                section.wrong(part, "does not belong to a connection of this type.");
            }
        });
        var write = new ConnectionWrite(
                name,
                agent,
                type,
                custom == null ? null : custom(custom),
                ssh == null ? null : ssh(ssh),
                tcp == null ? null : tcp(tcp),
                postgres == null ? null : database(DatabaseProtocol.POSTGRES, postgres),
                mysql == null ? null : database(DatabaseProtocol.MYSQL, mysql),
                section.choice("recording", List.of("required", "best-effort")),
                section.choice("recording_level", List.of("full", "statements", "metadata")),
                section.flag("strict"),
                section.number("idle_seconds", 0, LONGEST_SECONDS),
                section.number("longest_seconds", 1, LONGEST_SECONDS),
                tags(section),
                variables(section),
                section.number("recording_retention_days", 1, Retention.MOST_DAYS),
                section.list("approvers"),
                section.number(
                        "approval_seconds",
                        ReviewTerms.SHORTEST_WAIT.toSeconds(),
                        ReviewTerms.LONGEST_WAIT.toSeconds()));
        section.end();
        declaration.connections.add(one(section, name, write), mistakes);
    }

    private static @Nullable SortedMap<String, String> tags(Section section) {
        var tags = section.map("tags");
        if (tags != null && !tags.keySet().stream().allMatch(tag -> tag.matches("[A-Za-z0-9_.:/-]{1,128}"))) {
            section.wrong("tags", "has names of 1 to 128 letters, digits and _ . : / -");
        }
        return tags;
    }

    private static @Nullable List<String> variables(Section section) {
        var names = section.list("accept_environment");
        if (names != null && !names.stream().allMatch(name -> name.matches("[A-Za-z_][A-Za-z0-9_]{0,127}"))) {
            section.wrong("accept_environment", "has names of variables: letters, digits and _");
        }
        return names;
    }

    private static Custom custom(Section section) {
        var entrypoint = section.list("entrypoint");
        if (entrypoint == null || entrypoint.isEmpty()) {
            section.wrong("entrypoint", "is needed: a program and its arguments, as a list.");
        }
        var read = new Custom(
                entrypoint,
                section.text("run_as"),
                section.choice("command", List.of("argument", "stdin", "none")),
                section.flag("follow_stdin"),
                section.map("environment"),
                section.map("files"),
                section.text("directory"));
        section.end();
        references(section, "environment", read.environment());
        references(section, "files", read.files());
        if (entrypoint != null && !entrypoint.isEmpty()) {
            section.made(
                    "entrypoint",
                    () -> new TargetSettings.Custom(
                            entrypoint,
                            Optional.empty(),
                            CommandMode.NONE,
                            false,
                            new TreeMap<>(),
                            new TreeMap<>(),
                            Optional.empty()));
        }
        return read;
    }

    private static void references(Section section, String name, @Nullable Map<String, String> references) {
        if (references != null) {
            references.forEach((variable, reference) -> {
                if (!variable.matches("[A-Za-z_][A-Za-z0-9_]{0,127}")) {
                    section.wrong(name, "has names of variables: letters, digits and _");
                }
                reference(section, name, reference, true);
            });
        }
    }

    /// Never repeats what stands there: it may be the secret itself, without a scheme before it.
    private static void reference(Section section, String name, @Nullable String reference, boolean text) {
        if (reference == null || (reference.startsWith("seal:") && reference.length() > "seal:".length())) {
            return;
        }
        var parsed = section.made(name, () -> SecretReference.parse(reference));
        if (parsed.filter(one -> one.scheme().equals("text")).isPresent() && !text) {
            section.wrong(name, "is a secret: give env:NAME, file:/path, or seal:VALUE to have the value sealed.");
        }
    }

    private static Ssh ssh(Section section) {
        var host = section.needed("host");
        var port = section.number("port", 1, 65_535);
        var user = section.needed("user");
        var read = new Ssh(
                host,
                port == null ? null : (Integer) port.intValue(),
                user,
                section.text("password"),
                section.text("private_key"),
                section.list("host_keys"),
                section.text("known_hosts"),
                section.list("forwards"));
        section.end();
        reference(section, "password", read.password(), false);
        reference(section, "private_key", read.privateKey(), false);
        if (!host.isEmpty()) {
            var hostKeys = read.hostKeys();
            section.made(
                    "",
                    () -> new TargetSettings.Ssh(
                            host,
                            port == null ? 22 : port.intValue(),
                            user,
                            Optional.empty(),
                            Optional.empty(),
                            hostKeys == null ? List.of() : hostKeys,
                            Optional.ofNullable(read.knownHosts()),
                            List.of()));
        }
        return read;
    }

    private static Tcp tcp(Section section) {
        var host = section.needed("host");
        var port = section.number("port", 1, 65_535);
        if (!section.has("port")) {
            section.wrong("port", "is needed.");
        }
        section.end();
        if (!host.isEmpty()) {
            section.made("host", () -> new TargetSettings.Tcp(host, 1));
        }
        return new Tcp(host, port == null ? null : (Integer) port.intValue());
    }

    private static Database database(DatabaseProtocol protocol, Section section) {
        var host = section.needed("host");
        var port = section.number("port", 1, 65_535);
        var user = section.needed("user");
        var tls = section.choice("tls", List.copyOf(DatabaseTls.words().keySet()));
        var read = new Database(
                host,
                port == null ? null : (Integer) port.intValue(),
                user,
                section.text("password"),
                section.text("database"),
                section.list("databases"),
                tls,
                section.text("ca"),
                section.text("certificate"),
                section.text("private_key"),
                section.choice("masking", List.of("default", "none")),
                section.flag("local_infile"),
                section.list("guardrails"),
                section.text("rules"));
        section.end();
        reference(section, "password", read.password(), false);
        reference(section, "private_key", read.privateKey(), false);
        if (!host.isEmpty() && !user.isEmpty()) {
            var databases = read.databases();
            var key = read.privateKey();
            var guardrails = read.guardrails();
            section.made(
                    "",
                    () -> new TargetSettings.Database(
                            protocol,
                            host,
                            port == null ? protocol.port() : port.intValue(),
                            user,
                            Optional.empty(),
                            Optional.ofNullable(read.database()),
                            databases == null ? List.of() : databases,
                            tls == null
                                    ? DatabaseTls.VERIFY_FULL
                                    : DatabaseTls.words().getOrDefault(tls, DatabaseTls.VERIFY_FULL),
                            Optional.ofNullable(read.ca()),
                            Optional.ofNullable(read.certificate()),
                            key == null ? Optional.empty() : Optional.of(new SecretReference("env", "KEY")),
                            Boolean.TRUE.equals(read.localInfile()),
                            true,
                            guardrails == null ? List.of() : guardrails,
                            Optional.ofNullable(read.rules())));
        }
        return read;
    }

    private void rule(Section section) {
        var name = section.needed("name");
        if (name.length() > LONGEST_TEXT) {
            section.wrong("name", "has at most " + LONGEST_TEXT + " characters.");
        }
        var effect = section.choice("effect", List.of("allow", "deny"));
        var groups = section.list("groups");
        var users = section.list("users");
        var accounts = section.list("service_accounts");
        var connections = section.list("connections");
        var tags = tags(section);
        var modes = section.list("modes");
        var networks = networks(section);
        var windows = windows(section);
        section.end();
        if (accounts != null && !accounts.stream().allMatch(Document::isServiceAccount)) {
            section.wrong("service_accounts", "takes names, such as deploy-bot: see sally admin service-accounts ls.");
        }
        if (isEmpty(groups) && isEmpty(users) && isEmpty(accounts)) {
            section.wrong("groups", "is needed, or users or service_accounts: a rule says who it speaks of.");
        }
        if (isEmpty(connections) && (tags == null || tags.isEmpty())) {
            section.wrong("connections", "is needed, or tags: a rule says which connections it covers ('*' is all).");
        }
        if (modes != null && !List.of("connect", "exec").containsAll(modes)) {
            section.wrong("modes", "takes connect and exec.");
        }
        if (connections != null) {
            section.made(
                    "connections",
                    () -> new AccessRule(
                            RuleId.next(clock),
                            name,
                            AccessRule.Effect.DENY,
                            Set.of(),
                            Set.of(),
                            new HashSet<>(connections),
                            Map.of(),
                            Set.of(),
                            1));
        }
        var write = new RuleWrite(name, effect, groups, users, accounts, connections, tags, modes, networks, windows);
        declaration.rules.add(one(section, name, write), mistakes);
    }

    private void guardrail(Section section) {
        var name = section.needed("name");
        var description = section.text("description");
        var rules = section.needed("rules");
        var connections = section.list("connections");
        var tags = tags(section);
        var groups = section.list("groups");
        var order = section.number("order", 1, Guardrail.LAST);
        var enabled = section.flag("enabled");
        section.end();
        if (!name.isEmpty() && !rules.isEmpty()) {
            section.made("rules", () -> GuardrailText.read("rules", rules));
            reach(section, connections, tags, groups)
                    .ifPresent(reach -> section.made(
                            "name",
                            () -> new Guardrail(
                                    GuardrailId.next(clock),
                                    name,
                                    description == null ? "" : description,
                                    rules,
                                    reach,
                                    1,
                                    true,
                                    1)));
        }
        var write = new GuardrailWrite(name, description, rules, connections, tags, groups, order, enabled);
        declaration.guardrails.add(one(section, name, write), mistakes);
    }

    private void maskingRule(Section section) {
        var name = section.needed("name");
        var description = section.text("description");
        var masks = section.list("masks");
        var strategy = section.needed("strategy");
        var connections = section.list("connections");
        var tags = tags(section);
        var groups = section.list("groups");
        var order = section.number("order", 1, Guardrail.LAST);
        section.end();
        if (masks == null || masks.isEmpty()) {
            section.wrong("masks", "is needed, such as [type email] or [column customers.email].");
        } else if (!name.isEmpty() && !strategy.isEmpty()) {
            var subjects = section.made(
                    "masks", () -> masks.stream().map(MaskingSubject::of).toList());
            var made = section.made("strategy", () -> MaskingStrategy.of(strategy));
            var reach = reach(section, connections, tags, groups);
            if (subjects.isPresent() && made.isPresent() && reach.isPresent()) {
                section.made(
                        "name",
                        () -> new MaskingRule(
                                MaskingRuleId.next(clock),
                                name,
                                reach.get().connections(),
                                reach.get().tags(),
                                reach.get().groups(),
                                subjects.get(),
                                made.get()));
            }
        }
        // as the API says it
        var word = strategy.isEmpty() ? strategy : text(strategy);
        var write = new MaskingRuleWrite(name, description, masks, word, connections, tags, groups, order);
        declaration.maskingRules.add(one(section, name, write), mistakes);
    }

    private static String text(String strategy) {
        try {
            return MaskingStrategy.of(strategy).text();
        } catch (IllegalArgumentException e) {
            return strategy;
        }
    }

    private static Optional<Reach> reach(
            Section section,
            @Nullable List<String> connections,
            @Nullable Map<String, String> tags,
            @Nullable List<String> groups) {
        return section.made(
                "connections",
                () -> new Reach(
                        connections == null ? Set.of() : new HashSet<>(connections),
                        tags == null ? Map.of() : tags,
                        groups == null ? Set.of() : new HashSet<>(groups)));
    }

    /// A name, or an id, which no name looks like.
    private static boolean isServiceAccount(String text) {
        return text.matches("[a-z0-9][a-z0-9.-]{0,62}|svc_[0-9a-z]{1,60}");
    }

    private static @Nullable List<String> networks(Section section) {
        var networks = section.list("source_networks");
        if (networks != null
                && networks.stream()
                        .anyMatch(network -> network.indexOf(',') >= 0
                                || SourceAddresses.parse(network).equals(SourceAddresses.NONE))) {
            section.wrong("source_networks", "takes networks, such as 192.0.2.0/24 or 2001:db8::/32.");
        }
        return networks;
    }

    private static @Nullable List<Window> windows(Section section) {
        var parts = section.parts("time_windows");
        return parts.isEmpty()
                ? null
                : parts.get().stream().map(Document::window).toList();
    }

    private static Window window(Section section) {
        var days = section.list("days");
        var from = section.needed("from");
        var to = section.needed("to");
        var zone = section.needed("zone");
        section.end();
        if (days != null && !Windows.DAYS.containsAll(days)) {
            section.wrong("days", "takes " + String.join(", ", Windows.DAYS) + ".");
        }
        for (var end : Map.of("from", from, "to", to).entrySet()) {
            if (!end.getValue().isEmpty() && !end.getValue().matches("([01][0-9]|2[0-3]):[0-5][0-9]")) {
                section.wrong(end.getKey(), "is a time of the day, from 00:00 to 23:59.");
            }
        }
        if (!zone.isEmpty() && !ZoneId.getAvailableZoneIds().contains(zone)) {
            section.wrong("zone", "is not a zone of the IANA time zone database, such as Europe/Berlin or UTC.");
        }
        return new Window(days, from, to, zone);
    }

    private static boolean isEmpty(@Nullable List<String> list) {
        return list == null || list.isEmpty();
    }

    private void door(Section section) {
        var lines = section.list("trusted_cas");
        var certAttr = section.choice("cert_attr", List.of("principal", "key_id"));
        var userAttr = section.choice("user_attr", List.of("user_id", "subject", "email"));
        section.end();
        var cas = new LinkedHashMap<String, String>();
        if (lines != null) {
            for (int i = 0; i < lines.size(); i++) {
                var line = lines.get(i).strip();
                section.made("trusted_cas", () -> SshPublicKey.parse(line).fingerprint())
                        .ifPresent(fingerprint -> cas.put(fingerprint, line));
            }
        }
        if (declaration.door.isPresent()) {
            section.wrong(
                    "", "is declared already, at " + declaration.door.get().place() + ".");
        }
        declaration.door = Optional.of(new Declaration.Door(
                lines == null ? Optional.empty() : Optional.of(cas), certAttr, userAttr, section.place()));
    }
}
