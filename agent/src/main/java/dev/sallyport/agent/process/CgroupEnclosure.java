package dev.sallyport.agent.process;

import dev.sallyport.core.id.SessionId;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A control group (cgroup v2) that holds a session's processes. `cgroup.kill` (Linux 5.14) ends them all at
/// once, also while they fork.
final class CgroupEnclosure implements Enclosure {

    private static final Logger LOG = LoggerFactory.getLogger(CgroupEnclosure.class);

    private final Path folder;

    private CgroupEnclosure(Path folder) {
        this.folder = folder;
    }

    /// Control groups below the agent's own one, when it may make some.
    static Optional<Enclosures.Kind> find(String name) {
        try {
            var mount = Files.readAllLines(Path.of("/proc/self/mountinfo")).stream()
                    .map(line -> line.split(" ", -1))
                    .filter(CgroupEnclosure::isCgroup2)
                    .map(fields -> Path.of(fields[4]))
                    .findFirst();
            var own = Files.readAllLines(Path.of("/proc/self/cgroup")).stream()
                    .filter(line -> line.startsWith("0::/"))
                    .map(line -> line.substring("0::/".length()))
                    .findFirst();
            if (mount.isEmpty() || own.isEmpty()) {
                return Optional.empty();
            }
            var base = mount.get().resolve(own.get()).resolve(name);
            Files.createDirectories(base);
            var probe = Files.createDirectories(base.resolve("probe"));
            boolean usable = Files.exists(probe.resolve("cgroup.kill")) && Spawner.canEnter(probe);
            Files.delete(probe);
            return usable ? Optional.of(new Cgroups(base)) : Optional.empty();
        } catch (IOException | SecurityException e) {
            return Optional.empty();
        }
    }

    private static boolean isCgroup2(String[] fields) {
        for (int i = 6; i + 1 < fields.length; i++) {
            if (fields[i].equals("-")) {
                return fields[i + 1].equals("cgroup2");
            }
        }
        return false;
    }

    private record Cgroups(Path base) implements Enclosures.Kind {

        @Override
        public String sentence() {
            return "every descendant of a session is held by a control group of its own below " + base;
        }

        @Override
        public Enclosure next(SessionId session) throws IOException {
            return new CgroupEnclosure(Files.createDirectory(base.resolve(session.value())));
        }

        @Override
        public void close() {
            try {
                Files.deleteIfExists(base);
            } catch (IOException e) {
                LOG.debug("{} is left", base, e);
            }
        }

        @Override
        public void clean() {
            try (var folders = Files.newDirectoryStream(base, Files::isDirectory)) {
                for (var folder : folders) {
                    try (var left = new CgroupEnclosure(folder)) {
                        left.kill();
                    }
                }
            } catch (IOException | DirectoryIteratorException e) {
                LOG.warn("could not look for what a former run left", e);
            }
        }
    }

    @Override
    public Optional<String> door() {
        return Optional.of(folder.resolve("cgroup.procs").toString());
    }

    @Override
    public Optional<Integer> group() {
        return Optional.empty();
    }

    @Override
    public void started(int pid) {}

    @Override
    public boolean kill() {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(LONGEST_KILL_SECONDS);
        long pause = 100_000;
        try {
            if (!populated()) {
                return true;
            }
            Files.writeString(folder.resolve("cgroup.kill"), "1");
            while (populated()) {
                if (System.nanoTime() > until) {
                    LOG.error("processes of {} survive SIGKILL", folder.getFileName());
                    return false;
                }
                TimeUnit.NANOSECONDS.sleep(pause);
                pause = Math.min(pause * 2, 20_000_000);
            }
            return true;
        } catch (IOException e) {
            LOG.error("could not end the processes of {}", folder.getFileName(), e);
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private boolean populated() throws IOException {
        return Files.readString(folder.resolve("cgroup.events")).contains("populated 1");
    }

    @Override
    public void close() {
        try {
            Files.deleteIfExists(folder);
        } catch (IOException e) {
            LOG.warn("could not remove the control group {}", folder.getFileName(), e);
        }
    }
}
