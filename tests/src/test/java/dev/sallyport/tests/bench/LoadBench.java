package dev.sallyport.tests.bench;

import dev.sallyport.api.Users.UserWrite;
import dev.sallyport.tests.bed.FlightRecorder;
import dev.sallyport.tests.bed.Instance;
import dev.sallyport.tests.bed.Keys;
import dev.sallyport.tests.bed.NewConnections;
import dev.sallyport.tests.bed.Split;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/// Rows of `make bench` that need many sessions at once, each by its name (`make bench ROWS="revoke idle"`):
///
/// | row | what |
/// |---|---|
/// | `sessions` | sessions started a second, sustained, and what each asks of the store |
/// | `logins` | a key's echo while 200 log in and the store is slow by 2 s |
/// | `revoke` | from a decision to the last byte, with 1,000 live sessions |
/// | `idle` | 1,000 sessions that do nothing, for ten minutes: heap, descriptors, whether one is dropped |
/// | `idle10000` | the same with 10,000, and four agents, because one takes 4,096 calls a connection |
/// | `floods` | 10,000 connections that begin and never finish, at each door, and what logins take meanwhile |
///
/// Clients are in a JVM of their own ([Load]); so are edge, agent and store.
public final class LoadBench {

    static final Set<String> ROWS =
            new LinkedHashSet<>(List.of("sessions", "logins", "revoke", "idle", "idle10000", "floods"));

    private static final int MANY = 1_000;
    private static final int VERY_MANY = 10_000;
    private static final int WARM_UP = 50;
    private static final int SECONDS = 30;
    private static final int AT_ONCE = 8;
    private static final Duration IDLE =
            Duration.ofMinutes(Long.parseLong(System.getenv().getOrDefault("IDLE_MINUTES", "10")));
    private static final Duration BETWEEN_BYTES = Duration.ofSeconds(1);
    private static final Duration ENDING = Duration.ofMinutes(3);
    private static final Pattern TRANSACTION = Pattern.compile("write a transaction of (\\d+) items");

    private LoadBench() {}

    public static void main(String[] rows) throws Exception {
        System.out.println("java " + Runtime.version() + "; "
                + Runtime.getRuntime().availableProcessors() + " cores; load "
                + Files.readString(Path.of("/proc/loadavg")).strip());
        for (var row : rows) {
            System.out.println();
            switch (row) {
                case "sessions" -> sessions();
                case "logins" -> logins();
                case "revoke" -> revoke();
                case "idle" -> idle(MANY, 0);
                case "idle10000" -> idle(VERY_MANY, 3);
                case "floods" -> floods();
                default -> throw new IllegalArgumentException("rows are " + ROWS + ", not " + row);
            }
        }
    }

    private static Split start() throws Exception {
        var split = new Split.Setup()
                .limit("sessions_per_user = 10000")
                .limit("connections_per_user = 20000")
                .environment(Map.of("SALLYPORT_HEAP", "2g"), Map.of("SALLYPORT_HEAP", "2g"))
                .start();
        split.awaitWorking();
        return split;
    }

    // ---- sessions a second

    private static void sessions() throws Exception {
        try (var split = start();
                var load = new Clients(split)) {
            load.say("rate 10 " + AT_ONCE + " bash true");
            System.out.println("| sessions started, " + AT_ONCE + " at a time, " + SECONDS
                    + " s | a second | failed | calls of the store a session | write units a session |");
            System.out.println("|---|---|---|---|---|");
            for (var kind : List.of("rate", "channels")) {
                var recorder = FlightRecorder.start(split.edge(), "sallyport.StoreCall");
                var answer = load.say(kind + " " + SECONDS + " " + AT_ONCE + " bash true")
                        .split(" ", -1);
                while (!split.quiet()) {
                    TimeUnit.MILLISECONDS.sleep(200);
                }
                double done = Double.parseDouble(answer[0]);
                var calls = new TreeMap<String, Integer>();
                long units = 0;
                for (var event : recorder.stop()) {
                    var what = event.getString("what");
                    var items = TRANSACTION.matcher(what);
                    if (items.matches()) {
                        units += 2 * Long.parseLong(items.group(1));
                        calls.merge(what, 1, Integer::sum);
                    } else if (what.equals("read a batch")
                            || what.equals("read RECORDING")
                            || what.equals("read SESSION")) {
                        calls.merge(what, 1, Integer::sum);
                    }
                }
                System.out.printf(
                        Locale.ROOT,
                        "| %s | %.1f | %s | %s | %.0f |%n",
                        kind.equals("rate") ? "each on a connection of its own" : "over one connection",
                        done / Double.parseDouble(answer[2]),
                        answer[1],
                        perSession(calls, done),
                        units / done);
            }
        }
    }

