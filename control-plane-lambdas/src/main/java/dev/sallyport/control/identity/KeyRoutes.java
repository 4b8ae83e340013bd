package dev.sallyport.control.identity;

import static dev.sallyport.control.http.Router.ADMINS;
import static dev.sallyport.control.http.Router.READERS;

import dev.sallyport.api.Keys;
import dev.sallyport.control.http.Answer;
import dev.sallyport.control.http.Caller;
import dev.sallyport.control.http.Declined;
import dev.sallyport.control.http.Fields;
import dev.sallyport.control.http.KeyAuthentication;
import dev.sallyport.control.http.Paging;
import dev.sallyport.control.http.Router;
import dev.sallyport.control.http.Router.Call;
import dev.sallyport.control.http.Words;
import dev.sallyport.core.apikey.ApiKey;
import dev.sallyport.core.apikey.ApiKey.Role;
import dev.sallyport.core.apikey.Scope;
import dev.sallyport.core.audit.Actor;
import dev.sallyport.core.id.KeyId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.id.UserId;
import dev.sallyport.store.Store;
import jakarta.inject.Inject;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// `/v1/keys`: the keys that call this API.
public final class KeyRoutes {

    private static final int LONGEST_NAME = 100;
    private static final int SECRET_BYTES = 32;

    private final Store store;
    private final UserRoutes users;
    private final Clock clock;

    @Inject
    KeyRoutes(Store store, UserRoutes users, Clock clock) {
        this.store = store;
        this.users = users;
        this.clock = clock;
    }

    void addTo(Router router) {
        router.route("GET", "/v1/keys", READERS, this::list)
                .route("POST", "/v1/keys", ADMINS, this::create)
                .route("DELETE", "/v1/keys/{key}", ADMINS, this::delete);
    }

    private Answer list(Caller caller, Call call) throws Declined {
        var page =
                Paging.of(store.apiKeys().list(caller.tenant()), key -> key.id().value(), call.request());
        return Answer.ok(new Keys.Page(
                page.items().stream().map(KeyRoutes::shown).toList(),
                page.next().orElse(null)));
    }

    private Answer create(Caller caller, Call call) throws Declined {
        var request = call.request().json(Keys.NewKey.class);
        var fields = new Fields();
        var name = fields.needed("name", request.name());
        if (name.length() > LONGEST_NAME) {
            fields.wrong("name", "has at most " + LONGEST_NAME + " characters");
        }
        var role = fields.choice("role", request.role(), Words.all(Role.class));
        if (request.role() == null) {
            fields.wrong("role", "is needed: admin, auditor or member");
        }
        var named = fields.optional("user", request.user());
        var user = named.flatMap(text -> users.find(caller, text));
        if (named.isPresent() && user.isEmpty()) {
            fields.wrong("user", "is not a user of this tenant");
        }
        var program = fields.optional("service_account", request.serviceAccount());
        var account = program.flatMap(text -> users.findServiceAccount(caller, text));
        if (program.isPresent() && account.isEmpty()) {
            fields.wrong("service_account", "is not a service account of this tenant");
        }
        if (named.isPresent() && program.isPresent()) {
            fields.wrong("service_account", "cannot be given with user: a key has one owner");
        }
        if (named.isEmpty()
                && program.isEmpty()
                && role.filter(Role.MEMBER::equals).isPresent()) {
            fields.wrong("user", "is needed, or service_account: a member's key belongs to one");
        }
        var expires = fields.future("expires_at", request.expiresAt(), clock.instant());
        var networks = fields.networks("allowed_networks", request.allowedNetworks());
        var scopes = scopes(fields, caller, request.scopes());
        fields.check();
        return Answer.created(create(
                store,
                clock,
                caller.actor(),
                caller.tenant(),
                name,
                role.orElseThrow(),
                user.or(() -> account).map(found -> found.id()),
                expires,
                networks,
                scopes));
    }

    /// Missing: all that the role may. A key with scopes makes keys with some of these only.
    private static List<Scope> scopes(Fields fields, Caller caller, @Nullable List<String> texts) {
        if (texts == null) {
            if (!caller.key().scopes().isEmpty()) {
                fields.wrong("scopes", "is needed: the key that makes this one has scopes itself");
            }
            return List.of();
        }
        // none at all would read as all of them
        if (texts.isEmpty() || texts.size() > Scope.MOST) {
            fields.wrong("scopes", "has 1 to " + Scope.MOST + " entries, or is left out");
            return List.of();
        }
        var named = fields.list("scopes", texts);
        var scopes = new ArrayList<Scope>();
        for (int i = 0; i < named.size(); i++) {
            var field = "scopes[" + i + "]";
            var scope = fields.parsed(field, named.get(i), Scope::parse);
            if (scope.filter(one -> !caller.key().has(one)).isPresent()) {
                fields.wrong(field, "is more than the key that makes this one may");
            }
            scope.ifPresent(scopes::add);
        }
        return scopes;
    }

    static Keys.CreatedKey create(
            Store store,
            Clock clock,
            Actor actor,
            TenantId tenant,
            String name,
            Role role,
            Optional<UserId> user,
            Optional<Instant> expires,
            List<String> networks,
            List<Scope> scopes) {
        var random = new byte[SECRET_BYTES];
        // Made here, not in a static field: a Lambda's snapshot must hold no seeded source of randomness.
        new SecureRandom().nextBytes(random);
        var secret = "sally_" + Base64.getUrlEncoder().withoutPadding().encodeToString(random);
        var key = new ApiKey(
                tenant,
                KeyId.next(clock),
                name,
                user,
                role,
                clock.instant().truncatedTo(ChronoUnit.MILLIS),
                Optional.empty(),
                expires,
                networks,
                scopes);
        var made = store.apiKeys()
                .create(actor, key, KeyAuthentication.hash(secret))
                .orThrow();
        return new Keys.CreatedKey(shown(made), secret);
    }

    private Answer delete(Caller caller, Call call) throws Declined {
        KeyId id;
        try {
            id = new KeyId(call.part("key"));
        } catch (IllegalArgumentException e) {
            throw Declined.notFound();
        }
        if (store.apiKeys().get(caller.tenant(), id).isEmpty()) {
            throw Declined.notFound();
        }
        var _ = store.apiKeys().delete(caller.actor(), caller.tenant(), id).orThrow();
        return Answer.nothing();
    }

    private static Keys.Key shown(ApiKey key) {
        return new Keys.Key(
                key.id().value(),
                key.name(),
                Words.of(key.role()),
                key.user()
                        .filter(user -> !user.isServiceAccount())
                        .map(UserId::value)
                        .orElse(null),
                key.user().filter(UserId::isServiceAccount).map(UserId::value).orElse(null),
                key.created(),
                key.lastUsed().orElse(null),
                key.until().orElse(null),
                key.networks().isEmpty() ? null : key.networks(),
                key.scopes().isEmpty()
                        ? null
                        : key.scopes().stream().map(Scope::toString).toList());
    }
}
