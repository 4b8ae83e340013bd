package dev.sallyport.agent.process;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The functions of the C library that the JDK does not offer: the one place with foreign functions.
///
/// Linux with glibc 2.34 or later (`posix_spawn_file_actions_addclosefrom_np`), on x86-64 and arm64. Every call
/// here is short: descriptors are non-blocking, and whoever must wait asks [Poller].
@SuppressWarnings("restricted") // foreign functions are what this class is for
final class Posix {

    static final int EINTR = 4;
    static final int EIO = 5;
    static final int ECHILD = 10;
    static final int EAGAIN = 11;
    static final int EPIPE = 32;

    static final int SIGKILL = 9;
    static final int SIGSTOP = 19;

    static final int EPOLLIN = 0x1;
    static final int EPOLLOUT = 0x4;
    private static final int EPOLLONESHOT = 1 << 30;

    private static final int O_RDWR = 2;
    private static final int O_NOCTTY = 0x100;
    private static final int O_NONBLOCK = 0x800;
    private static final int O_CLOEXEC = 0x80000;
    private static final int F_DUPFD_CLOEXEC = 1030;
    private static final int F_GETFL = 3;
    private static final int F_SETFL = 4;
    private static final int WNOHANG = 1;

    private static final int PR_SET_DUMPABLE = 4;
    private static final int PR_SET_CHILD_SUBREAPER = 36;

    private static final long TIOCSPTLCK = 0x40045431L;
    private static final long TIOCGPTN = 0x80045430L;
    private static final long TIOCSWINSZ = 0x5414;
    private static final long TIOCGPGRP = 0x540F;

    private static final long SYS_PIDFD_OPEN = 434;

    private static final short POSIX_SPAWN_SETSIGDEF = 0x04;
    private static final short POSIX_SPAWN_SETSIGMASK = 0x08;
    private static final short POSIX_SPAWN_SETSID = 0x80;

    /// Room for a `posix_spawnattr_t` (336 bytes), `posix_spawn_file_actions_t` (80) or `sigset_t` (128).
    private static final int OPAQUE = 512;

    /// Lowest number that a descriptor of ours has, so that it is none of those that a child is given.
    private static final int LOWEST = 10;

    /// Bytes of a `struct termios` of glibc.
    static final int TERMIOS = 60;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final Linker.Option CAPTURE = Linker.Option.captureCallState("errno");
    private static final Linker.Option HEAP = Linker.Option.critical(true);

