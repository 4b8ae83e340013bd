package dev.sallyport.core.agent;

import dev.sallyport.core.id.AgentId;
import dev.sallyport.core.id.TenantId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// An agent as its tenant registered it.
///
/// @param name unique within the tenant
/// @param tokens the tokens that count: one, or two for an hour while they rotate
/// @param join what it may register itself with, once; none: it has, or nobody has asked for it
/// @param sealingKey its X25519 public key (base64 of the X.509 form), once it has said so
/// @param disabled a disabled agent attaches nowhere
public record Agent(
        TenantId tenant,
        AgentId id,
        String name,
        List<TokenHash> tokens,
        Optional<TokenHash> join,
        Optional<String> sealingKey,
        boolean disabled,
        long version) {

    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,62}");

    /// Most tokens that count at one time.
    public static final int MOST_TOKENS = 2;

    /// What is kept of a token.
    ///
    /// @param sha256 of the whole token text, in hexadecimal
    /// @param until none: until it is revoked or rotated out
    public record TokenHash(String sha256, Optional<Instant> until) {
        public TokenHash {
            if (!sha256.matches("[0-9a-f]{64}")) {
                throw new IllegalArgumentException("a token's hash has 64 hexadecimal digits");
            }
        }

        boolean counts(Instant now) {
            return until.map(now::isBefore).orElse(true);
        }
    }

    public Agent {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "an agent's name has 1 to 63 characters of a-z, 0-9, '.', '_' and '-', and starts with a letter or digit");
        }
        if (tokens.size() > MOST_TOKENS) {
            throw new IllegalArgumentException("an agent has at most " + MOST_TOKENS + " tokens");
        }
        if (join.isPresent() && join.get().until().isEmpty()) {
            throw new IllegalArgumentException("what an agent joins with counts for a time only");
        }
        tokens = List.copyOf(tokens);
    }

    /// Whether a join token with this hash gives the agent a key at `now`.
    public boolean joins(String sha256, Instant now) {
        return !disabled
                && join.filter(token -> MessageDigest.isEqual(
                                token.sha256().getBytes(StandardCharsets.US_ASCII),
                                sha256.getBytes(StandardCharsets.US_ASCII)))
                        .filter(token -> token.counts(now))
                        .isPresent();
    }

    /// Whether a token with this hash lets the agent in at `now`.
    public boolean accepts(String sha256, Instant now) {
        return !disabled && tokens.stream().anyMatch(token -> token.sha256().equals(sha256) && token.counts(now));
    }
}
