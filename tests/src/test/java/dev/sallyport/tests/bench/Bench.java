package dev.sallyport.tests.bench;

import dev.sallyport.api.Connections.ConnectionWrite;
import dev.sallyport.api.Connections.Tcp;
import dev.sallyport.core.link.SessionLink;
import dev.sallyport.tests.bed.Instance;
import dev.sallyport.tests.bed.Split;
import dev.sallyport.tests.bed.Sshd;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// Prints how Sallyport compares with OpenSSH's sshd on this machine: both arms in turn, in one run, the same
/// client and cipher, and once more with the cipher that the client chooses; edge, agent and store in JVMs of
/// their own, TLS on, recording `full`. Then bulk with 40 ms each way between edge and agent, and the same work
/// through Sallyport alone, under the flight recorder: the store's calls, and where the processor time goes.
///
/// Arguments choose rows: `connect`, `mux`, `keys`, `bulk`, `forward`, `delay`, `account`; none means all.
public final class Bench {

    private static final String CIPHER = "aes128-gcm@openssh.com";
    private static final List<String> ROWS = List.of("connect", "mux", "keys", "bulk", "forward", "delay", "account");

    /// Those that are measured against sshd.
    private static final List<String> AGAINST = List.of("connect", "mux", "keys", "bulk", "forward");

    private static final String EDGE = "edge";
    private static final String STREAM = "stream";
    private static final int ROUNDS = 5;
    private static final int CONNECTIONS = 40;
    private static final int KEYS = 5_000;
    private static final long BULK = 256_000_000;

    /// What goes before that which counts: until then the compilers of three JVMs are at work on two processors, and
    /// what waits for them would be measured. An edge lives for months.
    private static final int WARM_UP_CONNECTIONS = 100;

    private static final int WARM_UP_KEYS = 50_000;
    private static final int WARM_UP_TRANSFERS = 16;

    private static final Duration DELAY = Duration.ofMillis(40);

    private final Arm sshd;
    private final Arm sallyport;
    private final Processors sshdProcessors;
    private final Processors edgeProcessors;

    private Bench(Sshd control, Split split, List<String> cipher) {
        var options = new ArrayList<>(List.of("-o", "LogLevel=ERROR"));
        options.addAll(cipher);
        var sshdOptions = new ArrayList<>(options);
        sshdOptions.addAll(control.options());
        var ourOptions = new ArrayList<>(options);
        ourOptions.addAll(
                List.of("-F", split.control().folder().resolve("ssh_config").toString(), "alice"));
        sshd = new Arm("sshd", sshdOptions, List.of());
        sallyport = new Arm("sallyport", ourOptions, List.of("bash"));
        sshdProcessors = Processors.withChildren(control.pid());
        edgeProcessors = Processors.of(split.edge().process().pid());
    }

    public static void main(String[] arguments) throws Exception {
        var rows = arguments.length == 0 ? ROWS : List.of(arguments);
        for (var row : rows) {
            if (!ROWS.contains(row)) {
                System.err.println("no row is called " + row + "; there are " + String.join(", ", ROWS));
                System.exit(2);
            }
        }
        try (var control = Sshd.start();
                var split = Split.start();
                var stream = new Stream()) {
            var pinned = new Bench(control, split, List.of("-c", CIPHER));
            if (rows.contains("mux") || rows.contains("forward")) {
                connectTo(split, stream);
            }
            System.out.println(
                    "java " + Runtime.version() + "; " + Runtime.getRuntime().availableProcessors() + " cores");
            pinned.against(CIPHER + " on both arms", stream, rows);
            if (rows.contains("account")) {
                pinned.account(split);
            }
            if (AGAINST.stream().anyMatch(rows::contains)) {
                new Bench(control, split, List.of()).against("the client's default cipher, on each arm", stream, rows);
            }
            if (rows.contains("delay")) {
                delay(control);
            }
        }
    }

    private void against(String cipher, Stream stream, List<String> rows) throws Exception {
        System.out.println();
        System.out.println("Cipher: " + cipher);
        System.out.println();
        System.out.println("| what | sshd | sallyport | ratio | spread of the ratio |");
        System.out.println("|---|---|---|---|---|");
        if (rows.contains("connect")) {
            connections();
        }
        if (rows.contains("keys")) {
            keys();
        }
        if (rows.contains("bulk")) {
            bulk("bulk down (exec)", arm -> arm.down(BULK));
            bulk("bulk up (exec)", arm -> arm.up(BULK));
        }
        if (rows.contains("mux") || rows.contains("forward")) {
            clients(stream, rows);
        }
    }

