package dev.sallyport.standalone;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/// The standalone program: everything of Sallyport on one machine.
///
/// `up [--folder DIR] [--any-port] [--rehearse] [--part control|edge|agent]`. Exit codes: 0
/// rehearsed, 1 could not start, 2 usage, 130 and 143 stopped by SIGINT and SIGTERM, as asked.
public final class Standalone {

    private static final String USAGE = """
            usage: standalone up [--folder DIR] [--any-port] [--part control|edge|agent] [--rehearse]

              --folder DIR   where the instance keeps everything (default: .sallyport)
              --any-port     a first start picks free ports instead of 12222, 8009 and 8010
              --part PART    runs only this part; the others run as processes of their own on the same folder
              --rehearse     starts, runs one command through it, and stops
            """;

    private Standalone() {}

    public static void main(String[] arguments) {
        var words = new ArrayList<>(List.of(arguments));
        if (words.contains("--help") || words.contains("-h")) {
            System.out.print(USAGE);
            return;
        }
        var options = Options.parse(words);
        if (options.isEmpty()) {
            System.err.print("cannot run: " + String.join(" ", Arrays.asList(arguments)) + "\n" + USAGE);
            System.exit(2);
            return;
        }
        System.exit(run(options.get()));
    }

    private static int run(Options options) {
        var stop = new CountDownLatch(1);
        var stopped = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            stop.countDown();
            try {
                stopped.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
        try (var running = Running.start(options)) {
            running.announce();
            running.finish();
            if (options.rehearse()) {
                return running.rehearse() ? 0 : 1;
            }
            stop.await();
            return 0;
        } catch (CannotStart e) {
            System.err.println("sallyport cannot start: " + e.getMessage());
            return 1;
        } catch (InterruptedException e) {
            return 1;
        } finally {
            stopped.countDown();
        }
    }

    /// What was asked for.
    record Options(Path folder, boolean anyPort, Part part, boolean rehearse) {

        static Optional<Options> parse(List<String> words) {
            if (words.isEmpty() || !words.removeFirst().equals("up")) {
                return Optional.empty();
            }
            var folder = Path.of(".sallyport");
            boolean anyPort = false;
            boolean rehearse = false;
            var part = Part.ALL;
            while (!words.isEmpty()) {
                var word = words.removeFirst();
                if (word.equals("--any-port")) {
                    anyPort = true;
                } else if (word.equals("--rehearse")) {
                    rehearse = true;
                } else if (word.equals("--folder") && !words.isEmpty()) {
                    folder = Path.of(words.removeFirst());
                } else if (word.equals("--part") && !words.isEmpty()) {
                    var name = words.removeFirst();
                    var found = Part.of(name);
                    if (found.isEmpty()) {
                        return Optional.empty();
                    }
                    part = found.get();
                } else {
                    return Optional.empty();
                }
            }
            return Optional.of(new Options(folder, anyPort, part, rehearse));
        }
    }
}
