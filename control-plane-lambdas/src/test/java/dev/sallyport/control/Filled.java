package dev.sallyport.control;

import dev.sallyport.api.Agents;
import dev.sallyport.api.Cas;
import dev.sallyport.api.ConnectionTests;
import dev.sallyport.api.Connections;
import dev.sallyport.api.Groups;
import dev.sallyport.api.Guardrails;
import dev.sallyport.api.Keys;
import dev.sallyport.api.MaskingRules;
import dev.sallyport.api.Revocations;
import dev.sallyport.api.Rules;
import dev.sallyport.api.ServiceAccounts;
import dev.sallyport.api.Tenants;
import dev.sallyport.api.Users;
import dev.sallyport.core.access.AccessMode;
import dev.sallyport.core.audit.Actor;
import dev.sallyport.core.connection.ConnectionName;
import dev.sallyport.core.id.AgentId;
import dev.sallyport.core.id.ConnectionId;
import dev.sallyport.core.id.EdgeId;
import dev.sallyport.core.id.ReviewId;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.id.UserId;
import dev.sallyport.core.recording.RecordingLevel;
import dev.sallyport.core.recording.RecordingRow;
import dev.sallyport.core.recording.RecordingState;
import dev.sallyport.core.review.HeldStatement;
import dev.sallyport.core.review.Review;
import dev.sallyport.core.session.Session;
import dev.sallyport.core.statement.IndexedStatement;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A tenant with one of everything, made through the API: users alice and bob, a group, keys of each role, an
/// agent, a connection, a rule, a CA that waits for its proof, a revocation, and a session of alice's.
public final class Filled {

    public final Tenants.CreatedTenant tenant;
    public final String admin;
    public final String auditor;
    public final String alicesKey;
    public final String bobsKey;
    public final Users.User alice;
    public final Users.User bob;
    public final Groups.Group group;
    public final Agents.KeyedAgent agent;
    public final Connections.Connection connection;
    public final Rules.Rule rule;
    public final Guardrails.Guardrail guardrail;
    public final MaskingRules.MaskingRule maskingRule;
    public final Revocations.Revocation revocation;
    public final TestingCa ca = new TestingCa();
    public final ServiceAccounts.ServiceAccount account;
    public final Keys.Key spareKey;
    public final SessionId session;

    /// A test of the connection, which found no agent.
    public final String test;

    private final Bed bed;
    private int statements;

    public Filled(Bed bed, String slug) {
        this.bed = bed;
        tenant = bed.tenant(slug);
        admin = tenant.adminKey().secret();
        group = bed.post(admin, "/v1/groups", new Groups.NewGroup("engineers")).as(Groups.Group.class);
        alice = bed.post(admin, "/v1/users", user("alice", List.of("engineers")))
                .as(Users.User.class);
        bob = bed.post(admin, "/v1/users", user("bob", List.of())).as(Users.User.class);
        account = bed.post(
                        admin,
                        "/v1/service-accounts",
                        new ServiceAccounts.ServiceAccountWrite("deploy-bot", null, List.of(), null))
                .as(ServiceAccounts.ServiceAccount.class);
        auditor = key("auditor", null);
        alicesKey = key("member", alice.id());
        bobsKey = key("member", bob.email());
        spareKey = bed.post(admin, "/v1/keys", new Keys.NewKey("spare", "admin", null, null, null))
                .as(Keys.CreatedKey.class)
                .key();
        agent = bed.post(admin, "/v1/agents", new Agents.NewAgent("first", null))
                .as(Agents.KeyedAgent.class);
        connection = bed.post(admin, "/v1/connections", bash("bash")).as(Connections.Connection.class);
        rule = bed.post(
                        admin,
                        "/v1/access-rules",
                        new Rules.RuleWrite(
                                "engineers use bash", null, List.of("engineers"), null, List.of("bash"), null, null))
                .as(Rules.Rule.class);
        guardrail = bed.post(admin, "/v1/guardrails", guardrail("no-drops")).as(Guardrails.Guardrail.class);
        maskingRule = bed.post(admin, "/v1/masking-rules", maskingRule("staff")).as(MaskingRules.MaskingRule.class);
        bed.post(admin, "/v1/cas", new Cas.NewCa(ca.line())).as(Cas.Ca.class);
        revocation = bed.post(
                        admin,
                        "/v1/revocations",
                        new Revocations.NewRevocation("key_id", "lost laptop", null, "stolen", null))
                .as(Revocations.Revocation.class);
        test = bed.post(admin, "/v1/connections/bash/tests", "")
                .as(ConnectionTests.ConnectionTest.class)
                .id();
        session = session(new UserId(alice.id()), alice.email());
    }

    public TenantId id() {
        return Bed.id(tenant);
    }

    private String key(String role, @org.jspecify.annotations.Nullable String user) {
        return bed.post(admin, "/v1/keys", new Keys.NewKey(role + " key", role, user, null, null))
                .as(Keys.CreatedKey.class)
                .secret();
    }

    static Users.UserWrite user(String name, List<String> groups) {
        return new Users.UserWrite(name + "@example.com", null, name, groups, null);
    }