    private static void connectTo(Split split, Stream stream) throws Exception {
        split.control()
                .admin()
                .createConnection(new ConnectionWrite(
                        STREAM,
                        "local",
                        "tcp",
                        null,
                        null,
                        new Tcp("127.0.0.1", stream.port()),
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null));
    }

    /// What is measured over clients that stay connected.
    private void clients(Stream stream, List<String> rows) throws Exception {
        try (var there = sshd.new Client("127.0.0.1:" + stream.port());
                var here = sallyport.new Client(STREAM + ":1")) {
            if (rows.contains("mux")) {
                multiplexed(there, here);
            }
            if (rows.contains("forward")) {
                bulk("bulk down (-L)", arm -> Stream.down((arm.equals(sshd) ? there : here).port(), BULK));
                bulk("bulk up (-L)", arm -> Stream.up((arm.equals(sshd) ? there : here).port(), BULK));
            }
        }
    }

    private static void multiplexed(Arm.Client there, Arm.Client here) throws IOException, InterruptedException {
        var ours = new Samples();
        var theirs = new Samples();
        for (int i = 0; i < WARM_UP_CONNECTIONS + CONNECTIONS; i++) {
            double a = there.run();
            double b = here.run();
            if (i >= WARM_UP_CONNECTIONS) {
                theirs.add(a);
                ours.add(b);
            }
        }
        row(
                "`true` over ControlMaster, ms, p50",
                theirs.median(),
                ours.median(),
                "p99 " + number(theirs.quantile(0.99)) + " and " + number(ours.quantile(0.99)));
    }

    /// One stream at a time, with a network between edge and agent that takes its time.
    /// With parts of its own: what can delay costs time on every row.
    private static void delay(Sshd control) throws Exception {
        var down = new Samples();
        var up = new Samples();
        try (var split = Split.startApart()) {
            var arm = new Bench(control, split, List.of("-c", CIPHER)).sallyport;
            for (int i = 0; i < WARM_UP_TRANSFERS / 4; i++) {
                arm.down(BULK);
                arm.up(BULK);
            }
            split.network().delay(DELAY);
            split.network().cut();
            split.awaitWorking();
            for (int i = 0; i < ROUNDS; i++) {
                down.add(arm.down(BULK / 4));
                up.add(arm.up(BULK / 4));
            }
        }
        var most = SessionLink.WINDOW / 1e6 / (2 * DELAY.toMillis() / 1e3);
        System.out.println();
        System.out.println("With " + DELAY.toMillis() + " ms each way between edge and agent, one stream: down "
                + number(down.median()) + " MB/s, up " + number(up.median()) + " MB/s. A session's window of "
                + SessionLink.WINDOW / 1024 + " KiB, once a round trip, is " + number(most) + " MB/s.");
    }

    private void account(Split split) throws IOException, InterruptedException {
        var parts = new LinkedHashMap<String, Instance>();
        parts.put(EDGE, split.edge());
        parts.put("agent", split.agent());
        parts.put("store", split.control());
        var account = new Account(parts);

        account.during(() -> {
            for (int i = 0; i < CONNECTIONS; i++) {
                sallyport.connect();
            }
        });
        var admissions = account.admissions(EDGE);
        System.out.println("| store's time of a new connection (2 calls of its admission), ms, p50 | – | "
                + number(admissions.median()) + " | – | p99 " + number(admissions.quantile(0.99)) + ", "
                + admissions.count() + " admissions |");
        System.out.println();
        System.out.println(
                "The edge's calls of the store during " + CONNECTIONS + " connections, one after the other:");
        System.out.println();
        System.out.println("| call | a connection | ms, p50 |");
        System.out.println("|---|---|---|");
        for (var calls : account.calls(EDGE, CONNECTIONS / 2)) {
            System.out.println("| " + calls.what() + " | " + number((double) calls.count() / CONNECTIONS) + " | "
                    + number(calls.medianMillis()) + " |");
        }
        processors("a connection, ms", account, CONNECTIONS);

        try (var shell = sallyport.new Shell()) {
            account.during(() -> {
                for (int i = 0; i < KEYS; i++) {
                    shell.key();
                    if (i % 50 == 49) {
                        shell.newLine();
                    }
                }
            });
        }
        processors("a key, ms", account, KEYS);

        account.during(() -> sallyport.down(BULK));
        processors("a GB down, ms", account, BULK / 1e9);
        account.during(() -> sallyport.up(BULK));
        processors("a GB up, ms", account, BULK / 1e9);
    }

