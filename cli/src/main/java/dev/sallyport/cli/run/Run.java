package dev.sallyport.cli.run;

import dev.sallyport.api.SallyportClient;
import dev.sallyport.cli.config.Configuration;
import dev.sallyport.core.text.Escaped;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One run of the program, as its commands see it: configuration and client are made when first asked for, so
/// that what needs none starts fast.
public final class Run implements AutoCloseable {

    private static final int LONGEST_ANSWER = 16;

    private final Surroundings surroundings;
    private Optional<Path> configurationFile = Optional.empty();
    private boolean paging = true;
    private @Nullable Configuration configuration;
    private @Nullable SallyportClient client;

    public Run(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /// The file that the user named.
    public void configurationFile(Path file) {
        configurationFile = Optional.of(file);
    }

    /// The file that the user named, if one was.
    public Optional<Path> configurationFile() {
        return configurationFile;
    }

    /// The user wants no pager.
    public void noPager() {
        paging = false;
    }

    /// Whether what is long may go through a pager.
    public boolean paging() {
        return paging;
    }

    public Surroundings surroundings() {
        return surroundings;
    }

    public PrintStream out() {
        return surroundings.out();
    }

    /// A line for the user, on stderr, so that stdout holds nothing but what was asked for.
    public void say(String sentence) {
        surroundings.out().flush();
        surroundings.err().println("sally: " + Escaped.of(sentence));
        surroundings.err().flush();
    }

    /// Asks somebody at the terminal for a yes. Everything else is a no.
    ///
    /// @throws Failure when nobody can be asked
    public boolean agreed(String question) throws Failure {
        if (surroundings.person().isEmpty()) {
            throw Failure.usage("nobody can be asked here, so nothing was changed: say --yes to do it without asking.");
        }
        surroundings.out().flush();
        surroundings.err().print("sally: " + question + " [y/N] ");
        surroundings.err().flush();
        var answer = new StringBuilder();
        try {
            for (int next = surroundings.in().read();
                    next >= 0 && next != '\n';
                    next = surroundings.in().read()) {
                if (answer.length() < LONGEST_ANSWER) {
                    answer.append((char) next);
                }
            }
        } catch (IOException e) {
            return false;
        }
        return answer.toString().strip().toLowerCase(Locale.ROOT).matches("y|yes");
    }

    public Configuration configuration() throws Failure {
        var known = configuration;
        if (known == null) {
            known = Configuration.find(configurationFile, surroundings);
            configuration = known;
        }
        return known;
    }

    public SallyportClient client() throws Failure {
        var known = client;
        if (known == null) {
            known = new SallyportClient(
                    configuration().url(),
                    configuration().key(),
                    configuration().trust());
            client = known;
        }
        return known;
    }

    @Override
    public void close() {
        surroundings.out().flush();
        surroundings.err().flush();
        if (client != null) {
            client.close();
        }
    }
}
