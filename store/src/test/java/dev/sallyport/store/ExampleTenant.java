package dev.sallyport.store;

import dev.sallyport.core.access.AccessMode;
import dev.sallyport.core.access.AccessRule;
import dev.sallyport.core.agent.Agent;
import dev.sallyport.core.agent.Agent.TokenHash;
import dev.sallyport.core.audit.Actor;
import dev.sallyport.core.certificate.TrustedCa;
import dev.sallyport.core.certificate.TrustedCa.CertificateAttribute;
import dev.sallyport.core.certificate.TrustedCa.UserAttribute;
import dev.sallyport.core.connection.ConnectionDefinition;
import dev.sallyport.core.connection.ConnectionName;
import dev.sallyport.core.connection.SignedDefinition;
import dev.sallyport.core.connection.TargetSettings;
import dev.sallyport.core.group.Group;
import dev.sallyport.core.id.AgentId;
import dev.sallyport.core.id.ConnectionId;
import dev.sallyport.core.id.GroupId;
import dev.sallyport.core.id.RuleId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.id.UserId;
import dev.sallyport.core.sshserver.SshServerConfig;
import dev.sallyport.core.tenant.Tenant;
import dev.sallyport.core.tenant.TenantKey;
import dev.sallyport.core.user.User;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// A tenant of an example, made through the store as the control plane does it: a group of engineers, one of
/// whom (alice) may use the connection `bash`, and bob, who may nothing.
public final class ExampleTenant {

    public static final Actor ADMIN = new Actor("admin", "192.0.2.1");

    private final Store store;
    private final Clock clock;
    private final TenantKey.Signer signer;
    private final Tenant tenant;
    private final Agent agent;
    private final User alice;
    private final User bob;
    private final TrustedCa ca;
    private final ConnectionDefinition bash;

    public ExampleTenant(Store store, String slug) {
        this.store = store;
        this.clock = store.tables().clock();
        this.signer = newSigner();
        tenant = store.tenants()
                .create(ADMIN, new Tenant(TenantId.next(clock), slug, 1, signer.publicKey()))
                .orThrow();
        store.groups()
                .create(ADMIN, new Group(id(), GroupId.next(clock), "engineers", 1))
                .orThrow();
        alice = user("alice", Set.of("engineers"));
        bob = user("bob", Set.of());
        agent = store.agents()
                .create(
                        ADMIN,
                        new Agent(
                                id(),
                                AgentId.next(clock),
                                "first",
                                List.of(new TokenHash(sha256(slug), Optional.empty())),
                                Optional.empty(),
                                Optional.empty(),
                                false,
                                1))
                .orThrow();
        ca = new TrustedCa(
                id(), fingerprint(slug), "ssh-ed25519 " + slug, CertificateAttribute.PRINCIPAL, UserAttribute.EMAIL);
        store.trustedCas()
                .apply(ADMIN, SshServerConfig.initial(id()), List.of(ca), List.of())
                .orThrow();
        bash = connection("bash");
        allow("engineers", "bash");
    }

    public TenantId id() {
        return tenant.id();
    }

    public Tenant tenant() {
        return tenant;
    }

    public TenantKey.Signer signer() {
        return signer;
    }

    public Agent agent() {
        return agent;
    }

    public User alice() {
        return alice;
    }

    public User bob() {
        return bob;
    }

    public TrustedCa ca() {
        return ca;
    }

    public ConnectionDefinition bash() {
        return bash;
    }

    /// Makes a user whose address is `name@example.com`.
    public User user(String name, Set<String> groups) {
        return store.users()
                .create(
                        ADMIN,
                        new User(
                                id(),
                                UserId.next(clock),
                                name + "@example.com",
                                Optional.of("subject-" + name),
                                name,
                                groups,
                                User.Status.ACTIVE,
                                1))
                .orThrow();
    }

    /// Makes a connection that runs bash.
    public ConnectionDefinition connection(String name) {
        return store.connections()
                .create(ADMIN, SignedDefinition.sign(definition(ConnectionId.next(clock), name, 1), signer))
                .orThrow()
                .definition();
    }

    public ConnectionDefinition definition(ConnectionId id, String name, long version) {
        return new ConnectionDefinition(
                id(),
                id,
                new ConnectionName(name),
                version,
                agent.id(),
                new TargetSettings.Custom(
                        List.of("/bin/bash"),
                        Optional.empty(),
                        TargetSettings.CommandMode.ARGUMENT,
                        false,
                        new TreeMap<>(),
                        new TreeMap<>(),
                        Optional.empty()),
                true,
                Optional.empty(),
                false,
                ConnectionDefinition.DEFAULT_IDLE,
                ConnectionDefinition.DEFAULT_LONGEST,
                new TreeMap<>(Map.of("env", "test")),
                Set.of());
    }

    /// Lets a group use connections (a name, or a pattern with `*`) in every mode.
    public AccessRule allow(String group, String connections) {
        return store.rules()
                .create(
                        ADMIN,
                        id(),
                        new AccessRule(
                                RuleId.next(clock),
                                group + " may use " + connections,
                                AccessRule.Effect.ALLOW,
                                Set.of(group),
                                Set.of(),
                                Set.of(connections),
                                Map.of(),
                                Set.of(AccessMode.values()),
                                1))
                .orThrow();
    }

    /// A fingerprint that looks like one, made of `seed`.
    public static String fingerprint(String seed) {
        return "SHA256:"
                + Base64.getEncoder().withoutPadding().encodeToString(digest(seed.getBytes(StandardCharsets.UTF_8)));
    }

    /// SHA-256 of `text` in hexadecimal.
    public static String sha256(String text) {
        return java.util.HexFormat.of().formatHex(digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static byte[] digest(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static TenantKey.Signer newSigner() {
        try {
            var pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            return TenantKey.Signer.of(pair.getPrivate(), new TenantKey(pair.getPublic()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
