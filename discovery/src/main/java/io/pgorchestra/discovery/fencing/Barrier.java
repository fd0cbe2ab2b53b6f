package io.pgorchestra.discovery.fencing;

import io.pgorchestra.discovery.ProxyReport;
import java.util.List;

/**
 * Whether another process may still write to an older primary than that of a given token. Bound to its fence's thread.
 *
 * <p><b>By time.</b> The last confirmation by which another process still holds an older epoch was asked for before the new one was
 * created, for an answer reflects all that was agreed upon before the question. So its lease ends at most one lease after that creation,
 * and we learned of the new epoch after its creation: one lease after that, stretched for unequal clocks, nobody holds an older one.
 *
 * <p><b>By reports</b>, sooner. In an answer that names the new epoch, the peers were read not before the view. A process that holds an
 * older epoch wrote its report before it read that one, therefore before the new one was created, therefore it is among these peers,
 * unless the authority has dropped it since. So it is enough that every peer has fenced. One that was dropped has no lease any more: its
 * last question touched its session, a session lasts longer than a lease, and a process closes its session only after fencing. That
 * argument needs every lease to be shorter than a session and nothing but confirmations to renew it; where that does not hold (the
 * policies to serve on or to trust witnesses, or a peer that reports a long lease) only time counts.
 *
 * <p>A peer that already knows a newer token proves nothing about older ones: it may have adopted the newer for a primary it still writes
 * to. Then our view is old, and we ask again.
 */
public final class Barrier {

    private final FenceSettings settings;
    private long largestLeaseNanos;
    private long token;
    private long learnedNanos;
    private boolean allFenced;
    private boolean onlyByTime;

    public Barrier(FenceSettings settings) {
        this.settings = settings;
        largestLeaseNanos = settings.leaseNanos();
    }

    /** How it is known that nobody can write to an older primary. */
    public enum Passed {
        NOT_YET,
        ALL_FENCED,
        LEASES_ENDED
    }

    /** A new token was learned now, or just before. */
    public void raise(long newToken, long nowNanos) {
        token = newToken;
        learnedNanos = nowNanos;
        allFenced = false;
    }

    /** The tokens of others cannot be compared with the next one. */
    void onlyByTime() {
        onlyByTime = true;
    }

    /** These peers came with a view of the present token. */
    public void heard(List<ProxyReport> peers) {
        boolean fenced = true;
        for (ProxyReport peer : peers) {
            largestLeaseNanos = Math.max(largestLeaseNanos, peer.leaseMillis() * 1_000_000);
            fenced &= peer.fencedToken() == token;
        }
        allFenced |= fenced;
    }

    /** {@code verifiedNanos}: when the new primary was last seen to take writes. */
    public Passed passed(long verifiedNanos, long nowNanos) {
        if (nowNanos - learnedNanos >= FenceSettings.outlasting(largestLeaseNanos)) {
            boolean witnessesOut = settings.onDiscoveryLoss() != OnDiscoveryLoss.WITNESS
                    || nowNanos - verifiedNanos >= FenceSettings.outlasting(FenceSettings.WITNESS_LEASE_NANOS);
            onlyByTime &= !witnessesOut;
            return witnessesOut ? Passed.LEASES_ENDED : Passed.NOT_YET;
        }
        return allFenced && reportsAreEnough() ? Passed.ALL_FENCED : Passed.NOT_YET;
    }

    /** When time alone lets it pass. */
    long dueNanos(long verifiedNanos) {
        long due = learnedNanos + FenceSettings.outlasting(largestLeaseNanos);
        if (settings.onDiscoveryLoss() != OnDiscoveryLoss.WITNESS) {
            return due;
        }
        long witnessed = verifiedNanos + FenceSettings.outlasting(FenceSettings.WITNESS_LEASE_NANOS);
        return witnessed - due > 0 ? witnessed : due;
    }

    private boolean reportsAreEnough() {
        return !onlyByTime
                && settings.onDiscoveryLoss() == OnDiscoveryLoss.HOLD
                && FenceSettings.outlasting(largestLeaseNanos)
                        < settings.sessionTimeout().toNanos();
    }
}
