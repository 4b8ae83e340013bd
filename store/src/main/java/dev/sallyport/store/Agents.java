package dev.sallyport.store;

import dev.sallyport.core.agent.Agent;
import dev.sallyport.core.agent.Agent.TokenHash;
import dev.sallyport.core.audit.Actor;
import dev.sallyport.core.edge.Mail;
import dev.sallyport.core.id.AgentId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.tenant.Quotas;
import dev.sallyport.store.Written.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// The agents of each tenant, as they are registered. What is attached where is told by [Attachments].
public final class Agents {

    /// How long the token before counts after a rotation.
    public static final Duration ROTATION = Duration.ofHours(1);

    /// How long an agent may take to register itself.
    public static final Duration JOINING = Duration.ofHours(1);

    private static final int ATTEMPTS = 5;
    private static final String ABSENT = "There is no such agent.";
    private static final String NOT_JOINED = "This join line does not count.";
    private static final String STALE = "The agent has changed in the meantime. Please try again.";

    private final Configuration configuration;
    private final Tables tables;
    private final Connections connections;

    Agents(Configuration configuration, Connections connections) {
        this.configuration = configuration;
        this.tables = configuration.tables();
        this.connections = connections;
    }

    public Written<Agent> create(Actor actor, Agent agent) {
        var first = with(agent, agent.tokens(), agent.join(), agent.sealingKey(), agent.disabled(), 1);
        return configuration
                .change(agent.tenant(), actor, "agent.created", agent.id().value())
                .within(Quotas.Noun.AGENTS, Keys.AGENT)
                .detail("name", agent.name())
                .put(item(first), Condition.absent(), Reason.TAKEN, "There is such an agent already.")
                .put(
                        Item.of(Keys.tenant(agent.tenant()), Keys.AGENT_NAME + agent.name())
                                .text("agent", agent.id().value()),
                        Condition.absent(),
                        Reason.TAKEN,
                        "Another agent has this name.")
                .commit(first);
    }

    /// Gives the agent a new token; the one before counts for an hour more, older ones no longer.
    public Written<Agent> rotate(Actor actor, TenantId tenant, AgentId id, String sha256) {
        return change(actor, tenant, id, "agent.token-rotated", true, agent -> rotated(agent, agent.join(), sha256));
    }

    private Agent rotated(Agent agent, Optional<TokenHash> join, String sha256) {
        var until = tables.clock().instant().plus(ROTATION);
        var tokens = new ArrayList<TokenHash>();
        agent.tokens().stream()
                .filter(token -> token.until().isEmpty())
                .findFirst()
                .ifPresent(token -> tokens.add(new TokenHash(token.sha256(), Optional.of(until))));
        tokens.add(new TokenHash(sha256, Optional.empty()));
        return with(agent, tokens, join, agent.sealingKey(), agent.disabled(), agent.version());
    }

    /// Lets the agent register itself with the token of this hash, once, for [#JOINING]; a token from before no longer
    /// counts.
    public Written<Agent> invite(Actor actor, TenantId tenant, AgentId id, String sha256) {
        var join = Optional.of(joining(sha256));
        return change(
                actor,
                tenant,
                id,
                "agent.join-made",
                false,
                agent -> with(agent, agent.tokens(), join, agent.sealingKey(), agent.disabled(), agent.version()));
    }

    /// What an agent may register itself with from now on.
    public TokenHash joining(String sha256) {
        return new TokenHash(sha256, Optional.of(tables.clock().instant().plus(JOINING)));
    }

    /// The agent registers itself: its join token is used up, and what it is given for it counts. Of two that come at
    /// the same time with the same token, one is refused.
    ///
    /// @param join the hash of the join token
    /// @param sha256 of the token that the agent has from now on; the one before counts for an hour more
    public Written<Agent> register(Actor actor, TenantId tenant, AgentId id, String join, String sha256) {
        for (int attempt = 1; ; attempt++) {
            var found = get(tenant, id);
            if (found.isEmpty() || !found.get().joins(join, tables.clock().instant())) {
                return new Written.Refused<>(Reason.ABSENT, NOT_JOINED);
            }
            var written = change(
                    actor, found.get(), "agent.registered", true, rotated(found.get(), Optional.empty(), sha256));
            if (!stale(written) || attempt == ATTEMPTS) {
                return written;
            }
        }
    }

    /// Takes every token from the agent; its instances are detached.
    public Written<Agent> revokeTokens(Actor actor, TenantId tenant, AgentId id) {
        return change(
                actor,
                tenant,
                id,
                "agent.tokens-revoked",
                true,
                agent -> with(
                        agent, List.of(), Optional.empty(), agent.sealingKey(), agent.disabled(), agent.version()));
    }

    /// Disables or enables the agent. A disabled one is detached.
    public Written<Agent> setDisabled(Actor actor, TenantId tenant, AgentId id, boolean disabled) {
        return change(
                actor,
                tenant,
                id,
                disabled ? "agent.disabled" : "agent.enabled",
                disabled,
                agent -> with(agent, agent.tokens(), agent.join(), agent.sealingKey(), disabled, agent.version()));
    }

    /// Sets the key that secrets for this agent are sealed to.
    public Written<Agent> setSealingKey(Actor actor, TenantId tenant, AgentId id, String sealingKey) {
        return change(
                actor,
                tenant,
                id,
                "agent.sealing-key-set",
                false,
                agent -> with(
                        agent,
                        agent.tokens(),
                        agent.join(),
                        Optional.of(sealingKey),
                        agent.disabled(),
                        agent.version()));
    }

