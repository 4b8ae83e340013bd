package dev.sallyport.edge.ssh;

import dev.sallyport.core.certificate.LoginName;
import dev.sallyport.core.connection.ConnectionName;
import dev.sallyport.core.session.Pty;
import dev.sallyport.core.session.SessionRequest;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/// Which connection a channel uses, and for what; see `ssh-door.md`, "Which connection".
sealed interface Choice {

    /// This connection, for that.
    record Use(ConnectionName connection, SessionRequest request) implements Choice {}

    /// None was named: a person at a terminal picks one, everyone else gets the list.
    record Menu() implements Choice {}

    /// None, and the reason as a sentence for the user.
    record Refused(String reason) implements Choice {}

    /// A session channel asks for something.
    ///
    /// @param forced the certificate's `force-command`: then only that happens, whatever was asked
    static Choice of(LoginName login, Optional<String> forced, SessionRequest asked) {
        if (forced.isPresent()) {
            return forced(login, forced.get(), asked);
        }
        if (login.connection().isPresent()) {
            return new Use(login.connection().get(), asked);
        }
        return switch (asked) {
            case SessionRequest.Exec(var command, var pty) -> firstWord(command, pty);
            case SessionRequest.Shell _ -> new Menu();
            case SessionRequest.Subsystem(var name) ->
                new Refused("name the connection in the login name: " + Plain.text(name) + " to "
                        + Plain.text(login.login()) + "+CONNECTION@…");
            case SessionRequest.Forward(var host, var port) -> forward(login, Optional.empty(), host, port);
        };
    }

    /// A client asks to forward to `host:port`.
    static Choice forward(LoginName login, Optional<String> forced, String host, int port) {
        if (forced.isPresent()) {
            return new Refused("this certificate is for one command only: nothing is forwarded");
        }
        var request = new SessionRequest.Forward(host, port);
        if (login.connection().isPresent()) {
            return new Use(login.connection().get(), request);
        }
        return ConnectionName.of(host)
                .<Choice>map(name -> new Use(name, request))
                .orElseGet(() -> new Refused("the host of a forwarding is the name of a connection"));
    }

    private static Choice forced(LoginName login, String command, SessionRequest asked) {
        var pty = switch (asked) {
            case SessionRequest.Shell(var terminal) -> terminal;
            case SessionRequest.Exec exec -> exec.pty();
            case SessionRequest.Subsystem _, SessionRequest.Forward _ -> Optional.<Pty>empty();
        };
        var choice = firstWord(command.getBytes(StandardCharsets.UTF_8), pty);
        if (choice instanceof Use use
                && login.connection().isPresent()
                && !login.connection().get().equals(use.connection())) {
            return new Refused("this certificate is for one command only, on another connection");
        }
        return choice;
    }

    /// The first word is the connection, what follows the first blank is the command, byte for byte.
    private static Choice firstWord(byte[] command, Optional<Pty> pty) {
        int blank = 0;
        while (blank < command.length && command[blank] != ' ' && command[blank] != '\t') {
            blank++;
        }
        var name = ConnectionName.of(new String(command, 0, blank, StandardCharsets.UTF_8));
        if (name.isEmpty()) {
            return new Refused("the first word of the command is the name of a connection: CONNECTION [COMMAND]");
        }
        var rest = Arrays.copyOfRange(command, Math.min(blank + 1, command.length), command.length);
        return new Use(
                name.get(), rest.length == 0 ? new SessionRequest.Shell(pty) : new SessionRequest.Exec(rest, pty));
    }
}
