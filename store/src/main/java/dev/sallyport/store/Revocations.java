package dev.sallyport.store;

import dev.sallyport.core.audit.Actor;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.revocation.Revocation;
import dev.sallyport.core.revocation.Revocation.What;
import dev.sallyport.store.Written.Reason;
import java.util.List;
import java.util.Optional;

/// What each tenant has revoked. Facts that have run out are not seen.
public final class Revocations {

    private final Configuration configuration;
    private final Tables tables;

    Revocations(Configuration configuration) {
        this.configuration = configuration;
        this.tables = configuration.tables();
    }

    /// Revokes. Doing so again replaces reason and times.
    public Written<Revocation> revoke(Actor actor, Revocation revocation) {
        return configuration
                .change(
                        revocation.tenant(),
                        actor,
                        "revocation.created",
                        revocation.what().key())
                .detail("reason", revocation.reason())
                .put(Item.of(
                                Keys.tenant(revocation.tenant()),
                                Keys.REVOKED + revocation.what().key())
                        .text("reason", revocation.reason())
                        .time("since", revocation.since())
                        .expires(revocation.until())
                        .time("until", revocation.until()))
                .commit(revocation);
    }

    /// Takes a revocation back.
    public Written<Revocation> delete(Actor actor, TenantId tenant, What what) {
        var found = get(tenant, what);
        if (found.isEmpty()) {
            return new Written.Refused<>(Reason.ABSENT, "There is no such revocation.");
        }
        return configuration
                .change(tenant, actor, "revocation.deleted", what.key())
                .delete(Keys.tenant(tenant), Keys.REVOKED + what.key())
                .commit(found.get());
    }

    public Optional<Revocation> get(TenantId tenant, What what) {
        return tables.get(Table.CONFIG, Keys.tenant(tenant), Keys.REVOKED + what.key())
                .map(item -> read(tenant, item));
    }

    public List<Revocation> list(TenantId tenant) {
        return tables.list(Table.CONFIG, Keys.tenant(tenant), Keys.REVOKED).stream()
                .map(item -> read(tenant, item))
                .toList();
    }

    static Revocation read(TenantId tenant, Item item) {
        return new Revocation(
                tenant,
                What.parse(item.sort().substring(Keys.REVOKED.length())),
                item.text("reason"),
                item.time("since"),
                item.optionalTime("until"));
    }
}
