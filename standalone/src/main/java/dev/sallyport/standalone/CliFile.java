package dev.sallyport.standalone;

import dev.sallyport.api.ApiJson;
import dev.sallyport.api.SallyportClient;
import dev.sallyport.api.Trust;
import dev.sallyport.cli.config.ConfigurationFile;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// `cli.json` (0600): how `sally` reaches this instance as its admin.
final class CliFile {

    private final InstanceFolder folder;
    private final Path file;

    CliFile(InstanceFolder folder) {
        this.folder = folder;
        this.file = folder.resolve("cli.json");
    }

    /// Writes the file for a tenant that was just made.
    ///
    /// @param key the admin's, which nothing else keeps
    void write(URI api, String key, String tenantKey, Settings settings) {
        var written = new ConfigurationFile(
                api.toString(),
                key,
                settings.apiTls().map(tls -> tls.certificate().toString()).orElse(null),
                tenantKey,
                settings.demo() ? folder.resolve("ssh_config").toString() : null,
                settings.reachedAt(settings.sshAddress()),
                settings.sshPort(),
                null,
                null);
        folder.writePrivate(file, ApiJson.pretty(written) + "\n");
    }

    /// Writes the file anew, for addresses may have changed since the last start; the keys stay.
    void update(URI api, Settings settings) throws IOException {
        var known = read();
        write(api, needed("key", known.key()), needed("tenant_key", known.tenantKey()), settings);
    }

    /// The API as the instance's admin.
    SallyportClient client() throws IOException {
        var known = read();
        return new SallyportClient(
                URI.create(needed("url", known.url())),
                needed("key", known.key()),
                known.caFile() == null ? Optional.empty() : Optional.of(Trust.of(Path.of(known.caFile()))));
    }

    /// Where the API is.
    URI url() throws IOException {
        return URI.create(needed("url", read().url()));
    }

    private ConfigurationFile read() throws IOException {
        try {
            return ApiJson.readLeniently(ConfigurationFile.class, Files.readAllBytes(file));
        } catch (ApiJson.NotReadable e) {
            throw new IOException(file + " is not what this instance wrote", e);
        }
    }

    private String needed(String name, @Nullable String value) throws IOException {
        if (value == null) {
            throw new IOException(file + " has no " + name);
        }
        return value;
    }
}
