package dev.sallyport.standalone;

import dev.sallyport.control.Origins;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/// The standalone program: everything of Sallyport on one machine.
///
/// `up [--folder DIR] [--any-port] [--no-demo] [--databases] [--console-origin ORIGIN] [--edges N]
/// [--part control|edge|agent]`. Exit codes: 0 stopped with its
/// parent, 1 could not start, 2 usage, 130 and 143 stopped by SIGINT and SIGTERM, as asked.
public final class Standalone {

    private static final String USAGE = """
            usage: standalone up [--folder DIR] [--any-port] [--no-demo] [--databases] [--edges N]
                             [--part control|edge|agent]

              --folder DIR   where the instance keeps everything (default: .sallyport)
              --any-port     a first start picks free ports instead of 12222, 8009 and 8010
              --no-demo      a first start makes an empty tenant: an admin's key, and nothing else
              --databases    the demo has a PostgreSQL of its own: the connection pg-demo
              --console-origin ORIGIN
                             pages of this origin may use the API in a browser, such as http://127.0.0.1:5173; several
                             with commas (default: none)
              --edges N      how many edges the instance has (default: 1); each further one is a process of its own
                             that listens on the ports next to those of the one before
              --agent-at N   its agent dials only that edge: what comes to another one goes by way of it
              --part PART    runs only this part; the others run as processes of their own on the same folder
              --number N     with --part edge: which of the edges this is (default: 1)
              --ssh-port P, --agents-port P
                             with --number: where it listens instead
              --with-parent  stops when its stdin ends
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
        if (options.withParent()) {
            Thread.ofPlatform().daemon().name("parent").start(() -> awaitEndOfInput(stop));
        }
        try (var running = Running.start(options)) {
            running.announce();
            running.finish();
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

    /// Whoever started this process holds the other end of its stdin.
    private static void awaitEndOfInput(CountDownLatch stop) {
        try {
            while (System.in.read() >= 0) {
                // nothing is said there
            }
        } catch (IOException e) {
            // that is an end, too
        }
        stop.countDown();
    }

    /// What was asked for.
    ///
    /// @param demo whether a first start makes the demo
    /// @param databases whether the demo has a database of its own
    /// @param edges how many edges the instance has
    /// @param number which of them this process runs, from 1
    /// @param agentAt the only edge that the agent dials; 0 for all
    /// @param sshPort instead of the one that follows from `config.toml` and the number
    /// @param withParent whether it stops when its stdin ends
    /// @param consoleOrigins whose pages may read the API's answers in a browser
    record Options(
            Path folder,
            boolean anyPort,
            boolean demo,
            boolean databases,
            Part part,
            int edges,
            int number,
            int agentAt,
            Optional<Integer> sshPort,
            Optional<Integer> agentsPort,
            boolean withParent,
            Set<String> consoleOrigins) {

        /// Most edges of one instance.
        static final int MOST_EDGES = 8;

        /// What ends the names of this process' files; nothing for all of an instance.
        String suffix() {
            return part.suffix() + (number > 1 ? "-" + number : "");
        }

        private static final Set<String> NUMBERS =
                Set.of("--edges", "--number", "--agent-at", "--ssh-port", "--agents-port");

        static Optional<Options> parse(List<String> words) {
            if (words.isEmpty() || !words.removeFirst().equals("up")) {
                return Optional.empty();
            }
            var folder = Path.of(".sallyport");
            boolean anyPort = false;
            boolean demo = true;
            boolean databases = false;
            boolean withParent = false;
            int edges = 1;
            int number = 1;
            int agentAt = 0;
            var sshPort = Optional.<Integer>empty();
            var agentsPort = Optional.<Integer>empty();
            var part = Part.ALL;
            var consoleOrigins = Set.<String>of();
            while (!words.isEmpty()) {
                var word = words.removeFirst();
                if (word.equals("--any-port")) {
                    anyPort = true;
                } else if (word.equals("--no-demo")) {
                    demo = false;
                } else if (word.equals("--databases")) {
                    databases = true;
                } else if (word.equals("--with-parent")) {
                    withParent = true;
                } else if (NUMBERS.contains(word)
                        && !words.isEmpty()
                        && words.getFirst().matches("[0-9]{1,5}")) {
                    int value = Integer.parseInt(words.removeFirst());
                    switch (word) {
                        case "--edges" -> edges = value;
                        case "--number" -> number = value;
                        case "--agent-at" -> agentAt = value;
                        case "--ssh-port" -> sshPort = Optional.of(value);
                        default -> agentsPort = Optional.of(value);
                    }
                } else if (word.equals("--console-origin") && !words.isEmpty()) {
                    try {
                        consoleOrigins = Origins.parse(words.removeFirst());
                    } catch (IllegalArgumentException e) {
                        return Optional.empty();
                    }
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
            if (edges < 1
                    || edges > MOST_EDGES
                    || number < 1
                    || number > edges
                    || agentAt > edges
                    || (number > 1 && part != Part.EDGE)) {
                return Optional.empty();
            }
            return Optional.of(new Options(
                    folder,
                    anyPort,
                    demo,
                    databases,
                    part,
                    edges,
                    number,
                    agentAt,
                    sshPort,
                    agentsPort,
                    withParent,
                    consoleOrigins));
        }
    }
}
