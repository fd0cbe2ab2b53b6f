package io.pgorchestra.discovery;

/** What the fence asks of those who move bytes. Called on the fence's thread; returns at once; answers come on any thread. */
public interface DataPlane {

    /** From now on this route is in force: whoever dispatches after this call has returned sees it. */
    void route(Route route);

    /**
     * Closes every server with a tag below {@code sequence} by closing its socket, with neither a CancelRequest nor a Terminate behind it:
     * they could make an unreplicated commit visible. Runs {@code done} when no such server is left. One that is still
     * connecting is closed as soon as it is up: it may have been verified before the cut.
     */
    void cut(long sequence, Runnable done);

    /** Runs {@code done} when no transaction is open on any server of this tag; never, if the route opens again before. */
    void whenDrained(long sequence, Runnable done);
}
