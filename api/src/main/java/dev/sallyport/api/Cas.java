package dev.sallyport.api;

import io.avaje.jsonb.Json;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// User CAs: whose certificates count.
public interface Cas {

    /// A user CA.
    ///
    /// @param id the SHA-256 of its key in base64url, for paths
    /// @param fingerprint the same as OpenSSH shows it, `SHA256:…`
    /// @param state `trusted` or `pending`
    /// @param nonce of a pending one: what has to be signed with the CA
    /// @param command of a pending one: the line to run, which writes the proof
    /// @param until of a pending one: when the nonce stops counting
    /// @param replaces of a pending one: fingerprints of CAs that stay trusted until all that replace them
    ///     are proven
    @Json(naming = Json.Naming.LowerUnderscore)
    record Ca(
            String id,
            String fingerprint,
            String publicKey,
            String state,
            @Nullable String nonce,
            @Nullable String command,
            @Nullable Instant until,
            @Nullable List<String> replaces) {}

    /// What makes a CA.
    ///
    /// @param publicKey a line of a `.pub` file
    @Json(naming = Json.Naming.LowerUnderscore)
    record NewCa(@Nullable String publicKey) {}

    /// A proof to hold a CA.
    ///
    /// @param proof an SSH signature (armoured) over the CA's nonce
    @Json(naming = Json.Naming.LowerUnderscore)
    record Proof(@Nullable String proof) {}

    /// One page of a list.
    @Json(naming = Json.Naming.LowerUnderscore)
    record Page(List<Ca> items, @Nullable String next) {}
}
