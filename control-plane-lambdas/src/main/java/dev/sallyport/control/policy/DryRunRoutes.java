package dev.sallyport.control.policy;

import static dev.sallyport.control.http.Router.READERS;

import dev.sallyport.api.DryRuns;
import dev.sallyport.control.http.Answer;
import dev.sallyport.control.http.Caller;
import dev.sallyport.control.http.Declined;
import dev.sallyport.control.http.Fields;
import dev.sallyport.control.http.Router;
import dev.sallyport.control.http.Router.Call;
import dev.sallyport.core.connection.ConnectionName;
import dev.sallyport.core.connection.DatabaseProtocol;
import dev.sallyport.core.connection.TargetSettings;
import dev.sallyport.core.policy.GuardrailText;
import dev.sallyport.core.policy.Guardrails;
import dev.sallyport.core.policy.SessionPolicy;
import dev.sallyport.core.policy.Verdict;
import dev.sallyport.inspect.guardrails.DryRun;
import dev.sallyport.store.Connections.Stored;
import dev.sallyport.store.Store;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// `/v1/dry-runs`: what guardrails would say of statements, read by the grammar that the agents have. Nothing is run,
/// and nothing of what was asked is kept.
@Singleton
public final class DryRunRoutes {

    private final Router router = new Router();
    private final Store store;
    private final DryRun dryRun = new DryRun();

    @Inject
    DryRunRoutes(Store store) {
        this.store = store;
        router.route("POST", "/v1/dry-runs/guardrails", READERS, this::guardrails);
    }

    public Router router() {
        return router;
    }

    private Answer guardrails(Caller caller, Call call) throws Declined {
        var request = call.request().json(DryRuns.GuardrailsDryRun.class);
        var fields = new Fields();
        var statements = fields.scripts("statements", request.statements());
        if (statements.isEmpty()) {
            fields.wrong("statements", "is needed: what would be sent, one by one");
        }
        var groups = fields.list("groups", request.groups());
        var connection =
                fields.optional("connection", request.connection()).flatMap(name -> connection(fields, caller, name));
        var protocol = connection
                .map(Connected::settings)
                .map(TargetSettings.Database::protocol)
                .or(() -> fields.choice("dialect", request.dialect(), dialects()))
                .orElse(DatabaseProtocol.POSTGRES);
        if (!dryRun.reads(protocol)) {
            fields.wrong("dialect", "has no grammar yet: guardrails are for " + DatabaseProtocol.POSTGRES.type());
        }
        var held = held(fields, caller, request, connection, groups);
        fields.check();
        return Answer.ok(new DryRuns.GuardrailsVerdicts(dryRun.judge(held, protocol, statements).stream()
                .map(DryRunRoutes::shown)
                .toList()));
    }

    private record Connected(Stored stored, TargetSettings.Database settings) {}

    private Optional<Connected> connection(Fields fields, Caller caller, String name) {
        try {
            var stored = store.connections().byName(caller.tenant(), new ConnectionName(name));
            if (stored.isPresent() && stored.get().definition().target() instanceof TargetSettings.Database settings) {
                return Optional.of(new Connected(stored.get(), settings));
            }
        } catch (IllegalArgumentException e) {
            // no name of a connection, and so none of a database's, either
        }
        fields.wrong("connection", "is not a database of this tenant");
        return Optional.empty();
    }

    private Guardrails held(
            Fields fields,
            Caller caller,
            DryRuns.GuardrailsDryRun request,
            Optional<Connected> connection,
            List<String> groups) {
        var policy = store.policyDocuments().get(caller.tenant());
        var named = new ArrayList<Guardrails>();
        if (connection.isPresent()) {
            var definition = connection.get().stored().definition();
            named.addAll(policy.forSession(definition.name().value(), definition.tags(), new HashSet<>(groups))
                    .guardrails());
        }
        fields.optional("guardrail", request.guardrail())
                .ifPresent(name -> GuardrailRoutes.named(policy, name)
                        .ifPresentOrElse(
                                found -> named.add(found.compiled()),
                                () -> fields.wrong("guardrail", "is not a guardrail of this tenant")));
        if (request.rules() != null) {
            var rules = GuardrailRoutes.rules(fields, "rules", request.rules());
            if (!rules.isEmpty()) {
                named.add(GuardrailText.read("given", rules));
            }
        }
        if (connection.isEmpty() && request.guardrail() == null && request.rules() == null) {
            fields.wrong("guardrail", "is needed, or rules, or a connection: something to hold statements against");
        }
        try {
            return connection
                    .map(one -> one.settings().held(new SessionPolicy(named, List.of())))
                    .orElseGet(() -> Guardrails.of(List.of(), "", named));
        } catch (IllegalArgumentException e) {
            fields.wrong("rules", "are too many: " + e.getMessage());
            return Guardrails.NONE;
        }
    }

    private static Map<String, DatabaseProtocol> dialects() {
        var words = new TreeMap<String, DatabaseProtocol>();
        for (var protocol : DatabaseProtocol.values()) {
            words.put(protocol.type(), protocol);
        }
        return words;
    }

    private static DryRuns.Verdict shown(DryRun.Said said) {
        var touches = said.touches().isEmpty() ? null : said.touches();
        return switch (said.verdict()) {
            case Verdict.Allow(var limit) ->
                new DryRuns.Verdict(
                        "allow",
                        null,
                        null,
                        limit.map(Verdict.RowLimit::rows).orElse(null),
                        limit.map(Verdict.RowLimit::rule).orElse(null),
                        touches);
            case Verdict.Warn(var rule, var message, var limit) ->
                new DryRuns.Verdict(
                        "warn",
                        rule,
                        message,
                        limit.map(Verdict.RowLimit::rows).orElse(null),
                        limit.map(Verdict.RowLimit::rule).orElse(null),
                        touches);
            case Verdict.Hold(var rule, var message, var _, var limit) ->
                new DryRuns.Verdict(
                        "hold",
                        rule,
                        message,
                        limit.map(Verdict.RowLimit::rows).orElse(null),
                        limit.map(Verdict.RowLimit::rule).orElse(null),
                        touches);
            case Verdict.Block(var rule, var message) ->
                new DryRuns.Verdict("block", rule, message, null, null, touches);
        };
    }
}
