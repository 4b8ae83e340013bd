package dev.sallyport.control.policy;

import static dev.sallyport.control.http.Router.ADMINS;
import static dev.sallyport.control.http.Router.READERS;

import dev.sallyport.api.Guardrails;
import dev.sallyport.control.http.Answer;
import dev.sallyport.control.http.Caller;
import dev.sallyport.control.http.Declined;
import dev.sallyport.control.http.Fields;
import dev.sallyport.control.http.Paging;
import dev.sallyport.control.http.Router;
import dev.sallyport.control.http.Router.Call;
import dev.sallyport.core.id.GuardrailId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.policy.Guardrail;
import dev.sallyport.core.policy.GuardrailText;
import dev.sallyport.core.policy.PolicyDocument;
import dev.sallyport.core.tenant.TenantSigners;
import dev.sallyport.inspect.guardrails.GuardrailJudge;
import dev.sallyport.store.Store;
import jakarta.inject.Inject;
import java.time.Clock;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// `/v1/guardrails`: what statements may do. A guardrail is named in paths by its name or its id.
public final class GuardrailRoutes {

    private final Store store;
    private final TenantSigners signers;
    private final Clock clock;

    @Inject
    GuardrailRoutes(Store store, TenantSigners signers, Clock clock) {
        this.store = store;
        this.signers = signers;
        this.clock = clock;
    }

    public void addTo(Router router) {
        router.route("GET", "/v1/guardrails", READERS, this::list)
                .route("POST", "/v1/guardrails", ADMINS, this::create)
                .route("GET", "/v1/guardrails/{guardrail}", READERS, this::show)
                .change("PUT", "/v1/guardrails/{guardrail}", ADMINS, this::update)
                .change("DELETE", "/v1/guardrails/{guardrail}", ADMINS, this::delete);
    }

    private Answer list(Caller caller, Call call) throws Declined {
        var page =
                Paging.of(store.policyDocuments().get(caller.tenant()).guardrails(), Guardrail::name, call.request());
        return Answer.ok(new Guardrails.Page(
                page.items().stream().map(GuardrailRoutes::shown).toList(),
                page.next().orElse(null)));
    }

    private Answer show(Caller caller, Call call) throws Declined {
        return Answer.ok(shown(found(caller, call)));
    }

    private Answer create(Caller caller, Call call) throws Declined {
        var guardrail =
                read(caller.tenant(), GuardrailId.next(clock), call.request().json(Guardrails.GuardrailWrite.class));
        return Answer.created(shown(store.policyDocuments()
                .create(caller.actor(), caller.tenant(), signers.of(caller.tenant()), guardrail)
                .orThrow()));
    }

    private Answer update(Caller caller, Call call) throws Declined {
        var before = found(caller, call);
        call.expect(shown(before));
        var guardrail = read(caller.tenant(), before.id(), call.request().json(Guardrails.GuardrailWrite.class));
        return Answer.ok(shown(store.policyDocuments()
                .update(caller.actor(), caller.tenant(), signers.of(caller.tenant()), before, guardrail)
                .orThrow()));
    }

    private Answer delete(Caller caller, Call call) throws Declined {
        var before = found(caller, call);
        call.expect(shown(before));
        var _ = store.policyDocuments()
                .delete(caller.actor(), caller.tenant(), signers.of(caller.tenant()), before)
                .orThrow();
        return Answer.nothing();
    }

    private Guardrail read(TenantId tenant, GuardrailId id, Guardrails.GuardrailWrite request) throws Declined {
        var fields = new Fields();
        var name = fields.needed("name", request.name());
        var description = fields.optional("description", request.description()).orElse("");
        var rules = rules(fields, "rules", request.rules());
        var reach = ReachFields.reach(fields, store, tenant, request.connections(), request.tags(), request.groups());
        int order = ReachFields.order(fields, request.order());
        boolean enabled = !Boolean.FALSE.equals(request.enabled());
        return fields.make("name", () -> new Guardrail(id, name, description, rules, reach, order, enabled, 1));
    }

    /// A text of rules that the agent would take.
    static String rules(Fields fields, String field, @Nullable String text) {
        if (text == null || text.isBlank()) {
            fields.wrong(field, "is needed: a line 'rule NAME', then lines with an action, 'when …' and 'say …'");
            return "";
        }
        try {
            var read = GuardrailText.read("rules", text);
            GuardrailJudge.check(read);
            if (read.rules().isEmpty()) {
                fields.wrong(field, "cannot be read: there is no rule in it");
            }
            return text;
        } catch (IllegalArgumentException e) {
            fields.wrong(field, "cannot be read: " + e.getMessage());
            return "";
        }
    }

    private Guardrail found(Caller caller, Call call) throws Declined {
        return named(store.policyDocuments().get(caller.tenant()), call.part("guardrail"))
                .orElseThrow(Declined::notFound);
    }

    /// The one with this name or id.
    static Optional<Guardrail> named(PolicyDocument policy, String text) {
        return policy.guardrails().stream()
                .filter(one -> one.name().equals(text) || one.id().value().equals(text))
                .findFirst();
    }

    private static Guardrails.Guardrail shown(Guardrail guardrail) {
        return new Guardrails.Guardrail(
                guardrail.id().value(),
                guardrail.name(),
                guardrail.description(),
                guardrail.rules(),
                guardrail.reach().connections().stream().sorted().toList(),
                guardrail.reach().tags(),
                guardrail.reach().groups().stream().sorted().toList(),
                guardrail.order(),
                guardrail.enabled(),
                guardrail.version());
    }
}
