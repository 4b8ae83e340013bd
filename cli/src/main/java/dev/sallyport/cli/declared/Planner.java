package dev.sallyport.cli.declared;

import dev.sallyport.api.Agents;
import dev.sallyport.api.Connections.Connection;
import dev.sallyport.api.Groups.Group;
import dev.sallyport.api.Guardrails.Guardrail;
import dev.sallyport.api.Guardrails.GuardrailWrite;
import dev.sallyport.api.MaskingRules.MaskingRule;
import dev.sallyport.api.MaskingRules.MaskingRuleWrite;
import dev.sallyport.api.Rules.Rule;
import dev.sallyport.api.Rules.RuleWrite;
import dev.sallyport.api.Rules.Window;
import dev.sallyport.api.SshServer;
import dev.sallyport.api.SshServer.PendingCa;
import dev.sallyport.api.Users.User;
import dev.sallyport.api.Users.UserWrite;
import dev.sallyport.cli.admin.Windows;
import dev.sallyport.cli.declared.Change.Kind;
import dev.sallyport.cli.declared.Change.Turn;
import dev.sallyport.cli.declared.Declaration.Noun;
import dev.sallyport.cli.declared.Declaration.One;
import dev.sallyport.cli.declared.Settings.Difference;
import dev.sallyport.cli.run.Failure;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Compares what is declared with what there is, by name.
///
/// What a file names and is not there is to be created, what differs is to be changed, and what no file names is
/// to be deleted if `prune` says so and the files name its noun at all.
final class Planner {

    /// The order of a guardrail or masking rule that says none.
    private static final long MIDDLE = dev.sallyport.core.policy.Guardrail.MIDDLE;

    private static final String CONNECTION = "connection";
    private static final String SSH_SERVER = "ssh_server";
    private static final int MOST_NAMES_TOLD = 10;

    private final Declaration declared;
    private final Present present;
    private final Mistakes mistakes;
    private final boolean prune;
    private final boolean reseal;

    private final List<Change> changes = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private final Map<String, String> agentNames = new HashMap<>();
    private final Map<String, String> emails = new HashMap<>();
    private final Map<String, String> accountNames = new HashMap<>();

    Planner(Declaration declared, Present present, Mistakes mistakes, boolean prune, boolean reseal) {
        this.declared = declared;
        this.present = present;
        this.mistakes = mistakes;
        this.prune = prune;
        this.reseal = reseal;
        present.agents().forEach(agent -> agentNames.put(agent.id(), agent.name()));
        present.users().forEach(user -> emails.put(user.id(), user.email()));
        present.serviceAccounts().forEach(account -> accountNames.put(account.id(), account.name()));
    }

    /// The plan; what is wrong with the declaration goes to the mistakes.
    Plan plan() {
        groups();
        agents();
        users();
        connections();
        rules();
        guardrails();
        maskingRules();
        declared.door.ifPresent(wanted -> door(wanted, present.door().orElseThrow()));
        changes.sort(Comparator.comparing(Change::turn));
        return new Plan(List.copyOf(changes), List.copyOf(notes));
    }

    private void groups() {
        var there = byName(present.groups(), Group::name);
        for (var group : declared.groups.all()) {
            if (!there.containsKey(group.name())) {
                changes.add(new Change(Kind.CREATE, "group", group.name(), List.of(), Turn.GROUPS, client -> {
                    var _ = client.createGroup(group.write());
                    return List.of();
                }));
            }
        }
        gone(declared.groups, there, "group")
                .forEach((name, group) -> delete("group", name, Turn.GONE_GROUPS, client -> {
                    client.deleteGroup(group.id());
                    return List.of();
                }));
    }

