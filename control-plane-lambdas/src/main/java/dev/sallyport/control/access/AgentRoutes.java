package dev.sallyport.control.access;

import static dev.sallyport.control.http.Router.ADMINS;
import static dev.sallyport.control.http.Router.READERS;

import dev.sallyport.api.Agents;
import dev.sallyport.api.Problem;
import dev.sallyport.control.Instance;
import dev.sallyport.control.http.Answer;
import dev.sallyport.control.http.Caller;
import dev.sallyport.control.http.Declined;
import dev.sallyport.control.http.Fields;
import dev.sallyport.control.http.Paging;
import dev.sallyport.control.http.Router;
import dev.sallyport.control.http.Router.Call;
import dev.sallyport.control.http.StrangerRates;
import dev.sallyport.core.agent.Agent;
import dev.sallyport.core.agent.Agent.TokenHash;
import dev.sallyport.core.agent.AgentKey;
import dev.sallyport.core.agent.AgentToken;
import dev.sallyport.core.agent.BadAgentKey;
import dev.sallyport.core.agent.JoinLine;
import dev.sallyport.core.agent.JoinToken;
import dev.sallyport.core.audit.Actor;
import dev.sallyport.core.edge.Attachment;
import dev.sallyport.core.id.AgentId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.tenant.TenantSigners;
import dev.sallyport.store.Store;
import dev.sallyport.store.WriteRefused;
import dev.sallyport.store.Written;
import jakarta.inject.Inject;
import java.net.URI;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/// `/v1/agents`: registration and keys of agents. A key, or a line to join with, is shown once, in the answer that
/// makes it.
public final class AgentRoutes {

    private final Store store;
    private final TenantSigners signers;
    private final Instance instance;
    private final StrangerRates rates;
    private final Clock clock;

    @Inject
    AgentRoutes(Store store, TenantSigners signers, Instance instance, StrangerRates rates, Clock clock) {
        this.store = store;
        this.signers = signers;
        this.instance = instance;
        this.rates = rates;
        this.clock = clock;
    }

    void addTo(Router router) {
        router.route("GET", "/v1/agents", READERS, this::list)
                .route("POST", "/v1/agents", ADMINS, this::create)
                .route("GET", "/v1/agents/{agent}", READERS, this::show)
                .route("DELETE", "/v1/agents/{agent}", ADMINS, this::delete)
                .route("POST", "/v1/agents/{agent}/rotate-key", ADMINS, this::rotate)
                .route("POST", "/v1/agents/{agent}/join", ADMINS, this::join)
                .open("POST", "/v1/agents/register", this::register)
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
        if (Boolean.TRUE.equals(request.join())) {
            var api = api();
            var join = JoinToken.issue(caller.tenant(), id);
            var agent = fields.make(
                    "name",
                    () -> agent(
                            caller.tenant(),
                            id,
                            name,
                            List.of(),
                            Optional.of(store.agents().joining(join.hash()))));
            return Answer.created(
                    joining(store.agents().create(caller.actor(), agent).orThrow(), api, join));
        }
        var token = fields.make("name", () -> token(caller.tenant(), id, name));
        var hash = new TokenHash(token.hash(), Optional.empty());
        var agent = agent(caller.tenant(), id, name, List.of(hash), Optional.empty());
        return Answer.created(keyed(store.agents().create(caller.actor(), agent).orThrow(), token));
    }

    private static Agent agent(
            TenantId tenant, AgentId id, String name, List<TokenHash> tokens, Optional<TokenHash> join) {
        return new Agent(tenant, id, name, tokens, join, Optional.empty(), false, 1);
    }

    /// A new line to join with; the one before no longer counts.
    private Answer join(Caller caller, Call call) throws Declined {
        var agent = found(caller, call);
        var api = api();
        var join = JoinToken.issue(caller.tenant(), agent.id());
        return Answer.ok(joining(
                store.agents()
                        .invite(caller.actor(), caller.tenant(), agent.id(), join.hash())
                        .orThrow(),
                api,
                join));
    }

    /// An agent that has a join token is given its key for it, once. Whoever has none that counts is answered the same,
    /// whatever is wrong with it, and nothing is written and no key signed for them.
    private Answer register(Call call) throws Declined {
        rates.count(call.request().source());
        var request = call.request().json(Agents.Registration.class);
        JoinToken join;
        try {
            join = JoinToken.parse(String.valueOf(request.join()));
        } catch (BadAgentKey e) {
            throw notJoined();
        }
        var agent = store.agents()
                .get(join.tenant(), join.agent())
                .filter(found -> found.joins(join.hash(), clock.instant()))
                .orElseThrow(AgentRoutes::notJoined);
        var token = token(agent.tenant(), agent.id(), agent.name());
        var actor = new Actor(agent.id().value(), call.request().source());
        return switch (store.agents().register(actor, agent.tenant(), agent.id(), join.hash(), token.hash())) {
            case Written.Done<Agent> _ -> Answer.ok(new Agents.Registered(key(token)));
            case Written.Refused<Agent> refused when refused.reason() == Written.Reason.ABSENT -> throw notJoined();
            case Written.Refused<Agent>(var reason, var sentence) -> throw new WriteRefused(reason, sentence);
        };
    }

    private static Declined notJoined() {
        return new Declined(
                Problem.Type.UNAUTHENTICATED,
                "This join line does not count: it was used, has expired, was replaced, or is damaged."
                        + " Ask an admin for a new one: sally admin agents join NAME. If you did not use it yourself,"
                        + " have the agent's keys revoked first.");
    }

    private URI api() throws Declined {
        return instance.api()
                .orElseThrow(() -> Declined.field(
                        "join", "cannot be asked for: this deployment does not say where agents reach its API"));
    }

    private Agents.KeyedAgent joining(Agent agent, URI api, JoinToken token) {
        var line = new JoinLine(api, token, instance.agentDoor().pin()).text();
        var until = agent.join().flatMap(TokenHash::until).orElseThrow();
        return new Agents.KeyedAgent(
                shown(agent), null, new Agents.Join(line, "sallyport-agent install --start --join " + line, until));
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
        return new Agents.KeyedAgent(shown(agent), key(token), null);
    }

    private String key(AgentToken token) {
        var door = instance.agentDoor();
        return new AgentKey(door.host(), door.port(), token, door.pin()).text();
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
                agent.join().flatMap(TokenHash::until).filter(now::isBefore).orElse(null),
                agent.version());
    }
}
