package io.pgorchestra.discovery.sql;

import java.sql.SQLException;
import java.util.Set;

/** What a failed attempt to reach a node says about it. */
final class SqlTrouble {

    /**
     * Starting up, shutting down, crashed and recovering, or full: somebody answers there, but not us.
     * <a href="https://www.postgresql.org/docs/current/errcodes-appendix.html">Class 57, and 53300</a>.
     */
    private static final Set<String> NOT_ACCEPTING = Set.of("57P01", "57P02", "57P03", "53300");

    private SqlTrouble() {}

    static boolean isNotAccepting(Throwable cause) {
        return cause instanceof SQLException sql && NOT_ACCEPTING.contains(String.valueOf(sql.getSQLState()));
    }

    /** One line for an operator. */
    static String describe(Throwable cause) {
        String text = String.valueOf(cause.getMessage()).replaceAll("\\s+", " ").trim();
        return cause instanceof SQLException sql && sql.getSQLState() != null ? sql.getSQLState() + " " + text : text;
    }
}
