package dev.sallyport.control.policy;

import static dev.sallyport.control.http.Router.ADMINS;
import static dev.sallyport.control.http.Router.READERS;

import dev.sallyport.api.MaskingRules;
import dev.sallyport.control.http.Answer;
import dev.sallyport.control.http.Caller;
import dev.sallyport.control.http.Declined;
import dev.sallyport.control.http.Fields;
import dev.sallyport.control.http.Paging;
import dev.sallyport.control.http.Router;
import dev.sallyport.control.http.Router.Call;
import dev.sallyport.core.id.MaskingRuleId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.policy.MaskingRule;
import dev.sallyport.core.policy.MaskingStrategy;
import dev.sallyport.core.policy.MaskingSubject;
import dev.sallyport.core.policy.PlacedMaskingRule;
import dev.sallyport.core.tenant.TenantSigners;
import dev.sallyport.inspect.masking.RuleMasking;
import dev.sallyport.store.Store;
import jakarta.inject.Inject;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/// `/v1/masking-rules`: what of answers is not shown. A rule is named in paths by its name or its id.
public final class MaskingRuleRoutes {

    private final Store store;
    private final TenantSigners signers;
    private final Clock clock;

    @Inject
    MaskingRuleRoutes(Store store, TenantSigners signers, Clock clock) {
        this.store = store;
        this.signers = signers;
        this.clock = clock;
    }

    public void addTo(Router router) {
        router.route("GET", "/v1/masking-rules", READERS, this::list)
                .route("POST", "/v1/masking-rules", ADMINS, this::create)
                .route("GET", "/v1/masking-rules/{masking_rule}", READERS, this::show)
                .change("PUT", "/v1/masking-rules/{masking_rule}", ADMINS, this::update)
                .change("DELETE", "/v1/masking-rules/{masking_rule}", ADMINS, this::delete);
    }

    private Answer list(Caller caller, Call call) throws Declined {
        var page = Paging.of(
                store.policyDocuments().get(caller.tenant()).masking(),
                placed -> placed.rule().name(),
                call.request());
        return Answer.ok(new MaskingRules.Page(
                page.items().stream().map(MaskingRuleRoutes::shown).toList(),
                page.next().orElse(null)));
    }

    private Answer show(Caller caller, Call call) throws Declined {
        return Answer.ok(shown(found(caller, call)));
    }

    private Answer create(Caller caller, Call call) throws Declined {
        var placed = read(
                caller.tenant(), MaskingRuleId.next(clock), call.request().json(MaskingRules.MaskingRuleWrite.class));
        return Answer.created(shown(store.policyDocuments()
                .create(caller.actor(), caller.tenant(), signers.of(caller.tenant()), placed)
                .orThrow()));
    }

    private Answer update(Caller caller, Call call) throws Declined {
        var before = found(caller, call);
        call.expect(shown(before));
        var placed =
                read(caller.tenant(), before.rule().id(), call.request().json(MaskingRules.MaskingRuleWrite.class));
        return Answer.ok(shown(store.policyDocuments()
                .update(caller.actor(), caller.tenant(), signers.of(caller.tenant()), before, placed)
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

    private PlacedMaskingRule read(TenantId tenant, MaskingRuleId id, MaskingRules.MaskingRuleWrite request)
            throws Declined {
        var fields = new Fields();
        var name = fields.needed("name", request.name());
        var description = fields.optional("description", request.description()).orElse("");
        var subjects = new ArrayList<MaskingSubject>();
        var masks = fields.list("masks", request.masks());
        if (masks.isEmpty()) {
            fields.wrong("masks", "is needed: such as 'type email' or 'column shop.customers.*'");
        }
        for (int i = 0; i < masks.size(); i++) {
            fields.parsed("masks[" + i + "]", masks.get(i), MaskingRuleRoutes::subject)
                    .ifPresent(subjects::add);
        }
        var strategy = fields.parsed("strategy", fields.needed("strategy", request.strategy()), MaskingStrategy::of);
        var reach = ReachFields.reach(fields, store, tenant, request.connections(), request.tags(), request.groups());
        int order = ReachFields.order(fields, request.order());
        return fields.make(
                "name",
                () -> new PlacedMaskingRule(
                        new MaskingRule(
                                id,
                                name,
                                reach.connections(),
                                reach.tags(),
                                reach.groups(),
                                subjects,
                                strategy.orElseThrow()),
                        description,
                        order,
                        1));
    }

    private static MaskingSubject subject(String text) {
        var subject = MaskingSubject.of(text);
        if (subject instanceof MaskingSubject.OfPattern) {
            RuleMasking.check(List.of(subject));
        }
        return subject;
    }

    private PlacedMaskingRule found(Caller caller, Call call) throws Declined {
        var text = call.part("masking_rule");
        return store.policyDocuments().get(caller.tenant()).masking().stream()
                .filter(one -> one.rule().name().equals(text)
                        || one.rule().id().value().equals(text))
                .findFirst()
                .orElseThrow(Declined::notFound);
    }

    private static MaskingRules.MaskingRule shown(PlacedMaskingRule placed) {
        var rule = placed.rule();
        return new MaskingRules.MaskingRule(
                rule.id().value(),
                rule.name(),
                placed.description(),
                rule.subjects().stream().map(MaskingSubject::text).toList(),
                rule.strategy().text(),
                rule.connections().stream().sorted().toList(),
                rule.tags(),
                rule.groups().stream().sorted().toList(),
                placed.order(),
                placed.version());
    }
}