    private void agents() {
        var there = byName(present.agents(), Agents.Agent::name);
        for (var agent : declared.agents.all()) {
            if (!there.containsKey(agent.name())) {
                changes.add(new Change(Kind.CREATE, "agent", agent.name(), List.of(), Turn.AGENTS, client -> {
                    var keyed = client.createAgent(new Agents.NewAgent(agent.name(), true));
                    var join = Objects.requireNonNull(keyed.join(), "an agent that is to join has a line");
                    return List.of("  run on its machine as root, once, until " + join.until() + ": " + join.command());
                }));
            }
        }
        gone(declared.agents, there, "agent").forEach((name, agent) -> {
            // The API would refuse it, in the middle of the plan.
            if (!declared.connections.named()) {
                present.connections().stream()
                        .filter(connection -> agent.id().equals(connection.agent()))
                        .findFirst()
                        .ifPresent(connection -> mistakes.add(
                                new Place("--prune", 1),
                                "agent " + name,
                                "cannot be deleted while the connection " + connection.name() + " uses it."));
            }
            delete("agent", name, Turn.GONE_AGENTS, client -> {
                client.deleteAgent(agent.id());
                return List.of();
            });
        });
    }

    private void users() {
        var there = byName(present.users(), User::email);
        for (var user : declared.users.all()) {
            var write = user.write();
            groupsExist(user, write.groups());
            var now = there.get(user.name());
            if (now == null) {
                create(user, "user", new Settings(), settings(write), Turn.NEW_USERS, client -> {
                    var _ = client.createUser(write);
                    return List.of();
                });
                continue;
            }
            // What the file does not say of a person stays as it is.
            var all = new UserWrite(
                    user.name(),
                    write.subject() == null ? now.subject() : write.subject(),
                    write.name() == null ? now.name() : write.name(),
                    write.groups() == null ? now.groups() : write.groups(),
                    write.status() == null ? now.status() : write.status());
            change("user", user.name(), settings(written(now)), settings(all), Turn.USERS, client -> {
                var read = client.taggedUser(now.id());
                unchanged(now, read.value());
                var _ = client.updateUser(now.id(), all, read.tag());
                return List.of();
            });
        }
        gone(declared.users, there, "user").forEach((email, user) -> {
            if (user.id().equals(present.me().user())) {
                mistakes.add(
                        new Place("--prune", 1),
                        "user " + email,
                        "is you, and would be deleted. Declare yourself, or leave users out of the files.");
            }
            delete("user", email, Turn.GONE_USERS, client -> {
                var read = client.taggedUser(user.id());
                unchanged(user, read.value());
                client.deleteUser(user.id(), read.tag());
                return List.of();
            });
        });
    }

    private static UserWrite written(User user) {
        return new UserWrite(user.email(), user.subject(), user.name(), user.groups(), user.status());
    }

    /// What is set of a user.
    static Settings settings(UserWrite user) {
        return new Settings()
                .put("subject", user.subject())
                .put("name", user.name())
                .set("groups", user.groups())
                .put("status", user.status() == null ? "active" : user.status());
    }

    private void connections() {
        var there = byName(present.connections(), Connection::name);
        for (var connection : declared.connections.all()) {
            var write = connection.write();
            var agent = String.valueOf(write.agent());
            if (!agent.isEmpty() && !agentNames.containsKey(agent) && !agentThere(agent)) {
                mistakes.add(
                        connection.place(),
                        connection.path() + ".agent",
                        "there is no such agent. Declare it under  agents:  or make it first.");
            }
            var now = there.get(connection.name());
            var wanted = ConnectionSettings.of(write, this::agentName);
            if (now == null) {
                create(connection, CONNECTION, ConnectionSettings.DEFAULTS, wanted, Turn.CONNECTIONS, client -> {
                    var _ = client.createConnection(write);
                    return List.of();
                });
                continue;
            }
            var settings = ConnectionSettings.of(now, this::agentName);
            boolean trusting = !reseal && Objects.equals(settings.get("agent"), wanted.get("agent"));
            if (trusting) {
                var hidden = wanted.hidden(settings);
                if (!hidden.isEmpty()) {
                    notes.add(connection.name() + ": what is sealed already is not compared with the file: "
                            + String.join(", ", hidden) + ". --reseal writes it again.");
                }
            }
            var differences = settings.differences(wanted, trusting);
            if (!differences.isEmpty()) {
                changes.add(new Change(
                        Kind.CHANGE, CONNECTION, connection.name(), differences, Turn.CONNECTIONS, client -> {
                            var read = client.taggedConnection(now.id());
                            unchanged(now, read.value());
                            var _ = client.updateConnection(now.id(), write, read.tag());
                            return List.of();
                        }));
            }
        }
        gone(declared.connections, declared.connections.named() ? there : Map.of(), CONNECTION)
                .forEach((name, connection) -> delete(CONNECTION, name, Turn.GONE_CONNECTIONS, client -> {
                    var read = client.taggedConnection(connection.id());
                    unchanged(connection, read.value());
                    client.deleteConnection(connection.id(), read.tag());
                    return List.of();
                }));
    }

