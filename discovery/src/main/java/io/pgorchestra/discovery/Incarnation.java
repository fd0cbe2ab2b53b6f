package io.pgorchestra.discovery;

/**
 * Which life of which cluster an epoch belongs to. Tokens of two incarnations cannot be compared: a restored ZooKeeper may count from the
 * beginning, and another cluster's primary is none of ours.
 *
 * @param authority what the authority itself is: the czxid of its root, say; empty where it has no such thing
 * @param systemIdentifier {@code pg_control_system().system_identifier}; 0 where the authority does not know it
 */
public record Incarnation(String authority, long systemIdentifier) {

    /** Whether both may be the same life; an identifier that one side does not know is no difference. */
    public boolean agreesWith(Incarnation other) {
        return authority.equals(other.authority)
                && (systemIdentifier == other.systemIdentifier || systemIdentifier == 0 || other.systemIdentifier == 0);
    }
}
