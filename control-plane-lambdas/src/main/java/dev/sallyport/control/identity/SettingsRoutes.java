package dev.sallyport.control.identity;

import static dev.sallyport.control.http.Router.ADMINS;
import static dev.sallyport.control.http.Router.READERS;

import dev.sallyport.api.Settings;
import dev.sallyport.control.http.Answer;
import dev.sallyport.control.http.Caller;
import dev.sallyport.control.http.Declined;
import dev.sallyport.control.http.Fields;
import dev.sallyport.control.http.Router;
import dev.sallyport.control.http.Router.Call;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.recording.Retention;
import dev.sallyport.core.tenant.Quotas;
import dev.sallyport.core.tenant.Quotas.Noun;
import dev.sallyport.core.tenant.TenantSettings;
import dev.sallyport.store.Store;
import jakarta.inject.Inject;
import java.util.EnumMap;
import org.jspecify.annotations.Nullable;

/// `/v1/settings`, by a tenant's admins, and `/v1/tenants/{tenant}/quotas`, by the operator of the instance.
public final class SettingsRoutes {

    private final Store store;

    @Inject
    SettingsRoutes(Store store) {
        this.store = store;
    }

    void addTo(Router router) {
        router.route("GET", "/v1/settings", READERS, this::show)
                .change("PUT", "/v1/settings", ADMINS, this::update)
                .route("GET", "/v1/tenants/{tenant}/quotas", ADMINS, this::showQuotas)
                .change("PUT", "/v1/tenants/{tenant}/quotas", ADMINS, this::setQuotas);
    }

    private Answer show(Caller caller, Call call) {
        return Answer.ok(
                shown(store.settings().get(caller.tenant()), store.settings().quotas(caller.tenant())));
    }

    private Answer update(Caller caller, Call call) throws Declined {
        var before = store.settings().get(caller.tenant());
        var quotas = store.settings().quotas(caller.tenant());
        call.expect(shown(before, quotas));
        var request = call.request().json(Settings.SettingsWrite.class);
        var fields = new Fields();
        var days = fields.optionalNumber(
                "recording_retention_days", request.recordingRetentionDays(), 1, Retention.MOST_DAYS);
        fields.check();
        var settings = new TenantSettings(days.map(Retention::new), before.version());
        return Answer.ok(shown(
                store.settings()
                        .update(caller.actor(), caller.tenant(), settings)
                        .orThrow(),
                quotas));
    }

    private Answer showQuotas(Caller caller, Call call) throws Declined {
        return Answer.ok(shown(store.settings().quotas(tenant(caller, call))));
    }

    private Answer setQuotas(Caller caller, Call call) throws Declined {
        var tenant = tenant(caller, call);
        var before = store.settings().quotas(tenant);
        call.expect(shown(before));
        var request = call.request().json(Settings.QuotasWrite.class);
        var most = new Most();
        most.put(Noun.USERS, "users", request.users());
        most.put(Noun.AGENTS, "agents", request.agents());
        most.put(Noun.CONNECTIONS, "connections", request.connections());
        most.put(Noun.RULES, "rules", request.rules());
        most.put(Noun.KEYS, "keys", request.keys());
        most.put(Noun.SESSIONS, "sessions", request.sessions());
        most.fields.check();
        var quotas = new Quotas(most.all, before.version());
        return Answer.ok(
                shown(store.settings().setQuotas(caller.actor(), tenant, quotas).orThrow()));
    }

    /// Quotas, while they are read.
    private static final class Most {

        private final Fields fields = new Fields();
        private final EnumMap<Noun, Integer> all = new EnumMap<>(Noun.class);

        void put(Noun noun, String field, @Nullable Long value) {
            fields.optionalNumber(field, value, 0, Quotas.LARGEST).ifPresent(most -> all.put(noun, most));
        }
    }

    private TenantId tenant(Caller caller, Call call) throws Declined {
        TenantRoutes.operatorOnly(caller);
        return TenantRoutes.found(store, call).id();
    }

    private static Settings.TenantSettings shown(TenantSettings settings, Quotas quotas) {
        return new Settings.TenantSettings(
                settings.recordingRetention().map(Retention::days).orElse(null), shown(quotas), settings.version());
    }

    private static Settings.Quotas shown(Quotas quotas) {
        return new Settings.Quotas(
                quotas.of(Noun.USERS).orElse(null),
                quotas.of(Noun.AGENTS).orElse(null),
                quotas.of(Noun.CONNECTIONS).orElse(null),
                quotas.of(Noun.RULES).orElse(null),
                quotas.of(Noun.KEYS).orElse(null),
                quotas.of(Noun.SESSIONS).orElse(null),
                quotas.version());
    }
}
