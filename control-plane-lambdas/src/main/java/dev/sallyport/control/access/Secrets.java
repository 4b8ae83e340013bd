package dev.sallyport.control.access;

import dev.sallyport.control.http.Fields;
import dev.sallyport.core.agent.Agent;
import dev.sallyport.core.secret.SecretReference;
import jakarta.inject.Inject;
import java.util.Optional;

/// Reads references to secrets as admins write them; the value itself is never stored.
///
/// `seal:VALUE` is sealed to the agent's key here, and what is kept is the `sealed:` reference.
final class Secrets {

    private static final String SEAL = "seal:";

    @Inject
    Secrets() {}

    Optional<SecretReference> read(Fields fields, String field, String text, Optional<Agent> agent) {
        if (!text.startsWith(SEAL)) {
            return fields.parsed(field, text, SecretReference::parse);
        }
        if (agent.isPresent()) {
            fields.wrong(
                    field,
                    "cannot be sealed: this agent has not told its key yet; start it once, or give env:NAME or file:/path");
        }
        return Optional.empty();
    }
}
