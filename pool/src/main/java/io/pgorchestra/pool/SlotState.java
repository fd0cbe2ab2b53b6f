package io.pgorchestra.pool;

/**
 * Where a server stands between being opened and being closed.
 *
 * <pre>
 *   CONNECTING ----> IDLE <------> LEASED
 *                    ^  ^            |
 *                    |  |            v
 *          CHECKING -+  +------- RESETTING
 *             ^
 *             +---- IDLE             any of them ----> CLOSED
 * </pre>
 */
public enum SlotState {
    /** Being opened and logged in. */
    CONNECTING,
    /** Clean, and nobody's. */
    IDLE,
    /** A client's, until it is released. */
    LEASED,
    /** Running {@code server_reset_query} after a lease. */
    RESETTING,
    /** Running {@code server_check_query} before a lease. */
    CHECKING,
    /** Gone; a slot never comes back from here. */
    CLOSED;

    boolean mayBecome(SlotState next) {
        return switch (this) {
            case CONNECTING, RESETTING, CHECKING -> next == IDLE || next == CLOSED;
            case IDLE -> next == LEASED || next == CHECKING || next == CLOSED;
            case LEASED -> next == IDLE || next == RESETTING || next == CLOSED;
            case CLOSED -> false;
        };
    }
}
