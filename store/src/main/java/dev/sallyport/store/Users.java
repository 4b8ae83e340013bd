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

/// The users and the service accounts of each tenant.
///
/// The look-ups by e-mail address and subject are items of their own that carry the whole user, written in the
/// same transaction: that makes both unique, and admission finds a user by any of its names in one read. The name of a
/// service account is looked up apart: a certificate that names an e-mail address never means a program.
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
        return write(actor, Optional.empty(), withVersion(user, 1), "created");
    }

    /// Changes a user. `user` carries the version that was read.
    public Written<User> update(Actor actor, User user) {
        var old = get(user.tenant(), user.id());
        if (old.isEmpty()) {
            return absent();
        }
        if (old.get().version() != user.version()) {
            return stale(user);
        }
        return write(actor, old, withVersion(user, user.version() + 1), "updated");
    }

    public Written<User> delete(Actor actor, TenantId tenant, UserId id) {
        return get(tenant, id).map(user -> delete(actor, user)).orElseGet(Users::absent);
    }

    /// Deletes a user that is still as it was read.
    public Written<User> delete(Actor actor, User user) {
        var tenant = user.tenant();
        var change = configuration
                .change(tenant, actor, action(user, "deleted"), user.id().value())
                .detail(called(user), user.email())
                .before(item(user), Optional.empty())
                .delete(Keys.id(Keys.USER, user.id()), Condition.version(user.version()), Reason.STALE, changed(user))
                .delete(Keys.tenant(tenant), nameKey(user));
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

    public Optional<User> serviceAccount(TenantId tenant, String name) {
        return tables.get(Table.CONFIG, Keys.tenant(tenant), Keys.SERVICE_ACCOUNT + name)
                .map(item -> read(tenant, item));
    }

    /// People by id, oldest first.
    public Page<User> list(TenantId tenant, Optional<String> cursor, int limit) {
        return page(tenant, Keys.USER + "usr_", cursor, limit);
    }

    /// Service accounts by id, oldest first.
    public Page<User> serviceAccounts(TenantId tenant, Optional<String> cursor, int limit) {
        return page(tenant, Keys.USER + "svc_", cursor, limit);
    }

    /// Service accounts, and then people.
    public Page<User> everybody(TenantId tenant, Optional<String> cursor, int limit) {
        return page(tenant, Keys.USER, cursor, limit);
    }

    private Page<User> page(TenantId tenant, String prefix, Optional<String> cursor, int limit) {
        var page = tables.page(
                Table.CONFIG,
                Keys.tenant(tenant),
                prefix,
                cursor.map(UserCursor::read).map(id -> Keys.id(Keys.USER, id)).map(sort -> {
                    if (!sort.startsWith(prefix)) {
                        throw new BadCursor();
                    }
                    return sort;
                }),
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

    private Written<User> write(Actor actor, Optional<User> old, User user, String done) {
        if (user.groups().size() > MOST_GROUPS) {
            return new Written.Refused<>(
                    Reason.LIMIT, "A " + noun(user) + " is in at most " + MOST_GROUPS + " groups.");
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
                .change(user.tenant(), actor, action(user, done), user.id().value())
                .detail(called(user), user.email())
                .detail(
                        "groups",
                        String.join(",", user.groups().stream().sorted().toList()))
                .detail("status", user.status().name())
                .put(
                        item,
                        old.map(before -> Condition.version(before.version())).orElseGet(Condition::absent),
                        old.isPresent() ? Reason.STALE : Reason.TAKEN,
                        old.isPresent() ? changed(user) : "There is such a " + noun(user) + " already.");
        old.ifPresent(before -> change.before(item(before), Optional.of(item)));
        if (old.isEmpty()) {
            change.within(Quotas.Noun.USERS, Keys.USER);
        }
        var sameEmail = old.filter(before -> before.email().equals(user.email()));
        change.put(
                item.under(partition, nameKey(user)),
                lookup(sameEmail),
                Reason.TAKEN,
                user.isServiceAccount()
                        ? "Another service account has this name."
                        : "Another user has this e-mail address.");
        old.filter(before -> sameEmail.isEmpty()).ifPresent(before -> change.delete(partition, nameKey(before)));
        var before = old.flatMap(User::subject);
        user.subject()
                .ifPresent(subject -> change.put(
                        item.under(partition, Keys.SUBJECT + subject),
                        lookup(old.filter(same -> same.subject().equals(user.subject()))),
                        Reason.TAKEN,
                        "Another user or service account has this subject."));
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

    private static Written<User> absent() {
        return new Written.Refused<>(Reason.ABSENT, "There is no such user.");
    }

    private static Written<User> stale(User user) {
        return new Written.Refused<>(Reason.STALE, changed(user));
    }

    private static String changed(User user) {
        return "The " + noun(user) + " has changed in the meantime. Please try again.";
    }

    private static String noun(User user) {
        return user.isServiceAccount() ? "service account" : "user";
    }

    private static String action(User user, String done) {
        return (user.isServiceAccount() ? "serviceaccount." : "user.") + done;
    }

    /// How the audit log calls what it is called by.
    private static String called(User user) {
        return user.isServiceAccount() ? "name" : "email";
    }

    private static String nameKey(User user) {
        return (user.isServiceAccount() ? Keys.SERVICE_ACCOUNT : Keys.EMAIL) + user.email();
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
