package dev.sallyport.core.recording.export;

import dev.sallyport.core.recording.Event;
import dev.sallyport.core.recording.Events;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// What a recording tells of commands: the command line of an exec as it was given, and the lines typed at a
/// terminal as far as they can be guessed from the keys.
///
/// A guess is no proof: completion, history and editors in the terminal change lines in ways that keys do not
/// tell. The texts are the user's: escape them before they are shown.
public final class Commands {

    /// Most commands that are listed.
    public static final int MOST = 10_000;

    /// Most characters of a typed line; the rest of a longer one is left out.
    private static final int LONGEST_LINE = 4096;

    /// One command.
    ///
    /// @param time microseconds since 1970, when it was complete
    /// @param guess whether it was put together from what was typed
    public record Command(long time, String text, boolean guess) {}

    /// Where in an escape sequence of a key the input is.
    private enum Key {
        NONE,
        ESCAPE,
        SEQUENCE,
        ONE_MORE
    }

    private final List<Command> commands = new ArrayList<>();
    private final Utf8Stream typed = new Utf8Stream();
    private final StringBuilder line = new StringBuilder();
    private Key key = Key.NONE;
    private boolean shell;
    private boolean terminal;

    private Commands() {}

    /// The commands of a recording, in order.
    public static List<Command> of(Events events) throws IOException {
        return new Commands().read(events);
    }

    private List<Command> read(Events events) throws IOException {
        for (var next = events.next(); next.isPresent() && commands.size() < MOST; next = events.next()) {
            var event = next.get();
            switch (event.kind()) {
                case REQUEST -> request(event);
                case RESIZE -> terminal = true;
                case INPUT -> {
                    if (shell || terminal) {
                        type(event.time(), typed.next(event.bytes()));
                    }
                }
                case HIDDEN_INPUT -> line.setLength(0);
                case OUTPUT,
                        ERROR,
                        END_OF_INPUT,
                        SIGNAL,
                        MESSAGE,
                        FILE,
                        STATEMENT,
                        ANSWER,
                        EXIT,
                        PASSED,
                        END,
                        RECOVERED -> {
                    // says nothing of commands
                }
            }
        }
        return List.copyOf(commands);
    }

    private void request(Event event) {
        var text = event.text();
        if (text.startsWith("exec ")) {
            commands.add(new Command(event.time(), text.substring("exec ".length()), false));
        }
        shell = text.equals("shell");
    }

    private void type(long time, String text) {
        for (int i = 0; i < text.length() && commands.size() < MOST; ) {
            int character = text.codePointAt(i);
            i += Character.charCount(character);
            switch (key) {
                case NONE -> key(time, character);
                case ESCAPE ->
                    key = switch (character) {
                        case '[' -> Key.SEQUENCE;
                        case 'O', 'N' -> Key.ONE_MORE;
                        case 0x1b -> Key.ESCAPE;
                        default -> Key.NONE;
                    };
                case SEQUENCE -> {
                    if (character < 0x20 || character > 0x3f) {
                        key = Key.NONE;
                    }
                }
                case ONE_MORE -> key = Key.NONE;
            }
        }
    }

    private void key(long time, int character) {
        switch (character) {
            case '\r', '\n' -> enter(time);
            case 0x7f, '\b' -> backspace();
            case 0x03, 0x15 -> line.setLength(0);
            case 0x17 -> word();
            case 0x1b -> key = Key.ESCAPE;
            default -> {
                if ((character >= 0x20 || character == '\t') && line.length() < LONGEST_LINE) {
                    line.appendCodePoint(character);
                }
            }
        }
    }

    private void enter(long time) {
        var text = line.toString().strip();
        line.setLength(0);
        if (!text.isEmpty()) {
            commands.add(new Command(time, text, true));
        }
    }

    private void backspace() {
        if (!line.isEmpty()) {
            line.setLength(line.offsetByCodePoints(line.length(), -1));
        }
    }

    private void word() {
        while (!line.isEmpty() && Character.isWhitespace(line.charAt(line.length() - 1))) {
            line.setLength(line.length() - 1);
        }
        while (!line.isEmpty() && !Character.isWhitespace(line.charAt(line.length() - 1))) {
            line.setLength(line.length() - 1);
        }
    }
}
