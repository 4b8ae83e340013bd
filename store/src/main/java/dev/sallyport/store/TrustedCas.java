package dev.sallyport.store;

import dev.sallyport.core.audit.Actor;
import dev.sallyport.core.certificate.PendingCa;
import dev.sallyport.core.certificate.TrustedCa;
import dev.sallyport.core.certificate.TrustedCa.CertificateAttribute;
import dev.sallyport.core.certificate.TrustedCa.UserAttribute;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.sshserver.SshServerConfig;
import dev.sallyport.store.Written.Reason;
import java.util.List;
import java.util.Optional;

/// The user CAs that tenants trust, and how their certificates name users.
///
/// A CA belongs to one tenant of the cell: its item in [Directory] is written only when it is absent. A CA
/// that is pending is trusted by nobody, and keeps nobody else from proving that they hold it.
public final class TrustedCas {

    /// Most CAs of one tenant.
    public static final int MOST = 20;

    private static final String TAKEN = "This CA cannot be registered here.";
    private static final String STALE = "The SSH server's configuration has changed in the meantime. Please try again.";

    private final Configuration configuration;
    private final Tables tables;
    private final Directory directory;

    TrustedCas(Configuration configuration, Directory directory) {
        this.configuration = configuration;
        this.tables = configuration.tables();
        this.directory = directory;
    }

    public SshServerConfig config(TenantId tenant) {
        return tables.get(Table.CONFIG, Keys.tenant(tenant), Keys.SSH_SERVER)
                .map(item -> new SshServerConfig(
                        tenant,
                        item.one(CertificateAttribute.class, "from"),
                        item.one(UserAttribute.class, "to"),
                        item.optionalText("listenAddress"),
                        item.number(Item.VERSION)))
                .orElseGet(() -> SshServerConfig.initial(tenant));
    }

    /// Writes the configuration (with the version that was read), and makes `trusted` the tenant's whole list
    /// of CAs and `pending` that of those which are yet to be proven. Whoever calls has checked the proof of
    /// each CA in `trusted` that was not trusted before.
    public Written<SshServerConfig> apply(
            Actor actor, SshServerConfig config, List<TrustedCa> trusted, List<PendingCa> pending) {
        var tenant = config.tenant();
        if (trusted.size() + pending.size() > MOST) {
            return new Written.Refused<>(Reason.LIMIT, "A tenant has at most " + MOST + " CAs.");
        }
        var epoch = configuration.epoch(tenant);
        if (epoch.isEmpty()) {
            return new Written.Refused<>(Reason.ABSENT, "There is no such tenant.");
        }
        var before = list(tenant);
        var pendingBefore = pending(tenant);
        var after =
                new SshServerConfig(tenant, config.from(), config.to(), config.listenAddress(), config.version() + 1);
        var change = configuration
                .change(tenant, actor, "sshserver.applied", tenant.value())
                .detail(
                        "cas",
                        String.join(
                                ",",
                                trusted.stream()
                                        .map(TrustedCa::fingerprint)
                                        .sorted()
                                        .toList()))
                .detail(
                        "pending",
                        String.join(
                                ",",
                                pending.stream()
                                        .map(one -> one.ca().fingerprint())
                                        .sorted()
                                        .toList()))
                .detail("from", config.from().name())
                .detail("to", config.to().name())
                .before(facts(config(tenant), before, pendingBefore), Optional.of(facts(after, trusted, pending)))
                .at(epoch.get())
                .put(
                        Item.of(Keys.tenant(tenant), Keys.SSH_SERVER)
                                .text("from", after.from().name())
                                .text("to", after.to().name())
                                .text("listenAddress", after.listenAddress())
                                .number(Item.VERSION, after.version()),
                        config.version() == 0 ? Condition.absent() : Condition.version(config.version()),
                        Reason.STALE,
                        STALE);
        for (var ca : before) {
            if (trusted.stream().noneMatch(kept -> kept.fingerprint().equals(ca.fingerprint()))) {
                remove(change, ca);
            }
        }
        for (var ca : trusted) {
            var named = new TrustedCa(tenant, ca.fingerprint(), ca.publicKey(), after.from(), after.to());
            boolean kept = before.stream().anyMatch(old -> old.fingerprint().equals(ca.fingerprint()));
            put(change, named, kept);
        }
        for (var old : pendingBefore) {
            if (pending.stream()
                    .noneMatch(kept -> kept.ca().fingerprint().equals(old.ca().fingerprint()))) {
                change.delete(Keys.tenant(tenant), Keys.PENDING_CA + old.ca().fingerprint());
            }
        }
        for (var one : pending) {
            change.put(pendingItem(one));
        }
        return change.commit(after);
    }

