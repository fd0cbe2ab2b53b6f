package io.pgorchestra.proxy.client;

/**
 * Where a logged-in client stands.
 *
 * <pre>
 *   LOGIN_WAITING <-> LOGIN_PREPARING -> IDLE <-> WAITING
 *        |                                | ^      |    |
 *        +------------> ACTIVE <----------+ |      |    v
 *                         | ^---------------|--- PREPARING -> IDLE
 *                         v                 |      |
 *                     STANDING_IN <-> IDLE  + <----+ (WAITING)
 *   any -> CLOSED
 * </pre>
 */
public enum SessionPhase {
    /** Login needs a word from a server, and none is free. */
    LOGIN_WAITING,
    /** A server is trying the client's startup parameters. */
    LOGIN_PREPARING,
    /** Holds no server and wants none. */
    IDLE,
    /** In the pool's queue; what it sent is kept. */
    WAITING,
    /** Holds a server that is being brought to its session state. */
    PREPARING,
    /** Holds a server. */
    ACTIVE,
    /** Its server was lost, or none was to be had; the proxy answers until the client has understood that. */
    STANDING_IN,
    CLOSED;

    boolean mayBecome(SessionPhase next) {
        return switch (this) {
            case LOGIN_WAITING -> next == LOGIN_PREPARING || next == IDLE || next == ACTIVE || next == CLOSED;
            case LOGIN_PREPARING -> next == LOGIN_WAITING || next == IDLE || next == CLOSED;
            case IDLE ->
                next == WAITING || next == PREPARING || next == ACTIVE || next == STANDING_IN || next == CLOSED;
            case WAITING ->
                next == IDLE || next == PREPARING || next == ACTIVE || next == STANDING_IN || next == CLOSED;
            case PREPARING -> next == IDLE || next == ACTIVE || next == CLOSED;
            case ACTIVE -> next == IDLE || next == STANDING_IN || next == CLOSED;
            case STANDING_IN -> next == IDLE || next == CLOSED;
            case CLOSED -> false;
        };
    }
}
