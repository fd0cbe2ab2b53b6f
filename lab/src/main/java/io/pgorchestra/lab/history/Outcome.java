package io.pgorchestra.lab.history;

import java.util.Set;

/** What a client may believe after its operation. */
public enum Outcome {
    /** It has happened. */
    OK,
    /** It has not happened, and will not. */
    FAILED,
    /** Either. */
    UNKNOWN;

    /** The server may have been ended after the commit, and before its answer. */
    private static final Set<String> ENDED_BY_THE_SERVER = Set.of("57P01", "57P02", "57P05");

    private static final String CONNECTION_CLASS = "08";

    /**
     * What an error says about an autocommit statement, or a COMMIT, that had been sent: refused or rolled back, unless the connection was
     * lost or the error itself says that nobody knows. Empty text stands for an error without a SQLSTATE.
     */
    static Outcome afterSending(String sqlState) {
        boolean unknown =
                sqlState.isEmpty() || sqlState.startsWith(CONNECTION_CLASS) || ENDED_BY_THE_SERVER.contains(sqlState);
        return unknown ? UNKNOWN : FAILED;
    }
}
