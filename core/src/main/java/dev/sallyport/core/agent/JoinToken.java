package dev.sallyport.core.agent;

import dev.sallyport.core.id.AgentId;
import dev.sallyport.core.id.TenantId;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.regex.Pattern;

/// What an agent that has no key yet is given one for, once: `sallyport_join_TENANT_AGENT_SECRET`.
///
/// It names tenant and agent, which are no secrets; the secret is 32 random bytes. The store knows its [#hash] only,
/// and
/// until when it counts.
///
/// @param secret base64url
public record JoinToken(TenantId tenant, AgentId agent, String secret) {

    private static final String PREFIX = "sallyport_join_";
    private static final int SECRET_BYTES = 32;
    private static final Pattern FORM =
            Pattern.compile(PREFIX + "([0-9A-Za-z]{26})_([0-9A-Za-z]{26})_([A-Za-z0-9_-]{43})");
    private static final SecureRandom RANDOM = new SecureRandom();

    public JoinToken {
        if (AgentToken.decode(secret).length != SECRET_BYTES) {
            throw new IllegalArgumentException("a secret has " + SECRET_BYTES + " bytes");
        }
    }

    /// Makes a new one; each call gives another one.
    public static JoinToken issue(TenantId tenant, AgentId agent) {
        var secret = new byte[SECRET_BYTES];
        RANDOM.nextBytes(secret);
        return new JoinToken(
                tenant, agent, Base64.getUrlEncoder().withoutPadding().encodeToString(secret));
    }

    /// Reads what [#text] wrote.
    public static JoinToken parse(String text) throws BadAgentKey {
        var found = FORM.matcher(text);
        try {
            if (found.matches()) {
                return new JoinToken(
                        new TenantId("ten_" + found.group(1)), new AgentId("agt_" + found.group(2)), found.group(3));
            }
        } catch (IllegalArgumentException e) {
            throw new BadAgentKey(JoinLine.DAMAGED, e);
        }
        throw new BadAgentKey(JoinLine.DAMAGED);
    }

    /// The whole token, as it is shown once and sent to the API once.
    public String text() {
        return PREFIX + tenant.value().substring(4) + "_" + agent.value().substring(4) + "_" + secret;
    }

    /// What the store keeps instead of the token.
    public String hash() {
        return AgentToken.hash(text());
    }

    /// Does not print the secret.
    @Override
    public String toString() {
        return "JoinToken(" + agent + " of " + tenant + ")";
    }
}