    private boolean agentThere(String name) {
        boolean there = agentNames.containsValue(name);
        boolean stays = !prune || !declared.agents.named();
        return declared.agents.has(name) || (there && stays);
    }

    private String agentName(String idOrName) {
        return agentNames.getOrDefault(idOrName, idOrName);
    }

    private void rules() {
        var there = new LinkedHashMap<String, List<Rule>>();
        present.rules()
                .forEach(rule -> there.computeIfAbsent(rule.name(), _ -> new ArrayList<>())
                        .add(rule));
        for (var rule : declared.rules.all()) {
            var write = complete(rule);
            groupsExist(rule, write.groups());
            var now = there.getOrDefault(rule.name(), List.of());
            if (now.size() > 1) {
                mistakes.add(
                        rule.place(),
                        rule.path(),
                        now.size() + " rules are called so. Give each a name of its own:  sally admin rules update "
                                + now.getFirst().id() + " --name NAME.");
            } else if (now.isEmpty()) {
                create(rule, "rule", new Settings(), settings(write), turn(write.effect()), client -> {
                    var _ = client.createRule(write);
                    return List.of();
                });
            } else {
                var one = now.getFirst();
                change("rule", rule.name(), settings(written(one)), settings(write), turn(write.effect()), client -> {
                    var read = client.taggedRule(one.id());
                    unchanged(one, read.value());
                    var _ = client.updateRule(one.id(), write, read.tag());
                    return List.of();
                });
            }
        }
        gone(declared.rules, there, "rule")
                .forEach((name, rules) -> rules.forEach(rule -> delete(
                        "rule",
                        name,
                        rule.effect().equals("deny") ? Turn.GONE_DENIALS : Turn.GONE_ALLOWANCES,
                        client -> {
                            var read = client.taggedRule(rule.id());
                            unchanged(rule, read.value());
                            client.deleteRule(rule.id(), read.tag());
                            return List.of();
                        })));
    }

    /// What is not told of a new one.
    private static final Settings GUARDRAIL =
            settings(complete(new GuardrailWrite(null, null, null, null, null, null, null, null)));

    private static final Settings MASKING_RULE =
            settings(complete(new MaskingRuleWrite(null, null, null, null, null, null, null, null)));

    private void guardrails() {
        var there = byName(present.guardrails(), Guardrail::name);
        for (var guardrail : declared.guardrails.all()) {
            var write = complete(guardrail.write());
            groupsExist(guardrail, write.groups());
            var now = there.get(guardrail.name());
            if (now == null) {
                create(guardrail, "guardrail", GUARDRAIL, settings(write), Turn.POLICY, client -> {
                    var _ = client.createGuardrail(write);
                    return List.of();
                });
                continue;
            }
            change("guardrail", now.name(), settings(written(now)), settings(write), Turn.POLICY, client -> {
                var read = client.taggedGuardrail(now.id());
                unchanged(now, read.value());
                var _ = client.updateGuardrail(now.id(), write, read.tag());
                return List.of();
            });
        }
        gone(declared.guardrails, there, "guardrail")
                .forEach((name, one) -> delete("guardrail", name, Turn.GONE_POLICY, client -> {
                    var read = client.taggedGuardrail(one.id());
                    unchanged(one, read.value());
                    client.deleteGuardrail(one.id(), read.tag());
                    return List.of();
                }));
    }

