package dev.sallyport.inspect.mysql;

import dev.sallyport.inspect.database.Answered;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The prepared statements of a session.
final class PreparedStatements {

    /// Most of them.
    static final int MOST = 4_096;

    /// Most bytes of all their texts.
    static final int MOST_TEXT = 16 * 1024 * 1024;

    /// Most of them that have a cursor open.
    static final int MOST_CURSORS = 64;

    /// What clients call the one that was prepared last (MariaDB, "COM_STMT_EXECUTE").
    static final int LAST = -1;

    private final Map<Integer, Prepared> statements = new HashMap<>();
    private Optional<Prepared> last = Optional.empty();
    private long text;
    private int cursors;

    boolean hasRoom(int bytes) {
        return statements.size() < MOST && text + bytes <= MOST_TEXT;
    }

    boolean hasRoomForCursor() {
        return cursors < MOST_CURSORS;
    }

    void add(Prepared one) throws Malformed {
        if (statements.putIfAbsent(one.id, one) != null) {
            throw new Malformed("two statements of one name");
        }
        text += one.bytes.length;
        last = Optional.of(one);
    }

    /// A statement was not prepared: there is no last one.
    void failed() {
        last = Optional.empty();
    }

    Optional<Prepared> of(int id) {
        return id == LAST ? last : Optional.ofNullable(statements.get(id));
    }

    void opened(Prepared one, Prepared.Open open) {
        one.open = Optional.of(open);
        cursors++;
    }

    /// A cursor is at its end, or given up; says how its statement went.
    Optional<Answered> ended(Prepared one) {
        var open = one.open;
        if (open.isPresent()) {
            one.open = Optional.empty();
            cursors--;
        }
        return open.map(PreparedStatements::answered);
    }

    private static Answered answered(Prepared.Open open) {
        open.result().ifPresent(result -> open.tally().masked(result.counts()));
        return open.tally().answered();
    }

    Optional<Answered> close(int id) {
        var closed = Optional.ofNullable(statements.remove(id));
        closed.ifPresent(one -> text -= one.bytes.length);
        if (closed.equals(last)) {
            last = Optional.empty();
        }
        return closed.flatMap(this::ended);
    }

    /// All are gone; says how those went that were not at their end.
    List<Answered> clear() {
        var answers = new ArrayList<Answered>();
        statements.values().forEach(one -> ended(one).ifPresent(answers::add));
        statements.clear();
        last = Optional.empty();
        text = 0;
        return answers;
    }
}
