package io.pgorchestra.proxy.classify;

import java.util.Locale;

/** Why a text has its {@link Classification.Kind}. The labels are for counters and stay as they are. */
public enum Reason {
    // Reads.
    SELECT,
    VALUES,
    TABLE,
    SHOW_SESSION,
    EXPLAIN,
    COPY_OUT,
    /** Nothing but blanks and comments. */
    EMPTY,

    // Transactions and sessions.
    BEGIN,
    BEGIN_READ_ONLY,
    BEGIN_READ_WRITE,
    SERIALIZABLE,
    COMMIT,
    ROLLBACK,
    SAVEPOINT,
    SET,
    RESET,
    PREPARE,
    DEALLOCATE,
    LISTEN,
    DISCARD,
    LOAD,
    OWN_COMMAND,
    /** One of our own commands in company: it is for the caller to refuse. */
    OWN_COMMAND_NOT_ALONE,

    // Writes.
    INSERT,
    UPDATE,
    DELETE,
    MERGE,
    SELECT_INTO,
    FOR_UPDATE,
    COPY_IN,
    /** COPY to a file or a program of the server. */
    COPY_FILE,
    /** CREATE, ALTER, VACUUM, CALL and whatever else begins with a word not known to read. */
    OTHER_STATEMENT,
    EXECUTE,
    CURSOR,
    LOCK,
    NOTIFY,
    CALL,
    DO,
    /** Several statements that do not all only read. */
    MULTI_STATEMENT,

    // Only the primary may answer.
    VOLATILE_FUNCTION,
    UNKNOWN_FUNCTION,
    /** Sequences, advisory locks, what this server or this session is: the same question has another answer on a standby. */
    PRIMARY_FUNCTION,
    VOLATILE_OPERATOR,
    VOLATILE_TYPE,
    /** A system view of this server, a sequence, an unlogged or foreign table, or a view that calls what may not run on a standby. */
    PRIMARY_RELATION,
    TEMP_TABLE,
    SHOW,

    // Not looked at closely.
    TOO_LONG,
    /** A string, comment or name that does not end. */
    UNTERMINATED,
    UNICODE_NAME,
    UNSAFE_ENCODING,
    TOO_DEEP;

    private final String label = name().toLowerCase(Locale.ROOT);

    public String label() {
        return label;
    }
}
