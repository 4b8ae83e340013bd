package dev.sallyport.standalone;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.logging.ConsoleHandler;
import java.util.logging.FileHandler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/// Where an instance's log goes: all of it into `log` in its folder (10 MiB, two kept), warnings to the
/// terminal as well.
///
/// What users type and what targets answer is never logged.
final class Logging {

    private static final int LONGEST = 10 << 20;
    private static final int KEPT = 2;

    /// The SSH library warns with what clients send, names among it: only its own failures are kept. Held here so that
    /// the
    /// level is not lost to the collector.
    private static final Logger SSH_LIBRARY = Logger.getLogger("org.apache.sshd");

    private static final Logger ROOT = LogManager.getLogManager().getLogger("");

    private Logging() {}

    static void into(Path folder, String part) {
        System.setProperty("java.util.logging.SimpleFormatter.format", "%1$tFT%1$tT.%1$tL %4$s %3$s: %5$s%6$s%n");
        SSH_LIBRARY.setLevel(Level.SEVERE);
        for (var handler : ROOT.getHandlers()) {
            ROOT.removeHandler(handler);
        }
        try {
            var file = new FileHandler(folder.resolve("log" + part + ".%g").toString(), LONGEST, KEPT, true);
            file.setFormatter(new SimpleFormatter());
            file.setLevel(Level.INFO);
            ROOT.addHandler(file);
        } catch (IOException e) {
            throw new UncheckedIOException("could not open the log in " + folder, e);
        }
        var console = new ConsoleHandler();
        console.setFormatter(new SimpleFormatter());
        console.setLevel(Level.WARNING);
        ROOT.addHandler(console);
    }
}
