package dev.sallyport.core.agent;

import dev.sallyport.core.id.AgentId;
import dev.sallyport.core.id.TenantId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// An agent as its tenant registered it.
///
/// @param name unique within the tenant
/// @param tokens the tokens that count: one, or two for an hour while they rotate
/// @param sealingKey its X25519 public key (base64 of the X.509 form), once it has said so
/// @param disabled a disabled agent attaches nowhere
public record Agent(
        TenantId tenant,
        AgentId id,
        String name,
        List<TokenHash> tokens,
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
        tokens = List.copyOf(tokens);
    }

    /// Whether a token with this hash lets the agent in at `now`.
    public boolean accepts(String sha256, Instant now) {
        return !disabled && tokens.stream().anyMatch(token -> token.sha256().equals(sha256) && token.counts(now));
    }
}
