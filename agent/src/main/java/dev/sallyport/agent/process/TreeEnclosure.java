package dev.sallyport.agent.process;

import dev.sallyport.core.id.SessionId;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Follows a session's processes by parent, kernel session and environment: what can be done without root.
///
/// A process is the session's when it is the program itself, a child of one that is, in the program's kernel
/// session (children of an ended parent keep it), or was started with the session's id in its environment. The
/// agent adopts orphans, so that they are still its descendants.
final class TreeEnclosure implements Enclosure {

    private static final Logger LOG = LoggerFactory.getLogger(TreeEnclosure.class);

    private final Path trace;
    private final String variable;
    private volatile int leader;
    private volatile long start;

    private TreeEnclosure(Path trace, int leader, long start) {
        this.trace = trace;
        this.variable = "SALLYPORT_SESSION_ID=" + trace.getFileName();
        this.leader = leader;
        this.start = start;
    }

    /// The traces are files named by session, with the program's pid and start in them.
    record Trees(Path live) implements Enclosures.Kind {

        @Override
        public String sentence() {
            return "descendants of a session are followed by parent, kernel session and environment; without root and"
                    + " without a control group of its own this agent cannot hold one that tries to get away";
        }

        @Override
        public Enclosure next(SessionId session) throws IOException {
            var trace = live.resolve(session.value());
            Files.writeString(trace, "program 0 0\n");
            return new TreeEnclosure(trace, 0, 0);
        }

        @Override
        public void close() {}

        @Override
        public void clean() {
            try (var traces = Files.newDirectoryStream(live)) {
                for (var trace : traces) {
                    var text = Files.readString(trace).strip();
                    if (text.matches("program [0-9]{1,10} [0-9]{1,18}")) {
                        var words = text.split(" ", -1);
                        try (var left =
                                new TreeEnclosure(trace, Integer.parseInt(words[1]), Long.parseLong(words[2]))) {
                            left.kill();
                        }
                    }
                }
            } catch (IOException | DirectoryIteratorException e) {
                LOG.warn("could not look for what a former run left", e);
            }
        }
    }

    @Override
    public Optional<String> door() {
        return Optional.empty();
    }

    @Override
    public Optional<Integer> group() {
        return Optional.empty();
    }

    @Override
    public void started(int pid) {
        leader = pid;
        start = ProcessTable.entry(pid).map(ProcessTable.Entry::start).orElse(0L);
        try {
            Files.writeString(trace, "program " + leader + " " + start + "\n");
        } catch (IOException e) {
            LOG.warn("could not write {}", trace, e);
        }
    }

    @Override
    public boolean kill() {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(LONGEST_KILL_SECONDS);
        int quiet = 0;
        while (quiet < 2) {
            var found = members();
            // stopped first: none of them forks while the others are found
            found.forEach(pid -> Posix.kill(pid, Posix.SIGSTOP));
            var all = members();
            all.addAll(found);
            all.forEach(pid -> Posix.kill(pid, Posix.SIGKILL));
            quiet = all.isEmpty() ? quiet + 1 : 0;
            if (System.nanoTime() > until) {
                LOG.error("processes of {} survive SIGKILL", trace.getFileName());
                return false;
            }
        }
        return true;
    }

    private Set<Integer> members() {
        var table = ProcessTable.all();
        var children = table.stream().collect(Collectors.groupingBy(ProcessTable.Entry::parent));
        var members = new HashSet<Integer>();
        // a process with the program's pid and another start: the number is another's by now
        boolean reused = table.stream().anyMatch(process -> process.pid() == leader && process.start() != start);
        boolean known = leader != 0 && !reused;
        for (var process : table) {
            boolean isLeader = known && process.pid() == leader;
            boolean inSession = known && process.session() == leader;
            if (isLeader || inSession || ProcessTable.hasVariable(process.pid(), variable)) {
                add(process, children, members);
            }
        }
        table.stream().filter(ProcessTable.Entry::zombie).forEach(zombie -> members.remove(zombie.pid()));
        members.remove((int) ProcessHandle.current().pid());
        return members;
    }

    private static void add(
            ProcessTable.Entry process, Map<Integer, List<ProcessTable.Entry>> children, Set<Integer> members) {
        if (members.add(process.pid())) {
            children.getOrDefault(process.pid(), List.of()).forEach(child -> add(child, children, members));
        }
    }

    @Override
    public void close() {
        try {
            Files.deleteIfExists(trace);
        } catch (IOException e) {
            LOG.warn("could not remove {}", trace, e);
        }
    }
}
