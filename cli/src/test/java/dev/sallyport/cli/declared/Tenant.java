package dev.sallyport.cli.declared;

import dev.sallyport.api.Agents;
import dev.sallyport.api.ApiJson;
import dev.sallyport.api.Connections;
import dev.sallyport.api.Connections.Connection;
import dev.sallyport.api.Connections.ConnectionWrite;
import dev.sallyport.api.Connections.Database;
import dev.sallyport.api.Connections.Ssh;
import dev.sallyport.api.Groups;
import dev.sallyport.api.Guardrails;
import dev.sallyport.api.MaskingRules;
import dev.sallyport.api.Me;
import dev.sallyport.api.Problem;
import dev.sallyport.api.Rules;
import dev.sallyport.api.Rules.Rule;
import dev.sallyport.api.Rules.RuleWrite;
import dev.sallyport.api.ServiceAccounts;
import dev.sallyport.api.ServiceAccounts.ServiceAccount;
import dev.sallyport.api.SshServer;
import dev.sallyport.api.Users;
import dev.sallyport.api.Users.User;
import dev.sallyport.cli.TestingApi;
import dev.sallyport.cli.TestingApi.Request;
import dev.sallyport.core.certificate.SshPublicKey;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A tenant behind a [TestingApi]: it keeps what it is told to, as the API does.
final class Tenant {

    final List<Agents.Agent> agents = new ArrayList<>();
    final List<Groups.Group> groups = new ArrayList<>();
    final List<User> users = new ArrayList<>();
    final List<ServiceAccount> serviceAccounts = new ArrayList<>();
    final List<Connection> connections = new ArrayList<>();
    final List<Rule> rules = new ArrayList<>();
    final List<Guardrails.Guardrail> guardrails = new ArrayList<>();
    final List<MaskingRules.MaskingRule> maskingRules = new ArrayList<>();
    final List<SshServer.Ca> cas = new ArrayList<>();
    private final TestingApi api;
    private int ids;

    Tenant(TestingApi api) {
        this.api = api;
        api.on(
                        "GET /v1/me",
                        new Me(
                                "key_1",
                                "admin",
                                false,
                                "ten_1",
                                "acme",
                                "key",
                                "usr_me",
                                "me@example.com",
                                null,
                                null,
                                null))
                .on("GET /v1/agents", (TestingApi.Answering) _ -> new Agents.Page(List.copyOf(agents), null))
                .on("GET /v1/groups", (TestingApi.Answering) _ -> new Groups.Page(List.copyOf(groups), null))
                .on("GET /v1/users", (TestingApi.Answering) _ -> new Users.Page(List.copyOf(users), null))
                .on("GET /v1/service-accounts", (TestingApi.Answering)
                        _ -> new ServiceAccounts.Page(List.copyOf(serviceAccounts), null))
                .on("GET /v1/connections", (TestingApi.Answering)
                        _ -> new Connections.Page(List.copyOf(connections), null))
                .on("GET /v1/access-rules", (TestingApi.Answering) _ -> new Rules.Page(List.copyOf(rules), null))
                .on("GET /v1/guardrails", (TestingApi.Answering)
                        _ -> new Guardrails.Page(List.copyOf(guardrails), null))
                .on("GET /v1/masking-rules", (TestingApi.Answering)
                        _ -> new MaskingRules.Page(List.copyOf(maskingRules), null))
                .on(
                        "POST /v1/guardrails",
                        request -> guardrail(made(body(request, Guardrails.GuardrailWrite.class), id("grd"))))
                .on(
                        "POST /v1/masking-rules",
                        request -> maskingRule(made(body(request, MaskingRules.MaskingRuleWrite.class), id("msk"))))
                .on("GET /v1/ssh-server", (TestingApi.Answering) _ -> door())
                .on("PUT /v1/ssh-server", this::applied)
                .on("POST /v1/agents", request -> {
                    var name = Objects.requireNonNull(
                            body(request, Agents.NewAgent.class).name());
                    return new Agents.KeyedAgent(
                            agent(name),
                            null,
                            new Agents.Join(
                                    "line-of-" + name,
                                    "sallyport-agent install --join line-of-" + name,
                                    Instant.parse("2030-01-01T00:00:00Z")));
                })
                .on(
                        "POST /v1/groups",
                        request -> group(Objects.requireNonNull(
                                body(request, Groups.NewGroup.class).name())))
                .on("POST /v1/users", request -> {
                    var write = body(request, Users.UserWrite.class);
                    return user(Objects.requireNonNull(write.email()), or(write.groups(), List.of()));
                })
                .on(
                        "POST /v1/connections",
                        request -> connection(made(body(request, ConnectionWrite.class), id("con"), 1)))
                .on("POST /v1/access-rules", request -> rule(made(body(request, RuleWrite.class), id("rul"))));
    }

