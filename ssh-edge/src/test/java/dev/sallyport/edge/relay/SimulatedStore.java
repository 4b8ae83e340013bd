package dev.sallyport.edge.relay;

import dev.sallyport.core.access.AccessMode;
import dev.sallyport.core.access.AccessRule;
import dev.sallyport.core.access.AccessRules;
import dev.sallyport.core.audit.Actor;
import dev.sallyport.core.certificate.TrustedCa;
import dev.sallyport.core.certificate.TrustedCa.UserAttribute;
import dev.sallyport.core.certificate.UserCertificate;
import dev.sallyport.core.connection.ConnectionDefinition;
import dev.sallyport.core.connection.ConnectionName;
import dev.sallyport.core.connection.SignedDefinition;
import dev.sallyport.core.connection.TargetSettings;
import dev.sallyport.core.id.AgentId;
import dev.sallyport.core.id.ConnectionId;
import dev.sallyport.core.id.RuleId;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.id.UserId;
import dev.sallyport.core.recording.RecordingRow;
import dev.sallyport.core.recording.RecordingState;
import dev.sallyport.core.revocation.Revocation;
import dev.sallyport.core.session.Outcome;
import dev.sallyport.core.session.Session;
import dev.sallyport.core.tenant.TenantKey;
import dev.sallyport.core.user.User;
import dev.sallyport.store.Connections;
import dev.sallyport.store.Policies.Facts;
import dev.sallyport.store.Policies.Policy;
import dev.sallyport.store.StoreUnavailable;
import dev.sallyport.store.Written;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/// The tenant's configuration, sessions, mailboxes and leases, as one store that answers late, or not at all,
/// or fails after it has written.
///
/// Changes are made as the real store makes them: fact, epoch and mail at once.
final class SimulatedStore {

    static final TenantId TENANT = new TenantId("ten_" + "1".repeat(26));
    static final UserId ALICE = new UserId("usr_" + "1".repeat(26));
    static final ConnectionName BASH = new ConnectionName("bash");
    static final TrustedCa CA = new TrustedCa(
            TENANT,
            "SHA256:" + "A".repeat(43),
            "ssh-ed25519 AAAA",
            TrustedCa.CertificateAttribute.PRINCIPAL,
            UserAttribute.EMAIL);
    private static final ConnectionId CONNECTION = new ConnectionId("con_" + "1".repeat(26));
    private static final AgentId AGENT = new AgentId("agt_" + "1".repeat(26));
    private static final TenantKey KEY = key();

    /// What can be taken away from Alice.
    enum Right {
        ACTIVE,
        RULE,
        CERTIFICATE,
        CA,
        CONNECTION,
        USERS_CERTIFICATES
    }

    /// What an edge is told.
    record Letter(long id, Optional<SessionId> kill) {}

    /// @param decidedAt in the world's time
    /// @param longest how long the session may last, from then on
    record Row(Session session, long decidedAt, Duration longest) {}

    private static final class Lease {
        long beat;
        long seen;
        long since;
    }

    private final World world;
    private final Duration longest;
    private final boolean strict;
    private final Set<Right> rights = EnumSet.allOf(Right.class);
    private final Map<SimulatedEdge, Lease> leases = new HashMap<>();
    private final Map<SimulatedEdge, List<Letter>> mailboxes = new HashMap<>();
    private final Map<SessionId, RecordingState> recordings = new HashMap<>();
    private long epoch = 1;
    private long version = 1;
    private long letters;

    final Map<SessionId, Row> rows = new HashMap<>();

    /// Outcomes, by whoever was first; written by threads of the admission's, too.
    final Map<SessionId, Outcome> ends = new ConcurrentHashMap<>();

    /// Since when Alice may not use the connection.
    Optional<Long> forbiddenSince = Optional.empty();

    SimulatedStore(World world, Duration longest, boolean strict) {
        this.world = world;
        this.longest = longest;
        this.strict = strict;
    }

    // ---- what administrators do

    /// Takes a right away.
    void revoke(Right right) {
        rights.remove(right);
        if (forbiddenSince.isEmpty()) {
            forbiddenSince = Optional.of(world.now());
        }
        changed();
    }

    /// Changes the connection in a way that takes nothing away.
    void change() {
        version++;
        changed();
    }

    void kill(SessionId session) {
        letters++;
        mailboxes.values().forEach(mail -> mail.add(new Letter(letters, Optional.of(session))));
    }

    private void changed() {
        epoch++;
        letters++;
        mailboxes.values().forEach(mail -> mail.add(new Letter(letters, Optional.empty())));
    }

    long version() {
        return version;
    }

    // ---- what edges do

    void register(SimulatedEdge edge) {
        world.call(edge);
        leases.put(edge, new Lease());
        mailboxes.put(edge, new ArrayList<>());
    }

    /// @return whether the lease is still there
    boolean beat(SimulatedEdge edge) {
        world.call(edge);
        var lease = Optional.ofNullable(leases.get(edge));
        lease.ifPresent(held -> held.beat++);
        return lease.isPresent();
    }

    List<Letter> mail(SimulatedEdge edge) {
        world.call(edge);
        return List.copyOf(mailboxes.getOrDefault(edge, List.of()));
    }

