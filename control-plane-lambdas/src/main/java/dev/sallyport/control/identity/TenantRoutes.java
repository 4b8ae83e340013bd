package dev.sallyport.control.identity;

import static dev.sallyport.control.http.Router.ADMINS;

import dev.sallyport.api.Tenants;
import dev.sallyport.control.http.Answer;
import dev.sallyport.control.http.Caller;
import dev.sallyport.control.http.Declined;
import dev.sallyport.control.http.Fields;
import dev.sallyport.control.http.Paging;
import dev.sallyport.control.http.Router;
import dev.sallyport.control.http.Router.Call;
import dev.sallyport.core.apikey.ApiKey.Role;
import dev.sallyport.core.audit.Actor;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.policy.PolicyDocument;
import dev.sallyport.core.policy.SignedPolicy;
import dev.sallyport.core.tenant.Tenant;
import dev.sallyport.core.tenant.TenantSigners;
import dev.sallyport.store.Store;
import jakarta.inject.Inject;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/// `/v1/tenants`: for the operator of the instance.
public final class TenantRoutes {

    private final Store store;
    private final TenantSigners signers;
    private final Clock clock;

    @Inject
    TenantRoutes(Store store, TenantSigners signers, Clock clock) {
        this.store = store;
        this.signers = signers;
        this.clock = clock;
    }

    void addTo(Router router) {
        router.route("GET", "/v1/tenants", ADMINS, this::list)
                .route("POST", "/v1/tenants", ADMINS, this::create)
                .route("GET", "/v1/tenants/{tenant}", ADMINS, this::show);
    }

    private Answer list(Caller caller, Call call) throws Declined {
        operatorOnly(caller);
        var page = Paging.of(store.tenants().all(), TenantId::value, call.request());
        var tenants = page.items().stream()
                .flatMap(id -> store.tenants().get(id).stream())
                .map(TenantRoutes::shown)
                .toList();
        return Answer.ok(new Tenants.Page(tenants, page.next().orElse(null)));
    }

    private Answer show(Caller caller, Call call) throws Declined {
        operatorOnly(caller);
        return Answer.ok(shown(found(store, call)));
    }

    /// The tenant that the path names.
    static Tenant found(Store store, Call call) throws Declined {
        TenantId id;
        try {
            id = new TenantId(call.part("tenant"));
        } catch (IllegalArgumentException e) {
            throw Declined.notFound();
        }
        return store.tenants().get(id).orElseThrow(Declined::notFound);
    }

    private Answer create(Caller caller, Call call) throws Declined {
        operatorOnly(caller);
        var request = call.request().json(Tenants.NewTenant.class);
        var fields = new Fields();
        var slug = fields.needed("slug", request.slug());
        fields.check();
        return Answer.created(create(caller.actor(), slug));
    }

    /// Makes a tenant with its signing key and its first admin key.
    public Tenants.CreatedTenant create(Actor actor, String slug) throws Declined {
        var id = TenantId.next(clock);
        var signer = signers.of(id);
        var tenant = new Fields().make("slug", () -> new Tenant(id, slug, 1, signer.publicKey()));
        var policy = SignedPolicy.sign(PolicyDocument.empty(id), signer);
        var made = store.tenants().create(actor, tenant, Optional.of(policy)).orThrow();
        return new Tenants.CreatedTenant(
                shown(made),
                KeyRoutes.create(
                        store,
                        clock,
                        actor,
                        id,
                        "first admin",
                        Role.ADMIN,
                        Optional.empty(),
                        Optional.empty(),
                        List.of(),
                        List.of()));
    }

    static void operatorOnly(Caller caller) throws Declined {
        if (!caller.operator()) {
            throw Declined.forbidden();
        }
    }

    private static Tenants.Tenant shown(Tenant tenant) {
        return new Tenants.Tenant(
                tenant.id().value(), tenant.slug(), tenant.key().text());
    }
}
