package dev.sallyport.control.identity;

import static dev.sallyport.control.http.Router.ALL;

import dev.sallyport.api.Me;
import dev.sallyport.control.Instance;
import dev.sallyport.control.http.Answer;
import dev.sallyport.control.http.Caller;
import dev.sallyport.control.http.Declined;
import dev.sallyport.control.http.Router;
import dev.sallyport.control.http.Router.Call;
import dev.sallyport.control.http.Words;
import dev.sallyport.core.apikey.Scope;
import dev.sallyport.core.id.UserId;
import dev.sallyport.core.user.User;
import dev.sallyport.store.Store;
import jakarta.inject.Inject;

/// `/v1/me`: who the key is.
public final class MeRoutes {

    private final Store store;
    private final Instance instance;

    @Inject
    MeRoutes(Store store, Instance instance) {
        this.store = store;
        this.instance = instance;
    }

    void addTo(Router router) {
        router.route("GET", "/v1/me", ALL, this::show);
    }

    private Answer show(Caller caller, Call call) throws Declined {
        var tenant = store.tenants().get(caller.tenant()).orElseThrow(Declined::notFound);
        var user = caller.key().user();
        return Answer.ok(new Me(
                caller.key().id().value(),
                Words.of(caller.role()),
                caller.operator(),
                tenant.id().value(),
                tenant.slug(),
                tenant.key().text(),
                user.map(UserId::value).orElse(null),
                user.flatMap(id -> store.users().get(caller.tenant(), id))
                        .map(User::email)
                        .orElse(null),
                caller.key().scopes().isEmpty()
                        ? null
                        : caller.key().scopes().stream().map(Scope::toString).toList(),
                caller.key().until().orElse(null),
                instance.sshDoor().orElse(null)));
    }
}