    private static String perSession(Map<String, Integer> calls, double sessions) {
        var text = new ArrayList<String>();
        calls.forEach((what, count) -> text.add(String.format(Locale.ROOT, "%s %.2f", what, count / sessions)));
        return String.join(", ", text);
    }

    // ---- logins while the store is slow

    private record While(String answer, Keys.Echoes echoes) {}

    /// Types as long as the clients are at it.
    private static While echoes(Keys shell, Clients load, String command) throws Exception {
        var answer = new CompletableFuture<String>();
        Thread.ofVirtual().start(() -> {
            try {
                answer.complete(load.say(command));
            } catch (IOException e) {
                answer.completeExceptionally(e);
            }
        });
        var echoes = shell.typeWhile(() -> !answer.isDone());
        return new While(answer.get(), echoes);
    }

    private static void logins() throws Exception {
        int logins = 200;
        try (var split = new Split.Setup()
                .store()
                .limit("sessions_per_user = 10000")
                .limit("connections_per_user = 20000")
                .limit("unauthenticated_per_address = 1000")
                .start()) {
            split.awaitWorking();
            // clients at the lowest priority: they stand for machines of their own
            try (var shell = Keys.open(split.control());
                    var load = new Clients(split, "nice", "-n", "19")) {
                var _ = load.say("logins " + 2 * logins + " bash true");
                var _ = shell.type(50_000);
                var quiet = shell.type(5_000);
                split.store().slow(Duration.ofSeconds(2));
                var handshakes = echoes(shell, load, "logins " + logins + " bash true");
                // over one connection there are no handshakes: all of them wait for the store, and nothing else
                var channels = echoes(shell, load, "channels 10 " + logins + " bash true");
                System.out.println("| a key's echo, ms | quiet | 200 log in, the store is slow by 2 s "
                        + "| 200 channels of one connection, the store is slow by 2 s |");
                System.out.println("|---|---|---|---|");
                System.out.println(
                        "| p50, p99 | " + quiet + " | " + handshakes.echoes() + " | " + channels.echoes() + " |");
                System.out.println(handshakes.answer() + " of " + logins + " began");
                split.store().slow(Duration.ZERO);
            }
        }
    }

    // ---- from a decision to the last byte

    private static void revoke() throws Exception {
        try (var split = start();
                var service = new Service();
                var load = new Clients(split)) {
            var connection = NewConnections.tcp(split.control(), service.port());
            System.out.println("opened: " + load.say("open " + MANY + " " + connection));
            service.ticks = true;
            TimeUnit.SECONDS.sleep(10);
            long live = Long.parseLong(load.say("alive"));
            long decided = System.nanoTime();
            try (var admin = split.control().admin()) {
                admin.updateUser(
                        "alice@example.com", new UserWrite("alice@example.com", null, "Alice", List.of(), null));
            }
            long answered = System.nanoTime();
            var until = System.nanoTime() + ENDING.toNanos();
            String[] ended;
            do {
                TimeUnit.MILLISECONDS.sleep(500);
                ended = load.say("ended").split(" ", -1);
            } while (ended.length < live && System.nanoTime() < until);
            var lastBytes = new Samples();
            var ends = new Samples();
            for (var one : ended) {
                var times = one.split(",", -1);
                lastBytes.add((Long.parseLong(times[0]) - decided) / 1e6);
                ends.add((Long.parseLong(times[1]) - decided) / 1e6);
            }
            System.out.println("| revoke, " + live + " live sessions, a byte a second each, ms | p50 | p99 | most |");
            System.out.println("|---|---|---|---|");
            print("request to last byte", lastBytes);
            print("request to the channel's end", ends);
            System.out.printf(Locale.ROOT, "the API answered after %.0f ms%n", (answered - decided) / 1e6);
            if (ended.length < live) {
                System.out.println((live - ended.length) + " did not end within " + ENDING);
            }
        }
    }

    private static void print(String what, Samples samples) {
        System.out.printf(
                Locale.ROOT,
                "| %s | %.0f | %.0f | %.0f |%n",
                what,
                samples.median(),
                samples.quantile(0.99),
                samples.quantile(1));
    }

    // ---- crowds

    private static void floods() throws Exception {
        try (var split = start()) {
            Floods.run(split);
        }
    }

    // ---- idle sessions

