package dev.sallyport.core.recording.export;

import dev.sallyport.core.recording.Events;
import dev.sallyport.core.text.Escaped;
import java.io.IOException;
import java.util.Arrays;

/// Writes what a recording showed as text to read: control sequences are carried out as far as lines go
/// (backspace, return, erasing) and otherwise left out; what full-screen programs drew is left out and told.
///
/// Safe to show on any terminal: nothing but letters, line feeds and visible escapes comes out.
public final class PlainText {

    /// Most characters of one line; a longer one is broken.
    private static final int LONGEST_LINE = 10_000;

    /// Most characters of a control sequence's parameters that are looked at.
    private static final int LONGEST_PARAMETERS = 64;

    private static final int TAB = 8;

    /// Where in a control sequence the text is (ECMA-48).
    private enum State {
        TEXT,
        ESCAPE,
        ESCAPE_SKIP,
        SEQUENCE,
        STRING,
        STRING_ESCAPE
    }

    private final Appendable out;
    private final Utf8Stream output = new Utf8Stream();
    private final Utf8Stream error = new Utf8Stream();
    private final OurMessages ours = new OurMessages();
    private State state = State.TEXT;
    private final StringBuilder parameters = new StringBuilder();
    private int[] line = new int[256];
    private int length;
    private int column;
    private boolean fullScreen;

    private PlainText(Appendable out) {
        this.out = out;
    }

    /// Writes what all events show.
    public static void write(Events events, Appendable out) throws IOException {
        new PlainText(out).write(events);
    }

    private void write(Events events) throws IOException {
        for (var next = events.next(); next.isPresent(); next = events.next()) {
            var event = next.get();
            var message = ours.seen(event);
            switch (event.kind()) {
                case OUTPUT -> show(output.next(event.bytes()));
                case ERROR -> show(error.next(event.bytes()));
                case MESSAGE -> {
                    newLine();
                    show(message);
                }
                case RECOVERED -> {
                    newLine();
                    out.append("[").append(Escaped.of(event.text())).append("]\n");
                }
                case INPUT,
                        HIDDEN_INPUT,
                        END_OF_INPUT,
                        RESIZE,
                        SIGNAL,
                        REQUEST,
                        FILE,
                        STATEMENT,
                        ANSWER,
                        EXIT,
                        PASSED,
                        END -> {
                    // not shown to the user
                }
            }
        }
        show(output.end() + error.end());
        newLine();
    }

    private void newLine() throws IOException {
        if (length > 0) {
            feed();
        }
    }

    private void show(String text) throws IOException {
        for (int i = 0; i < text.length(); ) {
            int character = text.codePointAt(i);
            i += Character.charCount(character);
            take(character);
        }
    }

    private void take(int character) throws IOException {
        switch (state) {
            case TEXT -> text(character);
            case ESCAPE -> escape(character);
            case ESCAPE_SKIP -> state = State.TEXT;
            case SEQUENCE -> sequence(character);
            case STRING -> {
                if (character == 0x07 || character == 0x9c || character == 0x18 || character == 0x1a) {
                    state = State.TEXT;
                } else if (character == 0x1b) {
                    state = State.STRING_ESCAPE;
                }
            }
            case STRING_ESCAPE -> {
                if (character == '\\') {
                    state = State.TEXT;
                } else {
                    escape(character);
                }
            }
        }
    }

    private void text(int character) throws IOException {
        switch (character) {
            case 0x1b -> state = State.ESCAPE;
            case 0x9b -> beginSequence();
            case 0x90, 0x98, 0x9d, 0x9e, 0x9f -> state = State.STRING;
            case '\n', 0x0b, 0x0c, 0x85 -> feed();
            case '\r' -> column = 0;
            case '\b' -> column = Math.max(0, column - 1);
            case '\t' -> column = Math.min(LONGEST_LINE - 1, (column / TAB + 1) * TAB);
            default -> {
                if (character >= 0x20 && (character < 0x7f || character > 0x9f)) {
                    put(character);
                }
            }
        }
    }

