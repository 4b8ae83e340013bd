package dev.sallyport.core.policy;

import java.util.Locale;

/// What a statement can do, across the dialects. Rules name them in lower case with `-`, as `copy-out`.
public enum Operation {
    SELECT,
    INSERT,
    UPDATE,
    DELETE,
    /// `MERGE`; `REPLACE` and `INSERT … ON DUPLICATE KEY` are [#INSERT] and [#UPDATE] (or [#DELETE])
    MERGE,
    TRUNCATE,
    CREATE,
    ALTER,
    DROP,
    /// `RENAME`, `COMMENT`, `SECURITY LABEL`: changes of the schema that are none of the three
    COMMENT,
    RENAME,
    GRANT,
    REVOKE,
    /// `COPY … FROM STDIN`, `LOAD DATA LOCAL`
    COPY_IN,
    /// `COPY … TO STDOUT`
    COPY_OUT,
    /// `COPY` from or to a file of the server, `LOAD DATA INFILE`, `SELECT … INTO OUTFILE`
    COPY_FILE,
    /// `COPY` from or to a program
    COPY_PROGRAM,
    DO,
    CALL,
    PREPARE,
    EXECUTE,
    DEALLOCATE,
    EXPLAIN,
    /// `EXPLAIN ANALYZE`: it runs what it explains, whose acts follow
    EXPLAIN_ANALYZE,
    SET,
    RESET,
    SHOW,
    LOCK,
    BEGIN,
    COMMIT,
    ROLLBACK,
    SAVEPOINT,
    DECLARE,
    FETCH,
    CLOSE,
    LISTEN,
    NOTIFY,
    ANALYZE,
    /// `VACUUM`, `REINDEX`, `CLUSTER`, `CHECKPOINT`, `OPTIMIZE`, `REPAIR`, `FLUSH`, …
    MAINTAIN,
    /// MySQL's `USE`
    USE,
    KILL,
    /// `LOAD` of a library, `INSTALL PLUGIN`, `CREATE FUNCTION … SONAME`
    LOAD,
    /// Administration of the server: `SHUTDOWN`, `ALTER SYSTEM`, replication commands
    ADMINISTER,
    /// Understood as a statement, and none of the others.
    OTHER;

    /// As rules write it.
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
