package io.pgorchestra.protocol.message;

/**
 * A peer's breach of the wire protocol: the one exception this module throws about bytes from outside.
 *
 * <p>Its text says what was wrong, the value met, and what was expected; it never holds a password or SQL text. The
 * proxy answers it with FATAL 08P01 and closes the connection.
 */
public final class ProtocolViolation extends RuntimeException {
    public ProtocolViolation(String what) {
        super(what);
    }

    /** A violation that reads {@code what: value (expected: expected)}. */
    public static ProtocolViolation of(String what, Object value, String expected) {
        return new ProtocolViolation(what + ": " + value + " (expected: " + expected + ")");
    }
}
