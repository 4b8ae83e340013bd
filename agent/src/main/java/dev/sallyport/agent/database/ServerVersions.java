package dev.sallyport.agent.database;

import dev.sallyport.agent.database.DatabaseSocket.Unreachable;
import dev.sallyport.core.connection.TargetSettings;
import dev.sallyport.inspect.mysql.MysqlWire;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What MySQL servers call their versions. A client is greeted before its server is dialled, and tells from the
/// version that it is greeted with what it can ask for: so a server that no session has been to yet is asked
/// once, by a connection that ends at its greeting.
///
/// Any thread. What is known is what the last session was told.
final class ServerVersions {

    /// Most servers that are remembered; past it all are forgotten.
    private static final int MOST = 1_024;

    private static final int LONGEST_GREETING = 4_096;

    private static final Logger LOG = LoggerFactory.getLogger(ServerVersions.class);

    private final Map<Server, String> known = new ConcurrentHashMap<>();

    private record Server(String host, int port) {
        static Server of(TargetSettings.Database settings) {
            return new Server(settings.host(), settings.port());
        }
    }

    /// Empty when it cannot be told: the session says why to its client.
    Optional<String> of(TargetSettings.Database settings) {
        var version = known.get(Server.of(settings));
        if (version != null) {
            return Optional.of(version);
        }
        var asked = ask(settings);
        asked.ifPresent(told -> learned(settings, told));
        return asked;
    }

    void learned(TargetSettings.Database settings, String version) {
        var server = Server.of(settings);
        if (known.size() >= MOST && !known.containsKey(server)) {
            known.clear();
        }
        known.put(server, version);
    }

    private static Optional<String> ask(TargetSettings.Database settings) {
        try (var socket = DatabaseSocket.open(settings)) {
            socket.patience(DatabaseSocket.STEP);
            // a packet's head, and more than any greeting has (https://dev.mysql.com/doc/dev/mysql-server/latest/,
            // "MySQL Packets")
            var head = socket.input().readNBytes(4);
            int length = head.length < 4 ? 0 : (head[0] & 0xff) | (head[1] & 0xff) << 8 | (head[2] & 0xff) << 16;
            return MysqlWire.versionOf(socket.input().readNBytes(Math.min(length, LONGEST_GREETING)));
        } catch (Unreachable | IOException e) {
            LOG.debug("a database did not tell its version", e);
            return Optional.empty();
        }
    }
}
