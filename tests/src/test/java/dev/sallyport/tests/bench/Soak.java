package dev.sallyport.tests.bench;

import dev.sallyport.standalone.ports.FreePorts;
import dev.sallyport.tests.bed.Client;
import dev.sallyport.tests.bed.EchoServer;
import dev.sallyport.tests.bed.FlightRecorder;
import dev.sallyport.tests.bed.Instance;
import dev.sallyport.tests.bed.Keys;
import dev.sallyport.tests.bed.Laptop;
import dev.sallyport.tests.bed.NewConnections;
import dev.sallyport.tests.bed.ObjectStore;
import dev.sallyport.tests.bed.Ran;
import dev.sallyport.tests.bed.Recorded;
import dev.sallyport.tests.bed.Run;
import dev.sallyport.tests.bed.Split;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// Mixed load for a long time, with the real clients, and whether anything grows: keys in shells, commands,
/// bulk both ways, forwarded connections, refused logins, kills, and an agent that is restarted all the while.
///
/// Every so often the load pauses until nothing is under way. Then each process must hold what it held: its
/// heap after a collection, its descriptors, its threads. The judgement, after [#WARM_UP] of the samples, and once
/// more for those after the object store failed (what pools grow to while it fails, they keep): the median of the
/// last three must not exceed that of the first three by more than [#HEAP_SHARE] and [#HEAP_MORE] (heap),
/// [#DESCRIPTORS_MORE], [#THREADS_MORE].
public final class Soak {

    /// Share of the samples that are not judged: caches fill, code is compiled.
    static final double WARM_UP = 0.2;

    static final double HEAP_SHARE = 1.05;
    static final long HEAP_MORE = 6 << 20;
    static final long DESCRIPTORS_MORE = 6;
    static final long THREADS_MORE = 4;

    /// How long the object store fails, once, when there is time for it.
    private static final Duration OUTAGE = Duration.ofMinutes(5);

    private static final Duration TIME_FOR_OUTAGE = Duration.ofMinutes(20);
    private static final Duration QUIET = Duration.ofMinutes(3);
    private static final int BULK = 8 << 20;
    private static final int JUDGED = 3;

    /// However slow the machine is: with fewer there is nothing to compare.
    private static final int LEAST_SAMPLES = 5;
    private static final int FAILURES_SHOWN = 5;

    private final Split split;
    private final Instance control;
    private final PrintStream out;
    private final String forwarded;
    private final Map<String, AtomicInteger> counts = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
    private final Map<String, List<Sample>> samples = new LinkedHashMap<>();
    private final Phaser pause = new Phaser(1);
    private volatile boolean pausing;
    private volatile boolean over;

    /// What a process holds while nothing is under way.
    record Sample(long heap, long descriptors, long threads) {}

    /// How it went.
    ///
    /// @param grown what grew, in words
    /// @param failed what users saw that they should not have
    public record Result(List<String> grown, List<String> failed, Map<String, Integer> done) {}

    private Soak(Split split, EchoServer echo, PrintStream out) throws Exception {
        this.split = split;
        this.control = split.control();
        this.forwarded = NewConnections.tcp(control, echo.port());
        this.out = out;
    }

    /// `make soak`: for so many minutes, 60 unless another number is given. Fails when anything grew or went
    /// wrong.
    public static void main(String[] arguments) throws Exception {
        long minutes = arguments.length > 0 ? Long.parseLong(arguments[0]) : 60;
        var result = run(Duration.ofMinutes(minutes), Duration.ofMinutes(1), System.out);
        System.out.println(result);
        System.exit(result.grown().isEmpty() && result.failed().isEmpty() ? 0 : 1);
    }

    /// Runs for so long, with a pause and a sample every so often.
    public static Result run(Duration time, Duration every, PrintStream out) throws Exception {
        try (var split = new Split.Setup()
                        .limit("sessions_per_user = 500")
                        .limit("connections_per_user = 500")
                        .start();
                var echo = EchoServer.start()) {
            split.awaitWorking();
            return new Soak(split, echo, out).run(time, every);
        }
    }

    private interface Work {
        void run() throws Exception;
    }

