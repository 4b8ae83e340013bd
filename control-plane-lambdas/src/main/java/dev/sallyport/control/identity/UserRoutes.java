package dev.sallyport.control.identity;

import static dev.sallyport.control.http.Router.ADMINS;
import static dev.sallyport.control.http.Router.READERS;

import dev.sallyport.api.Users;
import dev.sallyport.control.http.Answer;
import dev.sallyport.control.http.Caller;
import dev.sallyport.control.http.Declined;
import dev.sallyport.control.http.Fields;
import dev.sallyport.control.http.Router;
import dev.sallyport.control.http.Router.Call;
import dev.sallyport.control.http.Words;
import dev.sallyport.core.id.UserId;
import dev.sallyport.core.user.User;
import dev.sallyport.store.Store;
import jakarta.inject.Inject;
import java.time.Clock;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// `/v1/users`: the people who may ask for sessions.
public final class UserRoutes {

    private static final Pattern EMAIL = Pattern.compile("[^@\\s\\p{Cntrl}]{1,64}@[^@\\s\\p{Cntrl}]{1,189}");

    private static final Pattern SERVICE_ACCOUNT = Pattern.compile("[a-z0-9][a-z0-9.-]{0,62}");

    private final Store store;
    private final Clock clock;

    @Inject
    UserRoutes(Store store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    void addTo(Router router) {
        router.route("GET", "/v1/users", READERS, this::list)
                .route("POST", "/v1/users", ADMINS, this::create)
                .route("GET", "/v1/users/{user}", READERS, this::show)
                .change("PUT", "/v1/users/{user}", ADMINS, this::update)
                .change("DELETE", "/v1/users/{user}", ADMINS, this::delete);
    }

    private Answer list(Caller caller, Call call) throws Declined {
        var page = store.users()
                .list(
                        caller.tenant(),
                        call.request().parameter("cursor"),
                        call.request().limit());
        return Answer.ok(new Users.Page(
                page.items().stream().map(UserRoutes::shown).toList(),
                page.cursor().orElse(null)));
    }

    private Answer show(Caller caller, Call call) throws Declined {
        return Answer.ok(shown(found(caller, call)));
    }

    private Answer create(Caller caller, Call call) throws Declined {
        var request = call.request().json(Users.UserWrite.class);
        var user = user(caller, UserId.next(clock), request, 1);
        return Answer.created(shown(store.users().create(caller.actor(), user).orThrow()));
    }

    private Answer update(Caller caller, Call call) throws Declined {
        var before = found(caller, call);
        call.expect(shown(before));
        var request = call.request().json(Users.UserWrite.class);
        var user = user(caller, before.id(), request, before.version());
        return Answer.ok(shown(store.users().update(caller.actor(), user).orThrow()));
    }

    private Answer delete(Caller caller, Call call) throws Declined {
        var before = found(caller, call);
        call.expect(shown(before));
        var _ = store.users().delete(caller.actor(), before).orThrow();
        return Answer.nothing();
    }

    private User user(Caller caller, UserId id, Users.UserWrite request, long version) throws Declined {
        var fields = new Fields();
        var email = fields.needed("email", request.email()).toLowerCase(Locale.ROOT);
        if (!email.isEmpty() && !EMAIL.matcher(email).matches()) {
            fields.wrong("email", "is an e-mail address of at most 254 characters");
        }
        var subject = fields.optional("subject", request.subject());
        var name = fields.optional("name", request.name()).orElse(email);
        var groups = fields.list("groups", request.groups());
        for (int i = 0; i < groups.size(); i++) {
            var group = groups.get(i);
            if (!group.isEmpty() && GroupRoutes.find(store, caller, group).isEmpty()) {
                fields.wrong("groups[" + i + "]", "is not a group of this tenant: create it first");
            }
        }
        var status = fields.choice("status", request.status(), Words.all(User.Status.class))
                .orElse(User.Status.ACTIVE);
        return fields.make(
                "email",
                () -> new User(caller.tenant(), id, email, subject, name, new HashSet<>(groups), status, version));
    }

    private User found(Caller caller, Call call) throws Declined {
        return find(caller, call.part("user")).orElseThrow(Declined::notFound);
    }

    /// A user of the caller's tenant, by id or e-mail address.
    public Optional<User> find(Caller caller, String idOrEmail) {
        if (idOrEmail.startsWith("usr_")) {
            try {
                return store.users().get(caller.tenant(), new UserId(idOrEmail));
            } catch (IllegalArgumentException e) {
                return Optional.empty();
            }
        }
        return EMAIL.matcher(idOrEmail).matches()
                ? store.users().byEmail(caller.tenant(), idOrEmail)
                : Optional.empty();
    }

    /// A service account of the caller's tenant, by id or name.
    public Optional<User> findServiceAccount(Caller caller, String idOrName) {
        if (idOrName.startsWith("svc_")) {
            try {
                return store.users().get(caller.tenant(), new UserId(idOrName));
            } catch (IllegalArgumentException e) {
                return Optional.empty();
            }
        }
        return SERVICE_ACCOUNT.matcher(idOrName).matches()
                ? store.users().serviceAccount(caller.tenant(), idOrName)
                : Optional.empty();
    }

    /// A user or a service account of the caller's tenant: no name of one is a name of the other.
    public Optional<User> findAnybody(Caller caller, String name) {
        return find(caller, name).or(() -> findServiceAccount(caller, name));
    }

    private static Users.User shown(User user) {
        return new Users.User(
                user.id().value(),
                user.email(),
                user.subject().orElse(null),
                user.name(),
                user.groups().stream().sorted().toList(),
                Words.of(user.status()),
                user.version());
    }
}
