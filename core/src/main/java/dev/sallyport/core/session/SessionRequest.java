package dev.sallyport.core.session;

import dev.sallyport.core.access.AccessMode;
import java.util.Optional;

/// What the user asked of a connection.
public sealed interface SessionRequest {

    /// The mode that an access rule must allow for it.
    AccessMode mode();

    /// A shell: the entrypoint, or the target's login shell.
    record Shell(Optional<Pty> pty) implements SessionRequest {
        @Override
        public AccessMode mode() {
            return AccessMode.CONNECT;
        }
    }

    /// One command, byte for byte as typed after the connection's name; at most 64 KiB.
    record Exec(byte[] command, Optional<Pty> pty) implements SessionRequest {

        /// Longest command, in bytes.
        public static final int LONGEST = 65_536;

        public Exec {
            if (command.length > LONGEST) {
                throw new IllegalArgumentException("a command has at most " + LONGEST + " bytes");
            }
        }

        @Override
        public AccessMode mode() {
            return AccessMode.EXEC;
        }
    }

    /// A subsystem of a target sshd, such as `sftp`.
    record Subsystem(String name) implements SessionRequest {
        @Override
        public AccessMode mode() {
            return AccessMode.CONNECT;
        }
    }

    /// A forwarded connection: to the target itself (`tcp`, databases; host and port say nothing), or inside
    /// the target (`ssh`).
    record Forward(String host, int port) implements SessionRequest {
        @Override
        public AccessMode mode() {
            return AccessMode.CONNECT;
        }
    }
}
