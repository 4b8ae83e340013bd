package dev.sallyport.control.sessions;

import static dev.sallyport.control.http.Router.ADMINS;

import dev.sallyport.api.Exports;
import dev.sallyport.control.http.Answer;
import dev.sallyport.control.http.Caller;
import dev.sallyport.control.http.Declined;
import dev.sallyport.control.http.Router;
import dev.sallyport.control.http.Router.Call;
import dev.sallyport.store.Store;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Map;

/// `/v1/exports`: that a whole tenant is exported. What goes into the archive is read by the other routes, and each
/// recording that is opened for it stands in the audit log besides.
public final class ExportRoutes {

    private final Store store;
    private final Clock clock;

    @Inject
    ExportRoutes(Store store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    void addTo(Router router) {
        router.route("POST", "/v1/exports", ADMINS, this::begin);
    }

    private Answer begin(Caller caller, Call call) throws Declined {
        var tenant = store.tenants().get(caller.tenant()).orElseThrow(Declined::notFound);
        store.auditLog()
                .append(
                        caller.tenant(),
                        caller.actor(),
                        "tenant.exported",
                        caller.tenant().value(),
                        Map.of("key", caller.key().id().value()));
        return Answer.created(new Exports.Export(
                tenant.id().value(),
                tenant.slug(),
                tenant.key().text(),
                clock.instant().truncatedTo(ChronoUnit.MILLIS),
                caller.actor().id()));
    }
}
