package dev.sallyport.control.lambda;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/// The log of a function: one line of JSON for each record, on standard output, which Lambda gives to CloudWatch.
///
/// A function answers one request at a time, and so the lines carry the id of the one that came last.
final class JsonLog extends Formatter {

    private static final int LONGEST_TRACE = 16_384;

    private static volatile String request = "";

    /// From now on the whole process logs so.
    static void start() {
        var root = Logger.getLogger("");
        for (var handler : root.getHandlers()) {
            root.removeHandler(handler);
        }
        root.addHandler(new Lines(System.out));
        root.setLevel(Level.INFO);
    }

    /// The request that what follows is about.
    static void request(String id) {
        request = id;
    }

    @Override
    public String format(LogRecord entry) {
        var line = new StringBuilder(256)
                .append("{\"timestamp\":\"")
                .append(entry.getInstant())
                .append("\",\"level\":\"")
                .append(level(entry.getLevel()))
                .append("\",\"logger\":\"")
                .append(escaped(String.valueOf(entry.getLoggerName())))
                .append("\",\"request\":\"")
                .append(escaped(request))
                .append("\",\"message\":\"")
                .append(escaped(formatMessage(entry)))
                .append('"');
        var thrown = entry.getThrown();
        if (thrown != null) {
            var trace = new StringWriter();
            thrown.printStackTrace(new PrintWriter(trace));
            var text = trace.toString();
            line.append(",\"thrown\":\"")
                    .append(escaped(text.substring(0, Math.min(text.length(), LONGEST_TRACE))))
                    .append('"');
        }
        return line.append('}').toString();
    }

    /// Text as it stands between the quotes of JSON (RFC 8259, section 7).
    static String escaped(String text) {
        var escaped = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> escaped.append("\\\"");
                case '\\' -> escaped.append("\\\\");
                case '\n' -> escaped.append("\\n");
                default -> {
                    // what is above ASCII, too: then a lone surrogate is no matter
                    if (c < ' ' || c > '~') {
                        escaped.append("\\u%04x".formatted((int) c));
                    } else {
                        escaped.append(c);
                    }
                }
            }
        }
        return escaped.toString();
    }

    private static String level(Level level) {
        if (level.intValue() >= Level.SEVERE.intValue()) {
            return "ERROR";
        }
        return level.intValue() >= Level.WARNING.intValue() ? "WARN" : "INFO";
    }

    private static final class Lines extends Handler {

        private final PrintStream out;

        Lines(PrintStream out) {
            this.out = out;
            setFormatter(new JsonLog());
        }

        @Override
        public void publish(LogRecord entry) {
            if (isLoggable(entry)) {
                out.println(getFormatter().format(entry));
            }
        }

        @Override
        public void flush() {
            out.flush();
        }

        @Override
        public void close() {
            flush();
        }
    }
}