    /// With what is not said as the API has it.
    private static GuardrailWrite complete(GuardrailWrite write) {
        return new GuardrailWrite(
                write.name(),
                or(write.description(), ""),
                write.rules(),
                or(write.connections(), List.of()),
                or(write.tags(), Map.of()),
                or(write.groups(), List.of()),
                or(write.order(), MIDDLE),
                or(write.enabled(), true));
    }

    private static GuardrailWrite written(Guardrail one) {
        return new GuardrailWrite(
                one.name(),
                one.description(),
                one.rules(),
                one.connections(),
                one.tags(),
                one.groups(),
                (long) one.order(),
                one.enabled());
    }

    /// What is set of a guardrail.
    static Settings settings(GuardrailWrite write) {
        return new Settings()
                .put("description", or(write.description(), "").isEmpty() ? null : write.description())
                .put("rules", write.rules())
                .set("connections", write.connections())
                .map("tags", write.tags())
                .set("groups", write.groups())
                .put("order", write.order() == null ? null : write.order().toString())
                .put("enabled", write.enabled() == null ? null : write.enabled().toString());
    }

    private void maskingRules() {
        var there = byName(present.maskingRules(), MaskingRule::name);
        for (var rule : declared.maskingRules.all()) {
            var write = complete(rule.write());
            groupsExist(rule, write.groups());
            var now = there.get(rule.name());
            if (now == null) {
                create(rule, "masking rule", MASKING_RULE, settings(write), Turn.POLICY, client -> {
                    var _ = client.createMaskingRule(write);
                    return List.of();
                });
                continue;
            }
            change("masking rule", now.name(), settings(written(now)), settings(write), Turn.POLICY, client -> {
                var read = client.taggedMaskingRule(now.id());
                unchanged(now, read.value());
                var _ = client.updateMaskingRule(now.id(), write, read.tag());
                return List.of();
            });
        }
        gone(declared.maskingRules, there, "masking rule")
                .forEach((name, one) -> delete("masking rule", name, Turn.GONE_POLICY, client -> {
                    var read = client.taggedMaskingRule(one.id());
                    unchanged(one, read.value());
                    client.deleteMaskingRule(one.id(), read.tag());
                    return List.of();
                }));
    }

    private static MaskingRuleWrite complete(MaskingRuleWrite write) {
        return new MaskingRuleWrite(
                write.name(),
                or(write.description(), ""),
                write.masks(),
                write.strategy(),
                or(write.connections(), List.of()),
                or(write.tags(), Map.of()),
                or(write.groups(), List.of()),
                or(write.order(), MIDDLE));
    }

    private static MaskingRuleWrite written(MaskingRule one) {
        return new MaskingRuleWrite(
                one.name(),
                one.description(),
                one.masks(),
                one.strategy(),
                one.connections(),
                one.tags(),
                one.groups(),
                (long) one.order());
    }

    /// What is set of a masking rule.
    static Settings settings(MaskingRuleWrite write) {
        return new Settings()
                .put("description", or(write.description(), "").isEmpty() ? null : write.description())
                .list("masks", write.masks())
                .put("strategy", write.strategy())
                .set("connections", write.connections())
                .map("tags", write.tags())
                .set("groups", write.groups())
                .put("order", write.order() == null ? null : write.order().toString());
    }

    private static Turn turn(@Nullable String effect) {
        return "deny".equals(effect) ? Turn.DENIALS : Turn.ALLOWANCES;
    }

