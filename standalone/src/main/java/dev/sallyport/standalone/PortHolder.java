package dev.sallyport.standalone;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/// Names the process that listens on a port, so that "busy" tells what to stop. Reads Linux's `/proc`; elsewhere, and
/// for
/// processes of other users, it finds nothing.
final class PortHolder {

    private PortHolder() {}

    /// The program and pid behind a listening TCP port, such as `java (pid 4711)`.
    static Optional<String> of(int port) {
        return Stream.of("/proc/net/tcp", "/proc/net/tcp6")
                .map(Path::of)
                .flatMap(PortHolder::lines)
                .map(line -> line.strip().split("\\s+"))
                .filter(fields ->
                        fields.length > 9 && fields[3].equals("0A") && fields[1].endsWith(String.format(":%04X", port)))
                .map(fields -> fields[9])
                .flatMap(inode -> holder(inode).stream())
                .findFirst();
    }

    private static Stream<String> lines(Path file) {
        try {
            return Files.readAllLines(file).stream();
        } catch (IOException e) {
            return Stream.empty();
        }
    }

    private static Optional<String> holder(String inode) {
        return ProcessHandle.allProcesses()
                .filter(process -> holds(process.pid(), "socket:[" + inode + "]"))
                .map(process -> name(process.pid()) + " (pid " + process.pid() + ")")
                .findFirst();
    }

    private static boolean holds(long pid, String socket) {
        try (var descriptors = Files.list(Path.of("/proc", Long.toString(pid), "fd"))) {
            return descriptors.anyMatch(descriptor -> {
                try {
                    return Files.readSymbolicLink(descriptor).toString().equals(socket);
                } catch (IOException e) {
                    return false;
                }
            });
        } catch (IOException e) {
            return false;
        }
    }

    private static String name(long pid) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), "comm"))
                    .strip();
        } catch (IOException e) {
            return "a process";
        }
    }
}
