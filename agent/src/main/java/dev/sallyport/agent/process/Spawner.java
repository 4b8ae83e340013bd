package dev.sallyport.agent.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/// Starts programs under an account, in an enclosure, with an environment built from nothing.
///
/// `posix_spawn` can neither change the account nor enter an enclosure, so the way to the program is a chain of
/// `exec` in one process (decision 0030):
///
/// 1. as root, `sh` enters the control group;
/// 2. `setpriv` (util-linux) takes the account on: user, groups, no capabilities, `no_new_privs`, death with
/// the agent; 3. as the account, `sh` reads the environment, changes into the directory, says *ok* and becomes
/// the program.
///
/// Until then the environment is empty and no word of the user's is read by a shell: the scripts are constant,
/// all else is an argument. The environment comes in a file that exists in memory only, so that no other
/// account sees it.
final class Spawner {

    /// A start that did not work.
    static final class NotStarted extends Exception {

        private static final long serialVersionUID = 1;

        /// Why.
        enum Why {
            DIRECTORY,
            PROGRAM,
            MACHINE
        }

        private final Why why;

        NotStarted(Why why, String message) {
            super(message);
            this.why = why;
        }

        Why why() {
            return why;
        }
    }

    /// How long the chain may take.
    private static final Duration LONGEST = Duration.ofSeconds(10);

    private static final String SHELL = "/bin/sh";

    private static final String ENTER = "echo 0 > \"$1\" || exit 125; shift; exec \"$@\"";

    private static final String BECOME = """
            . /dev/fd/3 || exit 125
            exec 3<&-
            umask 022
            if ! cd -- "$1" 2>/dev/null; then
              if [ "$2" = must ]; then echo directory >&4; exit 125; fi
              cd /
            fi
            shift 2
            if ! command -v -- "$1" >/dev/null 2>&1; then echo program >&4; exit 125; fi
            unset PWD OLDPWD
            echo ok >&4
            exec 4>&-
            exec "$@"
            """;

    /// As far as [#BECOME] goes, and no further. Made of what is built into the shell: nothing is started.
    private static final String LOOK = """
            . /dev/fd/3 || exit 125
            exec 3<&-
            if ! cd -- "$1" 2>/dev/null; then
              if [ "$2" = must ]; then echo directory >&4; exit 125; fi
              cd /
            fi
            found=
            case "$3" in
              */*) found=$3 ;;
              *)
                set -f
                IFS=:
                for folder in $PATH; do
                  if [ -f "${folder:-.}/$3" ] && [ -x "${folder:-.}/$3" ]; then found=${folder:-.}/$3; break; fi
                done ;;
            esac
            if [ -f "$found" ] && [ -x "$found" ]; then echo ok >&4; else echo program >&4; fi
            exit 0
            """;

    private static final List<Path> SETPRIV = List.of(Path.of("/usr/bin/setpriv"), Path.of("/bin/setpriv"));

