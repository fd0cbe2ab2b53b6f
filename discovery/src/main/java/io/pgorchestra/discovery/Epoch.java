package io.pgorchestra.discovery;

/**
 * The fencing token of one primary's reign.
 *
 * @param token grows with every reign inside one incarnation; given by the authority
 * @param timeline the timeline that the primary was verified to write; 0 while it has not been verified
 */
public record Epoch(Incarnation incarnation, long token, int timeline) {

    /** Whether the other one may come after this: the same incarnation, and neither token nor timeline goes back. */
    public boolean mayBeFollowedBy(Epoch next) {
        return incarnation.agreesWith(next.incarnation)
                && next.token >= token
                && (next.timeline >= timeline || next.timeline == 0);
    }

    public Epoch withTimeline(int verified) {
        return new Epoch(incarnation, token, verified);
    }

    @Override
    public String toString() {
        return token + "/" + timeline;
    }
}
