package dev.sallyport.agent.process;

import dev.sallyport.agent.secrets.Secrets;
import dev.sallyport.agent.target.ClientEnvironment;
import dev.sallyport.agent.target.NotOpened;
import dev.sallyport.agent.target.Steps;
import dev.sallyport.agent.target.Target;
import dev.sallyport.core.connection.ConnectionDefinition;
import dev.sallyport.core.connection.TargetSettings;
import dev.sallyport.core.connection.TestStep;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.link.Message;
import dev.sallyport.core.session.Order;
import dev.sallyport.core.session.Pty;
import dev.sallyport.core.session.SessionRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Opens `custom` connections: an entrypoint, with a command in the place that the connection gives it.
public final class CustomTargets {

    private static final String ORDINARY_PATH = "/usr/local/bin:/usr/bin:/bin";

    private static final String ZERO_IN_VARIABLE = "a variable of this connection has a zero byte in it";

    /// Longest line that a terminal hands to a program that reads lines.
    private static final int LONGEST_TERMINAL_LINE = 4_095;

    private final Programs programs;
    private final SecretFiles files;
    private final Secrets secrets;

    public CustomTargets(Programs programs, SecretFiles files, Secrets secrets) {
        this.programs = programs;
        this.files = files;
        this.secrets = secrets;
    }

    /// Starts the entrypoint for a shell or a command.
    public Target open(ConnectionDefinition definition, TargetSettings.Custom custom, Order order)
            throws NotOpened, InterruptedException {
        return switch (order.request()) {
            case SessionRequest.Shell(var pty) -> start(definition, custom, order, List.of(), pty);
            case SessionRequest.Exec(var command, var pty) -> {
                if (contains(command, (byte) 0)) {
                    throw NotOpened.refused("a command cannot have a zero byte in it");
                }
                yield switch (custom.command()) {
                    case ARGUMENT -> start(definition, custom, order, argument(custom, command), pty);
                    case STDIN -> {
                        if (pty.isPresent() && command.length > LONGEST_TERMINAL_LINE) {
                            throw NotOpened.refused("with a terminal, this connection's command has at most "
                                    + LONGEST_TERMINAL_LINE + " bytes: leave out -t");
                        }
                        var target = start(definition, custom, order, List.of(), pty);
                        yield new CommandFirst(target, command, custom.followStdin());
                    }
                    case NONE -> throw NotOpened.refused("this connection takes no command: give its name alone");
                };
            }
            case SessionRequest.Subsystem _ ->
                throw NotOpened.refused("this connection serves no files and no other subsystems");
            case SessionRequest.Forward _ -> throw NotOpened.refused("this connection is not one to forward to");
        };
    }

    /// `-c` and the command, unless the entrypoint itself ends with `-c`.
    private static List<byte[]> argument(TargetSettings.Custom custom, byte[] command) {
        return custom.entrypoint().size() > 1 && custom.entrypoint().getLast().equals("-c")
                ? List.of(command)
                : List.of("-c".getBytes(StandardCharsets.US_ASCII), command);
    }

