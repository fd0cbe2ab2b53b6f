package io.pgorchestra.discovery.sql;

import io.pgorchestra.discovery.Node;
import java.sql.SQLException;
import java.util.concurrent.TimeoutException;

/** Why an action on a node did not succeed, or may not have, in words for an operator. */
public final class NodeControlException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private static final String INSUFFICIENT_PRIVILEGE = "42501";

    NodeControlException(String what, Node node, Throwable cause) {
        super("cannot " + what + " " + node + ": " + reason(cause), cause);
    }

    private static String reason(Throwable cause) {
        if (cause instanceof TimeoutException) {
            return "no answer in time; it may have happened";
        }
        String text = SqlTrouble.describe(cause);
        return cause instanceof SQLException sql && INSUFFICIENT_PRIVILEGE.equals(sql.getSQLState())
                ? text + ". Orchestra must log in there as a superuser."
                : text;
    }
}
