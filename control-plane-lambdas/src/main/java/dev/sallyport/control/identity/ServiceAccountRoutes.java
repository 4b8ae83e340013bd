package dev.sallyport.control.identity;

import static dev.sallyport.control.http.Router.ADMINS;
import static dev.sallyport.control.http.Router.READERS;

import dev.sallyport.api.ServiceAccounts;
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

/// `/v1/service-accounts`: the programs that may ask for sessions and call the API.
public final class ServiceAccountRoutes {

    private final Store store;
    private final UserRoutes users;
    private final Clock clock;

    @Inject
    ServiceAccountRoutes(Store store, UserRoutes users, Clock clock) {
        this.store = store;
        this.users = users;
        this.clock = clock;
    }

    void addTo(Router router) {
        router.route("GET", "/v1/service-accounts", READERS, this::list)
                .route("POST", "/v1/service-accounts", ADMINS, this::create)
                .route("GET", "/v1/service-accounts/{account}", READERS, this::show)
                .change("PUT", "/v1/service-accounts/{account}", ADMINS, this::update)
                .change("DELETE", "/v1/service-accounts/{account}", ADMINS, this::delete);
    }

    private Answer list(Caller caller, Call call) throws Declined {
        var page = store.users()
                .serviceAccounts(
                        caller.tenant(),
                        call.request().parameter("cursor"),
                        call.request().limit());
        return Answer.ok(new ServiceAccounts.Page(
                page.items().stream().map(ServiceAccountRoutes::shown).toList(),
                page.cursor().orElse(null)));
    }

    private Answer show(Caller caller, Call call) throws Declined {
        return Answer.ok(shown(found(caller, call)));
    }

    private Answer create(Caller caller, Call call) throws Declined {
        var request = call.request().json(ServiceAccounts.ServiceAccountWrite.class);
        var account = account(caller, UserId.nextServiceAccount(clock), request, 1);
        return Answer.created(
                shown(store.users().create(caller.actor(), account).orThrow()));
    }

    private Answer update(Caller caller, Call call) throws Declined {
        var before = found(caller, call);
        call.expect(shown(before));
        var request = call.request().json(ServiceAccounts.ServiceAccountWrite.class);
        var account = account(caller, before.id(), request, before.version());
        return Answer.ok(shown(store.users().update(caller.actor(), account).orThrow()));
    }

    private Answer delete(Caller caller, Call call) throws Declined {
        var before = found(caller, call);
        call.expect(shown(before));
        var _ = store.users().delete(caller.actor(), before).orThrow();
        return Answer.nothing();
    }

    private User account(Caller caller, UserId id, ServiceAccounts.ServiceAccountWrite request, long version)
            throws Declined {
        var fields = new Fields();
        var name = fields.needed("name", request.name());
        var subject = fields.optional("subject", request.subject());
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
                "name",
                () -> new User(caller.tenant(), id, name, subject, name, new HashSet<>(groups), status, version));
    }

    private User found(Caller caller, Call call) throws Declined {
        return users.findServiceAccount(caller, call.part("account")).orElseThrow(Declined::notFound);
    }

    private static ServiceAccounts.ServiceAccount shown(User account) {
        return new ServiceAccounts.ServiceAccount(
                account.id().value(),
                account.email(),
                account.subject().orElse(null),
                account.groups().stream().sorted().toList(),
                Words.of(account.status()),
                account.version());
    }
}
