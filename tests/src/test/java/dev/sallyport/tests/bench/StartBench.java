package dev.sallyport.tests.bench;

import dev.sallyport.tests.bed.Instance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// The row `starts` of `make bench`: how long `sally --help` and `sally ls` take, as a user types them, in turn with
/// an empty Java program under the same options of the JVM.
public final class StartBench {

    private static final int WARM_UP = 3;
    private static final int ROUNDS = 25;
    private static final Duration LONGEST = Duration.ofMinutes(1);

    private StartBench() {}

    public static void main(String[] none) throws Exception {
        System.out.println("java " + Runtime.version() + "; "
                + Runtime.getRuntime().availableProcessors() + " cores; load "
                + Files.readString(Path.of("/proc/loadavg")).strip());
        try (var instance = Instance.start()) {
            var sally = Instance.ROOT.resolve("sally").toString();
            var configuration = instance.folder().resolve("cli.json").toString();
            var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
            Map<String, List<String>> arms = new LinkedHashMap<>();
            arms.put(
                    "an empty Java program",
                    List.of(
                            java,
                            "-XX:+UseSerialGC",
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            "target/test-classes",
                            Empty.class.getName()));
            arms.put("`sally --help`", List.of(sally, "--config", configuration, "--help"));
            arms.put("`sally ls`", List.of(sally, "--config", configuration, "ls"));
            measure(arms);
        }
    }

    private static void measure(Map<String, List<String>> arms) throws IOException, InterruptedException {
        var samples = new LinkedHashMap<String, Samples>();
        for (int round = -WARM_UP; round < ROUNDS; round++) {
            for (var arm : arms.entrySet()) {
                double millis = run(arm.getValue());
                if (round >= 0) {
                    samples.computeIfAbsent(arm.getKey(), _ -> new Samples()).add(millis);
                }
            }
        }
        System.out.println();
        System.out.println(
                "| what, " + ROUNDS + " times in turn, ms | p50 | p10 to p90 | more than the empty program, p50 |");
        System.out.println("|---|---|---|---|");
        double empty = samples.values().iterator().next().median();
        samples.forEach((arm, values) -> System.out.printf(
                Locale.ROOT,
                "| %s | %.0f | %.0f to %.0f | %.0f |%n",
                arm,
                values.median(),
                values.quantile(0.1),
                values.quantile(0.9),
                values.median() - empty));
    }

    private static double run(List<String> command) throws IOException, InterruptedException {
        long begin = System.nanoTime();
        var process = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (!process.waitFor(LONGEST.toSeconds(), TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IllegalStateException(String.join(" ", command) + " did not end as it should");
        }
        return (System.nanoTime() - begin) / 1e6;
    }
}
