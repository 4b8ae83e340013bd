package dev.sallyport.store;

import dev.sallyport.core.audit.Actor;
import dev.sallyport.core.group.Group;
import dev.sallyport.core.id.GroupId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.store.Written.Reason;
import java.util.List;
import java.util.Optional;

/// The groups of each tenant, under their names: users and rules refer to those.
public final class Groups {

    private final Configuration configuration;
    private final Tables tables;
    private final Rules rules;
    private final PolicyDocuments policyDocuments;

    Groups(Configuration configuration, Rules rules, PolicyDocuments policyDocuments) {
        this.configuration = configuration;
        this.tables = configuration.tables();
        this.rules = rules;
        this.policyDocuments = policyDocuments;
    }

    public Written<Group> create(Actor actor, Group group) {
        return configuration
                .change(group.tenant(), actor, "group.created", group.id().value())
                .detail("name", group.name())
                .put(
                        Item.of(Keys.tenant(group.tenant()), Keys.GROUP + group.name())
                                .text("group", group.id().value())
                                .number(Item.VERSION, 1),
                        Condition.absent(),
                        Reason.TAKEN,
                        "There is a group of this name already.")
                .commit(new Group(group.tenant(), group.id(), group.name(), 1));
    }

    /// Deletes a group that no user is in and no rule names.
    public Written<Group> delete(Actor actor, TenantId tenant, String name) {
        // whatever was looked at may not change before the group is gone: the epoch says
        var epoch = configuration.epoch(tenant);
        var group = get(tenant, name);
        if (epoch.isEmpty() || group.isEmpty()) {
            return new Written.Refused<>(Reason.ABSENT, "There is no such group.");
        }
        boolean used = tables.list(Table.CONFIG, Keys.tenant(tenant), Keys.USER).stream()
                        .anyMatch(user -> user.texts("groups").contains(name))
                || rules.list(tenant).stream().anyMatch(rule -> rule.groups().contains(name));
        var policy = policyDocuments.get(tenant);
        if (policy.guardrails().stream().anyMatch(one -> one.reach().groups().contains(name))
                || policy.masking().stream().anyMatch(one -> one.rule().groups().contains(name))) {
            return new Written.Refused<>(
                    Reason.IN_USE, "Guardrails or masking rules name this group: take it out of them first.");
        }
        if (used) {
            return new Written.Refused<>(
                    Reason.IN_USE, "Users are in this group, or access rules name it: take them out first.");
        }
        return configuration
                .change(tenant, actor, "group.deleted", group.get().id().value())
                .detail("name", name)
                .at(epoch.get())
                .delete(Keys.GROUP + name, Condition.present(), Reason.ABSENT, "There is no such group.")
                .commit(group.get());
    }

    public Optional<Group> get(TenantId tenant, String name) {
        return tables.get(Table.CONFIG, Keys.tenant(tenant), Keys.GROUP + name).map(item -> read(tenant, item));
    }

    public List<Group> list(TenantId tenant) {
        return tables.list(Table.CONFIG, Keys.tenant(tenant), Keys.GROUP).stream()
                .map(item -> read(tenant, item))
                .toList();
    }

    private static Group read(TenantId tenant, Item item) {
        return new Group(
                tenant,
                new GroupId(item.text("group")),
                item.sort().substring(Keys.GROUP.length()),
                item.number(Item.VERSION));
    }
}
