package dev.sallyport.agent.secrets;

import dev.sallyport.core.secret.Secret;
import java.time.Duration;
import java.util.Optional;

/// A place outside the agent that keeps secrets. Any thread; blocks for at most [#LONGEST].
interface SecretStore {

    /// How long a store may take to answer.
    Duration LONGEST = Duration.ofSeconds(5);

    /// Fetches what `rest` names, the part of a reference after its scheme.
    ///
    /// @throws Secrets.Unresolved when the store says that there is none, or not for this agent
    /// @throws StoreOut when the store does not answer
    Fetched fetch(String rest) throws Secrets.Unresolved, StoreOut, InterruptedException;

    /// A secret.
    ///
    /// @param user whose password it is, where the store makes both
    /// @param lease how long it counts, and by which name it is given back; none: as long as it stands there
    record Fetched(Optional<String> user, Secret secret, Optional<Lease> lease) {

        static Fetched of(String secret) {
            return new Fetched(Optional.empty(), Secret.of(secret), Optional.empty());
        }

        /// The same, with a secret of its own to overwrite.
        Fetched copy() {
            return new Fetched(user, secret.reveal(Secret::of), lease);
        }
    }

    /// A secret that the store made for its asker, for a time.
    record Lease(String id, Duration length, boolean renewable) {}

    /// Has a lease count for longer, and returns its new length; empty when the store will not.
    default Optional<Duration> renew(Lease lease) throws StoreOut, InterruptedException {
        return Optional.empty();
    }

    /// Gives a lease back: what it was for counts no more.
    default void revoke(Lease lease) throws StoreOut, InterruptedException {}

    /// The store cannot be reached, or answers with an error of its own.
    final class StoreOut extends Exception {

        private static final long serialVersionUID = 1;

        StoreOut(String sentence) {
            super(sentence);
        }

        StoreOut(String sentence, Throwable cause) {
            super(sentence, cause);
        }
    }
}