    /// One thread for ever: a child dies with the *thread* that started it.
    private static final ExecutorService THREAD = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("spawner").daemon().factory());

    private Spawner() {}

    /// What to start.
    ///
    /// @param arguments the program first; without NUL
    /// @param directory where; none: the account's home, or `/` when it has none
    record Start(
            Account account, List<byte[]> arguments, Map<String, String> environment, Optional<String> directory) {}

    /// Where the program `setpriv` is.
    static Optional<Path> setpriv() {
        return SETPRIV.stream().filter(Files::isExecutable).findFirst();
    }

    /// Starts a program whose stdin, stdout and stderr are `streams`, and returns its pid.
    static int start(Start start, Enclosure enclosure, List<Posix.Given> streams)
            throws NotStarted, IOException, InterruptedException {
        return start(start, chain(start, enclosure, BECOME), streams, enclosure);
    }

    /// Goes the same way up to the program, and looks whether the account may run it, without doing so. The
    /// enclosure holds who looks: others of the account could make it theirs.
    static void look(Start start, Enclosure enclosure) throws NotStarted, IOException, InterruptedException {
        int nothing = Posix.memoryFile("nothing", new byte[0]);
        try {
            var ours = new Posix.Given.Ours(nothing);
            reap(start(start, chain(start, enclosure, LOOK), List.of(ours, ours, ours), enclosure));
        } finally {
            Posix.close(nothing);
        }
    }

    private static int start(Start start, List<byte[]> chain, List<Posix.Given> streams, Enclosure enclosure)
            throws NotStarted, IOException, InterruptedException {
        int environment = Posix.memoryFile("environment", script(start.environment()));
        try {
            // the account opens it by its path in /proc
            Posix.changeOwner(
                    environment, start.account().uid(), start.account().gid());
            var status = Posix.pipe();
            try (var answers = Descriptor.reading(nonBlocking(status.readEnd()))) {
                var given = new ArrayList<>(streams);
                given.add(new Posix.Given.Ours(environment));
                given.add(new Posix.Given.Ours(status.writeEnd()));
                int pid;
                try {
                    pid = spawn(chain, given);
                } finally {
                    Posix.close(status.writeEnd());
                }
                enclosure.started(pid);
                check(answers, pid);
                return pid;
            }
        } finally {
            Posix.close(environment);
        }
    }

    private static void reap(int pid) throws IOException, InterruptedException {
        while (Posix.reap(pid).isEmpty()) {
            Thread.sleep(1);
        }
    }

    private static void check(Descriptor answers, int pid) throws NotStarted, IOException, InterruptedException {
        var answer = new StringBuilder();
        var buffer = new byte[64];
        long until = System.nanoTime() + LONGEST.toNanos();
        while (answer.length() < buffer.length) {
            int count = answers.read(buffer, Duration.ofNanos(Math.max(0, until - System.nanoTime())));
            if (count <= 0) {
                break;
            }
            answer.append(new String(buffer, 0, count, StandardCharsets.US_ASCII));
        }
        switch (answer.toString()) {
            case "ok\n" -> {}
            case "directory\n" -> throw abandoned(pid, NotStarted.Why.DIRECTORY);
            case "program\n" -> throw abandoned(pid, NotStarted.Why.PROGRAM);
            default -> throw abandoned(pid, NotStarted.Why.MACHINE);
        }
    }

    private static NotStarted abandoned(int pid, NotStarted.Why why) throws InterruptedException {
        Posix.kill(pid, Posix.SIGKILL);
        try {
            reap(pid);
        } catch (IOException e) {
            return new NotStarted(why, "and could not be reaped: " + e.getMessage());
        }
        return new NotStarted(why, "the program could not be started: " + why);
    }

    /// Whether a process can be put into this control group.
    static boolean canEnter(Path cgroup) throws IOException {
        var door = cgroup.resolve("cgroup.procs").toString();
        int nowhere = Posix.memoryFile("nowhere", new byte[0]);
        try {
            var ours = new Posix.Given.Ours(nowhere);
            int pid = spawn(bytes(List.of(SHELL, "-c", ENTER, "sh", door, "/bin/true")), List.of(ours, ours, ours));
            while (true) {
                var status = Posix.reap(pid);
                if (status.isPresent()) {
                    return status.get().exit() == 0 && status.get().signal() == 0;
                }
                Thread.sleep(1);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            Posix.close(nowhere);
        }
    }

    private static List<byte[]> chain(Start start, Enclosure enclosure, String last) throws NotStarted, IOException {
        var chain = new ArrayList<String>();
        enclosure.door().ifPresent(door -> chain.addAll(List.of(SHELL, "-c", ENTER, "sh", door)));
        chain.add(setpriv()
                .orElseThrow(() -> new NotStarted(NotStarted.Why.MACHINE, "this machine has no setpriv"))
                .toString());
        if (Posix.effectiveUser() == 0) {
            var account = start.account();
            var groups = new ArrayList<>(account.groups());
            enclosure.group().ifPresent(groups::add);
            chain.addAll(List.of("--reuid", Integer.toString(account.uid())));
            chain.addAll(List.of("--regid", Integer.toString(account.gid())));
            chain.addAll(
                    List.of("--groups", groups.stream().map(String::valueOf).collect(Collectors.joining(","))));
            chain.add("--bounding-set=-all");
        }
        chain.addAll(List.of("--inh-caps=-all", "--no-new-privs", "--pdeathsig", "KILL", "--"));
        chain.addAll(List.of(SHELL, "-c", last, "sh"));
        chain.add(start.directory().orElse(start.account().home()));
        chain.add(start.directory().isPresent() ? "must" : "may");
        var words = new ArrayList<>(bytes(chain));
        words.addAll(start.arguments());
        return words;
    }

    private static List<byte[]> bytes(List<String> words) {
        return words.stream().map(word -> word.getBytes(StandardCharsets.UTF_8)).toList();
    }

    private static byte[] script(Map<String, String> environment) {
        var script = new StringBuilder();
        environment.forEach((name, value) -> script.append("export ")
                .append(name)
                .append("='")
                .append(value.replace("'", "'\\''"))
                .append("'\n"));
        return script.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static int spawn(List<byte[]> words, List<Posix.Given> given) throws IOException, InterruptedException {
        try {
            return THREAD.submit(() -> Posix.spawn(new String(words.getFirst(), StandardCharsets.UTF_8), words, given))
                    .get();
        } catch (ExecutionException e) {
            throw new IOException("could not start a process", e.getCause());
        }
    }

    private static int nonBlocking(int fd) throws IOException {
        Posix.nonBlocking(fd);
        return fd;
    }
}
