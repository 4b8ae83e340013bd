package dev.sallyport.control.access;

import static dev.sallyport.control.http.Router.ADMINS;
import static dev.sallyport.control.http.Router.ALL;

import dev.sallyport.api.Connections;
import dev.sallyport.control.http.Answer;
import dev.sallyport.control.http.Caller;
import dev.sallyport.control.http.Declined;
import dev.sallyport.control.http.Paging;
import dev.sallyport.control.http.Router;
import dev.sallyport.control.http.Router.Call;
import dev.sallyport.control.http.Words;
import dev.sallyport.core.access.AccessMode;
import dev.sallyport.core.access.AccessRules;
import dev.sallyport.core.access.Circumstances;
import dev.sallyport.core.access.Subject;
import dev.sallyport.core.audit.Actor;
import dev.sallyport.core.connection.ConnectionDefinition;
import dev.sallyport.core.connection.ConnectionName;
import dev.sallyport.core.connection.SignedDefinition;
import dev.sallyport.core.id.ConnectionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.tenant.TenantSigners;
import dev.sallyport.store.Connections.Stored;
import dev.sallyport.store.Store;
import jakarta.inject.Inject;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// `/v1/connections`: definitions, signed as they are written.
///
/// A member sees those that its user may use, and of them no more than it needs to use them.
public final class ConnectionRoutes {

    /// Largest definition in its signed form, in bytes.
    private static final int LARGEST = 200_000;

    private final Store store;
    private final TenantSigners signers;
    private final ConnectionFields connectionFields;
    private final Clock clock;

    @Inject
    ConnectionRoutes(Store store, TenantSigners signers, ConnectionFields connectionFields, Clock clock) {
        this.store = store;
        this.signers = signers;
        this.connectionFields = connectionFields;
        this.clock = clock;
    }

    void addTo(Router router) {
        router.route("GET", "/v1/connections", ALL, this::list)
                .route("POST", "/v1/connections", ADMINS, this::create)
                .route("GET", "/v1/connections/{connection}", ALL, this::show)
                .change("PUT", "/v1/connections/{connection}", ADMINS, this::update)
                .change("DELETE", "/v1/connections/{connection}", ADMINS, this::delete);
    }

    private Answer list(Caller caller, Call call) throws Declined {
        var visible = visible(caller);
        var all = store.connections().list(caller.tenant()).stream()
                .filter(stored -> visible.apply(stored).isPresent())
                .toList();
        var page = Paging.of(all, stored -> stored.definition().name().value(), call.request());
        return Answer.ok(new Connections.Page(
                page.items().stream()
                        .flatMap(stored -> visible.apply(stored).stream())
                        .toList(),
                page.next().orElse(null)));
    }

    private Answer show(Caller caller, Call call) throws Declined {
        var shown = stored(store, caller.tenant(), call.part("connection")).flatMap(visible(caller));
        return Answer.ok(shown.orElseThrow(Declined::notFound));
    }

    private Answer create(Caller caller, Call call) throws Declined {
        var request = call.request().json(Connections.ConnectionWrite.class);
        var definition = connectionFields.read(caller.tenant(), ConnectionId.next(clock), 1, request);
        var signed = sign(caller.actor(), definition);
        return Answer.created(ConnectionFields.shown(store.connections()
                .create(caller.actor(), signed, ConnectionFields.retention(request))
                .orThrow()));
    }

    private Answer update(Caller caller, Call call) throws Declined {
        var stored = stored(store, caller.tenant(), call.part("connection")).orElseThrow(Declined::notFound);
        call.expect(ConnectionFields.shown(stored));
        var before = stored.definition();
        var request = call.request().json(Connections.ConnectionWrite.class);
        var definition = connectionFields.read(caller.tenant(), before.id(), before.version() + 1, request);
        var signed = sign(caller.actor(), definition);
        return Answer.ok(ConnectionFields.shown(store.connections()
                .update(caller.actor(), signed, ConnectionFields.retention(request))
                .orThrow()));
    }

    private SignedDefinition sign(Actor actor, ConnectionDefinition definition) throws Declined {
        var signed = SignedDefinition.sign(definition, signers.of(definition.tenant()));
        if (signed.bytes().length > LARGEST) {
            throw Declined.field("connection", "has at most " + LARGEST + " bytes in all");
        }
        if (definition.target().judged()) {
            store.policyDocuments().ensure(actor, definition.tenant(), signers.of(definition.tenant()));
        }
        return signed;
    }

    private Answer delete(Caller caller, Call call) throws Declined {
        var before = stored(store, caller.tenant(), call.part("connection")).orElseThrow(Declined::notFound);
        call.expect(ConnectionFields.shown(before));
        var _ = store.connections().delete(caller.actor(), before.definition()).orThrow();
        return Answer.nothing();
    }

    /// How the caller sees a connection; empty when it does not.
    private Function<Stored, Optional<Connections.Connection>> visible(Caller caller) {
        if (!caller.onlyOwn()) {
            return stored -> Optional.of(ConnectionFields.shown(stored));
        }
        var user = caller.key().user().flatMap(id -> store.users().get(caller.tenant(), id));
        if (user.isEmpty()) {
            return stored -> Optional.empty();
        }
        var subject = new Subject(
                caller.tenant(), user.get().id(), user.get().email(), user.get().groups());
        var rules = new AccessRules(store.rules().list(caller.tenant()));
        var circumstances = new Circumstances(clock.instant(), caller.actor().source());
        return stored -> {
            var definition = stored.definition();
            List<String> modes = Arrays.stream(AccessMode.values())
                    .filter(mode -> rules.allow(subject, definition, mode, circumstances))
                    .map(Words::of)
                    .toList();
            return modes.isEmpty() ? Optional.empty() : Optional.of(ConnectionFields.shownTo(definition, modes));
        };
    }

    /// A connection of the tenant, by id or name.
    static Optional<ConnectionDefinition> find(Store store, TenantId tenant, String idOrName) {
        return stored(store, tenant, idOrName).map(Stored::definition);
    }

    private static Optional<Stored> stored(Store store, TenantId tenant, String idOrName) {
        if (idOrName.startsWith("con_")) {
            try {
                var found = store.connections().get(tenant, new ConnectionId(idOrName));
                if (found.isPresent()) {
                    return found;
                }
            } catch (IllegalArgumentException e) {
                // A connection may be called so.
            }
        }
        return ConnectionName.of(idOrName).flatMap(name -> store.connections().byName(tenant, name));
    }
}
