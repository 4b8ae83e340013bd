package dev.sallyport.agent.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The processes of this machine, as `/proc` shows them.
final class ProcessTable {

    private static final Path PROC = Path.of("/proc");

    private ProcessTable() {}

    /// One process.
    ///
    /// @param start when it started, in clock ticks since boot: with the pid it names a process for good
    /// @param session the kernel's session id (`setsid`)
    record Entry(int pid, int parent, int session, long start, boolean zombie) {}

    /// Every process there is.
    static List<Entry> all() {
        var entries = new ArrayList<Entry>();
        try (var folders = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (var folder : folders) {
                entry(Integer.parseInt(folder.getFileName().toString())).ifPresent(entries::add);
            }
        } catch (IOException | DirectoryIteratorException e) {
            throw new IllegalStateException("could not read the process table", e);
        }
        return entries;
    }

    static Optional<Entry> entry(int pid) {
        return read(pid, "stat").map(stat -> {
            // the name stands in parentheses and may itself hold some
            var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            return new Entry(
                    pid,
                    Integer.parseInt(fields[1]),
                    Integer.parseInt(fields[3]),
                    Long.parseLong(fields[19]),
                    fields[0].equals("Z") || fields[0].equals("X"));
        });
    }

    /// Whether the process is in a group, as a supplementary one.
    static boolean inGroup(int pid, int gid) {
        return read(pid, "status")
                .map(status -> status.lines()
                        .filter(line -> line.startsWith("Groups:"))
                        .anyMatch(line -> List.of(line.substring("Groups:".length())
                                        .strip()
                                        .split(" ", -1))
                                .contains(Integer.toString(gid))))
                .orElse(false);
    }

    /// Whether the process was started with this variable in its environment. A process can hide it.
    static boolean hasVariable(int pid, String nameAndValue) {
        return read(pid, "environ")
                .map(environment -> ("\0" + environment).contains("\0" + nameAndValue + "\0"))
                .orElse(false);
    }

    private static Optional<String> read(int pid, String file) {
        try {
            return Optional.of(
                    Files.readString(PROC.resolve(Integer.toString(pid)).resolve(file), StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            return Optional.empty(); // it is gone, or not ours to read
        }
    }
}
