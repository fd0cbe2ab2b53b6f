package io.pgorchestra.protocol.frame;

/**
 * The first byte of every frame that a client sends after its startup packet.
 *
 * <p>Source: <a href="https://www.postgresql.org/docs/current/protocol-message-formats.html">Message Formats</a>.
 */
public final class FrontendTag {
    public static final byte BIND = 'B';
    public static final byte CLOSE = 'C';
    public static final byte COPY_DATA = 'd';
    public static final byte COPY_DONE = 'c';
    public static final byte COPY_FAIL = 'f';
    public static final byte DESCRIBE = 'D';
    public static final byte EXECUTE = 'E';
    public static final byte FLUSH = 'H';
    public static final byte FUNCTION_CALL = 'F';
    public static final byte PARSE = 'P';

    /**
     * Any answer to an authentication request: PasswordMessage, SASLInitialResponse, SASLResponse or GSSResponse. Only
     * the request before it tells which.
     */
    public static final byte PASSWORD_MESSAGE = 'p';

    public static final byte QUERY = 'Q';
    public static final byte SYNC = 'S';
    public static final byte TERMINATE = 'X';

    private FrontendTag() {}

    /** The message's name in the Postgres documentation, or {@code Unknown(0x..)} for a tag that no client may send. */
    public static String nameOf(byte tag) {
        return switch (tag) {
            case BIND -> "Bind";
            case CLOSE -> "Close";
            case COPY_DATA -> "CopyData";
            case COPY_DONE -> "CopyDone";
            case COPY_FAIL -> "CopyFail";
            case DESCRIBE -> "Describe";
            case EXECUTE -> "Execute";
            case FLUSH -> "Flush";
            case FUNCTION_CALL -> "FunctionCall";
            case PARSE -> "Parse";
            case PASSWORD_MESSAGE -> "PasswordMessage";
            case QUERY -> "Query";
            case SYNC -> "Sync";
            case TERMINATE -> "Terminate";
            default -> "Unknown(0x%02x)".formatted(tag);
        };
    }
}
