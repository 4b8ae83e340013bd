package dev.sallyport.store;

import dev.sallyport.core.access.AccessRules;
import dev.sallyport.core.certificate.TrustedCa;
import dev.sallyport.core.certificate.TrustedCa.UserAttribute;
import dev.sallyport.core.certificate.UserCertificate;
import dev.sallyport.core.connection.ConnectionName;
import dev.sallyport.core.id.ConnectionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.id.UserId;
import dev.sallyport.core.policy.SignedPolicy;
import dev.sallyport.core.revocation.Revocation;
import dev.sallyport.core.tenant.Quotas;
import dev.sallyport.core.tenant.TenantKey;
import dev.sallyport.core.user.User;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// What an admission reads: the facts about one certificate, fresh, and a tenant's policy as of one epoch.
public final class Policies {

    /// Longest name of a user that is looked up, in characters; longer ones are nobody's.
    public static final int LONGEST_NAME = 500;

    private static final int ATTEMPTS = 8;

    private final Tables tables;

    Policies(Tables tables) {
        this.tables = tables;
    }

    /// The facts about a certificate and whom it may name, each read after [#facts] was called.
    ///
    /// @param epoch of the tenant
    /// @param ca the CA that signed it, as the tenant trusts it now; empty when it does not
    /// @param users by the name that found them
    /// @param revocations that hit the certificate, its key or its CA (those of users are in the [Policy])
    public record Facts(long epoch, Optional<TrustedCa> ca, Map<String, User> users, List<Revocation> revocations) {
        public Facts {
            users = Map.copyOf(users);
            revocations = List.copyOf(revocations);
        }
    }

    /// A tenant's whole policy at one epoch.
    ///
    /// @param users revocations of users' certificates
    /// @param quotas of which the one of sessions is looked at
    /// @param signed guardrails and masking rules, for the agent; empty where none were ever written
    public record Policy(
            TenantId tenant,
            long epoch,
            TenantKey key,
            AccessRules rules,
            Map<ConnectionName, Connections.Stored> connections,
            Map<UserId, Revocation> users,
            Quotas quotas,
            Optional<SignedPolicy> signed) {

        /// Without quotas, guardrails and masking rules.
        public Policy(
                TenantId tenant,
                long epoch,
                TenantKey key,
                AccessRules rules,
                Map<ConnectionName, Connections.Stored> connections,
                Map<UserId, Revocation> users) {
            this(tenant, epoch, key, rules, connections, users, Quotas.NONE, Optional.empty());
        }

        public Policy {
            connections = Map.copyOf(connections);
            users = Map.copyOf(users);
        }

        public Optional<Connections.Stored> connection(ConnectionName name) {
            return Optional.ofNullable(connections.get(name));
        }

        public Optional<Connections.Stored> connection(ConnectionId id) {
            return connections.values().stream()
                    .filter(stored -> stored.definition().id().equals(id))
                    .findFirst();
        }
    }

    /// Reads the facts with one batch, strongly consistent; empty when there is no such tenant.
    ///
    /// @param names what the certificate calls its user, at most 64; of these, `by` says what they are
    public Optional<Facts> facts(TenantId tenant, UserCertificate certificate, UserAttribute by, List<String> names) {
        var partition = Keys.tenant(tenant);
        var keys = new ArrayList<Item>();
        keys.add(Item.of(partition, Keys.TENANT));
        keys.add(Item.of(partition, Keys.CA + certificate.caFingerprint()));
        whatHits(certificate).forEach(what -> keys.add(Item.of(partition, Keys.REVOKED + what.key())));
        var nameOf = new HashMap<String, String>();
        for (var name : names) {
            if (!name.isEmpty() && name.length() <= LONGEST_NAME) {
                var sort = switch (by) {
                    case USER_ID -> Keys.USER + name;
                    case SUBJECT -> Keys.SUBJECT + name;
                    case EMAIL -> Keys.EMAIL + name.toLowerCase(Locale.ROOT);
                };
                if (nameOf.putIfAbsent(sort, name) == null) {
                    keys.add(Item.of(partition, sort));
                }
            }
        }
        var found = tables.getAll(Table.CONFIG, keys).stream().collect(Collectors.toMap(Item::sort, item -> item));
        return Optional.ofNullable(found.get(Keys.TENANT)).map(item -> {
            var users = new HashMap<String, User>();
            nameOf.forEach((sort, name) -> {
                var user = found.get(sort);
                if (user != null) {
                    users.put(name, Users.read(tenant, user));
                }
            });
            return new Facts(
                    item.number("epoch"),
                    Optional.ofNullable(found.get(Keys.CA + certificate.caFingerprint()))
                            .map(TrustedCas::read),
                    users,
                    found.values().stream()
                            .filter(one -> one.sort().startsWith(Keys.REVOKED))
                            .map(one -> Revocations.read(tenant, one))
                            .toList());
        });
    }

