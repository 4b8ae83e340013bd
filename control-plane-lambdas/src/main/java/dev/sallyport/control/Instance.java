package dev.sallyport.control;

import dev.sallyport.api.Me;
import dev.sallyport.core.id.TenantId;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What the control plane knows of the instance around it. Asked at each request: ports and operator may be known
/// late.
public interface Instance {

    /// The tenant that operates this instance; empty where the instance is shared and nobody's own.
    Optional<TenantId> operator();

    /// Origins whose pages may read the API's answers in a browser ([Origins]); none, unless the operator names some.
    default Set<String> origins() {
        return Set.of();
    }

    /// Where agents dial.
    AgentDoor agentDoor();

    /// Where clients and new agents reach the API, if it is known here: https, or http on loopback.
    Optional<URI> api();

    /// Where users connect, if it is known here.
    Optional<Me.SshDoor> sshDoor();

    /// What the operator may change of the SSH door; empty where the edges are not this instance's to change.
    Optional<DoorControl> doorControl();

    /// Where agents dial.
    ///
    /// @param pin SHA-256 of the SubjectPublicKeyInfo of the edges' CA
    record AgentDoor(String host, int port, byte[] pin) {}

    /// The hand on the SSH door.
    interface DoorControl {

        /// Opens the door at another address: the new one is open and the old one closed when this returns;
        /// sessions stay. The same address is no change.
        ///
        /// @throws NotPossible when it cannot be opened there; the old one is still open
        void listen(String host, int port) throws NotPossible;

        /// Presents other host keys to new connections.
        ///
        /// @param text of a file of private keys, in OpenSSH's form
        /// @throws NotPossible when it holds none; the old ones are still in use
        void hostKeys(String text) throws NotPossible;

        /// Fingerprints of the host keys in use.
        List<String> hostKeys();
    }

    /// The door cannot be changed so; the message is a sentence for the operator.
    final class NotPossible extends Exception {

        private static final long serialVersionUID = 1;

        public NotPossible(String message) {
            super(message);
        }
    }
}
