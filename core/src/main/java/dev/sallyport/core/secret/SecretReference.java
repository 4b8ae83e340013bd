package dev.sallyport.core.secret;

/// Where a secret value is kept, as an admin writes it in a connection; the value itself only the agent sees.
///
/// Written `scheme:rest`. Schemes that an agent does not know are refused when the session opens, so new ones
/// (Vault, AWS Secrets Manager) need no change here.
///
/// - `env:NAME` the agent's environment variable NAME
/// - `file:/path` a file on the agent's machine, within the agent's own allow-list
/// - `sealed:BASE64` sealed to the agent's X25519 key, see [Sealing]
/// - `text:…` not a secret at all: the text itself, for ordinary variables
public record SecretReference(String scheme, String rest) {

    /// Longest reference that is accepted, in characters.
    public static final int LONGEST = 16_384;

    public SecretReference {
        if (!scheme.matches("[a-z][a-z0-9-]{0,31}")) {
            throw new IllegalArgumentException("a secret reference starts with a scheme, as in env:NAME");
        }
        if (rest.length() > LONGEST) {
            throw new IllegalArgumentException("a secret reference has at most " + LONGEST + " characters");
        }
    }

    /// Reads `scheme:rest`.
    ///
    /// @throws IllegalArgumentException when there is no scheme; the message repeats no input
    public static SecretReference parse(String text) {
        int colon = text.indexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException("a secret reference starts with a scheme, as in env:NAME");
        }
        return new SecretReference(text.substring(0, colon), text.substring(colon + 1));
    }

    /// The form that [#parse] reads. It may hold a literal (`text:`): not for logs.
    public String text() {
        return scheme + ":" + rest;
    }

    @Override
    public String toString() {
        return scheme + ":…";
    }
}