    /// Deletes an agent that no connection names; its instances are detached.
    public Written<Agent> delete(Actor actor, TenantId tenant, AgentId id) {
        // no connection may come to name it before it is gone: the epoch says
        var epoch = configuration.epoch(tenant);
        var agent = get(tenant, id);
        if (epoch.isEmpty() || agent.isEmpty()) {
            return new Written.Refused<>(Reason.ABSENT, ABSENT);
        }
        if (connections.list(tenant).stream()
                .anyMatch(connection -> connection.definition().agent().equals(id))) {
            return new Written.Refused<>(
                    Reason.IN_USE, "Connections use this agent: delete them, or give them another.");
        }
        return configuration
                .change(tenant, actor, "agent.deleted", id.value())
                .detail("name", agent.get().name())
                .before(facts(agent.get()), Optional.empty())
                .at(epoch.get())
                .tell(new Mail.AgentRevoked(tenant, id))
                .delete(Keys.id(Keys.AGENT, id), Condition.present(), Reason.ABSENT, ABSENT)
                .delete(Keys.tenant(tenant), Keys.AGENT_NAME + agent.get().name())
                .commit(agent.get());
    }

    public Optional<Agent> get(TenantId tenant, AgentId id) {
        return tables.get(Table.CONFIG, Keys.tenant(tenant), Keys.id(Keys.AGENT, id))
                .map(item -> read(tenant, item));
    }

    public Optional<Agent> byName(TenantId tenant, String name) {
        return tables.get(Table.CONFIG, Keys.tenant(tenant), Keys.AGENT_NAME + name)
                .map(item -> new AgentId(item.text("agent")))
                .flatMap(id -> get(tenant, id));
    }

    public List<Agent> list(TenantId tenant) {
        return tables.list(Table.CONFIG, Keys.tenant(tenant), Keys.AGENT).stream()
                .map(item -> read(tenant, item))
                .toList();
    }

    private Written<Agent> change(
            Actor actor, TenantId tenant, AgentId id, String action, boolean detaches, UnaryOperator<Agent> how) {
        for (int attempt = 1; ; attempt++) {
            var found = get(tenant, id);
            if (found.isEmpty()) {
                return new Written.Refused<>(Reason.ABSENT, ABSENT);
            }
            var written = change(actor, found.get(), action, detaches, how.apply(found.get()));
            if (!stale(written) || attempt == ATTEMPTS) {
                return written;
            }
        }
    }

    private static boolean stale(Written<Agent> written) {
        return written instanceof Written.Refused<Agent> refused && refused.reason() == Reason.STALE;
    }

    private Written<Agent> change(Actor actor, Agent before, String action, boolean detaches, Agent changed) {
        var after = with(
                changed,
                changed.tokens(),
                changed.join(),
                changed.sealingKey(),
                changed.disabled(),
                before.version() + 1);
        var change = configuration
                .change(before.tenant(), actor, action, before.id().value())
                .detail("name", after.name())
                .before(facts(before), Optional.of(facts(after)))
                .put(item(after), Condition.version(before.version()), Reason.STALE, STALE);
        if (detaches) {
            change.tell(new Mail.AgentRevoked(before.tenant(), before.id()));
        }
        return change.commit(after);
    }

    private static Agent with(
            Agent agent,
            List<TokenHash> tokens,
            Optional<TokenHash> join,
            Optional<String> sealingKey,
            boolean disabled,
            long version) {
        return new Agent(agent.tenant(), agent.id(), agent.name(), tokens, join, sealingKey, disabled, version);
    }

    /// What the audit log says of an agent: how many tokens it has, and not their hashes.
    private static Item facts(Agent agent) {
        return Item.of(Keys.tenant(agent.tenant()), Keys.id(Keys.AGENT, agent.id()))
                .text("name", agent.name())
                .text("sealingKey", agent.sealingKey())
                .flag("disabled", agent.disabled())
                .number("tokens", agent.tokens().size());
    }

    private static Item item(Agent agent) {
        var item = Item.of(Keys.tenant(agent.tenant()), Keys.id(Keys.AGENT, agent.id()))
                .text("name", agent.name())
                .text("join", agent.join().map(Agents::line))
                .text("sealingKey", agent.sealingKey())
                .flag("disabled", agent.disabled())
                .number(Item.VERSION, agent.version());
        // a token's line: its hash, and the time until which it counts, if any
        return item.texts("tokens", agent.tokens().stream().map(Agents::line).toList());
    }

    private static String line(TokenHash token) {
        return token.sha256()
                + token.until().map(until -> " " + until.toEpochMilli()).orElse("");
    }

    private static TokenHash token(String line) {
        return new TokenHash(
                line.substring(0, 64),
                line.length() > 64
                        ? Optional.of(Instant.ofEpochMilli(Long.parseLong(line.substring(65))))
                        : Optional.empty());
    }

    private static Agent read(TenantId tenant, Item item) {
        return new Agent(
                tenant,
                new AgentId(item.sort().substring(Keys.AGENT.length())),
                item.text("name"),
                item.texts("tokens").stream().map(Agents::token).toList(),
                item.optionalText("join").map(Agents::token),
                item.optionalText("sealingKey"),
                item.flag("disabled"),
                item.number(Item.VERSION));
    }
}
