package dev.sallyport.core.session;

import dev.sallyport.core.access.AccessMode;
import dev.sallyport.core.connection.DatabaseProtocol;
import dev.sallyport.core.connection.TargetSettings;
import java.util.Optional;

/// What the user asked of a connection.
public sealed interface SessionRequest {

    /// The mode that an access rule must allow for it.
    AccessMode mode();

    /// Why a target of this type does not do that, as a sentence for a user who may use the connection; empty
    /// when it does.
    default Optional<String> refusedBy(TargetSettings target) {
        return switch (target) {
            case TargetSettings.Custom custom ->
                switch (this) {
                    case Shell _ -> Optional.empty();
                    case Exec _ ->
                        custom.command() == TargetSettings.CommandMode.NONE
                                ? Optional.of("this connection takes no command: give its name alone")
                                : Optional.empty();
                    case Subsystem _ -> Optional.of("this connection serves no files and no other subsystems");
                    case Forward _ -> Optional.of("this connection is not one to forward to");
                };
            case TargetSettings.Ssh _ -> Optional.empty();
            case TargetSettings.Tcp _ ->
                switch (this) {
                    case Shell _, Exec _, Subsystem _ ->
                        Optional.of("this connection carries raw bytes: forward a port to it with -L or -W");
                    case Forward _ -> Optional.empty();
                };
            case TargetSettings.Database database -> refusedBy(database);
        };
    }

    private Optional<String> refusedBy(TargetSettings.Database database) {
        var forward = "forward a port to it with -L, and use your client";
        return switch (this) {
            case Forward _ -> Optional.empty();
            case Subsystem _ -> Optional.of("this connection is a database: " + forward);
            case Exec _, Shell _ ->
                database.protocol() != DatabaseProtocol.POSTGRES
                        ? Optional.of("this connection is a database: " + forward)
                        : this instanceof Shell(var pty) && pty.isPresent()
                                ? Optional.of(
                                        "this connection is a database: give SQL after its name or on stdin (without"
                                                + " -t), or " + forward)
                                : Optional.empty();
        };
    }

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
