package dev.sallyport.store;

import dev.sallyport.core.audit.Actor;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.id.UserId;
import dev.sallyport.core.tenant.Quotas;
import dev.sallyport.core.user.User;
import dev.sallyport.store.Written.Reason;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;

/// The users of each tenant.
///
/// The look-ups by e-mail address and subject are items of their own that carry the whole user, written in the
/// same transaction: that makes both unique, and admission finds a user by any of its names in one read.
public final class Users {

    /// Most groups that one user is in.
    public static final int MOST_GROUPS = 50;

    private final Configuration configuration;
    private final Tables tables;

    Users(Configuration configuration) {
        this.configuration = configuration;
        this.tables = configuration.tables();
    }

    /// Makes a user; its version becomes 1. Its groups are there already.
    public Written<User> create(Actor actor, User user) {
        return write(actor, Optional.empty(), withVersion(user, 1), "user.created");
    }

    /// Changes a user. `user` carries the version that was read.
    public Written<User> update(Actor actor, User user) {
        var old = get(user.tenant(), user.id());
        if (old.isEmpty()) {
            return absent();
        }
        if (old.get().version() != user.version()) {
            return stale();
        }
        return write(actor, old, withVersion(user, user.version() + 1), "user.updated");
    }

    public Written<User> delete(Actor actor, TenantId tenant, UserId id) {
        return get(tenant, id).map(user -> delete(actor, user)).orElseGet(Users::absent);
    }

    /// Deletes a user that is still as it was read.
    public Written<User> delete(Actor actor, User user) {
        var tenant = user.tenant();
        var change = configuration
                .change(tenant, actor, "user.deleted", user.id().value())
                .detail("email", user.email())
                .before(item(user), Optional.empty())
                .delete(
                        Keys.id(Keys.USER, user.id()),
                        Condition.version(user.version()),
                        Reason.STALE,
                        "The user has changed in the meantime. Please try again.")
                .delete(Keys.tenant(tenant), Keys.EMAIL + user.email());
        user.subject().ifPresent(subject -> change.delete(Keys.tenant(tenant), Keys.SUBJECT + subject));
        return change.commit(user);
    }

    public Optional<User> get(TenantId tenant, UserId id) {
        return tables.get(Table.CONFIG, Keys.tenant(tenant), Keys.id(Keys.USER, id))
                .map(item -> read(tenant, item));
    }

    public Optional<User> byEmail(TenantId tenant, String email) {
        return tables.get(Table.CONFIG, Keys.tenant(tenant), Keys.EMAIL + email.toLowerCase(Locale.ROOT))
                .map(item -> read(tenant, item));
    }

    public Optional<User> bySubject(TenantId tenant, String subject) {
        return tables.get(Table.CONFIG, Keys.tenant(tenant), Keys.SUBJECT + subject)
                .map(item -> read(tenant, item));
    }

    /// Users by id, oldest first.
    public Page<User> list(TenantId tenant, Optional<String> cursor, int limit) {
        var page = tables.page(
                Table.CONFIG,
                Keys.tenant(tenant),
                Keys.USER,
                cursor.map(UserCursor::read).map(id -> Keys.id(Keys.USER, id)),
                false,
                Math.clamp(limit, 1, Page.LARGEST));
        return new Page<>(
                page.items().stream().map(item -> read(tenant, item)).toList(),
                page.cursor().map(sort -> sort.substring(Keys.USER.length())));
    }

    static User read(TenantId tenant, Item item) {
        return new User(
                tenant,
                new UserId(item.text("user")),
                item.text("email"),
                item.optionalText("subject"),
                item.text("name"),
                new HashSet<>(item.texts("groups")),
                item.one(User.Status.class, "status"),
                item.number(Item.VERSION));
    }

    private Written<User> write(Actor actor, Optional<User> old, User user, String action) {
        if (user.groups().size() > MOST_GROUPS) {
            return new Written.Refused<>(Reason.LIMIT, "A user is in at most " + MOST_GROUPS + " groups.");
        }
        if (user.subject()
                .filter(subject -> subject.length() > Policies.LONGEST_NAME)
                .isPresent()) {
            return new Written.Refused<>(
                    Reason.LIMIT, "A subject has at most " + Policies.LONGEST_NAME + " characters.");
        }
        var partition = Keys.tenant(user.tenant());
        var item = item(user);
        var change = configuration
                .change(user.tenant(), actor, action, user.id().value())
                .detail("email", user.email())
                .detail(
                        "groups",
                        String.join(",", user.groups().stream().sorted().toList()))
                .detail("status", user.status().name())
                .put(
                        item,
                        old.map(before -> Condition.version(before.version())).orElseGet(Condition::absent),
                        old.isPresent() ? Reason.STALE : Reason.TAKEN,
                        old.isPresent() ? STALE : "There is such a user already.");
        old.ifPresent(before -> change.before(item(before), Optional.of(item)));
        if (old.isEmpty()) {
            change.within(Quotas.Noun.USERS, Keys.USER);
        }
        var sameEmail = old.filter(before -> before.email().equals(user.email()));
        change.put(
                item.under(partition, Keys.EMAIL + user.email()),
                lookup(sameEmail),
                Reason.TAKEN,
                "Another user has this e-mail address.");
        old.filter(before -> sameEmail.isEmpty())
                .ifPresent(before -> change.delete(partition, Keys.EMAIL + before.email()));
        var before = old.flatMap(User::subject);
        user.subject()
                .ifPresent(subject -> change.put(
                        item.under(partition, Keys.SUBJECT + subject),
                        lookup(old.filter(same -> same.subject().equals(user.subject()))),
                        Reason.TAKEN,
                        "Another user has this subject."));
        before.filter(subject -> !user.subject().equals(before))
                .ifPresent(subject -> change.delete(partition, Keys.SUBJECT + subject));
        for (var group : user.groups()) {
            if (old.filter(same -> same.groups().contains(group)).isEmpty()) {
                change.needs(Keys.GROUP + group, "There is no group of the name " + group + ".");
            }
        }
        return change.commit(user);
    }

    /// A look-up that is kept must be this user's as it was read; a new one must be free.
    private static Condition lookup(Optional<User> kept) {
        return kept.map(user -> Condition.version(user.version())).orElseGet(Condition::absent);
    }

    private static Item item(User user) {
        return Item.of(Keys.tenant(user.tenant()), Keys.id(Keys.USER, user.id()))
                .text("user", user.id().value())
                .text("email", user.email())
                .text("subject", user.subject())
                .text("name", user.name())
                .texts("groups", user.groups())
                .text("status", user.status().name())
                .number(Item.VERSION, user.version());
    }

    private static User withVersion(User user, long version) {
        return new User(
                user.tenant(),
                user.id(),
                user.email(),
                user.subject(),
                user.name(),
                user.groups(),
                user.status(),
                version);
    }

    private static final String STALE = "The user has changed in the meantime. Please try again.";

    private static Written<User> absent() {
        return new Written.Refused<>(Reason.ABSENT, "There is no such user.");
    }

    private static Written<User> stale() {
        return new Written.Refused<>(Reason.STALE, STALE);
    }

    private static final class UserCursor {
        static UserId read(String cursor) {
            try {
                return new UserId(cursor);
            } catch (IllegalArgumentException e) {
                throw new BadCursor();
            }
        }
    }
}
