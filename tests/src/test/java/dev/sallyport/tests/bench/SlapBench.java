package dev.sallyport.tests.bench;

import dev.sallyport.api.Connections.Database;
import dev.sallyport.tests.bed.Mysql;
import dev.sallyport.tests.bed.NewConnections;
import dev.sallyport.tests.bed.Split;
import dev.sallyport.tests.bed.Sshd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Prints how fast `mysqlslap` is against MariaDB through Sallyport, beside the server itself and `ssh -L` through
/// OpenSSH's sshd: all arms in turn, round by round, in one run, under the conditions of [DatabaseBench].
///
/// `QUERIES` in the environment is how many statements a run has. The time of a run is `mysqlslap`'s own, in which its
/// clients connect: with few statements that is what is measured.
public final class SlapBench {

    private static final String SSHD = "sshd -L";
    private static final String OFF = "off";
    private static final String ON = "on";

    private static final int ROUNDS = 3;
    private static final int QUERIES = 20_000;
    private static final int FEWEST_QUERIES = 100;
    private static final int PEOPLE = 10_000;
    private static final int TEXTS = 1_000;

    private final List<SlapArm> arms;
    private final int queries;

    private SlapBench(List<SlapArm> arms, int queries) {
        this.arms = List.copyOf(arms);
        this.queries = queries;
    }

    public static void main(String[] arguments) throws Exception {
        int queries = Optional.ofNullable(System.getenv("QUERIES"))
                .map(Integer::parseInt)
                .orElse(QUERIES);
        if (queries < FEWEST_QUERIES) {
            System.err.println("QUERIES is " + FEWEST_QUERIES + " or more");
            System.exit(2);
        }
        var server = Mysql.shared();
        server.as(
                "create table people (id int primary key, city varchar(40), email varchar(60), parcels int)",
                "insert into people select seq, concat('city ', seq % 100), concat('jane.roe', seq, '@example.org'), 0"
                        + " from seq_1_to_" + PEOPLE);
        try (var control = Sshd.start();
                var split = Split.start()) {
            var plain = connect(split, server, List.of(), "none");
            var guarded = connect(split, server, List.of("safe-writes", "mysql-dangerous"), null);
            try (var there = DatabaseBench.over("sshd", control.options(), "127.0.0.1:" + server.port());
                    var off = DatabaseBench.over("sallyport", DatabaseBench.ours(split), plain + ":3306");
                    var on = DatabaseBench.over("sallyport", DatabaseBench.ours(split), guarded + ":3306")) {
                var bench = new SlapBench(
                        List.of(
                                new SlapArm("direct", server.port(), true),
                                new SlapArm(SSHD, there.port(), true),
                                new SlapArm(OFF, off.port(), false),
                                new SlapArm(ON, on.port(), false)),
                        queries);
                System.out.println("java " + Runtime.version() + "; "
                        + Runtime.getRuntime().availableProcessors() + " cores; " + DatabaseBench.CIPHER
                        + "; TLS to the server; " + queries + " statements a run");
                bench.measure();
            }
        }
        System.exit(0);
    }

    private static String connect(Split split, Mysql server, List<String> guardrails, @Nullable String masking)
            throws Exception {
        return NewConnections.mysql(
                split.control(),
                new Database(
                        "127.0.0.1",
                        server.port(),
                        Mysql.USER,
                        "seal:" + Mysql.PASSWORD,
                        Mysql.DATABASE,
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

    private static Path statements(String text) throws IOException {
        var file = Files.createTempFile("sallyport-slap", ".sql");
        file.toFile().deleteOnExit();
        return Files.writeString(
                file,
                IntStream.range(0, TEXTS)
                        .mapToObj(i -> text.formatted(1 + i * 7_919 % PEOPLE))
                        .collect(Collectors.joining(";\n")));
    }

    private void measure() throws IOException, InterruptedException {
        var reads = statements("select id, city, email from people where id = %d");
        var writes = statements("update people set parcels = parcels + 1 where id = %d");
        for (var arm : arms) {
            // until the compilers have seen it
            double _ = arm.slap(8, queries, reads);
            double _ = arm.slap(8, Math.max(FEWEST_QUERIES, queries / 10), writes);
        }
        System.out.println();
        System.out.println("| what | " + arms.stream().map(SlapArm::name).collect(Collectors.joining(" | "))
                + " | off / sshd -L | on / sshd -L | spread of the last |");
        System.out.println("|---|" + "---|".repeat(arms.size() + 3));
        for (int clients : List.of(1, 8, 32)) {
            row("mysqlslap, select by key", clients, queries, reads);
        }
        row("mysqlslap, update by key", 8, Math.max(FEWEST_QUERIES, queries / 10), writes);
    }

    private void row(String what, int clients, int count, Path file) throws IOException, InterruptedException {
        var rates = new LinkedHashMap<String, Samples>();
        arms.forEach(arm -> rates.put(arm.name(), new Samples()));
        var ratios = new Samples();
        for (int i = 0; i < ROUNDS; i++) {
            var round = new LinkedHashMap<String, Double>();
            for (var arm : arms) {
                double rate = arm.slap(clients, count, file);
                of(rates, arm.name()).add(rate);
                round.put(arm.name(), rate);
            }
            ratios.add(of(round, ON) / of(round, SSHD));
        }
        double there = of(rates, SSHD).median();
        System.out.println("| " + what + ", " + clients + (clients == 1 ? " client" : " clients") + ", a second | "
                + rates.values().stream().map(each -> number(each.median())).collect(Collectors.joining(" | ")) + " | "
                + number(of(rates, OFF).median() / there) + " | "
                + number(of(rates, ON).median() / there) + " | "
                + number(ratios.quantile(0)) + " to " + number(ratios.quantile(1)) + " |");
    }

    private static <T> T of(Map<String, T> values, String arm) {
        return Objects.requireNonNull(values.get(arm), arm);
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value >= 100 ? "%.0f" : "%.2f", value);
    }
}
