package dev.sallyport.tests.bed;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What an instance holds at one moment: processes, descriptors by kind, sessions, `Carry` calls, spool
/// segments. What it keeps on purpose (caches, its log, its database, connections of the API's clients, tails
/// that the edge will take within seconds) is left out.
///
/// @param processes its descendants, and whatever else runs for the sessions that are asked about
/// @param descriptors how many of each kind it has open; empty where the machine does not let us look
/// @param figures what edge and agent say of themselves, and what lies in their folders
public record Census(Map<Integer, String> processes, Map<String, Integer> descriptors, Map<String, Long> figures) {

    /// Descriptors that the JDK opens as it likes: each carrier thread of virtual threads has a poller of its
    /// own, and how many carriers there are follows the load.
    private static final Map<String, Integer> COME_AND_GO = Map.of("[eventpoll]", 16, "[eventfd]", 16);

    private static final Pattern FIGURE = Pattern.compile("(?m)^(sallyport_\\w+) (\\d+)$");

    private static final Pattern CONTROL_GROUP = Pattern.compile("held by a control group of its own below (\\S+)");

    /// Figures that must be what they were.
    private static final Set<String> LEVELS = Set.of(
            "sallyport_edge_agents",
            "sallyport_edge_sessions",
            "sallyport_edge_carry_calls",
            "sallyport_edge_lent_calls",
            "sallyport_edge_spool_segments",
            "sallyport_agent_sessions",
            "sallyport_agent_carry_calls");

    /// @param sessions whose processes count wherever they have gone
    static Census of(Instance instance, Set<String> sessions) throws IOException {
        int pid = (int) instance.process().pid();
        return new Census(processes(pid, sessions), descriptors(instance, pid), figures(instance));
    }

    /// What is here and was not there before, or not so much of it, in words; nothing when all is as it was.
    List<String> surplusOver(Census before) {
        var surplus = new ArrayList<String>();
        processes.forEach((pid, what) -> {
            if (!Objects.equals(before.processes.get(pid), what)) {
                surplus.add("process " + pid + " " + what);
            }
        });
        descriptors.forEach((kind, count) -> {
            int had = before.descriptors.getOrDefault(kind, 0);
            if (count > had + COME_AND_GO.getOrDefault(kind, 0)) {
                surplus.add("descriptors of kind " + kind + ": " + count + ", before " + had);
            }
        });
        figures.forEach((name, value) -> {
            var had = before.figures.getOrDefault(name, 0L);
            if (LEVELS.contains(name.replace("second ", "")) ? !had.equals(value) : value > had) {
                surplus.add(name + ": " + value + ", before " + had);
            }
        });
        return surplus;
    }

    // ---- processes

    private static Map<Integer, String> processes(int root, Set<String> sessions) throws IOException {
        var found = new TreeMap<Integer, String>();
        var entries = Processes.all();
        entries.forEach((pid, entry) -> {
            if (pid != root && (Processes.descends(entries, pid, root) || ofSession(pid, sessions))) {
                found.put(pid, entry.toString());
            }
        });
        return found;
    }

    private static boolean ofSession(int pid, Set<String> sessions) {
        return !sessions.isEmpty()
                && Processes.variable(pid, "SALLYPORT_SESSION_ID")
                        .map(sessions::contains)
                        .orElse(false);
    }

    // ---- descriptors

    private static Map<String, Integer> descriptors(Instance instance, int pid) throws IOException {
        var kinds = new TreeMap<String, Integer>();
        var links = Path.of("/proc/" + pid + "/fd");
        if (!Files.isReadable(links)) {
            return kinds;
        }
        var sockets = sockets(pid);
        var ports = Map.of(instance.port("ssh"), "ssh", instance.port("agents"), "agents");
        var unseen =
                new HashSet<>(List.of(instance.port("api"), instance.healthPort("edge"), instance.healthPort("agent")));
        storePort(instance.folder()).ifPresent(unseen::add);
        var targets = new ArrayList<String>();
        try (var descriptors = Files.newDirectoryStream(links)) {
            for (var descriptor : descriptors) {
                try {
                    targets.add(Files.readSymbolicLink(descriptor).toString());
                } catch (NoSuchFileException closed) {
                    // it was there a moment ago
                }
            }
        }
        var own = targets.stream().map(sockets::get).filter(Objects::nonNull).collect(Collectors.toSet());
        for (var target : targets) {
            var kind = kind(instance.folder(), target, sockets, own, ports, unseen);
            if (!kind.isEmpty()) {
                kinds.merge(kind, 1, Integer::sum);
            }
        }
        return kinds;
    }