    private static final MethodHandle READ = find("read", of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG), CAPTURE, HEAP);
    private static final MethodHandle WRITE = find("write", of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG), CAPTURE, HEAP);
    private static final MethodHandle CLOSE = find("close", of(JAVA_INT, JAVA_INT), CAPTURE);
    private static final MethodHandle PIPE2 = find("pipe2", of(JAVA_INT, ADDRESS, JAVA_INT), CAPTURE);
    private static final MethodHandle FCNTL =
            find("fcntl", of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT), CAPTURE, Linker.Option.firstVariadicArg(2));
    private static final MethodHandle IOCTL =
            find("ioctl", of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS), CAPTURE, Linker.Option.firstVariadicArg(2));
    private static final MethodHandle FCHOWN = find("fchown", of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT), CAPTURE);
    private static final MethodHandle CHOWN = find("chown", of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT), CAPTURE);
    private static final MethodHandle POSIX_OPENPT = find("posix_openpt", of(JAVA_INT, JAVA_INT), CAPTURE);
    private static final MethodHandle TCGETATTR = find("tcgetattr", of(JAVA_INT, JAVA_INT, ADDRESS), CAPTURE);
    private static final MethodHandle TCSETATTR = find("tcsetattr", of(JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS), CAPTURE);
    private static final MethodHandle MEMFD_CREATE = find("memfd_create", of(JAVA_INT, ADDRESS, JAVA_INT), CAPTURE);
    private static final MethodHandle EPOLL_CREATE1 = find("epoll_create1", of(JAVA_INT, JAVA_INT), CAPTURE);
    private static final MethodHandle EPOLL_CTL =
            find("epoll_ctl", of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS), CAPTURE);
    private static final MethodHandle EPOLL_WAIT =
            find("epoll_wait", of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT), CAPTURE);
    private static final MethodHandle SYSCALL =
            find("syscall", of(JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT), CAPTURE, Linker.Option.firstVariadicArg(1));
    private static final MethodHandle WAITPID = find("waitpid", of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT), CAPTURE);
    private static final MethodHandle KILL = find("kill", of(JAVA_INT, JAVA_INT, JAVA_INT), CAPTURE);
    private static final MethodHandle PRCTL =
            find("prctl", of(JAVA_INT, JAVA_INT, JAVA_LONG), CAPTURE, Linker.Option.firstVariadicArg(1));
    private static final MethodHandle GETEUID = find("geteuid", of(JAVA_INT));
    private static final MethodHandle GETPWNAM_R =
            find("getpwnam_r", of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS));
    private static final MethodHandle GETPWUID_R =
            find("getpwuid_r", of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS));
    private static final MethodHandle GETGROUPLIST =
            find("getgrouplist", of(JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, ADDRESS));
    private static final MethodHandle SPAWN =
            find("posix_spawn", of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS));
    private static final MethodHandle ACTIONS_INIT = find("posix_spawn_file_actions_init", of(JAVA_INT, ADDRESS));
    private static final MethodHandle ACTIONS_DESTROY = find("posix_spawn_file_actions_destroy", of(JAVA_INT, ADDRESS));
    private static final MethodHandle ACTIONS_DUP2 =
            find("posix_spawn_file_actions_adddup2", of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT));
    private static final MethodHandle ACTIONS_OPEN =
            find("posix_spawn_file_actions_addopen", of(JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT));
    private static final MethodHandle ACTIONS_CLOSE_FROM =
            find("posix_spawn_file_actions_addclosefrom_np", of(JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle ACTIONS_CHDIR =
            find("posix_spawn_file_actions_addchdir_np", of(JAVA_INT, ADDRESS, ADDRESS));
    private static final MethodHandle ATTR_INIT = find("posix_spawnattr_init", of(JAVA_INT, ADDRESS));
    private static final MethodHandle ATTR_DESTROY = find("posix_spawnattr_destroy", of(JAVA_INT, ADDRESS));
    private static final MethodHandle ATTR_FLAGS =
            find("posix_spawnattr_setflags", of(JAVA_INT, ADDRESS, ValueLayout.JAVA_SHORT));
    private static final MethodHandle ATTR_SIGDEFAULT =
            find("posix_spawnattr_setsigdefault", of(JAVA_INT, ADDRESS, ADDRESS));
    private static final MethodHandle ATTR_SIGMASK = find("posix_spawnattr_setsigmask", of(JAVA_INT, ADDRESS, ADDRESS));
    private static final MethodHandle SIGFILLSET = find("sigfillset", of(JAVA_INT, ADDRESS));
    private static final MethodHandle SIGEMPTYSET = find("sigemptyset", of(JAVA_INT, ADDRESS));

    private Posix() {}

    /// Two ends of a pipe.
    record Pipe(int readEnd, int writeEnd) {}

    /// A terminal's master side, and the path of the side that the program opens.
    record Terminal(int master, String path) {}

    /// An account of this machine.
    record Entry(String name, int uid, int gid, String home, String shell) {}

    /// How a child ended.
    record Status(int exit, int signal, boolean coreDumped) {}

    // Descriptors

    /// Reads at most `length` bytes; the count, 0 at the end, or the negative error number.
    static int read(int fd, byte[] into, int from, int length) {
        var state = new int[1];
        try {
            long count = (long) READ.invokeExact(
                    MemorySegment.ofArray(state),
                    fd,
                    MemorySegment.ofArray(into).asSlice(from),
                    (long) length);
            return count >= 0 ? (int) count : -state[0];
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    /// Writes at most `length` bytes; the count, or the negative error number.
    static int write(int fd, byte[] bytes, int from, int length) {
        var state = new int[1];
        try {
            long count = (long) WRITE.invokeExact(
                    MemorySegment.ofArray(state),
                    fd,
                    MemorySegment.ofArray(bytes).asSlice(from),
                    (long) length);
            return count >= 0 ? (int) count : -state[0];
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    static void close(int fd) {
        try (var arena = Arena.ofConfined()) {
            int _ = (int) CLOSE.invokeExact(arena.allocate(STATE), fd);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    /// A pipe whose ends no child inherits by accident.
    static Pipe pipe() throws IOException {
        try (var arena = Arena.ofConfined()) {
            var state = arena.allocate(STATE);
            var ends = arena.allocate(JAVA_INT, 2);
            check("pipe2", (int) PIPE2.invokeExact(state, ends, O_CLOEXEC), state);
            return new Pipe(high(ends.getAtIndex(JAVA_INT, 0)), high(ends.getAtIndex(JAVA_INT, 1)));
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    static void nonBlocking(int fd) throws IOException {
        int flags = fcntl(fd, F_GETFL, 0);
        fcntl(fd, F_SETFL, flags | O_NONBLOCK);
    }

    /// A second descriptor of the same open file.
    static int duplicate(int fd) throws IOException {
        return fcntl(fd, F_DUPFD_CLOEXEC, LOWEST);
    }

    static void changeOwner(int fd, int uid, int gid) throws IOException {
        try (var arena = Arena.ofConfined()) {
            var state = arena.allocate(STATE);
            check("fchown", (int) FCHOWN.invokeExact(state, fd, uid, gid), state);
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    static void changeOwner(String path, int uid, int gid) throws IOException {
        try (var arena = Arena.ofConfined()) {
            var state = arena.allocate(STATE);
            check("chown", (int) CHOWN.invokeExact(state, arena.allocateFrom(path), uid, gid), state);
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    /// A file that exists in memory only, with `content` in it.
    static int memoryFile(String name, byte[] content) throws IOException {
        int fd;
        try (var arena = Arena.ofConfined()) {
            var state = arena.allocate(STATE);
            fd = high(check("memfd_create", (int) MEMFD_CREATE.invokeExact(state, arena.allocateFrom(name), 1), state));
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw broken(e);
        }
        for (int at = 0; at < content.length; ) {
            int count = write(fd, content, at, content.length - at);
            if (count <= 0) {
                close(fd);
                throw failed("write", -count);
            }
            at += count;
        }
        return fd;
    }

    // Terminals

    /// A new terminal. The master is non-blocking.
    static Terminal openTerminal() throws IOException {
        try (var arena = Arena.ofConfined()) {
            var state = arena.allocate(STATE);
            int opened =
                    check("posix_openpt", (int) POSIX_OPENPT.invokeExact(state, O_RDWR | O_NOCTTY | O_CLOEXEC), state);
            int master = high(opened);
            try {
                var number = arena.allocate(JAVA_INT);
                check("unlockpt", (int) IOCTL.invokeExact(state, master, TIOCSPTLCK, number), state);
                check("ptsname", (int) IOCTL.invokeExact(state, master, TIOCGPTN, number), state);
                nonBlocking(master);
                return new Terminal(master, "/dev/pts/" + number.get(JAVA_INT, 0));
            } catch (IOException e) {
                close(master);
                throw e;
            }
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    static void windowSize(int master, int columns, int rows, int widthPixels, int heightPixels) throws IOException {
        try (var arena = Arena.ofConfined()) {
            var state = arena.allocate(STATE);
            var size = arena.allocate(ValueLayout.JAVA_SHORT, 4);
            size.setAtIndex(ValueLayout.JAVA_SHORT, 0, (short) rows);
            size.setAtIndex(ValueLayout.JAVA_SHORT, 1, (short) columns);
            size.setAtIndex(ValueLayout.JAVA_SHORT, 2, (short) widthPixels);
            size.setAtIndex(ValueLayout.JAVA_SHORT, 3, (short) heightPixels);
            check("TIOCSWINSZ", (int) IOCTL.invokeExact(state, master, TIOCSWINSZ, size), state);
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    /// The process group in the terminal's foreground.
    static int foreground(int master) throws IOException {
        try (var arena = Arena.ofConfined()) {
            var state = arena.allocate(STATE);
            var group = arena.allocate(JAVA_INT);
            check("TIOCGPGRP", (int) IOCTL.invokeExact(state, master, TIOCGPGRP, group), state);
            return group.get(JAVA_INT, 0);
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    /// The terminal's settings: a `struct termios`.
    static byte[] terminalSettings(int master) throws IOException {
        try (var arena = Arena.ofConfined()) {
            var state = arena.allocate(STATE);
            var settings = arena.allocate(TERMIOS, 8);
            check("tcgetattr", (int) TCGETATTR.invokeExact(state, master, settings), state);
            return settings.toArray(ValueLayout.JAVA_BYTE);
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    static void terminalSettings(int master, byte[] settings) throws IOException {
        try (var arena = Arena.ofConfined()) {
            var state = arena.allocate(STATE);
            var copy = arena.allocate(TERMIOS, 8);
            copy.copyFrom(MemorySegment.ofArray(settings));
            check("tcsetattr", (int) TCSETATTR.invokeExact(state, master, 0, copy), state);
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    // Waiting

    static int newPoll() throws IOException {
        try (var arena = Arena.ofConfined()) {
            var state = arena.allocate(STATE);
            return check("epoll_create1", (int) EPOLL_CREATE1.invokeExact(state, O_CLOEXEC), state);
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    enum PollChange {
        ADD(1),
        REMOVE(2),
        ARM(3);

        private final int code;

        PollChange(int code) {
            this.code = code;
        }
    }

    /// Changes what `poll` reports of `fd`: `events` once, with `token`.
    static void poll(int poll, PollChange change, int fd, int events, int token) throws IOException {
        try (var arena = Arena.ofConfined()) {
            var state = arena.allocate(STATE);
            var event = arena.allocate(16, 8);
            event.set(JAVA_INT, 0, events == 0 ? 0 : events | EPOLLONESHOT);
            event.set(JAVA_INT, tokenOffset(), token);
            check("epoll_ctl", (int) EPOLL_CTL.invokeExact(state, poll, change.code, fd, event), state);
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    /// Blocks until something is ready; fills `tokens` and returns how many.
    static int poll(int poll, MemorySegment events, int[] tokens) {
        try (var arena = Arena.ofConfined()) {
            int count = (int) EPOLL_WAIT.invokeExact(arena.allocate(STATE), poll, events, tokens.length, -1);
            for (int i = 0; i < count; i++) {
                tokens[i] = events.get(ValueLayout.JAVA_INT_UNALIGNED, i * eventSize() + tokenOffset());
            }
            return Math.max(count, 0);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    /// Bytes of a `struct epoll_event`, which x86-64 packs.
    static long eventSize() {
        return packed() ? 12 : 16;
    }

    private static long tokenOffset() {
        return packed() ? 4 : 8;
    }

    private static boolean packed() {
        return System.getProperty("os.arch").equals("amd64");
    }

    // Processes

    /// A descriptor that becomes readable when the child `pid` ends.
    static int processDescriptor(int pid) throws IOException {
        try (var arena = Arena.ofConfined()) {
            var state = arena.allocate(STATE);
            return high(check("pidfd_open", (int) (long) SYSCALL.invokeExact(state, SYS_PIDFD_OPEN, pid, 0), state));
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    /// How the child `pid` ended; empty while it runs. Once only: afterwards the number may be another's.
    static Optional<Status> reap(int pid) throws IOException {
        try (var arena = Arena.ofConfined()) {
            var state = arena.allocate(STATE);
            var status = arena.allocate(JAVA_INT);
            int reaped = check("waitpid", (int) WAITPID.invokeExact(state, pid, status, WNOHANG), state);
            if (reaped == 0) {
                return Optional.empty();
            }
            int code = status.get(JAVA_INT, 0);
            return Optional.of(new Status(code >> 8 & 0xff, code & 0x7f, (code & 0x80) != 0));
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    /// Sends a signal to a process, or with a negative number to a process group. Whether there was one.
    static boolean kill(int pid, int signal) {
        try (var arena = Arena.ofConfined()) {
            return (int) KILL.invokeExact(arena.allocate(STATE), pid, signal) == 0;
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    /// Hides this process's memory, environment and descriptors from other processes of the same account.
    static void hideThisProcess() throws IOException {
        prctl(PR_SET_DUMPABLE, 0);
    }

    /// Makes this process the parent of orphans among its descendants.
    static void adoptOrphans() throws IOException {
        prctl(PR_SET_CHILD_SUBREAPER, 1);
    }

    static int effectiveUser() {
        try {
            return (int) GETEUID.invokeExact();
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    static Optional<Entry> account(String name) throws IOException {
        return entry((arena, passwd, buffer, result) -> {
            try {
                return (int)
                        GETPWNAM_R.invokeExact(arena.allocateFrom(name), passwd, buffer, buffer.byteSize(), result);
            } catch (Throwable e) {
                throw broken(e);
            }
        });
    }

    static Optional<Entry> account(int uid) throws IOException {
        return entry((arena, passwd, buffer, result) -> {
            try {
                return (int) GETPWUID_R.invokeExact(uid, passwd, buffer, buffer.byteSize(), result);
            } catch (Throwable e) {
                throw broken(e);
            }
        });
    }

    private interface LookUp {
        int call(Arena arena, MemorySegment passwd, MemorySegment buffer, MemorySegment result);
    }

    private static Optional<Entry> entry(LookUp lookUp) throws IOException {
        try (var arena = Arena.ofConfined()) {
            var passwd = arena.allocate(64, 8);
            var buffer = arena.allocate(65_536);
            var result = arena.allocate(ADDRESS);
            int error = lookUp.call(arena, passwd, buffer, result);
            if (error != 0) {
                throw failed("getpwnam_r", error);
            }
            if (result.get(ADDRESS, 0).equals(MemorySegment.NULL)) {
                return Optional.empty();
            }
            return Optional.of(new Entry(
                    text(passwd.get(ADDRESS, 0)),
                    passwd.get(JAVA_INT, 16),
                    passwd.get(JAVA_INT, 20),
                    text(passwd.get(ADDRESS, 32)),
                    text(passwd.get(ADDRESS, 40))));
        }
    }

    /// Every group that the account is in, its own first.
    static List<Integer> groups(String name, int gid) {
        try (var arena = Arena.ofConfined()) {
            int room = 65_536;
            var groups = arena.allocate(JAVA_INT, room);
            var count = arena.allocate(JAVA_INT);
            count.set(JAVA_INT, 0, room);
            int found = (int) GETGROUPLIST.invokeExact(arena.allocateFrom(name), gid, groups, count);
            if (found < 0) {
                throw new IllegalStateException("an account is in more than " + room + " groups");
            }
            var list = new ArrayList<Integer>();
            for (int i = 0; i < found; i++) {
                list.add(groups.getAtIndex(JAVA_INT, i));
            }
            return list;
        } catch (RuntimeException e) {
            throw e;
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    /// What a child is given as one of its descriptors.
    sealed interface Given {
        /// A descriptor of ours.
        record Ours(int fd) implements Given {}

        /// A file opened in the child, for reading and writing; a terminal becomes its controlling terminal.
        record Opened(String path) implements Given {}
    }

    /// Starts a program in a session of its own, with all signals at their defaults and none blocked, an empty
    /// environment, in `/`, and with exactly the descriptors `given`, numbered from 0.
    ///
    /// The child counts as one of the calling thread: it must live as long as the child should
    /// (`PR_SET_PDEATHSIG`).
    static int spawn(String program, List<byte[]> arguments, List<Given> given) throws IOException {
        try (var arena = Arena.ofConfined()) {
            var actions = arena.allocate(OPAQUE, 16);
            var attributes = arena.allocate(OPAQUE, 16);
            number("posix_spawn_file_actions_init", (int) ACTIONS_INIT.invokeExact(actions));
            number("posix_spawnattr_init", (int) ATTR_INIT.invokeExact(attributes));
            try {
                for (int i = 0; i < given.size(); i++) {
                    switch (given.get(i)) {
                        case Given.Ours(int fd) -> number("dup2", (int) ACTIONS_DUP2.invokeExact(actions, fd, i));
                        case Given.Opened(var path) ->
                            number("open", (int)
                                    ACTIONS_OPEN.invokeExact(actions, i, arena.allocateFrom(path), O_RDWR, 0));
                    }
                }
                number("closefrom", (int) ACTIONS_CLOSE_FROM.invokeExact(actions, given.size()));
                number("chdir", (int) ACTIONS_CHDIR.invokeExact(actions, arena.allocateFrom("/")));
                var all = arena.allocate(OPAQUE, 16);
                int filled = (int) SIGFILLSET.invokeExact(all);
                var none = arena.allocate(OPAQUE, 16);
                int emptied = (int) SIGEMPTYSET.invokeExact(none);
                number("sigfillset", filled);
                number("sigemptyset", emptied);
                number("setsigdefault", (int) ATTR_SIGDEFAULT.invokeExact(attributes, all));
                number("setsigmask", (int) ATTR_SIGMASK.invokeExact(attributes, none));
                number("setflags", (int) ATTR_FLAGS.invokeExact(
                        attributes, (short) (POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF)));
                var pid = arena.allocate(JAVA_INT);
                var environment = arena.allocate(ADDRESS);
                number("posix_spawn", (int) SPAWN.invokeExact(
                        pid,
                        arena.allocateFrom(program),
                        actions,
                        attributes,
                        pointers(arena, arguments),
                        environment));
                return pid.get(JAVA_INT, 0);
            } finally {
                int _ = (int) ACTIONS_DESTROY.invokeExact(actions);
                int _ = (int) ATTR_DESTROY.invokeExact(attributes);
            }
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    private static MemorySegment pointers(Arena arena, List<byte[]> arguments) {
        var array = arena.allocate(ADDRESS, arguments.size() + 1L);
        for (int i = 0; i < arguments.size(); i++) {
            var bytes = arguments.get(i);
            var copy = arena.allocate(bytes.length + 1L);
            MemorySegment.copy(bytes, 0, copy, ValueLayout.JAVA_BYTE, 0, bytes.length);
            array.setAtIndex(ADDRESS, i, copy);
        }
        return array;
    }

    private static String text(MemorySegment pointer) {
        return pointer.equals(MemorySegment.NULL)
                ? ""
                : pointer.reinterpret(65_536).getString(0, StandardCharsets.UTF_8);
    }

    private static int high(int fd) throws IOException {
        if (fd >= LOWEST) {
            return fd;
        }
        try {
            return fcntl(fd, F_DUPFD_CLOEXEC, LOWEST);
        } finally {
            close(fd);
        }
    }

    private static int fcntl(int fd, int command, int argument) throws IOException {
        try (var arena = Arena.ofConfined()) {
            var state = arena.allocate(STATE);
            return check("fcntl", (int) FCNTL.invokeExact(state, fd, command, argument), state);
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    private static void prctl(int option, long argument) throws IOException {
        try (var arena = Arena.ofConfined()) {
            var state = arena.allocate(STATE);
            check("prctl", (int) PRCTL.invokeExact(state, option, argument), state);
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    private static int check(String call, int result, MemorySegment state) throws IOException {
        if (result < 0) {
            throw failed(call, (int) ERRNO.get(state, 0L));
        }
        return result;
    }

    /// For functions that return the error number.
    private static void number(String call, int error) throws IOException {
        if (error != 0) {
            throw failed(call, error);
        }
    }

    static IOException failed(String call, int error) {
        return new IOException(call + " failed with error " + error);
    }

    private static IllegalStateException broken(Throwable e) {
        return new IllegalStateException("a call of the C library could not be made", e);
    }

    private static FunctionDescriptor of(MemoryLayout result, MemoryLayout... arguments) {
        return FunctionDescriptor.of(result, arguments);
    }

    private static MethodHandle find(String name, FunctionDescriptor descriptor, Linker.Option... options) {
        var symbol = LINKER.defaultLookup()
                .find(name)
                .orElseThrow(() -> new UnsatisfiedLinkError("the C library has no " + name));
        return LINKER.downcallHandle(symbol, descriptor, options);
    }
}