    private static <T> T body(Request request, Class<T> type) {
        try {
            return ApiJson.readStrictly(type, request.body().getBytes(StandardCharsets.UTF_8));
        } catch (ApiJson.NotReadable e) {
            throw new AssertionError(request.body(), e);
        }
    }

    private String id(String prefix) {
        return prefix + "_" + ++ids;
    }

    /// Gives a thing its own routes.
    private <T> T kept(List<T> all, String route, String id, T one, Function<Request, T> changed) {
        all.add(one);
        api.on("GET " + route + id, (TestingApi.Answering) _ -> find(all, id))
                .on("PUT " + route + id, request -> {
                    var after = changed.apply(request);
                    all.set(all.indexOf(find(all, id)), after);
                    return after;
                })
                .on("DELETE " + route + id, (TestingApi.Answering) _ -> {
                    all.remove(find(all, id));
                    return new byte[0];
                });
        return one;
    }

    private static <T> T find(List<T> all, String id) {
        return all.stream()
                .filter(one -> one.toString().contains("id=" + id + ","))
                .findFirst()
                .orElseThrow();
    }

    Agents.Agent agent(String name) {
        var id = id("agt");
        return kept(
                agents, "/v1/agents/", id, new Agents.Agent(id, name, "active", null, 1, 0, List.of(), null, 1), _ -> {
                    throw new AssertionError("agents do not change");
                });
    }

    Groups.Group group(String name) {
        var id = id("grp");
        return kept(groups, "/v1/groups/", id, new Groups.Group(id, name, null), _ -> {
            throw new AssertionError("groups do not change");
        });
    }

    User user(String email, List<String> groupsOfIt) {
        var id = email.equals("me@example.com") ? "usr_me" : id("usr");
        return kept(
                users, "/v1/users/", id, new User(id, email, "subject", email, groupsOfIt, "active", 1), request -> {
                    var write = body(request, Users.UserWrite.class);
                    return new User(
                            id,
                            email,
                            write.subject(),
                            or(write.name(), email),
                            or(write.groups(), List.of()),
                            or(write.status(), "active"),
                            2);
                });
    }

    ServiceAccount serviceAccount(String name) {
        var one = new ServiceAccount(id("svc"), name, null, List.of(), "active", 1);
        serviceAccounts.add(one);
        return one;
    }

    Connection connection(Connection one) {
        return kept(
                connections,
                "/v1/connections/",
                one.id(),
                one,
                request -> made(body(request, ConnectionWrite.class), one.id(), one.version() + 1));
    }

    Rule rule(Rule one) {
        return kept(
                rules, "/v1/access-rules/", one.id(), one, request -> made(body(request, RuleWrite.class), one.id()));
    }

    private Guardrails.Guardrail guardrail(Guardrails.Guardrail one) {
        return kept(
                guardrails,
                "/v1/guardrails/",
                one.id(),
                one,
                request -> made(body(request, Guardrails.GuardrailWrite.class), one.id()));
    }

    private static Guardrails.Guardrail made(Guardrails.GuardrailWrite write, String id) {
        return new Guardrails.Guardrail(
                id,
                Objects.requireNonNull(write.name()),
                or(write.description(), ""),
                Objects.requireNonNull(write.rules()),
                or(write.connections(), List.of()),
                or(write.tags(), Map.of()),
                or(write.groups(), List.of()),
                or(write.order(), 100L).intValue(),
                or(write.enabled(), true),
                1);
    }

    private MaskingRules.MaskingRule maskingRule(MaskingRules.MaskingRule one) {
        return kept(
                maskingRules,
                "/v1/masking-rules/",
                one.id(),
                one,
                request -> made(body(request, MaskingRules.MaskingRuleWrite.class), one.id()));
    }

