package io.pgorchestra.discovery.fencing;

/** What becomes of writes when the authority no longer answers. The same in all processes of a cluster, for the barrier counts on it. */
public enum OnDiscoveryLoss {
    /** They are held as soon as the lease ends. */
    HOLD,
    /**
     * They go on as long as the nodes themselves vouch for the primary; see {@link Witness}. A process that the authority no longer sees
     * may be doing so, therefore a new epoch waits for the end of all leases always. Members that join while a process is cut off from
     * the authority are unknown to it: do not add nodes while the authority is away.
     */
    WITNESS,
    /** They go on for a given time, whatever happens meanwhile: that long every new epoch waits. */
    SERVE
}
