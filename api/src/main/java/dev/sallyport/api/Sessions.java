package dev.sallyport.api;

import io.avaje.jsonb.Json;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Sessions and their recordings.
public interface Sessions {

    /// A session.
    ///
    /// @param state `live` or `ended`
    /// @param mode `connect` or `exec`
    /// @param request what was asked: `shell`, `exec`, `subsystem` or `forward`
    /// @param command the beginning of an exec's command, what does not print escaped
    /// @param outcome the outcome's name, once ended
    /// @param sentence the outcome in words
    /// @param level `full`, `statements` or `metadata`
    /// @param recording `live`, `complete`, `incomplete`, `recovered` or `deleted`
    /// @param deletion who deleted the recording
    /// @param hold the legal hold that it is on; only where a single session is shown
    /// @param statementsNotIndexed how many of its statements no search finds, if any; only where it is shown alone
    @Json(naming = Json.Naming.LowerUnderscore)
    record Session(
            String id,
            String user,
            String email,
            String connection,
            String connectionName,
            String agent,
            String mode,
            String request,
            @Nullable String command,
            String source,
            Certificate certificate,
            String state,
            Instant startedAt,
            Instant deadline,
            @Nullable Instant endedAt,
            @Nullable String outcome,
            @Nullable String sentence,
            @Nullable Integer exitStatus,
            String level,
            @Nullable String recording,
            @Nullable Deletion deletion,
            @Nullable Hold hold,
            @Nullable Long statementsNotIndexed) {}

    /// That a recording was deleted.
    ///
    /// @param by a user's or key's id, or `retention`
    @Json(naming = Json.Naming.LowerUnderscore)
    record Deletion(Instant at, String by, String reason) {}

    /// A legal hold: the recording of the session is not deleted.
    @Json(naming = Json.Naming.LowerUnderscore)
    record Hold(String session, Instant at, String by, String reason) {}

    /// What puts a session on hold. The reason is needed.
    @Json(naming = Json.Naming.LowerUnderscore)
    record HoldWrite(@Nullable String reason) {}

    /// One page of the holds.
    @Json(naming = Json.Naming.LowerUnderscore)
    record HoldPage(List<Hold> items, @Nullable String next) {}

    /// The certificate that opened a session.
    @Json(naming = Json.Naming.LowerUnderscore)
    record Certificate(String caFingerprint, String serial, String keyId, String keyFingerprint) {}

    /// One page of a list, newest first.
    @Json(naming = Json.Naming.LowerUnderscore)
    record Page(List<Session> items, @Nullable String next) {}

    /// Why a session is ended by hand; stands in the audit log.
    @Json(naming = Json.Naming.LowerUnderscore)
    record Kill(@Nullable String reason) {}

    /// What opens a session's recording.
    ///
    /// @param dataKey the recording's key, base64 (URL alphabet)
    @Json(naming = Json.Naming.LowerUnderscore)
    record Recording(String session, String tenant, String state, String level, String dataKey, String tenantKey) {}

    /// The chunks of a recording from some number on.
    ///
    /// @param state as of before the chunks were listed
    /// @param items at most some hundred: ask again from behind the last one until there are none
    @Json(naming = Json.Naming.LowerUnderscore)
    record Chunks(String session, String state, List<Chunk> items) {}

    /// A stored chunk.
    ///
    /// @param url where its bytes are for the next minutes, for whoever has the address; relative to the
    ///     API's own or absolute
    @Json(naming = Json.Naming.LowerUnderscore)
    record Chunk(int number, String url) {}
}
