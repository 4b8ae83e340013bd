package dev.sallyport.api;

import io.avaje.jsonb.Json;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Tests of connections: the agent opens the target up to the login, runs nothing, and says how far it came.
public interface ConnectionTests {

    /// A test. It can be looked up for ten minutes.
    ///
    /// @param state `running`, `passed` or `failed`
    /// @param steps in the order in which they were done; none while it runs
    @Json(naming = Json.Naming.LowerUnderscore)
    record ConnectionTest(
            String id,
            String connection,
            String connectionName,
            String agent,
            String state,
            List<Step> steps,
            Instant asked,
            @Nullable Instant ended) {}

    /// One step; the first that failed is the last.
    ///
    /// @param name such as `agent`, `secrets`, `address`, `host_key` or `login`
    /// @param state `passed` or `failed`
    @Json(naming = Json.Naming.LowerUnderscore)
    record Step(String name, String state, String sentence, long milliseconds) {}
}
