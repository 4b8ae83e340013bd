package dev.sallyport.control.access;

import static dev.sallyport.control.http.Router.READERS;

import dev.sallyport.api.Access;
import dev.sallyport.api.Limits;
import dev.sallyport.control.http.Answer;
import dev.sallyport.control.http.Caller;
import dev.sallyport.control.http.Declined;
import dev.sallyport.control.http.Fields;
import dev.sallyport.control.http.Router;
import dev.sallyport.control.http.Router.Call;
import dev.sallyport.control.http.Words;
import dev.sallyport.control.identity.UserRoutes;
import dev.sallyport.core.access.AccessMode;
import dev.sallyport.core.access.AccessRule;
import dev.sallyport.core.access.AccessRules;
import dev.sallyport.core.access.Circumstances;
import dev.sallyport.core.access.Subject;
import dev.sallyport.core.connection.ConnectionDefinition;
import dev.sallyport.core.user.User;
import dev.sallyport.store.Store;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// `/v1/access`: what the rules come to, asked without trying. By the same [AccessRules] that admit.
public final class ExplainRoutes {

    private final Store store;
    private final UserRoutes users;

    private final Clock clock;

    @Inject
    ExplainRoutes(Store store, UserRoutes users, Clock clock) {
        this.store = store;
        this.users = users;
        this.clock = clock;
    }

    void addTo(Router router) {
        router.route("GET", "/v1/access/explain", READERS, this::explain)
                .route("GET", "/v1/access/who", READERS, this::who);
    }

    private Answer explain(Caller caller, Call call) throws Declined {
        var fields = new Fields();
        var user = named(fields, call, "user").flatMap(name -> users.findAnybody(caller, name));
        if (user.isEmpty()) {
            fields.wrong(
                    "user",
                    "is needed: a user of this tenant, by id or e-mail address, or a service account, by id or name");
        }
        var connection = connection(fields, caller, call);
        var mode = fields.choice("mode", call.request().parameter("mode").orElse(null), Words.all(AccessMode.class))
                .orElse(AccessMode.CONNECT);
        var circumstances = circumstances(fields, call);
        fields.check();
        return Answer.ok(explanation(caller, user.orElseThrow(), connection.orElseThrow(), mode, circumstances));
    }

    private Access.Explanation explanation(
            Caller caller, User user, ConnectionDefinition connection, AccessMode mode, Circumstances circumstances) {
        var rules = rules(caller);
        boolean ruled = rules.allow(subject(user), connection, mode, circumstances);
        var deciding = rules.deciding(subject(user), connection, mode, circumstances);
        var resting = rules.resting(subject(user), connection, mode, circumstances);
        return new Access.Explanation(
                ruled && user.active(),
                user.id().value(),
                user.email(),
                connection.name().value(),
                Words.of(mode),
                because(user, ruled, deciding, resting),
                circumstances.at().toString(),
                circumstances.source().isEmpty() ? null : circumstances.source(),
                deciding.stream().map(RuleRoutes::shown).toList(),
                resting.stream().map(RuleRoutes::shown).toList());
    }

    private static String because(User user, boolean ruled, List<AccessRule> deciding, List<AccessRule> resting) {
        if (!user.active()) {
            return user.isServiceAccount() ? "The service account is not active." : "The user is not active.";
        }
        if (deciding.isEmpty()) {
            return resting.isEmpty()
                    ? "No access rule speaks of it."
                    : "No access rule that speaks of it counts at that time and from there.";
        }
        if (deciding.size() == 1) {
            return "An access rule " + (ruled ? "allows" : "denies") + " it.";
        }
        return deciding.size() + " access rules " + (ruled ? "allow" : "deny") + " it.";
    }

    private Answer who(Caller caller, Call call) throws Declined {
        var fields = new Fields();
        var connection = connection(fields, caller, call);
        var circumstances = circumstances(fields, call);
        fields.check();
        var rules = rules(caller);
        var page = store.users()
                .everybody(
                        caller.tenant(),
                        call.request().parameter("cursor"),
                        call.request().limit());
        var allowed = page.items().stream()
                .filter(User::active)
                .map(user -> allowed(rules, user, connection.orElseThrow(), circumstances))
                .filter(one -> !one.modes().isEmpty())
                .toList();
        return Answer.ok(new Access.Page(allowed, page.cursor().orElse(null)));
    }

    private static Access.Allowed allowed(
            AccessRules rules, User user, ConnectionDefinition connection, Circumstances circumstances) {
        var modes = Arrays.stream(AccessMode.values())
                .filter(mode -> rules.allow(subject(user), connection, mode, circumstances))
                .<String>map(Words::of)
                .toList();
        return new Access.Allowed(user.id().value(), user.email(), modes);
    }

    private Optional<ConnectionDefinition> connection(Fields fields, Caller caller, Call call) {
        var found =
                named(fields, call, "connection").flatMap(name -> ConnectionRoutes.find(store, caller.tenant(), name));
        if (found.isEmpty()) {
            fields.wrong("connection", "is needed: a connection of this tenant, by id or name");
        }
        return found;
    }

    /// As the request asks, else now, and from an address that is not known.
    private Circumstances circumstances(Fields fields, Call call) {
        var at = named(fields, call, "at").flatMap(text -> {
            try {
                var time = Instant.parse(text);
                if (Limits.within(time)) {
                    return Optional.of(time);
                }
                fields.wrong("at", "is a time from 1970 to 9999");
                return Optional.empty();
            } catch (DateTimeParseException e) {
                fields.wrong("at", "is a time, such as 2026-12-31T09:00:00Z");
                return Optional.empty();
            }
        });
        var from = named(fields, call, "from");
        if (from.isPresent()
                && (from.get().contains("/")
                        || fields.networks("from", from.stream().toList()).isEmpty())) {
            fields.wrong("from", "is an address, such as 192.0.2.7 or 2001:db8::7");
        }
        return new Circumstances(at.orElseGet(clock::instant), from.orElse(""));
    }

    private static Optional<String> named(Fields fields, Call call, String parameter) {
        return fields.optional(parameter, call.request().parameter(parameter).orElse(null));
    }

    private AccessRules rules(Caller caller) {
        return new AccessRules(store.rules().list(caller.tenant()));
    }

    private static Subject subject(User user) {
        return new Subject(user.tenant(), user.id(), user.email(), user.groups());
    }
}
