package dev.sallyport.tests.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Processor time of a process, as Linux counts it (`proc(5)`, `/proc/PID/stat`).
///
/// @param children whether its children that have ended count, too
record Processors(long pid, boolean children) {

    private static final double TICKS_PER_SECOND = 100;

    static Processors of(long pid) {
        return new Processors(pid, false);
    }

    static Processors withChildren(long pid) {
        return new Processors(pid, true);
    }

    /// Seconds since the process started.
    double seconds() throws IOException {
        var stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
        var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        long ticks = 0;
        for (int field = 11; field < (children ? 15 : 13); field++) {
            ticks += Long.parseLong(fields[field]);
        }
        return ticks / TICKS_PER_SECOND;
    }
}