    /// Reads the policy of one epoch, at or after the one that the caller has seen; empty when there is no such
    /// tenant.
    ///
    /// @throws StoreUnavailable when the configuration changed under every attempt
    public Optional<Policy> policy(TenantId tenant) {
        var partition = Keys.tenant(tenant);
        var before = tables.get(Table.CONFIG, partition, Keys.TENANT);
        for (int attempt = 1; before.isPresent(); attempt++) {
            var rules = tables.list(Table.CONFIG, partition, Keys.RULE);
            var connections = tables.list(Table.CONFIG, partition, Keys.CONNECTION);
            var users = tables.list(Table.CONFIG, partition, Keys.REVOKED + "USER#");
            var quotas = tables.get(Table.CONFIG, partition, Keys.QUOTAS)
                    .map(Settings::readQuotas)
                    .orElse(Quotas.NONE);
            var signed = tables.get(Table.CONFIG, partition, Keys.POLICY).map(PolicyDocuments::signed);
            var after = tables.get(Table.CONFIG, partition, Keys.TENANT);
            if (after.isPresent() && after.get().number("epoch") == before.get().number("epoch")) {
                return Optional.of(policy(tenant, after.get(), rules, connections, users, quotas, signed));
            }
            if (attempt == ATTEMPTS) {
                throw new StoreUnavailable("could not read the policy of " + tenant + ": it keeps changing");
            }
            before = after;
        }
        return Optional.empty();
    }

    private static Policy policy(
            TenantId tenant,
            Item item,
            List<Item> rules,
            List<Item> connections,
            List<Item> users,
            Quotas quotas,
            Optional<SignedPolicy> signed) {
        var byName = new HashMap<ConnectionName, Connections.Stored>();
        for (var connection : connections) {
            var stored = Connections.read(connection);
            byName.put(stored.definition().name(), stored);
        }
        var revoked = new HashMap<UserId, Revocation>();
        for (var user : users) {
            var revocation = Revocations.read(tenant, user);
            if (revocation.what() instanceof Revocation.AllOf(var id)) {
                revoked.put(id, revocation);
            }
        }
        return new Policy(
                tenant,
                item.number("epoch"),
                Tenants.read(tenant, item).key(),
                new AccessRules(rules.stream().map(Rules::read).toList()),
                byName,
                revoked,
                quotas,
                signed);
    }

    private static List<Revocation.What> whatHits(UserCertificate certificate) {
        var hits = new ArrayList<Revocation.What>();
        hits.add(new Revocation.Serial(certificate.caFingerprint(), certificate.serial()));
        hits.add(new Revocation.Key(certificate.keyFingerprint()));
        hits.add(new Revocation.Ca(certificate.caFingerprint()));
        if (!certificate.keyId().isEmpty() && certificate.keyId().length() <= Revocation.CertificateKeyId.LONGEST) {
            hits.add(new Revocation.CertificateKeyId(certificate.keyId()));
        }
        return hits;
    }
}