    private Result run(Duration time, Duration every) throws Exception {
        var workers = new ArrayList<Thread>();
        workers.add(worker("keys", this::keys));
        workers.add(worker("command", this::command));
        workers.add(worker("bulk down", this::down));
        workers.add(worker("bulk up", this::up));
        workers.add(worker("forwarded", this::forward));
        workers.add(worker("refused", this::refused));
        workers.add(worker("killed", this::kill));
        workers.add(worker("agent restarted", this::restartAgent));
        out.println("| minute | part | heap after collection, MiB | descriptors | threads |");
        out.println("|---|---|---|---|---|");
        long begin = System.nanoTime();
        int sampled = 0;
        int sampledBefore = 0;
        boolean outage = time.compareTo(TIME_FOR_OUTAGE) > 0;
        try {
            while (passed(begin).compareTo(time) < 0 || sampled < LEAST_SAMPLES) {
                TimeUnit.NANOSECONDS.sleep(every.toNanos());
                if (outage && passed(begin).compareTo(time.dividedBy(3)) > 0) {
                    outage = false;
                    objectStoreFails();
                    // the sample after it shows what is still being stored
                    sampledBefore = sampled + 1;
                }
                sample(passed(begin));
                sampled++;
            }
        } finally {
            over = true;
            for (var worker : workers) {
                worker.join();
            }
        }
        var done = new TreeMap<String, Integer>();
        counts.forEach((what, count) -> done.put(what, count.get()));
        return new Result(
                grown(sampledBefore), failures.stream().limit(FAILURES_SHOWN).toList(), done);
    }

    private Thread worker(String what, Work work) {
        counts.put(what, new AtomicInteger());
        pause.register();
        return Thread.ofPlatform().name("soak " + what).start(() -> {
            try {
                while (!over) {
                    if (pausing) {
                        pause.arriveAndAwaitAdvance();
                        pause.arriveAndAwaitAdvance();
                    }
                    try {
                        work.run();
                        counts.get(what).incrementAndGet();
                    } catch (Exception | AssertionError e) {
                        failures.add(what + ": " + e);
                        out.println("failed: " + what + ": " + e);
                    }
                }
            } finally {
                pause.arriveAndDeregister();
            }
        });
    }

    // ---- what users do

    private void keys() throws Exception {
        try (var shell = Keys.open(control)) {
            var _ = shell.type(100);
        }
    }

    private void command() throws Exception {
        int status = new Random().nextInt(250);
        expect(control.ssh("alice", "bash", "echo to both >&2; exit " + status).now(), status);
        expect(control.ssh("alice+demo-host", "true").now(), 0);
    }

    private void down() throws Exception {
        var ran = control.ssh("alice", "bash", "head -c " + BULK + " /dev/zero").now();
        expect(ran, 0);
        if (ran.outBytes().length != BULK) {
            throw new IOException(ran.outBytes().length + " bytes came");
        }
    }

    private void up() throws Exception {
        var ran = control.ssh("alice", "bash", "wc -c").input(new byte[BULK]).now();
        expect(ran, 0);
        if (!ran.out().strip().equals(Integer.toString(BULK))) {
            throw new IOException("the target counted " + ran.out());
        }
    }

