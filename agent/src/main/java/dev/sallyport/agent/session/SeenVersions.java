package dev.sallyport.agent.session;

import dev.sallyport.core.id.ConnectionId;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.TreeMap;

/// The highest version of each connection, and of the tenant's policy, that this agent has seen, kept on disk: an older
/// one is not obeyed
/// any longer, whoever brings it.
public final class SeenVersions {

    /// Most connections of one agent.
    public static final int MOST = 100_000;

    private static final String POLICY = "policy";

    private final Path file;
    private final Map<String, Long> seen = new TreeMap<>();

    /// Reads what is known; the folder exists.
    ///
    /// @throws IOException also when the file is damaged: then the agent does not know what it has seen, and
    ///     must not start as if it had seen nothing
    public SeenVersions(Path folder) throws IOException {
        this.file = folder.resolve("versions");
        if (Files.exists(file)) {
            for (var line : Files.readAllLines(file, StandardCharsets.US_ASCII)) {
                var words = line.split(" ", -1);
                if (words.length != 2 || !words[1].matches("[0-9]{1,18}")) {
                    throw new IOException("the list of seen versions is damaged: " + file);
                }
                seen.put(words[0], Long.parseLong(words[1]));
            }
        }
    }

    /// Takes note of a version; false when a later one was seen. Durable when it returns true.
    public boolean admits(ConnectionId connection, long version) throws IOException {
        return admits(connection.value(), version);
    }

    /// The same of the tenant's policy.
    public boolean admitsPolicy(long version) throws IOException {
        return admits(POLICY, version);
    }

    private synchronized boolean admits(String what, long version) throws IOException {
        long last = seen.getOrDefault(what, 0L);
        if (version < last) {
            return false;
        }
        if (version > last) {
            if (last == 0 && seen.size() >= MOST) {
                throw new IOException("this agent has seen more than " + MOST + " connections");
            }
            seen.put(what, version);
            try {
                write();
            } catch (IOException e) {
                seen.put(what, last);
                throw e;
            }
        }
        return true;
    }

    private void write() throws IOException {
        var text = new StringBuilder();
        seen.forEach((connection, version) ->
                text.append(connection).append(' ').append(version).append('\n'));
        var next = file.resolveSibling("versions.next");
        Files.writeString(next, text, StandardCharsets.US_ASCII);
        try (var channel = FileChannel.open(next, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        try (var folder = FileChannel.open(file.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
            folder.force(true);
        }
    }
}
