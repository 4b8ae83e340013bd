package dev.sallyport.cli.run;

import java.io.BufferedOutputStream;
import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;

/// Where one run of the program reads, writes and looks.
///
/// @param out may be written to as text or as bytes; to be flushed before the program ends
/// @param outIsTerminal whether a person looks at `out`
/// @param folder the working directory
/// @param person somebody at the terminal behind `in`
/// @param screen the terminal behind `out`
/// @param home the user's home directory
/// @param variables the environment
public record Surroundings(
        InputStream in,
        PrintStream out,
        PrintStream err,
        boolean outIsTerminal,
        boolean errIsTerminal,
        Path folder,
        Path home,
        Map<String, String> variables,
        Clock clock,
        Optional<Person> person,
        Screen screen) {

    private static final int BUFFER = 65_536;

    /// The process's own.
    public static Surroundings ofProcess() {
        return new Surroundings(
                System.in,
                stream(FileDescriptor.out, BUFFER),
                stream(FileDescriptor.err, 256),
                isTerminal(1),
                isTerminal(2),
                Path.of("").toAbsolutePath(),
                Path.of(System.getProperty("user.home", "/")),
                System.getenv(),
                Clock.systemUTC(),
                isTerminal(0) ? Optional.of(Surroundings::secret) : Optional.empty(),
                new ProcessScreen());
    }

    /// Whether colours are wanted where `terminal` says that a person looks (<https://no-color.org>).
    public boolean colours(boolean terminal) {
        return terminal
                && variables.getOrDefault("NO_COLOR", "").isEmpty()
                && !variables.getOrDefault("TERM", "").equals("dumb");
    }

    private static String secret(String question) throws Failure {
        var console = Optional.ofNullable(System.console())
                .filter(Console::isTerminal)
                .orElseThrow(
                        () -> Failure.usage("this terminal cannot hide what is typed. Name a file with --key-file."));
        var typed = console.readPassword("%s", question);
        return typed == null ? "" : new String(typed);
    }

    private static PrintStream stream(FileDescriptor descriptor, int buffer) {
        return new PrintStream(
                new BufferedOutputStream(new FileOutputStream(descriptor), buffer), false, StandardCharsets.UTF_8);
    }

    /// The JDK tells only whether stdin and stdout both are terminals; Linux tells each.
    private static boolean isTerminal(int descriptor) {
        var link = Path.of("/proc/self/fd/" + descriptor);
        try {
            if (Files.isSymbolicLink(link)) {
                var to = Files.readSymbolicLink(link).toString();
                return to.startsWith("/dev/pts/") || to.startsWith("/dev/tty") || to.equals("/dev/console");
            }
        } catch (IOException e) {
            // as on a system without /proc
        }
        return Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
    }
}
