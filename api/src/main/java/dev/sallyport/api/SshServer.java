package dev.sallyport.api;

import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The configuration of the SSH door for a tenant.
public interface SshServer {

    /// What holds now. A private key is never in it.
    ///
    /// @param certAttr `principal` or `key_id`: which field of a certificate names the user
    /// @param userAttr `user_id`, `subject` or `email`: which attribute of a user it names
    /// @param listenAddress where the door listens, where this tenant is the operator's own
    /// @param hostKeys the door's public host keys, a line each, where known
    @Json(naming = Json.Naming.LowerUnderscore)
    record Configuration(
            List<Ca> trustedCas,
            List<PendingCa> pendingCas,
            String certAttr,
            String userAttr,
            @Nullable String listenAddress,
            @Nullable List<String> hostKeys) {}

    /// A user CA that is trusted.
    @Json(naming = Json.Naming.LowerUnderscore)
    record Ca(String fingerprint, String publicKey) {}

    /// A user CA whose possession is not proven yet; it is not trusted.
    ///
    /// @param nonce what has to be signed with the CA
    /// @param command the line to run, which writes the proof
    /// @param replaces fingerprints of CAs that are trusted until this one is, and no longer
    @Json(naming = Json.Naming.LowerUnderscore)
    record PendingCa(
            String fingerprint,
            String publicKey,
            String nonce,
            String command,
            @Nullable List<String> replaces) {}

    /// A change. What is missing stays as it is; `trusted_cas` replaces the list.
    ///
    /// @param trustedCas public keys, one line each
    /// @param proofs SSH signatures (armoured) over nonces of pending CAs
    /// @param hostKeys the text of a file of private host keys, for the operator only
    @Json(naming = Json.Naming.LowerUnderscore)
    record Apply(
            @Nullable List<String> trustedCas,
            @Nullable List<String> proofs,
            @Nullable String certAttr,
            @Nullable String userAttr,
            @Nullable String listenAddress,
            @Nullable String hostKeys) {}
}
