package dev.sallyport.store;

import dev.sallyport.core.audit.Actor;
import dev.sallyport.core.edge.Mail;
import dev.sallyport.core.id.EdgeId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.tenant.Quotas;
import dev.sallyport.store.Transaction.Meaning;
import dev.sallyport.store.Written.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// How a tenant's configuration is changed: in one transaction with the tenant's epoch, an audit entry, and the
/// mail that is owed to the edges; then the mail is delivered.
final class Configuration {

    private static final String EPOCH = "epoch";
    private static final String NO_TENANT = "There is no such tenant.";

    /// Longest text that an audit entry keeps of an attribute as it was, in characters.
    private static final int LONGEST_BEFORE = 2_048;

    /// How often what is made within a quota is counted, while others make some.
    private static final int COUNTS = 5;

    private static final Meaning MOVED =
            new Meaning(Reason.STALE, "Something else has changed in the meantime. Please try again.");

    private final Tables tables;
    private final AuditLog audit;
    private final Outbox outbox;

    Configuration(Tables tables, AuditLog audit, Outbox outbox) {
        this.tables = tables;
        this.audit = audit;
        this.outbox = outbox;
    }

    Tables tables() {
        return tables;
    }

    Change change(TenantId tenant, Actor actor, String action, String object) {
        return new Change(tenant, actor, action, object);
    }

    /// The tenant's epoch now; empty when there is no such tenant.
    Optional<Long> epoch(TenantId tenant) {
        return tables.get(Table.CONFIG, Keys.tenant(tenant), Keys.TENANT).map(item -> item.number(EPOCH));
    }

    /// One change, while it is put together.
    final class Change {

        private final TenantId tenant;
        private final Actor actor;
        private final String action;
        private final String object;
        private final Map<String, String> details = new TreeMap<>();
        private final Transaction transaction = new Transaction(tables);
        private final List<Mail> mail = new ArrayList<>();
        private Optional<Long> epoch = Optional.empty();
        private boolean makesTenant;
        private Optional<Counted> counted = Optional.empty();

        /// What a quota is of, and where it lies.
        private record Counted(Quotas.Noun noun, String head) {}

        private Change(TenantId tenant, Actor actor, String action, String object) {
            this.tenant = tenant;
            this.actor = actor;
            this.action = action;
            this.object = object;
            mail.add(new Mail.ConfigChanged(tenant));
        }

        Change detail(String name, String value) {
            details.put(name, value);
            return this;
        }

        /// What stood there: of an item that is replaced, what is different now (`before.groups`); of one that is
        /// deleted, all of it. Neither keys nor bytes.
        Change before(Item item, Optional<Item> after) {
            return before(item, after, item);
        }

        /// The same where what stands there may be secret: `item` and `after` are compared, and what is told of a
        /// difference is from `told`.
        Change before(Item item, Optional<Item> after, Item told) {
            var now = after.map(Item::described).orElse(new TreeMap<>());
            var said = told.described();
            item.described().forEach((name, value) -> {
                if (!value.equals(now.get(name))) {
                    details.put("before." + name, shortened(said.getOrDefault(name, "")));
                }
            });
            now.keySet().stream().filter(name -> !item.has(name)).forEach(name -> details.put("before." + name, ""));
            return this;
        }

        private static String shortened(String value) {
            return value.length() <= LONGEST_BEFORE ? value : value.substring(0, LONGEST_BEFORE) + "…";
        }

        /// More mail than that the configuration has changed.
        Change tell(Mail more) {
            mail.add(more);
            return this;
        }

        /// Refuse when anything of the tenant has changed since `epoch`: for changes that were decided by
        /// looking at several items.
        Change at(long seen) {
            epoch = Optional.of(seen);
            return this;
        }

        /// This change makes one more of `noun`, which lie under `head`: refuse when the tenant has as many as its
        /// quota says. Counting and writing are one: what is made meanwhile makes it count again.
        Change within(Quotas.Noun noun, String head) {
            counted = Optional.of(new Counted(noun, head));
            return this;
        }

        /// This change makes the tenant itself.
        Change makesTenant() {
            makesTenant = true;
            return this;
        }

        Change put(Item item, Condition condition, Reason reason, String sentence) {
            transaction.put(Table.CONFIG, item, condition, reason, sentence);
            return this;
        }

        Change put(Item item) {
            transaction.put(Table.CONFIG, item);
            return this;
        }

        Change delete(String partition, String sort) {
            transaction.delete(Table.CONFIG, partition, sort);
            return this;
        }

        Change delete(String sort, Condition condition, Reason reason, String sentence) {
            transaction.delete(Table.CONFIG, Keys.tenant(tenant), sort, condition, reason, sentence);
            return this;
        }

        /// The item with this sort key is there.
        Change needs(String sort, String sentence) {
            transaction.check(Table.CONFIG, Keys.tenant(tenant), sort, Condition.present(), Reason.ABSENT, sentence);
            return this;
        }

        /// Writes it and delivers the mail; `value` is what the caller gets when it is written.
        ///
        /// @throws StoreUnavailable when the store failed; when only the delivery did, the change is written,
        ///     and the edges learn of it by the sweep
        <T> Written<T> commit(T value) {
            if (counted.isEmpty()) {
                return write(value);
            }
            var noun = counted.get().noun();
            var written = new Written.Refused<T>(MOVED.reason(), MOVED.sentence());
            for (int attempt = 0; attempt < COUNTS; attempt++) {
                var most = tables.get(Table.CONFIG, Keys.tenant(tenant), Keys.QUOTAS)
                        .map(Settings::readQuotas)
                        .flatMap(quotas -> quotas.of(noun));
                if (most.isEmpty()) {
                    return write(value);
                }
                epoch = Configuration.this.epoch(tenant);
                if (tables.count(
                                Table.CONFIG, Keys.tenant(tenant), counted.get().head())
                        >= most.get()) {
                    return new Written.Refused<>(
                            Reason.LIMIT,
                            "This tenant may have " + most.get() + " " + noun.words()
                                    + ", and has them: delete some, or ask the operator of this instance for more.");
                }
                if (!(write(value) instanceof Written.Refused<T> refused)) {
                    return new Written.Done<>(value);
                }
                written = refused;
                if (!refused.equals(MOVED.refused())) {
                    return refused;
                }
            }
            return written;
        }

        private <T> Written<T> write(T value) {
            var whole = transaction.copy();
            if (!makesTenant) {
                if (epoch.isPresent()) {
                    whole.increment(
                            Table.CONFIG,
                            Keys.tenant(tenant),
                            Keys.TENANT,
                            EPOCH,
                            Condition.number(EPOCH, epoch.get()),
                            MOVED.reason(),
                            MOVED.sentence());
                } else {
                    whole.increment(
                            Table.CONFIG,
                            Keys.tenant(tenant),
                            Keys.TENANT,
                            EPOCH,
                            Condition.present(),
                            Reason.ABSENT,
                            NO_TENANT);
                }
            }
            var owed = mail.stream()
                    .map(one -> outbox.owe(whole, one, Optional.<EdgeId>empty()))
                    .toList();
            var refused = audit.commit(whole, new AuditLog.Draft(tenant, actor, action, object, details));
            if (refused.isPresent()) {
                return refused.get().refused();
            }
            outbox.deliver(owed);
            return new Written.Done<>(value);
        }
    }
}
