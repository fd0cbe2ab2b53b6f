package io.pgorchestra.proxy.server;

import io.pgorchestra.proxy.statement.StatementChange;
import org.jspecify.annotations.Nullable;

/**
 * Whose text one server's unnamed prepared statement holds, as far as this side can know. Bound to one event loop.
 *
 * <p>A request that changes it may be skipped because of an error before it. Then so is all that follows up to the next Sync, but not
 * what comes after that: from a Sync on, a change that has not been answered yet counts for nothing. This is also the change to note in
 * the ledger with such a request.
 */
public final class UnnamedStatement implements StatementChange {

    /** Whose it is for what is sent next; compared by identity only. */
    private @Nullable Object owner;

    /** Whose it will be when all changes under way have been carried out. */
    private @Nullable Object claimant;

    private int underWay;

    /** Null if it may be anybody's. */
    public @Nullable Object owner() {
        return owner;
    }

    /** A request is about to be sent that makes it this one's; it is to be noted with this object. */
    public void claim(Object newOwner) {
        owner = newOwner;
        claimant = newOwner;
        underWay++;
    }

    /** A Sync is about to be sent. */
    public void synced() {
        if (underWay > 0) {
            owner = null;
        }
    }

    /** It is gone, or nobody knows whose it is. */
    public void forget() {
        owner = null;
        claimant = null;
    }

    @Override
    public void done() {
        underWay--;
        if (underWay == 0) {
            owner = claimant;
        }
    }

    @Override
    public void undo() {
        underWay--;
        forget();
    }
}
