package dev.sallyport.agent;

import java.util.logging.LogManager;

/// Goes on logging while the program stops: the JDK's own manager closes its handlers as soon as a signal comes, and what
/// an operator wants to know of a drain would be lost.
///
/// To be named before anything logs ([#install]). Handlers that write through leave nothing behind when they are not
/// closed.
public final class LogsToTheEnd extends LogManager {

    /// For the JDK, which makes one when [#install] has named it.
    public LogsToTheEnd() {}

    /// Has an effect only before the first logger.
    public static void install() {
        System.setProperty("java.util.logging.manager", LogsToTheEnd.class.getName());
    }

    /// What a stopping JVM calls.
    @Override
    public void reset() {
        // the handlers stay as they are
    }
}
