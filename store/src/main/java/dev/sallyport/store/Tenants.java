package dev.sallyport.store;

import dev.sallyport.core.audit.Actor;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.policy.SignedPolicy;
import dev.sallyport.core.tenant.Tenant;
import dev.sallyport.core.tenant.TenantKey;
import dev.sallyport.store.Written.Reason;
import java.util.List;
import java.util.Optional;

/// The tenants. A tenant's item carries its epoch, which every change of its configuration raises.
public final class Tenants {

    private final Configuration configuration;
    private final Tables tables;
    private final Directory directory;

    Tenants(Configuration configuration, Directory directory) {
        this.configuration = configuration;
        this.tables = configuration.tables();
        this.directory = directory;
    }

    /// Makes a tenant. Its slug is unique in the cell.
    public Written<Tenant> create(Actor actor, Tenant tenant) {
        return create(actor, tenant, Optional.empty());
    }

    /// The same with its first policy, in which there is nothing yet.
    public Written<Tenant> create(Actor actor, Tenant tenant, Optional<SignedPolicy> policy) {
        var change = configuration
                .change(tenant.id(), actor, "tenant.created", tenant.id().value())
                .detail("slug", tenant.slug())
                .makesTenant()
                .put(
                        Item.of(Keys.tenant(tenant.id()), Keys.TENANT)
                                .text("slug", tenant.slug())
                                .number("epoch", tenant.epoch())
                                .text("key", tenant.key().text()),
                        Condition.absent(),
                        Reason.TAKEN,
                        "There is such a tenant already.")
                .put(
                        Directory.slug(tenant.slug()).text("tenant", tenant.id().value()),
                        Condition.absent(),
                        Reason.TAKEN,
                        "A tenant has this name already: choose another.");
        policy.ifPresent(signed -> change.put(
                PolicyDocuments.item(tenant.id(), signed, signed.unverified().version())));
        return change.commit(tenant);
    }

    public Optional<Tenant> get(TenantId tenant) {
        return tables.get(Table.CONFIG, Keys.tenant(tenant), Keys.TENANT).map(item -> read(tenant, item));
    }

    public Optional<Tenant> bySlug(String slug) {
        return directory.tenantOfSlug(slug).flatMap(this::get);
    }

    /// All tenants of the cell.
    public List<TenantId> all() {
        return directory.tenants();
    }

    static Tenant read(TenantId tenant, Item item) {
        return new Tenant(tenant, item.text("slug"), item.number("epoch"), TenantKey.parse(item.text("key")));
    }
}