    private void forward() throws Exception {
        int local = FreePorts.next();
        var ssh = new ProcessBuilder(
                        "ssh",
                        "-F",
                        control.folder().resolve("ssh_config").toString(),
                        "-N",
                        "-L",
                        local + ":" + forwarded + ":1",
                        "alice")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            var bytes = new byte[1 << 20];
            new Random().nextBytes(bytes);
            try (var socket = connect(local)) {
                var writing = Thread.ofVirtual().start(() -> {
                    try {
                        socket.getOutputStream().write(bytes);
                        socket.shutdownOutput();
                    } catch (IOException e) {
                        // the comparison shows it
                    }
                });
                var back = socket.getInputStream().readAllBytes();
                writing.join();
                if (!Arrays.equals(bytes, back)) {
                    throw new IOException("not what was sent came back: " + back.length + " bytes");
                }
            }
        } finally {
            ssh.destroy();
            ssh.waitFor();
        }
    }

    private static Socket connect(int port) throws IOException, InterruptedException {
        for (int attempt = 0; ; attempt++) {
            try {
                return new Socket(InetAddress.getLoopbackAddress(), port);
            } catch (IOException notYet) {
                if (attempt == 300) {
                    throw notYet;
                }
                Thread.sleep(100);
            }
        }
    }

    private void refused() throws Exception {
        expect(control.ssh("bob", "bash", "true").now(), 253);
        var nobody = List.of(
                "ssh",
                "-F",
                "none",
                "-o",
                "BatchMode=yes",
                "-o",
                "StrictHostKeyChecking=no",
                "-o",
                "UserKnownHostsFile=/dev/null",
                "-p",
                Laptop.of(control).port(),
                "alice@127.0.0.1",
                "bash");
        expect(Run.of(nobody).now(), 255);
        TimeUnit.SECONDS.sleep(1);
    }

    private void kill() throws Exception {
        try (Client client = control.open("alice", "bash", "echo $SALLYPORT_SESSION_ID; exec sleep 300")) {
            client.awaitOut("\n");
            var session = client.out().strip();
            expect(control.sally("sessions", "kill", session).now(), 0);
            var ended = client.ended();
            expect(ended, 253);
            new Recorded(control, session).awaitState(OUTAGE.plus(QUIET), "complete");
        }
    }

    /// A second process of the same agent comes and goes.
    private void restartAgent() throws Exception {
        var state = Files.createTempDirectory("sallyport-soak-agent");
        var second = split.anotherAgent(state, "--drain", "20");
        try {
            TimeUnit.SECONDS.sleep(3);
        } finally {
            second.close();
            expect(Run.of(List.of("rm", "-rf", state.toString())).now(), 0);
        }
    }

    private void objectStoreFails() throws Exception {
        out.println("the object store fails for " + OUTAGE.toMinutes() + " minutes");
        try (var _ = ObjectStore.fails(control)) {
            TimeUnit.NANOSECONDS.sleep(OUTAGE.toNanos());
        }
        out.println("the object store works again");
    }

    private static void expect(Ran ran, int status) throws IOException {
        if (ran.status() != status) {
            throw new IOException("expected exit status " + status + ": " + ran);
        }
    }

    // ---- what the processes hold

    private void sample(Duration at) throws Exception {
        pausing = true;
        pause.arriveAndAwaitAdvance();
        try {
            var until = System.nanoTime() + QUIET.toNanos();
            while (!split.quiet()) {
                if (System.nanoTime() > until) {
                    failures.add("not quiet within " + QUIET + " after the load stopped: " + split.census());
                    break;
                }
                TimeUnit.MILLISECONDS.sleep(200);
            }
            var parts = Map.of("edge", split.edge(), "agent", split.agent(), "control", control);
            for (var part : new TreeMap<>(parts).entrySet()) {
                var sample = of(part.getValue());
                samples.computeIfAbsent(part.getKey(), name -> new ArrayList<>())
                        .add(sample);
                out.printf(
                        Locale.ROOT,
                        "| %.1f | %s | %.1f | %d | %d |%n",
                        at.toMillis() / 60_000.0,
                        part.getKey(),
                        sample.heap() / 1048576.0,
                        sample.descriptors(),
                        sample.threads());
            }
        } finally {
            pausing = false;
            pause.arriveAndAwaitAdvance();
        }
    }

    private static Sample of(Instance part) throws Exception {
        var process = Path.of("/proc/" + part.process().pid());
        long heap = FlightRecorder.liveBytes(part);
        long threads = Files.readAllLines(process.resolve("status")).stream()
                .filter(line -> line.startsWith("Threads:"))
                .mapToLong(line -> Long.parseLong(line.substring(8).strip()))
                .sum();
        try (var descriptors = Files.list(process.resolve("fd"))) {
            return new Sample(heap, descriptors.count(), threads);
        }
    }

    /// @param before samples that were taken before the object store failed; 0: it did not
    private List<String> grown(int before) {
        var grown = new ArrayList<String>();
        samples.forEach((part, all) -> {
            int warm = (int) (all.size() * WARM_UP);
            if (before > warm + JUDGED) {
                grown.addAll(grown(part, all.subList(warm, before - 1)));
            }
            grown.addAll(grown(part, all.subList(Math.max(warm, before), all.size())));
        });
        return grown;
    }

    private static List<String> grown(String part, List<Sample> judged) {
        var first = median(judged.subList(0, Math.min(JUDGED, judged.size())));
        var last = median(judged.subList(Math.max(0, judged.size() - JUDGED), judged.size()));
        if (last.heap() > first.heap() * HEAP_SHARE + HEAP_MORE
                || last.descriptors() > first.descriptors() + DESCRIPTORS_MORE
                || last.threads() > first.threads() + THREADS_MORE) {
            return List.of(part + " from " + first + " to " + last);
        }
        return List.of();
    }

    private static Sample median(List<Sample> samples) {
        return new Sample(
                samples.stream().mapToLong(Sample::heap).sorted().toArray()[samples.size() / 2],
                samples.stream().mapToLong(Sample::descriptors).sorted().toArray()[samples.size() / 2],
                samples.stream().mapToLong(Sample::threads).sorted().toArray()[samples.size() / 2]);
    }

    private static Duration passed(long since) {
        return Duration.ofNanos(System.nanoTime() - since);
    }
}