    private static MaskingRules.MaskingRule made(MaskingRules.MaskingRuleWrite write, String id) {
        return new MaskingRules.MaskingRule(
                id,
                Objects.requireNonNull(write.name()),
                or(write.description(), ""),
                or(write.masks(), List.of()),
                Objects.requireNonNull(write.strategy()),
                or(write.connections(), List.of()),
                or(write.tags(), Map.of()),
                or(write.groups(), List.of()),
                or(write.order(), 100L).intValue(),
                1);
    }

    /// As the API completes and shows it.
    private Connection made(ConnectionWrite write, String id, long version) {
        var agent = agents.stream()
                .filter(one -> one.name().equals(write.agent()))
                .findFirst()
                .orElseThrow();
        var ssh = write.ssh();
        return new Connection(
                id,
                Objects.requireNonNull(write.name()),
                Objects.requireNonNull(write.type()),
                agent.id(),
                write.custom(),
                ssh == null
                        ? null
                        : new Ssh(
                                ssh.host(),
                                or(ssh.port(), 22),
                                ssh.user(),
                                sealed(ssh.password()),
                                sealed(ssh.privateKey()),
                                or(ssh.hostKeys(), List.of()),
                                ssh.knownHosts(),
                                or(ssh.forwards(), List.of())),
                write.tcp(),
                database(write.postgres(), 5_432),
                database(write.mysql(), 3_306),
                or(write.recording(), "required"),
                write.recordingLevel(),
                or(write.strict(), false),
                or(write.idleSeconds(), 3_600L),
                or(write.longestSeconds(), 86_400L),
                or(write.tags(), Map.of()),
                or(write.acceptEnvironment(), List.of()),
                null,
                version,
                write.recordingRetentionDays() == null
                        ? null
                        : write.recordingRetentionDays().intValue(),
                or(write.approvers(), List.of()),
                or(write.approvalSeconds(), 600L));
    }

    private static @Nullable String sealed(@Nullable String reference) {
        return reference != null && reference.startsWith("seal:")
                ? "sealed:" + Integer.toHexString(reference.hashCode())
                : reference;
    }

    private Rule made(RuleWrite write, String id) {
        var ids = or(write.users(), List.<String>of()).stream()
                .map(email -> users.stream()
                        .filter(user -> user.email().equals(email))
                        .findFirst()
                        .orElseThrow()
                        .id())
                .toList();
        var programs = or(write.serviceAccounts(), List.<String>of()).stream()
                .map(name -> serviceAccounts.stream()
                        .filter(account -> account.name().equals(name))
                        .findFirst()
                        .orElseThrow()
                        .id())
                .toList();
        return new Rule(
                id,
                Objects.requireNonNull(write.name()),
                or(write.effect(), "allow"),
                or(write.groups(), List.of()),
                ids,
                programs,
                or(write.connections(), List.of()),
                or(write.tags(), Map.of()),
                or(write.modes(), List.of("connect", "exec")),
                or(write.sourceNetworks(), List.of()),
                or(write.timeWindows(), List.of()),
                1);
    }

    private SshServer.Configuration door() {
        return new SshServer.Configuration(List.copyOf(cas), List.of(), "principal", "email", null, null);
    }

    private Object applied(Request request) {
        var apply = body(request, SshServer.Apply.class);
        var lines = apply.trustedCas();
        if (lines == null) {
            return Problem.of(Problem.Type.INVALID, "nothing to do");
        }
        cas.clear();
        lines.forEach(line -> cas.add(new SshServer.Ca(SshPublicKey.parse(line).fingerprint(), line)));
        return door();
    }

    private static <T> T or(@Nullable T given, T otherwise) {
        return given == null ? otherwise : given;
    }

    private static @Nullable Database database(@Nullable Database database, int port) {
        return database == null
                ? null
                : new Database(
                        database.host(),
                        or(database.port(), port),
                        database.user(),
                        sealed(database.password()),
                        database.database(),
                        or(database.databases(), List.of()),
                        or(database.tls(), "verify-full"),
                        database.ca(),
                        database.certificate(),
                        sealed(database.privateKey()),
                        or(database.masking(), "default"),
                        database.localInfile(),
                        or(database.guardrails(), List.of()),
                        database.rules());
    }
}
