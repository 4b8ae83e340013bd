package dev.sallyport.api;

import io.avaje.jsonb.Json;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Agents: the programs in the customer's network that open targets.
public interface Agents {

    /// An agent.
    ///
    /// @param status `active` or `disabled`; a disabled agent attaches nowhere
    /// @param sealingKey the agent's public key to which secrets are sealed; none until it has attached once
    /// @param keys how many of its keys count now: 1, or 2 for an hour while they rotate; 0 once revoked
    /// @param joinUntil until when its join line counts; none: it has none that counts
    /// @param instances how many instances of it are attached to edges now
    @Json(naming = Json.Naming.LowerUnderscore)
    record Agent(
            String id,
            String name,
            String status,
            @Nullable String sealingKey,
            int keys,
            int instances,
            List<String> capabilities,
            @Nullable Instant joinUntil,
            long version) {}

    /// What makes an agent.
    ///
    /// @param join whether it is to fetch its key itself, by a line that counts once, and no key is answered
    @Json(naming = Json.Naming.LowerUnderscore)
    record NewAgent(@Nullable String name, @Nullable Boolean join) {}

    /// An agent with a new key, or a line to fetch one with; either is shown this once.
    ///
    /// @param key the value of `SALLYPORT_KEY`, unless it is to join
    @Json(naming = Json.Naming.LowerUnderscore)
    record KeyedAgent(
            Agent agent, @Nullable String key, @Nullable Join join) {}

    /// What a new agent is told.
    ///
    /// @param line the value of `--join` and of `SALLYPORT_JOIN`: it counts once
    /// @param command what to run as root on the agent's machine
    @Json(naming = Json.Naming.LowerUnderscore)
    record Join(String line, String command, Instant until) {}

    /// An agent asks for its key.
    ///
    /// @param join the token of its line
    @Json(naming = Json.Naming.LowerUnderscore)
    record Registration(@Nullable String join) {}

    /// An agent is given its key.
    @Json(naming = Json.Naming.LowerUnderscore)
    record Registered(String key) {}

    /// One page of a list.
    @Json(naming = Json.Naming.LowerUnderscore)
    record Page(List<Agent> items, @Nullable String next) {}
}
