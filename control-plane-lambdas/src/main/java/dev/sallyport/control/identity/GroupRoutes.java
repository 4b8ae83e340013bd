package dev.sallyport.control.identity;

import static dev.sallyport.control.http.Router.ADMINS;
import static dev.sallyport.control.http.Router.READERS;

import dev.sallyport.api.Groups;
import dev.sallyport.control.http.Answer;
import dev.sallyport.control.http.Caller;
import dev.sallyport.control.http.Declined;
import dev.sallyport.control.http.Fields;
import dev.sallyport.control.http.Paging;
import dev.sallyport.control.http.Router;
import dev.sallyport.control.http.Router.Call;
import dev.sallyport.core.group.Group;
import dev.sallyport.core.id.GroupId;
import dev.sallyport.store.Page;
import dev.sallyport.store.Store;
import jakarta.inject.Inject;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// `/v1/groups`: what access hangs on.
public final class GroupRoutes {

    private final Store store;
    private final Clock clock;

    @Inject
    GroupRoutes(Store store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    void addTo(Router router) {
        router.route("GET", "/v1/groups", READERS, this::list)
                .route("POST", "/v1/groups", ADMINS, this::create)
                .route("GET", "/v1/groups/{group}", READERS, this::show)
                .route("DELETE", "/v1/groups/{group}", ADMINS, this::delete);
    }

    private Answer list(Caller caller, Call call) throws Declined {
        var page = Paging.of(store.groups().list(caller.tenant()), Group::name, call.request());
        var groups = page.items().stream()
                .map(group -> new Groups.Group(group.id().value(), group.name(), null))
                .toList();
        return Answer.ok(new Groups.Page(groups, page.next().orElse(null)));
    }

    private Answer show(Caller caller, Call call) throws Declined {
        var group = found(caller, call);
        return Answer.ok(new Groups.Group(group.id().value(), group.name(), members(group)));
    }

    private List<String> members(Group group) {
        var members = new ArrayList<String>();
        var cursor = Optional.<String>empty();
        do {
            var page = store.users().everybody(group.tenant(), cursor, Page.LARGEST);
            page.items().stream()
                    .filter(user -> user.groups().contains(group.name()))
                    .forEach(user -> members.add(user.id().value()));
            cursor = page.cursor();
        } while (cursor.isPresent());
        return members;
    }

    private Answer create(Caller caller, Call call) throws Declined {
        var request = call.request().json(Groups.NewGroup.class);
        var fields = new Fields();
        var name = fields.needed("name", request.name());
        var group = fields.make("name", () -> new Group(caller.tenant(), GroupId.next(clock), name, 1));
        var made = store.groups().create(caller.actor(), group).orThrow();
        return Answer.created(new Groups.Group(made.id().value(), made.name(), List.of()));
    }

    private Answer delete(Caller caller, Call call) throws Declined {
        var _ = store.groups()
                .delete(caller.actor(), caller.tenant(), found(caller, call).name())
                .orThrow();
        return Answer.nothing();
    }

    private Group found(Caller caller, Call call) throws Declined {
        return find(store, caller, call.part("group")).orElseThrow(Declined::notFound);
    }

    /// A group of the caller's tenant, by id or name.
    static Optional<Group> find(Store store, Caller caller, String idOrName) {
        if (idOrName.length() > 63) {
            return Optional.empty();
        }
        return idOrName.startsWith("grp_")
                ? store.groups().list(caller.tenant()).stream()
                        .filter(group -> group.id().value().equals(idOrName))
                        .findFirst()
                : store.groups().get(caller.tenant(), idOrName);
    }
}
