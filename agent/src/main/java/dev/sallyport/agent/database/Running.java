package dev.sallyport.agent.database;

import dev.sallyport.core.id.ConnectionId;
import dev.sallyport.core.id.UserId;
import dev.sallyport.inspect.database.CancelKey;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// The sessions whose statements can be stopped, by the keys that their clients were given.
final class Running {

    private final Map<CancelKey, Entry> sessions = new ConcurrentHashMap<>();

    private record Entry(UserId user, ConnectionId connection, DatabaseTarget target) {}

    void add(CancelKey key, UserId user, ConnectionId connection, DatabaseTarget target) {
        sessions.put(key, new Entry(user, connection, target));
    }

    void remove(CancelKey key) {
        sessions.remove(key);
    }

    /// The session of that key, if it is the same user's on the same connection: nobody stops another's.
    Optional<DatabaseTarget> of(CancelKey key, UserId user, ConnectionId connection) {
        return Optional.ofNullable(sessions.get(key))
                .filter(entry -> entry.user().equals(user) && entry.connection().equals(connection))
                .map(Entry::target);
    }
}
