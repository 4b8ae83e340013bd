package dev.sallyport.cli.config;

import dev.sallyport.api.ApiJson;
import dev.sallyport.cli.run.Failure;
import dev.sallyport.cli.run.Reason;
import dev.sallyport.cli.run.Surroundings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// The configuration file that signing in and out change: the one named with `--config`, else the user's own.
/// What a change does not concern stays, also what this version of the program does not know.
public final class KeptConfiguration {

    /// Longest file that is changed, in bytes.
    private static final int LONGEST = 65_536;

    private final Path path;
    private final Map<String, Object> values;

    private KeptConfiguration(Path path, Map<String, Object> values) {
        this.path = path;
        this.values = values;
    }

    /// Reads it; what does not exist is empty.
    public static KeptConfiguration read(Optional<Path> named, Surroundings surroundings) throws Failure {
        var path = named.map(surroundings.folder()::resolve)
                .orElseGet(() -> surroundings.home().resolve(Configuration.OF_THE_USER));
        var values = new LinkedHashMap<String, Object>();
        if (Files.exists(path)) {
            fields(path).forEach((name, value) -> values.put(String.valueOf(name), value));
        }
        return new KeptConfiguration(path, values);
    }

    private static Map<?, ?> fields(Path path) throws Failure {
        try (var in = Files.newInputStream(path)) {
            var bytes = in.readNBytes(LONGEST + 1);
            if (bytes.length <= LONGEST && ApiJson.readLeniently(Object.class, bytes) instanceof Map<?, ?> map) {
                return map;
            }
        } catch (IOException e) {
            throw Failure.failed("the configuration " + path + " cannot be read: " + Reason.of(e) + ".");
        } catch (ApiJson.NotReadable e) {
            // said below
        }
        throw Failure.failed("the configuration " + path + " is not a JSON object of the expected form;"
                + " mend it or move it away.");
    }

    public Path path() {
        return path;
    }

    public Optional<String> text(String name) {
        return values.get(name) instanceof String text ? Optional.of(text) : Optional.empty();
    }

    public void put(String name, String value) {
        values.put(name, value);
    }

    /// @return whether it was there
    public boolean remove(String name) {
        return values.remove(name) != null;
    }

    /// Forgets everything, because it is about another Sallyport.
    public void clear() {
        values.clear();
    }

    /// Writes it, mode 0600.
    public void write() throws Failure {
        try {
            PrivateFile.write(path, (ApiJson.pretty(values) + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw Failure.failed("the configuration " + path + " cannot be written: " + Reason.of(e) + ".");
        }
    }
}
