package dev.sallyport.standalone;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/// `cli.json` (0600): how `sally` reaches this instance as its admin.
final class CliFile {

    private CliFile() {}

    static String text(URI api, String key, String tenantKey, InstanceFolder folder, Settings settings) {
        return """
                {
                  "url": "%s",
                  "key": "%s",
                  "tenant_key": "%s",
                  "ssh_config": "%s",
                  "ssh_host": "%s",
                  "ssh_port": %d
                }
                """.formatted(
                        api, key, tenantKey, folder.resolve("ssh_config"), settings.sshAddress(), settings.sshPort());
    }

    static String key(Path file) throws IOException {
        return field(file, "key");
    }

    static URI url(Path file) throws IOException {
        return URI.create(field(file, "url"));
    }

    private static String field(Path file, String name) throws IOException {
        var matcher = Pattern.compile("\"" + name + "\"\\s*:\\s*\"([^\"]*)\"").matcher(Files.readString(file));
        if (!matcher.find()) {
            throw new IOException(file + " has no " + name);
        }
        return matcher.group(1);
    }
}
