package io.pgorchestra.discovery.simulation;

/** A mistake that somebody could make, built in to see that the simulation finds it. */
enum Mutant {
    NONE,
    /** A new epoch opens without waiting for the others. */
    NO_BARRIER,
    /** The data plane does not look at the lease. */
    LEASE_NOT_CHECKED,
    /** The data plane does not compare a server's tag with the route's. */
    TAG_NOT_COMPARED,
    /** The lease counts from the answer. */
    LEASE_FROM_ANSWER,
    /** The authority drops silent processes sooner than it said. */
    SHORT_SESSION,
    /** Clocks differ by more than the margin. */
    UNEQUAL_CLOCKS,
    /** Views are read from a follower that lags. */
    STALE_VIEWS,
    /** A process closes its session before it has cut its servers. */
    CLOSED_BEFORE_CUT(1_000),
    /** The conductor looks for the most advanced standby while others may still write to the old primary. */
    PROMOTES_AT_ONCE(900),
    /** The conductor is content with one node of a quorum. */
    ONE_OF_A_QUORUM(300),
    /** The conductor trusts a synchronous standby before that has caught up. */
    NO_CATCH_UP(900),
    /** The conductor promotes the target of a switchover though that lacks some of what the former primary wrote. */
    STOP_POSITION_IGNORED(1_500);

    /** Where to begin to search; further back is possible too, and takes longer. */
    final long firstSeed;

    Mutant() {
        this(0);
    }

    Mutant(long firstSeed) {
        this.firstSeed = firstSeed;
    }
}
