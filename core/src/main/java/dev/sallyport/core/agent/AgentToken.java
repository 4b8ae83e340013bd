package dev.sallyport.core.agent;

import dev.sallyport.core.id.AgentId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.tenant.TenantKey;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Pattern;

/// What an agent shows an edge: it names tenant and agent, and is signed by the tenant's key.
///
/// Written `base64url(payload).base64url(signature)`. The payload is lines of text, always the same ones in the
/// same order:
///
/// ```
/// sallyport-agent 1
/// tenant ten_…
/// agent agt_…
/// name NAME
/// key TEXT OF THE TENANT'S KEY
/// random 43 CHARACTERS
/// ```
///
/// A token stands in the store as its [#hash] only. [#parse] believes nothing: an edge takes a token for good
/// when the store knows its hash and the tenant's key (from the store, not from the token)
/// [verifies][#signedBy] it. The agent takes the tenant's key from its own token, which its operator gave it,
/// and pins that.
public final class AgentToken {

    /// Longest token that is read, in characters.
    public static final int LONGEST = 1_024;

    private static final String HEAD = "sallyport-agent 1";
    private static final String PURPOSE = "agent-token v1";
    private static final int RANDOM_BYTES = 32;
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,62}");
    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();
    private static final SecureRandom RANDOM = new SecureRandom();

    private final TenantId tenant;
    private final AgentId agent;
    private final String name;
    private final TenantKey tenantKey;
    private final byte[] payload;
    private final byte[] signature;

    private AgentToken(
            TenantId tenant, AgentId agent, String name, TenantKey tenantKey, byte[] payload, byte[] signature) {
        this.tenant = tenant;
        this.agent = agent;
        this.name = name;
        this.tenantKey = tenantKey;
        this.payload = payload;
        this.signature = signature;
    }

    /// Makes a new token; each call gives another one.
    ///
    /// @throws IllegalArgumentException when the name is not of the form `[a-z0-9][a-z0-9._-]{0,62}`
    public static AgentToken issue(TenantKey.Signer signer, TenantId tenant, AgentId agent, String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("an agent's name has 1 to 63 characters of a-z, 0-9, '.', '_' and '-'");
        }
        var random = new byte[RANDOM_BYTES];
        RANDOM.nextBytes(random);
        var payload = String.join(
                        "\n",
                        HEAD,
                        "tenant " + tenant.value(),
                        "agent " + agent.value(),
                        "name " + name,
                        "key " + signer.publicKey().text(),
                        "random " + ENCODER.encodeToString(random),
                        "")
                .getBytes(StandardCharsets.US_ASCII);
        return new AgentToken(tenant, agent, name, signer.publicKey(), payload, signer.sign(PURPOSE, payload));
    }

    /// Reads a token, and checks that the key it names signed it: which tells a damaged token from a whole one,
    /// and nothing about who made it.
    public static AgentToken parse(String text) throws BadAgentKey {
        if (text.length() > LONGEST) {
            throw new BadAgentKey("The agent's token is too long; copy the key again as it was shown.");
        }
        int dot = text.indexOf('.');
        if (dot < 0) {
            throw new BadAgentKey("The agent's token is not complete; copy the key again as it was shown.");
        }
        try {
            var payload = decode(text.substring(0, dot));
            var signature = decode(text.substring(dot + 1));
            var lines = new ArrayList<>(Arrays.asList(new String(payload, StandardCharsets.US_ASCII).split("\n", -1)));
            if (lines.size() != 7
                    || !lines.getFirst().equals(HEAD)
                    || !lines.getLast().isEmpty()) {
                throw new BadAgentKey("The agent's token is of a kind that this version does not know;"
                        + " upgrade the agent, or copy the key again as it was shown.");
            }
            var token = new AgentToken(
                    new TenantId(value(lines.get(1), "tenant")),
                    new AgentId(value(lines.get(2), "agent")),
                    value(lines.get(3), "name"),
                    TenantKey.parse(value(lines.get(4), "key")),
                    payload,
                    signature);
            if (!NAME.matcher(token.name).matches()
                    || decode(value(lines.get(5), "random")).length != RANDOM_BYTES
                    || !token.signedBy(token.tenantKey)) {
                throw new IllegalArgumentException("the token is damaged");
            }
            return token;
        } catch (IllegalArgumentException e) {
            throw new BadAgentKey("The agent's token is damaged; copy the key again as it was shown.", e);
        }
    }

    public TenantId tenant() {
        return tenant;
    }

    public AgentId agent() {
        return agent;
    }

    public String name() {
        return name;
    }

    /// The tenant's key as the token names it.
    public TenantKey tenantKey() {
        return tenantKey;
    }

    /// Whether `key` signed this token.
    public boolean signedBy(TenantKey key) {
        return key.verifies(PURPOSE, payload, signature);
    }

    /// The whole token, as it is shown once and sent to the edge.
    public String text() {
        return ENCODER.encodeToString(payload) + "." + ENCODER.encodeToString(signature);
    }

    /// What the store keeps instead of the token: SHA-256 of [#text], in hexadecimal.
    public String hash() {
        return hash(text());
    }

    /// The [#hash] of a token's text as it came from an agent.
    public static String hash(String text) {
        return HexFormat.of().formatHex(sha256(text.getBytes(StandardCharsets.UTF_8)));
    }

    /// Does not print the token.
    @Override
    public String toString() {
        return "AgentToken(" + agent + " of " + tenant + ")";
    }

    static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /// Base64 in its one canonical form: two texts never stand for the same bytes.
    static byte[] decode(String text) {
        var bytes = Base64.getUrlDecoder().decode(text);
        if (!ENCODER.encodeToString(bytes).equals(text)) {
            throw new IllegalArgumentException("not canonical base64");
        }
        return bytes;
    }

    private static String value(String line, String key) {
        if (!line.startsWith(key + " ")) {
            throw new IllegalArgumentException("the line is not the one that belongs here");
        }
        return line.substring(key.length() + 1);
    }
}
