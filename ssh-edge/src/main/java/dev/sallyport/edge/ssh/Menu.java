package dev.sallyport.edge.ssh;

import dev.sallyport.core.connection.ConnectionDefinition;
import dev.sallyport.core.connection.ConnectionName;
import dev.sallyport.core.link.Message.Stream;
import dev.sallyport.edge.relay.ClientChannel.Input;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The list of connections that a user may open, and the choice of one at a terminal, by number or name.
///
/// Nothing of it is recorded: no session has begun.
final class Menu {

    /// Longest answer that is read.
    private static final int LONGEST = 63;

    private final SessionChannel channel;
    private final List<ConnectionDefinition> connections;

    Menu(SessionChannel channel, List<ConnectionDefinition> connections) {
        this.channel = channel;
        this.connections = connections;
    }

    /// The list as plain lines, each ended by `newline`.
    private String list(String newline) {
        var text = new StringBuilder();
        int width = connections.stream()
                .mapToInt(connection -> connection.name().value().length())
                .max()
                .orElse(0);
        for (int i = 0; i < connections.size(); i++) {
            var connection = connections.get(i);
            text.append("%4d  %s%s  %s%s"
                    .formatted(
                            i + 1,
                            connection.name(),
                            " ".repeat(width - connection.name().value().length()),
                            connection.target().type(),
                            newline));
        }
        return text.toString();
    }

    /// Tells who has no terminal what there is to choose from.
    void show() throws IOException {
        channel.write(Stream.ERROR, bytes(list("\n")));
        channel.say(
                connections.isEmpty()
                        ? "there is no connection that you may open"
                        : "say which connection: ssh … CONNECTION [COMMAND], or log in as LOGIN+CONNECTION");
    }

    /// Lets the person at the terminal pick; empty when they leave instead.
    Optional<ConnectionName> pick() throws IOException, InterruptedException {
        if (connections.isEmpty()) {
            channel.say("there is no connection that you may open");
            return Optional.empty();
        }
        channel.write(Stream.OUTPUT, bytes(list("\r\n")));
        while (true) {
            channel.write(Stream.OUTPUT, bytes("connection (number or name): "));
            var answer = line();
            if (answer.isEmpty()) {
                return Optional.empty();
            }
            var picked = named(answer.get().strip());
            if (picked.isPresent()) {
                return picked;
            }
            if (!answer.get().isBlank()) {
                channel.write(Stream.OUTPUT, bytes("there is none of that number or name\r\n"));
            }
        }
    }

    private Optional<ConnectionName> named(String answer) {
        if (answer.matches("[0-9]{1,4}")) {
            int number = Integer.parseInt(answer);
            if (number >= 1 && number <= connections.size()) {
                return Optional.of(connections.get(number - 1).name());
            }
        }
        return connections.stream()
                .map(ConnectionDefinition::name)
                .filter(name -> name.value().equals(answer))
                .findFirst();
    }

    /// One line as typed, shown while it is; empty at Ctrl-C, Ctrl-D or the channel's end. What was typed after
    /// it stays for the session.
    private Optional<String> line() throws IOException, InterruptedException {
        var line = new StringBuilder();
        while (true) {
            switch (channel.next()) {
                case Input.Bytes(var typed) -> {
                    channel.consumed(typed.length);
                    for (int i = 0; i < typed.length; i++) {
                        int key = typed[i] & 0xff;
                        switch (key) {
                            case '\r', '\n' -> {
                                channel.input().putBack(Arrays.copyOfRange(typed, i + 1, typed.length));
                                channel.write(Stream.OUTPUT, bytes("\r\n"));
                                return Optional.of(line.toString());
                            }
                            case 3, 4 -> {
                                channel.write(Stream.OUTPUT, bytes("\r\n"));
                                return Optional.empty();
                            }
                            case 8, 127 -> erase(line);
                            default -> type(line, key);
                        }
                    }
                }
                case Input.Control _ -> {}
                case Input.End(), Input.Left() -> {
                    return Optional.empty();
                }
            }
        }
    }

    private void type(StringBuilder line, int key) throws IOException {
        if (key > ' ' && key < 127 && line.length() < LONGEST) {
            line.append((char) key);
            channel.write(Stream.OUTPUT, new byte[] {(byte) key});
        }
    }

    private void erase(StringBuilder line) throws IOException {
        if (!line.isEmpty()) {
            line.setLength(line.length() - 1);
            channel.write(Stream.OUTPUT, bytes("\b \b"));
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