    private void escape(int character) throws IOException {
        switch (character) {
            case '[' -> beginSequence();
            case ']', 'P', 'X', '^', '_' -> state = State.STRING;
            case '(', ')', '*', '+', '-', '.', '/', '#', '%', ' ' -> state = State.ESCAPE_SKIP;
            case 0x1b -> state = State.ESCAPE;
            case 'D', 'E' -> {
                state = State.TEXT;
                feed();
            }
            default -> state = State.TEXT;
        }
    }

    private void beginSequence() {
        state = State.SEQUENCE;
        parameters.setLength(0);
    }

    private void sequence(int character) throws IOException {
        if (character == 0x1b) {
            state = State.ESCAPE;
        } else if (character == 0x18 || character == 0x1a) {
            state = State.TEXT;
        } else if (character >= 0x40 && character <= 0x7e) {
            state = State.TEXT;
            carryOut(character);
        } else if (character >= 0x20 && character < 0x40) {
            if (parameters.length() < LONGEST_PARAMETERS) {
                parameters.appendCodePoint(character);
            }
        } else if (character < 0x20) {
            text(character);
        } else {
            state = State.TEXT;
        }
    }

    private void carryOut(int command) throws IOException {
        switch (command) {
            case 'C' -> column = Math.min(LONGEST_LINE - 1, column + count());
            case 'D' -> column = Math.max(0, column - count());
            case 'G', '`' -> column = Math.min(LONGEST_LINE - 1, count() - 1);
            case 'K' -> erase();
            case 'P' -> delete(count());
            case '@' -> insert(count());
            case 'A', 'B', 'E', 'F', 'H', 'f', 'd' -> {
                if (length > 0) {
                    feed();
                }
                column = 0;
            }
            case 'h', 'l' -> {
                var modes = parameters.toString();
                if (modes.equals("?1049") || modes.equals("?1047") || modes.equals("?47")) {
                    fullScreen(command == 'h');
                }
            }
            default -> {
                // colours and what else has no place in text
            }
        }
    }

    private void fullScreen(boolean begins) throws IOException {
        if (begins && !fullScreen) {
            newLine();
            out.append("[a program that fills the screen]\n");
        }
        fullScreen = begins;
        length = 0;
        column = 0;
    }

    /// The first parameter as a count: 1 where there is none.
    private int count() {
        int count = 0;
        for (int i = 0; i < parameters.length() && Character.isDigit(parameters.charAt(i)); i++) {
            count = Math.min(LONGEST_LINE, count * 10 + Character.digit(parameters.charAt(i), 10));
        }
        return Math.max(1, count);
    }

    private void erase() {
        switch (parameters.toString()) {
            case "1" -> Arrays.fill(line, 0, Math.min(length, column + 1), ' ');
            case "2" -> length = 0;
            default -> length = Math.min(length, column);
        }
    }

    private void delete(int count) {
        if (column < length) {
            int gone = Math.min(count, length - column);
            System.arraycopy(line, column + gone, line, column, length - column - gone);
            length -= gone;
        }
    }

    private void insert(int count) {
        if (column < length) {
            int more = Math.min(count, LONGEST_LINE - length);
            room(length + more);
            System.arraycopy(line, column, line, column + more, length - column);
            Arrays.fill(line, column, column + more, ' ');
            length += more;
        }
    }

    private void put(int character) throws IOException {
        if (column >= LONGEST_LINE) {
            feed();
        }
        room(column + 1);
        if (column > length) {
            Arrays.fill(line, length, column, ' ');
        }
        line[column++] = character;
        length = Math.max(length, column);
    }

    private void room(int wanted) {
        if (wanted > line.length) {
            line = Arrays.copyOf(line, Math.min(LONGEST_LINE, Math.max(wanted, 2 * line.length)));
        }
    }

    private void feed() throws IOException {
        if (!fullScreen) {
            var text = new String(line, 0, length).stripTrailing();
            out.append(Escaped.of(text)).append('\n');
        }
        length = 0;
        column = 0;
    }
}
