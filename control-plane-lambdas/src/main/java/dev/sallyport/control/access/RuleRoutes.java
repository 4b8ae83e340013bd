package dev.sallyport.control.access;

import static dev.sallyport.control.http.Router.ADMINS;
import static dev.sallyport.control.http.Router.READERS;

import dev.sallyport.api.Rules;
import dev.sallyport.control.http.Answer;
import dev.sallyport.control.http.Caller;
import dev.sallyport.control.http.Declined;
import dev.sallyport.control.http.Fields;
import dev.sallyport.control.http.Paging;
import dev.sallyport.control.http.Router;
import dev.sallyport.control.http.Router.Call;
import dev.sallyport.control.http.Words;
import dev.sallyport.control.identity.UserRoutes;
import dev.sallyport.core.access.AccessMode;
import dev.sallyport.core.access.AccessRule;
import dev.sallyport.core.access.AccessRule.Effect;
import dev.sallyport.core.access.Conditions;
import dev.sallyport.core.id.RuleId;
import dev.sallyport.core.id.UserId;
import dev.sallyport.store.Store;
import jakarta.inject.Inject;
import java.time.Clock;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// `/v1/access-rules`: who may use what.
public final class RuleRoutes {

    private final Store store;
    private final UserRoutes users;
    private final Clock clock;

    @Inject
    RuleRoutes(Store store, UserRoutes users, Clock clock) {
        this.store = store;
        this.users = users;
        this.clock = clock;
    }

    void addTo(Router router) {
        router.route("GET", "/v1/access-rules", READERS, this::list)
                .route("POST", "/v1/access-rules", ADMINS, this::create)
                .route("GET", "/v1/access-rules/{rule}", READERS, this::show)
                .change("PUT", "/v1/access-rules/{rule}", ADMINS, this::update)
                .change("DELETE", "/v1/access-rules/{rule}", ADMINS, this::delete);
    }

    private Answer list(Caller caller, Call call) throws Declined {
        var page =
                Paging.of(store.rules().list(caller.tenant()), rule -> rule.id().value(), call.request());
        return Answer.ok(new Rules.Page(
                page.items().stream().map(RuleRoutes::shown).toList(),
                page.next().orElse(null)));
    }

    private Answer show(Caller caller, Call call) throws Declined {
        return Answer.ok(shown(found(caller, call)));
    }

    private Answer create(Caller caller, Call call) throws Declined {
        var rule = rule(caller, RuleId.next(clock), 1, call.request().json(Rules.RuleWrite.class));
        return Answer.created(shown(
                store.rules().create(caller.actor(), caller.tenant(), rule).orThrow()));
    }

    private Answer update(Caller caller, Call call) throws Declined {
        var before = found(caller, call);
        call.expect(shown(before));
        var rule = rule(caller, before.id(), before.version(), call.request().json(Rules.RuleWrite.class));
        return Answer.ok(shown(
                store.rules().update(caller.actor(), caller.tenant(), rule).orThrow()));
    }

    private Answer delete(Caller caller, Call call) throws Declined {
        var before = found(caller, call);
        call.expect(shown(before));
        var _ = store.rules().delete(caller.actor(), caller.tenant(), before).orThrow();
        return Answer.nothing();
    }

    private AccessRule rule(Caller caller, RuleId id, long version, Rules.RuleWrite request) throws Declined {
        var fields = new Fields();
        var name = fields.needed("name", request.name());
        var effect = fields.choice("effect", request.effect(), Words.all(Effect.class))
                .orElse(Effect.ALLOW);
        var groups = fields.list("groups", request.groups());
        for (int i = 0; i < groups.size(); i++) {
            if (!groups.get(i).matches("[A-Za-z0-9][A-Za-z0-9 ._@-]{0,62}")
                    || store.groups().get(caller.tenant(), groups.get(i)).isEmpty()) {
                fields.wrong("groups[" + i + "]", "is not a group of this tenant: create it first");
            }
        }
        var userIds = new HashSet<UserId>();
        var named = fields.list("users", request.users());
        for (int i = 0; i < named.size(); i++) {
            var user = users.find(caller, named.get(i));
            if (user.isEmpty()) {
                fields.wrong("users[" + i + "]", "is not a user of this tenant");
            }
            user.ifPresent(found -> userIds.add(found.id()));
        }
        var programs = fields.list("service_accounts", request.serviceAccounts());
        for (int i = 0; i < programs.size(); i++) {
            var account = users.findServiceAccount(caller, programs.get(i));
            if (account.isEmpty()) {
                fields.wrong("service_accounts[" + i + "]", "is not a service account of this tenant");
            }
            account.ifPresent(found -> userIds.add(found.id()));
        }
        if (groups.isEmpty() && named.isEmpty() && programs.isEmpty()) {
            fields.wrong("groups", "is needed, or users or service_accounts: a rule says who it speaks of");
        }
        var connections = fields.list("connections", request.connections());
        var tags = fields.map("tags", request.tags());
        if (connections.isEmpty() && tags.isEmpty()) {
            fields.wrong("connections", "is needed, or tags: a rule says which connections it covers (* is all)");
        }
        var modes = modes(fields, fields.list("modes", request.modes()));
        var networks = fields.networks("source_networks", request.sourceNetworks());
        var windows = TimeWindows.read(fields, "time_windows", request.timeWindows());
        var conditions = fields.make("time_windows", () -> new Conditions(networks, windows));
        return fields.make(
                "connections",
                () -> new AccessRule(
                        id,
                        name,
                        effect,
                        new HashSet<>(groups),
                        userIds,
                        new HashSet<>(connections),
                        tags,
                        modes,
                        conditions,
                        version));
    }

    /// None named: all.
    private static Set<AccessMode> modes(Fields fields, List<String> texts) {
        var modes = texts.isEmpty() ? EnumSet.allOf(AccessMode.class) : EnumSet.noneOf(AccessMode.class);
        for (int i = 0; i < texts.size(); i++) {
            fields.choice("modes[" + i + "]", texts.get(i), Words.all(AccessMode.class))
                    .ifPresent(modes::add);
        }
        return modes;
    }

    private AccessRule found(Caller caller, Call call) throws Declined {
        try {
            return store.rules()
                    .get(caller.tenant(), new RuleId(call.part("rule")))
                    .orElseThrow(Declined::notFound);
        } catch (IllegalArgumentException e) {
            throw Declined.notFound();
        }
    }

    static Rules.Rule shown(AccessRule rule) {
        return new Rules.Rule(
                rule.id().value(),
                rule.name(),
                Words.of(rule.effect()),
                rule.groups().stream().sorted().toList(),
                rule.users().stream()
                        .filter(user -> !user.isServiceAccount())
                        .map(UserId::value)
                        .sorted()
                        .toList(),
                rule.users().stream()
                        .filter(UserId::isServiceAccount)
                        .map(UserId::value)
                        .sorted()
                        .toList(),
                rule.connections().stream().sorted().toList(),
                rule.tags(),
                rule.modes().stream().sorted().map(Words::of).toList(),
                rule.conditions().networks(),
                rule.conditions().windows().stream().map(TimeWindows::shown).toList(),
                rule.version());
    }
}
