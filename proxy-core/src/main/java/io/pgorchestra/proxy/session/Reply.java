package io.pgorchestra.proxy.session;

/** A reply that a server owes after a request, named for the request. */
public enum Reply {
    PARSE,
    BIND,
    DESCRIBE,
    EXECUTE,
    CLOSE,
    SYNC,
    QUERY,
    FUNCTION_CALL,
    /** CopyDone or CopyFail: owes nothing, but Syncs before it were eaten by the copy. */
    COPY_END;

    private static final Reply[] VALUES = values();

    static Reply of(int ordinal) {
        return VALUES[ordinal];
    }

    /** Whether an error in it makes the server skip to the next Sync. */
    boolean skipsToSync() {
        return switch (this) {
            case PARSE, BIND, DESCRIBE, EXECUTE, CLOSE, COPY_END -> true;
            case SYNC, QUERY, FUNCTION_CALL -> false;
        };
    }
}
