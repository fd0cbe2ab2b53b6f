package io.pgorchestra.proxy.admin;

import io.pgorchestra.protocol.message.SqlState;

/** A console command that cannot be done: the ERROR that its client is shown. */
public final class AdminException extends RuntimeException {
    private final SqlState sqlState;
    private final String hint;

    /** A failure with no hint to give. */
    public AdminException(SqlState sqlState, String message) {
        this(sqlState, message, "");
    }

    public AdminException(SqlState sqlState, String message, String hint) {
        // No stack trace: this is an answer to a person, not a fault of ours.
        super(message, null, false, false);
        this.sqlState = sqlState;
        this.hint = hint;
    }

    public SqlState sqlState() {
        return sqlState;
    }

    /** What to do about it, or an empty string. */
    public String hint() {
        return hint;
    }

    /** The answer to a command on a database that is neither configured nor known. */
    public static AdminException noSuchDatabase(String database) {
        return new AdminException(
                SqlState.INVALID_CATALOG_NAME, "no such database: " + database, "SHOW DATABASES lists them.");
    }

    /** The answer to text that is not a command. */
    static AdminException syntax(String message, String hint) {
        return new AdminException(SqlState.SYNTAX_ERROR, message, hint);
    }
}
