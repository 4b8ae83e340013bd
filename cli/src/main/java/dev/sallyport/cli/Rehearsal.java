package dev.sallyport.cli;

import dev.sallyport.cli.run.Surroundings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/// Runs every line of stdin as a command line of `sally`, words apart by blanks, all in one process: with this
/// `tools/aot-cache` trains a JVM, so that `sally` starts fast. Ends with 0, or with the first code that was
/// another.
public final class Rehearsal {

    private Rehearsal() {}

    public static void main(String[] none) throws IOException {
        int worst = 0;
        try (var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                int code = Sally.execute(Surroundings.ofProcess(), line.split(" ", -1));
                worst = worst == 0 ? code : worst;
            }
        }
        System.exit(worst);
    }
}
