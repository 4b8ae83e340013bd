package dev.sallyport.control.access;

import static dev.sallyport.control.http.Router.ADMINS;
import static dev.sallyport.control.http.Router.READERS;

import dev.sallyport.api.Agents;
import dev.sallyport.control.Instance;
import dev.sallyport.control.http.Answer;
import dev.sallyport.control.http.Caller;
import dev.sallyport.control.http.Declined;
import dev.sallyport.control.http.Fields;
import dev.sallyport.control.http.Paging;
import dev.sallyport.control.http.Router;
import dev.sallyport.control.http.Router.Call;
import dev.sallyport.core.agent.Agent;
import dev.sallyport.core.agent.Agent.TokenHash;
import dev.sallyport.core.agent.AgentKey;
import dev.sallyport.core.agent.AgentToken;
import dev.sallyport.core.edge.Attachment;
import dev.sallyport.core.id.AgentId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.tenant.TenantSigners;
import dev.sallyport.store.Store;
import jakarta.inject.Inject;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/// `/v1/agents`: registration and keys of agents. A key is shown once, in the answer that makes it.
public final class AgentRoutes {

    private final Store store;
    private final TenantSigners signers;
    private final Instance instance;
    private final Clock clock;

    @Inject
    AgentRoutes(Store store, TenantSigners signers, Instance instance, Clock clock) {
        this.store = store;
        this.signers = signers;
        this.instance = instance;
        this.clock = clock;
    }

    void addTo(Router router) {
        router.route("GET", "/v1/agents", READERS, this::list)
                .route("POST", "/v1/agents", ADMINS, this::create)
                .route("GET", "/v1/agents/{agent}", READERS, this::show)
                .route("DELETE", "/v1/agents/{agent}", ADMINS, this::delete)
                .route("POST", "/v1/agents/{agent}/rotate-key", ADMINS, this::rotate)
                .route("POST", "/v1/agents/{agent}/revoke", ADMINS, this::revoke);
    }

    private Answer list(Caller caller, Call call) throws Declined {
        var page = Paging.of(
                store.agents().list(caller.tenant()), agent -> agent.id().value(), call.request());
        return Answer.ok(new Agents.Page(
                page.items().stream().map(this::shown).toList(), page.next().orElse(null)));
    }

    private Answer show(Caller caller, Call call) throws Declined {
        return Answer.ok(shown(found(caller, call)));
    }

    private Answer create(Caller caller, Call call) throws Declined {
        var request = call.request().json(Agents.NewAgent.class);
        var fields = new Fields();
        var name = fields.needed("name", request.name());
        fields.check();
        var id = AgentId.next(clock);
        var token = fields.make("name", () -> token(caller.tenant(), id, name));
        var agent = new Agent(
                caller.tenant(),
                id,
                name,
                List.of(new TokenHash(token.hash(), Optional.empty())),
                Optional.empty(),
                false,
                1);
        return Answer.created(keyed(store.agents().create(caller.actor(), agent).orThrow(), token));
    }

    private Answer rotate(Caller caller, Call call) throws Declined {
        var agent = found(caller, call);
        var token = token(caller.tenant(), agent.id(), agent.name());
        return Answer.ok(keyed(
                store.agents()
                        .rotate(caller.actor(), caller.tenant(), agent.id(), token.hash())
                        .orThrow(),
                token));
    }

    private Answer revoke(Caller caller, Call call) throws Declined {
        var agent = found(caller, call);
        return Answer.ok(shown(store.agents()
                .revokeTokens(caller.actor(), caller.tenant(), agent.id())
                .orThrow()));
    }

    private Answer delete(Caller caller, Call call) throws Declined {
        var _ = store.agents()
                .delete(caller.actor(), caller.tenant(), found(caller, call).id())
                .orThrow();
        return Answer.nothing();
    }

    private AgentToken token(TenantId tenant, AgentId agent, String name) {
        return AgentToken.issue(signers.of(tenant), tenant, agent, name);
    }

    private Agents.KeyedAgent keyed(Agent agent, AgentToken token) {
        var door = instance.agentDoor();
        return new Agents.KeyedAgent(shown(agent), new AgentKey(door.host(), door.port(), token, door.pin()).text());
    }

    private Agent found(Caller caller, Call call) throws Declined {
        return find(store, caller.tenant(), call.part("agent")).orElseThrow(Declined::notFound);
    }

    /// An agent of the tenant, by id or name.
    static Optional<Agent> find(Store store, TenantId tenant, String idOrName) {
        if (idOrName.length() > 63) {
            return Optional.empty();
        }
        if (idOrName.startsWith("agt_")) {
            try {
                return store.agents().get(tenant, new AgentId(idOrName));
            } catch (IllegalArgumentException e) {
                // An agent may be called so.
            }
        }
        return store.agents().byName(tenant, idOrName);
    }

    private Agents.Agent shown(Agent agent) {
        var attached = store.attachments().of(agent.tenant(), agent.id());
        var now = clock.instant();
        int keys = (int) agent.tokens().stream()
                .filter(token -> agent.accepts(token.sha256(), now))
                .count();
        return new Agents.Agent(
                agent.id().value(),
                agent.name(),
                agent.disabled() ? "disabled" : "active",
                agent.sealingKey().orElse(null),
                keys,
                (int) attached.stream().map(Attachment::instance).distinct().count(),
                attached.stream()
                        .flatMap(one -> one.capabilities().stream())
                        .distinct()
                        .sorted()
                        .toList(),
                agent.version());
    }
}
