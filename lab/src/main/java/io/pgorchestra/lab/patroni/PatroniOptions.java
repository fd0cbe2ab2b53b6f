package io.pgorchestra.lab.patroni;

import java.time.Duration;

/**
 * How Patroni is set up; everything else is as it comes.
 *
 * @param ttl after this time without a sign of life the leader's key goes
 * @param loopWait the pause between two looks of Patroni at its node
 * @param retryTimeout how long Patroni tries to reach ZooKeeper before a primary gives up
 * @param synchronous {@code synchronous_mode}
 * @param failsafe {@code failsafe_mode}: without ZooKeeper the primary goes on while all members answer
 * @param prePromote how long {@code pre_promote} takes, with the key in hand; zero for none
 * @param refusing whether {@code pre_promote} fails, always, on the node that is the first to run it
 * @param links whether each Patroni reaches ZooKeeper over a link that can be cut
 */
public record PatroniOptions(
        Duration ttl,
        Duration loopWait,
        Duration retryTimeout,
        boolean synchronous,
        boolean failsafe,
        Duration prePromote,
        boolean refusing,
        boolean links) {

    /** About half of Patroni's defaults, so that a rehearsal does not take all day. */
    public static final PatroniOptions BRISK = of(Duration.ofSeconds(16), Duration.ofSeconds(4), Duration.ofSeconds(6));

    /** As Patroni comes. */
    public static final PatroniOptions DEFAULT =
            of(Duration.ofSeconds(30), Duration.ofSeconds(10), Duration.ofSeconds(10));

    private static PatroniOptions of(Duration ttl, Duration loopWait, Duration retryTimeout) {
        return new PatroniOptions(ttl, loopWait, retryTimeout, false, false, Duration.ZERO, false, false);
    }

    public PatroniOptions withSynchronousMode() {
        return new PatroniOptions(ttl, loopWait, retryTimeout, true, failsafe, prePromote, refusing, links);
    }

    public PatroniOptions withFailsafeMode() {
        return new PatroniOptions(ttl, loopWait, retryTimeout, synchronous, true, prePromote, refusing, links);
    }

    public PatroniOptions withPrePromote(Duration time) {
        return new PatroniOptions(ttl, loopWait, retryTimeout, synchronous, failsafe, time, refusing, links);
    }

    public PatroniOptions withRefusal() {
        return new PatroniOptions(ttl, loopWait, retryTimeout, synchronous, failsafe, prePromote, true, links);
    }

    public PatroniOptions withLinks() {
        return new PatroniOptions(ttl, loopWait, retryTimeout, synchronous, failsafe, prePromote, refusing, true);
    }
}
