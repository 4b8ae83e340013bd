package dev.sallyport.tests.bench;

import dev.sallyport.api.Connections.Database;
import dev.sallyport.tests.bed.Instance;
import dev.sallyport.tests.bed.NewConnections;
import dev.sallyport.tests.bed.Postgres;
import dev.sallyport.tests.bed.Split;
import dev.sallyport.tests.bed.Sshd;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Prints how fast PostgreSQL's own clients are through Sallyport, beside the server itself, pgbouncer, and `ssh -L`
/// through OpenSSH's sshd: all arms in turn, round by round, in one run. Edge, agent and store are JVMs of their own,
/// every way to the server is TLS, the SSH cipher is the same, sessions are recorded by `statements`.
///
/// Arguments choose rows: `select`, `tpcb`, `copy`, `statements` (what time a statement takes, by the flight
/// recorder); none means all.
public final class DatabaseBench {

    static final String CIPHER = "aes128-gcm@openssh.com";
    private static final List<String> ROWS = List.of("select", "tpcb", "copy", "statements");
    private static final String SSHD = "sshd -L";
    private static final String PGBOUNCER = "pgbouncer";
    private static final String OFF = "off";
    private static final String ON = "on";

    private static final int ROUNDS = 3;
    private static final int SECONDS = 5;
    private static final int WARM_UP_SECONDS = 60;
    private static final int SCALE = 10;
    private static final int COPIED_ROWS = 1_000_000;

    private final List<DatabaseArm> arms;

    /// The processes that an arm puts between client and server, but for the user's ssh.
    private final Map<String, List<Processors>> between;

    private DatabaseBench(List<DatabaseArm> arms, Map<String, List<Processors>> between) {
        this.arms = List.copyOf(arms);
        this.between = Map.copyOf(between);
    }

    public static void main(String[] arguments) throws Exception {
        var rows = arguments.length == 0 ? ROWS : List.of(arguments);
        for (var row : rows) {
            if (!ROWS.contains(row)) {
                System.err.println("no row is called " + row + "; there are " + String.join(", ", ROWS));
                System.exit(2);
            }
        }
        var server = Postgres.shared();
        try (var control = Sshd.start();
                var split = Split.start();
                var pgbouncer = PgBouncer.start(server)) {
            var plain = connect(split, server, List.of(), "none");
            var guarded = connect(split, server, List.of("safe-writes", "postgres-dangerous"), null);
            try (var there = over("sshd", control.options(), "127.0.0.1:" + server.port());
                    var off = over("sallyport", ours(split), plain + ":5432");
                    var on = over("sallyport", ours(split), guarded + ":5432")) {
                var ours = List.of(
                        Processors.of(split.edge().process().pid()),
                        Processors.of(split.agent().process().pid()));
                var bench = new DatabaseBench(
                        List.of(
                                new DatabaseArm("direct", server.port(), true),
                                new DatabaseArm(PGBOUNCER, pgbouncer.port(), false),
                                new DatabaseArm(SSHD, there.port(), true),
                                new DatabaseArm(OFF, off.port(), false),
                                new DatabaseArm(ON, on.port(), false)),
                        Map.of(
                                PGBOUNCER,
                                List.of(Processors.of(pgbouncer.pid())),
                                SSHD,
                                List.of(Processors.withChildren(control.pid())),
                                OFF,
                                ours,
                                ON,
                                ours));
                System.out.println("java " + Runtime.version() + "; "
                        + Runtime.getRuntime().availableProcessors() + " cores; " + CIPHER + "; TLS to the server");
                bench.prepare();
                bench.measure(rows, split);
            }
        }
        System.exit(0);
    }

    static List<String> ours(Split split) {
        return List.of("-F", split.control().folder().resolve("ssh_config").toString(), "alice");
    }

    static Arm.Client over(String name, List<String> options, String destination)
            throws IOException, InterruptedException {
        var all = new ArrayList<>(List.of("-o", "LogLevel=ERROR", "-c", CIPHER));
        all.addAll(options);
        return new Arm(name, all, List.of()).new Client(destination);
    }

    private static String connect(Split split, Postgres server, List<String> guardrails, @Nullable String masking)
            throws Exception {
        return NewConnections.postgres(
                split.control(),
                new Database(
                        "127.0.0.1",
                        server.port(),
                        Postgres.USER,
                        "seal:" + Postgres.PASSWORD,
                        Postgres.DATABASE,
                        null,
                        "verify-full",
                        server.ca(),
                        null,
                        null,
                        masking,
                        null,
                        guardrails,
                        null));
    }

    private void prepare() throws IOException, InterruptedException, SQLException {
        arm("direct").initialise(SCALE);
        for (int share : List.of(0, 5, 50)) {
            // so many of a hundred cells hold an address of e-mail, the others words and a number
            Postgres.shared()
                    .as(
                            Postgres.DATABASE,
                            "create table cells_" + share + " as select i as id, "
                                    + cell(share, 1) + ", " + cell(share, 2) + ", " + cell(share, 3) + ", "
                                    + cell(share, 4)
                                    + " from generate_series(1, " + COPIED_ROWS + ") i",
                            "grant select on cells_" + share + " to " + Postgres.USER);
        }
        for (var name : List.of(OFF, ON)) {
            for (var mode : List.of("simple", "prepared")) {
                arm(name).pgbench(8, WARM_UP_SECONDS / 2, List.of("-S", "-M", mode));
            }
            arm(name).pgbench(8, WARM_UP_SECONDS / 2, List.of("-M", "simple"));
        }
    }

