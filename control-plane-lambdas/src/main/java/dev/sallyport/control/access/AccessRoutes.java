package dev.sallyport.control.access;

import dev.sallyport.control.http.Router;
import dev.sallyport.control.policy.GuardrailRoutes;
import dev.sallyport.control.policy.MaskingRuleRoutes;
import jakarta.inject.Inject;

/// The routes of the access function.
public final class AccessRoutes {

    private final Router router = new Router();

    @Inject
    AccessRoutes(
            AgentRoutes agents,
            ConnectionRoutes connections,
            ConnectionTestRoutes connectionTests,
            RuleRoutes rules,
            GuardrailRoutes guardrails,
            MaskingRuleRoutes maskingRules,
            SshServerRoutes sshServer,
            CaRoutes cas,
            RevocationRoutes revocations,
            ReviewRoutes reviews,
            ExplainRoutes explain) {
        agents.addTo(router);
        connections.addTo(router);
        connectionTests.addTo(router);
        rules.addTo(router);
        guardrails.addTo(router);
        maskingRules.addTo(router);
        sshServer.addTo(router);
        cas.addTo(router);
        revocations.addTo(router);
        reviews.addTo(router);
        explain.addTo(router);
    }

    public Router router() {
        return router;
    }
}
