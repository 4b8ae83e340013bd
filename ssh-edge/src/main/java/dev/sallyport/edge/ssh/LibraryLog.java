package dev.sallyport.edge.ssh;

import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/// Keeps the SSH library's talk about clients out of our log.
///
/// The library logs under the class of the object that it speaks of: what it says of connections and channels
/// of the door comes under our names. Nearly all of it is what clients do wrong, at length and in their own
/// words, and a hostile one could fill the log with it.
final class LibraryLog {

    /// Held, or the levels would be forgotten with the loggers.
    private static final List<Logger> OURS = List.of(
                    StrictConnections.Strict.class, SessionChannel.class, ForwardChannel.class, RefusedChannel.class)
            .stream()
            .map(type -> Logger.getLogger(type.getName()))
            .toList();

    private LibraryLog() {}

    static void failuresOnly() {
        OURS.forEach(logger -> logger.setLevel(Level.SEVERE));
    }
}
