package dev.sallyport.inspect.mysql;

/// What a server says of its session with each answer ("Status Flags"), as bits.
final class Status {

    static final int IN_TRANSACTION = 1;
    static final int AUTOCOMMIT = 1 << 1;
    static final int MORE_RESULTS = 1 << 3;
    static final int CURSOR_EXISTS = 1 << 6;
    static final int LAST_ROW_SENT = 1 << 7;
    static final int NO_BACKSLASH_ESCAPES = 1 << 9;
    static final int SESSION_STATE_CHANGED = 1 << 14;

    private Status() {}
}
