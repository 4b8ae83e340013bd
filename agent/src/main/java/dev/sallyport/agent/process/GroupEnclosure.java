package dev.sallyport.agent.process;

import dev.sallyport.core.id.SessionId;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A supplementary group id that is in use by nothing else marks a session's processes. A process without
/// privileges keeps its groups for life, and so do its children.
final class GroupEnclosure implements Enclosure {

    private static final Logger LOG = LoggerFactory.getLogger(GroupEnclosure.class);

    /// Group ids are taken from here on: above those of machines, directories and sub-gid ranges.
    private static final int FIRST = 1_900_000_000;

    private static final int COUNT = 100_000_000;

    private final Path trace;
    private final int gid;
    private final Runnable release;

    private GroupEnclosure(Path trace, int gid, Runnable release) {
        this.trace = trace;
        this.gid = gid;
        this.release = release;
    }

    /// Marks by group; the traces are files named by session, with the group id in them.
    static final class Groups implements Enclosures.Kind {

        private final Path live;
        private final Set<Integer> used = ConcurrentHashMap.newKeySet();

        Groups(Path live) {
            this.live = live;
        }

        @Override
        public String sentence() {
            return "every descendant of a session is known by a group id of its own (no control group can be made here)";
        }

        @Override
        public Enclosure next(SessionId session) throws IOException {
            int gid = FIRST + ThreadLocalRandom.current().nextInt(COUNT);
            while (!used.add(gid)) {
                gid = FIRST + ThreadLocalRandom.current().nextInt(COUNT);
            }
            int taken = gid;
            var trace = live.resolve(session.value());
            Files.writeString(trace, "group " + gid + "\n");
            return new GroupEnclosure(trace, gid, () -> used.remove(taken));
        }

        @Override
        public void close() {}

        @Override
        public void clean() {
            try (var traces = Files.newDirectoryStream(live)) {
                for (var trace : traces) {
                    var text = Files.readString(trace).strip();
                    if (text.matches("group [0-9]{1,10}")) {
                        try (var left = new GroupEnclosure(trace, Integer.parseInt(text.substring(6)), () -> {})) {
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
        return Optional.of(gid);
    }

    @Override
    public void started(int pid) {}

    @Override
    public boolean kill() {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(LONGEST_KILL_SECONDS);
        int quiet = 0;
        // twice: a process that forked while the table was read is seen the second time
        while (quiet < 2) {
            boolean found = false;
            for (var process : ProcessTable.all()) {
                if (!process.zombie() && ProcessTable.inGroup(process.pid(), gid)) {
                    found = true;
                    Posix.kill(process.pid(), Posix.SIGKILL);
                }
            }
            quiet = found ? 0 : quiet + 1;
            if (System.nanoTime() > until) {
                LOG.error("processes of {} survive SIGKILL", trace.getFileName());
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() {
        try {
            Files.deleteIfExists(trace);
            release.run();
        } catch (IOException e) {
            LOG.warn("could not remove {}", trace, e);
        }
    }
}