    /// What the audit log says of the configuration: fingerprints, and no nonces.
    private static Item facts(SshServerConfig config, List<TrustedCa> trusted, List<PendingCa> pending) {
        return Item.of(Keys.tenant(config.tenant()), Keys.SSH_SERVER)
                .text("from", config.from().name())
                .text("to", config.to().name())
                .text("listenAddress", config.listenAddress())
                .texts("cas", trusted.stream().map(TrustedCa::fingerprint).toList())
                .texts(
                        "pending",
                        pending.stream().map(one -> one.ca().fingerprint()).toList());
    }

    /// Trusts a CA that was pending, once its proof was checked.
    public Written<TrustedCa> trust(Actor actor, TrustedCa ca) {
        if (list(ca.tenant()).size() >= MOST) {
            return new Written.Refused<>(Reason.LIMIT, "A tenant has at most " + MOST + " CAs.");
        }
        var change = configuration
                .change(ca.tenant(), actor, "ca.trusted", ca.fingerprint())
                .delete(Keys.tenant(ca.tenant()), Keys.PENDING_CA + ca.fingerprint());
        put(change, ca, false);
        return change.commit(ca);
    }

    public Written<TrustedCa> delete(Actor actor, TenantId tenant, String fingerprint) {
        var ca = tables.get(Table.CONFIG, Keys.tenant(tenant), Keys.CA + fingerprint)
                .map(TrustedCas::read);
        if (ca.isEmpty()) {
            return new Written.Refused<>(Reason.ABSENT, "There is no such CA.");
        }
        var change = configuration.change(tenant, actor, "ca.deleted", fingerprint);
        remove(change, ca.get());
        return change.commit(ca.get());
    }

    public List<TrustedCa> list(TenantId tenant) {
        return tables.list(Table.CONFIG, Keys.tenant(tenant), Keys.CA).stream()
                .map(TrustedCas::read)
                .toList();
    }

    public List<PendingCa> pending(TenantId tenant) {
        return tables.list(Table.CONFIG, Keys.tenant(tenant), Keys.PENDING_CA).stream()
                .map(item -> new PendingCa(
                        read(item),
                        item.text("nonce"),
                        item.time("until"),
                        item.has("replaces") ? item.texts("replaces") : List.of()))
                .toList();
    }

    /// The CAs of all tenants: the trust snapshot.
    public List<TrustedCa> all() {
        return directory.cas().stream().map(TrustedCas::read).toList();
    }

    private static void put(Configuration.Change change, TrustedCa ca, boolean kept) {
        var partition = Keys.tenant(ca.tenant());
        var item = write(Item.of(partition, Keys.CA + ca.fingerprint()), ca);
        var global = Directory.ca(ca.fingerprint());
        change.put(item);
        change.put(
                item.under(global.partition(), global.sort()),
                kept ? Condition.text("tenant", ca.tenant().value()) : Condition.absent(),
                Reason.TAKEN,
                TAKEN);
    }

    private static void remove(Configuration.Change change, TrustedCa ca) {
        var global = Directory.ca(ca.fingerprint());
        change.delete(Keys.CA + ca.fingerprint(), Condition.present(), Reason.STALE, STALE)
                .delete(global.partition(), global.sort());
    }

    private static Item pendingItem(PendingCa pending) {
        return write(
                        Item.of(
                                Keys.tenant(pending.ca().tenant()),
                                Keys.PENDING_CA + pending.ca().fingerprint()),
                        pending.ca())
                .text("nonce", pending.nonce())
                .time("until", pending.until())
                .texts("replaces", pending.replaces())
                .expires(Optional.of(pending.until()));
    }

    private static Item write(Item item, TrustedCa ca) {
        return item.text("tenant", ca.tenant().value())
                .text("fingerprint", ca.fingerprint())
                .text("publicKey", ca.publicKey())
                .text("from", ca.from().name())
                .text("to", ca.to().name());
    }

    static TrustedCa read(Item item) {
        return new TrustedCa(
                new TenantId(item.text("tenant")),
                item.text("fingerprint"),
                item.text("publicKey"),
                item.one(CertificateAttribute.class, "from"),
                item.one(UserAttribute.class, "to"));
    }
}
