package io.pgorchestra.discovery;

import java.util.List;

/**
 * What one Orchestra process tells the others, through the authority. It goes when the process goes.
 *
 * @param proxy unique for each process and each start
 * @param serial grows with each report of this process, so that others can tell one that still speaks from one that is frozen
 * @param usedToken the newest token under which this process may still send writes; 0: none at all
 * @param fencedToken every server of an older reign has been cut, and none will be used again; counts within the incarnation of the
 *     authority, 0 if this process does not agree with that
 * @param drainedToken no transaction is open on the servers of this token, and none will be begun; 0 while not draining
 * @param leaseMillis how long after its last confirmation this process may go on sending
 * @param observations what it saw of the nodes; empty where it does not look
 */
public record ProxyReport(
        String proxy,
        long serial,
        long usedToken,
        long fencedToken,
        long drainedToken,
        long leaseMillis,
        List<NodeObservation> observations) {
    public ProxyReport {
        observations = List.copyOf(observations);
    }
}
