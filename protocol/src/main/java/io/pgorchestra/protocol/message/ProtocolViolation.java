package io.pgorchestra.protocol.message;

/**
 * A peer's breach of the wire protocol: the one exception this module throws about bytes from outside.
 *
 * <p>Its text says what was wrong, the value met, and what was expected; it never holds a password or SQL text. The
 * proxy answers it with FATAL, {@link #sqlState} (nearly always 08P01) and closes the connection.
 */
public final class ProtocolViolation extends RuntimeException {
    private final SqlState sqlState;

    public ProtocolViolation(String what) {
        this(SqlState.PROTOCOL_VIOLATION, what);
    }

    /** A violation that Postgres has a better code for than 08P01. */
    public ProtocolViolation(SqlState sqlState, String what) {
        super(what);
        this.sqlState = sqlState;
    }

    /** A violation that reads {@code what: value (expected: expected)}. */
    public static ProtocolViolation of(String what, Object value, String expected) {
        return new ProtocolViolation(what + ": " + value + " (expected: " + expected + ")");
    }

    public SqlState sqlState() {
        return sqlState;
    }
}
