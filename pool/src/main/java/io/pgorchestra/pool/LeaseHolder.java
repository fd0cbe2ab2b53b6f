package io.pgorchestra.pool;

import org.jspecify.annotations.Nullable;

/**
 * A client as the pool sees it: told once how its waiting ended. Called on the pool's loop, never from within {@link Pool#lease}.
 *
 * <p>Either method may call the pool again (release, discard, lease anew); the pool goes on from the state that leaves behind.
 *
 * @param <S> the server connection
 */
public interface LeaseHolder<S> {

    /** The waiting is over: the slot is this client's until it is released or discarded. */
    void granted(Slot<S> slot);

    /**
     * The waiting is over without a server.
     *
     * @param cause what {@link Pool#loginFailed} or {@link Pool#startupRefused} was given, or null where the reason says it all
     */
    void refused(RefusalReason reason, @Nullable Object cause);
}