    private static void processors(String per, Account account, double times) throws IOException {
        System.out.println();
        System.out.println("| processor time of | " + per + " | where |");
        System.out.println("|---|---|---|");
        for (var part : account.processors()) {
            var kinds = part.kinds().entrySet().stream()
                    .map(kind -> kind.getKey() + " "
                            + Math.round(100.0
                                    * kind.getValue().toNanos()
                                    / part.all().toNanos()) + " %")
                    .collect(Collectors.joining(", "));
            System.out.println(
                    "| " + part.part() + " | " + number(part.all().toNanos() / 1e6 / times) + " | " + kinds + " |");
        }
    }

    private void connections() throws IOException, InterruptedException {
        var ours = new Samples();
        var theirs = new Samples();
        for (int i = 0; i < WARM_UP_CONNECTIONS; i++) {
            sallyport.connect();
        }
        sshd.connect();
        for (int i = 0; i < CONNECTIONS; i++) {
            theirs.add(sshd.connect());
            ours.add(sallyport.connect());
        }
        row(
                "new connection + `true`, ms, p50",
                theirs.median(),
                ours.median(),
                "p99 " + number(theirs.quantile(0.99)) + " and " + number(ours.quantile(0.99)));
    }

    private void keys() throws IOException {
        var ours = new Samples();
        var theirs = new Samples();
        try (var there = sshd.new Shell();
                var here = sallyport.new Shell()) {
            for (int i = 0; i < WARM_UP_KEYS; i++) {
                there.key();
                here.key();
                if (i % 50 == 49) {
                    there.newLine();
                    here.newLine();
                }
            }
            for (int i = 0; i < KEYS; i++) {
                theirs.add(there.key());
                ours.add(here.key());
                if (i % 50 == 49) {
                    there.newLine();
                    here.newLine();
                }
            }
        }
        row("key echo, ms, p50", theirs.median(), ours.median(), KEYS + " keys after " + WARM_UP_KEYS);
        row("key echo, ms, p99", theirs.quantile(0.99), ours.quantile(0.99), KEYS + " keys after " + WARM_UP_KEYS);
    }

    private interface Transfer {
        double of(Arm arm) throws IOException, InterruptedException;
    }

    private void bulk(String name, Transfer transfer) throws IOException, InterruptedException {
        var ours = new Samples();
        var theirs = new Samples();
        var ratios = new Samples();
        var ourTime = new Samples();
        var theirTime = new Samples();
        for (int i = 0; i < WARM_UP_TRANSFERS; i++) {
            transfer.of(sallyport);
        }
        transfer.of(sshd);
        for (int i = 0; i < ROUNDS; i++) {
            double before = sshdProcessors.seconds();
            double a = transfer.of(sshd);
            theirTime.add((sshdProcessors.seconds() - before) / (BULK / 1e9));
            before = edgeProcessors.seconds();
            double b = transfer.of(sallyport);
            ourTime.add((edgeProcessors.seconds() - before) / (BULK / 1e9));
            theirs.add(a);
            ours.add(b);
            ratios.add(b / a);
        }
        row(
                name + ", MB/s",
                theirs.median(),
                ours.median(),
                number(ratios.quantile(0)) + " to " + number(ratios.quantile(1)));
        row(
                name + ", processor s a GB, sshd and edge",
                theirTime.median(),
                ourTime.median(),
                number(ourTime.quantile(0)) + " to " + number(ourTime.quantile(1)));
    }

    private static void row(String name, double theirs, double ours, String spread) {
        System.out.println("| " + name + " | " + number(theirs) + " | " + number(ours) + " | " + number(ours / theirs)
                + " | " + spread + " |");
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value >= 100 ? "%.0f" : "%.2f", value);
    }
}
