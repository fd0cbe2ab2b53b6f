package io.pgorchestra.proxy.server;

import io.pgorchestra.protocol.frame.TransactionStatus;
import io.pgorchestra.proxy.session.ResponseLedger;

/**
 * How a leased server was lost, and what it was doing. Valid during the call that tells of it.
 *
 * @param owed the replies that will not come
 * @param status as of the last ReadyForQuery
 * @param insideFrame part of a message has been passed to the client: nothing can be said to it any more
 */
public record ServerLoss(Cause cause, ResponseLedger owed, TransactionStatus status, boolean insideFrame) {

    /** What ended it. */
    public enum Cause {
        /** The server said so: its FATAL error has been passed to the client. */
        SAID_GOODBYE,
        /** The connection ended without a word, or with one that the client has not seen. */
        CONNECTION_LOST,
        /** The server broke the protocol, so its next reply could not be trusted. */
        BROKE_PROTOCOL,
        /** Its node is no longer the primary, or may not be. */
        FENCED,
        /** An operator or a limit closed it. */
        CLOSED_HERE
    }

    /** Whether it owed nothing and was in no transaction: nothing of the client's was lost. */
    public boolean harmless() {
        return owed.isEmpty() && !owed.syncOwed() && status == TransactionStatus.IDLE;
    }
}
