package dev.sallyport.core.agent;

import java.net.URI;
import java.net.URISyntaxException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Set;
import java.util.regex.Pattern;

/// What a new agent is told, in one line that counts once: `sallyport+https://TOKEN:PIN@API`.
///
/// It says where the API is that gives the agent its key, and which CA the edge in that key must come from. It has no
/// character that a shell takes for its own.
///
/// @param api where the API is: https, or http on this very machine
/// @param pin SHA-256 of the SubjectPublicKeyInfo (DER) of the edges' CA
public record JoinLine(URI api, JoinToken token, byte[] pin) {

    /// The variable of the environment that may hold it.
    public static final String VARIABLE = "SALLYPORT_JOIN";

    static final String DAMAGED = "The join line is damaged, it should be sallyport+https://TOKEN:PIN@API;"
            + " copy it again as it was shown.";

    private static final String SCHEME = "sallyport+";
    private static final int LONGEST = 2_048;
    private static final int PIN_BYTES = 32;
    private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "[::1]", "localhost");
    private static final Pattern BASE = Pattern.compile("(/[A-Za-z0-9._~-]{1,64}){0,4}");

    public JoinLine {
        var host = api.getHost();
        boolean here = host != null && LOOPBACK.contains(host);
        if (host == null
                || api.getRawUserInfo() != null
                || api.getRawQuery() != null
                || api.getRawFragment() != null
                || !BASE.matcher(api.getRawPath()).matches()) {
            throw new IllegalArgumentException("an API is https://HOST, with a port and a path where it has them");
        }
        if (!"https".equals(api.getScheme()) && !("http".equals(api.getScheme()) && here)) {
            throw new IllegalArgumentException("an API is reached by https, or by http on this very machine");
        }
        if (pin.length != PIN_BYTES) {
            throw new IllegalArgumentException("a pin has " + PIN_BYTES + " bytes");
        }
    }

    /// Reads what [#text] wrote; spaces around it are nothing.
    public static JoinLine parse(String text) throws BadAgentKey {
        var line = text.strip();
        if (line.length() > LONGEST || !line.startsWith(SCHEME)) {
            throw new BadAgentKey(DAMAGED);
        }
        try {
            var uri = new URI(line.substring(SCHEME.length()));
            var user = uri.getRawUserInfo();
            int colon = user == null ? -1 : user.indexOf(':');
            if (user == null || colon < 0) {
                throw new BadAgentKey(DAMAGED);
            }
            var api = new URI(uri.toString().replace(user + "@", ""));
            return new JoinLine(
                    api, JoinToken.parse(user.substring(0, colon)), AgentToken.decode(user.substring(colon + 1)));
        } catch (URISyntaxException | IllegalArgumentException e) {
            throw new BadAgentKey(DAMAGED, e);
        }
    }

    /// The line that [#parse] reads. A secret until it is used: shown once, never logged.
    public String text() {
        var at = api.toString();
        int host = at.indexOf("://") + 3;
        return SCHEME + at.substring(0, host) + token.text() + ":"
                + Base64.getUrlEncoder().withoutPadding().encodeToString(pin) + "@" + at.substring(host);
    }

    /// Where an agent is given its key.
    public URI register() {
        return URI.create(api + "/v1/agents/register");
    }

    /// Whether a key is the one that this line promised: of its agent, for an edge of its CA.
    public boolean promised(AgentKey key) {
        return key.token().agent().equals(token.agent())
                && key.token().tenant().equals(token.tenant())
                && MessageDigest.isEqual(key.pin(), pin);
    }

    /// Does not print the token.
    @Override
    public String toString() {
        return "JoinLine(" + token.agent() + " at " + api + ")";
    }
}
