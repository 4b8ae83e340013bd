package dev.sallyport.tests.bed;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/// The machine's processes, as `/proc` has them.
public final class Processes {

    private static final int DEEPEST = 64;

    private Processes() {}

    /// One process.
    ///
    /// @param state the kernel's letter; `Z` is a zombie
    /// @param start when it started, in the kernel's ticks: with it a pid names one process only
    public record Entry(int parent, char state, long start, String command) {

        @Override
        public String toString() {
            return state + " " + start + " " + command;
        }
    }

    public static Map<Integer, Entry> all() throws IOException {
        var all = new TreeMap<Integer, Entry>();
        try (var folders = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (var folder : folders) {
                entry(folder)
                        .ifPresent(entry ->
                                all.put(Integer.valueOf(folder.getFileName().toString()), entry));
            }
        }
        return all;
    }

    private static Optional<Entry> entry(Path folder) {
        try {
            var stat = Files.readString(folder.resolve("stat"), StandardCharsets.ISO_8859_1);
            var words = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            var line = Files.readString(folder.resolve("cmdline"), StandardCharsets.ISO_8859_1)
                    .replace('\0', ' ')
                    .strip();
            var name = stat.substring(stat.indexOf('('), stat.lastIndexOf(')') + 1);
            return Optional.of(new Entry(
                    Integer.parseInt(words[1]),
                    words[0].charAt(0),
                    Long.parseLong(words[19]),
                    line.isEmpty() ? name : line));
        } catch (IOException gone) {
            return Optional.empty();
        }
    }

    public static boolean descends(Map<Integer, Entry> all, int pid, int root) {
        int at = pid;
        for (int depth = 0; depth < DEEPEST && all.containsKey(at); depth++) {
            at = all.get(at).parent();
            if (at == root) {
                return true;
            }
        }
        return false;
    }

    /// A variable in the environment that the process was started with.
    static Optional<String> variable(int pid, String name) {
        try {
            var environment = Files.readString(Path.of("/proc/" + pid + "/environ"), StandardCharsets.ISO_8859_1);
            for (var variable : environment.split("\0", -1)) {
                if (variable.startsWith(name + "=")) {
                    return Optional.of(variable.substring(name.length() + 1));
                }
            }
        } catch (IOException notOurs) {
            // gone, or somebody else's
        }
        return Optional.empty();
    }

    /// Processes that live (zombies do not) and whose command line passes.
    public static Map<Integer, Entry> living(Predicate<String> command) throws IOException {
        var all = all();
        all.values().removeIf(entry -> entry.state() == 'Z' || !command.test(entry.command()));
        return all;
    }

    /// A tree of a process and its descendants, for people.
    static String tree(int root) throws IOException {
        var text = new StringBuilder();
        draw(all(), root, 0, text);
        return text.toString();
    }

    private static void draw(Map<Integer, Entry> all, int pid, int depth, StringBuilder text) {
        if (depth > DEEPEST || !all.containsKey(pid)) {
            return;
        }
        var line = all.get(pid).toString();
        text.append("  ".repeat(depth))
                .append(pid)
                .append(' ')
                .append(line, 0, Math.min(160, line.length()))
                .append('\n');
        all.forEach((child, entry) -> {
            if (entry.parent() == pid) {
                draw(all, child, depth + 1, text);
            }
        });
    }
}
