package dev.sallyport.cli.declared;

import dev.sallyport.cli.run.Failure;
import dev.sallyport.cli.run.Run;
import java.util.ArrayList;
import java.util.List;

/// What is wrong with the files, gathered, so that a person learns all of it at once.
final class Mistakes {

    /// Most that are told.
    private static final int MOST_TOLD = 20;

    private final List<String> sentences = new ArrayList<>();

    /// @param path such as `connections[2].ssh.port`
    void add(Place place, String path, String sentence) {
        sentences.add(place + ": " + path + ": " + sentence);
    }

    /// Tells them, and ends the program where there are any.
    void end(Run run) throws Failure {
        if (sentences.isEmpty()) {
            return;
        }
        sentences.stream().limit(MOST_TOLD).forEach(run::say);
        int more = sentences.size() - MOST_TOLD;
        throw Failure.failed((more > 0 ? "and " + more + " mistakes more. " : "") + "Nothing was changed.");
    }
}
