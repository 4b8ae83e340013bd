package dev.sallyport.api;

import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Agents: the programs in the customer's network that open targets.
public interface Agents {

    /// An agent.
    ///
    /// @param status `active` or `disabled`; a disabled agent attaches nowhere
    /// @param sealingKey the agent's public key to which secrets are sealed; none until it has attached once
    /// @param keys how many of its keys count now: 1, or 2 for an hour while they rotate; 0 once revoked
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
            long version) {}

    /// What makes an agent.
    @Json(naming = Json.Naming.LowerUnderscore)
    record NewAgent(@Nullable String name) {}

    /// An agent with a new key, which is shown this once.
    ///
    /// @param key the value of `SALLYPORT_KEY`
    @Json(naming = Json.Naming.LowerUnderscore)
    record KeyedAgent(Agent agent, String key) {}

    /// One page of a list.
    @Json(naming = Json.Naming.LowerUnderscore)
    record Page(List<Agent> items, @Nullable String next) {}
}
