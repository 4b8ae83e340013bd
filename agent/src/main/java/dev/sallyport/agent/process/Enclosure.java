package dev.sallyport.agent.process;

import java.util.Optional;

/// Holds everything that one session's program starts, so that it can be ended as a whole.
///
/// Made before the program; leaves a trace on disk, so that a restarted agent ends what it finds
/// ([Enclosures#clean]).
interface Enclosure extends AutoCloseable {

    /// How long it may take until everything is dead.
    int LONGEST_KILL_SECONDS = 5;

    /// A file that a process writes `0` to, as root, in order to be held.
    Optional<String> door();

    /// A group that every process in here is in, and cannot leave.
    Optional<Integer> group();

    /// The program runs, with this pid.
    void started(int pid);

    /// Ends everything in here; returns when it is gone, or after [#LONGEST_KILL_SECONDS]. True when it is
    /// gone.
    boolean kill();

    /// After [#kill]: removes the trace on disk.
    @Override
    void close();
}
