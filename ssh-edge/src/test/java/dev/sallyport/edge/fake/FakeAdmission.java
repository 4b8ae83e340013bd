package dev.sallyport.edge.fake;

import dev.sallyport.core.certificate.Credential;
import dev.sallyport.core.connection.ConnectionDefinition;
import dev.sallyport.core.connection.ConnectionName;
import dev.sallyport.core.connection.SignedDefinition;
import dev.sallyport.core.connection.TargetSettings;
import dev.sallyport.core.id.AgentId;
import dev.sallyport.core.id.ConnectionId;
import dev.sallyport.core.id.EdgeId;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.id.UserId;
import dev.sallyport.core.recording.RecordingLevel;
import dev.sallyport.core.session.Order;
import dev.sallyport.core.session.Outcome;
import dev.sallyport.core.tenant.TenantKey;
import dev.sallyport.edge.admission.Admission;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/// Admits `alice` to the connections that it was given, and nobody else to anything.
public final class FakeAdmission implements Admission {

    /// A session that was admitted.
    public static final class Admitted implements Live {
        public final Order order;
        public final Request request;
        public volatile Optional<Outcome> outcome = Optional.empty();
        private volatile Consumer<Outcome> ender = outcome -> {};

        Admitted(Order order, Request request) {
            this.order = order;
            this.request = request;
        }

        @Override
        public void onEnd(Consumer<Outcome> told) {
            ender = told;
        }

        @Override
        public void ended(Outcome how) {
            outcome = Optional.of(how);
        }

        /// What the mailbox does: orders the session to end.
        public void end(Outcome how) {
            ender.accept(how);
        }
    }

    public static final TenantId TENANT = new TenantId("ten_01hf0000000000000000000000");

    private static final TenantKey.Signer SIGNER = signer();

    private static TenantKey.Signer signer() {
        try {
            var pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            return TenantKey.Signer.of(pair.getPrivate(), new TenantKey(pair.getPublic()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private final Map<String, ConnectionDefinition> connections = new ConcurrentHashMap<>();

    public final CopyOnWriteArrayList<Admitted> admitted = new CopyOnWriteArrayList<>();

    /// What was asked, whatever the answer.
    public final CopyOnWriteArrayList<Request> asked = new CopyOnWriteArrayList<>();

    /// Called before each decision and each look-up, on the thread that asks; may block.
    public volatile Runnable beforeDeciding = () -> {};

    private final AtomicInteger undecided = new AtomicInteger();

    public volatile Duration longest = Duration.ofHours(24);

    public void add(String name, TargetSettings target) {
        add(name, target, UnaryOperator.identity());
    }

    public void add(String name, TargetSettings target, UnaryOperator<ConnectionDefinition> change) {
        connections.put(
                name,
                change.apply(new ConnectionDefinition(
                        TENANT,
                        ConnectionId.next(Clock.systemUTC()),
                        new ConnectionName(name),
                        1,
                        new AgentId("agt_01hf0000000000000000000000"),
                        target,
                        true,
                        Optional.empty(),
                        false,
                        ConnectionDefinition.DEFAULT_IDLE,
                        ConnectionDefinition.DEFAULT_LONGEST,
                        new TreeMap<>(),
                        Set.of())));
    }

    public Admitted last() {
        return admitted.getLast();
    }

    @Override
    public Decision admit(Request request) {
        asked.add(request);
        awaitDecision();
        return known(request.credential(), request.connection())
                .<Decision>map(connection -> grant(request, connection))
                .orElseGet(() -> new Decision.Refused("there is no connection " + request.connection()
                        + " that you may open; ssh without a command lists those that you may"));
    }

    /// How many wait for an answer.
    public int undecided() {
        return undecided.get();
    }

    private void awaitDecision() {
        undecided.incrementAndGet();
        try {
            beforeDeciding.run();
        } finally {
            undecided.decrementAndGet();
        }
    }

    private Decision grant(Request request, ConnectionDefinition connection) {
        var order = new Order(
                SessionId.next(Clock.systemUTC()),
                TENANT,
                new EdgeId("edg_01hf0000000000000000000000"),
                new UserId("usr_01hf0000000000000000000000"),
                "alice@example.com",
                SignedDefinition.sign(connection, SIGNER),
                request.request(),
                request.environment(),
                RecordingLevel.of(connection, request.request()),
                Clock.systemUTC().instant().plus(longest));
        var live = new Admitted(order, request);
        admitted.add(live);
        return new Decision.Granted(
                live, order, connection, new byte[0], new Outcome.TimedOut("the longest time of a session"));
    }

    @Override
    public List<ConnectionDefinition> permitted(Credential credential) {
        awaitDecision();
        return credential.login().equals("alice")
                ? connections.values().stream()
                        .sorted(java.util.Comparator.comparing(ConnectionDefinition::name))
                        .toList()
                : List.of();
    }

    @Override
    public Optional<ConnectionDefinition> find(Credential credential, ConnectionName connection) {
        awaitDecision();
        return known(credential, connection);
    }

    private Optional<ConnectionDefinition> known(Credential credential, ConnectionName connection) {
        return credential.login().equals("alice")
                ? Optional.ofNullable(connections.get(connection.value()))
                : Optional.empty();
    }
}
