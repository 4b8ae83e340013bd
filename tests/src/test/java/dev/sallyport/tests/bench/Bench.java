package dev.sallyport.tests.bench;

import dev.sallyport.tests.bed.Instance;
import dev.sallyport.tests.bed.Split;
import dev.sallyport.tests.bed.Sshd;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// Prints how Sallyport compares with OpenSSH's sshd on this machine: both arms in turn, in one run, the same
/// client and cipher; edge, agent and store in JVMs of their own, TLS on, recording `full`. Then the same work
/// once more through Sallyport alone, under the flight recorder: the store's calls, and where the processor
/// time goes.
public final class Bench {

    private static final String CIPHER = "aes128-gcm@openssh.com";
    private static final String EDGE = "edge";
    private static final int ROUNDS = 5;
    private static final int CONNECTIONS = 40;
    private static final int KEYS = 1_000;
    private static final long BULK = 256_000_000;

    private final Arm sshd;
    private final Arm sallyport;

    private Bench(Arm sshd, Arm sallyport) {
        this.sshd = sshd;
        this.sallyport = sallyport;
    }

    public static void main(String[] arguments) throws Exception {
        try (var control = Sshd.start();
                var split = Split.start()) {
            var cipher = List.of("-o", "LogLevel=ERROR", "-c", CIPHER);
            var sshdOptions = new ArrayList<>(cipher);
            sshdOptions.addAll(control.options());
            var ourOptions = new ArrayList<>(cipher);
            ourOptions.addAll(
                    List.of("-F", split.control().folder().resolve("ssh_config").toString(), "alice"));
            var bench = new Bench(
                    new Arm("sshd", sshdOptions, List.of()), new Arm("sallyport", ourOptions, List.of("bash")));
            System.out.println("cipher " + CIPHER + " on both arms; java " + Runtime.version() + "; "
                    + Runtime.getRuntime().availableProcessors() + " cores");
            System.out.println();
            System.out.println("| what | sshd | sallyport | ratio | spread of the ratio |");
            System.out.println("|---|---|---|---|---|");
            bench.connections();
            bench.keys();
            bench.bulk("bulk down, MB/s (exec)", arm -> arm.down(BULK));
            bench.bulk("bulk up, MB/s (exec)", arm -> arm.up(BULK));
            bench.account(split);
        }
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
        for (int i = 0; i < 10; i++) {
            sallyport.connect();
            sshd.connect();
        }
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
            for (int i = 0; i < KEYS; i++) {
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
        row("key echo, ms, p50", theirs.median(), ours.median(), KEYS + " keys");
        row("key echo, ms, p99", theirs.quantile(0.99), ours.quantile(0.99), KEYS + " keys");
    }

    private interface Transfer {
        double of(Arm arm) throws IOException, InterruptedException;
    }

    private void bulk(String name, Transfer transfer) throws IOException, InterruptedException {
        var ours = new Samples();
        var theirs = new Samples();
        var ratios = new Samples();
        transfer.of(sallyport);
        transfer.of(sshd);
        transfer.of(sallyport);
        for (int i = 0; i < ROUNDS; i++) {
            double a = transfer.of(sshd);
            double b = transfer.of(sallyport);
            theirs.add(a);
            ours.add(b);
            ratios.add(b / a);
        }
        row(name, theirs.median(), ours.median(), number(ratios.quantile(0)) + " to " + number(ratios.quantile(1)));
    }

    private static void row(String name, double theirs, double ours, String spread) {
        System.out.println("| " + name + " | " + number(theirs) + " | " + number(ours) + " | " + number(ours / theirs)
                + " | " + spread + " |");
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value >= 100 ? "%.0f" : "%.2f", value);
    }
}
