package dev.sallyport.tests.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// Processor time of a process, as Linux counts it (`proc(5)`, `/proc/PID/stat`).
///
/// @param family whether all who descend from it count, too, those that have ended and those that have not
record Processors(long pid, boolean family) {

    private static final double TICKS_PER_SECOND = 100;

    static Processors of(long pid) {
        return new Processors(pid, false);
    }

    static Processors withChildren(long pid) {
        return new Processors(pid, true);
    }

    /// Seconds since the process started.
    double seconds() throws IOException {
        long ticks = ticks(pid, family);
        if (family) {
            var living = ProcessHandle.of(pid).stream()
                    .flatMap(ProcessHandle::descendants)
                    .toList();
            for (var descendant : living) {
                try {
                    ticks += ticks(descendant.pid(), true);
                } catch (NoSuchFileException ended) {
                    // it counts with its parent from now on
                }
            }
        }
        return ticks / TICKS_PER_SECOND;
    }

    /// @param ended whether its children that have ended, and were waited for, count
    private static long ticks(long pid, boolean ended) throws IOException {
        var stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
        var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        long ticks = 0;
        for (int field = 11; field < (ended ? 15 : 13); field++) {
            ticks += Long.parseLong(fields[field]);
        }
        return ticks;
    }
}