    /// The rule with users by e-mail address and service accounts by name, and with what is not said as the API has it.
    private RuleWrite complete(One<RuleWrite> rule) {
        var write = rule.write();
        var users = new TreeSet<String>();
        var known = new HashSet<>(emails.values());
        for (var named : or(write.users(), List.<String>of())) {
            var email = emails.getOrDefault(named, named.toLowerCase(Locale.ROOT));
            if (!known.contains(email) && !declared.users.has(email)) {
                mistakes.add(
                        rule.place(),
                        rule.path() + ".users",
                        "there is no user " + named + ". Declare it under  users:  or make it first.");
            }
            users.add(email);
        }
        var accounts = new TreeSet<String>();
        for (var named : or(write.serviceAccounts(), List.<String>of())) {
            var account = accountNames.getOrDefault(named, named);
            if (!accountNames.containsValue(account)) {
                mistakes.add(
                        rule.place(),
                        rule.path() + ".service_accounts",
                        "there is no service account " + named
                                + ". Make it first:  sally admin service-accounts create.");
            }
            accounts.add(account);
        }
        var modes = or(write.modes(), List.<String>of());
        return new RuleWrite(
                write.name(),
                write.effect() == null ? "allow" : write.effect(),
                or(write.groups(), List.of()),
                List.copyOf(users),
                List.copyOf(accounts),
                or(write.connections(), List.of()),
                or(write.tags(), Map.of()),
                modes.isEmpty() ? List.of("connect", "exec") : modes,
                or(write.sourceNetworks(), List.of()),
                or(write.timeWindows(), List.of()));
    }

    private RuleWrite written(Rule rule) {
        return new RuleWrite(
                rule.name(),
                rule.effect(),
                rule.groups(),
                rule.users().stream().map(id -> emails.getOrDefault(id, id)).toList(),
                or(rule.serviceAccounts(), List.<String>of()).stream()
                        .map(id -> accountNames.getOrDefault(id, id))
                        .toList(),
                rule.connections(),
                rule.tags(),
                rule.modes(),
                rule.sourceNetworks(),
                rule.timeWindows());
    }

    /// What is set of a rule.
    static Settings settings(RuleWrite rule) {
        return new Settings()
                .put("effect", rule.effect())
                .set("groups", rule.groups())
                .set("users", rule.users())
                .set("service_accounts", rule.serviceAccounts())
                .set("connections", rule.connections())
                .map("tags", rule.tags())
                .set("modes", rule.modes())
                .set("source_networks", rule.sourceNetworks())
                .set(
                        "time_windows",
                        or(rule.timeWindows(), List.<Window>of()).stream()
                                .map(Planner::text)
                                .toList());
    }

    private static String text(Window window) {
        var days = or(window.days(), List.<String>of());
        return Windows.text(new Window(
                Windows.DAYS.stream().filter(days::contains).toList(), window.from(), window.to(), window.zone()));
    }

    /// A CA that no file names goes only where `prune` says so, like everything else.
    private void door(Declaration.Door wanted, SshServer.Configuration now) {
        var lines = new TreeMap<String, String>();
        now.trustedCas().forEach(ca -> lines.put(ca.fingerprint(), ca.publicKey()));
        now.pendingCas().forEach(ca -> lines.put(ca.fingerprint(), ca.publicKey()));
        now.pendingCas().stream()
                .map(PendingCa::replaces)
                .filter(Objects::nonNull)
                .flatMap(List::stream)
                .forEach(lines::remove);
        var differences = new ArrayList<Difference>();
        @Nullable List<String> write = null;
        if (wanted.trustedCas().isPresent()) {
            var cas = wanted.trustedCas().get();
            var before = new Settings().map("trusted_cas", lines);
            var after = new TreeMap<>(lines);
            if (prune) {
                after.keySet().retainAll(cas.keySet());
            } else {
                kept(minus(lines.keySet(), cas.keySet()), "trusted CA");
            }
            cas.forEach(after::putIfAbsent);
            differences.addAll(before.differences(new Settings().map("trusted_cas", after), true));
            write = differences.isEmpty() ? null : List.copyOf(after.values());
        }
        differences.addAll(attributes(wanted, now));
        now.pendingCas()
                .forEach(ca -> notes.add("the CA " + ca.fingerprint() + " is not trusted before you prove that you"
                        + " hold it:  sally admin sshserver get  says how."));
        if (differences.isEmpty()) {
            return;
        }
        var apply = new SshServer.Apply(write, null, wanted.certAttr(), wanted.userAttr(), null, null);
        changes.add(new Change(Kind.CHANGE, SSH_SERVER, "", differences, Turn.DOOR, client -> {
            var read = client.taggedSshServer();
            unchanged(now, read.value());
            return client.applySshServer(apply, read.tag()).pendingCas().stream()
                    .map(ca -> "  the CA " + ca.fingerprint() + " is not trusted before you prove that you hold it:"
                            + "  sally admin sshserver get  says how.")
                    .toList();
        }));
    }

