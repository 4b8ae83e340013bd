package dev.sallyport.inspect.mysql;

import java.util.Optional;

/// What a client can ask for ("Command Phase"), as far as it is let through. Everything else is refused:
/// replication, shutdown, debugging, binlog dumps, what MySQL 8 has given up.
enum Command {
    QUIT(0x01),
    INIT_DB(0x02),
    QUERY(0x03),
    FIELD_LIST(0x04),
    STATISTICS(0x09),
    PROCESS_KILL(0x0c),
    PING(0x0e),
    CHANGE_USER(0x11),
    STMT_PREPARE(0x16),
    STMT_EXECUTE(0x17),
    STMT_SEND_LONG_DATA(0x18),
    STMT_CLOSE(0x19),
    STMT_RESET(0x1a),
    SET_OPTION(0x1b),
    STMT_FETCH(0x1c),
    RESET_CONNECTION(0x1f);

    private static final Command[] ALL = values();

    final int code;

    Command(int code) {
        this.code = code;
    }

    static Optional<Command> of(int code) {
        for (var one : ALL) {
            if (one.code == code) {
                return Optional.of(one);
            }
        }
        return Optional.empty();
    }
}
