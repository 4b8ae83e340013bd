package dev.sallyport.agent.session;

import dev.sallyport.agent.AgentSettings;
import dev.sallyport.agent.database.DatabaseTargets;
import dev.sallyport.agent.database.Inspections;
import dev.sallyport.agent.process.CustomTargets;
import dev.sallyport.agent.process.Programs;
import dev.sallyport.agent.process.SecretFiles;
import dev.sallyport.agent.secrets.MaskingKey;
import dev.sallyport.agent.secrets.SealingKey;
import dev.sallyport.agent.secrets.Secrets;
import dev.sallyport.agent.ssh.SshTargets;
import dev.sallyport.agent.tail.Tails;
import dev.sallyport.core.agent.AgentToken;
import dev.sallyport.core.connection.ConnectionDefinition;
import dev.sallyport.core.connection.ConnectionName;
import dev.sallyport.core.connection.SignedDefinition;
import dev.sallyport.core.connection.TargetSettings;
import dev.sallyport.core.connection.TestOrder;
import dev.sallyport.core.id.AgentId;
import dev.sallyport.core.id.ConnectionId;
import dev.sallyport.core.id.EdgeId;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.id.TestId;
import dev.sallyport.core.id.UserId;
import dev.sallyport.core.link.Ticket;
import dev.sallyport.core.policy.PolicyDocument;
import dev.sallyport.core.policy.SignedPolicy;
import dev.sallyport.core.recording.RecordingLevel;
import dev.sallyport.core.session.Order;
import dev.sallyport.core.session.Pty;
import dev.sallyport.core.session.SessionRequest;
import dev.sallyport.core.tenant.TenantKey;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// The sessions of an agent without a link to an edge, and orders for it as a tenant would sign them.
public final class TestingAgent implements AutoCloseable {

    public final Clock clock = Clock.systemUTC();
    public final TenantId tenant = TenantId.next(clock);
    public final AgentId agent = AgentId.next(clock);
    public final TenantKey.Signer signer = signer();
    public final AgentToken token = AgentToken.issue(signer, tenant, agent, "testing");
    public final Programs programs;
    public final SessionHost host;
    public final TestHost tests;
    public final TargetsByType targets;
    public final Tails tails;

    /// What operators were told.
    public final java.util.Queue<String> reports = new java.util.concurrent.ConcurrentLinkedQueue<>();

    private final SecretFiles files;
    private final SshTargets ssh;

    public TestingAgent(Path state) throws Exception {
        this(state, Map.of(), List.of());
    }

    /// One that opens one connection only.
    public TestingAgent(Path state, String only) throws Exception {
        this(state, Map.of(), List.of(), Optional.of(only));
    }

    public TestingAgent(Path state, Map<String, String> environment, List<Path> secretFolders) throws Exception {
        this(state, environment, secretFolders, Optional.empty());
    }

    private TestingAgent(Path state, Map<String, String> environment, List<Path> secretFolders, Optional<String> only)
            throws Exception {
        programs = Programs.open(state, Set.of());
        var secrets = new Secrets(environment, secretFolders, Optional.empty());
        ssh = new SshTargets(secrets);
        var sealing = SealingKey.open(state);
        tails = Tails.open(state.resolve("tails"), sealing::seal, sealing::open, clock, Tails.MOST);
        files = SecretFiles.open("sallyport-test-" + agent);
        var versions = new SeenVersions(state);
        targets = new TargetsByType(
                AgentSettings.ALL_TYPES,
                Optional.of(new CustomTargets(programs, files, secrets)),
                ssh,
                new DatabaseTargets(secrets, new Inspections(MaskingKey.open(state)), token.tenantKey(), clock));
        tests = new TestHost(token, only, versions, targets, clock);
        host = new SessionHost(token, only, versions, targets, tails, reports::add, clock);
    }

    /// Ends its sessions, and waits for that.
    @Override
    public void close() {
        host.endAll();
        org.awaitility.Awaitility.await().until(() -> host.live() == 0);
        files.close();
        ssh.close();
        programs.close();
    }

    public static TenantKey.Signer signer() {
        try {
            var pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            return TenantKey.Signer.of(pair.getPrivate(), new TenantKey(pair.getPublic()));
        } catch (java.security.GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /// A session that runs.
    public record Running(TestingLink link, Order order, Thread thread) {}

    public Running start(Order order) {
        return start(order, new TestingLink());
    }

    public Running start(Order order, TestingLink link) {
        var thread = Thread.ofVirtual().start(() -> {
            try {
                host.open(order, Ticket.next(), link);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        return new Running(link, order, thread);
    }

    public Order order(TargetSettings target, SessionRequest request) {
        return order(definition(target), request);
    }

    public Order order(ConnectionDefinition definition, SessionRequest request) {
        return order(definition, request, Map.of(), clock.instant().plusSeconds(600));
    }

    public Order order(
            ConnectionDefinition definition,
            SessionRequest request,
            Map<String, String> environment,
            Instant deadline) {
        return new Order(
                SessionId.next(clock),
                tenant,
                EdgeId.next(clock),
                UserId.next(clock),
                "alice@example.com",
                SignedDefinition.sign(definition, signer),
                request,
                environment,
                RecordingLevel.FULL,
                deadline,
                Set.of(),
                Optional.of(SignedPolicy.sign(PolicyDocument.empty(tenant), signer)));
    }

    public TestOrder testOrder(TargetSettings target) {
        return new TestOrder(TestId.next(clock), tenant, SignedDefinition.sign(definition(target), signer));
    }

    public ConnectionDefinition definition(TargetSettings target) {
        return definition(target, agent, 1);
    }

    public ConnectionDefinition definition(TargetSettings target, AgentId agent, long version) {
        return new ConnectionDefinition(
                tenant,
                ConnectionId.next(clock),
                new ConnectionName("bash"),
                version,
                agent,
                target,
                true,
                Optional.empty(),
                false,
                ConnectionDefinition.DEFAULT_IDLE,
                ConnectionDefinition.DEFAULT_LONGEST,
                new TreeMap<>(),
                Set.of("FOO", "LD_PRELOAD", "BASH_ENV"));
    }

    /// The account that tests run programs as.
    public Optional<String> account() {
        return programs.changesAccount() ? Optional.of("nobody") : Optional.empty();
    }

    public TargetSettings.Custom custom(String... entrypoint) {
        return custom(TargetSettings.CommandMode.defaultFor(List.of(entrypoint)), false, entrypoint);
    }

    public TargetSettings.Custom custom(TargetSettings.CommandMode mode, boolean follow, String... entrypoint) {
        return new TargetSettings.Custom(
                List.of(entrypoint), account(), mode, follow, new TreeMap<>(), new TreeMap<>(), Optional.of("/"));
    }

    public static SessionRequest.Exec command(String command) {
        return new SessionRequest.Exec(command.getBytes(StandardCharsets.UTF_8), Optional.empty());
    }

    public static SessionRequest.Exec commandWithTerminal(String command) {
        return new SessionRequest.Exec(command.getBytes(StandardCharsets.UTF_8), Optional.of(terminal()));
    }

    public static Pty terminal() {
        return new Pty("xterm", 80, 24, 0, 0, new byte[0]);
    }
}
