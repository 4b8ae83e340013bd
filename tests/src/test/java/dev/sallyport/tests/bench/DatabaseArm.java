package dev.sallyport.tests.bench;

import dev.sallyport.tests.bed.Postgres;
import dev.sallyport.tests.bed.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/// One way to a PostgreSQL of this machine, as clients of PostgreSQL's own see it.
///
/// @param tls whether the client speaks TLS to what listens there
record DatabaseArm(String name, int port, boolean tls) {

    private static final Pattern RATE = Pattern.compile("tps = ([0-9.]+) \\(without initial connection time\\)");
    private static final int MICROSECONDS = 2;

    /// What one run of `pgbench` came to.
    ///
    /// @param rate transactions a second
    /// @param median milliseconds that half of the transactions took at most
    /// @param count transactions
    record Work(double rate, double median, int count) {}

    /// Runs `pgbench` for a while.
    ///
    /// @param options which transactions, how sent: `-S -M simple`
    Work pgbench(int clients, int seconds, List<String> options) throws IOException, InterruptedException {
        var folder = Files.createTempDirectory("sallyport-pgbench");
        var command = new ArrayList<>(List.of("pgbench", "-n", "-l", "--log-prefix=" + folder.resolve("log")));
        command.addAll(List.of("-h", "127.0.0.1", "-p", Integer.toString(port), "-U", Postgres.USER));
        command.addAll(List.of("-c", Integer.toString(clients), "-T", Integer.toString(seconds)));
        command.addAll(options);
        command.add(Postgres.DATABASE);
        var ran = Run.of(command, environment()).now();
        var rate = RATE.matcher(ran.out());
        if (ran.status() != 0 || !rate.find()) {
            throw new IOException(name + ": " + ran);
        }
        var times = times(folder);
        return new Work(Double.parseDouble(rate.group(1)), times.median(), times.count());
    }

    /// Makes the tables of `pgbench`.
    ///
    /// @param scale hundreds of thousands of accounts
    void initialise(int scale) throws IOException, InterruptedException {
        var ran = Run.of(
                        List.of(
                                "pgbench",
                                "-i",
                                "-q",
                                "-s",
                                Integer.toString(scale),
                                "-h",
                                "127.0.0.1",
                                "-p",
                                Integer.toString(port),
                                "-U",
                                Postgres.USER,
                                Postgres.DATABASE),
                        environment())
                .now();
        if (ran.status() != 0) {
            throw new IOException(name + ": " + ran);
        }
    }

    /// Of the log's lines `client transaction time …`, in microseconds.
    private static Samples times(Path folder) throws IOException {
        var samples = new Samples();
        try (var files = Files.list(folder)) {
            for (var file : files.toList()) {
                for (var line : Files.readAllLines(file)) {
                    samples.add(Double.parseDouble(line.split(" ", -1)[MICROSECONDS]) / 1e3);
                }
            }
        }
        return samples;
    }

    /// MB/s of a `COPY` to the client, which counts what comes and throws it away.
    double copy(String table) throws IOException, InterruptedException {
        var builder = new ProcessBuilder(
                "psql",
                "-X",
                "-q",
                "-h",
                "127.0.0.1",
                "-p",
                Integer.toString(port),
                "-U",
                Postgres.USER,
                "-d",
                Postgres.DATABASE,
                "-c",
                "copy " + table + " to stdout");
        builder.environment().putAll(environment());
        var process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
        var in = process.getInputStream();
        if (in.read() < 0) {
            throw new IOException(name + ": nothing came");
        }
        long start = System.nanoTime();
        long got = 1;
        var buffer = new byte[1 << 17];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            got += n;
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        if (process.waitFor() != 0) {
            throw new IOException(name + ": psql ended with " + process.exitValue());
        }
        return got / 1e6 / seconds;
    }

    private Map<String, String> environment() {
        return Map.of(
                "PGPASSWORD",
                Postgres.PASSWORD,
                "PGSSLMODE",
                tls ? "require" : "disable",
                "PGGSSENCMODE",
                "disable",
                "LC_ALL",
                "C.UTF-8");
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%s (port %d)", name, port);
    }
}
