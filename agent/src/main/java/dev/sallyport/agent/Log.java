package dev.sallyport.agent;

import dev.sallyport.core.recording.export.Json;
import java.io.Console;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.util.Optional;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/// The agent's log: one line for each event, to one stream, whatever an event's message holds.
final class Log extends Handler {

    /// How an event is written.
    enum Form {
        TEXT,
        JSON;

        /// For people at a terminal, and for machines otherwise.
        static Form usual() {
            boolean terminal = Optional.ofNullable(System.console())
                    .map(Console::isTerminal)
                    .orElse(false);
            return terminal ? TEXT : JSON;
        }

        /// @throws Usage when there is no such form
        static Form parse(String text) throws Usage {
            return switch (text) {
                case "text" -> TEXT;
                case "json" -> JSON;
                default -> throw new Usage("--log is json or text");
            };
        }
    }

    private static final String SIMPLE = "java.util.logging.SimpleFormatter.format";

    /// The SSH library warns at length of what is expected, such as a target that is not there: only its own
    /// failures are kept. Held here so that the level is not lost to the collector.
    private static final Logger SSH_LIBRARY = Logger.getLogger("org.apache.sshd");

    private final PrintStream out;

    private Log(PrintStream out, Formatter formatter) {
        this.out = out;
        setFormatter(formatter);
        setLevel(Level.INFO);
    }

    /// All of this process's events go to `out` from now on, and nowhere else.
    static void to(PrintStream out, Form form) {
        SSH_LIBRARY.setLevel(Level.SEVERE);
        var root = LogManager.getLogManager().getLogger("");
        for (var handler : root.getHandlers()) {
            root.removeHandler(handler);
        }
        root.addHandler(new Log(out, formatter(form)));
    }

    static Formatter formatter(Form form) {
        return switch (form) {
            case TEXT -> {
                System.setProperty(SIMPLE, "%1$tFT%1$tT.%1$tL %4$s %3$s: %5$s%6$s%n");
                yield new SimpleFormatter();
            }
            case JSON -> new Lines();
        };
    }

    /// An event as a line of JSON: `time` (RFC 3339, UTC), `level`, `logger`, `message`, and `thrown` with the stack
    /// when something was thrown.
    private static final class Lines extends Formatter {

        @Override
        public String format(LogRecord event) {
            var line = new StringBuilder("{");
            put(line, "time", Instant.ofEpochMilli(event.getMillis()).toString());
            put(line, "level", event.getLevel().getName());
            put(line, "logger", String.valueOf(event.getLoggerName()));
            put(line, "message", String.valueOf(formatMessage(event)));
            var thrown = event.getThrown();
            if (thrown != null) {
                var stack = new StringWriter();
                thrown.printStackTrace(new PrintWriter(stack));
                put(line, "thrown", stack.toString());
            }
            return line.append("}\n").toString();
        }

        private static void put(StringBuilder line, String name, String value) {
            line.append(line.length() > 1 ? "," : "")
                    .append('"')
                    .append(name)
                    .append("\":")
                    .append(Json.quoted(value));
        }
    }

    @Override
    public void publish(LogRecord event) {
        if (isLoggable(event)) {
            out.print(getFormatter().format(event));
            out.flush();
        }
    }

    @Override
    public void flush() {
        out.flush();
    }

    /// The stream is not this log's to close.
    @Override
    public void close() {}
}