    /// Where the store is when it is in a process of its own: its client keeps connections as it likes.
    private static Optional<Integer> storePort(Path folder) throws IOException {
        var address = folder.resolve("store.address");
        return Files.exists(address)
                ? Optional.of(URI.create(Files.readString(address)).getPort())
                : Optional.empty();
    }

    /// Local and remote port of a TCP socket.
    private record Ports(int local, int remote) {

        Ports otherEnd() {
            return new Ports(/* local= */ remote, /* remote= */ local);
        }

        boolean any(Set<Integer> of) {
            return of.contains(local) || of.contains(remote);
        }
    }

    private static String kind(
            Path folder,
            String target,
            Map<String, Ports> sockets,
            Set<Ports> own,
            Map<Integer, String> ports,
            Set<Integer> unseen) {
        if (target.startsWith("socket:")) {
            var socket = sockets.get(target);
            if (socket == null) {
                return "socket that is not TCP";
            }
            // what a process says to itself, but for edge and agent, it says to the store that is in it: as above
            if (socket.any(unseen) || (own.contains(socket.otherEnd()) && !socket.any(ports.keySet()))) {
                return "";
            }
            return ports.containsKey(socket.local())
                    ? "socket at the door for " + ports.get(socket.local())
                    : "socket to " + ports.getOrDefault(socket.remote(), "targets and others");
        }
        if (target.startsWith("pipe:")) {
            return "pipe";
        }
        if (target.startsWith("anon_inode:")) {
            return target.substring("anon_inode:".length());
        }
        if (target.startsWith("/dev/ptmx") || target.startsWith("/dev/pts/")) {
            return "terminal";
        }
        for (var part : List.of("spool", "recordings", "agent/live")) {
            if (target.startsWith(folder.resolve(part).toString())) {
                return "file below " + part;
            }
        }
        return target.startsWith("/sys/fs/cgroup") || target.startsWith("/proc") ? "file of the kernel's" : "";
    }

    private static Map<String, Ports> sockets(int pid) throws IOException {
        var all = new HashMap<String, Ports>();
        for (var table : List.of("tcp", "tcp6")) {
            var file = Path.of("/proc/" + pid + "/net/" + table);
            if (!Files.exists(file)) {
                continue;
            }
            for (var line : Files.readAllLines(file, StandardCharsets.US_ASCII)) {
                var words = line.strip().split("\\s+", -1);
                if (words.length > 9 && words[0].endsWith(":")) {
                    all.put("socket:[" + words[9] + "]", new Ports(port(words[1]), port(words[2])));
                }
            }
        }
        return all;
    }

    private static int port(String address) {
        return Integer.parseInt(address.substring(address.indexOf(':') + 1), 16);
    }

    // ---- figures

    static Map<String, Long> figures(Instance instance) throws IOException {
        var figures = new TreeMap<String, Long>();
        for (var part : List.of("edge", "agent", "edge-2")) {
            var file = instance.folder().resolve("health." + part);
            if (!Files.exists(file)) {
                continue;
            }
            var address = Files.readString(file).strip();
            try (var in = URI.create(address + "/metrics").toURL().openStream()) {
                var found = FIGURE.matcher(new String(in.readAllBytes(), StandardCharsets.UTF_8));
                while (found.find()) {
                    if (LEVELS.contains(found.group(1))) {
                        figures.put(
                                part.equals("edge-2") ? "second " + found.group(1) : found.group(1),
                                Long.valueOf(found.group(2)));
                    }
                }
            }
        }
        figures.put("segments in spool/", files(instance.folder().resolve("spool"), ".segment"));
        figures.put("control groups of sessions", controlGroups(instance));
        figures.put("traces of sessions in agent/live/", files(instance.folder().resolve("agent/live"), ""));
        return figures;
    }

    /// The agent's control group holds one of each session; there is none where it may not make any.
    private static long controlGroups(Instance instance) throws IOException {
        var log = instance.folder().resolve("log.0");
        var base = CONTROL_GROUP.matcher(Files.exists(log) ? Files.readString(log) : "");
        if (!base.find() || !Files.isDirectory(Path.of(base.group(1)))) {
            return 0;
        }
        try (Stream<Path> groups = Files.list(Path.of(base.group(1)))) {
            return groups.filter(Files::isDirectory).count();
        }
    }

    private static long files(Path folder, String ending) throws IOException {
        if (!Files.exists(folder)) {
            return 0;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> file.toString().endsWith(ending))
                    .count();
        } catch (java.io.UncheckedIOException changing) {
            return Long.MAX_VALUE;
        }
    }

    @Override
    public String toString() {
        return "figures " + figures + "\ndescriptors " + descriptors + "\nprocesses\n"
                + processes.entrySet().stream()
                        .map(entry -> "  " + entry.getKey() + " " + entry.getValue())
                        .collect(Collectors.joining("\n"));
    }
}
