package dev.sallyport.cli.admin;

import dev.sallyport.cli.run.Failure;
import dev.sallyport.cli.run.Reason;
import dev.sallyport.cli.run.Run;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// A file that is named on the command line and sent whole, such as a proof.
final class ShortFile {

    /// Longest file that is read, in bytes.
    private static final int LONGEST = 65_536;

    private ShortFile() {}

    static String text(Run run, Path file) throws Failure {
        var path = run.surroundings().folder().resolve(file);
        try (var in = Files.newInputStream(path)) {
            var bytes = in.readNBytes(LONGEST + 1);
            if (bytes.length > LONGEST) {
                throw Failure.usage(path + " is longer than " + LONGEST + " bytes.");
            }
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw Failure.failed(path + " cannot be read: " + Reason.of(e) + ".");
        }
    }
}
