package dev.sallyport.cli.login;

import dev.sallyport.cli.run.Failure;
import dev.sallyport.cli.run.Reason;
import dev.sallyport.cli.run.Surroundings;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// A key that the user has: in a file, else asked for without echo where somebody can be asked, else the first
/// line of stdin. Never an argument, which others could read.
final class GivenKey implements SignIn {

    /// Most bytes that are read to find a key.
    private static final int LONGEST = 8_192;

    private final Optional<Path> file;
    private final Surroundings surroundings;

    GivenKey(Optional<Path> file, Surroundings surroundings) {
        this.file = file;
        this.surroundings = surroundings;
    }

    @Override
    public String key(URI api) throws Failure, IOException {
        var key = given(api).strip();
        if (key.isEmpty()) {
            throw Failure.usage("no API key was given. Name a file with --key-file, or type it when asked.");
        }
        if (!key.matches("[!-~]{1,1024}")) {
            throw Failure.usage("what was given is not an API key; it starts with sally_.");
        }
        return key;
    }

    private String given(URI api) throws Failure, IOException {
        if (file.isPresent()) {
            var path = surroundings.folder().resolve(file.get());
            try (var in = Files.newInputStream(path)) {
                return firstLine(in);
            } catch (IOException e) {
                throw Failure.failed(path + " cannot be read: " + Reason.of(e) + ".");
            }
        }
        var person = surroundings.person();
        return person.isPresent()
                ? person.get().secret("API key for " + api + " (not shown): ")
                : firstLine(surroundings.in());
    }

    private static String firstLine(InputStream in) throws IOException {
        var text = new String(in.readNBytes(LONGEST), StandardCharsets.UTF_8);
        return text.lines().findFirst().orElse("");
    }
}
