package io.pgorchestra.proxy.client;

import io.pgorchestra.proxy.statement.TransactionVerb;

/**
 * How far the judgement of a lease's first unit reaches: a unit is one Query, or a series of the extended protocol up to its Sync. The
 * first has been judged as a whole. What follows it belongs to the same transaction if the first leaves one open, until that is ended.
 */
final class LeaseScope {

    private int units;
    private boolean open;
    private boolean exceeded;

    /** @param opensTransaction whether a transaction is still open when the first unit has run, unless that fails */
    void begin(boolean opensTransaction) {
        units = 0;
        open = opensTransaction;
        exceeded = false;
    }

    void unitBegins() {
        units++;
        exceeded |= units > 1 && !open;
    }

    /** A statement of the unit is about to run. */
    void running(TransactionVerb verb) {
        if (units <= 1) {
            return;
        }
        exceeded |= !open || verb == TransactionVerb.UNKNOWN;
        open &= verb == TransactionVerb.NONE;
    }

    /** A unit has ended outside any transaction, and replies to more are owed. */
    void goesOnOutside() {
        exceeded = true;
    }

    /** Whether something has been sent that the first unit's transaction may not hold. */
    boolean exceeded() {
        return exceeded;
    }

    /** Whether anything has been sent yet. */
    boolean begun() {
        return units > 0;
    }
}