    private static List<Difference> attributes(Declaration.Door wanted, SshServer.Configuration now) {
        var before = new Settings().put("cert_attr", now.certAttr()).put("user_attr", now.userAttr());
        var after = new Settings()
                .put("cert_attr", or(wanted.certAttr(), now.certAttr()))
                .put("user_attr", or(wanted.userAttr(), now.userAttr()));
        return before.differences(after, true);
    }

    private void groupsExist(One<?> one, @Nullable List<String> groups) {
        var there = present.groups().stream().map(Group::name).collect(Collectors.toSet());
        boolean stay = !prune || !declared.groups.named();
        for (var group : or(groups, List.<String>of())) {
            if (!declared.groups.has(group) && !(there.contains(group) && stay)) {
                mistakes.add(
                        one.place(),
                        one.path() + ".groups",
                        "there is no group " + group + ". Declare it under  groups:  or make it first.");
            }
        }
    }

    private void create(One<?> one, String noun, Settings defaults, Settings wanted, Turn turn, Change.Step step) {
        var told = wanted.all().entrySet().stream()
                .filter(entry -> !entry.getValue().equals(defaults.get(entry.getKey())))
                .map(entry -> new Difference(entry.getKey(), null, entry.getValue()))
                .toList();
        changes.add(new Change(Kind.CREATE, noun, one.name(), told, turn, step));
    }

    private void change(String noun, String name, Settings now, Settings wanted, Turn turn, Change.Step step) {
        var differences = now.differences(wanted, true);
        if (!differences.isEmpty()) {
            changes.add(new Change(Kind.CHANGE, noun, name, differences, turn, step));
        }
    }

    private void delete(String noun, String name, Turn turn, Change.Step step) {
        changes.add(new Change(Kind.DELETE, noun, name, List.of(), turn, step));
    }

    /// What there is and no file names, where that is to go.
    private <T> Map<String, T> gone(Noun<?> noun, Map<String, T> there, String what) {
        if (!noun.named()) {
            return Map.of();
        }
        var gone = new LinkedHashMap<>(there);
        noun.all().forEach(one -> gone.remove(one.name()));
        if (prune) {
            return gone;
        }
        kept(gone.keySet(), what);
        return Map.of();
    }

    private void kept(Set<String> names, String what) {
        if (!names.isEmpty()) {
            notes.add(
                    "no file names " + (names.size() == 1 ? "this " + what : "these " + names.size() + " " + what + "s")
                            + ", and so nothing is done to it: "
                            + names.stream().limit(MOST_NAMES_TOLD).collect(Collectors.joining(", "))
                            + (names.size() > MOST_NAMES_TOLD ? ", …" : "") + ". --prune deletes what no file names.");
        }
    }

    private static Set<String> minus(Set<String> all, Set<String> some) {
        var rest = new TreeSet<>(all);
        rest.removeAll(some);
        return rest;
    }

    /// What was planned was planned for this.
    private static <T> void unchanged(T planned, T now) throws Failure {
        if (!planned.equals(now)) {
            throw Failure.refused(
                    "somebody has changed it since the plan was made. Apply again, and see the new plan.");
        }
    }

    private static <T> Map<String, T> byName(List<T> all, Function<T, String> name) {
        BiFunction<T, T, T> first = (one, _) -> one;
        var map = new LinkedHashMap<String, T>();
        all.forEach(one -> map.merge(name.apply(one), one, first));
        return map;
    }

    private static <T> T or(@Nullable T given, T otherwise) {
        return given == null ? otherwise : given;
    }
}
