package dev.sallyport.control.identity;

import dev.sallyport.control.http.Router;
import jakarta.inject.Inject;

/// The routes of the identity function.
public final class IdentityRoutes {

    private final Router router = new Router();

    @Inject
    IdentityRoutes(
            MeRoutes me,
            TenantRoutes tenants,
            SettingsRoutes settings,
            UserRoutes users,
            ServiceAccountRoutes serviceAccounts,
            GroupRoutes groups,
            KeyRoutes keys) {
        me.addTo(router);
        tenants.addTo(router);
        settings.addTo(router);
        users.addTo(router);
        serviceAccounts.addTo(router);
        groups.addTo(router);
        keys.addTo(router);
    }

    public Router router() {
        return router;
    }
}
