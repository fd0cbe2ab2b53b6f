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
 */
public record PatroniOptions(
        Duration ttl, Duration loopWait, Duration retryTimeout, boolean synchronous, boolean failsafe) {

    /** About half of Patroni's defaults, so that a rehearsal does not take all day. */
    public static final PatroniOptions BRISK =
            new PatroniOptions(Duration.ofSeconds(16), Duration.ofSeconds(4), Duration.ofSeconds(6), false, false);

    /** As Patroni comes. */
    public static final PatroniOptions DEFAULT =
            new PatroniOptions(Duration.ofSeconds(30), Duration.ofSeconds(10), Duration.ofSeconds(10), false, false);

    public PatroniOptions withSynchronousMode() {
        return new PatroniOptions(ttl, loopWait, retryTimeout, true, failsafe);
    }

    public PatroniOptions withFailsafeMode() {
        return new PatroniOptions(ttl, loopWait, retryTimeout, synchronous, true);
    }
}
