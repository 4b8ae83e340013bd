package dev.sallyport.core.recording.export;

import dev.sallyport.core.recording.Event;
import dev.sallyport.core.recording.Events;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// Writes a recording as an asciicast, version 2: what `asciinema play` and its web player show.
///
/// Characters that are cut between events are put together. Where there was no terminal, line feeds become new
/// lines as a terminal would have made them. Hidden input, a recovery and the end are markers.
///
/// See <https://docs.asciinema.org/manual/asciicast/v2/>.
public final class Asciicast {

    private static final Pattern SIZE = Pattern.compile("([0-9]{1,5})x([0-9]{1,5})");
    private static final int MICROS = 1_000_000;

    /// How many events are looked at for the size of the terminal, before the first output.
    private static final int AHEAD = 100;

    private final Appendable out;
    private final boolean input;
    private final Utf8Stream output = new Utf8Stream();
    private final Utf8Stream error = new Utf8Stream();
    private final Utf8Stream typed = new Utf8Stream();
    private final OurMessages ours = new OurMessages();
    private boolean terminal;
    private boolean afterReturn;
    private long start;

    private Asciicast(Appendable out, boolean input) {
        this.out = out;
        this.input = input;
    }

    /// Writes all events there are; a recording that is live ends where it is.
    ///
    /// @param title shown by players; may be empty
    /// @param input whether what was typed is written too
    public static void write(Events events, Appendable out, String title, boolean input) throws IOException {
        new Asciicast(out, input).write(events, title);
    }

    private void write(Events events, String title) throws IOException {
        var first = new ArrayList<Event>();
        var size = Optional.<Event>empty();
        boolean looking = true;
        while (looking && first.size() < AHEAD) {
            var next = events.next();
            next.ifPresent(first::add);
            looking = next.isPresent() && !isShown(next.get());
            if (next.isPresent() && size.isEmpty() && isSize(next.get())) {
                size = next;
                looking = false;
            }
        }
        terminal = size.isPresent();
        start = first.isEmpty() ? 0 : first.getFirst().time();
        header(size.map(Event::text).orElse("80x24"), title);
        for (var event : first) {
            if (size.isPresent() && size.get().equals(event)) {
                ours.seen(event);
            } else {
                event(event);
            }
        }
        long last = first.isEmpty() ? start : first.getLast().time();
        for (var next = events.next(); next.isPresent(); next = events.next()) {
            event(next.get());
            last = next.get().time();
        }
        line(last, "o", output.end());
        line(last, "o", error.end());
    }

    private void header(String size, String title) throws IOException {
        var matcher = SIZE.matcher(size);
        int columns = matcher.matches() ? Math.max(1, Integer.parseInt(matcher.group(1))) : 80;
        int rows = matcher.matches() ? Math.max(1, Integer.parseInt(matcher.group(2))) : 24;
        out.append("{\"version\": 2, \"width\": " + columns + ", \"height\": " + rows + ", \"timestamp\": "
                + start / MICROS);
        if (!title.isEmpty()) {
            out.append(", \"title\": ").append(Json.quoted(title));
        }
        out.append("}\n");
    }

    private void event(Event event) throws IOException {
        var message = ours.seen(event);
        switch (event.kind()) {
            case OUTPUT -> shown(event, output.next(event.bytes()), !terminal);
            case ERROR -> shown(event, error.next(event.bytes()), !terminal);
            case MESSAGE -> shown(event, message, true);
            case INPUT -> {
                if (input) {
                    line(event.time(), "i", typed.next(event.bytes()));
                }
            }
            case RESIZE -> {
                if (isSize(event)) {
                    line(event.time(), "r", event.text());
                }
            }
            case HIDDEN_INPUT -> line(event.time(), "m", "hidden input of " + event.covers() + " bytes");
            case RECOVERED, END -> line(event.time(), "m", event.text());
            case END_OF_INPUT, SIGNAL, REQUEST, FILE, STATEMENT, ANSWER, EXIT, PASSED -> {
                // nothing that a terminal shows
            }
        }
    }

    private void shown(Event event, String text, boolean newLines) throws IOException {
        line(event.time(), "o", newLines ? returned(text) : text);
        if (!text.isEmpty()) {
            afterReturn = text.endsWith("\r");
        }
    }

    /// A carriage return before each line feed that has none.
    private String returned(String text) {
        var with = new StringBuilder(text.length() + 16);
        boolean after = afterReturn;
        for (int i = 0; i < text.length(); i++) {
            char character = text.charAt(i);
            if (character == '\n' && !after) {
                with.append('\r');
            }
            with.append(character);
            after = character == '\r';
        }
        return with.toString();
    }

    private void line(long time, String code, String data) throws IOException {
        if (data.isEmpty()) {
            return;
        }
        long since = Math.max(0, time - start);
        out.append(String.format(Locale.ROOT, "[%d.%06d, \"%s\", ", since / MICROS, since % MICROS, code))
                .append(Json.quoted(data))
                .append("]\n");
    }

    private static boolean isShown(Event event) {
        return switch (event.kind()) {
            case OUTPUT, ERROR, MESSAGE -> true;
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
                    END,
                    RECOVERED -> false;
        };
    }

    private static boolean isSize(Event event) {
        return event.kind() == Event.Kind.RESIZE && SIZE.matcher(event.text()).matches();
    }
}