    private Target start(
            ConnectionDefinition definition,
            TargetSettings.Custom custom,
            Order order,
            List<byte[]> more,
            Optional<Pty> pty)
            throws NotOpened, InterruptedException {
        var arguments = new ArrayList<>(words(custom));
        arguments.addAll(more);
        var home = programs.account(custom.runAs());
        var environment = new TreeMap<String, String>();
        environment.put("PATH", ORDINARY_PATH);
        environment.put("LANG", "C.UTF-8");
        environment.put("HOME", home.home());
        environment.put("USER", home.user());
        environment.put("LOGNAME", home.user());
        environment.put("SHELL", home.shell());
        pty.ifPresent(terminal -> environment.put("TERM", terminal.term().isEmpty() ? "dumb" : terminal.term()));
        environment.putAll(ClientEnvironment.accepted(definition, order.environment()));
        Runnable cleanUp = () -> {};
        try {
            for (var entry : custom.environment().entrySet()) {
                try (var secret = secrets.resolve(entry.getValue())) {
                    environment.put(entry.getKey(), secret.revealText());
                }
            }
            if (!custom.files().isEmpty()) {
                var folder = files.make(order.session(), home.uid(), home.gid());
                cleanUp = folder::delete;
                for (var entry : custom.files().entrySet()) {
                    try (var secret = secrets.resolve(entry.getValue())) {
                        environment.put(entry.getKey(), folder.write(entry.getKey(), secret));
                    }
                }
            }
        } catch (InterruptedException e) {
            cleanUp.run();
            throw e;
        } catch (Secrets.Unresolved e) {
            cleanUp.run();
            throw new NotOpened(Message.Failed.Reason.TARGET, String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            cleanUp.run();
            throw NotOpened.internal("the agent could not write a secret file", e);
        }
        environment.put("SALLYPORT_SESSION_ID", order.session().value());
        environment.put("SALLYPORT_USER_EMAIL", order.email());
        environment.put("SALLYPORT_CONNECTION", definition.name().value());
        if (environment.values().stream().anyMatch(value -> value.indexOf('\0') >= 0)) {
            cleanUp.run();
            throw NotOpened.refused(ZERO_IN_VARIABLE);
        }
        return programs.run(
                new Programs.Program(
                        order.session(), custom.runAs(), arguments, Map.copyOf(environment), custom.directory(), pty),
                cleanUp);
    }

    /// Looks for the account, the secrets and the program; runs none of the connection's programs, and keeps none
    /// of its secrets.
    public void test(TargetSettings.Custom custom, Steps steps) throws NotOpened, InterruptedException {
        var home = steps.step(
                TestStep.ACCOUNT, () -> programs.account(custom.runAs()), found -> "programs run as " + found.user());
        var path = steps.step(
                TestStep.SECRETS,
                () -> path(custom),
                _ -> Secrets.resolved(
                        custom.environment().size() + custom.files().size()));
        steps.step(
                TestStep.PROGRAM,
                () -> {
                    programs.look(
                            SessionId.next(Clock.systemUTC()), custom.runAs(), words(custom), path, custom.directory());
                    return home.user();
                },
                user -> custom.entrypoint().getFirst() + " is there, and " + user + " may run it");
    }

    /// Resolves everything, and returns what is the program's PATH.
    private String path(TargetSettings.Custom custom) throws NotOpened, InterruptedException {
        var path = ORDINARY_PATH;
        try {
            for (var entry : custom.environment().entrySet()) {
                try (var secret = secrets.resolve(entry.getValue())) {
                    if (secret.revealText().indexOf('\0') >= 0) {
                        throw NotOpened.refused(ZERO_IN_VARIABLE);
                    }
                    path = entry.getKey().equals("PATH") ? secret.revealText() : path;
                }
            }
            for (var reference : custom.files().values()) {
                secrets.resolve(reference).close();
            }
        } catch (Secrets.Unresolved e) {
            throw new NotOpened(Message.Failed.Reason.TARGET, String.valueOf(e.getMessage()), e);
        }
        return path;
    }

    private static List<byte[]> words(TargetSettings.Custom custom) throws NotOpened {
        var words = new ArrayList<byte[]>();
        for (var word : custom.entrypoint()) {
            if (word.indexOf('\0') >= 0) {
                throw NotOpened.refused("this connection's entrypoint has a zero byte in it");
            }
            words.add(word.getBytes(StandardCharsets.UTF_8));
        }
        if (custom.entrypoint().getFirst().startsWith("-")) {
            throw NotOpened.refused("this connection's entrypoint names no program");
        }
        return words;
    }

    private static boolean contains(byte[] bytes, byte wanted) {
        for (byte b : bytes) {
            if (b == wanted) {
                return true;
            }
        }
        return false;
    }
}