    void delete(SimulatedEdge edge, Letter letter) {
        world.call(edge);
        mailboxes.getOrDefault(edge, new ArrayList<>()).remove(letter);
    }

    void sealed(SessionId session, RecordingState state) {
        recordings.put(session, state);
    }

    RecordingState recording(SessionId session) {
        return recordings.getOrDefault(session, RecordingState.LIVE);
    }

    /// Somebody else looks whose lease has stood still, and closes what they have left.
    void closeLost() {
        for (var entry : List.copyOf(leases.entrySet())) {
            var lease = entry.getValue();
            if (lease.seen != lease.beat) {
                lease.seen = lease.beat;
                lease.since = world.now();
            } else if (world.now() - lease.since > Duration.ofSeconds(20).toNanos()) {
                leases.remove(entry.getKey());
                mailboxes.remove(entry.getKey());
            }
        }
        rows.forEach((id, row) -> {
            if (leases.keySet().stream()
                    .noneMatch(edge -> edge.id().equals(row.session().edge()))) {
                ends.putIfAbsent(id, new Outcome.EdgeLost());
            }
        });
    }

    /// The store as one edge's admission sees it.
    Ledger ledger(SimulatedEdge edge) {
        return new Ledger(edge);
    }

    final class Ledger implements dev.sallyport.edge.admission.Ledger {

        private final SimulatedEdge edge;
        private Optional<Policy> first = Optional.empty();

        private Ledger(SimulatedEdge edge) {
            this.edge = edge;
        }

        @Override
        public Optional<Facts> facts(
                TenantId tenant, UserCertificate certificate, UserAttribute by, List<String> names) {
            world.call(edge);
            return Optional.of(new Facts(
                    epoch,
                    rights.contains(Right.CA) ? Optional.of(CA) : Optional.empty(),
                    Map.of("alice@example.com", alice()),
                    rights.contains(Right.CERTIFICATE)
                            ? List.of()
                            : List.of(revocation(new Revocation.CertificateKeyId("alice")))));
        }

        @Override
        public Optional<Policy> policy(TenantId tenant) {
            world.call(edge);
            var fresh = new Policy(
                    TENANT,
                    epoch,
                    KEY,
                    new AccessRules(rights.contains(Right.RULE) ? List.of(rule()) : List.of()),
                    rights.contains(Right.CONNECTION) ? Map.of(BASH, connection()) : Map.of(),
                    rights.contains(Right.USERS_CERTIFICATES)
                            ? Map.of()
                            : Map.of(ALICE, revocation(new Revocation.AllOf(ALICE))));
            if (first.isEmpty()) {
                first = Optional.of(fresh);
            }
            if (world.plants(Bug.STALE_POLICY_ACCEPTED)) {
                var old = first.get();
                return Optional.of(new Policy(TENANT, epoch, KEY, old.rules(), old.connections(), old.users()));
            }
            return Optional.of(fresh);
        }

        @Override
        public Written<Session> start(Actor actor, Session session, RecordingRow recording) {
            long asked = world.now();
            world.call(edge);
            rows.put(session.id(), new Row(session, asked, Duration.between(session.started(), session.deadline())));
            if (!leases.containsKey(edge)) {
                // whoever closed this edge's sessions looks for more of them for a while
                world.log("a session of a closed edge is written");
            }
            world.answer(edge);
            return new Written.Done<>(session);
        }

        @Override
        public void unrecorded(Session session) {
            // of threads of the admission's: the recording's state is told by what is stored
        }

        @Override
        public void end(Actor actor, Session session, Outcome outcome, Instant at) {
            ends.putIfAbsent(session.id(), outcome);
        }

        @Override
        public void note(TenantId tenant, Actor actor, String action, String object, Map<String, String> details) {
            // nobody reads it here
        }
    }

    private User alice() {
        return new User(
                TENANT,
                ALICE,
                "alice@example.com",
                Optional.empty(),
                "Alice",
                Set.of("engineers"),
                rights.contains(Right.ACTIVE) ? User.Status.ACTIVE : User.Status.INACTIVE,
                1);
    }

    private static AccessRule rule() {
        return new AccessRule(
                new RuleId("rul_" + "1".repeat(26)),
                "engineers",
                AccessRule.Effect.ALLOW,
                Set.of("engineers"),
                Set.of(),
                Set.of("bash"),
                Map.of(),
                EnumSet.allOf(AccessMode.class),
                1);
    }

    private Connections.Stored connection() {
        var definition = new ConnectionDefinition(
                TENANT,
                CONNECTION,
                BASH,
                version,
                AGENT,
                new TargetSettings.Tcp("target.example", 1),
                true,
                Optional.empty(),
                strict,
                Duration.ZERO,
                longest,
                new TreeMap<>(),
                Set.of());
        // the signature is the agent's to check, and costs more than all the rest here
        return new Connections.Stored(new SignedDefinition(new byte[] {(byte) version}, new byte[64]), definition);
    }

    private static Revocation revocation(Revocation.What what) {
        return new Revocation(TENANT, what, "simulated", Instant.MAX, Optional.empty());
    }

    private static TenantKey key() {
        try {
            return new TenantKey(
                    KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPublic());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static StoreUnavailable unavailable() {
        return new StoreUnavailable("simulated");
    }
}
