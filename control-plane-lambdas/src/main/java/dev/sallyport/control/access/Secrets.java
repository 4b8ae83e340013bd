package dev.sallyport.control.access;

import dev.sallyport.control.http.Fields;
import dev.sallyport.core.agent.Agent;
import dev.sallyport.core.audit.Actor;
import dev.sallyport.core.secret.Sealing;
import dev.sallyport.core.secret.Secret;
import dev.sallyport.core.secret.SecretReference;
import dev.sallyport.store.Attachments;
import dev.sallyport.store.Store;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.util.Optional;

/// Reads references to secrets as admins write them; the value itself is never stored.
///
/// `seal:VALUE` is sealed to the agent's key here, and what is kept is the `sealed:` reference.
final class Secrets {

    private static final String SEAL = "seal:";

    private final Store store;

    @Inject
    Secrets(Store store) {
        this.store = store;
    }

    Optional<SecretReference> read(Fields fields, String field, String text, Optional<Agent> agent) {
        if (!text.startsWith(SEAL)) {
            return fields.parsed(field, text, SecretReference::parse);
        }
        var value = text.substring(SEAL.length());
        int bytes = value.getBytes(StandardCharsets.UTF_8).length;
        if (value.isEmpty() || bytes > Sealing.LONGEST) {
            fields.wrong(field, "has 1 to " + Sealing.LONGEST + " bytes after seal:");
            return Optional.empty();
        }
        if (agent.isEmpty()) {
            return Optional.empty();
        }
        var key = key(agent.get());
        if (key.isEmpty()) {
            fields.wrong(
                    field,
                    "cannot be sealed: this agent has not told its key yet; start it once, or give env:NAME or file:/path");
            return Optional.empty();
        }
        try (var secret = Secret.of(value)) {
            return Optional.of(new SecretReference("sealed", Sealing.seal(secret, key.get())));
        }
    }

    /// The agent's key as it stands in the configuration. The first time, the one that it told when it
    /// attached: it is written down then, so that whoever comes between later cannot put another in its place.
    private Optional<PublicKey> key(Agent agent) {
        if (agent.sealingKey().isPresent()) {
            return agent.sealingKey().map(Sealing::parse);
        }
        var told = store.attachments().lastSeen(agent.tenant(), agent.id()).flatMap(Attachments.Seen::sealingKey);
        Optional<PublicKey> key;
        try {
            key = told.map(Sealing::parse);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        if (key.isPresent()) {
            var _ = store.agents()
                    .setSealingKey(Actor.SYSTEM, agent.tenant(), agent.id(), told.orElseThrow())
                    .orThrow();
        }
        return key;
    }
}