    private static String cell(int share, int number) {
        return "case when (i * 7 + " + number + " * 31) % 100 < " + share + " then 'jane.roe' || i || '@example.org'"
                + " else 'parcel ' || i || ' to the north' end as c" + number;
    }

    private DatabaseArm arm(String name) {
        return arms.stream().filter(arm -> arm.name().equals(name)).findFirst().orElseThrow();
    }

    private void measure(List<String> rows, Split split) throws IOException, InterruptedException {
        System.out.println();
        System.out.println("| what | " + arms.stream().map(DatabaseArm::name).collect(Collectors.joining(" | "))
                + " | off / sshd -L | on / sshd -L | spread of the last |");
        System.out.println("|---|" + "---|".repeat(arms.size() + 3));
        if (rows.contains("select")) {
            for (int clients : List.of(1, 8, 32)) {
                transactions("pgbench -S", clients, List.of("-S", "-M", "simple"));
            }
            transactions("pgbench -S -M extended", 8, List.of("-S", "-M", "extended"));
            transactions("pgbench -S -M prepared", 8, List.of("-S", "-M", "prepared"));
        }
        if (rows.contains("tpcb")) {
            for (int clients : List.of(1, 8, 32)) {
                transactions("pgbench (TPC-B)", clients, List.of("-M", "simple"));
            }
        }
        if (rows.contains("copy")) {
            for (int share : List.of(0, 5, 50)) {
                copies("copy out, " + share + " % of cells sensitive", "cells_" + share);
            }
        }
        if (rows.contains("statements")) {
            account(split);
        }
    }

    private void transactions(String what, int clients, List<String> options) throws IOException, InterruptedException {
        var rates = samples();
        var medians = samples();
        var processors = samples();
        var ratios = new Samples();
        for (int i = 0; i < ROUNDS; i++) {
            var round = new LinkedHashMap<String, Double>();
            for (var arm : arms) {
                double before = seconds(arm);
                var work = arm.pgbench(clients, SECONDS, options);
                of(processors, arm.name()).add((seconds(arm) - before) * 1e3 / work.count());
                of(rates, arm.name()).add(work.rate());
                of(medians, arm.name()).add(work.median());
                round.put(arm.name(), work.rate());
            }
            ratios.add(of(round, ON) / of(round, SSHD));
        }
        row(what + ", " + clients + " clients, a second", rates, ratios);
        row("the same, ms, p50", medians, null);
        row("processor ms of what is between", processors, null);
    }

    private double seconds(DatabaseArm arm) throws IOException {
        double seconds = 0;
        for (var process : between.getOrDefault(arm.name(), List.of())) {
            seconds += process.seconds();
        }
        return seconds;
    }

    private void copies(String what, String table) throws IOException, InterruptedException {
        var rates = samples();
        var ratios = new Samples();
        for (int i = 0; i < ROUNDS; i++) {
            var round = new LinkedHashMap<String, Double>();
            for (var arm : arms) {
                double rate = arm.copy(table);
                of(rates, arm.name()).add(rate);
                round.put(arm.name(), rate);
            }
            ratios.add(of(round, ON) / of(round, SSHD));
        }
        row(what + ", MB/s", rates, ratios);
    }

    private static <T> T of(Map<String, T> values, String arm) {
        return Objects.requireNonNull(values.get(arm), arm);
    }

    private Map<String, Samples> samples() {
        var samples = new LinkedHashMap<String, Samples>();
        arms.forEach(arm -> samples.put(arm.name(), new Samples()));
        return samples;
    }

    private static void row(String what, Map<String, Samples> values, @Nullable Samples ratios) {
        var cells = values.values().stream().map(each -> number(each.median())).collect(Collectors.joining(" | "));
        double there = of(values, SSHD).median();
        System.out.println("| " + what + " | " + cells + " | "
                + number(of(values, OFF).median() / there) + " | "
                + number(of(values, ON).median() / there) + " | "
                + (ratios == null ? "" : number(ratios.quantile(0)) + " to " + number(ratios.quantile(1))) + " |");
    }

    /// Where the processor time of a statement goes.
    private void account(Split split) throws IOException, InterruptedException {
        var parts = new LinkedHashMap<String, Instance>();
        parts.put("edge", split.edge());
        parts.put("agent", split.agent());
        var account = new Account(parts);
        for (var name : List.of(OFF, ON)) {
            var rate = new double[1];
            account.during(() -> rate[0] = arm(name)
                    .pgbench(8, 2 * SECONDS, List.of("-S", "-M", "simple"))
                    .rate());
            System.out.println();
            System.out.println("| processor time of | a statement (" + name + "), ms | where |");
            System.out.println("|---|---|---|");
            for (var part : account.processors()) {
                var kinds = part.kinds().entrySet().stream()
                        .map(kind -> kind.getKey() + " "
                                + Math.round(100.0
                                        * kind.getValue().toNanos()
                                        / part.all().toNanos()) + " %")
                        .collect(Collectors.joining(", "));
                System.out.println("| " + part.part() + " | "
                        + number(part.all().toNanos() / 1e6 / (rate[0] * 2 * SECONDS)) + " | " + kinds + " |");
            }
        }
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value >= 100 ? "%.0f" : "%.3f", value);
    }
}
