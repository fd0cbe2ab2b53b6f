package io.pgorchestra.lab.cluster;

/**
 * What one look at a node showed.
 *
 * @param timeline 0 if it did not answer
 * @param lsn of a primary what it has written, of a standby what it has received or replayed, in bytes; 0 if it did not answer
 * @param upstream the node that a standby streams from; empty if none
 */
public record NodeStatus(String node, int port, State state, int timeline, long lsn, String upstream) {

    /** What a node is up to. */
    public enum State {
        PRIMARY,
        STANDBY,
        /** Its processes run, and it does not answer. */
        SILENT,
        FROZEN,
        DOWN
    }

    static NodeStatus without(String node, int port, State state) {
        return new NodeStatus(node, port, state, 0, 0, "");
    }

    /** The position as Postgres writes it. */
    public String lsnText() {
        return lsn == 0 ? "" : String.format("%X/%X", lsn >>> 32, lsn & 0xFFFF_FFFFL);
    }
}
