package io.pgorchestra.lab.reads;

/**
 * A read that showed another value than the last one that its session knew to be written.
 *
 * @param value what it showed; 0 for no row
 * @param known the last value that was acknowledged to the session, or carried to it by a token
 * @param knownForNanos for how long it had been known when the read was answered
 * @param place port of the node that answered; negative if that was no standby
 */
record OddRead(ReadKind kind, int session, int key, long value, long known, long knownForNanos, int place) {

    @Override
    public String toString() {
        return kind + " of key " + key + " by session " + session + " showed " + value + ", known was " + known
                + " for " + knownForNanos / 1_000_000 + " ms, by " + (place < 0 ? "the primary " : "the standby ")
                + Math.abs(place);
    }
}
