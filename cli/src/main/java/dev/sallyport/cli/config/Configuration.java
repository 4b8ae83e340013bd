package dev.sallyport.cli.config;

import dev.sallyport.api.ApiJson;
import dev.sallyport.api.Trust;
import dev.sallyport.cli.run.Failure;
import dev.sallyport.cli.run.Reason;
import dev.sallyport.cli.run.Surroundings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// Which Sallyport the program talks to, and as whom. What is missing is named when it is needed, not before.
///
/// The file is the one named with `--config`, else `.sallyport/cli.json` in the working directory or the
/// nearest folder above it, else `~/.config/sallyport/cli.json`.
public final class Configuration {

    /// Longest file that is read, in bytes.
    private static final int LONGEST = 65_536;

    private static final Path BESIDE_A_CHECKOUT = Path.of(".sallyport", "cli.json");
    static final Path OF_THE_USER = Path.of(".config", "sallyport", "cli.json");

    private final Path path;
    private final ConfigurationFile file;

    private Configuration(Path path, ConfigurationFile file) {
        this.path = path;
        this.file = file;
    }

    /// Finds and reads the file.
    ///
    /// @param named with `--config`
    public static Configuration find(Optional<Path> named, Surroundings surroundings) throws Failure {
        if (named.isPresent()) {
            return read(surroundings.folder().resolve(named.get()));
        }
        for (var folder = surroundings.folder(); folder != null; folder = parent(folder)) {
            var file = folder.resolve(BESIDE_A_CHECKOUT);
            if (Files.exists(file)) {
                return read(file);
            }
        }
        var file = surroundings.home().resolve(OF_THE_USER);
        if (Files.exists(file)) {
            return read(file);
        }
        throw Failure.failed("there is no configuration. Start Sallyport here with  make up,  name a file with"
                + " --config, or have " + file + " written by  sally login --url https://….");
    }

    private static @Nullable Path parent(Path folder) {
        return folder.getParent();
    }

    private static Configuration read(Path path) throws Failure {
        byte[] bytes;
        try (var in = Files.newInputStream(path)) {
            bytes = in.readNBytes(LONGEST + 1);
        } catch (IOException e) {
            throw Failure.failed("the configuration " + path + " cannot be read: " + Reason.of(e) + ".");
        }
        try {
            if (bytes.length > LONGEST) {
                throw Failure.failed("the configuration " + path + " is longer than " + LONGEST + " bytes.");
            }
            return new Configuration(path, ApiJson.readLeniently(ConfigurationFile.class, bytes));
        } catch (ApiJson.NotReadable e) {
            throw Failure.failed("the configuration " + path + " is not a JSON object of the expected form.");
        }
    }

    /// Where it was found.
    public Path path() {
        return path;
    }

    /// The API's address.
    public URI url() throws Failure {
        var text = needed("url", file.url());
        return address(text)
                .orElseThrow(() -> Failure.failed(
                        "\"url\" in " + path + " is not an address such as https://sallyport.example.com."));
    }

    /// The API's address, if this is one.
    public static Optional<URI> address(String text) {
        try {
            var url = URI.create(text);
            boolean web = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
            return web && url.getHost() != null ? Optional.of(url) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /// The API key.
    public String key() throws Failure {
        var key = needed("key", file.key()).strip();
        if (!key.matches("[!-~]{1,1024}")) {
            throw Failure.failed("\"key\" in " + path + " is not an API key; it starts with sally_.");
        }
        return key;
    }

    /// Whom to trust for TLS, where the file says so.
    public Optional<SSLContext> trust() throws Failure {
        if (file.caFile() == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(Trust.of(path.resolveSibling(file.caFile())));
        } catch (IOException e) {
            throw Failure.failed("\"ca_file\" in " + path + " cannot be used: " + Reason.of(e) + ".");
        }
    }

    public Optional<String> tenantKey() {
        return Optional.ofNullable(file.tenantKey());
    }

    public Optional<Path> sshConfig() {
        return Optional.ofNullable(file.sshConfig()).map(text -> path.resolveSibling(text));
    }

    public Optional<String> sshHost() {
        return Optional.ofNullable(file.sshHost());
    }

    public Optional<Integer> sshPort() {
        return Optional.ofNullable(file.sshPort());
    }

    public Optional<String> hostCa() {
        return Optional.ofNullable(file.hostCa());
    }

    public Optional<String> login() {
        return Optional.ofNullable(file.login());
    }

    private String needed(String name, @Nullable String value) throws Failure {
        if (value == null || value.isBlank()) {
            throw Failure.failed("the configuration " + path + " has no \"" + name + "\"; this command needs it.");
        }
        return value;
    }
}