    private static void idle(int count, int moreAgents) throws Exception {
        var agents = new ArrayList<Instance>();
        try (var split = start();
                var service = new Service();
                var load = new Clients(split)) {
            for (int i = 0; i < moreAgents; i++) {
                agents.add(split.anotherAgent(Files.createTempDirectory("sallyport-bench-agent")));
            }
            System.out.println("descriptors that each process may open: edge " + mayOpen(split.edge()) + ", agent "
                    + mayOpen(split.agent()) + "; each session needs one of each, and as many of this process's");
            var connection = NewConnections.tcp(split.control(), service.port());
            load.say("open " + WARM_UP + " " + connection);
            load.say("close");
            while (!split.quiet()) {
                TimeUnit.MILLISECONDS.sleep(200);
            }
            long heap = FlightRecorder.liveBytes(split.edge());
            long files = files(split.edge());
            var opened = load.say("open " + count + " " + connection).split(" ", 3);
            long begin = System.nanoTime();
            int open = Integer.parseInt(opened[0]);
            System.out.println(
                    open + " opened in " + Long.parseLong(opened[1]) / 1_000 + " s, not opened: " + opened[2]);
            TimeUnit.SECONDS.sleep(5);
            long heapEach = (FlightRecorder.liveBytes(split.edge()) - heap) / Math.max(1, open);
            System.out.println("| idle sessions | edge heap each, KiB | edge heap in all, MiB | edge resident, MiB "
                    + "| agent resident, MiB | files of the edge more than before | alive after " + IDLE.toMinutes()
                    + " min |");
            System.out.println("|---|---|---|---|---|---|---|");
            while (System.nanoTime() - begin < IDLE.toNanos()) {
                TimeUnit.SECONDS.sleep(1);
            }
            System.out.printf(
                    Locale.ROOT,
                    "| %d | %.1f | %.0f | %d | %d | %d | %s |%n",
                    open,
                    heapEach / 1024.0,
                    FlightRecorder.liveBytes(split.edge()) / 1048576.0,
                    resident(split.edge()),
                    resident(split.agent()),
                    files(split.edge()) - files,
                    load.say("alive"));
            load.say("close");
            while (!split.quiet()) {
                TimeUnit.MILLISECONDS.sleep(200);
            }
        } finally {
            agents.forEach(Instance::close);
        }
    }

    private static String mayOpen(Instance part) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + part.process().pid() + "/limits")).stream()
                .filter(line -> line.startsWith("Max open files"))
                .map(line -> line.strip().split("\\s+", -1)[3])
                .findFirst()
                .orElse("unknown");
    }

    private static long resident(Instance part) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + part.process().pid() + "/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
                .sum();
    }

    /// Descriptors of ordinary files.
    private static long files(Instance part) throws IOException {
        long files = 0;
        try (var descriptors =
                Files.newDirectoryStream(Path.of("/proc/" + part.process().pid() + "/fd"))) {
            for (var descriptor : descriptors) {
                if (Files.isRegularFile(descriptor)) {
                    files++;
                }
            }
        }
        return files;
    }

    /// A service that says nothing, or a byte a second to each who is connected.
    private static final class Service implements AutoCloseable {

        private final ServerSocket server = new ServerSocket(0, 1_000, InetAddress.getLoopbackAddress());
        private final Queue<Socket> clients = new ConcurrentLinkedQueue<>();
        private volatile boolean ticks;

        Service() throws IOException {
            Thread.ofVirtual().start(this::accept);
            Thread.ofPlatform().daemon().start(this::tick);
        }

        int port() {
            return server.getLocalPort();
        }

        private void accept() {
            try {
                while (true) {
                    clients.add(server.accept());
                }
            } catch (IOException closed) {
                // the row is over
            }
        }

        private void tick() {
            try {
                while (!server.isClosed()) {
                    for (var client : clients) {
                        if (ticks) {
                            write(client);
                        }
                        // as many as there are by now
                        TimeUnit.NANOSECONDS.sleep(BETWEEN_BYTES.toNanos() / Math.max(1, clients.size()));
                    }
                    TimeUnit.MILLISECONDS.sleep(1);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private void write(Socket client) {
            try {
                client.getOutputStream().write('.');
            } catch (IOException gone) {
                clients.remove(client);
            }
        }

        @Override
        public void close() throws IOException {
            server.close();
            for (var client : clients) {
                client.close();
            }
        }
    }

    /// The clients' JVM.
    private static final class Clients implements AutoCloseable {

        private final Process process;
        private final PrintStream to;
        private final BufferedReader from;

        /// @param before what runs the clients, if anything does
        Clients(Split split, String... before) throws IOException {
            var command = new ArrayList<>(List.of(before));
            command.addAll(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:+UseSerialGC",
                    "-Xmx4g",
                    "-cp",
                    System.getProperty("java.class.path"),
                    Load.class.getName(),
                    split.control().folder().toString(),
                    dev.sallyport.tests.bed.Laptop.of(split.control()).port()));
            process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            to = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
            from = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        }

        synchronized String say(String command) throws IOException {
            to.println(command);
            var answer = from.readLine();
            if (answer == null) {
                throw new IOException("the clients ended at: " + command);
            }
            return answer;
        }

        @Override
        public void close() {
            process.destroy();
        }
    }
}