    public static Guardrails.GuardrailWrite guardrail(String name) {
        return new Guardrails.GuardrailWrite(
                name,
                "Tables stay.",
                "rule drop\n  block\n  when does drop\n  say Ask for a migration.",
                List.of("pg-*"),
                Map.of("env", "prod"),
                List.of("engineers"),
                null,
                null);
    }

    public static MaskingRules.MaskingRuleWrite maskingRule(String name) {
        return new MaskingRules.MaskingRuleWrite(
                name, null, List.of("column staff.*", "pattern EMP-[0-9]+"), "hash", null, null, null, 7L);
    }

    public static Connections.ConnectionWrite bash(String name) {
        return new Connections.ConnectionWrite(
                name,
                "first",
                "custom",
                new Connections.Custom(List.of("/bin/bash"), null, null, null, null, null, null),
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                Map.of("env", "test"),
                null);
    }

    /// The connection as it is, but for how long its recordings are kept.
    public Connections.ConnectionWrite bash(Long retentionDays) {
        var now = bash("bash");
        return new Connections.ConnectionWrite(
                now.name(),
                now.agent(),
                now.type(),
                now.custom(),
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                now.tags(),
                null,
                retentionDays);
    }

    /// A connection whose reviews the engineers decide, alice among them.
    public Connections.Connection reviewed() {
        var like = bash("reviewed");
        return bed.post(
                        admin,
                        "/v1/connections",
                        new Connections.ConnectionWrite(
                                like.name(),
                                like.agent(),
                                like.type(),
                                like.custom(),
                                null,
                                null,
                                null,
                                null,
                                null,
                                null,
                                null,
                                null,
                                null,
                                null,
                                null,
                                null,
                                List.of("engineers"),
                                600L))
                .as(Connections.Connection.class);
    }

    /// Asks for a review as an edge would, in a session of bob's.
    public ReviewId review(Connections.Connection reviewed, SessionId session, EdgeId edge, String statement) {
        var id = ReviewId.next(bed.clock);
        var now = bed.clock.instant();
        bed.store
                .reviews()
                .ask(
                        new Actor(bob.id(), ""),
                        new Review(
                                id(),
                                id,
                                session,
                                new UserId(bob.id()),
                                bob.email(),
                                new ConnectionId(reviewed.id()),
                                new ConnectionName(reviewed.name()),
                                edge,
                                new HeldStatement(statement, List.of("'a'")),
                                "00112233445566778899aabbccddeeff",
                                "safe-writes/drop",
                                "This takes something away.",
                                "drop table",
                                now,
                                now.plusSeconds(600),
                                Review.State.PENDING,
                                Optional.empty()))
                .orThrow();
        return id;
    }

    /// Starts a session as an edge would, with one stored chunk that holds some bytes, and a statement in the index.
    public SessionId session(UserId user, String email) {
        var id = SessionId.next(bed.clock);
        var now = bed.clock.instant();
        var row = new Session(
                id(),
                id,
                user,
                email,
                new ConnectionId(connection.id()),
                new ConnectionName(connection.name()),
                1,
                new AgentId(agent.agent().id()),
                EdgeId.next(bed.clock),
                AccessMode.EXEC,
                "exec",
                Optional.of("ls -l"),
                "192.0.2.9",
                new Session.ShownCertificate("SHA256:ca", 7, "alice", "SHA256:key"),
                RecordingLevel.FULL,
                true,
                now,
                now.plusSeconds(3_600),
                Optional.empty());
        var recording = new RecordingRow(
                id(),
                id,
                bed.dataKeys.next(id()).wrapped(),
                RecordingLevel.FULL,
                RecordingState.LIVE,
                0,
                new byte[0],
                1);
        bed.store
                .sessions()
                .start(new Actor("edge", "192.0.2.9"), row, recording)
                .orThrow();
        try {
            bed.chunks.put(id(), id, 0, "chunk zero".getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        statement(id, user, email, "drop table orders -- " + tenant.tenant().slug());
        return id;
    }

    /// Puts a statement into the index as an edge would.
    public void statement(SessionId of, UserId user, String email, String text) {
        bed.store
                .statements()
                .add(
                        id(),
                        List.of(new IndexedStatement(
                                of,
                                ++statements,
                                bed.clock.instant(),
                                user,
                                email,
                                new ConnectionName(connection.name()),
                                text,
                                false,
                                "allow",
                                Optional.empty())),
                        Optional.empty());
    }

    /// For each name in the templates of routes: the ids (and names) by which this tenant has such a thing.
    public Map<String, String> ids() {
        var ids = new HashMap<String, String>();
        ids.put("tenant", tenant.tenant().id());
        ids.put("user", alice.id());
        ids.put("account", account.id());
        ids.put("group", group.id());
        ids.put("key", spareKey.id());
        ids.put("agent", agent.agent().id());
        ids.put("connection", connection.id());
        ids.put("rule", rule.id());
        ids.put("guardrail", guardrail.id());
        ids.put("masking_rule", maskingRule.id());
        ids.put("ca", ca.id());
        ids.put("revocation", revocation.id());
        ids.put("session", session.value());
        ids.put("test", test);
        ids.put("number", "0");
        ids.put("minute", "202601010000");
        return ids;
    }
}
