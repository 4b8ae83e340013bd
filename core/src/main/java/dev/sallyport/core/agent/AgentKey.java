package dev.sallyport.core.agent;

import java.net.URI;
import java.net.URISyntaxException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.regex.Pattern;

/// What an agent needs to reach its edge, in one line: `sallyport://HOST:PORT?token=TOKEN&pin=PIN`.
///
/// It is shown once, when the agent is registered, and given to the agent in `SALLYPORT_KEY`. Host is a name,
/// an IPv4 address, or an IPv6 address in brackets.
///
/// @param pin SHA-256 of the SubjectPublicKeyInfo (DER) of the CA that the edge's certificate must come from
public record AgentKey(String host, int port, AgentToken token, byte[] pin) {

    /// The variable of the environment that holds it.
    public static final String VARIABLE = "SALLYPORT_KEY";

    /// Longest key that is read, in characters.
    public static final int LONGEST = 2_048;

    private static final String SCHEME = "sallyport";
    private static final int PIN_BYTES = 32;
    private static final Pattern QUERY = Pattern.compile("token=([A-Za-z0-9_.-]+)&pin=([A-Za-z0-9_-]+)");
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._-]{1,253}|\\[[0-9A-Fa-f:.]{2,45}]");

    public AgentKey {
        if (!HOST.matcher(host).matches()) {
            throw new IllegalArgumentException("not a host name or address");
        }
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("a port is a number from 1 to 65535");
        }
        if (pin.length != PIN_BYTES) {
            throw new IllegalArgumentException("a pin has " + PIN_BYTES + " bytes");
        }
    }

    /// Reads what [#text] wrote; spaces around it are nothing.
    public static AgentKey parse(String text) throws BadAgentKey {
        var line = text.strip();
        if (line.isEmpty()) {
            throw new BadAgentKey("There is no agent key; put the one shown at registration into " + VARIABLE + ".");
        }
        if (line.length() > LONGEST || !line.startsWith(SCHEME + "://")) {
            throw new BadAgentKey("The agent's key has the form " + SCHEME + "://HOST:PORT?token=…&pin=…;"
                    + " copy it again as it was shown.");
        }
        try {
            var uri = new URI(line);
            var query = QUERY.matcher(uri.getRawQuery() == null ? "" : uri.getRawQuery());
            if (uri.getHost() == null
                    || uri.getRawUserInfo() != null
                    || uri.getRawFragment() != null
                    || !uri.getRawPath().isEmpty()
                    || !query.matches()) {
                throw new IllegalArgumentException("not the form of a key");
            }
            return new AgentKey(
                    uri.getHost(), uri.getPort(), AgentToken.parse(query.group(1)), AgentToken.decode(query.group(2)));
        } catch (URISyntaxException | IllegalArgumentException e) {
            throw new BadAgentKey(
                    "The agent's key is damaged, it should be " + SCHEME + "://HOST:PORT?token=…&pin=…;"
                            + " copy it again as it was shown.",
                    e);
        }
    }

    /// The line that [#parse] reads. A secret: shown once, never logged.
    public String text() {
        return SCHEME + "://" + host + ":" + port + "?token=" + token.text() + "&pin="
                + Base64.getUrlEncoder().withoutPadding().encodeToString(pin);
    }

    /// Whether the key with this SubjectPublicKeyInfo (DER) is the pinned one.
    public boolean pins(byte[] subjectPublicKeyInfo) {
        return MessageDigest.isEqual(pin, AgentToken.sha256(subjectPublicKeyInfo));
    }

    /// Does not print the token.
    @Override
    public String toString() {
        return "AgentKey(" + token.agent() + " at " + host + ":" + port + ")";
    }
}
