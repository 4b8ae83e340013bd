package dev.sallyport.store;

import dev.sallyport.core.access.AccessMode;
import dev.sallyport.core.access.AccessRule;
import dev.sallyport.core.access.Conditions;
import dev.sallyport.core.audit.Actor;
import dev.sallyport.core.id.RuleId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.id.UserId;
import dev.sallyport.core.tenant.Quotas;
import dev.sallyport.store.Written.Reason;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// The access rules of each tenant.
public final class Rules {

    /// Most groups and users that one rule names, so that each can be checked in the transaction that writes
    /// it.
    public static final int MOST_NAMED = 60;

    private static final String STALE = "The access rule has changed in the meantime. Please try again.";
    private static final String ABSENT = "There is no such access rule.";

    private final Configuration configuration;
    private final Tables tables;

    Rules(Configuration configuration) {
        this.configuration = configuration;
        this.tables = configuration.tables();
    }

    /// Makes a rule; its version becomes 1. The groups and users that it names are there already.
    public Written<AccessRule> create(Actor actor, TenantId tenant, AccessRule rule) {
        return write(
                actor,
                tenant,
                Optional.empty(),
                withVersion(rule, 1),
                "accessrule.created",
                Condition.absent(),
                Reason.TAKEN,
                "There is such a rule already.");
    }

    /// Changes a rule. `rule` carries the version that was read.
    public Written<AccessRule> update(Actor actor, TenantId tenant, AccessRule rule) {
        var before = get(tenant, rule.id());
        if (before.isEmpty()) {
            return new Written.Refused<>(Reason.ABSENT, ABSENT);
        }
        return write(
                actor,
                tenant,
                before,
                withVersion(rule, rule.version() + 1),
                "accessrule.updated",
                Condition.version(rule.version()),
                Reason.STALE,
                STALE);
    }

    public Written<AccessRule> delete(Actor actor, TenantId tenant, RuleId id) {
        return get(tenant, id)
                .map(rule -> delete(actor, tenant, rule))
                .orElseGet(() -> new Written.Refused<>(Reason.ABSENT, ABSENT));
    }

    /// Deletes a rule that is still as it was read.
    public Written<AccessRule> delete(Actor actor, TenantId tenant, AccessRule rule) {
        return configuration
                .change(tenant, actor, "accessrule.deleted", rule.id().value())
                .detail("name", rule.name())
                .before(item(tenant, rule), Optional.empty())
                .delete(Keys.id(Keys.RULE, rule.id()), Condition.version(rule.version()), Reason.STALE, STALE)
                .commit(rule);
    }

    public Optional<AccessRule> get(TenantId tenant, RuleId id) {
        return tables.get(Table.CONFIG, Keys.tenant(tenant), Keys.id(Keys.RULE, id))
                .map(Rules::read);
    }

    public List<AccessRule> list(TenantId tenant) {
        return tables.list(Table.CONFIG, Keys.tenant(tenant), Keys.RULE).stream()
                .map(Rules::read)
                .toList();
    }

    private Written<AccessRule> write(
            Actor actor,
            TenantId tenant,
            Optional<AccessRule> before,
            AccessRule rule,
            String action,
            Condition condition,
            Reason reason,
            String sentence) {
        if (rule.groups().size() + rule.users().size() > MOST_NAMED) {
            return new Written.Refused<>(
                    Reason.LIMIT, "An access rule names at most " + MOST_NAMED + " groups and users.");
        }
        var change = configuration
                .change(tenant, actor, action, rule.id().value())
                .detail("name", rule.name())
                .detail("effect", rule.effect().name())
                .detail("groups", joined(rule.groups()))
                .detail("users", joined(rule.users().stream().map(UserId::value).collect(Collectors.toSet())))
                .detail("connections", joined(rule.connections()))
                .detail(
                        "modes",
                        joined(rule.modes().stream().map(AccessMode::name).collect(Collectors.toSet())))
                .detail("networks", String.join(",", rule.conditions().networks()))
                .detail(
                        "windows",
                        String.join(
                                ", ",
                                rule.conditions().windows().stream()
                                        .map(WindowText::of)
                                        .toList()))
                .put(item(tenant, rule), condition, reason, sentence);
        if (before.isEmpty()) {
            change.within(Quotas.Noun.RULES, Keys.RULE);
        }
        before.ifPresent(old -> change.before(item(tenant, old), Optional.of(item(tenant, rule))));
        rule.groups()
                .forEach(group -> change.needs(Keys.GROUP + group, "There is no group of the name " + group + "."));
        rule.users().forEach(user -> change.needs(Keys.id(Keys.USER, user), "There is no user " + user + "."));
        return change.commit(rule);
    }

    private static String joined(java.util.Set<String> names) {
        return String.join(",", names.stream().sorted().toList());
    }

    private static Item item(TenantId tenant, AccessRule rule) {
        return Item.of(Keys.tenant(tenant), Keys.id(Keys.RULE, rule.id()))
                .text("name", rule.name())
                .text("effect", rule.effect().name())
                .texts("groups", rule.groups())
                .texts("users", rule.users().stream().map(UserId::value).toList())
                .texts("connections", rule.connections())
                .map("tags", rule.tags())
                .texts("modes", rule.modes().stream().map(AccessMode::name).toList())
                .texts("networks", rule.conditions().networks())
                .texts(
                        "windows",
                        rule.conditions().windows().stream().map(WindowText::of).toList())
                .number(Item.VERSION, rule.version());
    }

    static AccessRule read(Item item) {
        return new AccessRule(
                new RuleId(item.sort().substring(Keys.RULE.length())),
                item.text("name"),
                item.one(AccessRule.Effect.class, "effect"),
                new HashSet<>(item.texts("groups")),
                item.texts("users").stream().map(UserId::new).collect(Collectors.toSet()),
                new HashSet<>(item.texts("connections")),
                item.map("tags"),
                item.texts("modes").stream().map(AccessMode::valueOf).collect(Collectors.toSet()),
                new Conditions(
                        item.has("networks") ? item.texts("networks") : List.of(),
                        item.has("windows")
                                ? item.texts("windows").stream()
                                        .map(WindowText::read)
                                        .toList()
                                : List.of()),
                item.number(Item.VERSION));
    }

    private static AccessRule withVersion(AccessRule rule, long version) {
        return new AccessRule(
                rule.id(),
                rule.name(),
                rule.effect(),
                rule.groups(),
                rule.users(),
                rule.connections(),
                rule.tags(),
                rule.modes(),
                rule.conditions(),
                version);
    }
}
